"""The whole program as a newcomer runs it: `python -m ocop run` on free ports and an empty folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass
class Town:
    """A running install. ``demo``: filled with the demo commune. ``settings``: more OCOP_… variables."""

    var: Path
    demo: bool = True
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    practice_port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def shop_url(self) -> str:
        return f"http://127.0.0.1:{self.practice_port}"

    @property
    def log(self) -> Path:
        return self.var.parent / "run.log"

    def start(self, seconds: float = 120) -> Town:
        env = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "OCOP_VAR": str(self.var),
            "OCOP_PORT": str(self.port),
            "OCOP_PRACTICE_PORT": str(self.practice_port),
            "OCOP_DEMO": "1" if self.demo else "0",
            **self.settings,
        }
        command = [sys.executable, "-m", "ocop", "run"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        self.wait_until_it_answers(seconds)
        return self

    def wait_until_it_answers(self, seconds: float = 30) -> None:
        """Web and practice shop both answer; fails with the end of the log."""
        self.wait_until(lambda: _answers(f"{self.url}/healthz") and _answers(f"{self.shop_url}/"), seconds)

    def wait_until(self, so: Callable[[], bool], seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not so():
            running = self.process is not None and self.process.poll() is None
            assert running and time.monotonic() < deadline, self.log.read_text("utf-8")[-3000:]
            time.sleep(0.1)

    def press_ctrl_c(self, seconds: float = 20) -> int:
        """As in the terminal; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.RequestException:
        return False
