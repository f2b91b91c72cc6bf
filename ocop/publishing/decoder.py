"""Lists of links as people really keep them: an Excel or CSV file with or without a heading, or pasted lines.

Whatever holds an address is a row. The name, the producer and the price are taken from the columns whose
heading says so; without headings the longest other text of the row is the name.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ocop.db.errors import Refused
from ocop.web import workbooks
from ocop.web.folding import without_piled_marks

MOST_LINKS = 2_000
_MOST_BYTES = 5_000_000
_LONGEST_HEADING = 100
_MOST_COLUMNS = 60
_ADDRESS = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
_BARE = re.compile(
    # Begins nowhere inside a run of hyphens or labels, so that no letter is gone over twice.
    r"(?<![@\w.])(?<![\w-]-)(?:[a-z0-9][a-z0-9-]*\.)+(?:vn|com|net|shop)/[^\s<>\"']+",
    re.IGNORECASE,
)
_HEADINGS = {
    "product": ("san pham", "ten hang", "ten san pham", "hang hoa"),
    "producer": ("co so", "chu the", "don vi", "hop tac xa", "ho san xuat", "nha cung cap"),
    "price": ("gia",),
}


@dataclass(frozen=True)
class SaidLink:
    """One link that is said to be online. ``row`` counts from 1 as in the sheet; price in đồng."""

    row: int
    url: str
    product_name: str = ""
    producer_name: str = ""
    price_vnd: int | None = None


def links_of_file(name: str, content: bytes) -> list[SaidLink]:
    """Every link of an .xlsx or .csv file. Raises Refused at field ``file`` for what cannot be read."""
    if len(content) > _MOST_BYTES:
        raise Refused("list_too_big", field="file")
    if content[:4] == b"PK\x03\x04":
        return _links(_rows_of_workbook(content))
    if name.lower().endswith((".xls", ".doc", ".docx", ".pdf")) or b"\x00" in content[:2_000]:
        raise Refused("list_not_xlsx", field="file")
    return _links(_rows_of_csv(content))


def links_of_text(text: str) -> list[SaidLink]:
    """Pasted lines: an address a line, other words of the line are the name."""
    return _links(enumerate(([line] for line in text.splitlines()), 1))


def _rows_of_workbook(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from workbooks.rows(content, most_columns=_MOST_COLUMNS)
    except workbooks.TooMuch:
        raise Refused("list_too_big", field="file") from None
    except workbooks.NotAWorkbook as error:
        raise Refused("list_not_xlsx", field="file") from error


def _rows_of_csv(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = content.decode("utf-8-sig", "replace")
    first = text.partition("\n")[0]
    mark = max(";,\t", key=first.count)
    lines = io.StringIO(text, newline=None)  # a line may also end as on an old Mac
    try:
        yield from enumerate((row[:_MOST_COLUMNS] for row in csv.reader(lines, delimiter=mark)), 1)
    except csv.Error as error:  # a quotation mark that opens a cell of half the file
        raise Refused("list_not_xlsx", field="file") from error


def _links(rows: Iterable[tuple[int, Sequence[str]]]) -> list[SaidLink]:
    found: list[SaidLink] = []
    columns: dict[str, int] = {}
    for number, cells in rows:
        cells = [unicodedata.normalize("NFC", without_piled_marks(cell)).strip() for cell in cells]
        addresses = [address for cell in cells for address in _addresses(cell)]
        if not addresses:
            columns = _headings(cells) or columns
            continue
        name, producer, price = _said_of(cells, columns)
        found += [SaidLink(number, address, name, producer, price) for address in dict.fromkeys(addresses)]
        if len(found) > MOST_LINKS:
            raise Refused("list_too_long", field="file", most=MOST_LINKS)
    if not found:
        raise Refused("list_no_links", field="file")
    return found


def _addresses(cell: str) -> list[str]:
    found = _ADDRESS.findall(cell) or [f"https://{bare}" for bare in _BARE.findall(cell)]
    return [address.rstrip(".,;)")[:500] for address in found]


def _headings(cells: Sequence[str]) -> dict[str, int]:
    known: dict[str, int] = {}
    for at, cell in enumerate(cells):
        words = _plain(cell[:_LONGEST_HEADING])
        for meaning, spellings in _HEADINGS.items():
            if meaning not in known and any(spelling in words.split("(")[0] for spelling in spellings):
                known[meaning] = at
                break
    return known


def _said_of(cells: Sequence[str], columns: dict[str, int]) -> tuple[str, str, int | None]:
    def cell(meaning: str) -> str:
        at = columns.get(meaning)
        text = cells[at] if at is not None and at < len(cells) else ""
        return "" if _addresses(text) else text[:300]

    name = cell("product")
    if not name and "product" not in columns:
        taken = {columns.get("producer"), columns.get("price")}
        texts = [_without_address(text) for at, text in enumerate(cells) if at not in taken]
        name = max((text for text in texts if re.search(r"[^\W\d_]{2}", text)), key=len, default="")[:300]
    return name, cell("producer"), _price(cell("price"))


def _without_address(text: str) -> str:
    return _BARE.sub("", _ADDRESS.sub("", text)).strip(" -–:|\t")


def _price(text: str) -> int | None:
    digits = re.sub(r"(?<=\d)[.,\s](?=\d{3}\b)", "", text.removesuffix(".0"))
    found = re.match(r"\D{0,4}(\d{3,9})\b", digits)
    return int(found[1]) if found else None


def _plain(text: str) -> str:
    """Lower case without tone marks."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in parts if not unicodedata.combining(char))
