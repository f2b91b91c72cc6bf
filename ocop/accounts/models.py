"""Users, sign-ins, one-time codes, grants, and who a producer asked for help."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.accounts.rules import Bundle, GroupKind, HelperKind, Role, ScopeKind
from ocop.db.base import Base, Id, utcnow, word


class User(Base):
    """A person. The phone is not unique: a family may share one; the password tells them apart."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    pin_hash: Mapped[str | None] = mapped_column(String(200))  # opens a locked shared machine, nothing else
    tour: Mapped[int] = mapped_column(default=0)  # how many of its steps were seen; TOUR_OFF: turned off
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
    machine: Mapped[str | None] = mapped_column(
        String(64), index=True
    )  # which shared machine, as a keyed hash
    wrong_pins: Mapped[int] = mapped_column(default=0)
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
    """A role of one user on one scope, for a time: a producer's own people, officials, members of a village group.
    Revoked, never deleted. What helpers may do for a producer is a Delegation."""

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


class HelpingGroup(Base):
    """A village group whose members help producers: tổ công nghệ số cộng đồng, thôn/bản, a union's branch."""

    __tablename__ = "helping_group"

    id: Mapped[Id]
    kind: Mapped[GroupKind] = mapped_column(word(GroupKind))
    name: Mapped[str] = mapped_column(String(200))
    commune_code: Mapped[str] = mapped_column(String(5), index=True)
    hamlet: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    closed_at: Mapped[dt.datetime | None]


class Delegation(Base):
    """A producer asks an office or a group for help, for at most twelve months. Revoked, never deleted.

    helper_id: the commune's code (office), a helping_group.id (group) or a user_account.id (person). words: what
    was agreed, as it was read out or signed. given_how: account | code | signature | paper | demo | before.
    ended_why: "" while it runs; revoked | replaced | moved | merged.
    """

    __tablename__ = "delegation"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    helper_kind: Mapped[HelperKind] = mapped_column(word(HelperKind))
    helper_id: Mapped[str] = mapped_column(String(12))
    bundle: Mapped[Bundle] = mapped_column(word(Bundle))
    valid_from: Mapped[dt.date]
    valid_to: Mapped[dt.date]
    given_how: Mapped[str] = mapped_column(String(12), default="account")
    given_by: Mapped[str | None] = mapped_column(
        String(12)
    )  # the producer's person, where there is an account
    recorded_by: Mapped[str | None] = mapped_column(String(12))  # who wrote down a paper, code or signature
    words: Mapped[str] = mapped_column(Text, default="")
    media_id: Mapped[str | None] = mapped_column(ForeignKey("media.id"))  # signed paper or signature
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    revoked_at: Mapped[dt.datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(12))
    ended_why: Mapped[str] = mapped_column(String(12), default="")

    __table_args__ = (Index(None, "helper_kind", "helper_id"),)


class DelegationOffer(Base):
    """Eight characters on the producer's phone, read out to whoever is to help; typing them makes the delegation.
    The code is worked out from the id and a key outside the database, like a one-time code."""

    __tablename__ = "delegation_offer"

    id: Mapped[Id]
    producer_id: Mapped[str] = mapped_column(ForeignKey("producer.id"), index=True)
    helper_kind: Mapped[HelperKind] = mapped_column(word(HelperKind))
    helper_id: Mapped[str] = mapped_column(String(12))
    bundle: Mapped[Bundle] = mapped_column(word(Bundle))
    valid_to: Mapped[dt.date]
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str | None] = mapped_column(String(12))
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]


class Notice(Base):
    """Something a producer's people, or one user, should know; code names its sentence. Kept after it was seen."""

    __tablename__ = "notice"

    id: Mapped[Id]
    producer_id: Mapped[str | None] = mapped_column(ForeignKey("producer.id"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    href: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[dt.datetime | None]
