"""Our 26 product sets against a marketplace's own categories: asked for, then assigned by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError, UnsupportedFeature
from marketplace_adapters.types import ChannelInfo, RemoteCategory
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.errors import Refused
from ocop.listings.rules import product_sets
from ocop.publishing.models import Channel
from ocop.publishing.queries import booth_to_look_after

_MOST = 500  # what a page can offer; a marketplace with more has a tree of them, of which the first are shown


def ask_categories(info: ChannelInfo, settings: Mapping[str, str]) -> tuple[RemoteCategory, ...]:
    """The marketplace's own categories. Talks to the network: call it with no transaction open.

    Raises Refused(categories_none, categories_not_told).
    """
    try:
        found = registry.make_adapter(info, settings).categories()
    except UnsupportedFeature:
        raise Refused("categories_not_told") from None
    except MarketplaceError:
        raise Refused("categories_no_answer") from None
    if not found:
        raise Refused("categories_none")
    return tuple(found)[:_MOST]


def keep_categories(
    session: Session, actor: Actor, *, channel_id: str, categories: Sequence[RemoteCategory]
) -> Channel:
    """Note what the marketplace offers. What was assigned to one that is gone stays until a person changes it."""
    channel = booth_to_look_after(session, actor, channel_id)
    channel.remote_categories = [{"id": one.id, "name": one.name} for one in categories]
    audit.record(session, actor, "categories.channel", channel, new={"categories": len(categories)})
    session.flush()
    return channel


def assign_category(
    session: Session, actor: Actor, *, channel_id: str, sets: Sequence[int], category_id: str, name: str = ""
) -> Channel:
    """Let these product sets go into one category there: one of those it offers by its id, or where nothing is
    offered by a name that somebody read on its page; neither takes them out.

    Raises NotFound, Refused(categories_no_set, categories_unknown).
    """
    channel = booth_to_look_after(session, actor, channel_id)
    known = {one.no for one in product_sets()}
    if not sets or not set(sets) <= known:
        raise Refused("categories_no_set", field="sets")
    chosen = _chosen(channel, category_id, name)
    kept = {no: one for no, one in channel.category_map.items() if int(no) not in sets}
    channel.category_map = {**kept, **({str(no): chosen for no in sets} if chosen else {})}
    audit.record(session, actor, "map_category.channel", channel)
    session.flush()
    return channel


def _chosen(channel: Channel, category_id: str, name: str) -> dict[str, str] | None:
    if category_id:
        for one in channel.remote_categories:
            if one["id"] == category_id:
                return {"id": one["id"], "name": one["name"]}
        raise Refused("categories_unknown", field="category")
    return {"id": "", "name": name} if name else None
