"""Booths: how far their opening has come, and a booth of a producer's own beside the shared one."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.errors import Refused
from ocop.publishing import queries
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState


def set_booth(
    session: Session,
    actor: Actor,
    *,
    channel_id: str,
    booth: BoothState,
    enabled: bool = True,
    contact: str | None = None,
    version: int | None = None,
) -> Channel:
    """How far the opening of a booth has come, whether it is offered, and whom one talks to there (None: as it
    was). The owner says it of their own, the operator of a shared one. What is online there stays.

    Raises NotFound, NotAllowed, EditConflict.
    """
    channel = queries.booth_to_look_after(session, actor, channel_id)
    channel.expect_version(version)
    channel.booth, channel.enabled = booth, enabled
    if contact is not None:
        channel.contact = contact
    audit.record(session, actor, "booth.channel", channel)
    session.flush()
    return channel


def open_own_booth(session: Session, actor: Actor, *, channel_id: str) -> Channel:
    """A producer opens its own booth where it has sold under the shared one: its own row, papers handed in.

    Asking twice gives the same booth. Raises NotFound, Refused(own_booth_not_here) where a booth is not opened by
    people, Refused(publish_channel_off).
    """
    producer_id = actor.require("channel.connect")
    shared = queries.channel(session, actor, channel_id)
    session.refresh(shared, with_for_update=True)  # two who ask at once meet here, not at two booths
    if not shared.enabled:
        raise Refused("publish_channel_off", place=shared.name)
    if not queries.opened_by_hand(shared):
        raise Refused("own_booth_not_here")
    info = registry.channels()[shared.marketplace]
    own = session.scalars(
        select(Channel).where(Channel.marketplace == info.code, Channel.owner_producer_id == producer_id)
    ).first()
    if own is not None:
        return own
    own = Channel(
        marketplace=info.code,
        owner_producer_id=producer_id,
        name=f"{info.name} – gian hàng riêng",
        booth=BoothState.APPLIED,
        contact=shared.contact,
    )
    session.add(own)
    audit.record(session, actor, "open.channel", own)
    session.flush()
    return own
