"""Everything of one producer in one file."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.db import audit, install
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.portability import mapping, queries
from ocop.portability.rules import (
    DIARY,
    EARLIER,
    FORMAT,
    FORMAT_VERSION,
    LOG,
    PARTS,
    PICTURES,
    POSTS,
    PRODUCER,
    README,
)
from ocop.portability.services.zipping import File, zipped
from ocop.producers import queries as producers
from ocop.producers.models import Producer

_PIECE = 1 << 18


def record_export(session: Session, actor: Actor, *, producer_id: str | None = None) -> Producer:
    """Note that somebody takes everything of a producer away: its owner, or an operator for ``producer_id``.

    Raises NotFound, NotAllowed.
    """
    if producer_id is None:
        actor.require("grant.give")
        producer = producers.current(session, actor)
    else:
        actor.require_operator()
        producer = producers.in_reach(session, actor, producer_id)
    audit.record(session, actor, "producer.export", producer, old={}, new={}, producer_id=producer.id)
    session.flush()
    return producer


@dataclass(frozen=True)
class _Facts:
    rows: dict[str, list[dict[str, Any]]]
    posts: list[dict[str, Any]]
    pictures: dict[str, str]
    earlier: list[bytes]
    prefix: str
    made_at: dt.datetime


def export(engine: Engine, media_dir: Path, *, producer_id: str) -> Iterator[bytes]:
    """The ZIP in pieces. Rows are read at one moment; pictures and the log while it is sent, with no session open
    in between."""
    with open_session(engine, read_only=True) as session:
        facts = _Facts(
            queries.rows_of(session, producer_id),
            queries.posts_of(session, producer_id),
            queries.pictures_of(session, producer_id),
            queries.earlier_logs(session, producer_id),
            install.get(session).prefix,
            utcnow(),
        )
    return zipped(_files(engine, media_dir, producer_id, facts), _manifest(facts))


def _manifest(facts: _Facts) -> dict[str, Any]:
    (producer,) = facts.rows[PRODUCER.table]
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "install": facts.prefix,
        "made_at": facts.made_at.isoformat(),
        "producer": {"id": producer["id"], "name": producer["name"]},
        "counts": {part.file: len(facts.rows[part.table]) for part in PARTS},
    }


def _files(engine: Engine, media_dir: Path, producer_id: str, facts: _Facts) -> Iterator[File]:
    yield README, [mapping.readme(facts.rows, facts.made_at).encode()]
    for part in PARTS:
        yield part.path, [_json(facts.rows[part.table])]
    yield POSTS, [_json(facts.posts)]
    lines = mapping.diary(facts.rows)
    yield f"{DIARY}.xlsx", [mapping.diary_sheet(lines)]
    yield f"{DIARY}.csv", mapping.csv_lines(lines, head=mapping.DIARY_HEAD)
    for media_id, path in facts.pictures.items():
        if (media_dir / path).is_file():  # a restored backup may lack some
            yield f"{PICTURES}/{media_id}.jpg", _pieces(media_dir / path)
    yield f"{LOG}.json", _log_json(engine, producer_id)
    yield f"{LOG}.csv", _log_csv(engine, producer_id)
    for number, packed in enumerate(facts.earlier, start=1):
        yield f"{EARLIER}/{number}.json", [gzip.decompress(packed)]


def _json(rows: list[dict[str, Any]]) -> bytes:
    """One row a line."""
    return ("[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]").encode()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def _log_json(engine: Engine, producer_id: str) -> Iterable[bytes]:
    before = "[\n"
    for page in queries.log_pages(engine, producer_id):
        lines = [json.dumps(mapping.log_row(entry), ensure_ascii=False) for entry in page]
        yield (before + ",\n".join(lines)).encode()
        before = ",\n"
    yield (b"\n]" if before == ",\n" else b"[]")


def _log_csv(engine: Engine, producer_id: str) -> Iterable[bytes]:
    yield from mapping.csv_lines([], head=mapping.LOG_COLUMNS)
    for page in queries.log_pages(engine, producer_id):
        rows = [list(mapping.log_row(entry).values()) for entry in page]
        yield from mapping.csv_lines(
            [json.dumps(cell, ensure_ascii=False) if isinstance(cell, dict) else cell for cell in row]
            for row in rows
        )
