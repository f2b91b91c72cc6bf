"""Out of one install, into another, and out again: the same but for ids, and for what cannot move."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocop.batches.models import Batch, StampRoll, TraceEvent
from ocop.db.audit import AuditEntry
from ocop.db.base import Base
from ocop.db.engine import open_session
from ocop.listings.models import Listing, Variant
from ocop.portability.rules import PARTS, STAYS
from ocop.producers.models import Producer
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from tests.features.portability.conftest import Full, Install


def _parts(data: bytes) -> dict[str, list[dict[str, Any]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {part.table: json.loads(packed.read(part.path)) for part in PARTS}


def _comparable(data: bytes) -> dict[str, list[dict[str, Any]]]:
    """Rows that come along, ids written as the order in which they are met."""
    parts, names = _parts(data), {}
    for row in parts["media"]:
        del row["created_at"]  # a picture is decoded anew where it comes in
    for part in PARTS:
        if part.comes and part.table != "media":
            rows = sorted(parts[part.table], key=lambda row: json.dumps(_bare(row), sort_keys=True))
            for number, row in enumerate(rows):
                names[row["id"]] = f"{part.table} {number}"
    names |= {row["id"]: "media" for row in parts["media"]}
    return {
        part.table: sorted(
            ({name: names.get(value, value) if name.endswith("id") else value for name, value in row.items()}
             for row in parts[part.table]),
            key=lambda row: json.dumps(row, sort_keys=True),
        )
        for part in PARTS
        if part.comes
    }  # fmt: skip


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value for name, value in row.items() if not name.endswith("id") and not name.endswith("_at")
    }


def test_a_producer_is_the_same_in_the_other_install(full: Full, here: Install, elsewhere: Install) -> None:
    out = here.export(full.producer.id)

    made = elsewhere.take_in(out)
    again = elsewhere.export(made)

    first, second = _comparable(out), _comparable(again)
    assert second == first
    assert {table for table, rows in first.items() if not rows} == set()
    assert made == full.producer.id  # free there, so kept


def test_ids_and_skus_are_kept_where_free_and_new_where_not_and_nothing_is_overwritten(
    session: Session, full: Full, here: Install
) -> None:
    before = here.export(full.producer.id)

    made = here.take_in(before)

    with open_session(here.engine, read_only=True) as fresh:
        skus = fresh.scalars(select(Variant.sku).order_by(Variant.sku)).all()
        assert made != full.producer.id
        assert len(skus) == len(set(skus)) == 2
        assert fresh.scalar(select(func.count()).select_from(Producer)) == 2
    unchanged = _parts(here.export(full.producer.id))
    assert unchanged == _parts(before)
    assert _comparable(here.export(made))["batch"][0]["lot_number"] == "MT-1"


def test_links_come_as_adopted_posts_that_are_looked_at_and_never_sent(
    full: Full, here: Install, elsewhere: Install
) -> None:
    elsewhere.take_in(here.export(full.producer.id))

    with open_session(elsewhere.engine, read_only=True) as fresh:
        (post,) = fresh.scalars(select(Publication)).all()
        assert (post.adopted, post.state, post.sent_version) == (True, State.POSTED_NO_LINK, None)
        assert post.wanted in ("look", "none") and post.url.endswith("mam-tep-1.html")


def test_stamp_rolls_and_consent_stay_behind_and_the_log_is_kept_apart(
    full: Full, here: Install, elsewhere: Install
) -> None:
    out = here.export(full.producer.id)
    made = elsewhere.take_in(out)

    with open_session(elsewhere.engine, read_only=True) as fresh:
        ours = fresh.scalars(select(AuditEntry.action).where(AuditEntry.producer_id == made)).all()
        assert fresh.scalar(select(func.count()).select_from(StampRoll)) == 0
        assert fresh.scalar(select(func.count()).select_from(Base.metadata.tables["delegation"])) == 0
        assert "transfer.apply" in ours and "create.batch" not in ours
    with zipfile.ZipFile(io.BytesIO(elsewhere.export(made))) as packed:
        earlier = json.loads(packed.read("lich-su-noi-cu/1.json"))
    theirs = json.loads(zipfile.ZipFile(io.BytesIO(out)).read("lich-su-thao-tac.json"))
    assert earlier == theirs != []


def test_a_correction_in_the_diary_still_names_the_line_it_corrects(
    full: Full, here: Install, elsewhere: Install
) -> None:
    elsewhere.take_in(here.export(full.producer.id))

    with open_session(elsewhere.engine, read_only=True) as fresh:
        (batch,) = fresh.scalars(select(Batch)).all()
        corrected = [one for one in batch.events if one.corrects_id]
        assert len(batch.events) == 2 and len(corrected) == 1
        assert fresh.get_one(TraceEvent, corrected[0].corrects_id).text == "=1+1 ủ mắm"


def test_photos_are_decoded_anew_and_papers_stay_private(
    full: Full, here: Install, elsewhere: Install
) -> None:
    elsewhere.take_in(here.export(full.producer.id))

    with open_session(elsewhere.engine, read_only=True) as fresh:
        (listing,) = fresh.scalars(select(Listing)).all()
        shots = [(photo.shot, photo.media.public) for photo in listing.photos]
        (paper,) = fresh.scalars(select(Base.metadata.tables["certificate"].c.media_id)).all()
        private = fresh.execute(
            select(Base.metadata.tables["media"].c.public).where(Base.metadata.tables["media"].c.id == paper)
        ).scalar_one()
        files = list(elsewhere.config.media_dir.glob("*/*-large.jpg"))
    assert shots == [("front", True), ("back_label", True), ("making", True)]
    assert private is False
    assert len(files) == 4


def test_the_file_says_what_is_in_it_and_its_sums_are_right(full: Full, here: Install) -> None:
    with zipfile.ZipFile(io.BytesIO(here.export(full.producer.id))) as packed:
        manifest = json.loads(packed.read("manifest.json"))
        readme = packed.read("DOC-TRUOC.txt").decode()
        sums = {one["path"]: one["sha256"] for one in manifest["files"]}
        real = {
            name: hashlib.sha256(packed.read(name)).hexdigest()
            for name in packed.namelist()
            if name != "manifest.json"
        }

    assert sums == real
    assert manifest["format_version"] == 1 and manifest["producer"]["id"] == full.producer.id
    assert full.producer.name in readme and "du-lieu/san-pham.json" in readme


def test_the_diary_opens_in_excel_and_no_text_becomes_a_formula(full: Full, here: Install) -> None:
    with zipfile.ZipFile(io.BytesIO(here.export(full.producer.id))) as packed:
        sheet = load_workbook(io.BytesIO(packed.read("nhat-ky-lo.xlsx"))).active
        lines = list(csv.reader(io.StringIO(packed.read("nhat-ky-lo.csv").decode("utf-8-sig"))))
        log = list(csv.reader(io.StringIO(packed.read("lich-su-thao-tac.csv").decode("utf-8-sig"))))

    assert [cell.value for cell in sheet[1]][:3] == ["Lô", "Ngày", "Việc"]
    assert sheet.max_row == len(lines) == 3
    assert {"'=1+1 ủ mắm", "Ủ mắm 80 ngày"} == {line[4] for line in lines[1:]}
    assert log[0][:2] == ["at", "user_name"] and len(log) > 3


def test_every_column_of_every_table_that_hangs_on_a_producer_goes_along_or_stays_for_a_reason() -> None:
    parts = {part.table: part for part in PARTS}
    hanging = {"producer"}
    for table in Base.metadata.sorted_tables:
        if any(key.column.table.name in hanging for key in table.foreign_keys):
            hanging.add(table.name)

    assert hanging - set(parts) - set(STAYS) == {"access_grant"}  # people have accounts of their own there
    for name, part in parts.items():
        assert set(Base.metadata.tables[name].c.keys()) == {*part.columns, *part.left_out}, name


def test_the_file_is_made_while_it_is_sent(full: Full, here: Install) -> None:
    from ocop.portability import services

    pieces = services.export(here.engine, here.config.media_dir, producer_id=full.producer.id)
    sizes = [len(piece) for piece in pieces]

    assert len(sizes) > 20
    assert max(sizes) < 0.5 * sum(sizes)
