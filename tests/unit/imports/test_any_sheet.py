"""Whatever stands in a sheet: it is understood or not, and nothing breaks."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import ocop.imports.rules
from ocop.imports.decoder import Unreadable, read
from ocop.imports.mapping.problems import said_with_place
from ocop.imports.rules import Area, Setting, Sheet, Understood, records, spec, targets
from ocop.web.wording import _sentences, has_sentence
from tests.unit.imports.reading import HOAT_GIANG, read_sheet

_HEADINGS = [word for target in targets() for word in spec(target).synonyms[:3]] + ["STT", "", "Cột lạ"]
_PIECES = st.sampled_from(
    [
        "31/02/2026",
        "46347",
        "1.250k",
        "3 sao",
        "***",
        "0,5 lít",
        "xã Hà Yên, huyện Hà Trung",
        "HTX",
        "I",
        "mẫu",
    ]
    + [
        "Tổng cộng",
        "=1+1",
        "#REF!",
        "9E99",
        "1E5",
        "99999999999999999999",
        "36 tháng",
        "9999 năm",
        "-",
        "\u0301" * 40,
    ]
    + [
        "ngày",
        "1" * 300,
        "0" * 5_000,
        "1-" * 400,
        "a,b;c",
        "2/2/2",
        "xã",
        ",",
        "15286",
        "\x00",
        "½",
        "٣",
        "²",
        "Ⅳ",
    ]
)
_CELLS = st.one_of(st.just(""), _PIECES, st.text(max_size=40), st.integers().map(str), st.dates().map(str))
_ROWS = st.lists(st.lists(_CELLS, max_size=12), max_size=8)
_AREAS = st.builds(Area, *[st.integers(0, 12)] * 4)


def json_able(value: object) -> bool:
    return json.loads(json.dumps(value)) == value


@settings(max_examples=150, deadline=None)
@given(
    rows=_ROWS,
    headings=st.lists(st.sampled_from(_HEADINGS), max_size=12),
    merged=st.lists(_AREAS, max_size=3),
)
def test_any_sheet_is_read_to_the_end(rows: list[list[str]], headings: list[str], merged: list[Area]) -> None:
    sheet = Sheet("a", list(enumerate([headings, *rows], 1)), tuple(merged))

    result = read_sheet(sheet)

    assert Understood.from_json(json.loads(json.dumps(result.understood.to_json()))) == result.understood
    assert all(json_able(one.values) for row in result.rows.values() for one in row)
    assert len(result.sentences) == sum(map(len, result.problems.values()))


@settings(max_examples=300, deadline=None)
@given(target=st.sampled_from(targets()), cell=_CELLS, commune=st.sampled_from(["", "15286"]))
def test_any_text_under_any_heading_gives_values_or_a_sentence(target: str, cell: str, commune: str) -> None:
    understood = Understood(1, {0: target}, headings={0: "Cột"})

    made, problems = records(understood, [cell], Setting(commune, HOAT_GIANG.today))

    assert all(json_able(one.values) for one in made)
    assert all(said_with_place(2, one.to_json()) for one in problems)


@settings(max_examples=100, deadline=None)
@given(
    content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)),
    name=st.sampled_from(["a.csv", "a.xlsx", "a"]),
)
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        sheets = read(content, name)
    except Unreadable as refused:
        assert refused.code in {"unreadable", "too_much", "empty", "not_a_sheet", "old_excel", "old_dates"}
    else:
        assert all(cells for sheet in sheets for _, cells in sheet.rows)


def test_every_problem_has_a_sentence_of_at_most_twenty_words() -> None:
    codes = {code for file in Path(ocop.imports.rules.__file__).parent.glob("*.py") for code in _codes(file)}

    assert len(codes) >= 40
    assert [code for code in sorted(codes) if not has_sentence(f"row_{code}")] == []
    rows = {code: text for code, text in _sentences().items() if code.startswith("row_")}
    assert [code for code, text in rows.items() if len(text.split()) > 20] == []


def _codes(file: Path) -> set[str]:
    """Codes that a module gives to wrong(), doubtful(), complain() and problem()."""
    found = set()
    for call in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            at = {"wrong": 0, "problem": 0, "doubtful": 1, "complain": 1}.get(name)
            if at is not None and len(call.args) > at and isinstance(call.args[at], ast.Constant):
                found.add(str(call.args[at].value))
    return {code for code in found if re.fullmatch(r"[a-z_]+", code)}
