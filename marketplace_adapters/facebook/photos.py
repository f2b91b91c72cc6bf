"""Photos of a page: uploaded unpublished, so that nobody sees one before its post. An id is remembered at once: a
photo that was never attached stays invisible and is taken again at the next try. Graph lists no unpublished photos,
so one whose id is lost cannot be found; a second copy is uploaded, and the first is never seen by anybody."""

from __future__ import annotations

from collections.abc import MutableMapping

from marketplace_adapters.errors import ListingRejected, OutcomeUnknown
from marketplace_adapters.facebook.client import GraphClient
from marketplace_adapters.images import BrokenPhoto, fitted_jpeg
from marketplace_adapters.types import ImageLimits, PhotoPayload, Problem


def uploaded(
    client: GraphClient,
    page_id: str,
    photos: tuple[PhotoPayload, ...],
    limits: ImageLimits,
    media: MutableMapping[str, str],
) -> list[str]:
    """Ids in photo order; those without one are uploaded and noted in `media`."""
    for photo in photos[: limits.max_count]:
        if not media.get(photo.sha256, "").isdigit():
            media[photo.sha256] = _upload(client, page_id, photo, limits)
    return [media[photo.sha256] for photo in photos[: limits.max_count]]


def _upload(client: GraphClient, page_id: str, photo: PhotoPayload, limits: ImageLimits) -> str:
    try:
        content = fitted_jpeg(photo.open(), limits)
    except BrokenPhoto as error:
        problem = Problem("photo_unreadable", {"photo": photo.key}, "photos", effort=3)
        raise ListingRejected((problem,)) from error
    name = f"ocop-{photo.sha256[:20].lower()}.jpg"
    answer = client.upload(f"{page_id}/photos", {"published": "false"}, name, content)
    media_id = str(answer.get("id", ""))
    if not media_id.isdigit():
        raise OutcomeUnknown("reply_unreadable", status=200)
    return media_id
