"""Scans go to files outside the database: one line each, appended; the worker brings them in later.

A line is written before the answer leaves, so a killed web process loses nothing. fsync happens in groups a
moment later: a power cut may take the scans of that moment, never a half-written database.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
from pathlib import Path
from threading import Lock, Timer

from ocop.batches.rules import ScanLine
from ocop.db.base import VIETNAM, utcnow

log = logging.getLogger("ocop.scans")

SYNC_AFTER_SECONDS = 0.2


class ScanSpool:
    """One file per process and day in ``folder``: no two processes ever write the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = Lock()
        self._file: int | None = None
        self._made_for: tuple[dt.date, int] | None = None
        self._sync: Timer | None = None

    def add(self, *, roll: int, index: int, device: str, verdict: str) -> None:
        """Note one scan. A full disk must not take the page away, so a failure is only logged."""
        now = utcnow()
        line = ScanLine(secrets.token_hex(16), now, roll, index, device, verdict)
        try:
            with self._lock:
                os.write(self._open(now), line.to_bytes())
                if self._sync is None:
                    self._sync = Timer(SYNC_AFTER_SECONDS, self.sync)
                    self._sync.daemon = True
                    self._sync.start()
        except OSError:
            log.exception("a scan could not be noted")

    def sync(self) -> None:
        """Everything noted so far is on disk when this returns."""
        with self._lock:
            if self._sync is not None:
                self._sync.cancel()
                self._sync = None
            if self._file is not None:
                os.fsync(self._file)

    def close(self) -> None:
        self.sync()
        with self._lock:
            if self._file is not None:
                os.close(self._file)
            self._file = self._made_for = None

    def _open(self, now: dt.datetime) -> int:
        wanted = (now.astimezone(VIETNAM).date(), os.getpid())
        if self._file is not None and wanted == self._made_for:
            return self._file
        if self._file is not None:
            os.close(self._file)
            self._file = None
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"scans-{wanted[0]:%Y%m%d}-{wanted[1]}-{secrets.token_hex(4)}.tsv"
        self._file = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        self._made_for = wanted
        return self._file
