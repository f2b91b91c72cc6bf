"""What an OA article needs and a channel's TOML cannot express. Nothing is ever cut: too long is a problem."""

from __future__ import annotations

from collections.abc import Iterator

from marketplace_adapters.types import ChannelInfo, Item, ListingPayload, PhotoPayload, Problem
from marketplace_adapters.zalo_oa.mapping import AUTHOR_LIMIT, is_public


def problems(
    listing: ListingPayload,
    items: tuple[Item, ...],
    photos: tuple[PhotoPayload, ...],
    author: str,
    channel: ChannelInfo,
) -> Iterator[Problem]:
    """`photos`: those that would be shown; `author`: the name under the article."""
    if not photos:
        yield Problem("cover_missing", {}, "photos", effort=3)
    hidden = sum(1 for photo in photos if not is_public(photo.url))
    if hidden:
        yield Problem("photos_not_public", {"count": hidden}, "photos", effort=4)
    if len(author) > AUTHOR_LIMIT:
        yield Problem("author_too_long", {"max": AUTHOR_LIMIT, "now": len(author)}, "producer.name", effort=2)
    yield from _long_titles(listing, items, channel)


def _long_titles(listing: ListingPayload, items: tuple[Item, ...], channel: ChannelInfo) -> Iterator[Problem]:
    """A name within the limit may break it together with its pack's own name."""
    rule = channel.rules.get("name_too_long")
    if rule is None or not rule.verified or not isinstance(rule.limit, int) or len(listing.name) > rule.limit:
        return
    for item in items:
        if len(item.title) > rule.limit:
            yield Problem("name_too_long", {"max": rule.limit, "now": len(item.title)}, "name", effort=2)
