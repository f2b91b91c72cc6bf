"""Which rows of a sheet are data, and what merged cells and the row above lend to each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ocop.imports.rules.cells import words_in
from ocop.imports.rules.fields import RowKind, spec
from ocop.imports.rules.headings import heading_key
from ocop.imports.rules.sheets import DataRow, Rows, Sheet, Understood
from ocop.imports.rules.words import table

_PACK = frozenset(f"listing.{key}" for key in ("net", "price", "wholesale", "gtin", "packed", "stock"))
_ENUMERATED = re.compile(r"(?:[IVX]{1,5}|[A-HĐ])(?:[.)/:-]|$)\s*")
_COUNTED = re.compile(r"\(?([0-9]{1,2})\)?")
_SIGNED = re.compile(
    r"^(?:nguoi lap|lap bieu|lap bang|tm ubnd|tm uy ban|thay mat|chu tich|pho chu tich|kt chu tich|noi nhan|can bo lap"
    r"|nguoi tong hop|xac nhan cua|thu truong|ky ten|thong ke)\b"
)
# "Xã Mẫu, ngày … tháng … năm …"; beside a column of decisions only where it stands alone, one may be worded like it.
_PLACE_AND_DAY = re.compile(r"^[a-z ]{2,60} ngay\b.{0,8}\bthang\b.{0,8}\bnam\b|^ngay thang nam\b")
_REPEATED = 0.7
_WIDE = 3


@dataclass
class _Reader:
    understood: Understood
    heading_cells: dict[int, set[str]]
    wide_rows: frozenset[int]
    lent_by_merge: dict[int, dict[int, str]]
    data: list[DataRow] = field(default_factory=list)
    skipped: list[tuple[int, str]] = field(default_factory=list)
    ended: bool = False
    apart: bool = True  # the row above belongs to another part of the sheet, or there is none

    def take(self, number: int, cells: list[str]) -> None:
        if not any(cell.strip() for cell in cells):
            return
        why = self._why_skipped(number, cells)
        if why:
            self.skipped.append((number, why))
            self.ended = self.ended or why == "footer"
            self.apart = self.apart or why in ("group", "total")
        else:
            self.data.append(self._with_lent(number, cells))
            self.apart = False

    def _why_skipped(self, number: int, cells: list[str]) -> str:
        said = [(at, cell.strip()) for at, cell in enumerate(cells) if cell.strip()]
        if self._is_numbering([text for _, text in said]):
            return "numbering"
        if self._is_sample(cells):
            return "sample"
        if self._is_heading(said):
            return "header"
        if _is_total([text for _, text in said]):
            return "total"
        if self._is_footer(said):
            return "footer"
        return "group" if self._is_group(number, said) else ""

    def _is_numbering(self, texts: Sequence[str]) -> bool:
        """ "(1) (2) (3)" under the heading."""
        figures = [int(match[1]) for text in texts if (match := _COUNTED.fullmatch(text))]
        counted = figures == list(range(1, len(figures) + 1)) or figures == list(
            range(figures[0], figures[-1] + 1)
        )
        letters = all(len(text) == 1 for text in texts if not _COUNTED.fullmatch(text))
        return not self.data and len(figures) >= 3 and letters and counted

    def _is_sample(self, cells: Sequence[str]) -> bool:
        at = self.understood.number_column
        words = words_in(cells[at]) if at is not None and at < len(cells) else []
        return words[:1] == ["mau"] or words[:2] == ["vi", "du"]

    def _is_heading(self, said: Sequence[tuple[int, str]]) -> bool:
        def same(cells: Sequence[tuple[int, str]]) -> int:
            keys = ((at, heading_key(text)) for at, text in cells)
            return sum(1 for at, key in keys if key and key in self.heading_cells.get(at, ()))

        return same(said[:4]) >= 2 and same(said) >= _REPEATED * len(said)  # most rows are told by four cells

    def _is_footer(self, said: Sequence[tuple[int, str]]) -> bool:
        if len(said) > _WIDE:
            return False
        if self.ended:
            return True
        words = {at: " ".join(words_in(text[:80])) for at, text in said}
        signed = {at for at, text in words.items() if _SIGNED.search(text)}
        if len(said) == 1 or "certificate.number" not in self.understood.column_of:
            signed |= {at for at, text in words.items() if _PLACE_AND_DAY.search(text)}
        names = {at for at, target in self.understood.columns.items() if spec(target).names}
        return bool(signed) and not (len(said) == _WIDE and names & {at for at, _ in said} - signed)

    def _is_group(self, number: int, said: Sequence[tuple[int, str]]) -> bool:
        at, first = said[0]
        enumerated = _ENUMERATED.match(first)
        if len(said) == 1:
            target = self.understood.columns.get(at)
            named = target is not None and spec(target).names
            return bool(enumerated) or number in self.wide_rows or not named or _is_kind_or_group(first)
        return len(said) == 2 and bool(enumerated) and enumerated.end() == len(first)

    def _with_lent(self, number: int, cells: list[str]) -> DataRow:
        own = cells + [""] * (max(self.understood.columns, default=0) + 1 - len(cells))
        filled = list(own)
        for at, text in self.lent_by_merge.get(number, {}).items():
            filled[at] = filled[at] if filled[at].strip() else text
        if self.apart:
            return DataRow(number, filled)
        return DataRow(number, filled, self._lend_from_above(own, filled, self.data[-1].cells))

    def _lend_from_above(self, own: list[str], filled: list[str], above: Sequence[str]) -> tuple[int, ...]:
        """A producer written once for all its products, a product once for all its packs."""
        columns = self._producer_columns(own, above) + self._listing_columns(own)
        lent = [at for at in columns if not own[at].strip() and above[at].strip()]
        for at in lent:
            filled[at] = above[at]
        return tuple(lent)

    def _producer_columns(self, cells: Sequence[str], above: Sequence[str]) -> list[int]:
        own = self._columns(RowKind.PRODUCER)
        others = [at for at in self.understood.columns if at not in own]
        name = self.understood.column_of.get("producer.name")
        if name is None or cells[name].strip() or not any(cells[at].strip() for at in others):
            return []
        same = all(not cells[at].strip() or cells[at].strip() == above[at].strip() for at in own)
        return own if same else []

    def _listing_columns(self, cells: Sequence[str]) -> list[int]:
        name = self.understood.column_of.get("listing.name")
        packs = [at for at, target in self.understood.columns.items() if target in _PACK]
        papers = self._columns(RowKind.CERTIFICATE) + self._columns(RowKind.LOT)
        if name is None or cells[name].strip() or not any(cells[at].strip() for at in packs):
            return []
        if any(cells[at].strip() for at in papers):
            return []
        return [at for at in self._columns(RowKind.LISTING) if at not in packs]

    def _columns(self, kind: RowKind) -> list[int]:
        return [at for at, target in self.understood.columns.items() if spec(target).kind is kind]


def data_rows(understood: Understood, sheet: Sheet) -> Rows:
    """The rows to read with `records`, in order. Titles, repeated headings, numbering, group and total rows, samples
    ("mẫu" in the column that counts rows) and signatures are left out, and said so."""
    if understood.header_row is None:
        return Rows([], [])
    reader = _Reader(
        understood, _heading_cells(understood, sheet), _wide_rows(sheet), _lent_by_merge(understood, sheet)
    )
    for number, cells in sheet.rows:
        if number > understood.header_row:
            reader.take(number, list(cells))
    return Rows(reader.data, reader.skipped)


def _heading_cells(understood: Understood, sheet: Sheet) -> dict[int, set[str]]:
    """Column -> how it is headed, in one line or in each of two."""
    found = {at: {heading_key(text)} for at, text in understood.headings.items()}
    last = understood.header_row or 0
    for number, cells in sheet.rows[:60]:
        if last - 1 <= number <= last:
            for at, cell in enumerate(cells):
                found.setdefault(at, set()).add(heading_key(cell))
    return found


def _wide_rows(sheet: Sheet) -> frozenset[int]:
    return frozenset(area.top for area in sheet.merged if area.right - area.left + 1 >= _WIDE)


def _lent_by_merge(understood: Understood, sheet: Sheet) -> dict[int, dict[int, str]]:
    """Row -> column -> text of the merged cells above: a decision merged down over three products holds for all."""
    texts = {number: cells for number, cells in sheet.rows}
    lent: dict[int, dict[int, str]] = {}
    for area in sheet.merged:
        if area.left not in understood.columns or area.top <= (understood.header_row or 0):
            continue
        first = texts.get(area.top, [])
        text = first[area.left] if area.left < len(first) else ""
        if text.strip():
            for row in range(area.top + 1, min(area.bottom, area.top + 1_000) + 1):
                lent.setdefault(row, {})[area.left] = text
    return lent


def _is_total(texts: Sequence[str]) -> bool:
    """ "Tổng cộng", "Tổng số", "Cộng nhóm I"; not "Tổng công ty", "Công ty"."""
    first = next((text for text in texts if not re.fullmatch(r"[\d.,\s]+", text)), "")
    words = words_in(first[:80])
    if words[:2] in (["tong", "cong"], ["tong", "so"]):
        return words[2:3] != ["ty"]
    sum_up = first.lower().startswith("cộng ") and words[1:2] != ["dong"] and len(texts) <= _WIDE
    return words in (["tong"], ["cong"]) or sum_up


def _is_kind_or_group(text: str) -> bool:
    """ "HỢP TÁC XÃ" or "Đồ uống" and nothing else."""
    words = tuple(words_in(text))
    return words in table("producer_kinds") or words in table("groups")
