"""States, waiting times and links: plain values."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from ocop.publishing.rules import (
    CLAIMING,
    LONGEST_WAIT,
    ONLINE,
    State,
    WrongStep,
    backoff,
    next_states,
    own_link,
    review_wait,
    stepped,
)

HOSTS = ("san.vn",)


def test_live_is_only_reached_from_where_a_marketplace_or_a_link_can_have_confirmed_it():
    before = {state for state in State if State.LIVE in next_states(state)}

    assert before.isdisjoint({State.DRAFT, State.READY})


@pytest.mark.parametrize("state", State)
def test_staying_is_no_step_and_a_step_outside_the_rules_is_named(state):
    forbidden = [then for then in State if then is not state and then not in next_states(state)]

    assert stepped(state, state) is state
    assert forbidden
    for then in forbidden:
        with pytest.raises(WrongStep):
            stepped(state, then)


@pytest.mark.parametrize("state", sorted(ONLINE | CLAIMING))
def test_whatever_may_be_online_can_be_sent_again_and_taken_down(state):
    assert {State.QUEUED, State.WITHDRAWN} <= next_states(state)


def test_waiting_grows_from_half_a_minute_to_a_day_and_is_spread():
    dice = random.Random(7)

    first = {backoff(1, dice) for _ in range(200)}
    late = {backoff(60, dice) for _ in range(200)}

    assert dt.timedelta(seconds=15) <= min(first) < max(first) <= dt.timedelta(seconds=30)
    assert LONGEST_WAIT / 2 <= min(late) < max(late) <= LONGEST_WAIT


def test_a_practice_shop_is_looked_at_at_once_and_a_real_one_ever_more_seldom():
    real = [review_wait(looks, training=False) for looks in range(20)]

    assert review_wait(9, training=True) < dt.timedelta(seconds=10)
    assert real == sorted(real) and real[0] == dt.timedelta(minutes=1) and real[-1] == dt.timedelta(hours=1)


@pytest.mark.parametrize("url", ["https://san.vn/p/1", "http://www.san.vn/a?b=c", "https://SAN.vn:8443/x"])
def test_pages_of_the_marketplace_are_its_own(url):
    assert own_link(url, HOSTS)


@pytest.mark.parametrize(
    "url",
    [
        "https://xsan.vn/p",
        "https://san.vn.x.vn/p",
        "ftp://san.vn/p",
        "https://a:b@san.vn/p",
        "https://san.vn",
        "//san.vn/p",
    ]
    + ["https://san.vn:99999/p", "https://[::1/p", ""],
)
def test_other_links_are_not(url):
    assert not own_link(url, HOSTS)
