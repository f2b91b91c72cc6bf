"""The ZIP of pictures that comes with a sheet. Nothing is unpacked to disk and no name in it is ever a path of ours:
one entry at a time is read into memory, up to the size of one photo."""

from __future__ import annotations

import contextlib
import io
import unicodedata
import zipfile
from pathlib import Path

from ocop.db.errors import Refused
from ocop.imports.rules.photos import Picture
from ocop.media.rules import MAX_BYTES
from ocop.web.folding import without_piled_marks

MOST_ENTRIES = 3_000
MOST_UNPACKED = 400 * 1024 * 1024  # photos hardly shrink in a ZIP: 60 MB of them never become this much
MOST_RATIO = 50
LONGEST_NAME = 300
_PHOTO_ENDINGS = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif")
_JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1


def pictures(file: Path) -> list[Picture]:
    """What is in the ZIP and looks like a photo by its name; what computers put in by themselves is left out.

    Raises Refused(photos_zip_broken | photos_zip_locked | photos_zip_too_much | photos_zip_empty).
    """
    try:
        with zipfile.ZipFile(file) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Refused("photos_zip_broken", field="photos") from error
    _check(entries)
    names = [_name(entry) for entry in entries]
    found = [Picture(at, name) for at, name in enumerate(names) if _is_photo(name)]
    if not found:
        raise Refused("photos_zip_empty", field="photos")
    return found


def read(file: Path, entry: int) -> io.BytesIO:
    """One picture, at most a byte longer than a photo may be. Raises Refused(photo_broken_image)."""
    try:
        with zipfile.ZipFile(file) as packed, packed.open(packed.infolist()[entry]) as part:
            return io.BytesIO(part.read(MAX_BYTES + 1))
    except Exception as error:  # a damaged entry fails in zlib and zipfile in a dozen ways
        raise Refused("photo_broken_image", field="photos", ordinal=entry + 1) from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    """Raises Refused for what no folder of photos is. Sizes are those of the directory; read() trusts none of them."""
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused("photos_zip_locked", field="photos")
    unpacked = sum(entry.file_size for entry in entries)
    bomb = any(entry.file_size > MOST_RATIO * max(entry.compress_size, 1_000) for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED or bomb:
        raise Refused("photos_zip_too_much", field="photos")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise Refused("photos_zip_broken", field="photos")


def _name(entry: zipfile.ZipInfo) -> str:
    """A Mac writes UTF-8 in pieces and says nothing of it; the same name in one form, without steps up."""
    name = entry.filename
    if not entry.flag_bits & _UTF8_NAME:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    whole = unicodedata.normalize("NFC", without_piled_marks("/".join(parts)))
    shown = "".join(letter for letter in whole if unicodedata.category(letter)[0] != "C")
    return shown[-LONGEST_NAME:] + ("/" if entry.is_dir() else "")


def _is_photo(name: str) -> bool:
    parts = name.split("/")
    if name.endswith("/") or any(part in _JUNK or part.startswith(".") for part in parts):
        return False
    return parts[-1].lower().endswith(_PHOTO_ENDINGS)
