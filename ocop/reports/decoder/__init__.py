"""An office's own workbook, opened and filled in a child process with hard limits.

What somebody uploads is an attack until proven otherwise: its parts are counted before anything builds cells
(parts.py), and the building happens where memory and CPU time end with the process (``python -m
ocop.reports.decoder``). Job and answer are one line of JSON, then the bytes of the workbook.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from ocop.db.errors import Refused
from ocop.reports.decoder import parts
from ocop.reports.rules.placeholders import Filling, Wrong

MOST_BYTES = 1_000_000
_SECONDS = 90
_TWO_AT_A_TIME = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Template:
    """What a look at a workbook found. names: every placeholder in it; wrong: what keeps it from being used;
    drops_shapes: it has drawings that are lost when it is filled."""

    names: tuple[str, ...]
    wrong: tuple[Wrong, ...]
    drops_shapes: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plain sheet that is put behind a filled template."""

    title: str
    headings: list[str]
    rows: list[list[str | int]]


def look(content: bytes, known: Collection[str]) -> Template:
    """What of a workbook could be filled. Raises Refused(template_too_big | template_not_xlsx |
    template_too_complex) at field ``file``."""
    if len(content) > MOST_BYTES:
        raise Refused("template_too_big", field="file")
    drops = parts.check(content)
    answer, _ = _ask({"do": "look", "known": sorted(known)}, content)
    wrong = tuple(Wrong(**one) for one in answer["wrong"])
    return Template(tuple(answer["names"]), wrong, drops)


def fill(content: bytes, filling: Filling, behind: Collection[Sheet] = ()) -> bytes:
    """The workbook with every placeholder filled and plain sheets behind it. Raises Refused as look does."""
    job = {"do": "fill", **asdict(filling), "behind": [asdict(sheet) for sheet in behind]}
    return _ask(job, content)[1]


def _ask(job: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    command = [sys.executable, "-m", "ocop.reports.decoder"]
    env = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "OPENBLAS_NUM_THREADS": "1",  # each thread would reserve memory that the limit counts
    }
    sent = json.dumps(job).encode() + b"\n" + content
    with _TWO_AT_A_TIME:
        try:
            child = subprocess.run(  # noqa: S603 - our own interpreter, no shell, no user text
                command, input=sent, capture_output=True, timeout=_SECONDS, env=env, check=False
            )
        except subprocess.TimeoutExpired:
            raise Refused("template_too_complex", field="file") from None
    head, _, body = child.stdout.partition(b"\n")
    if child.returncode or not head:
        raise Refused("template_too_complex", field="file")
    answer = json.loads(head)
    if "refused" in answer:
        raise Refused(answer["refused"], field="file")
    return answer, body
