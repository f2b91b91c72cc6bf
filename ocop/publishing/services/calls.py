"""What a marketplace tells us of its own accord. Nothing of it is believed: it only lets the next look come now."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError
from marketplace_adapters.types import Capability
from ocop.db import audit
from ocop.db.actor import SYSTEM
from ocop.db.base import utcnow
from ocop.publishing.models import Channel, Publication, RemoteItem
from ocop.publishing.queries import info_of, locked
from ocop.publishing.rules import ONLINE
from ocop.publishing.services.connecting import WEBHOOK_SECRET, open_settings


class BadSignature(Exception):
    """Whoever called does not know the booth's secret, or the booth has none."""


def what_changed(
    channel: Channel | None, headers: Mapping[str, str], body: bytes, cipher: Fernet
) -> str | None:
    """The remote id that a signed call speaks of; None when it speaks of none. Raises BadSignature."""
    if channel is None or channel.marketplace not in registry.channels():
        raise BadSignature()
    info = info_of(channel)
    try:
        settings = open_settings(channel, cipher)
        secret = settings.get(WEBHOOK_SECRET, "")
        adapter = registry.make_adapter(info, settings)
        if not secret or Capability.WATCH not in adapter.capabilities:
            raise BadSignature()
        return adapter.heard(headers, body, secret)
    except (MarketplaceError, InvalidToken):
        raise BadSignature() from None


def look_soon(session: Session, channel: Channel, remote_id: str) -> Publication | None:
    """Let the post with this id be looked at now, unless something is to be done to it anyway. None: left alone."""
    wanted = (
        select(Publication)
        .join(RemoteItem)
        .where(Publication.channel_id == channel.id, RemoteItem.remote_id == remote_id)
    )
    publication = session.scalars(locked(wanted)).first()
    if publication is None or publication.state not in ONLINE or publication.wanted not in ("none", "look"):
        return None
    now = utcnow()
    if publication.wanted == "look" and publication.due_at is not None and publication.due_at <= now:
        return publication
    publication.wanted, publication.due_at = "look", now
    audit.record(session, SYSTEM, "told.publication", publication)
    session.flush()
    return publication
