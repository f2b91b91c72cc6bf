"""What people report about posts they put up themselves: a link, a refusal, a task done, a post that was there all
along. Either the producer writes it down, or whoever posts says it behind a link.

A link that a person brings is never called "đang bán" by itself: it is kept as ``posted_no_link`` with its
address, shown as "chưa xem lại", and the worker looks at it; only what the marketplace shows makes it live.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import Capability
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.publishing import queries
from ocop.publishing.models import Attempt, Channel, ClerkLink, Publication
from ocop.publishing.rules import State, next_states, own_link
from ocop.publishing.services.clerk_links import clerk

_ANSWERABLE = frozenset(
    {State.HANDED_OFF, State.POSTED_NO_LINK, State.LIVE, State.NEEDS_UPDATE, State.DRIFTED}
)
_AFTER = {
    "posted": State.POSTED_NO_LINK,
    "posted_no_link": State.POSTED_NO_LINK,
    "returned": State.REJECTED,
    "removed": State.WITHDRAWN,
}
# What may be said once something was to be changed at the marketplace.
_TO_A_TASK = {
    "update": ("task_done", "posted", "returned"),
    "pause": ("task_done",),
    "resume": ("task_done", "posted"),
    "remove": ("task_done",),
}
_SENT_TWICE = dt.timedelta(minutes=10)


def adopt_link(session: Session, actor: Actor, *, listing_id: str, channel_id: str, url: str) -> Publication:
    """Take up a post that is already online instead of making a second one.

    Raises NotFound, Refused(adopt_bad_link | adopt_no_site | adopt_already), the link ones at field ``url``.
    """
    actor.require("publish")
    listing = listings.get(session, actor, listing_id)
    channel = queries.channel(session, actor, channel_id)
    link = _own_link(channel, url)
    publication = queries.post_of(session, listing, channel)
    if publication is None:
        publication = Publication(listing=listing, channel=channel, state=State.DRAFT)
        session.add(publication)
        session.flush()
    elif publication.state not in (State.DRAFT, State.READY, State.REJECTED, State.WITHDRAWN):
        raise Refused("adopt_already", field="url")
    publication.adopted = True
    _posted(publication, actor, link)
    publication.attempts.append(Attempt(action="adopt", outcome="adopted"))
    audit.record(session, actor, "adopt.publication", publication)
    session.flush()
    return publication


def record_answer(
    session: Session, actor: Actor, *, publication_id: str, answer: str, url: str = "", reason: str = ""
) -> Publication:
    """What the person who posts said, written down by the producer. answer: one of expected_answers, or removed.

    Raises NotFound, Refused(answer_not_expected), Refused(adopt_bad_link | adopt_no_site) at ``url``,
    Refused(answer_reason_missing) at ``reason``.
    """
    actor.require("publish")
    publication = queries.publication(session, actor, publication_id, for_update=True)
    if answer not in (*expected_answers(publication), *removable(publication)):
        raise Refused("answer_not_expected")
    return _answered(session, actor, publication, answer, url, reason)


def record_clerk_answer(
    session: Session, link: ClerkLink, *, publication_id: str, answer: str, url: str = "", reason: str = ""
) -> Publication:
    """The same, said by whoever posts behind a link that stands open. Saying the same twice is once.

    Raises as record_answer; NotFound for a post that this link is not for.
    """
    publication = queries.post_behind(session, link, publication_id, for_update=True)
    if _said_just_now(publication, answer, url):
        return publication
    if answer not in expected_answers(publication):
        raise Refused("clerk_not_asked")
    who = clerk(link, publication.listing.producer_id)
    return _answered(session, who, publication, answer, url, reason)


def expected_answers(publication: Publication) -> tuple[str, ...]:
    """What whoever posts may say of it now; nothing while a new parcel is being made."""
    if publication.state in (State.QUEUED, State.SENT):
        return ()
    if publication.clerk_task:
        said = _TO_A_TASK[publication.clerk_task]
    else:
        said = ("posted", "posted_no_link", "returned") if publication.state in _ANSWERABLE else ()
    return tuple(one for one in said if _may_become(publication, _after(publication, one)))


def is_answerable(publication: Publication) -> bool:
    """Whether somebody may still report on it."""
    return bool(expected_answers(publication) or removable(publication))


def removable(publication: Publication) -> tuple[str, ...]:
    """("removed",) while the producer may write down that the post was taken down, else ()."""
    there = publication.state in _ANSWERABLE and publication.clerk_task in ("", "remove")
    return ("removed",) if there and _may_become(publication, State.WITHDRAWN) else ()


def _after(publication: Publication, answer: str) -> State:
    task = publication.clerk_task
    if answer != "task_done":
        return _AFTER[answer]
    if task == "remove":
        return State.WITHDRAWN
    sold_out = task == "pause" or (task == "update" and publication.pause)
    return State.PAUSED if sold_out else State.POSTED_NO_LINK


def _may_become(publication: Publication, then: State) -> bool:
    return then is publication.state or then in next_states(publication.state)


def _said_just_now(publication: Publication, answer: str, url: str) -> bool:
    """A phone that sends a form twice; there is no key against it where the address is the key. A task that waits
    came after the last answer, so that one cannot have been about it."""
    if publication.clerk_task:
        return False
    last = publication.attempts[-1] if publication.attempts else None
    if last is None or last.action != "answer" or utcnow() - last.at > _SENT_TWICE:
        return False
    return last.outcome == answer and (answer != "posted" or publication.url == url.strip())


def _answered(
    session: Session, actor: Actor, publication: Publication, answer: str, url: str, reason: str
) -> Publication:
    said: dict[str, str] = {}
    if answer == "posted":
        if not url.strip():
            raise Refused("answer_url_missing", field="url")
        _posted(publication, actor, _own_link(publication.channel, url))
    elif answer == "posted_no_link":
        publication.move_to(State.POSTED_NO_LINK)
        publication.url = ""
        publication.rest()
    elif answer == "returned":
        said = {"reason": _reason(reason)}
        _returned(publication, said)
    elif answer == "removed" or publication.clerk_task == "remove":
        # The owner reads this: the link by its id or name stands in the records only.
        said = {"by": actor.name if actor.user_id else "người đăng", "on": today().isoformat()}
        _removed(publication, said)
    else:
        _task_done(publication, actor)
    if answer in ("posted", "returned", "removed", "task_done"):
        publication.clerk_task = ""
    publication.handed_at = publication.handed_at or utcnow()
    publication.attempts.append(Attempt(action="answer", outcome=answer, params=said))
    audit.record(
        session, actor, "answer.publication", publication, producer_id=publication.listing.producer_id
    )
    session.flush()
    return publication


def _task_done(publication: Publication, actor: Actor) -> None:
    """Changed, hidden or shown again at the marketplace, as somebody says; the next look tells."""
    if _after(publication, "task_done") is State.PAUSED:
        publication.move_to(State.PAUSED)
        publication.reason_code, publication.reason_params = "", {}
        _look_or_rest(publication)
        return
    if publication.clerk_task == "resume":
        publication.pause = ""
    _posted(publication, actor, publication.url)


def _removed(publication: Publication, said: dict[str, str]) -> None:
    publication.rest()
    publication.move_to(State.WITHDRAWN)
    publication.reason_code, publication.reason_params = "withdrawn", said


def _posted(publication: Publication, actor: Actor, link: str) -> None:
    publication.move_to(State.POSTED_NO_LINK)
    publication.url = link
    publication.reason_code, publication.reason_params = "", {}
    if actor.user_id is not None:  # a clerk asks for nothing in anybody's name
        publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    _look_or_rest(publication)


def _look_or_rest(publication: Publication) -> None:
    adapter = registry.adapter_class(queries.info_of(publication.channel).protocol)
    if publication.url and Capability.READ_BACK in adapter.capabilities:
        publication.ask("look", utcnow())
    else:
        publication.rest()


def _returned(publication: Publication, said: dict[str, str]) -> None:
    publication.rest()
    publication.move_to(State.REJECTED)
    publication.reason_code, publication.reason_params = "returned", said


def _reason(text: str) -> str:
    cleaned = " ".join(text.split()).rstrip(".")[:300]
    if not cleaned:
        raise Refused("answer_reason_missing", field="reason")
    return cleaned


def _own_link(channel: Channel, url: str) -> str:
    """The link without space around it, when it is a page of this marketplace."""
    info = queries.info_of(channel)
    if not info.hosts:
        raise Refused("adopt_no_site", field="url", place=channel.name)
    link = url.strip()
    if len(link) > 500 or not own_link(link, info.hosts):
        raise Refused("adopt_bad_link", field="url", place=channel.name)
    return link
