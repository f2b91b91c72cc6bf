"""The 26 sets decide what is asked and what a label must carry."""

from __future__ import annotations

import pytest

from ocop.listings.rules import label_group_of, label_groups, product_set, product_sets


def test_there_are_26_sets_in_6_groups_in_their_order():
    sets = product_sets()

    numbers, groups = [one.no for one in sets], list(dict.fromkeys(one.group_code for one in sets))

    assert numbers == list(range(1, 27))
    assert groups == ["I", "II", "III", "IV", "V", "VI"]


def test_both_wordings_of_the_decision_are_kept():
    craft = product_set(21)

    wordings = (craft.name, craft.annex1_name)

    assert wordings == ("Thủ công mỹ nghệ", "Thủ công mỹ nghệ gia dụng, trang trí")


@pytest.mark.parametrize("no", range(1, 27))
def test_every_set_is_called_by_examples_a_farmer_uses(no):
    one = product_set(no)

    words = one.examples

    assert words and words[0].isupper() and len(words) <= 45


def test_only_three_sets_ask_which_label_holds():
    asking = [one.no for one in product_sets() if one.label_choices]

    unknown = [name for no in asking for name in product_set(no).label_choices if name not in label_groups()]

    assert asking == [15, 18, 20]
    assert unknown == []


@pytest.mark.parametrize("no", [23, 24, 25])
def test_living_ornaments_have_no_label_row(no):
    group = label_group_of(no)

    questions = product_set(no).questions

    assert group is None
    assert "ingredients" not in questions


def test_a_service_is_asked_nothing_about_packs_and_gets_no_stamps():
    tour = product_set(26)

    asked = tour.questions & {
        "net_content",
        "packed_weight_g",
        "box",
        "stock",
        "gtin",
        "shelf_life_days",
        "storage",
    }

    assert tour.service and not tour.stampable
    assert asked == set()


@pytest.mark.parametrize(
    ("no", "asked", "not_asked"),
    [
        (9, {"ingredients", "shelf_life_days", "usage", "storage"}, {"ethanol", "technical"}),
        (14, {"ethanol", "storage"}, {"technical"}),
        (22, {"technical", "ingredients"}, {"ethanol", "shelf_life_days"}),
        (3, {"shelf_life_days"}, {"technical", "ethanol", "ingredients"}),
    ],
)
def test_the_set_decides_which_questions_are_asked(no, asked, not_asked):
    questions = product_set(no).questions

    missing, surplus = asked - questions, not_asked & questions

    assert (missing, surplus) == (set(), set())


@pytest.mark.parametrize(
    ("no", "chosen", "expected"),
    [
        (9, "", "Thực phẩm"),
        (9, "Rượu", "Thực phẩm"),
        (15, "", None),
        (15, "Rượu", "Rượu"),
        (15, "Mỹ phẩm", None),
        (20, "Mỹ phẩm", "Mỹ phẩm"),
        (26, "", None),
    ],
)
def test_a_choice_counts_only_where_the_set_leaves_one(no, chosen, expected):
    group = label_group_of(no, chosen)

    name = group.name if group else None

    assert name == expected


def test_a_number_outside_the_26_is_an_error():
    wrong = 27

    with pytest.raises(KeyError):
        product_set(wrong)
