"""What is written about one producer, and files that wait to be taken over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Engine, Table, select
from sqlalchemy.orm import Session, undefer

from ocop.db.actor import Actor, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.listings.models import Listing, Variant
from ocop.media.models import Media
from ocop.media.rules import rendition_file
from ocop.portability import mapping
from ocop.portability.models import Transfer
from ocop.portability.rules import PARTS, PRODUCER
from ocop.producers.models import Producer
from ocop.publishing.models import Channel, Publication

_PAGE = 500


def rows_of(session: Session, producer_id: str) -> dict[str, list[dict[str, Any]]]:
    """table -> its rows of this producer, as they stand in the file, in order of id."""
    whose: dict[str, ColumnElement[bool]] = {}
    found = {}
    for part in PARTS:
        table = mapping.table_of(part)
        column, of = part.owner
        if part is PRODUCER:
            whose[part.table] = table.c.id == producer_id
        else:
            parent = _tables()[of]
            whose[part.table] = table.c[column].in_(select(parent.c.id).where(whose[of]))
        wanted = select(table).where(whose[part.table]).order_by(table.c.id)
        found[part.table] = [mapping.as_json(part, row) for row in session.execute(wanted).mappings()]
    return found


def _tables() -> dict[str, Table]:
    return {part.table: mapping.table_of(part) for part in PARTS}


def posts_of(session: Session, producer_id: str) -> list[dict[str, Any]]:
    """Where its products stand, with their links."""
    rows = session.execute(
        select(Publication, Channel.marketplace, Channel.name)
        .join(Publication.channel)
        .join(Listing, Publication.listing_id == Listing.id)
        .where(Listing.producer_id == producer_id)
        .order_by(Publication.id)
    )
    return [
        {
            "listing_id": post.listing_id,
            "marketplace": marketplace,
            "place": name,
            "url": post.url,
            "state": post.state.value,
            "sent_at": post.sent_at.isoformat() if post.sent_at else None,
            "confirmed_at": post.confirmed_at.isoformat() if post.confirmed_at else None,
        }
        for post, marketplace, name in rows
    ]


def pictures_of(session: Session, producer_id: str) -> dict[str, str]:
    """media id -> path below the media folder of the best rendition that is kept."""
    rows = session.execute(select(Media.id, Media.sha256).where(Media.producer_id == producer_id))
    return {media_id: rendition_file(sha256, "large") for media_id, sha256 in sorted(rows)}


def log_pages(engine: Engine, producer_id: str) -> Iterator[list[AuditEntry]]:
    """The log of a producer, oldest first, each page in a session of its own: a slow reader holds none open."""
    after = 0
    while True:
        with open_session(engine, read_only=True) as session:
            page = session.scalars(
                select(AuditEntry)
                .where(AuditEntry.producer_id == producer_id, AuditEntry.id > after)
                .order_by(AuditEntry.id)
                .limit(_PAGE)
            ).all()
        if not page:
            return
        yield list(page)
        after = page[-1].id


def earlier_logs(session: Session, producer_id: str) -> list[bytes]:
    """Logs (JSON, gzip) that came with this producer from installs before."""
    wanted = select(Transfer.history).where(
        Transfer.producer_id == producer_id, Transfer.history.is_not(None)
    )
    return [one for one in session.scalars(wanted.order_by(Transfer.applied_at)) if one is not None]


def transfers(session: Session, actor: Actor, most: int = 30) -> list[Transfer]:
    """Files that were sent here, those that wait first. Raises NotAllowed."""
    actor.require_operator()
    settled = Transfer.applied_at.is_not(None) | Transfer.discarded_at.is_not(None)
    return list(session.scalars(select(Transfer).order_by(settled, Transfer.made_at.desc()).limit(most)))


def transfer(session: Session, actor: Actor, transfer_id: str, *, for_update: bool = False) -> Transfer:
    """Raises NotAllowed, NotFound."""
    actor.require_operator()
    wanted = select(Transfer).where(Transfer.id == transfer_id).options(undefer(Transfer.history))
    found = session.scalars(wanted.with_for_update() if for_update else wanted).one_or_none()
    if found is None:
        raise NotFound()
    return found


def namesakes(session: Session, name: str, commune_code: str) -> list[Producer]:
    """Producers here that may be the same one."""
    wanted = select(Producer).where(Producer.commune_code == commune_code, Producer.name == name)
    return list(session.scalars(wanted.order_by(Producer.id)))


def taken_skus(session: Session, skus: list[str]) -> set[str]:
    return set(session.scalars(select(Variant.sku).where(Variant.sku.in_(skus))))


def shared_booths(session: Session) -> dict[str, Channel]:
    """The install's own booth at each marketplace, the oldest where there are two."""
    wanted = select(Channel).where(Channel.owner_producer_id.is_(None), Channel.enabled)
    found: dict[str, Channel] = {}
    for channel in session.scalars(wanted.order_by(Channel.created_at, Channel.id)):
        found.setdefault(channel.marketplace, channel)
    return found
