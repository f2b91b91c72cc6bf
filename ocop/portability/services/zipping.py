"""A ZIP written while it is sent: no more than one picture is held at a time."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from ocop.portability.rules import MANIFEST

File = tuple[str, Iterable[bytes]]  # name in the ZIP, its bytes in pieces
_STORED = (".jpg", ".xlsx")  # packed already


class _Outlet(io.RawIOBase):
    """Takes what zipfile writes until it is fetched. Cannot seek, so sizes follow the data."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._held += data
        return len(data)

    def fetch(self) -> bytes:
        data = bytes(self._held)
        self._held.clear()
        return data


def zipped(files: Iterable[File], manifest: dict[str, Any]) -> Iterator[bytes]:
    """The ZIP of these files in their order, and last the manifest with the size and sum of each."""
    outlet, listed = _Outlet(), []
    with zipfile.ZipFile(outlet, "w") as packed:  # type: ignore[call-overload]
        for name, pieces in files:
            digest, size = hashlib.sha256(), 0
            with packed.open(_entry(name), "w") as file:
                for piece in pieces:
                    digest.update(piece)
                    size += len(piece)
                    file.write(piece)
                    yield outlet.fetch()
            listed.append({"path": name, "bytes": size, "sha256": digest.hexdigest()})
        text = json.dumps({**manifest, "files": listed}, ensure_ascii=False, indent=1)
        packed.writestr(_entry(MANIFEST), text)
    yield outlet.fetch()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
