"""How a post's state and its reasons are said: a word and a line of evidence, from wording/publishing.toml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ocop.db.base import VIETNAM, utcnow
from ocop.publishing.models import Attempt, Publication
from ocop.publishing.rules import State
from ocop.web.filters import clock, day
from ocop.web.wording import has_sentence, sentence

_KINDS = {
    State.DRAFT: "draft",
    State.READY: "good",
    State.QUEUED: "info",
    State.SENT: "info",
    State.IN_REVIEW: "info",
    State.LIVE: "good",
    State.REJECTED: "stop",
    State.FAILED: "wait",
    State.HANDED_OFF: "info",
    State.POSTED_NO_LINK: "wait",
    State.DRIFTED: "wait",
    State.NEEDS_UPDATE: "wait",
    State.PAUSED: "off",
    State.SUSPENDED: "off",
    State.WITHDRAWN: "off",
}
_SOON = dt.timedelta(seconds=30)


@dataclass(frozen=True)
class Shown:
    """kind picks colour and drawing (components/state.html); busy: the worker is at it, ask again shortly."""

    kind: str
    words: str
    sub: str
    busy: bool


def shown(publication: Publication, now: dt.datetime | None = None) -> Shown:
    """The state of a post as people read it."""
    now = now or utcnow()
    busy = (
        publication.wanted != "none" and publication.due_at is not None and publication.due_at <= now + _SOON
    )
    if publication.state is State.POSTED_NO_LINK and publication.url:
        return Shown("info", sentence("state_live_unseen"), _unseen(publication), busy)
    kind, words = _KINDS[publication.state], sentence(f"state_{publication.state.value}")
    return Shown(kind, words, _sub(publication, now), busy)


def reason_sentence(code: str, params: Mapping[str, Any], place: str) -> str:
    """Why it went as it went, as one or more sentences. ``place`` is the booth's name."""
    if code == "rejected":
        return sentence("reason_rejected", reason=_problems(params))
    return sentence(f"reason_{code}", **{**params, "place": place})


def attempt_sentence(attempt: Attempt, place: str) -> str:
    """What one try came to."""
    if has_sentence(f"attempt_{attempt.outcome}"):
        return sentence(f"attempt_{attempt.outcome}", **{**attempt.params, "place": place})
    return reason_sentence(attempt.outcome, attempt.params, place)


def _problems(params: Mapping[str, Any]) -> str:
    said = [
        sentence(
            f"gap_{one['code']}" if has_sentence(f"gap_{one['code']}") else "gap_field_refused",
            **one["params"],
        )
        for one in params.get("problems", ())
    ]
    return " ".join(dict.fromkeys(said)) or str(params.get("reason", ""))


def _unseen(publication: Publication) -> str:
    if publication.reason_code:
        return reason_sentence(publication.reason_code, publication.reason_params, publication.channel.name)
    return sentence("sub_live_unseen")


def _sub(publication: Publication, now: dt.datetime) -> str:
    if publication.wanted == "withdraw":
        return sentence("sub_withdrawing")
    maker = _SUBS.get(publication.state)
    return maker(publication, now) if maker else ""


def _live(publication: Publication, now: dt.datetime) -> str:
    if publication.reason_code not in ("", "withdrawn"):
        return reason_sentence(publication.reason_code, publication.reason_params, publication.channel.name)
    if publication.sent_version is not None and publication.listing.version > publication.sent_version:
        return sentence("sub_edited_since")
    return sentence("sub_live", time=clock(publication.looked_at or publication.confirmed_at))


def _handed_off(publication: Publication, now: dt.datetime) -> str:
    since = publication.sent_at or publication.created_at
    days = (now.astimezone(VIETNAM).date() - since.astimezone(VIETNAM).date()).days
    return sentence("sub_handed_off" if days else "sub_handed_off_today", day=day(since), days=days)


def _needs_update(publication: Publication, now: dt.datetime) -> str:
    params = publication.reason_params
    claim = (
        sentence("post_claim_stars", stars=params["stars"])
        if params.get("stars")
        else sentence(f"certificate_kind_{params['kind']}")
    )
    until = day(dt.date.fromisoformat(params["until"]))
    return sentence(
        "sub_needs_update", paper=sentence(f"certificate_kind_{params['kind']}"), day=until, claim=claim
    )


def _failed(publication: Publication, now: dt.datetime) -> str:
    code = publication.reason_code
    why = reason_sentence(code, publication.reason_params, publication.channel.name)
    if publication.wanted == "none" or publication.due_at is None:
        return why
    return f"{why} {sentence('sub_failed', time=clock(publication.due_at))}"


def _rejected(publication: Publication, now: dt.datetime) -> str:
    return reason_sentence(publication.reason_code, publication.reason_params, publication.channel.name)


def _withdrawn(publication: Publication, now: dt.datetime) -> str:
    params = publication.reason_params
    if "by" not in params:
        return ""
    return sentence("sub_withdrawn", day=day(dt.date.fromisoformat(params["on"])), by=params["by"])


_SUBS = {
    State.QUEUED: lambda publication, now: sentence("sub_queued"),
    State.SENT: lambda publication, now: clock(publication.sent_at),
    State.IN_REVIEW: lambda publication, now: sentence("sub_in_review", day=day(publication.sent_at)),
    State.LIVE: _live,
    State.HANDED_OFF: _handed_off,
    State.POSTED_NO_LINK: lambda publication, now: sentence("sub_posted_no_link"),
    State.NEEDS_UPDATE: _needs_update,
    State.REJECTED: _rejected,
    State.FAILED: _failed,
    State.WITHDRAWN: _withdrawn,
}
