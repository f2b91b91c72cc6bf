"""The highest roll number ever issued, in a small file outside the database and its backup.

A database restored from yesterday has forgotten today's rolls; this file has not, so no code is printed
twice. The number is on disk before the roll is committed. A missing or broken file is never repaired by
guessing: issuing stops and a person decides.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class MarkMissing(Exception):
    """The file is not there; it is made only by an explicit first setup."""


class MarkBroken(Exception):
    """The file is there but does not hold a number with its checksum."""


class MarkExists(Exception):
    """A first setup found a file: starting again from its number would print codes twice."""


class HighWater:
    """The mark file at ``path``. Safe between threads and processes through a lock file beside it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock_path = self.path.with_name(f"{self.path.name}.lock")
        self._next_path = self.path.with_name(f"{self.path.name}.next")

    def read(self) -> int:
        """The mark. Raises MarkMissing or MarkBroken. Needs no lock: the file is replaced whole."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            raise MarkMissing(self.path) from None
        digits = content.partition(b" ")[0]
        if not digits.isdigit() or content != _line(int(digits)):
            raise MarkBroken(self.path)
        return int(digits)

    def create(self, n: int = 0) -> None:
        """First setup only. Raises MarkExists when there is a file, whatever it holds."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self.path.exists():
                raise MarkExists(self.path)
            self._write(n)

    def raise_to(self, n: int) -> None:
        """Make the mark at least ``n``; it is on disk on return and never goes down."""
        with self._locked():
            if n > self.read():
                self._write(n)

    def advance(self, by: int = 1) -> int:
        """Take the next ``by`` numbers and return the last of them; no other process gets the same ones."""
        if by < 1:
            raise ValueError("the mark only goes up")
        with self._locked():
            taken = self.read() + by
            self._write(taken)
        return taken

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """The lock is a file of its own because the mark file is a new one after each write."""
        try:
            lock = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except FileNotFoundError:
            raise MarkMissing(self.path) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _write(self, n: int) -> None:
        with self._next_path.open("wb") as file:
            file.write(_line(n))
            file.flush()
            os.fsync(file.fileno())
        os.replace(self._next_path, self.path)
        _sync_directory(self.path.parent)


def _line(n: int) -> bytes:
    """The number and a checksum of it: a half-written 42 must not be read as 4."""
    digits = str(n).encode()
    return digits + b" " + hashlib.sha256(b"stamp roll mark " + digits).hexdigest()[:16].encode() + b"\n"


def _sync_directory(folder: Path) -> None:
    """Without this the rename itself may be lost when the power goes."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
