"""Users, sign-ins, one-time codes and grants."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.accounts.rules import Role, ScopeKind
from ocop.db.base import Base, Id, utcnow, word


class User(Base):
    """A person. The phone is not unique: a family may share one; the password tells them apart."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    disabled_at: Mapped[dt.datetime | None]

    grants: Mapped[list[Grant]] = relationship(back_populates="user", foreign_keys="Grant.user_id")


class SignIn(Base):
    """One signed-in browser. Only the hash of the cookie is kept; the row ends at sign-out."""

    __tablename__ = "sign_in"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    producer_id: Mapped[str | None] = mapped_column(String(12))
    shared_machine: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()


class SignInAttempt(Base):
    """A failed try, counted per phone and per address (both as keyed hashes), forgotten after a day."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[Id]
    key_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index(None, "key_hash", "at"),)


class OneTimeCode(Base):
    """First sign-in or recovery: an 8-character code on paper, also reachable as a link. Used once.

    A recovery counts only when a second person, not the one who asked, has agreed (approved_by).
    """

    __tablename__ = "one_time_code"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))  # first | recovery
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    issued_by: Mapped[str | None] = mapped_column(String(12))
    approved_by: Mapped[str | None] = mapped_column(String(12))
    used_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()


class Grant(Base):
    """A right of one user on one scope, for a time. Revoked, never deleted."""

    __tablename__ = "access_grant"

    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    scope_kind: Mapped[ScopeKind] = mapped_column(word(ScopeKind))
    scope_id: Mapped[str] = mapped_column(String(12), default="")
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date | None]
    given_by: Mapped[str | None] = mapped_column(String(12))
    given_how: Mapped[str] = mapped_column(String(12), default="account")  # account | paper | demo
    paper_media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[dt.datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(12))

    user: Mapped[User] = relationship(back_populates="grants", foreign_keys=[user_id])

    __table_args__ = (Index(None, "scope_kind", "scope_id"),)
