"""Opening a file from another install: nothing in it is believed before its sizes, names and sums were checked."""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from ocop.portability.errors import Broken
from ocop.portability.rules import (
    FORMAT,
    FORMAT_VERSION,
    LOG,
    MANIFEST,
    MOST_BYTES,
    MOST_FILES,
    MOST_JSON,
    MOST_LOG,
    MOST_PICTURE,
    MOST_RATIO,
    MOST_ROWS,
    PARTS,
    PICTURES,
    POSTS,
)

_CHUNK = 1 << 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}(/[A-Za-z0-9][A-Za-z0-9._-]{0,80}){0,2}")
_PICTURE = re.compile(rf"{PICTURES}/([0-9a-z]{{12}})\.jpg")
_SUM = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Contents:
    """rows: table -> its rows as they came; posts likewise; pictures: media id -> name in the file."""

    manifest: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]
    posts: list[dict[str, Any]]
    pictures: dict[str, str] = field(default_factory=dict)


def check(path: Path) -> Contents:
    """Read the whole file once. Raises Broken."""
    with _opened(path) as packed:
        manifest = _manifest(packed)
        sums = _sums(manifest, packed)
        for info in packed.infolist():
            if info.filename != MANIFEST:
                _check_sum(packed, info, sums[info.filename])
        names = set(sums)
        return Contents(
            manifest,
            {part.table: _rows(packed, part.path, names) for part in PARTS},
            _rows(packed, POSTS, names),
            {found[1]: name for name in names if (found := _PICTURE.fullmatch(name))},
        )


def log_of(path: Path) -> bytes:
    """The other install's own log, as JSON bytes; [] when there is none. Raises Broken."""
    with _opened(path) as packed:
        name = f"{LOG}.json"
        return _read(packed, name, MOST_LOG) if name in packed.namelist() else b"[]"


@contextmanager
def picture(path: Path, name: str) -> Iterator[BinaryIO]:
    """One picture of a file that was checked, to be read once."""
    with _opened(path) as packed, packed.open(name) as file:
        yield file  # type: ignore[misc]


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as packed:
            _check_sizes(packed)
            yield packed
    except Broken:
        raise
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise Broken("not_ours") from error


def _check_sizes(packed: zipfile.ZipFile) -> None:
    """By what the directory says; what is really read is counted against it."""
    infos = packed.infolist()
    names = [info.filename for info in infos]
    if len(infos) > MOST_FILES or sum(info.file_size for info in infos) > MOST_BYTES:
        raise Broken("too_big")
    if len(set(names)) != len(names) or not all(_NAME.fullmatch(name) and ".." not in name for name in names):
        raise Broken("odd_names")
    for info in infos:
        if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Broken("not_ours")
        if info.file_size > max(info.compress_size, 1) * MOST_RATIO and info.file_size > 1_000_000:
            raise Broken("too_big")
        if info.filename.startswith(f"{PICTURES}/") and info.file_size > MOST_PICTURE:
            raise Broken("too_big")


def _manifest(packed: zipfile.ZipFile) -> dict[str, Any]:
    if MANIFEST not in packed.namelist():
        raise Broken("not_ours")
    found = _json(_read(packed, MANIFEST, MOST_JSON))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise Broken("not_ours")
    version = found.get("format_version")
    if not isinstance(version, int) or not 1 <= version <= FORMAT_VERSION:
        raise Broken("newer_format")
    return found


def _sums(manifest: dict[str, Any], packed: zipfile.ZipFile) -> dict[str, tuple[str, int]]:
    """name -> (SHA-256, size) of every file but the manifest: exactly those that are there."""
    listed = manifest.get("files")
    if not isinstance(listed, list):
        raise Broken("not_ours")
    sums = {}
    for one in listed:
        if not (
            isinstance(one, dict) and isinstance(one.get("path"), str) and isinstance(one.get("bytes"), int)
        ):
            raise Broken("not_ours")
        if not _SUM.fullmatch(str(one.get("sha256"))):
            raise Broken("not_ours")
        sums[one["path"]] = (one["sha256"], one["bytes"])
    if set(sums) != set(packed.namelist()) - {MANIFEST}:
        raise Broken("changed", file=MANIFEST)
    return sums


def _check_sum(packed: zipfile.ZipFile, info: zipfile.ZipInfo, expected: tuple[str, int]) -> None:
    digest, size = hashlib.sha256(), 0
    with packed.open(info) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    if (digest.hexdigest(), size) != expected:
        raise Broken("changed", file=info.filename)


def _rows(packed: zipfile.ZipFile, name: str, names: set[str]) -> list[dict[str, Any]]:
    if name not in names:
        return []
    found = _json(_read(packed, name, MOST_JSON))
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Broken("odd_rows", file=name)
    if len(found) > MOST_ROWS:
        raise Broken("too_big")
    return found


def _read(packed: zipfile.ZipFile, name: str, most: int) -> bytes:
    with packed.open(name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise Broken("too_big")
    return data


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Broken("not_ours") from error
