"""Rules of accounts: who may give what, what a password, a code and a way back may be."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocop.accounts import rules
from ocop.accounts.rules import Bundle, HelperKind, Role, ScopeKind

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/ok\\..\\x",
        "/tab\there",
        "/line\nSet-Cookie: a=b",
        "",
        None,
        "san-pham",
        "/" + "a" * 400,
    ],
)
def test_a_way_back_that_is_not_a_path_of_this_site_becomes_the_first_page(path):
    where = rules.own_path(path)

    assert where == "/"


@pytest.mark.parametrize("path", ["/", "/san-pham/abc?trang=2", "/xa?q=m%E1%BA%AFm"])
def test_a_path_of_this_site_is_kept(path):
    assert rules.own_path(path) == path


@given(st.binary(min_size=32, max_size=32))
def test_every_code_reads_back_from_paper_however_it_is_typed(digest):
    code = rules.code_from(digest)
    typed = " ".join(rules.shown_code(code).lower())

    normal = rules.normal_code(typed)

    assert normal == code
    assert rules.is_code(normal)


def test_letters_that_look_like_digits_are_read_as_digits():
    assert rules.normal_code("io0l-a-b c.d") == "1001ABCD"


@pytest.mark.parametrize("text", ["0912 345 678", "+84 912 345 678", "0084912345678", "(091) 234.5678"])
def test_one_number_written_in_many_ways_is_one_number(text):
    assert rules.phone_number(text) == "+84912345678"


@pytest.mark.parametrize("text", ["12345", "0112345678", "abc", "091234567", "+1 202 555 0100"])
def test_what_cannot_be_a_vietnamese_number_is_refused(text):
    assert rules.phone_number(text) is None


@pytest.mark.parametrize(
    "password",
    ["12345678", "mat khau 123", "Mật Khẩu 123", "abcdefgh", "0912345678", "84912345678", "anhyeuem"],
)
def test_what_everybody_tries_first_is_easily_guessed(password):
    assert rules.easily_guessed(password, "+84912345678")


@pytest.mark.parametrize("password", ["chung toi ban mat ong", "tép riu đồng trũng", "0987654300x"])
def test_an_own_sentence_is_not_easily_guessed(password):
    assert not rules.easily_guessed(password, "+84912345678")


def test_a_grant_counts_on_its_last_day_and_not_after():
    last = DAY + dt.timedelta(days=3)

    assert rules.in_force(DAY, last, False, last)
    assert not rules.in_force(DAY, last, False, last + dt.timedelta(days=1))
    assert not rules.in_force(DAY, last, True, DAY)
    assert not rules.in_force(DAY, None, False, DAY - dt.timedelta(days=1))


def test_an_owner_gives_members_and_nothing_else():
    given_by_owner = {
        (role, scope) for role in Role for scope in ScopeKind if rules.may_give(False, True, role, scope)
    }

    assert given_by_owner == {(Role.PRODUCER_MEMBER, ScopeKind.PRODUCER)}


def test_an_operator_gives_offices_and_owners_but_no_help_in_a_producers_name():
    given_by_operator = {
        (role, scope) for role in Role for scope in ScopeKind if rules.may_give(True, False, role, scope)
    }

    assert given_by_operator == {
        (Role.PRODUCER_OWNER, ScopeKind.PRODUCER),
        (Role.COMMUNE_OFFICER, ScopeKind.COMMUNE),
        (Role.PROVINCE_OFFICER, ScopeKind.PROVINCE),
        (Role.OPERATOR, ScopeKind.INSTALL),
    }


@pytest.mark.parametrize(
    ("valid_to", "problem"),
    [
        (None, "help_end_missing"),
        (DAY - dt.timedelta(days=1), "help_end_past"),
        (DAY, None),
        (dt.date(DAY.year + 1, DAY.month, DAY.day), None),
        (dt.date(DAY.year + 1, DAY.month, DAY.day) + dt.timedelta(days=1), "help_end_too_late"),
    ],
)
def test_help_runs_from_today_to_at_most_twelve_months(valid_to, problem):
    found = rules.help_end_problem(valid_to, DAY)

    assert found == problem


@pytest.mark.parametrize(
    ("asked", "last"),
    [
        (dt.date(2026, 11, 22), dt.date(2027, 11, 22)),
        (dt.date(2027, 6, 1), dt.date(2028, 6, 1)),
        (dt.date(2028, 2, 29), dt.date(2029, 2, 28)),
    ],
)
def test_twelve_months_are_counted_by_the_calendar(asked, last):
    found = rules.longest_help(asked)

    assert found == last


def test_a_village_group_does_not_touch_papers_even_where_its_member_is_an_officer_elsewhere():
    rights = rules.helper_rights(rules.HelperKind.GROUP, rules.Bundle.PUBLISH, officer=True)

    assert "certificate.edit" not in rights
    assert "producer.edit" not in rights


def test_an_address_counts_as_one_home():
    assert rules.address_group("203.0.113.7") == "203.0.113.7"
    assert rules.address_group("2001:db8:1:2:3::9") == rules.address_group("2001:db8:1:2:ffff::1")
    assert rules.address_group("::ffff:203.0.113.7") == "203.0.113.7"
    assert rules.address_group("nothing") == "unknown"


def test_nobody_connects_a_marketplace_or_grants_rights_in_anothers_name():
    held = {
        (kind, bundle, officer): rules.helper_rights(kind, bundle, officer=officer)
        for kind in HelperKind
        for bundle in Bundle
        for officer in (True, False)
    }

    assert {who for who, rights in held.items() if rights & {"channel.connect", "grant.give"}} == set()


def test_who_helps_with_writing_publishes_nothing_and_papers_are_the_offices_business():
    write, publish = Bundle.WRITE, Bundle.PUBLISH
    papers = {"producer.edit", "certificate.edit"}

    assert not rules.helper_rights(HelperKind.OFFICE, write) & {"publish", "stamps.issue", "stamps.activate"}
    assert rules.helper_rights(HelperKind.GROUP, publish) >= {"publish", "stamps.issue", "stamps.activate"}
    assert rules.helper_rights(HelperKind.OFFICE, write) >= papers
    assert not rules.helper_rights(HelperKind.GROUP, publish) & papers
