"""Photos in a WordPress media library: each stored once, then referred to by id.

Bytes are always uploaded: a shop refuses `src` addresses on private networks, and every repeated `src` makes
another copy. The file name carries our hash, so a photo whose upload reply was lost can be found again.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from marketplace_adapters.errors import ListingRejected, OutcomeUnknown
from marketplace_adapters.images import BrokenPhoto, fitted_jpeg
from marketplace_adapters.types import ImageLimits, PhotoPayload, Problem
from marketplace_adapters.woocommerce.client import WP, ShopClient


def file_stem(photo: PhotoPayload) -> str:
    """The media library's title and slug for this photo."""
    return f"ocop-{photo.sha256[:20].lower()}"


def image_ids(
    client: ShopClient,
    photos: tuple[PhotoPayload, ...],
    limits: ImageLimits,
    media: MutableMapping[str, str],
    *,
    search_first: bool,
) -> list[int]:
    """Media ids in photo order. New ones are noted in `media` the moment they are known."""
    for photo in photos[: limits.max_count]:
        if not media.get(photo.sha256, "").isdigit():
            found = _search(client, photo) if search_first else None
            media[photo.sha256] = str(found or _upload(client, photo, limits))
    return [int(media[photo.sha256]) for photo in photos[: limits.max_count]]


def _upload(client: ShopClient, photo: PhotoPayload, limits: ImageLimits) -> int:
    try:
        content = fitted_jpeg(photo.open(), limits)
    except BrokenPhoto as error:
        raise ListingRejected(
            (Problem("photo_unreadable", {"photo": photo.key}, "photos", effort=3),)
        ) from error
    answer = client.upload(f"{file_stem(photo)}.jpg", content)
    media_id = answer.get("id") if isinstance(answer, dict) else None
    if not isinstance(media_id, int):
        raise OutcomeUnknown("reply_unreadable", status=201)
    return media_id


def _search(client: ShopClient, photo: PhotoPayload) -> int | None:
    """The oldest file that carries our name. Best effort: a shop may have renamed it."""
    stem = file_stem(photo)
    found: Any = client.get("media", api=WP, search=stem, per_page=100)
    ids = [
        entry["id"] for entry in found if isinstance(entry, dict) and stem in str(entry.get("source_url", ""))
    ]
    return min(ids, default=None)
