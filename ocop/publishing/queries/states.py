"""How a post's state and its reasons are said: a word and a line of evidence, from wording/publishing.toml."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace_adapters import registry
from marketplace_adapters.types import Delivery
from ocop.db.base import VIETNAM, utcnow
from ocop.listings.mapping import packs
from ocop.publishing.models import Attempt, Channel, Publication
from ocop.publishing.queries.channels import info_of
from ocop.publishing.rules import SETTLED, UNOPENED_DAYS, State
from ocop.web.filters import clock, day, number
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
_UNOPENED = dt.timedelta(days=UNOPENED_DAYS)
_ON_SALE = frozenset({State.LIVE, State.DRIFTED, *SETTLED})
_LINE = 60  # letters of a text of somebody else's on one line


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
    kind, words = _KINDS[publication.state], _words(publication)
    if publication.clerk_task or _to_be_handed_over(publication):
        kind = "wait"
    elif publication.state is State.POSTED_NO_LINK and publication.url:
        kind = "info"
    return Shown(kind, words, _sub(publication, now), _is_busy(publication, now))


def _words(publication: Publication) -> str:
    state = publication.state
    if _to_be_handed_over(publication):
        return sentence("state_parcel_ready")
    if state is State.POSTED_NO_LINK and publication.url:
        return sentence("state_live_unseen")
    if state is State.LIVE and not _looked_since_sent(publication) and not is_fed(publication.channel):
        return sentence("state_live_unseen")
    if state is State.NEEDS_UPDATE and publication.clerk_task and not publication.reason_code:
        return sentence("state_asked_by_hand")
    if state is State.REJECTED and publication.reason_code == "returned":
        return sentence("state_returned")
    if state is State.PAUSED and publication.pause == "season_over":
        return sentence("state_season_over")
    return sentence(f"state_{state.value}")


def _to_be_handed_over(publication: Publication) -> bool:
    return publication.state is State.HANDED_OFF and publication.handed_at is None


def _looked_since_sent(publication: Publication) -> bool:
    seen, sent = publication.looked_at, publication.sent_at
    return seen is not None and (sent is None or seen >= sent)


def _is_busy(publication: Publication, now: dt.datetime) -> bool:
    """The worker is at it or about to be; the daily look at what is on sale is nobody's wait."""
    if publication.wanted == "none" or publication.due_at is None or _closed(publication, now):
        return False
    routine = (
        publication.wanted == "look" and publication.state in _ON_SALE and _looked_since_sent(publication)
    )
    return publication.due_at <= now + _SOON and not routine


def is_fed(channel: Channel) -> bool:
    """Whether the place fetches what we show (Delivery.FEED)."""
    return registry.adapter_class(info_of(channel).protocol).delivery is Delivery.FEED


def closed_sentence(channel: Channel, now: dt.datetime | None = None) -> str:
    """That the marketplace does not answer and when it is tried again; "" while it does."""
    now = now or utcnow()
    if channel.closed_until is None or channel.closed_until <= now:
        return ""
    return sentence("breaker_closed", place=channel.name, time=clock(channel.closed_until))


def difference_sentence(difference: Mapping[str, Any]) -> str:
    """What one look saw to be otherwise (marketplace_adapters.compare)."""
    code = f"diff_{difference['code']}"
    if not has_sentence(code):
        return sentence("diff_unnamed")
    return sentence(code, ours=_said(difference["ours"]), there=_said(difference["there"]))


def _said(value: Any) -> str:
    if isinstance(value, int):
        return number(value)
    return value if len(value) <= _LINE else f"{value[: _LINE - 1].rstrip()}…"


def reason_sentence(code: str, params: Mapping[str, Any], place: str) -> str:
    """Why it went as it went, as one or more sentences. ``place`` is the booth's name."""
    if code == "rejected":
        return sentence("reason_rejected", reason=_problems(params))
    if code == "parked":
        return sentence("reason_parked", why=sentence(f"why_{params['why']}"))
    if code in ("claim_lapsed", "food_safety_lapsed"):
        return _of_paper(f"reason_{code}", params)
    return sentence(f"reason_{code}", **{**params, "place": place})


def attempt_sentence(attempt: Attempt, place: str) -> str:
    """What one try came to."""
    if attempt.outcome == "drifted":
        return " ".join(difference_sentence(one) for one in attempt.params.get("differences", ()))
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


def _sub(publication: Publication, now: dt.datetime) -> str:
    if publication.wanted in ("withdraw", "suspend", "pause", "resume"):
        return _under_way(publication, now)
    if publication.clerk_task:
        return _asked_of_a_person(publication)
    maker = _SUBS.get(publication.state)
    return maker(publication, now) if maker else ""


def _under_way(publication: Publication, now: dt.datetime) -> str:
    if publication.tries and publication.reason_code not in ("", "withdrawn", "food_safety_lapsed"):
        return _failed(publication, now)
    return sentence(f"sub_{publication.wanted}")


def _asked_of_a_person(publication: Publication) -> str:
    who = publication.channel.contact or sentence("clerk_by_default")
    task = publication.clerk_task
    if task == "pause":
        task = "season_over" if publication.pause == "season_over" else "sold_out"
    elif task == "update" and publication.pause:
        task = "update_paused"
    asked = sentence(f"sub_task_{task}", who=who)
    if publication.reason_code in ("claim_lapsed", "food_safety_lapsed"):
        return f"{_of_paper('sub_paper_ended', publication.reason_params)} {asked}"
    return asked


def _posted_no_link(publication: Publication, now: dt.datetime) -> str:
    if not publication.url:
        return sentence("sub_posted_no_link")
    return _reason(publication) or sentence("sub_live_unseen")


def _live(publication: Publication, now: dt.datetime) -> str:
    if publication.reason_code not in ("", "withdrawn"):
        return _reason(publication)
    if is_fed(publication.channel):
        return sentence("sub_fed")
    if edited_since(publication):
        return _old_price(publication) or sentence("sub_edited_since")
    since = publication.seen.get("unopened_since")
    if since and now.astimezone(VIETNAM).date() - dt.date.fromisoformat(since) >= _UNOPENED:
        return sentence("sub_unopened", day=day(dt.date.fromisoformat(since)))
    if not _looked_since_sent(publication):
        return sentence("sub_looks_soon")
    return sentence("sub_live", time=clock(publication.looked_at))


def edited_since(publication: Publication) -> bool:
    """The product was changed after it was sent there."""
    return publication.sent_version is not None and publication.listing.version > publication.sent_version


def _old_price(publication: Publication) -> str:
    """Which price the marketplace still carries, as the last look saw it."""
    now_asked = {pack.sku: pack.price_vnd for pack in packs(publication.listing)}
    for one in publication.seen.get("posts", ()):
        price = one.get("price_vnd")
        if price and one["sku"] in now_asked and price not in now_asked.values():
            return sentence("sub_old_price", price=number(price))
    return ""


def _drifted(publication: Publication, now: dt.datetime) -> str:
    if publication.reason_code == "page_gone":
        return _reason(publication)
    wrong = [one for one in publication.differences if one["severity"] == "wrong"]
    said = [difference_sentence(one) for one in wrong[:2]]
    return " ".join([*said, *([sentence("sub_more_differs", more=len(wrong) - 2)] if len(wrong) > 2 else [])])


def _handed_off(publication: Publication, now: dt.datetime) -> str:
    since = publication.handed_at
    if since is None:
        return sentence("sub_parcel_ready")
    days = (now.astimezone(VIETNAM).date() - since.astimezone(VIETNAM).date()).days
    said = sentence("sub_handed_off" if days else "sub_handed_off_today", day=day(since), days=days)
    return ", ".join(filter(None, (publication.channel.contact, said)))


def _needs_update(publication: Publication, now: dt.datetime) -> str:
    params = publication.reason_params
    if "kind" not in params:
        return sentence("sub_edited_since")
    claim = (
        sentence("post_claim_stars", stars=params["stars"])
        if params.get("stars")
        else sentence(f"certificate_kind_{params['kind']}")
    )
    return _of_paper("sub_needs_update", params, claim=claim)


def _suspended(publication: Publication, now: dt.datetime) -> str:
    return _of_paper("sub_suspended", publication.reason_params) if publication.reason_params else ""


def _of_paper(code: str, params: Mapping[str, Any], **more: Any) -> str:
    paper = sentence(f"certificate_kind_{params['kind']}")
    return sentence(code, paper=paper, day=day(dt.date.fromisoformat(params["until"])), **more)


def _closed(publication: Publication, now: dt.datetime) -> bool:
    until = publication.channel.closed_until
    return until is not None and until > now


def _queued(publication: Publication, now: dt.datetime) -> str:
    return closed_sentence(publication.channel, now) or sentence("sub_queued")


def _reason(publication: Publication) -> str:
    if not publication.reason_code:
        return ""
    return reason_sentence(publication.reason_code, publication.reason_params, publication.channel.name)


def _failed(publication: Publication, now: dt.datetime) -> str:
    if publication.wanted == "none" or publication.due_at is None:
        return _reason(publication)
    next_try = max(publication.due_at, publication.channel.closed_until or publication.due_at)
    return f"{_reason(publication)} {sentence('sub_failed', time=clock(next_try))}".strip()


def _withdrawn(publication: Publication, now: dt.datetime) -> str:
    params = publication.reason_params
    if "by" not in params:
        return ""
    return sentence("sub_withdrawn", day=day(dt.date.fromisoformat(params["on"])), by=params["by"])


_SUBS = {
    State.QUEUED: _queued,
    State.SENT: lambda publication, now: clock(publication.sent_at),
    State.IN_REVIEW: lambda publication, now: sentence("sub_in_review", day=day(publication.sent_at)),
    State.LIVE: _live,
    State.HANDED_OFF: _handed_off,
    State.POSTED_NO_LINK: _posted_no_link,
    State.DRIFTED: _drifted,
    State.NEEDS_UPDATE: _needs_update,
    State.PAUSED: lambda publication, now: sentence("sub_paused", day=day(publication.state_since)),
    State.SUSPENDED: _suspended,
    State.REJECTED: lambda publication, now: _reason(publication),
    State.FAILED: _failed,
    State.WITHDRAWN: _withdrawn,
}
