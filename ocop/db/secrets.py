"""Keys that live outside the database and its backup: made on the first run into var/secrets, mode 0600.

session.key   CSRF tokens and hashes of cookies and codes      device.key  daily hash of scanning devices
channel.key   settings of channels at rest (Fernet)            backup.key  age identity that opens backups
stamp-A.key   stamp codes, one file per key version, kept for as long as stamps live
"""

from __future__ import annotations

import os
import secrets as random
from dataclasses import dataclass
from pathlib import Path

import pyrage
from cryptography.fernet import Fernet


class KeysMissing(RuntimeError):
    """A key that the data depends on is gone; making a new one would silently lose stamps or passwords."""


@dataclass(frozen=True)
class Secrets:
    session: bytes
    device: bytes
    channel: bytes
    backup: str
    stamp: dict[str, bytes]

    @property
    def newest_stamp_version(self) -> str:
        return max(self.stamp)


_MAKERS = {
    "session.key": lambda: random.token_bytes(32),
    "device.key": lambda: random.token_bytes(32),
    "channel.key": Fernet.generate_key,
    "stamp-A.key": lambda: random.token_bytes(32),
    "backup.key": lambda: str(pyrage.x25519.Identity.generate()).encode(),
}


def make_missing(folder: Path) -> None:
    """Make whatever key is not there yet. Only for a new install: see load."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, make in _MAKERS.items():
        if not (folder / name).exists():
            _write_new(folder / name, make())


def load(folder: Path) -> Secrets:
    """All keys. Raises KeysMissing naming the files that are not there."""
    missing = [name for name in _MAKERS if not (folder / name).is_file()]
    if missing:
        raise KeysMissing(f"missing in {folder}: {', '.join(missing)}")
    return Secrets(
        session=(folder / "session.key").read_bytes(),
        device=(folder / "device.key").read_bytes(),
        channel=(folder / "channel.key").read_bytes(),
        backup=(folder / "backup.key").read_text("ascii").strip(),
        stamp={f.stem.removeprefix("stamp-"): f.read_bytes() for f in sorted(folder.glob("stamp-?.key"))},
    )


def _write_new(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
