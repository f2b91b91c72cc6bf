"""Kiểm kê: a list of links that are said to be online is taken in; the worker looks at each (work.link_checks)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.publishing.decoder import SaidLink
from ocop.publishing.models import CheckedLink, LinkCheck
from ocop.publishing.queries import link_checks
from ocop.publishing.rules import LinkResult
from ocop.publishing.services.answers import adopt_link


def start_check(session: Session, actor: Actor, *, file_name: str, links: Sequence[SaidLink]) -> LinkCheck:
    """A list of the producer the actor works for. Raises NotFound, NotAllowed."""
    return _start(session, actor, LinkCheck(producer_id=actor.require("publish"), file_name=file_name), links)


def start_commune_check(
    session: Session, actor: Actor, *, commune_code: str, file_name: str, links: Sequence[SaidLink]
) -> LinkCheck:
    """A list of a whole commune, by an officer of it. Raises NotFound."""
    if commune_code not in actor.communes:
        raise NotFound()
    return _start(session, actor, LinkCheck(commune_code=commune_code, file_name=file_name), links)


def adopt_checked(
    session: Session, actor: Actor, *, check_id: str, chosen: dict[str, str]
) -> tuple[int, int]:
    """Take up posts of a list: checked link id -> listing id. Returns (taken up, left because they have a post).

    Raises NotFound for a link or product of somebody else. Only links that were seen to show a product are taken.
    """
    actor.require("publish")
    _check, links = link_checks.links_of_producer(session, actor, check_id)
    known = {link.id: link for link in links}
    taken = left = 0
    for link_id, listing_id in chosen.items():
        link = known.get(link_id)
        if link is None:
            raise NotFound()
        if link.result not in link_checks.ONLINE_RESULTS or link.channel_id is None:
            continue
        try:
            adopt_link(session, actor, listing_id=listing_id, channel_id=link.channel_id, url=link.url)
        except Refused:
            left += 1
            continue
        link.listing_id = listing_id
        link.params = {**link.params, "adopted": True}
        taken += 1
    session.flush()
    return taken, left


def _start(session: Session, actor: Actor, check: LinkCheck, links: Sequence[SaidLink]) -> LinkCheck:
    check.made_by = actor.user_id
    check.file_name = check.file_name[:200]
    session.add(check)
    now, booths = utcnow(), link_checks.booths_for(session, actor)
    in_house = link_checks.stays_in_house(session, check)
    for said in links:
        channel, info = link_checks.channel_for(booths, said.url)
        looked_at = info is not None and (info.training or not in_house)
        check.links.append(
            CheckedLink(
                row=said.row,
                url=said.url,
                product_name=said.product_name,
                producer_name=said.producer_name,
                price_vnd=said.price_vnd,
                channel_id=channel.id if channel else None,
                result="" if looked_at else LinkResult.NO_PLACE,
                due_at=now if looked_at else None,
            )
        )
    session.flush()
    audit.record(session, actor, "start.link_check", check)
    return check
