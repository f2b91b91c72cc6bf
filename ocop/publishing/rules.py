"""States of a publication and of a booth, which may follow which, and how long to wait. Plain values only."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit


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


_NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.READY, State.QUEUED, State.POSTED_NO_LINK}),
    State.READY: frozenset({State.QUEUED, State.POSTED_NO_LINK}),
    State.QUEUED: frozenset(
        {
            State.SENT,
            State.IN_REVIEW,
            State.LIVE,
            State.REJECTED,
            State.FAILED,
            State.HANDED_OFF,
            State.WITHDRAWN,
        }
    ),
    State.SENT: frozenset(
        {
            State.QUEUED,
            State.IN_REVIEW,
            State.LIVE,
            State.REJECTED,
            State.FAILED,
            State.HANDED_OFF,
            State.WITHDRAWN,
        }
    ),
    State.IN_REVIEW: frozenset({State.LIVE, State.REJECTED, State.QUEUED, State.WITHDRAWN, State.FAILED}),
    State.LIVE: frozenset(
        {
            State.QUEUED,
            State.IN_REVIEW,  # the marketplace took it back for another look
            State.REJECTED,
            State.DRIFTED,
            State.NEEDS_UPDATE,
            State.PAUSED,
            State.SUSPENDED,
            State.WITHDRAWN,
        }
    ),
    State.REJECTED: frozenset({State.QUEUED, State.WITHDRAWN, State.LIVE, State.POSTED_NO_LINK}),
    State.FAILED: frozenset(
        {State.QUEUED, State.SENT, State.WITHDRAWN, State.LIVE, State.REJECTED, State.POSTED_NO_LINK}
    ),
    State.HANDED_OFF: frozenset(
        {State.POSTED_NO_LINK, State.LIVE, State.REJECTED, State.QUEUED, State.WITHDRAWN, State.NEEDS_UPDATE}
    ),
    State.POSTED_NO_LINK: frozenset(
        {
            State.LIVE,
            State.IN_REVIEW,
            State.REJECTED,
            State.FAILED,
            State.QUEUED,
            State.WITHDRAWN,
            State.NEEDS_UPDATE,
        }
    ),
    State.DRIFTED: frozenset({State.LIVE, State.QUEUED, State.WITHDRAWN, State.NEEDS_UPDATE}),
    State.NEEDS_UPDATE: frozenset({State.QUEUED, State.LIVE, State.WITHDRAWN, State.SUSPENDED}),
    State.PAUSED: frozenset({State.LIVE, State.QUEUED, State.WITHDRAWN}),
    State.SUSPENDED: frozenset({State.QUEUED, State.LIVE, State.WITHDRAWN}),
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
CLAIMING = frozenset({State.LIVE, State.DRIFTED, State.HANDED_OFF, State.POSTED_NO_LINK})

FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=24)
LONGEST_REVIEW_WAIT = dt.timedelta(hours=1)


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


def own_link(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether a link is http(s), without a user part, and on one of the marketplace's own hosts."""
    try:
        parts = urlsplit(url)
        host, _port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or parts.username or parts.password or not parts.path.strip("/"):
        return False
    return any(host == known or host.endswith("." + known) for known in hosts)


def parcel_path(var: Path, sha256: str) -> Path:
    """Where a hand-off ZIP lies: named by its content, so that making it twice is one file."""
    return var / "parcels" / f"{sha256}.zip"
