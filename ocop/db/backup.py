"""One encrypted file that holds the database and the media; the keys stay apart.

The file is a tar stream inside age encryption. The database copy is made by VACUUM INTO, which is consistent
while others write, and checked before it is believed. Secrets and the high-water mark of stamp rolls are left
out on purpose: a stolen backup opens nothing, and a restored one cannot issue a stamp number twice.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pyrage
import sqlcipher3.dbapi2 as sqlite
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

_FOLDERS = ("media", "parcels")
_DATABASE = "ocop.db"


class BackupFailed(RuntimeError):
    """Nothing was written (backup) or nothing was changed (restore); the message says why."""


def back_up(engine: Engine, var: Path, target: Path, identity: str) -> Path:
    """Write ``target`` (appears only when complete). identity: the age identity whose public half encrypts.

    Raises BackupFailed when the database is not SQLite (a server's own dump is the tool then), or the copy is
    not sound.
    """
    if engine.dialect.name != "sqlite":
        raise BackupFailed("the database runs on a server: use its own dump (pg_dump) and copy var/media")
    recipient = pyrage.x25519.Identity.from_str(identity).to_public()
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".part")
    with tempfile.TemporaryDirectory(dir=var, prefix="backup-") as folder:
        copy = Path(folder) / _DATABASE
        try:
            with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(copy),))
        except OperationalError as error:
            raise BackupFailed(f"the database cannot be read: {error.orig}") from None
        check_sound(copy)
        try:
            with (
                partial.open("wb") as out,
                _pipe_to_encryption(out, recipient) as stream,
                tarfile.open(fileobj=stream, mode="w|") as tar,
            ):
                tar.add(copy, _DATABASE)
                for name in _FOLDERS:
                    if (var / name).is_dir():
                        tar.add(var / name, name, filter=_only_files_that_matter)
            with partial.open("rb") as written:
                os.fsync(written.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return target


def restore(source: Path, var: Path, identity: str, *, replace: bool = False) -> Path | None:
    """Put a backup in place. With ``replace`` what is there now is moved aside first; its new place is returned.

    Raises BackupFailed when the file cannot be opened with this key, is not sound, or something would be lost.
    """
    database = var / _DATABASE
    if database.exists() and not replace:
        raise BackupFailed(f"{database} exists; nothing was changed. Give --replace to move it aside first")
    var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=var, prefix="restore-") as folder:
        fresh = Path(folder)
        _unpack(source, fresh, identity)
        check_sound(fresh / _DATABASE)
        aside = _move_aside(var) if database.exists() else None
        for name in (_DATABASE, *_FOLDERS):
            if (fresh / name).exists():
                _put(fresh / name, var / name)
    return aside


def check_sound(database: Path) -> None:
    """Raises BackupFailed unless SQLite finds the file whole and every reference pointing at something."""
    if not database.is_file():
        raise BackupFailed(f"no {_DATABASE} in the backup")
    with contextlib.closing(sqlite.connect(str(database))) as connection:
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite.DatabaseError as error:
            raise BackupFailed(f"the copy cannot be read: {error}") from None
    if verdict != "ok" or dangling:
        raise BackupFailed(f"the copy is not sound: {verdict if verdict != 'ok' else dangling}")


def _only_files_that_matter(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    if Path(member.name).name.startswith("in-") or member.name.endswith(".part"):
        return None
    return member if member.isfile() or member.isdir() else None


@contextlib.contextmanager
def _pipe_to_encryption(out: BinaryIO, recipient: object) -> Iterator[BinaryIO]:
    """A writable stream whose bytes arrive encrypted in ``out``, without holding them in memory."""
    read_end, write_end = os.pipe()
    failure: list[BaseException] = []

    def encrypt() -> None:
        try:
            with os.fdopen(read_end, "rb") as reader:
                pyrage.encrypt_io(reader, out, [recipient])
        except BaseException as error:  # handed to the caller's thread below
            failure.append(error)

    thread = threading.Thread(target=encrypt)
    thread.start()
    try:
        with os.fdopen(write_end, "wb") as writer:
            yield writer
    finally:
        thread.join()
    if failure:
        raise BackupFailed(f"encryption failed: {failure[0]}")


def _unpack(source: Path, folder: Path, identity: str) -> None:
    clear = folder / "clear.tar"
    try:
        with source.open("rb") as reader, clear.open("wb") as writer:
            pyrage.decrypt_io(reader, writer, [pyrage.x25519.Identity.from_str(identity)])
        with tarfile.open(clear) as tar:
            for member in tar:
                _unpack_member(tar, member, folder)
    except (pyrage.DecryptError, tarfile.TarError, OSError, EOFError) as error:
        raise BackupFailed(f"{source.name} cannot be opened with this key, or is damaged: {error}") from None
    clear.unlink()


def _unpack_member(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Plain files under ``folder`` only: the tar module's own filters came with Python 3.11.4, Debian has 3.11.2."""
    parts = Path(member.name).parts
    if member.name.startswith("/") or ".." in parts or not (member.isfile() or member.isdir()):
        raise tarfile.TarError(f"unexpected member {member.name!r}")
    target = folder.joinpath(*parts)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tar.extractfile(member) as source, target.open("wb") as out:  # type: ignore[union-attr]
        shutil.copyfileobj(source, out)


def _move_aside(var: Path) -> Path:
    stamp = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = var / f"before-restore-{stamp}"
    aside.mkdir()
    for name in (_DATABASE, f"{_DATABASE}-wal", f"{_DATABASE}-shm", *_FOLDERS):
        if (var / name).exists():
            shutil.move(var / name, aside / name)
    return aside


def _put(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target) if target.is_dir() else target.unlink()
    shutil.move(source, target)
