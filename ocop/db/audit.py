"""The audit trail: every writing service leaves one entry, in the same transaction, with old and new values."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, String, event, inspect, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from ocop.db.actor import Actor
from ocop.db.append_only import append_only
from ocop.db.base import Base, utcnow

# Values that must never be copied into a second place.
_SECRET = {
    "password_hash",
    "pin_hash",
    "code_hash",
    "token_hash",
    "settings_encrypted",
    "link_hash",
}


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    user_id: Mapped[str | None] = mapped_column(String(12), index=True)
    user_name: Mapped[str] = mapped_column(String(200))
    producer_id: Mapped[str | None] = mapped_column(String(12), index=True)
    on_behalf: Mapped[bool] = mapped_column(default=False)
    delegation_id: Mapped[str | None] = mapped_column(String(12))  # the consent an act on behalf rests on
    action: Mapped[str] = mapped_column(String(60))
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[str] = mapped_column(String(40), index=True)
    old: Mapped[dict[str, Any]]
    new: Mapped[dict[str, Any]]


@event.listens_for(AuditEntry.__table__, "after_create")
def _seal(_table: Any, connection: Connection, **_: Any) -> None:
    for statement in append_only(connection.dialect.name, AuditEntry.__tablename__):
        connection.execute(text(statement))


def record(
    session: Session,
    actor: Actor,
    action: str,
    thing: Base,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    producer_id: str | None = None,
) -> None:
    """Note what happened to ``thing``. Without old/new they are read from its pending changes, so call this
    before the flush of an edit; for a new thing the whole row is the new value."""
    if old is None and new is None:
        old, new = changes(thing)
    if thing in session.new or inspect(thing).identity is None:
        session.flush()
    identity = inspect(thing).identity or ("?",)
    session.add(entry(actor, action, thing, identity[0], old=old, new=new, producer_id=producer_id))


def entry(
    actor: Actor,
    action: str,
    thing: Base,
    thing_id: object,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    producer_id: str | None = None,
) -> AuditEntry:
    """The entry alone, for those who store thousands at once; see record."""
    return AuditEntry(
        user_id=actor.user_id,
        user_name=actor.name,
        producer_id=producer_id or actor.producer_id or getattr(thing, "producer_id", None),
        on_behalf=actor.on_behalf,
        delegation_id=actor.delegation_id,
        action=action,
        entity=thing.__tablename__,
        entity_id=str(thing_id),
        old=old or {},
        new=new or {},
    )


def changes(thing: Base) -> tuple[dict[str, Any], dict[str, Any]]:
    """(old, new) of the columns that are about to change; every column for a thing not stored yet."""
    state = inspect(thing)
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if not history.has_changes():
            continue
        hidden = column.key in _SECRET
        if history.deleted and state.persistent:
            old[column.key] = "•" if hidden else plain(history.deleted[0])
        if history.added:
            new[column.key] = "•" if hidden else plain(history.added[0])
    return old, new


def plain(value: Any) -> Any:
    """A JSON value for any column value."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value
