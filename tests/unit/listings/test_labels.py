"""Every compulsory label item has a listing that lacks it and one that has it."""

from __future__ import annotations

import pytest

from ocop.listings.rules import label_gaps, label_group_of, product_sets
from ocop.web.wording import sentence

FULL = {
    "name": "Mắm tép đồng",
    "origin": "Việt Nam",
    "net_content": 250,
    "ingredients": "Tép riu, muối, thính",
    "shelf_life_days": 365,
    "date_style": "use_by",
    "usage": "Chấm, kho thịt",
    "storage": "Nơi khô, mát",
    "warning": (
        "Người dị ứng tôm tép không dùng. Thực phẩm bảo vệ sức khỏe. "
        "Thực phẩm này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh."
    ),
    "technical": "35 × 180 cm, sợi bông",
    "ethanol": "29,5% thể tích",
}

_REQUIRED = [
    (one.no, choice, field)
    for one in product_sets()
    for choice in (one.label_choices or ("",))
    if (group := label_group_of(one.no, choice)) is not None
    for field in sorted(group.required_fields)
]


def _values(no: int, choice: str, **values: object) -> dict[str, object]:
    return {**FULL, "set_no": no, "label_group": choice, **values}


@pytest.mark.parametrize(("no", "choice"), sorted({(no, choice) for no, choice, _ in _REQUIRED}))
def test_a_complete_listing_of_every_set_lacks_nothing(no, choice):
    values = _values(no, choice)

    gaps = [gap for gap in label_gaps(values) if gap.severity != "unverified"]

    assert gaps == []


@pytest.mark.parametrize(("no", "choice", "field"), _REQUIRED)
def test_every_compulsory_item_that_is_left_out_is_named(no, choice, field):
    values = _values(no, choice, **{field: None})

    gaps = [gap for gap in label_gaps(values) if gap.severity != "unverified"]

    assert [(gap.code, gap.field) for gap in gaps] == [(f"label_{field}", field)]


@pytest.mark.parametrize(("no", "choice", "field"), _REQUIRED)
def test_blanks_do_not_answer_an_item(no, choice, field):
    values = _values(no, choice, **{field: "   "})

    fields = [gap.field for gap in label_gaps(values) if gap.severity != "unverified"]

    assert fields == [field]


@pytest.mark.parametrize(
    ("no", "field"),
    [(14, "shelf_life_days"), (14, "warning"), (3, "warning"), (21, "warning"), (19, "usage")],
)
def test_an_item_if_any_may_be_left_out(no, field):
    values = _values(no, "", **{field: None})

    gaps = label_gaps(values)

    assert gaps == []


def test_saying_there_is_no_date_does_not_answer_for_food():
    values = _values(9, "", date_style="none")

    codes = [gap.code for gap in label_gaps(values)]

    assert codes == ["label_shelf_life_days"]


@pytest.mark.parametrize("no", [15, 18, 20])
def test_an_open_choice_is_itself_the_gap(no):
    values = _values(no, "")

    gaps = label_gaps(values)

    assert [(gap.code, gap.field) for gap in gaps] == [("label_group_choice", "label_group")]


def test_medicine_says_that_nobody_checked():
    values = _values(18, "Thuốc")

    gaps = label_gaps(values)

    assert [(gap.code, gap.severity) for gap in gaps] == [("label_group_unverified", "unverified")]


def test_health_food_must_carry_both_phrases_word_for_word():
    values = _values(18, "Thực phẩm bảo vệ sức khỏe", warning="Thực phẩm  bảo vệ sức khỏe.")

    gaps = label_gaps(values)

    assert [gap.code for gap in gaps] == ["label_phrase"]
    assert gaps[0].phrase.startswith("Thực phẩm này không phải là thuốc")


@pytest.mark.parametrize("no", [23, 24, 25, 26])
def test_sets_without_a_row_lack_nothing(no):
    empty = {"set_no": no, "label_group": ""}

    gaps = label_gaps(empty)

    assert gaps == []


def test_fresh_food_is_advised_and_not_barred():
    values = _values(1, "", usage="")

    severities = {gap.severity for gap in label_gaps(values)}

    assert severities == {"advice"}


def test_gaps_come_easiest_first():
    values = {"set_no": 9, "label_group": ""}

    efforts = [gap.effort for gap in label_gaps(values)]

    assert efforts == sorted(efforts)
    assert len(efforts) == 8


@pytest.mark.parametrize(("no", "choice", "field"), _REQUIRED)
def test_every_gap_has_a_sentence_of_at_most_twenty_words(no, choice, field):
    gap = label_gaps(_values(no, choice, **{field: ""}))[0]

    said = sentence(gap.code, **gap.params)

    assert len(said.split()) <= 20
