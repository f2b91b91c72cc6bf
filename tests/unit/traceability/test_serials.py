"""Stamp codes: frozen, reversible, and hard to mistype or to guess."""

import json
import random
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.serials import (
    ALPHABET,
    INDEX_LIMIT,
    ROLL_LIMIT,
    MistypedCode,
    StampKey,
    StampNumber,
    codes_for_range,
    decode,
    encode,
    grouped,
    normalise,
)

KEY = StampKey("0", bytes(range(32)))
NEXT_KEY = StampKey("1", bytes(range(1, 33)))
KEYS = {"0": KEY, "1": NEXT_KEY}
FROZEN = json.loads(Path(__file__).with_name("vectors.json").read_text())

rolls = st.integers(0, ROLL_LIMIT - 1)
indexes = st.integers(0, INDEX_LIMIT - 1)


def refusal(text: str) -> str:
    with pytest.raises(MistypedCode) as refused:
        decode(KEYS, text)
    return refused.value.reason


def test_the_frozen_vectors_hold_for_ever():
    keys = {version: StampKey(version, bytes.fromhex(secret)) for version, secret in FROZEN["keys"].items()}

    made = [encode(keys[v["version"]], v["roll"], v["index"]) for v in FROZEN["vectors"]]
    read = [decode(keys, v["code"]) for v in FROZEN["vectors"]]

    assert len(made) >= 50
    assert made == [v["code"] for v in FROZEN["vectors"]]
    assert read == [StampNumber(v["roll"], v["index"], v["version"]) for v in FROZEN["vectors"]]


@given(rolls, indexes, st.sampled_from([KEY, NEXT_KEY]))
def test_every_code_reads_back_as_the_stamp_it_was_made_for(roll, index, key):
    code = encode(key, roll, index)

    number = decode(KEYS, code)

    assert number == StampNumber(roll, index, key.version)
    assert len(code) == 13
    assert set(code) <= set(ALPHABET)
    assert code[0] == key.version


@given(rolls, st.integers(0, INDEX_LIMIT - 50), st.integers(0, 49))
def test_a_range_gives_the_same_codes_as_one_by_one(roll, first, more):
    at_once = list(codes_for_range(KEY, roll, first, first + more))

    assert at_once == [encode(KEY, roll, index) for index in range(first, first + more + 1)]


def test_a_range_longer_than_one_piece_has_no_gap_and_no_double():
    codes = list(codes_for_range(KEY, 3, 10, 20_009))

    assert len(codes) == len(set(codes)) == 20_000
    for place in (0, 8_191, 8_192, 16_383, 16_384, 19_999):
        assert decode(KEYS, codes[place]).index == 10 + place


def test_neighbouring_stamps_show_nothing_in_common():
    codes = list(codes_for_range(KEY, 1, 0, 4_095))

    for place in range(1, 13):
        counts = [sum(code[place] == character for code in codes) for character in ALPHABET]
        assert min(counts) > 60
        assert max(counts) < 200


def test_guessed_codes_are_refused_but_about_one_in_65536():
    guess = random.Random(20261121)
    guesses = ["0" + "".join(guess.choices(ALPHABET, k=12)) for _ in range(20_000)]

    accepted = 0
    for text in guesses:
        try:
            decode(KEYS, text)
            accepted += 1
        except MistypedCode:
            pass

    assert accepted <= 3


def test_every_single_wrong_character_is_noticed():
    code = encode(KEY, 1_234, 567)

    for place, character in product(range(1, 13), ALPHABET):
        if character != code[place]:
            assert refusal(code[:place] + character + code[place + 1 :]) == "check"


def test_neighbouring_characters_swapped_are_noticed():
    code = encode(KEY, 1_234, 567)

    for place in range(1, 12):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert swapped == code or refusal(swapped) == "check"


def test_a_code_made_with_another_secret_is_refused():
    forged = encode(StampKey("0", bytes(32)), 1, 1)

    assert refusal(forged) == "check"


def test_a_code_moved_to_another_key_version_is_refused():
    code = encode(KEY, 1, 1)

    assert refusal("1" + code[1:]) == "check"


def test_two_versions_with_one_secret_still_make_different_checks():
    same_secret = {"2": StampKey("2", KEY.secret), "0": KEY}
    code = encode(KEY, 1, 1)

    with pytest.raises(MistypedCode):
        decode(same_secret, "2" + code[1:])


def test_what_is_wrong_with_a_text_is_named():
    code = encode(KEY, 1, 1)

    assert refusal("") == "length"
    assert refusal(code[:-1]) == "length"
    assert refusal(code + "0") == "length"
    assert refusal(code * 1000) == "length"
    assert refusal(code[:-1] + "U") == "alphabet"
    assert refusal(code[:-1] + "đ") == "alphabet"
    assert refusal("7" + code[1:]) == "version"


@given(st.text(max_size=80))
def test_any_text_at_all_is_either_a_code_or_refused_by_name(text):
    try:
        decode(KEYS, text)
    except MistypedCode as refused:
        assert refused.reason in {"length", "alphabet", "version", "check"}


@given(rolls, indexes)
def test_a_code_may_be_typed_the_way_people_type(roll, index):
    code = encode(KEY, roll, index)
    lookalikes = code.lower().replace("1", "l").replace("0", "o")
    spellings = [
        grouped(code),
        grouped(code).replace("-", " – "),
        ".".join(code.lower()),
        lookalikes,
        code.replace("1", "I").replace("0", "O"),
        f"\u200b {code}\n",
        "".join(chr(ord(character) + 0xFEE0) for character in code),
    ]

    for spelling in spellings:
        assert decode(KEYS, spelling).index == index


@given(st.text(alphabet=[*map(chr, range(32, 127)), *"ĐđẮủ–—\u00a0\u200b１Ｏ·"], max_size=40))
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)

    assert normalise(once) == once


def test_a_code_is_shown_in_groups_of_4_4_5():
    assert grouped("ABCDEFGHJKMNP") == "ABCD-EFGH-JKMNP"


@pytest.mark.parametrize(("roll", "index"), [(-1, 0), (ROLL_LIMIT, 0), (0, -1), (0, INDEX_LIMIT)])
def test_numbers_that_do_not_fit_are_refused(roll, index):
    with pytest.raises(ValueError, match="outside"):
        encode(KEY, roll, index)


def test_a_range_upside_down_is_refused_before_the_first_code_is_asked_for():
    with pytest.raises(ValueError, match="upside down"):
        codes_for_range(KEY, 1, 5, 4)


@pytest.mark.parametrize(
    ("version", "secret"), [("U", bytes(32)), ("", bytes(32)), ("10", bytes(32)), ("0", bytes(31))]
)
def test_a_key_has_one_alphabet_character_and_32_bytes(version, secret):
    with pytest.raises(ValueError, match="key version|32 bytes"):
        StampKey(version, secret)


def test_a_key_in_a_log_line_shows_no_secret():
    key = StampKey("0", b"A" * 32)

    assert "A" * 4 not in repr(key)
    assert repr(key) == "StampKey(version='0')"
