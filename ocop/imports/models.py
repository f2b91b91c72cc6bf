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

    mapping: sheet -> kind of row and column -> field, as guessed and as a person put right. counts: what the
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
    reason: Mapped[str] = mapped_column(String(60), default="")  # why it failed or cannot be undone, a code
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    progress: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    made_by: Mapped[str | None] = mapped_column(String(12))
    made_at: Mapped[dt.datetime] = mapped_column(default=utcnow)
    state_since: Mapped[dt.datetime] = mapped_column(default=utcnow)
    applied_at: Mapped[dt.datetime | None]
    undone_at: Mapped[dt.datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[dt.datetime | None]


class ImportRow(Base):
    """One row of a sheet. cells: texts by column; values: what they mean; problems: [{"code", "column", "params"}];
    made: [{"table", "id"}] once it was taken over."""

    __tablename__ = "import_row"

    id: Mapped[Id]
    import_id: Mapped[str] = mapped_column(ForeignKey("data_import.id"))
    sheet: Mapped[str] = mapped_column(String(40), default="")
    row: Mapped[int]  # as in the sheet, counted from 1
    kind: Mapped[str] = mapped_column(String(12), default="")  # producer | listing | certificate | lot
    cells: Mapped[list[Any]] = mapped_column(default=list)
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problems: Mapped[list[Any]] = mapped_column(default=list)
    made: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("import_id", "sheet", "row"), Index(None, "import_id", "kind"))
