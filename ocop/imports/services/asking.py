"""What a person says about an import: here is the file, these are its columns, take the good rows, or none."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import new_id
from ocop.db.errors import Refused
from ocop.imports import queries
from ocop.imports.models import DataImport, ImportPhoto, ImportRow
from ocop.imports.rules import ImportState, Understood, targets

MOST_FILE_BYTES = 12 * 1024 * 1024
MOST_PHOTOS_BYTES = 60 * 1024 * 1024


def send(
    session: Session,
    actor: Actor,
    *,
    commune_code: str,
    file_name: str,
    content: bytes,
    photos_name: str = "",
    photos: BinaryIO | None = None,
    folder: Path,
) -> DataImport:
    """Keep a file for the worker to read. photos: a ZIP, written below ``folder`` before anything else happens.

    Raises NotFound for a commune of others, Refused(import_empty | import_too_big | photos_zip_too_big).
    """
    if commune_code not in actor.communes:
        raise NotFound()
    if not content:
        raise Refused("import_empty", field="file")
    if len(content) > MOST_FILE_BYTES:
        raise Refused("import_too_big", field="file")
    data = DataImport(
        id=new_id(),
        commune_code=commune_code,
        file_name=file_name[:200],
        content=content,
        made_by=actor.user_id,
    )
    if photos is not None:
        data.photos_name = photos_name[:200]
        _keep(photos, photos_file(folder, data.id))
    session.add(data)
    audit.record(session, actor, "import.send", data, new=_said(data))
    session.flush()
    return data


def photos_file(folder: Path, import_id: str) -> Path:
    """Where the ZIP of an import lies."""
    return folder / f"{import_id}.zip"


def _keep(photos: BinaryIO, file: Path) -> None:
    size = photos.seek(0, 2)
    photos.seek(0)
    if size > MOST_PHOTOS_BYTES:
        raise Refused("photos_zip_too_big", field="photos")
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".part")
    with partial.open("wb") as out:
        shutil.copyfileobj(photos, out)
    partial.replace(file)


def confirm(
    session: Session, actor: Actor, *, import_id: str, columns: Sequence[dict[int, str] | None]
) -> DataImport:
    """A person has looked at what each column is: per sheet column -> target, None for a sheet to leave out.

    Raises NotFound, Refused(import_moved_on | import_no_sheet | import_column_twice | import_lacks_column).
    """
    data = _in_state(session, actor, import_id, ImportState.ASKING)
    sheets = [
        _put_right(sheet, said)
        for sheet, said in zip(
            data.mapping["sheets"], [*columns, *[None] * len(data.mapping["sheets"])], strict=False
        )
    ]
    if not any(sheet["use"] for sheet in sheets):
        raise Refused("import_no_sheet")
    data.mapping = {"sheets": sheets}
    data.move_to(ImportState.CHECKING)
    audit.record(session, actor, "import.columns", data, new={"state": data.state.value})
    session.flush()
    return data


def _put_right(sheet: dict[str, Any], said: dict[int, str] | None) -> dict[str, Any]:
    if said is None:
        return {**sheet, "use": False}
    known, chosen = set(targets()), [target for target in said.values() if target]
    if not known.issuperset(chosen):
        raise NotFound()
    understood = Understood.from_json(sheet["understood"]).with_columns(said)
    if len(set(chosen)) < len([one for one in chosen if one != "listing.photos"]):
        raise Refused("import_column_twice", sheet=sheet["name"])
    if understood.kind is None or understood.missing:
        raise Refused("import_lacks_column", sheet=sheet["name"])
    return {**sheet, "use": True, "understood": understood.to_json()}


def ask_again(session: Session, actor: Actor, *, import_id: str) -> DataImport:
    """Back from the preview to the columns. Raises NotFound, Refused(import_moved_on)."""
    data = _in_state(session, actor, import_id, ImportState.CHECKED)
    forget_rows(session, data.id)
    data.counts = {}
    data.move_to(ImportState.ASKING)
    audit.record(session, actor, "import.ask_again", data, new={"state": data.state.value})
    session.flush()
    return data


def take(session: Session, actor: Actor, *, import_id: str) -> DataImport:
    """Let the worker take the good rows over. Raises NotFound, Refused(import_moved_on | import_nothing_good)."""
    data = _in_state(session, actor, import_id, ImportState.CHECKED)
    if not data.counts.get("good"):
        raise Refused("import_nothing_good")
    data.taken_by = actor.user_id
    data.move_to(ImportState.APPLYING, total=data.counts["good"])
    audit.record(session, actor, "import.take", data, new={"rows": data.counts["good"]})
    session.flush()
    return data


def discard(session: Session, actor: Actor, *, import_id: str) -> DataImport:
    """Take no row at all. Raises NotFound, Refused(import_moved_on) once the rows are being taken over."""
    data = queries.get(session, actor, import_id, lock=True)
    if data.state in (ImportState.APPLYING, ImportState.APPLIED, ImportState.UNDONE):
        raise Refused("import_moved_on")
    forget_rows(session, data.id)
    data.move_to(ImportState.DISCARDED)
    audit.record(session, actor, "import.discard", data, new={"state": data.state.value})
    session.flush()
    return data


def forget_rows(session: Session, import_id: str) -> None:
    session.execute(delete(ImportPhoto).where(ImportPhoto.import_id == import_id))
    session.execute(delete(ImportRow).where(ImportRow.import_id == import_id))


def _in_state(session: Session, actor: Actor, import_id: str, state: ImportState) -> DataImport:
    """Locked, so that two people who press at once meet here."""
    data = queries.get(session, actor, import_id, lock=True)
    if data.state is not state:
        raise Refused("import_moved_on")
    return data


def _said(data: DataImport) -> dict[str, Any]:
    return {"file_name": data.file_name, "photos_name": data.photos_name, "commune_code": data.commune_code}
