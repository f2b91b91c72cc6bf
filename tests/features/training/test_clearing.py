"""What is thrown away with a class is worked out from the tables themselves, so that a new table is covered at once."""

from __future__ import annotations

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, String, Table, func, select
from sqlalchemy.orm import Session

from ocop.accounts.rules import RIGHTS, Role
from ocop.batches import services as batches
from ocop.batches.models import DiscardedRoll
from ocop.config import Config
from ocop.db.actor import Actor
from ocop.db.base import Base, new_id, today, utcnow
from ocop.training.services import clearing
from ocop.training.services.clearing import KEPT, LOOSE, clear, doomed_rows
from tests.features.training.conftest import Class
from tests.quality.world import build
from traceability.highwater import HighWater

# Columns that name a row of another table without a foreign key. Each is one of: handled by clearing (LOOSE, _let_go,
# a commune or a scope), a person (who stays), or a word of the row itself. A new one must be put into one of them.
PEOPLE = {
    "taken_by",
    "user_id", "given_by", "revoked_by", "recorded_by", "created_by", "changed_by", "made_by", "stated_by", "added_by",
    "issued_by", "approved_by", "activated_by", "voided_by", "printed_by", "agreed_by", "requested_by",
}  # fmt: skip
HANDLED = {
    "sign_in.producer_id", "access_grant.scope_id", "report.scope_id", "report_template.scope_id", "scan.roll_id",
    "audit_entry.entity_id", "audit_entry.producer_id", "audit_entry.delegation_id", "discarded_roll.roll_id",
}  # fmt: skip
OWN_WORDS = {
    "imported_thing.thing_id", "imported_thing.row_id",  # they go with their import
    "certificate.original_seen_by", "producer.hotline_consent_by",  # names as they were written down
    "delegation.helper_id", "delegation_offer.helper_id", "remote_item.remote_id", "read_back.delegation_id",
}  # fmt: skip


def test_every_table_that_can_hang_on_a_producer_is_cleared_or_kept_on_purpose() -> None:
    doomed = {table.name for table in doomed_rows("T0001")}

    hanging = {"producer"}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in hanging for key in table.foreign_keys):
            hanging.add(table.name)

    assert hanging - doomed == {"access_grant"} <= KEPT
    assert {"media", "listing", "attempt", "stamp_void", "trace_event", "revenue", "dossier_paper"} <= doomed


def test_every_pointer_without_a_foreign_key_is_known() -> None:
    loose = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_id", "_by")) and not column.foreign_keys and column.name not in PEOPLE
    }

    assert loose - HANDLED - OWN_WORDS == set(), "say in clearing.py what becomes of these"
    assert {f"{table}.{column}" for table, column in LOOSE} <= HANDLED


def test_a_table_made_tomorrow_is_covered_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    tomorrow = MetaData()
    for table in Base.metadata.sorted_tables:
        table.to_metadata(tomorrow)
    Table("parcel_note", tomorrow, Column("id", String(12), primary_key=True),
          Column("parcel_id", ForeignKey("parcel.id")))  # fmt: skip
    monkeypatch.setattr(clearing.Base, "metadata", tomorrow)

    doomed = {table.name for table in doomed_rows("T0001")}

    assert "parcel_note" in doomed


def test_nothing_of_a_producer_is_left_in_any_table(session: Session, config: Config, a_class: Class) -> None:
    """A producer with one of everything, laid into the practice commune."""
    world = build(session, config, commune_code=a_class.commune)
    filled = {t.name for t in doomed_rows(a_class.commune) if _count(session, t.name)}

    gone = clear(session, a_class.actor, commune_code=a_class.commune)

    left = {name: _left(session, name, a_class.commune) for name in filled}
    assert {name: count for name, count in left.items() if count} == {}
    assert {"publication", "stamp_roll", "certificate", "clerk_link", "checked_link"} <= set(gone)
    assert world.producer_id


def _count(session: Session, table: str) -> int:
    return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0


def _left(session: Session, name: str, code: str) -> int:
    table = Base.metadata.tables[name]
    return session.scalar(select(func.count()).select_from(table).where(doomed_rows(code)[table])) or 0


def test_a_real_commune_is_never_cleared(session: Session, a_class: Class) -> None:
    with pytest.raises(ValueError, match="15286"):
        clear(session, a_class.actor, commune_code="15286")


def test_a_roll_that_went_is_remembered_as_a_practice_one(
    session: Session, config: Config, a_class: Class
) -> None:
    sample = a_class.samples[0]
    owner = Actor(None, "mẫu", sample.id, RIGHTS[Role.PRODUCER_OWNER])
    roll = batches.issue_roll(
        session, owner, key_version="A", mark=HighWater(config.mark_file), size=10,
        base_url="https://tem.example", practice=False,
    )  # fmt: skip
    number = roll.id

    a_class.begin_anew()

    assert session.get(DiscardedRoll, number) is not None


def test_rows_that_name_a_commune_go_with_it(session: Session, a_class: Class) -> None:
    tables = Base.metadata.tables
    session.execute(
        tables["data_import"].insert().values(
            id=new_id(), commune_code=a_class.commune, file_name="x.xlsx", content=b"", photos_name="",
            state="sent", reason="", mapping={}, counts={}, progress=0, total=0, made_at=utcnow(),
            state_since=utcnow(),
        )
    )  # fmt: skip
    session.execute(
        tables["report"].insert().values(
            id=new_id(), scope_kind="commune", scope_id=a_class.commune, first=today(), last=today(), title="x",
            numbers={}, evidence={}, made_by_name="", made_at=utcnow(),
        )
    )  # fmt: skip

    a_class.begin_anew()

    assert _count(session, "data_import") == _count(session, "report") == 0
