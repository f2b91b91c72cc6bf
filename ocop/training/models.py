"""Training classes: each has a practice commune of its own, whose data can be thrown away and laid anew."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ocop.accounts.models import User
from ocop.accounts.rules import Role
from ocop.db.base import Base, Id, utcnow, word


class TrainingClass(Base):
    """practice_commune: the code of one of the practice communes (places.rules), lent to this class while it is
    open. commune_code: whose office held it, for the report's "training held"."""

    __tablename__ = "training_class"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(200))
    commune_code: Mapped[str] = mapped_column(String(5), index=True)
    practice_commune: Mapped[str] = mapped_column(String(5), index=True)
    held_on: Mapped[dt.date]
    place: Mapped[str] = mapped_column(String(200), default="")
    people: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    reset_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]

    learners: Mapped[list[TrainingLearner]] = relationship(order_by="TrainingLearner.number")


class TrainingLearner(Base):
    """An account made for one class: "Học viên 3", with a phone number that is nobody's. role: what it practises,
    the commune's officer, the owner of a sample producer or a member of the village group."""

    __tablename__ = "training_learner"

    id: Mapped[Id]
    class_id: Mapped[str] = mapped_column(ForeignKey("training_class.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    number: Mapped[int]
    role: Mapped[Role] = mapped_column(word(Role))

    user: Mapped[User] = relationship()

    __table_args__ = (UniqueConstraint("class_id", "number"), UniqueConstraint("user_id"))
