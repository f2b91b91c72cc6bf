"""Base model, column types and opaque ids shared by every feature."""

from __future__ import annotations

import datetime as dt
import enum
import secrets
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Enum, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

VIETNAM = dt.timezone(dt.timedelta(hours=7), "Asia/Ho_Chi_Minh")  # no daylight saving since 1975

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """An opaque id of 60 random bits, safe in a URL: it tells neither order nor number of rows."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


def utcnow() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The business date: what the calendar on the wall in Việt Nam says."""
    return dt.datetime.now(VIETNAM).date()


class UtcDateTime(TypeDecorator[dt.datetime]):
    """Aware UTC instants on both engines; a naive one is a programming error and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: object) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: object) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def word(kind: type[enum.Enum]) -> Enum:
    """A column type that stores an enum's value as text, the same on both engines."""
    return Enum(kind, native_enum=False, length=24, values_callable=lambda k: [member.value for member in k])


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {dt.datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON}


Id = Annotated[str, mapped_column(String(12), primary_key=True, default=new_id)]


class EditConflict(Exception):
    """Somebody else saved this thing since the form was opened. ``thing`` is what stands in the database now."""

    def __init__(self, thing: Versioned) -> None:
        super().__init__(type(thing).__name__)
        self.thing = thing


class Versioned:
    """For what people edit. The form carries the version it was opened with; see expect_version."""

    version: Mapped[int] = mapped_column(nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, object]:  # noqa: N805 - SQLAlchemy passes the class
        return {"version_id_col": cls.__table__.c.version if hasattr(cls, "__table__") else cls.version}

    def expect_version(self, opened_with: int | None) -> None:
        """Raises EditConflict unless the form was opened on this very version (None: no form was involved)."""
        if opened_with is not None and opened_with != self.version:
            raise EditConflict(self)
