"""What a try came to, and who must act next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
    UnsupportedFeature,
)
from marketplace_adapters.types import Handoff, Problem
from ocop.publishing.rules import LONGEST_WAIT, State, backoff
from ocop.publishing.work.leases import Ticket


@dataclass(frozen=True)
class Outcome:
    """code: the attempt's outcome, also the reason's. state None: stays what it is. wanted and wait: what the
    worker does next and when; wait None means nothing. sent_version and claims: the listing that went out, and
    the papers it spoke of. seen and differences: what a look saw there, None when nothing was looked at.
    noticed: kept beside what was seen last, while it cannot be seen. task_done: a look saw that the person who
    posts by hand has done what was asked. quiet: not worth a line in the history.
    reached: whether the marketplace answered; None: it was not asked. closed: it wants to be left alone so long."""

    code: str
    state: State | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    wanted: str = "none"
    wait: dt.timedelta | None = None
    url: str = ""
    sent_version: int | None = None
    claims: tuple[str, ...] = ()
    failed: bool = False
    quiet: bool = False
    parcel: Handoff | None = None
    seen: Mapping[str, Any] | None = None
    differences: tuple[Mapping[str, Any], ...] = ()
    noticed: Mapping[str, Any] = field(default_factory=dict)
    task_done: bool = False
    reached: bool | None = None
    closed: dt.timedelta | None = None

    @classmethod
    def try_again(
        cls, code: str, ticket: Ticket, *, wait: dt.timedelta | None = None, **params: Any
    ) -> Outcome:
        """We act: the same once more, later."""
        state = State.FAILED if ticket.wanted in _SENDS else None
        wait = wait or backoff(ticket.tries)
        return cls(code, state, _plain(params), wanted=ticket.wanted, wait=wait, failed=True)

    @classmethod
    def for_a_person(
        cls, code: str, ticket: Ticket, *, state: State = State.FAILED, **params: Any
    ) -> Outcome:
        """Somebody else acts. A mere look is repeated daily, so that it heals by itself."""
        if ticket.wanted == "look" and state is State.FAILED:
            return cls(code, None, _plain(params), wanted="look", wait=LONGEST_WAIT, failed=True)
        # A post that could not be paused or taken down is still on sale: it keeps its state and says why.
        kept = ticket.wanted in _TAKES_DOWN or (state is State.FAILED and ticket.wanted not in _SENDS)
        return cls(code, None if kept else state, _plain(params), failed=True)

    def parked(self) -> Outcome:
        """Tried often enough: it waits for a person, who reads what happened."""
        params = {**self.params, "why": self.code}
        return replace(self, code="parked", params=params, wanted="none", wait=None)


def after_error(error: MarketplaceError, ticket: Ticket) -> Outcome:
    """The outcome of a named error, by who must act."""
    if isinstance(error, RateLimited):
        wait = dt.timedelta(seconds=error.retry_after)
        return replace(Outcome.try_again("rate_limited", ticket, wait=wait), closed=wait)
    return replace(_named(error, ticket), reached=_answered(error))


def _named(error: MarketplaceError, ticket: Ticket) -> Outcome:
    if isinstance(error, ListingRejected):
        problems = [_problem(problem) for problem in error.problems]
        return Outcome.for_a_person("rejected", ticket, state=State.REJECTED, problems=problems)
    if isinstance(error, RemoteListingNotFound):
        return Outcome.for_a_person("remote_gone", ticket, state=State.REJECTED)
    if isinstance(error, UnexpectedResponse) and error.code in _UNREADABLE:
        return Outcome.try_again("unreadable", ticket, said=error.code)
    for kind, code in _AGAIN.items():
        if isinstance(error, kind):
            return Outcome.try_again(code, ticket, said=error.code)
    for kind, code in _SOMEBODY.items():
        if isinstance(error, kind):
            return Outcome.for_a_person(code, ticket, said=error.code)
    return Outcome.try_again("unexpected", ticket, said=error.code)


def _answered(error: MarketplaceError) -> bool | None:
    """Whether the marketplace itself answered, as far as one can tell."""
    if isinstance(error, MarketplaceUnavailable):
        return None if error.code == "token_busy" else False
    if isinstance(error, OutcomeUnknown) or error.code in _UNREADABLE:
        return False
    asked = not isinstance(error, ConfigurationError | UnsupportedFeature)
    return True if asked and error.code != "check_failed" else None


_SENDS = ("publish", "update")
_TAKES_DOWN = ("withdraw", "suspend")
_UNREADABLE = frozenset(
    {"reply_unreadable", "reply_too_large"}
)  # a page of somebody in front of the marketplace
_AGAIN: dict[type[MarketplaceError], str] = {
    MarketplaceUnavailable: "unavailable",
    OutcomeUnknown: "outcome_unknown",
    UnexpectedResponse: "unexpected",
}
_SOMEBODY: dict[type[MarketplaceError], str] = {
    AuthenticationError: "auth",
    ConfigurationError: "configuration",
    UnsupportedFeature: "unsupported",
}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "params": _plain(problem.params), "field": problem.field}


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters as JSON keeps them."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in params.items()}
