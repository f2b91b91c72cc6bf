"""Every row looked at: first its cells, some hundred at a time, then all rows together, then the pictures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.db.actor import Actor, NotFound
from ocop.db.base import new_id
from ocop.db.bulk import insert_all
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.imports.decoder import photos as zips
from ocop.imports.models import DataImport, ImportPhoto, ImportRow
from ocop.imports.rules import ImportState, Setting, Understood, records
from ocop.imports.rules.photos import Match, Picture, Wanted, matched
from ocop.imports.services.applying import note_verdicts, prepare
from ocop.imports.services.asking import photos_file
from ocop.imports.work import leases
from ocop.imports.work.leases import Ticket
from ocop.listings.rules import MAX_PHOTOS
from ocop.media.services import take_in

ROWS_AT_ONCE = 400


def read_cells(engine: Engine, ticket: Ticket, day: dt.date) -> None:
    """What the next rows tell, cell by cell."""
    with open_session(engine, read_only=True) as session:
        data = session.get(DataImport, ticket.import_id)
        assert data is not None
        understood = {
            sheet["name"][:40]: Understood.from_json(sheet["understood"])
            for sheet in data.mapping["sheets"]
            if sheet["use"]
        }
        setting, rows = Setting(data.commune_code, day), _next_rows(session, data)
    told = [_told(row, understood[row.sheet], setting) for row in rows]
    with open_session(engine) as session:
        data = leases.mine(session, ticket)
        if told:
            session.execute(update(ImportRow), told)
        data.progress += len(told)
        leases.kept(session, data)


def _next_rows(session: Session, data: DataImport) -> list[Any]:
    wanted = select(ImportRow.id, ImportRow.sheet, ImportRow.cells, ImportRow.values).where(
        ImportRow.import_id == data.id, ImportRow.position >= data.progress
    )
    return list(session.execute(wanted.order_by(ImportRow.position).limit(ROWS_AT_ONCE)))


def _told(row: Any, understood: Understood, setting: Setting) -> dict[str, Any]:
    lent = row.values["lent"]
    found, problems = records(understood, row.cells, setting, lent=lent)
    said = [one.to_json() for one in problems]
    things = [{"kind": one.kind.value, "values": one.values, "reference": one.reference} for one in found]
    return {"id": row.id, "values": {"lent": lent, "records": things, "problems": said}, "problems": said}


def compare(engine: Engine, ticket: Ticket, folder: Path, day: dt.date) -> None:
    """All rows against each other and against what is there; which picture shows what."""
    with open_session(engine, read_only=True) as session:
        data = session.get(DataImport, ticket.import_id)
        assert data is not None
        prepared = prepare(session, officer(session, data), data=data, day=day)
        good = {one.row_id for one in prepared.plan.verdicts if one.result == "good"}
        wanted = _wanted(session, data.id, good) if data.photos_name else []
    pictures = zips.pictures(photos_file(folder, ticket.import_id)) if data.photos_name else []
    found, unused, missing = matched(pictures, wanted)
    with open_session(engine) as session:
        data = leases.mine(session, ticket)
        note_verdicts(session, data, prepared)
        _say_missing(session, missing)
        rows = _photo_rows(data.id, found, unused)
        insert_all(session, ImportPhoto.__table__, rows)
        waiting = sum(1 for row in rows if row["row_id"] and not row["problem"])
        data.move_to(ImportState.PHOTOS if waiting else ImportState.CHECKED, total=waiting)
        leases.kept(session, data)


def officer(session: Session, data: DataImport) -> Actor:
    """Who the rows are for: whoever said "take them", before that whoever sent the file. Raises Refused(
    import_no_officer) when that person does not look after the commune any more."""
    try:
        actor = accounts.actor_for(session, data.taken_by or data.made_by or "")
    except NotFound:
        raise Refused("import_no_officer") from None
    if data.commune_code not in actor.communes:
        raise Refused("import_no_officer")
    return actor


def _wanted(session: Session, import_id: str, good: set[str]) -> list[Wanted]:
    """Products of the good rows, that pictures are looked for."""
    rows = session.execute(
        select(ImportRow.id, ImportRow.values)
        .where(ImportRow.import_id == import_id)
        .order_by(ImportRow.position)
    )
    found = []
    for id, values in rows:
        told = {one["kind"]: one["values"] for one in values["records"]}
        listing = told.get("listing", {})
        if id in good and listing.get("name"):
            files = tuple(listing.get("photos", ()))
            found.append(Wanted(id, told.get("producer", {}).get("name", ""), listing["name"], files))
    return found


def _say_missing(session: Session, missing: list[tuple[str, str]]) -> None:
    """A picture that is asked for and not in the ZIP keeps nothing out; it is said."""
    for row_id, name in missing:
        row = session.get(ImportRow, row_id, populate_existing=True)
        if row is not None:
            said = {"code": "import_photo_missing", "target": "listing.photos", "params": {"name": name[:80]}}
            row.problems = [*row.problems, {**said, "severity": "warning"}]
    session.flush()


def _photo_rows(import_id: str, found: list[Match], unused: list[Picture]) -> list[dict[str, Any]]:
    of_row: dict[str, int] = {}
    rows = []
    for match in found:
        of_row[match.row] = of_row.get(match.row, 0) + 1
        problem = "photos_too_many" if of_row[match.row] > MAX_PHOTOS else ""
        rows.append(_photo_row(import_id, match.picture, match.row, match.shot, problem, len(rows)))
    for picture in unused:
        rows.append(_photo_row(import_id, picture, None, "other", "", len(rows)))
    return rows


def _photo_row(
    import_id: str, picture: Picture, row_id: str | None, shot: str, problem: str, position: int
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "import_id": import_id,
        "position": position,
        "entry": picture.entry,
        "name": picture.name,
        "row_id": row_id,
        "shot": shot,
        "sha256": "",
        "width": 0,
        "height": 0,
        "byte_size": 0,
        "problem": problem,
    }


def take_one_picture(engine: Engine, ticket: Ticket, folder: Path, media_dir: Path) -> None:
    """Decode the next picture with no transaction open, then note what became of it."""
    with open_session(engine, read_only=True) as session:
        photo = session.scalars(_waiting(ticket.import_id).order_by(ImportPhoto.position).limit(1)).first()
    changes: dict[str, Any] = {}
    if photo is not None:
        try:
            taken = take_in(media_dir, zips.read(photos_file(folder, ticket.import_id), photo.entry))
            changes = {
                "sha256": taken.sha256,
                "width": taken.width,
                "height": taken.height,
                "byte_size": taken.byte_size,
            }
        except Refused as refusal:
            changes = {"problem": refusal.code}
    with open_session(engine) as session:
        data = leases.mine(session, ticket)
        if photo is not None:
            session.execute(update(ImportPhoto).where(ImportPhoto.id == photo.id).values(changes))
            data.progress += 1
        left = session.scalar(select(func.count()).select_from(_waiting(data.id).subquery()))
        if not left:
            data.move_to(ImportState.CHECKED)
        leases.kept(session, data)


def _waiting(import_id: str):  # type: ignore[no-untyped-def]
    return select(ImportPhoto).where(
        ImportPhoto.import_id == import_id,
        ImportPhoto.row_id.is_not(None),
        ImportPhoto.sha256 == "",
        ImportPhoto.problem == "",
    )
