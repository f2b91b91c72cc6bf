"""The words in double braces that a template may hold: {{san_pham_tong}} for one number or text,
{{hang.san_pham.ten}} for a row that is repeated, once for each line of a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

PATTERN = re.compile(r"\{\{\s*([^{}]{1,100}?)\s*\}\}")
LIST_PREFIX = "hang."

# Texts every report knows besides its numbers.
GENERAL = (
    "ky_bao_cao",
    "ky_truoc",
    "tu_ngay",
    "den_ngay",
    "so_lieu_den_ngay",
    "nam",
    "noi_bao_cao",
    "noi_bao_cao_hoa",
    "dia_danh",
    "tinh",
    "ngay_chot",
    "nguoi_chot",
    "du_lieu_mau",
)
# What a line of a list of facts offers, beside stt (1, 2 …): word in a template -> field of a fact.
FACT_COLUMNS = {
    "ten": "name",
    "co_so": "producer",
    "xa": "commune",
    "xa_cu": "former",
    "loai": "kind",
    "tu_ngay": "day",
    "den_ngay": "until",
    "ghi_chu": "note",
    "duong_dan": "link",
    "so_luong": "amount",
}
NUMBER_COLUMNS = ("noi_dung", "ky_nay", "ky_truoc", "tang_giam", "don_vi", "muc")
EVIDENCE_COLUMNS = ("so_lieu", *FACT_COLUMNS)
# What stands in the row of a commune, and of a commune of old.
PLACE_NUMBERS = (
    "co_so_tong",
    "co_so_duoc_giup",
    "san_pham_tong",
    "san_pham_co_sao",
    "san_pham_len_san",
    "bai_dang_tong",
    "giay_1",
    "giay_3",
    "giay_het_han",
    "tem_kich_hoat",
    "luot_quet",
    "doanh_thu",
    "lop_tap_huan",
)
PLACE_COLUMNS = ("ten", *PLACE_NUMBERS)

Value = str | int
Rows = list[dict[str, Value]]


@dataclass(frozen=True, slots=True)
class Filling:
    """What a template is filled with: values by name, and for each list its rows (a value by column)."""

    values: dict[str, Value]
    rows: dict[str, Rows]


@dataclass(frozen=True, slots=True)
class Wrong:
    """code: template_unknown | template_two_lists | template_row_merged; cell as "Trang1!B7"."""

    code: str
    cell: str
    text: str


def list_name(key: str) -> str:
    """The list behind a number: a total lends it its short name (san_pham_tong -> san_pham)."""
    return key.removesuffix("_tong")


def names_in(text: str) -> list[str]:
    """ "Kỳ {{ky_bao_cao}}" -> ["ky_bao_cao"]."""
    return PATTERN.findall(text)


def list_of(name: str) -> str | None:
    """ "hang.san_pham.ten" -> "san_pham"; None for a single value."""
    if not name.startswith(LIST_PREFIX):
        return None
    return name.removeprefix(LIST_PREFIX).partition(".")[0]
