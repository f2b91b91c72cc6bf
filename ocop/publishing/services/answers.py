"""What people report about posts they put up themselves: a link, a refusal, a post that was there all along.

A link that a person brings is never called "đang bán" by itself: it is kept as ``posted_no_link`` with its
address, shown as "chưa xem lại", and the worker looks at it; only what the marketplace shows makes it live.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import Capability
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import today, utcnow
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.publishing import queries
from ocop.publishing.models import Attempt, Channel, Publication
from ocop.publishing.rules import State, next_states, own_link

_ANSWERABLE = frozenset(
    {State.HANDED_OFF, State.POSTED_NO_LINK, State.LIVE, State.NEEDS_UPDATE, State.DRIFTED}
)

_AFTER = {
    "posted": State.POSTED_NO_LINK,
    "posted_no_link": State.POSTED_NO_LINK,
    "returned": State.REJECTED,
    "removed": State.WITHDRAWN,
}


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
    """What the person who posts said. answer: posted (needs url) | posted_no_link | returned (needs reason) | removed.

    Raises NotFound, Refused(answer_not_expected), Refused(adopt_bad_link | adopt_no_site) at ``url``,
    Refused(answer_reason_missing) at ``reason``.
    """
    actor.require("publish")
    publication = queries.publication(session, actor, publication_id, for_update=True)
    then = _AFTER[answer]
    if not is_answerable(publication) or then not in next_states(publication.state) | {publication.state}:
        raise Refused("answer_not_expected")
    said = {}
    if answer == "posted":
        _posted(publication, actor, _own_link(publication.channel, url))
    elif answer == "posted_no_link":
        publication.move_to(State.POSTED_NO_LINK)
        publication.url = ""
        publication.rest()
    elif answer == "returned":
        said = {"reason": _reason(reason)}
        _returned(publication, said)
    else:
        said = {"by": actor.name, "on": today().isoformat()}
        publication.rest()
        publication.move_to(State.WITHDRAWN)
        publication.reason_code, publication.reason_params = "withdrawn", said
    publication.attempts.append(Attempt(action="answer", outcome=answer, params=said))
    audit.record(session, actor, "answer.publication", publication)
    session.flush()
    return publication


def is_answerable(publication: Publication) -> bool:
    """Whether somebody may still report on it."""
    return publication.state in _ANSWERABLE


def _posted(publication: Publication, actor: Actor, link: str) -> None:
    publication.move_to(State.POSTED_NO_LINK)
    publication.url = link
    publication.reason_code, publication.reason_params = "", {}
    publication.requested_by, publication.requested_on_behalf = actor.user_id, actor.on_behalf
    adapter = registry.adapter_class(queries.info_of(publication.channel).protocol)
    if Capability.READ_BACK in adapter.capabilities:
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
