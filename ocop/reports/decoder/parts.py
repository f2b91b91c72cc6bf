"""The parts of an uploaded workbook, counted and read over before anything is built from them."""

from __future__ import annotations

import io
import zipfile
from xml.parsers import expat

from ocop.db.errors import Refused

_MOST_PARTS = 500
_MOST_UNPACKED = 12_000_000
_MOST_TAGS = 300_000
_CHUNK = 65_536
_SHAPES = (b"<xdr:sp ", b"<xdr:sp>", b"<xdr:cxnSp", b"<xdr:grpSp")


class _TooMuch(Exception):
    pass


def check(content: bytes) -> bool:
    """Whether it draws shapes, which no filled copy would have.

    Raises Refused(template_not_xlsx | template_too_complex): damaged, encrypted, with macros, or unpacking to
    more than a form of an office ever holds.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _Parts(packed).read()
    except _TooMuch:
        raise Refused("template_too_complex", field="file") from None
    except Exception as error:  # a damaged file fails in zlib, zipfile and expat in a dozen ways
        raise Refused("template_not_xlsx", field="file") from error


class _Parts:
    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._unpacked = self._tags = 0

    def read(self) -> bool:
        entries = self._packed.infolist()
        names = {entry.filename for entry in entries}
        if "xl/workbook.xml" not in names or "xl/vbaProject.bin" in names:
            raise ValueError("not a plain workbook")
        if len(entries) > _MOST_PARTS:
            raise _TooMuch
        return any([self._has_shapes(entry) for entry in entries])  # a list: every part is read

    def _has_shapes(self, entry: zipfile.ZipInfo) -> bool:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("no program writes this")
        is_xml = entry.filename.endswith((".xml", ".rels", ".vml"))
        parser, found, tail = self._parser(), False, b""
        with self._packed.open(entry) as part:
            while chunk := part.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > _MOST_UNPACKED:
                    raise _TooMuch
                if is_xml:
                    parser.Parse(chunk, False)
                found = found or any(shape in tail + chunk for shape in _SHAPES)
                tail = chunk[-16:]
        return found

    def _parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse  # entities are only there to hurt
        parser.StartElementHandler = self._count
        return parser

    def _count(self, _tag: str, _attributes: dict[str, str]) -> None:
        self._tags += 1
        if self._tags > _MOST_TAGS:
            raise _TooMuch


def _refuse(*_: object) -> None:
    raise ValueError("a workbook has no doctype")
