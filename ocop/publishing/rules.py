"""States of a publication and of a booth, which may follow which, and how long to wait. Plain values only."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

_HOST = re.compile(r"[\w.:-]+")


class BoothState(StrEnum):
    NONE = "none"
    APPLIED = "applied"
    WAITING = "waiting"
    OPEN = "open"


class LinkResult(StrEnum):
    """What a look at a link that is said to be online found; the precise words are made from its parameters."""

    RIGHT = "right"
    DEAD = "dead"
    OTHER_PRICE = "other_price"
    LAPSED_STAR = "lapsed_star"
    OTHER_PRODUCT = "other_product"
    NO_PLACE = "no_place"  # the address belongs to no marketplace we know
    UNREACHABLE = "unreachable"  # could not be opened just now; looked at again


class State(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    QUEUED = "queued"
    SENT = "sent"
    IN_REVIEW = "in_review"
    LIVE = "live"
    REJECTED = "rejected"
    FAILED = "failed"
    HANDED_OFF = "handed_off"
    POSTED_NO_LINK = "posted_no_link"
    DRIFTED = "drifted"
    NEEDS_UPDATE = "needs_update"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Gap:
    """What a channel still misses: one sentence of at most 20 words and the field where it is put right.

    severity: blocking | advice | unverified (a limit nobody could check: never green, never in the way).
    effort: 1 (type a number) to 5 (fetch a paper).
    """

    code: str
    sentence: str
    field: str
    severity: str
    effort: int


_GRAVITY = {"blocking": 0, "advice": 1, "unverified": 2}


def easiest_first(gap: Gap) -> tuple[int, int]:
    """Sort key: what blocks first, and there the least work first."""
    return _GRAVITY[gap.severity], gap.effort


# What may follow once something of ours stands at the marketplace: it is sent anew, a look finds it otherwise,
# gone or sent back, people pause it or take it down, a paper lapses.
_STANDING = frozenset(
    {
        State.QUEUED,
        State.IN_REVIEW,
        State.LIVE,
        State.DRIFTED,
        State.NEEDS_UPDATE,
        State.PAUSED,
        State.SUSPENDED,
        State.REJECTED,
        State.WITHDRAWN,
        State.POSTED_NO_LINK,
    }
)
_SENT = frozenset(
    {
        State.SENT,
        State.IN_REVIEW,
        State.LIVE,
        State.DRIFTED,
        State.PAUSED,
        State.REJECTED,
        State.FAILED,
        State.HANDED_OFF,
        State.NEEDS_UPDATE,
        State.SUSPENDED,
        State.WITHDRAWN,
    }
)
_NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.READY, State.QUEUED, State.POSTED_NO_LINK}),
    State.READY: frozenset({State.QUEUED, State.POSTED_NO_LINK}),
    State.QUEUED: _SENT,
    State.SENT: _SENT | {State.QUEUED},
    State.IN_REVIEW: _STANDING | {State.FAILED},
    State.LIVE: _STANDING,
    State.REJECTED: frozenset(
        {State.QUEUED, State.WITHDRAWN, State.LIVE, State.IN_REVIEW, State.POSTED_NO_LINK}
    ),
    State.FAILED: _SENT | {State.QUEUED, State.POSTED_NO_LINK},
    State.HANDED_OFF: frozenset(
        {State.POSTED_NO_LINK, State.LIVE, State.REJECTED, State.QUEUED, State.WITHDRAWN, State.NEEDS_UPDATE}
    ),
    State.POSTED_NO_LINK: _STANDING | {State.FAILED},
    State.DRIFTED: _STANDING,
    State.NEEDS_UPDATE: _STANDING,
    State.PAUSED: _STANDING,
    State.SUSPENDED: _STANDING,
    State.WITHDRAWN: frozenset({State.QUEUED, State.LIVE, State.POSTED_NO_LINK}),
}


def next_states(state: State) -> frozenset[State]:
    """The states that may directly follow ``state`` (ARCHITECTURE: publication states)."""
    return _NEXT[state]


class WrongStep(Exception):
    """A publication was to jump to a state that may not follow the one it is in: a defect, never a user's doing."""

    def __init__(self, now: State, then: State) -> None:
        super().__init__(f"{now} -> {then}")
        self.now, self.then = now, then


def stepped(now: State, then: State) -> State:
    """``then``, when it may follow ``now`` (staying is no step). Raises WrongStep."""
    if then is not now and then not in next_states(now):
        raise WrongStep(now, then)
    return then


# Something of ours stands, or may stand, at the marketplace: a new version there is an update of it.
ONLINE = frozenset(
    {
        State.IN_REVIEW,
        State.LIVE,
        State.DRIFTED,
        State.NEEDS_UPDATE,
        State.PAUSED,
        State.SUSPENDED,
        State.POSTED_NO_LINK,
    }
)
# States in which a shopper may be reading a claim that has lapsed since.
CLAIMING = frozenset({State.LIVE, State.DRIFTED, State.PAUSED, State.HANDED_OFF, State.POSTED_NO_LINK})
# States that a look leaves as they are: what it saw is kept beside them.
SETTLED = frozenset({State.NEEDS_UPDATE, State.PAUSED, State.SUSPENDED})
# A person at the desk must do something about it.
TO_DO = frozenset({State.REJECTED, State.DRIFTED, State.NEEDS_UPDATE})

PAUSES = ("sold_out", "season_over")
PAUSABLE = ONLINE - {State.SUSPENDED}

FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=24)
LONGEST_REVIEW_WAIT = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)

# What no amount of waiting puts right: a defect of ours, a worker that died of it, an answer nobody foresaw, a post
# that the marketplace chokes on.
POISON = frozenset({"broken", "interrupted", "unexpected", "outcome_unknown"})
PARK_AFTER = 5  # such tries in a row, then it waits for a person
UNOPENED_DAYS = 3  # so long a page that does not open is not worth a word

BREAKER_AFTER = 5  # calls in a row that did not get through
FIRST_CLOSED = dt.timedelta(minutes=1)
LONGEST_CLOSED = dt.timedelta(hours=1)


def backoff(tries: int, dice: random.Random | None = None) -> dt.timedelta:
    """How long to wait after the ``tries``-th failure: doubling from 30 s to a day, spread by half so that a
    marketplace that comes back is not met by everybody at once."""
    spread = 0.5 + (dice or random).random() / 2
    return min(FIRST_WAIT * 2 ** min(tries - 1, 20), LONGEST_WAIT) * spread


def review_wait(looks: int, *, training: bool) -> dt.timedelta:
    """How long until a post in review is looked at again: a practice shop at once, a real one ever more seldom."""
    if training:
        return dt.timedelta(seconds=3)
    return min(dt.timedelta(minutes=1) * 2 ** min(looks, 10), LONGEST_REVIEW_WAIT)


def closed_for(failures: int) -> dt.timedelta | None:
    """How long a marketplace is left alone after so many calls in a row that did not get through; None: go on."""
    if failures < BREAKER_AFTER:
        return None
    return min(FIRST_CLOSED * 2 ** min(failures - BREAKER_AFTER, 10), LONGEST_CLOSED)


def is_poison(outcomes: Sequence[str]) -> bool:
    """Whether the last PARK_AFTER tries all came to nothing that time alone puts right."""
    last = outcomes[-PARK_AFTER:]
    return len(last) == PARK_AFTER and POISON.issuperset(last)


def look_wait(*, training: bool, first: bool, dice: random.Random | None = None) -> dt.timedelta:
    """How long until a post on sale is looked at: soon after it was sent, then daily, spread over the hours."""
    if training:
        return dt.timedelta(seconds=3) if first else dt.timedelta(minutes=2)
    if first:
        return dt.timedelta(minutes=1)
    return dt.timedelta(hours=20) + dt.timedelta(hours=8) * (dice or random).random()


def own_link(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a link is http(s), without a user part, and on one of the marketplace's own hosts."""
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username or parts.password or not parts.path.strip("/"):
        return False
    # For a browser a backslash is a slash: https://elsewhere.vn\.market.vn/ leads elsewhere.
    if not _HOST.fullmatch(host):
        return False
    return any(host == known or host.endswith("." + known) for known in hosts)


def parcel_path(var: Path, sha256: str) -> Path:
    """Where a hand-off ZIP lies: named by its content, so that making it twice is one file."""
    return var / "parcels" / f"{sha256}.zip"
