"""Taking pictures in. Decoding happens before any write transaction begins: see take_in, then keep."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import new_id
from ocop.db.errors import Refused
from ocop.media.decoder import Undecodable, decode
from ocop.media.models import Media
from ocop.media.rules import MAX_BYTES


@dataclass(frozen=True)
class TakenIn:
    """A picture whose renditions lie in the media folder; no row points at them yet."""

    sha256: str
    width: int
    height: int
    byte_size: int


def take_in(folder: Path, upload: BinaryIO, *, ordinal: int = 1) -> TakenIn:
    """Read, check and re-encode one upload. Needs no database; call it before the session's first write.

    Raises Refused(photo_too_large | photo_not_image | photo_too_many_pixels | photo_broken), naming which
    of several it was by ``ordinal``, and leaves nothing behind.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise Refused("photo_too_large", field="photos", ordinal=ordinal)
    sha256 = hashlib.sha256(data).hexdigest()
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix="in-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        found = decode(Path(name), folder, sha256)
    except Undecodable as error:
        raise Refused(f"photo_{error.code}", field="photos", ordinal=ordinal) from None
    finally:
        Path(name).unlink(missing_ok=True)
    return TakenIn(sha256, found["width"], found["height"], found["byte_size"])


def keep(session: Session, actor: Actor, taken: TakenIn, *, producer_id: str | None, public: bool) -> Media:
    """The producer's row for a picture that was taken in; the same bytes twice give the same row."""
    media = session.scalars(
        select(Media).where(
            Media.producer_id == producer_id, Media.sha256 == taken.sha256, Media.public == public
        )
    ).first()
    if media is not None:
        return media
    media = _row(actor, taken, producer_id, public)
    session.add(media)
    audit.record(session, actor, "media.keep", media)
    return media


def drafted(actor: Actor, taken: TakenIn, *, producer_id: str) -> tuple[Media, AuditEntry]:
    """The row of a public picture, in no session yet, and what the audit says of it: for those who store many."""
    media = _row(actor, taken, producer_id, public=True)
    media.id = new_id()
    return media, audit.entry(actor, "media.keep", media, media.id, new=audit.changes(media)[1])


def _row(actor: Actor, taken: TakenIn, producer_id: str | None, public: bool) -> Media:
    return Media(
        producer_id=producer_id,
        sha256=taken.sha256,
        width=taken.width,
        height=taken.height,
        byte_size=taken.byte_size,
        public=public,
        created_by=actor.user_id,
    )
