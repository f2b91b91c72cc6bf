"""The whole program as a newcomer runs it: `python -m ocop run` on free ports and an empty folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
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
        self._wait_for(f"{self.url}/healthz", seconds)
        self._wait_for(f"{self.shop_url}/", seconds)
        return self

    def _wait_for(self, url: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process is not None and self.process.poll() is None, self.log.read_text("utf-8")[
                -3000:
            ]
            try:
                if requests.get(url, timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{url} did not answer\n{self.log.read_text('utf-8')[-3000:]}")

    def press_ctrl_c(self, seconds: float = 20) -> int:
        """As in the terminal; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)
