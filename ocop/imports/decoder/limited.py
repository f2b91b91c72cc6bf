"""Reads a sheet in a child process with hard limits: what a file makes of memory and time ends with it.

Run as ``python -m ocop.imports.decoder.limited NAME < FILE``. Prints one JSON line: {"sheets": […]} or
{"refused": code}.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from ocop.db.errors import Refused
from ocop.imports.decoder import Unreadable, read
from ocop.imports.rules import Area, Sheet

_MEMORY = 700 * 1024 * 1024  # addresses, not pages: what is really used stays far below
_CPU_SECONDS = 60
_WAIT_SECONDS = 180


def read_limited(content: bytes, file_name: str) -> list[Sheet]:
    """What ``decoder.read`` returns. Raises Refused(sheet_<code of Unreadable>); a file that takes more memory or
    time than any list needs is sheet_too_much."""
    answer = in_a_child(os.path.basename(file_name)[-200:], content)
    if "sheets" not in answer:
        raise Refused(f"sheet_{answer.get('refused', 'too_much')}", field="file")
    return [
        Sheet(name, [(row, cells) for row, cells in rows], tuple(Area(*area) for area in merged))
        for name, rows, merged in answer["sheets"]
    ]


def in_a_child(file_name: str, content: bytes) -> dict[str, Any]:
    """What ``main`` says, from a process of its own; nothing when it did not live to say it."""
    command = [sys.executable, "-m", "ocop.imports.decoder.limited", file_name]
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter, no shell; the name is only looked at
            command, input=content, capture_output=True, timeout=_WAIT_SECONDS, env=env, check=False
        )
        return json.loads(child.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        return {}


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(file_name: str, content: bytes) -> dict[str, Any]:
    try:
        return {"sheets": [[one.name, one.rows, one.merged] for one in read(content, file_name)]}
    except Unreadable as error:
        return {"refused": error.code}
    except MemoryError:
        return {}


if __name__ == "__main__":
    _limit()
    print(json.dumps(main(sys.argv[1], sys.stdin.buffer.read())))
