"""`ocop run`: web, worker and practice marketplace as three processes that live and end together."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

_RESTARTS = 5
_STOP_SECONDS = 10


class AlreadyRunning(RuntimeError):
    """Another `ocop run` holds this data folder."""


@dataclass
class Part:
    name: str
    command: list[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: int = 0

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches only us, and we end the parts in order.
        self.process = subprocess.Popen(  # noqa: S603 - our own commands
            self.command, env=self.env, start_new_session=True, preexec_fn=_end_with_parent
        )
        self.started += 1


def _end_with_parent() -> None:
    """In the child: ask the kernel for a SIGTERM should the supervisor die without a word (Linux only)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def hold(var: Path) -> int:
    """Take the data folder for this process; the lock goes with the process. Raises AlreadyRunning."""
    handle = os.open(var / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise AlreadyRunning(f"ocop is already running on {var}") from None
    return handle


def run(parts: list[Part]) -> int:
    """Start all, restart one that falls over a few times, end all on Ctrl-C or SIGTERM. Returns the exit code."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    for part in parts:
        part.start()
    code = 0
    while not stopping and code == 0:
        time.sleep(0.2)
        code = _look_after(parts)
    _end(parts)
    return code


def _look_after(parts: list[Part]) -> int:
    for part in parts:
        if part.process is None or part.process.poll() is None:
            continue
        if part.started > _RESTARTS:
            print(f"{part.name} cứ dừng mãi (mã {part.process.returncode}); tắt tất cả.", flush=True)
            return 1
        print(f"{part.name} vừa dừng (mã {part.process.returncode}), đang mở lại.", flush=True)
        _sweep(part.process)
        time.sleep(min(0.2 * 2**part.started, 5))
        part.start()
    return 0


def _end(parts: list[Part]) -> None:
    alive = [p.process for p in parts if p.process is not None and p.process.poll() is None]
    for process in alive:
        process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for process in alive:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _sweep(process)


def _sweep(process: subprocess.Popen[bytes]) -> None:
    """End whatever a part left behind in its session: a web server killed at once cannot end its own workers."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
