from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import text

from ocop.db import backup
from ocop.db.engine import make_engine


@pytest.fixture
def identity() -> str:
    return str(pyrage.x25519.Identity.generate())


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """A data folder with one row, one picture, a secret and a mark."""
    var = tmp_path / "var"
    for name in ("media/ab", "secrets", "marks"):
        (var / name).mkdir(parents=True)
    (var / "media/ab/picture.jpg").write_bytes(b"picture bytes")
    (var / "media/in-half").write_bytes(b"half an upload")
    (var / "secrets/stamp-A.key").write_bytes(b"SECRET-STAMP-KEY-CANARY")
    (var / "marks/stamp-roll.mark").write_text("7")
    engine = make_engine(f"sqlite:///{var / 'ocop.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE note (words TEXT)"))
        connection.execute(text("INSERT INTO note VALUES ('mắm tép')"))
    engine.dispose()
    return var


def _words(var: Path) -> list[str]:
    engine = make_engine(f"sqlite:///{var / 'ocop.db'}")
    with engine.connect() as connection:
        words = list(connection.scalars(text("SELECT words FROM note")))
    engine.dispose()
    return words


def _back_up(var: Path, target: Path, identity: str) -> Path:
    engine = make_engine(f"sqlite:///{var / 'ocop.db'}")
    written = backup.back_up(engine, var, target, identity)
    engine.dispose()
    return written


def test_what_was_backed_up_comes_back(var: Path, tmp_path: Path, identity: str) -> None:
    file = _back_up(var, tmp_path / "b.age", identity)

    backup.restore(file, tmp_path / "elsewhere", identity)

    assert _words(tmp_path / "elsewhere") == ["mắm tép"]
    assert (tmp_path / "elsewhere/media/ab/picture.jpg").read_bytes() == b"picture bytes"


def test_the_file_holds_neither_keys_nor_mark_nor_half_uploads(
    var: Path, tmp_path: Path, identity: str
) -> None:
    file = _back_up(var, tmp_path / "b.age", identity)

    clear = pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(identity)])
    with tarfile.open(fileobj=io.BytesIO(clear)) as tar:
        names = tar.getnames()

    assert sorted(names) == ["media", "media/ab", "media/ab/picture.jpg", "ocop.db"]
    assert b"CANARY" not in clear
    assert b"m\xe1\xba\xafm t\xc3\xa9p" not in file.read_bytes()


def test_restoring_does_not_touch_the_roll_mark(var: Path, tmp_path: Path, identity: str) -> None:
    file = _back_up(var, tmp_path / "b.age", identity)
    (var / "marks/stamp-roll.mark").write_text("9")

    aside = backup.restore(file, var, identity, replace=True)

    assert (var / "marks/stamp-roll.mark").read_text() == "9"
    assert aside is not None and (aside / "ocop.db").exists()


def test_an_existing_database_is_not_overwritten_unasked(var: Path, tmp_path: Path, identity: str) -> None:
    file = _back_up(var, tmp_path / "b.age", identity)

    with pytest.raises(backup.BackupFailed, match="--replace"):
        backup.restore(file, var, identity)

    assert _words(var) == ["mắm tép"]


@pytest.mark.parametrize("damage", ["wrong key", "cut short", "bytes flipped"])
def test_a_backup_that_cannot_be_opened_changes_nothing(
    var: Path, tmp_path: Path, identity: str, damage: str
) -> None:
    file = _back_up(var, tmp_path / "b.age", identity)
    data = bytearray(file.read_bytes())
    if damage == "cut short":
        file.write_bytes(data[: len(data) // 2])
    if damage == "bytes flipped":
        data[-40] ^= 255
        file.write_bytes(data)
    key = str(pyrage.x25519.Identity.generate()) if damage == "wrong key" else identity

    with pytest.raises(backup.BackupFailed):
        backup.restore(file, var, key, replace=True)

    assert _words(var) == ["mắm tép"]


def test_a_backup_is_sound_while_others_write(var: Path, tmp_path: Path, identity: str) -> None:
    engine = make_engine(f"sqlite:///{var / 'ocop.db'}")
    with engine.connect() as writer, writer.begin():
        writer.execute(text("INSERT INTO note VALUES ('chưa xong')"))
        file = backup.back_up(engine, var, tmp_path / "b.age", identity)
    engine.dispose()

    backup.restore(file, tmp_path / "elsewhere", identity)

    assert _words(tmp_path / "elsewhere") == ["mắm tép"]


@pytest.mark.parametrize("name", ["../outside", "/outside", "media/../../outside"])
def test_a_backup_with_a_path_that_leaves_the_folder_is_refused(
    tmp_path: Path, identity: str, name: str
) -> None:
    clear = io.BytesIO()
    with tarfile.open(fileobj=clear, mode="w") as tar:
        tar.addfile(tarfile.TarInfo(name))
    recipient = pyrage.x25519.Identity.from_str(identity).to_public()
    (tmp_path / "b.age").write_bytes(pyrage.encrypt(clear.getvalue(), [recipient]))

    with pytest.raises(backup.BackupFailed, match="unexpected member"):
        backup.restore(tmp_path / "b.age", tmp_path / "var", identity)

    assert not (tmp_path / "outside").exists()
