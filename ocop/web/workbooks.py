"""The words of an Excel file that somebody sends us, read in one pass.

An ordinary reader builds every cell that a sheet speaks of: five kilobytes that name the last row, or a link over
a whole sheet, then cost gigabytes. Here only what holds text is kept, and there is an end to everything.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers import expat

_MOST_UNPACKED = 20_000_000  # bytes of the parts that are read; pictures and styles are not
_MOST_LETTERS = 5_000_000
_LONGEST_CELL = 2_000
_LAST_ROW = 1_048_576
_MOST_TAGS = 600_000  # ten thousand formatted rows of twenty cells; more would take seconds
_CHUNK = 65_536
_SHEET = re.compile(r"xl/worksheets/[^/]*?([0-9]{1,6})?\.xml")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?![0-9])")

Row = tuple[int, list[str]]


class NotAWorkbook(Exception):
    """Damaged, encrypted, or something else."""


class TooMuch(Exception):
    """More than a list of products ever holds."""


def rows(content: bytes, *, most_columns: int) -> list[Row]:
    """(row as in the sheet, texts by column) of every row with text, sheet by sheet. A cell with a link under it
    reads "text address". Raises NotAWorkbook, TooMuch."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _Book(packed, most_columns).rows()
    except TooMuch:
        raise
    except Exception as error:  # a damaged file fails in zlib, zipfile and expat in a dozen ways
        raise NotAWorkbook from error


class _Book:
    def __init__(self, packed: zipfile.ZipFile, most_columns: int) -> None:
        self._packed, self._most_columns = packed, most_columns
        self._names = set(packed.namelist())
        self._unpacked = self._letters = self._tags = 0

    def rows(self) -> list[Row]:
        if "xl/workbook.xml" not in self._names:
            raise NotAWorkbook
        shared: list[str] = []
        if "xl/sharedStrings.xml" in self._names:
            shared = self._texts("xl/sharedStrings.xml")
        sheets = sorted(
            (int(found[1] or 0), name) for name in self._names if (found := _SHEET.fullmatch(name))
        )
        return [row for _, name in sheets for row in self._sheet(name, shared)]

    def _texts(self, name: str) -> list[str]:
        reader = _Texts()
        self._read(name, reader.start, reader.end, reader.said)
        return reader.found

    def _sheet(self, name: str, shared: list[str]) -> Iterator[Row]:
        reader = _Sheet(shared, self._most_columns)
        self._read(name, reader.start, reader.end, reader.said)
        targets = self._targets(name.replace("worksheets/", "worksheets/_rels/") + ".rels")
        for (row, column), link in reader.links.items():
            cells, target = reader.cells.setdefault(row, {}), targets.get(link, "")
            if target and "http" not in cells.get(column, ""):
                cells[column] = f"{cells.get(column, '')} {target}"
        for row, cells in sorted(reader.cells.items()):
            self._letters += sum(map(len, cells.values()))
            if self._letters > _MOST_LETTERS:
                raise TooMuch
            yield row, [cells.get(column, "") for column in range(max(cells) + 1)]

    def _targets(self, name: str) -> dict[str, str]:
        """Addresses of a sheet's links, by id."""
        found: dict[str, str] = {}

        def start(tag: str, said: dict[str, str]) -> None:
            if _bare(tag) == "Relationship" and said.get("TargetMode") == "External":
                found[said.get("Id", "")] = said.get("Target", "")[:_LONGEST_CELL]

        if name in self._names:
            self._read(name, start, lambda tag: None, lambda text: None)
        return found

    def _read(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        said: Callable[[str], None],
    ) -> None:
        entry = self._packed.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotAWorkbook  # no program writes another one, and those unpack without a limit

        def counted(tag: str, attributes: dict[str, str]) -> None:
            self._tags += 1
            if self._tags > _MOST_TAGS:
                raise TooMuch
            start(tag, attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse  # no workbook has one: entities are only there to hurt
        parser.StartElementHandler, parser.EndElementHandler = counted, end
        parser.CharacterDataHandler = said
        with self._packed.open(entry) as part:
            while chunk := part.read(_CHUNK):
                self._unpacked += len(chunk)
                if self._unpacked > _MOST_UNPACKED:
                    raise TooMuch
                parser.Parse(chunk, False)
        parser.Parse(b"", True)


class _Texts:
    """Strings that cells point to by their number; readings in small print above the words are left out."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._inside = ""

    def start(self, tag: str, _said: dict[str, str]) -> None:
        tag = _bare(tag)
        if tag == "si":
            self._parts = []
        elif tag in ("t", "rPh"):
            self._inside = "rPh" if "rPh" in (tag, self._inside) else "t"

    def end(self, tag: str) -> None:
        tag = _bare(tag)
        if tag == "si":
            self.found.append("".join(self._parts)[:_LONGEST_CELL])
        elif tag == "rPh" or (tag == "t" and self._inside == "t"):
            self._inside = ""

    def said(self, text: str) -> None:
        if self._inside == "t":
            self._parts.append(text)


class _Sheet:
    """Texts and links of one sheet: cells by row and column, the column counted from 0."""

    def __init__(self, shared: list[str], most_columns: int) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        self.links: dict[tuple[int, int], str] = {}
        self._shared, self._most_columns = shared, most_columns
        self._row = self._column = 0
        self._kind, self._parts, self._listens = "", list[str](), False

    def start(self, tag: str, said: dict[str, str]) -> None:
        tag = _bare(tag)
        if tag == "row":
            number = said.get("r", "")
            self._row = int(number) if re.fullmatch("[0-9]{1,7}", number) else self._row + 1
            self._column = -1
        elif tag == "c":
            place = _place(said.get("r", ""))
            self._column = place[1] if place else self._column + 1
            self._kind, self._parts = said.get("t", ""), []
        elif tag in ("v", "t"):
            self._listens = True
        elif tag == "hyperlink":
            self._link(said)

    def end(self, tag: str) -> None:
        tag = _bare(tag)
        if tag in ("v", "t"):
            self._listens = False
        elif tag == "c" and self._parts and self._column < self._most_columns and 0 < self._row <= _LAST_ROW:
            self.cells.setdefault(self._row, {})[self._column] = self._text("".join(self._parts))

    def said(self, text: str) -> None:
        if self._listens:
            self._parts.append(text)

    def _text(self, text: str) -> str:
        if self._kind != "s":
            return text[:_LONGEST_CELL]
        at = int(text) if re.fullmatch("[0-9]{1,7}", text) else len(self._shared)
        return self._shared[at] if at < len(self._shared) else ""

    def _link(self, said: dict[str, Any]) -> None:
        place = _place(said.get("ref", ""))
        link = next((value for name, value in said.items() if _bare(name) == "id"), "")
        if place and link and place[1] < self._most_columns and place[0] <= _LAST_ROW:
            self.links[place] = link


def _place(reference: str) -> tuple[int, int] | None:
    """(row, column) of "B3", or of the first cell of "B3:C9"; the column counted from 0."""
    found = _CELL.match(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column - 1


def _bare(tag: str) -> str:
    return tag.rpartition(" ")[2]


def _refuse(*_: object) -> None:
    raise NotAWorkbook
