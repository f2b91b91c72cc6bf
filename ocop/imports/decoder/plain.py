"""CSV and other plain tables: which letters they are in, what stands between the cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata

from ocop.imports.decoder.legacy import from_tcvn3, vietnamese_letters
from ocop.imports.rules import Sheet
from ocop.web.folding import without_piled_marks

_MARKS = ";\t,|"
_LINES_LOOKED_AT = 20
_LONGEST_FIELD = 131_072
_TONES = re.compile(r"[\u0300\u0301\u0303\u0309\u0323]")
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class NotAText(Exception):
    """Bytes that are no table in letters."""


def read_plain(content: bytes, name: str, most_columns: int, longest_cell: int) -> Sheet:
    """Raises NotAText."""
    text = text_of(content)
    mark, text = _mark(text)
    rows = []
    try:
        lines = csv.reader(io.StringIO(text, newline=None), delimiter=mark)
        for number, row in enumerate(lines, 1):
            cells = [cell[:longest_cell] for cell in row[:most_columns]]
            if any(cell.strip() for cell in cells):
                rows.append((number, cells))
    except csv.Error as error:  # a quotation mark that opens a cell of half the file
        raise NotAText from error
    return Sheet(name, rows)


def text_of(content: bytes) -> str:
    """NFC text: UTF-8 or UTF-16 with or without their mark, else whichever of the old Vietnamese alphabets reads
    best."""
    for bom, encoding in _UTF16:
        if content.startswith(bom):
            return _normal(content[len(bom) :].decode(encoding, "replace"))
    if content[1:400:2].count(0) > 0.3 * len(content[1:400:2]):
        return _normal(content.decode("utf-16-le", "replace"))
    if content[0:400:2].count(0) > 0.3 * len(content[0:400:2]):
        return _normal(content.decode("utf-16-be", "replace"))
    if b"\x00" in content[:4_000]:
        raise NotAText
    try:
        return _normal(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        if error.start > 0.99 * len(content) and error.end == len(content):  # cut off in the last letter
            return _normal(content.decode("utf-8-sig", "ignore"))
    return _legacy(content)


def _legacy(content: bytes) -> str:
    """Windows-1258, where tones are letters of their own, or a TCVN3 font. A text that mixes UTF-8 with something
    else is UTF-8 with holes."""
    latin = content.decode("latin-1")
    readings = [_normal(content.decode("cp1258", "replace")), from_tcvn3(latin)]
    readings.append(_normal(content.decode("utf-8-sig", "replace")))
    return max(readings, key=_likeness)


def _likeness(text: str) -> int:
    """More for Vietnamese letters, less for what no Vietnamese text holds: signs inside, a word with two tones."""
    head = text[:20_000]
    odd = len(re.findall(r"[\u0300-\u036f\ufffd\u0080-\u00bf\u00f0\u00f7\u00fe\u00d7\u00de\u00df]", head))
    tones = (len(_TONES.findall(unicodedata.normalize("NFD", word))) for word in re.findall(r"\w{2,}", head))
    return vietnamese_letters(head) - 3 * odd - 5 * sum(1 for count in tones if count > 1)


def _mark(text: str) -> tuple[str, str]:
    """What separates cells, and the text without Excel's own "sep=;" line (its row number stays)."""
    first, _, rest = text.partition("\n")
    if match := re.fullmatch(r"sep=(.)\r?", first.strip()):
        return match[1], "\n" + rest
    lines = [line for line in text.split("\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT] if line.strip()]
    return max(_MARKS, key=lambda mark: sum(min(line.count(mark), 30) for line in lines)), text


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", without_piled_marks(text)).removeprefix("\ufeff").replace("\x00", "")
