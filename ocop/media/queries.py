"""Finding stored pictures, in the actor's scope."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.db.actor import Actor, NotFound
from ocop.media.models import Media


def visible(session: Session, actor: Actor | None, media_id: str) -> Media:
    """A public picture for anybody; a private one only for people who work for its producer. Raises NotFound."""
    media = session.get(Media, media_id)
    if media is None:
        raise NotFound()
    if media.public or (actor is not None and actor.producer_id == media.producer_id):
        return media
    raise NotFound()
