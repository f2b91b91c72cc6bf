"""A sheet somebody sent us, its rows as they were understood, and what was made of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ocop.db.base import Base, Id, utcnow, word
from ocop.imports.rules import ImportState


class DataImport(Base):
    """One file for one commune. The worker reads and checks it in small steps (progress of total), a person looks,
    and the good rows are taken over in one transaction, or none are.

    mapping: {"sheets": [...]}, which column is what, as guessed and as a person put right. counts: what the
    preview and the end say. lease_token, lease_until: which worker is at it.
    """

    __tablename__ = "data_import"

    id: Mapped[Id]
    commune_code: Mapped[str] = mapped_column(String(5), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    photos_name: Mapped[str] = mapped_column(
        String(200), default=""
    )  # a ZIP beside it, kept in var/imports/<id>.zip
    state: Mapped[ImportState] = mapped_column(word(ImportState), default=ImportState.SENT)
    reason: Mapped[str] = mapped_column(String(60), default="")  # why it failed, or was checked again: a code
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)  # workers that began on this state and did not end it
    made_by: Mapped[str | None] = mapped_column(String(12))
    taken_by: Mapped[str | None] = mapped_column(String(12))  # who said: take the good rows
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    state_since: Mapped[dt.datetime] = mapped_column(default=utcnow)
    applied_at: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None]

    def move_to(self, state: ImportState, *, total: int = 0) -> None:
        """Into another state, with nothing of it done yet and nobody at it."""
        self.state, self.state_since, self.reason = state, utcnow(), ""
        self.progress, self.total, self.tries = 0, total, 0
        self.lease_token = self.lease_until = None


class ImportRow(Base):
    """One row of a sheet. cells: texts by column; values: kind of thing -> what the row says of it; problems:
    [{"code", "field", "kind", "column", "text", "params"}]. verdict: "" (not looked at) | good | known | bad."""

    __tablename__ = "import_row"

    id: Mapped[Id]
    import_id: Mapped[str] = mapped_column(ForeignKey("data_import.id"))
    sheet: Mapped[str] = mapped_column(String(40), default="")
    row: Mapped[int]  # as in the sheet, counted from 1
    position: Mapped[int]  # of all rows of the import, counted from 0
    verdict: Mapped[str] = mapped_column(String(12), default="")
    cells: Mapped[list[Any]] = mapped_column(default=list)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problems: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (
        UniqueConstraint("import_id", "position"),
        Index(None, "import_id", "verdict", "position"),
    )


class ImportPhoto(Base):
    """One picture of the ZIP. row_id: the row of the product it shows, None when nothing fits. sha256 … byte_size:
    once it was taken in; problem: why it was not, a code; neither: not looked at yet."""

    __tablename__ = "import_photo"

    id: Mapped[Id]
    import_id: Mapped[str] = mapped_column(ForeignKey("data_import.id"))
    position: Mapped[int]
    entry: Mapped[int]  # place in the ZIP's directory, counted from 0
    name: Mapped[str] = mapped_column(String(300))
    row_id: Mapped[str | None] = mapped_column(ForeignKey("import_row.id"))
    shot: Mapped[str] = mapped_column(String(12), default="other")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    byte_size: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(String(40), default="")

    __table_args__ = (UniqueConstraint("import_id", "position"), Index(None, "row_id"))


class ImportedThing(Base):
    """Something an import made: what undoing it takes away again. thing: its table; row_id: the row it came from."""

    __tablename__ = "imported_thing"

    import_id: Mapped[str] = mapped_column(ForeignKey("data_import.id"), primary_key=True)
    thing: Mapped[str] = mapped_column(String(20), primary_key=True)
    thing_id: Mapped[str] = mapped_column(String(12), primary_key=True)
    row_id: Mapped[str] = mapped_column(String(12))
    position: Mapped[int]  # of the row, for lists in the order of the sheet

    __table_args__ = (Index(None, "thing", "thing_id"), Index(None, "import_id", "thing", "position"))
