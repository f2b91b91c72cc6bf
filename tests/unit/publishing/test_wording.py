"""Every code has its sentence, and none is longer than a person reads at a glance."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from marketplace_adapters.checks import CHECKS
from ocop.publishing.rules import BoothState, State
from ocop.web import wording
from ocop.web.wording import has_sentence, sentence

FILE = Path(wording.__file__).with_name("wording") / "publishing.toml"
SENTENCES = tomllib.loads(FILE.read_text("utf-8"))
LONG_BY_NATURE = {"publish_blocked"}  # carries a whole gap of its own
REMOTE_CODES = [
    "sku_taken_remotely",
    "gtin_taken_remotely",
    "photo_gone_remotely",
    "photo_refused",
    "field_refused",
]
REASONS = ["unavailable", "rate_limited", "outcome_unknown", "unexpected", "broken", "auth", "configuration"]
REASONS += [
    "unsupported",
    "channel_off",
    "rejected",
    "not_accepted",
    "remote_gone",
    "link_not_open",
    "link_other",
]


def words(text: str) -> int:
    """Syllables as written, with a price or a place name in every placeholder."""
    return len(re.sub(r"\{\w+\}", "12.345", text).split())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_every_check_has_a_gap_sentence_and_one_for_when_nobody_could_verify_it(check):
    assert has_sentence(f"gap_{check.code}")
    assert sentence(f"unverified_{check.code}").startswith("Chưa kiểm chứng")


@pytest.mark.parametrize("code", [code for code in SENTENCES if code.startswith(("gap_", "unverified_"))])
def test_a_gap_is_one_or_two_short_sentences_of_twenty_words_at_most(code):
    assert words(SENTENCES[code]) <= 20


@pytest.mark.parametrize("code", sorted(set(SENTENCES) - LONG_BY_NATURE))
def test_no_single_sentence_has_more_than_twenty_words(code):
    assert max(words(part) for part in re.split(r"(?<=[.?!])\s", SENTENCES[code])) <= 20


@pytest.mark.parametrize("code", SENTENCES)
def test_nobody_is_addressed_and_nothing_is_called_submit(code):
    assert not re.search(r"\bbạn\b|quý khách|vui lòng|submit|\bok\b", SENTENCES[code].lower())


@pytest.mark.parametrize(
    "code",
    [f"state_{state.value}" for state in State]
    + [f"booth_{state.value}" for state in BoothState]
    + [f"gap_{code}" for code in REMOTE_CODES]
    + [f"reason_{code}" for code in REASONS],
)
def test_every_state_and_reason_has_its_words(code):
    assert SENTENCES[code]
