"""Which booths an actor may publish through: the producer's own and the install's shared ones."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo, Delivery
from ocop.db.actor import Actor, NotFound
from ocop.producers.queries import in_training
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState


def channel_choices(session: Session, actor: Actor) -> list[Channel]:
    """Enabled booths, the producer's own and the shared ones; real marketplaces before the practice one. Where a
    producer has a booth of its own at a hand-off marketplace, that stands in place of the shared one there."""
    mine = or_(Channel.owner_producer_id.is_(None), Channel.owner_producer_id == actor.producer_id)
    found = session.scalars(
        select(Channel).where(mine, Channel.enabled).order_by(Channel.created_at, Channel.id)
    )
    known = [channel for channel in found if channel.marketplace in registry.channels()]
    known = within_the_house(session, actor, known)
    replaced = _replaced(known)
    return sorted(
        (channel for channel in known if channel.id not in replaced),
        key=lambda channel: info_of(channel).training,
    )


def within_the_house(session: Session, actor: Actor, channels: list[Channel]) -> list[Channel]:
    """All of these booths; in a training class only those at practice marketplaces."""
    if not in_training(session, actor.producer_id):
        return channels
    return [channel for channel in channels if info_of(channel).training]


def _replaced(channels: list[Channel]) -> set[str]:
    """Of two booths at one hand-off marketplace one is offered, lest a product stand there twice: the own one, but
    for the time while only the shared one is open."""
    own = {channel.marketplace: channel for channel in channels if channel.owner_producer_id is not None}
    replaced = set()
    for shared in channels:
        mine = own.get(shared.marketplace)
        if shared.owner_producer_id is not None or mine is None or not opened_by_hand(mine):
            continue
        waiting = mine.booth is not BoothState.OPEN and shared.booth is BoothState.OPEN
        replaced.add((mine if waiting else shared).id)
    return replaced


def opened_by_hand(channel: Channel) -> bool:
    """Whether people hand papers in to get a booth there, as at any marketplace whose file says hand-off."""
    protocol = registry.channels()[channel.marketplace].protocol
    return registry.adapter_class(protocol).delivery is Delivery.HANDOFF


def channel(session: Session, actor: Actor, channel_id: str) -> Channel:
    """A booth the actor's producer may use, enabled or not. Raises NotFound."""
    found = session.get(Channel, channel_id)
    if found is None or found.marketplace not in registry.channels():
        raise NotFound()
    if found.owner_producer_id is not None and found.owner_producer_id != actor.producer_id:
        raise NotFound()
    if not within_the_house(session, actor, [found]):
        raise NotFound()
    return found


def own_channel(session: Session, actor: Actor, channel_id: str) -> Channel:
    """A booth that belongs to the actor's producer itself. Raises NotFound."""
    found = channel(session, actor, channel_id)
    if found.owner_producer_id is None or found.owner_producer_id != actor.producer_id:
        raise NotFound()
    return found


def booth_to_look_after(session: Session, actor: Actor, channel_id: str) -> Channel:
    """A booth whose settings the actor may change: a producer's own, or an operator a shared one.

    Raises NotFound, NotAllowed.
    """
    booth = channel(session, actor, channel_id)
    if booth.owner_producer_id is None:
        if not actor.operator:
            raise NotFound()
        return booth
    actor.require("channel.connect")
    return booth


def own_channels(session: Session, actor: Actor) -> list[Channel]:
    """The booths that belong to the actor's producer, enabled or not."""
    mine = Channel.owner_producer_id == actor.producer_id
    found = session.scalars(select(Channel).where(mine).order_by(Channel.created_at, Channel.id))
    return [channel for channel in found if channel.marketplace in registry.channels()]


def shared_channels(session: Session) -> list[Channel]:
    """The install's booths, enabled or not: what an operator looks after."""
    found = session.scalars(
        select(Channel).where(Channel.owner_producer_id.is_(None)).order_by(Channel.created_at, Channel.id)
    )
    return [channel for channel in found if channel.marketplace in registry.channels()]


def info_of(channel: Channel) -> ChannelInfo:
    """The marketplace of a booth with what is this booth's own: the shop's address, the door that an operator
    chose, the categories that a person mapped. KeyError when its file is gone."""
    info = registry.channels()[channel.marketplace]
    if channel.protocol in info.doors and channel.agreed_on is not None:
        info = replace(info, protocol=channel.protocol)
    if channel.category_map:
        own = {int(set_no): chosen["name"] for set_no, chosen in channel.category_map.items()}
        info = replace(info, categories={**info.categories, **own})
    if channel.site:
        info = replace(info, site=channel.site, hosts=(urlsplit(channel.site).hostname or "",))
    return info


def through_door(info: ChannelInfo) -> ChannelInfo | None:
    """The marketplace through the first of its further doors; None when it has none."""
    return replace(info, protocol=info.doors[0]) if info.doors else None


def is_connected(channel: Channel) -> bool:
    """Whether the booth has the settings its protocol cannot do without."""
    adapter = registry.adapter_class(info_of(channel).protocol)
    return channel.settings_encrypted is not None or not adapter.required_settings
