"""How a paper stands on a day, and what is done about it."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from ocop.producers import rules
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind, Standing, ToDo, terms

LAST = dt.date(2029, 2, 28)
DAY = dt.timedelta(days=1)


def a_paper(**values) -> Certificate:
    values = {
        "kind": CertificateKind.OCOP,
        "producer_id": "p",
        "listing_id": "l",
        "issued_on": dt.date(2026, 3, 1),
        "expires_on": LAST,
        **values,
    }
    return Certificate(**values)


@pytest.fixture
def without_run_on(monkeypatch):
    switched_off = dataclasses.replace(terms(), run_on=False)
    monkeypatch.setattr("ocop.producers.rules.papers.terms", lambda: switched_off)
    monkeypatch.setattr("ocop.producers.models.terms", lambda: switched_off)


@pytest.mark.parametrize(
    ("day", "standing", "todo"),
    [
        (dt.date(2026, 2, 28), Standing.NOT_YET, ToDo.NOTHING),
        (dt.date(2028, 2, 27), Standing.VALID, ToDo.NOTHING),
        (dt.date(2028, 2, 28), Standing.MONTHS_12, ToDo.PREPARE),
        (dt.date(2028, 8, 28), Standing.MONTHS_6, ToDo.PREPARE),
        (LAST - 180 * DAY, Standing.WINDOW, ToDo.FILE_NOW),
        (LAST - 120 * DAY, Standing.WINDOW, ToDo.FILE_NOW),
        (LAST - 119 * DAY, Standing.MONTHS_6, ToDo.FILE_LATE),
        (dt.date(2028, 11, 28), Standing.MONTHS_3, ToDo.FILE_LATE),
        (dt.date(2029, 1, 28), Standing.MONTHS_1, ToDo.FILE_LATE),
        (LAST, Standing.MONTHS_1, ToDo.FILE_LATE),
        (LAST + DAY, Standing.EXPIRED, ToDo.APPLY_ANEW),
    ],
)
def test_a_star_goes_through_its_months_and_its_window(day, standing, todo):
    paper = a_paper()

    assert (rules.standing(paper, day), rules.to_do(paper, day)) == (standing, todo)


def test_other_papers_have_no_window_and_food_safety_says_what_its_lapse_does():
    vietgap = a_paper(kind=CertificateKind.VIETGAP)
    food_safety = a_paper(kind=CertificateKind.FOOD_SAFETY)

    day = LAST - 150 * DAY

    assert (rules.standing(vietgap, day), rules.to_do(vietgap, day)) == (Standing.MONTHS_6, ToDo.RENEW)
    assert rules.to_do(food_safety, day) is ToDo.RENEW_FOOD_SAFETY
    assert rules.to_do(food_safety, LAST + DAY) is ToDo.FOOD_SAFETY_GONE
    assert rules.to_do(vietgap, LAST + DAY) is ToDo.RENEW_LATE


def test_a_revoked_or_endless_paper_stands_so_whatever_the_day():
    revoked, endless = a_paper(revoked_on=dt.date(2027, 1, 1)), a_paper(expires_on=None)

    assert rules.standing(revoked, dt.date(2026, 12, 31)) is Standing.VALID
    assert rules.standing(revoked, dt.date(2027, 1, 1)) is Standing.REVOKED
    assert rules.standing(endless, dt.date(2099, 1, 1)) is Standing.ENDLESS


def test_a_dossier_handed_in_keeps_the_paper_counting_so_many_days_and_no_longer():
    paper = a_paper(reassessment_filed_on=LAST - 10 * DAY, runs_until=rules.run_on_until(LAST))

    last = LAST + 180 * DAY

    assert paper.counts_until == last
    assert [rules.counts(paper, day) for day in (LAST, LAST + DAY, last, last + DAY)] == [
        True,
        True,
        True,
        False,
    ]
    assert rules.standing(paper, LAST - 11 * DAY) is Standing.MONTHS_1
    assert rules.standing(paper, LAST - 10 * DAY) is Standing.WAITING
    assert rules.standing(paper, last) is Standing.WAITING
    assert rules.standing(paper, last + DAY) is Standing.EXPIRED


def test_with_the_run_on_switched_off_the_printed_day_is_the_last(without_run_on):
    paper = a_paper(reassessment_filed_on=LAST - 10 * DAY, runs_until=LAST + 180 * DAY)

    assert paper.counts_until == LAST
    assert not rules.counts(paper, LAST + DAY)
    assert rules.standing(paper, LAST + DAY) is Standing.EXPIRED


def test_the_rule_that_was_not_verified_says_so_in_its_file():
    import tomllib

    from ocop.producers.rules.terms import _FILE

    data = tomllib.loads(_FILE.read_text("utf-8"))

    assert data["run_on"]["verified"] is False
    assert terms().last_checked >= dt.date(2026, 11, 22)


@pytest.mark.parametrize(
    ("filed_on", "receipt", "problem"),
    [
        (LAST - 181 * DAY, "BN-1", "reassessment_too_early"),
        (LAST - 180 * DAY, "BN-1", None),
        (LAST, "BN-1", None),
        (LAST + DAY, "BN-1", "reassessment_too_late"),
        (LAST + 3 * DAY, "BN-1", "reassessment_not_yet"),
        (LAST, "", "reassessment_needs_receipt"),
    ],
)
def test_a_receipt_is_of_a_day_between_the_windows_first_and_the_papers_last(filed_on, receipt, problem):
    found = rules.reassessment_problem(a_paper(), filed_on, receipt, LAST + 2 * DAY)

    assert (found[0] if found else None) == problem


def test_only_a_newer_paper_of_the_same_thing_takes_anothers_place():
    old, newer = a_paper(), a_paper(issued_on=dt.date(2029, 1, 1), expires_on=dt.date(2031, 12, 31))
    of_another = a_paper(listing_id="m", issued_on=dt.date(2029, 1, 1))
    gone = a_paper(issued_on=dt.date(2029, 1, 1), revoked_on=dt.date(2029, 1, 2))
    lab = a_paper(kind=CertificateKind.LAB_TEST)

    assert rules.is_replaced(old, [old, newer])
    assert not rules.is_replaced(newer, [old, newer])
    assert not rules.is_replaced(old, [old, of_another, gone])
    assert not rules.is_replaced(lab, [lab, a_paper(kind=CertificateKind.LAB_TEST, issued_on=LAST)])
