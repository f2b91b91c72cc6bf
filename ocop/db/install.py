"""Facts about this install: one row. The prefix goes into every SKU; the base URL into every printed stamp."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from ocop.db.base import Base, utcnow

_PREFIX_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"


class Install(Base):
    __tablename__ = "install"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    prefix: Mapped[str] = mapped_column(String(4))
    stamp_base_url: Mapped[str] = mapped_column(String(100), default="")
    stamp_base_url_confirmed_at: Mapped[dt.datetime | None]
    stamp_base_url_locked_at: Mapped[dt.datetime | None]  # set by the first real print; never changes after
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)


def get(session: Session) -> Install:
    """The install's row. Raises LookupError in a database that was never set up."""
    row = session.get(Install, 1)
    if row is None:
        raise LookupError("this database holds no install row; run `ocop db upgrade`")
    return row


def ensure(session: Session) -> Install:
    """The install's row, made with a random prefix when the database is new."""
    row = session.get(Install, 1)
    if row is None:
        row = Install(id=1, prefix="".join(secrets.choice(_PREFIX_LETTERS) for _ in range(4)))
        session.add(row)
        session.flush()
    return row
