"""GTINs are checked, never made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability import gs1

# 952 is the prefix GS1 keeps for examples.
GOOD = ["9521234000013", "09521234000013", "19521234000010", "614141007349", "0614141007349", "96385074"]


@pytest.mark.parametrize("text", GOOD)
def test_a_right_number_has_no_problem(text):
    assert gs1.gtin_problem(text) is None
    assert gs1.gtin14(text).endswith(text)
    assert len(gs1.gtin14(text)) == 14


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "digits"),
        ("952123400001x", "digits"),
        ("9521234 000013", "digits"),
        ("٩٥٢١٢٣٤٠٠٠٠١٣", "digits"),
        ("952123400001", "check_digit"),
        ("9521234000014", "check_digit"),
        ("95212340001", "length"),
        ("952123400001300", "length"),
    ],
)
def test_what_is_wrong_is_named(text, problem):
    assert gs1.gtin_problem(text) == problem


@pytest.mark.parametrize("prefix", ["02", "04", *map(str, range(20, 30))])
def test_numbers_of_a_shop_of_its_own_are_refused_at_every_length(prefix):
    body = f"{prefix}1234567890"
    gtin13 = body + gs1.check_digit(body)
    gtin14 = "1" + body + gs1.check_digit("1" + body)

    assert gs1.gtin_problem(gtin13) == "restricted"
    assert gs1.gtin_problem("0" + gtin13) == "restricted"
    assert gs1.gtin_problem(gtin14) == "restricted"


@pytest.mark.parametrize("body", ["0123456", "2123456", "21234567890", "41234567890"])
def test_short_numbers_of_a_shop_of_its_own_are_refused(body):
    text = body + gs1.check_digit(body)

    assert gs1.gtin_problem(text) == "restricted"
    assert gs1.gtin_problem(text.zfill(14)) == "restricted"


@pytest.mark.parametrize("body", ["031234567890", "193456789012", "301234567890", "893123456789"])
def test_prefixes_beside_the_restricted_ones_pass(body):
    assert gs1.gtin_problem(body + gs1.check_digit(body)) is None


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.integers(1, 9), st.integers(0, 12))
def test_one_wrong_digit_is_always_noticed(body, change, place):
    text = body + gs1.check_digit(body)
    wrong = text[:place] + str((int(text[place]) + change) % 10) + text[place + 1 :]

    assert gs1.gtin_problem(wrong) == "check_digit"


def test_a_number_with_a_problem_is_never_padded():
    with pytest.raises(ValueError, match="check_digit"):
        gs1.gtin14("9521234000014")


@pytest.mark.parametrize("name", ["mint", "make", "new", "generate", "next"])
def test_there_is_nothing_here_that_makes_a_gtin(name):
    assert not [known for known in dir(gs1) if name in known.lower()]


@pytest.mark.parametrize(
    ("lot", "problem"),
    [
        ("MT-251001", None),
        ("a/b", None),
        ("A" * 20, None),
        ("", "empty"),
        ("A" * 21, "too_long"),
        ("LÔ-1", "characters"),
        ("A B", "characters"),
        ("A#1", "characters"),
        ("..", "dots"),
        (".", "dots"),
    ],
)
def test_a_lot_number_fits_its_application_identifier(lot, problem):
    assert gs1.lot_problem(lot) == problem
