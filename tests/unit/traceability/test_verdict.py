"""What a scan may say: every state, and who speaks first when several could."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest

from traceability.verdict import LotFacts, RecallFacts, StampFacts, Verdict, VerdictCode, verdict

TODAY = date(2026, 11, 21)
SINCE = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
ACTIVATED = date(2026, 11, 1)

GOOD = StampFacts(
    activated_on=ACTIVATED,
    first_scanned_on=date(2026, 11, 5),
    lot=LotFacts("MT-01", good_until=date(2027, 1, 1)),
)
OWN = RecallFacts("own", SINCE, reason="hũ hở nắp")
ORDER = RecallFacts("order", SINCE, document_number="12/QĐ", document_date=TODAY, authority="Sở mẫu")


def with_lot(facts: StampFacts, **changes) -> StampFacts:
    return replace(facts, lot=replace(facts.lot, **changes))


# One change to a good stamp for each answer, in the order of precedence the wording prescribes.
# Those that exclude each other (the two ways to be unknown, three recalls, two dates) share a place.
LADDER = [
    {"practice": lambda facts: replace(facts, practice=True)},
    {
        "unknown_scanned": lambda facts: replace(facts, mistyped=True, typed=False),
        "unknown_typed": lambda facts: replace(facts, mistyped=True, typed=True),
    },
    {"restoring": lambda facts: replace(facts, roll_known=False, roll_under_mark=True)},
    {
        "recalled_own": lambda facts: with_lot(facts, recall=OWN),
        "recalled_order": lambda facts: with_lot(facts, recall=ORDER),
        "recall_closed": lambda facts: with_lot(facts, recall=replace(OWN, closed_on=TODAY)),
    },
    {"checking": lambda facts: with_lot(facts, hold_since=SINCE)},
    {"void": lambda facts: replace(facts, voided_on=date(2026, 11, 10))},
    {
        "expired": lambda facts: with_lot(facts, good_until=date(2026, 11, 20), date_style="use_by"),
        "past_best_before": lambda facts: with_lot(
            facts, good_until=date(2026, 11, 20), date_style="best_before"
        ),
    },
    {"inactive": lambda facts: replace(facts, activated_on=None)},
    {"many_places": lambda facts: replace(facts, many_places_published_on=TODAY)},
]
CHANGES = [(code, change) for rung in LADDER for code, change in rung.items()]
PAIRS = [
    (higher, lower)
    for upper_rung, lower_rung in combinations(LADDER, 2)
    for higher in upper_rung.items()
    for lower in lower_rung.items()
]


def test_the_ladder_knows_every_answer_in_its_order():
    assert [*[code for code, _ in CHANGES], "active"] == [code.value for code in VerdictCode]


@pytest.mark.parametrize(("code", "change"), CHANGES, ids=[code for code, _ in CHANGES])
def test_each_state_alone_gives_its_own_answer(code, change):
    assert verdict(change(GOOD), TODAY).code == code


@pytest.mark.parametrize(("higher", "lower"), PAIRS, ids=[f"{high[0]}-{low[0]}" for high, low in PAIRS])
def test_of_two_states_the_higher_one_speaks(higher, lower):
    both = [higher[1](lower[1](GOOD)), lower[1](higher[1](GOOD))]

    assert [verdict(facts, TODAY).code for facts in both] == [higher[0], higher[0]]


def test_all_states_at_once_fall_away_one_by_one():
    heard = []
    for top in range(len(LADDER) + 1):
        facts = GOOD
        for rung in LADDER[top:]:
            facts = next(iter(rung.values()))(facts)
        heard.append(verdict(facts, TODAY).code)

    assert heard == [*[next(iter(rung)) for rung in LADDER], "active"]


@pytest.mark.parametrize(
    ("change", "params"),
    [
        (lambda facts: facts, {"lot": "MT-01", "activated_on": ACTIVATED}),
        (CHANGES[4][1], {"lot": "MT-01", "since": SINCE, "reason": "hũ hở nắp"}),
        (
            CHANGES[5][1],
            {"lot": "MT-01", "document_number": "12/QĐ", "document_date": TODAY, "authority": "Sở mẫu"},
        ),
        (CHANGES[6][1], {"lot": "MT-01", "closed_on": TODAY}),
        (CHANGES[7][1], {"lot": "MT-01", "since": SINCE}),
        (CHANGES[8][1], {"voided_on": date(2026, 11, 10)}),
        (CHANGES[9][1], {"lot": "MT-01", "good_until": date(2026, 11, 20)}),
        (CHANGES[10][1], {"lot": "MT-01", "good_until": date(2026, 11, 20)}),
        (CHANGES[11][1], {}),
        (CHANGES[12][1], {"first_scanned_on": date(2026, 11, 5)}),
    ],
)
def test_an_answer_brings_the_values_its_sentence_needs(change, params):
    assert verdict(change(GOOD), TODAY).params == params


@pytest.mark.parametrize("style", ["use_by", "best_before"])
def test_the_last_day_still_counts_as_good(style):
    last_day = with_lot(GOOD, good_until=TODAY, date_style=style)

    assert verdict(last_day, TODAY).code == "active"
    assert verdict(last_day, TODAY + timedelta(days=1)).code in ("expired", "past_best_before")


def test_a_lot_without_a_date_never_expires():
    assert verdict(with_lot(GOOD, good_until=None), date(2099, 1, 1)).code == "active"


@pytest.mark.parametrize(("typed", "code"), [(False, "unknown_scanned"), (True, "unknown_typed")])
def test_a_right_check_on_a_roll_never_issued_is_unknown_not_restoring(typed, code):
    invented = replace(GOOD, roll_known=False, roll_under_mark=False, typed=typed, lot=None)

    assert verdict(invented, TODAY) == Verdict(VerdictCode(code))


def test_a_stamp_of_a_blank_roll_bound_to_no_lot_is_inactive():
    assert verdict(StampFacts(), TODAY).code == "inactive"
    assert verdict(StampFacts(activated_on=ACTIVATED), TODAY).code == "inactive"


def test_an_inactive_stamp_of_a_recalled_lot_still_tells_of_the_recall():
    facts = with_lot(replace(GOOD, activated_on=None), recall=OWN)

    assert verdict(facts, TODAY).code == "recalled_own"


def test_many_places_is_not_said_before_someone_published_it():
    assert verdict(replace(GOOD, first_scanned_on=date(2020, 1, 1)), TODAY).code == "active"
