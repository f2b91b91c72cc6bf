"""The words of an Excel file that somebody sends us, read in one pass.

An ordinary reader builds every cell that a sheet speaks of: five kilobytes that name the last row, or a link over
a whole sheet, then cost gigabytes. Here only what holds text is kept, and there is an end to everything.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from xml.parsers import expat

_LAST_ROW = 1_048_576
_MOST_SHEETS = 100
_MOST_MERGED = 50_000
_CHUNK = 65_536
_SHEET = re.compile(r"xl/worksheets/[^/]*?([0-9]{1,6})?\.xml")
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})(?![0-9])")

Row = tuple[int, list[str]]
Area = tuple[
    int, int, int, int
]  # first row, first column, last row, last column; rows from 1, columns from 0


@dataclass(frozen=True)
class Limits:
    """What a file may cost us. unpacked: bytes of the parts that are read (pictures and styles are not); letters: of
    all cells; cell: letters kept of one; tags: openings and closings, more would take seconds."""

    columns: int
    unpacked: int = 20_000_000
    letters: int = 5_000_000
    cell: int = 2_000
    tags: int = 1_200_000


@dataclass(frozen=True)
class SheetText:
    """Rows with text. Of merged cells the first holds it; ``merged`` says how far it reaches. from_1904: its days
    are counted from 1904, as on an old Mac."""

    name: str
    rows: list[Row]
    merged: list[Area]
    from_1904: bool = False


class NotAWorkbook(Exception):
    """Damaged, encrypted, or something else."""


class TooMuch(Exception):
    """More than a list of products ever holds."""


def rows(content: bytes, *, most_columns: int) -> list[Row]:
    """(row as in the sheet, texts by column) of every row with text, sheet by sheet. A cell with a link under it
    reads "text address". Raises NotAWorkbook, TooMuch."""
    found = _read(content, Limits(columns=most_columns), with_links=True)
    return [row for sheet in found for row in sheet.rows]


def sheets(content: bytes, limits: Limits) -> list[SheetText]:
    """Every sheet that is shown, in the order of its tabs; of formulas the value they last had. Raises NotAWorkbook,
    TooMuch."""
    return _read(content, limits, with_links=False)


def _read(content: bytes, limits: Limits, *, with_links: bool) -> list[SheetText]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _Book(packed, limits, with_links).sheets()
    except TooMuch:
        raise
    except Exception as error:  # a damaged file fails in zlib, zipfile and expat in a dozen ways
        raise NotAWorkbook from error


class _Book:
    def __init__(self, packed: zipfile.ZipFile, limits: Limits, with_links: bool) -> None:
        self._packed, self._limits, self._with_links = packed, limits, with_links
        self._names = set(packed.namelist())
        self._unpacked = self._letters = self._tags = 0
        self._from_1904 = False

    def sheets(self) -> list[SheetText]:
        if "xl/workbook.xml" not in self._names:
            raise NotAWorkbook
        shared: list[str] = []
        if "xl/sharedStrings.xml" in self._names:
            shared = self._texts("xl/sharedStrings.xml")
        return [self._sheet(tab, name, shared) for tab, name in self._tabs()[:_MOST_SHEETS]]

    def _tabs(self) -> list[tuple[str, str]]:
        """(name, part) of the tabs that are shown; lacking a list of them, every sheet there is."""
        tabs, parts = list[tuple[str, str]](), self._relations("xl/_rels/workbook.xml.rels", "Internal")

        def start(tag: str, said: dict[str, str]) -> None:
            if _bare(tag) == "workbookPr":
                self._from_1904 = said.get("date1904") in ("1", "true", "on")
            if _bare(tag) == "sheet" and said.get("state", "visible") == "visible":
                link = next((value for name, value in said.items() if _bare(name) == "id"), "")
                part = "xl/" + parts.get(link, "").removeprefix("/xl/").removeprefix("./")
                if _SHEET.fullmatch(part) and part in self._names:
                    tabs.append((said.get("name", "")[:100], part))

        self._parse("xl/workbook.xml", start, lambda tag: None, lambda text: None)
        numbered = sorted(
            (int(found[1] or 0), name) for name in self._names if (found := _SHEET.fullmatch(name))
        )
        return tabs or [("", name) for _, name in numbered]

    def _texts(self, name: str) -> list[str]:
        reader = _Texts(self._limits.cell)
        self._parse(name, reader.start, reader.end, reader.said)
        return reader.found

    def _sheet(self, tab: str, name: str, shared: list[str]) -> SheetText:
        reader = _Sheet(shared, self._limits)
        self._parse(name, reader.start, reader.end, reader.said)
        if self._with_links and reader.links:
            self._write_links(reader, name.replace("worksheets/", "worksheets/_rels/") + ".rels")
        rows: list[Row] = []
        for row, cells in sorted(reader.cells.items()):
            self._letters += sum(map(len, cells.values()))
            if self._letters > self._limits.letters:
                raise TooMuch
            rows.append((row, [cells.get(column, "") for column in range(max(cells) + 1)]))
        return SheetText(tab, rows, reader.merged, self._from_1904)

    def _write_links(self, reader: _Sheet, relations: str) -> None:
        targets = self._relations(relations, "External")
        for (row, column), link in reader.links.items():
            cells, target = reader.cells.setdefault(row, {}), targets.get(link, "")
            if target and "http" not in cells.get(column, ""):
                cells[column] = f"{cells.get(column, '')} {target}"

    def _relations(self, name: str, mode: str) -> dict[str, str]:
        """Where the links of a part lead, by id."""
        found: dict[str, str] = {}

        def start(tag: str, said: dict[str, str]) -> None:
            if _bare(tag) == "Relationship" and said.get("TargetMode", "Internal") == mode:
                found[said.get("Id", "")] = said.get("Target", "")[: self._limits.cell]

        if name in self._names:
            self._parse(name, start, lambda tag: None, lambda text: None)
        return found

    def _parse(
        self,
        name: str,
        start: Callable[[str, dict[str, str]], None],
        end: Callable[[str], None],
        said: Callable[[str], None],
    ) -> None:
        entry = self._packed.getinfo(name)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotAWorkbook  # no program writes another one, and those unpack without a limit
        if self._unpacked + entry.file_size > self._limits.unpacked:
            raise TooMuch  # said beforehand; what is said too small is cut off there

        self._weigh(entry)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = _refuse  # no workbook has one: entities are only there to hurt
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = said
        with self._packed.open(entry) as part:
            while chunk := part.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _weigh(self, entry: zipfile.ZipInfo) -> None:
        """Unpacking is quick, reading is not: what is too much is known before anything of the part is read."""
        with self._packed.open(entry) as part:
            while chunk := part.read(_CHUNK):
                self._unpacked += len(chunk)
                self._tags += chunk.count(b"<")
                if self._unpacked > self._limits.unpacked or self._tags > self._limits.tags:
                    raise TooMuch


class _Texts:
    """Strings that cells point to by their number; readings in small print above the words are left out."""

    def __init__(self, longest: int) -> None:
        self.found: list[str] = []
        self._longest = longest
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
            self.found.append("".join(self._parts)[: self._longest])
        elif tag == "rPh" or (tag == "t" and self._inside == "t"):
            self._inside = ""

    def said(self, text: str) -> None:
        if self._inside == "t":
            self._parts.append(text)


class _Sheet:
    """Texts, links and merged cells of one sheet: cells by row and column, the column counted from 0."""

    def __init__(self, shared: list[str], limits: Limits) -> None:
        self.cells: dict[int, dict[int, str]] = {}
        self.links: dict[tuple[int, int], str] = {}
        self.merged: list[Area] = []
        self._shared, self._most_columns, self._longest = shared, limits.columns, limits.cell
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
        elif tag == "mergeCell" and len(self.merged) < _MOST_MERGED:
            first, _, last = said.get("ref", "").partition(":")
            ends = _place(first), _place(last)
            if ends[0] and ends[1] and ends[0][1] < self._most_columns:
                self.merged.append((*ends[0], ends[1][0], min(ends[1][1], self._most_columns - 1)))

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
            return text[: self._longest]
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
    return int(found[2]), _column(found[1])


@lru_cache(maxsize=1_000)
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column - 1


@lru_cache(maxsize=200)
def _bare(tag: str) -> str:
    return tag.rpartition(" ")[2]


def _refuse(*_: object) -> None:
    raise NotAWorkbook
