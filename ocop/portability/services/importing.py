"""A producer that comes from another install: its file is taken in and checked, looked at by the operator, and then
taken over as a whole or not at all. What stands here is never changed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ocop.accounts.rules import RIGHTS, Role
from ocop.db import audit
from ocop.db.actor import Actor
from ocop.db.base import new_id, utcnow
from ocop.db.errors import Refused
from ocop.listings.services.saving import new_sku
from ocop.media import services as media
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace, is_practice
from ocop.portability import decoder, mapping, queries
from ocop.portability.decoder import Contents
from ocop.portability.errors import Broken
from ocop.portability.models import Transfer
from ocop.portability.rules import PARTS, PRODUCER, Part, transfer_path
from ocop.producers.models import Producer
from ocop.publishing import services as publishing

_PIECE = 1 << 20
_DECODERS = 2
_ID = re.compile(r"[0-9a-z]{12}")  # as new_id makes them: ids stand in addresses

Rows = Mapping[str, list[dict[str, Any]]]


def store(var: Path, upload: BinaryIO, *, most: int) -> tuple[str, str, Contents]:
    """Keep an upload and check it whole: (its id, its SHA-256, what is in it). Needs no database.

    Raises Refused(transfer_…) and leaves nothing behind.
    """
    transfer_id = new_id()
    path = transfer_path(var, transfer_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while piece := upload.read(_PIECE):
                size += len(piece)
                if size > most:
                    raise Broken("too_big")
                digest.update(piece)
                file.write(piece)
        contents = decoder.check(path)
        _check_place(mapping.read(contents.rows)[PRODUCER.table][0])
    except Broken as broken:
        path.unlink(missing_ok=True)
        raise Refused(f"transfer_{broken.code}", field="file", **broken.params) from None
    return transfer_id, digest.hexdigest(), contents


def _check_place(producer: Mapping[str, Any]) -> None:
    try:
        places.commune(producer["commune_code"])
    except UnknownPlace:
        raise Broken("no_such_place", place=producer["commune_code"]) from None
    if is_practice(producer["commune_code"]):
        raise Broken("from_a_class")


def receive(
    session: Session, actor: Actor, *, transfer_id: str, sha256: str, file_name: str, contents: Contents
) -> Transfer:
    """Note a file that was stored, with what the preview says. Raises NotAllowed."""
    actor.require_operator()
    row = Transfer(
        id=transfer_id,
        file_name=file_name[:200],
        sha256=sha256,
        facts=_facts(session, contents),
        made_by=actor.user_id,
    )
    session.add(row)
    audit.record(session, actor, "transfer.receive", row)
    session.flush()
    return row


def _facts(session: Session, contents: Contents) -> dict[str, Any]:
    producer = contents.rows[PRODUCER.table][0]
    booths = queries.shared_booths(session)
    skus = [row["sku"] for row in contents.rows["variant"]]
    linked = [post for post in contents.posts if _text(post, "url")]
    return {
        "name": producer["name"],
        "commune_code": producer["commune_code"],
        "install": str(contents.manifest.get("install", ""))[:20],
        "made_at": str(contents.manifest.get("made_at", ""))[:40],
        "counts": {part.table: len(contents.rows[part.table]) for part in PARTS},
        "pictures": len(contents.pictures),
        "posts": len(linked),
        "posts_without_place": sum(_text(post, "marketplace") not in booths for post in linked),
        "namesakes": [
            one.id for one in queries.namesakes(session, producer["name"], producer["commune_code"])
        ],
        "new_skus": len(queries.taken_skus(session, skus)),
    }


def read_pictures(
    var: Path, media_dir: Path, *, transfer_id: str
) -> tuple[Contents, dict[str, media.TakenIn]]:
    """Check the file once more and decode its pictures anew, as any upload: media id there -> picture. Slow; needs
    no database. Raises Refused(transfer_…, photo_…)."""
    path = transfer_path(var, transfer_id)
    try:
        contents = decoder.check(path)
        with ThreadPoolExecutor(_DECODERS) as pool:
            jobs = {
                media_id: pool.submit(_take_in, path, media_dir, name, number)
                for number, (media_id, name) in enumerate(sorted(contents.pictures.items()), start=1)
            }
            return contents, {media_id: job.result() for media_id, job in jobs.items()}
    except Broken as broken:
        raise Refused(f"transfer_{broken.code}", **broken.params) from None


def _take_in(path: Path, media_dir: Path, name: str, number: int) -> media.TakenIn:
    with decoder.picture(path, name) as file:
        return media.take_in(media_dir, file, ordinal=number)


def apply(
    session: Session,
    actor: Actor,
    *,
    transfer_id: str,
    var: Path,
    contents: Contents,
    pictures: Mapping[str, media.TakenIn],
) -> Producer:
    """Make the producer with all that came. Links come as adopted posts, which are looked at and never sent.

    Raises NotAllowed, NotFound, Refused(transfer_done | transfer_odd_rows | …).
    """
    row = queries.transfer(session, actor, transfer_id, for_update=True)
    if row.applied_at is not None or row.discarded_at is not None:
        raise Refused("transfer_done")
    try:
        rows = mapping.read(contents.rows)
        mover = _Mover(session, actor, rows)
        producer = mover.move(pictures)
    except (Broken, IntegrityError) as error:
        code = error.code if isinstance(error, Broken) else "odd_rows"
        params = error.params if isinstance(error, Broken) else {"file": PRODUCER.path}
        raise Refused(f"transfer_{code}", **params) from None
    row.history = gzip.compress(decoder.log_of(transfer_path(var, transfer_id)), 6, mtime=0)
    row.producer_id, row.applied_at = producer.id, utcnow()
    counts = {part.table: len(rows[part.table]) for part in PARTS if part.comes}
    audit.record(session, actor, "transfer.apply", row, old={}, new=counts, producer_id=producer.id)
    _adopt(session, actor, producer, contents.posts, mover.ids["listing"])
    session.flush()
    return producer


def discard(session: Session, actor: Actor, *, transfer_id: str) -> Transfer:
    """Put a file away that is not wanted. Raises NotAllowed, NotFound, Refused(transfer_done)."""
    row = queries.transfer(session, actor, transfer_id, for_update=True)
    if row.applied_at is not None or row.discarded_at is not None:
        raise Refused("transfer_done")
    row.discarded_at = utcnow()
    audit.record(session, actor, "transfer.discard", row)
    session.flush()
    return row


def forget_file(var: Path, transfer_id: str) -> None:
    """After the row says that the file is not needed any more."""
    transfer_path(var, transfer_id).unlink(missing_ok=True)


class _Mover:
    """Makes rows of rows. An id is kept where it is free here; whatever pointed at it follows."""

    def __init__(self, session: Session, actor: Actor, rows: Rows) -> None:
        self.session, self.actor, self.rows = session, actor, rows
        self.ids: dict[str, dict[str, str | None]] = {}  # table -> id there -> id here

    def move(self, pictures: Mapping[str, media.TakenIn]) -> Producer:
        for part in PARTS:
            if not part.comes:
                continue
            if part.table == "media":
                self._media(pictures)
            else:
                self._rows(part)
        self.session.flush()
        (made,) = self.ids[PRODUCER.table].values()
        return self.session.get_one(Producer, made)

    def _media(self, pictures: Mapping[str, media.TakenIn]) -> None:
        (producer_id,) = self.ids[PRODUCER.table].values()
        found = self.ids["media"] = {}
        for row in self.rows["media"]:
            taken = pictures.get(row["id"])
            kept = taken and media.keep(
                self.session, self.actor, taken, producer_id=producer_id, public=row["public"]
            )
            found[row["id"]] = kept.id if kept else None  # its file was not there
        self.session.flush()

    def _rows(self, part: Part) -> None:
        table, ids = mapping.table_of(part), self.ids.setdefault(part.table, {})
        for row in self.rows[part.table]:
            there = self.session.execute(table.select().where(table.c.id == row["id"])).first()
            ours = _ID.fullmatch(row["id"]) is not None and not there
            ids[row["id"]] = row["id"] if ours else new_id()
        later = []
        for row in self.rows[part.table]:
            values = self._pointed(part, row)
            if values is None:
                continue
            if "version" in table.c:
                values["version"] = 1
            if part.table == "listing":
                values["written_on_behalf"] = True  # nobody knows here who wrote it: it is read out first
            if part.table == "variant":
                values["sku"] = self._sku(values["sku"])
            if values.get("corrects_id"):
                later.append((values["id"], values.pop("corrects_id")))
            self.session.execute(insert(table).values(**values))
        for row_id, corrected in later:
            self.session.execute(update(table).where(table.c.id == row_id).values(corrects_id=corrected))

    def _pointed(self, part: Part, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """The row with its pointers as they are here; None when it shows a picture that did not come."""
        table, values = mapping.table_of(part), dict(row)
        values["id"] = self.ids[part.table][row["id"]]
        for key in table.foreign_keys:
            name = key.parent.name
            if values.get(name) is None:
                continue
            values[name] = self.ids[key.column.table.name][values[name]]
            if values[name] is None and not key.parent.nullable:
                return None
        return values

    def _sku(self, sku: str) -> str:
        return new_sku(self.session) if queries.taken_skus(self.session, [sku]) else sku


def _adopt(
    session: Session,
    actor: Actor,
    producer: Producer,
    posts: list[dict[str, Any]],
    listings: Mapping[str, str | None],
) -> None:
    """Posts that stand at a marketplace which this install has a booth at. One that does not fit is left: the file
    keeps its link."""
    booths = queries.shared_booths(session)
    owner = replace(
        actor,
        producer_id=producer.id,
        rights=RIGHTS[Role.PRODUCER_OWNER],
        on_behalf=False,
        delegation_id=None,
    )
    for post in posts:
        channel, listing = booths.get(_text(post, "marketplace")), listings.get(_text(post, "listing_id"))
        url = _text(post, "url")
        if channel is None or listing is None or not url:
            continue
        with suppress(Refused), session.begin_nested():
            publishing.adopt_link(session, owner, listing_id=listing, channel_id=channel.id, url=url)


def _text(post: Mapping[str, Any], name: str) -> str:
    value = post.get(name)
    return value if isinstance(value, str) else ""
