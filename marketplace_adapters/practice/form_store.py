"""The practice form's own tables, in the practice shop's file: products of one seller account, photos by file name.

Faithful to its model in what it does not do: no code is refused for being there already, and a photo whose name is
taken takes the other one's place.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

SHOWN, HIDDEN, WAITING = "1", "0", "2"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS form_product (
    id INTEGER PRIMARY KEY AUTOINCREMENT, code TEXT NOT NULL, status TEXT NOT NULL, created_at REAL NOT NULL,
    waiting_since REAL, slug TEXT NOT NULL, fields TEXT NOT NULL, images TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS form_image (
    folder TEXT NOT NULL, name TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (folder, name));
"""


class FormStore:
    """`review_seconds` and `clock` as in Store. `handed`: how many photos came in since the start."""

    def __init__(
        self, path: str | Path, *, review_seconds: float | None, clock: Callable[[], float] = time.time
    ) -> None:
        self.review_seconds = review_seconds
        self.clock = clock
        self.handed = 0
        self._lock = RLock()
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None, timeout=10)
        self._db.row_factory = sqlite3.Row
        with self._lock:
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def next_code(self) -> str:
        """SP00001: one above the highest number so far."""
        with self._lock:
            last = self._db.execute("SELECT max(id) AS id FROM form_product").fetchone()["id"] or 0
            return f"SP{last + 1:05}"

    def add(self, code: str, status: str, slug: str, fields: Mapping[str, str], images: Sequence[str]) -> int:
        """Store a new product; its number."""
        with self._lock:
            now = self.clock()
            row = self._db.execute(
                "INSERT INTO form_product (code, status, created_at, waiting_since, slug, fields, images) "
                "VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
                (code, status, now, now, slug, _dump(fields), _dump(list(images))),
            ).fetchone()
            return int(row["id"])

    def change(
        self, product_id: int, code: str, status: str, fields: Mapping[str, str], images: Sequence[str]
    ) -> None:
        """Put new values in; a product that starts to wait waits from now."""
        with self._lock:
            self._db.execute(
                "UPDATE form_product SET waiting_since = CASE WHEN status = ? THEN waiting_since ELSE ? END, "
                "code = ?, status = ?, fields = ?, images = ? WHERE id = ?",
                (status, self.clock(), code, status, _dump(fields), _dump(list(images)), product_id),
            )

    def approve(self, product_id: int) -> None:
        with self._lock:
            self._db.execute(
                "UPDATE form_product SET status = ? WHERE id = ? AND status = ?", (SHOWN, product_id, WAITING)
            )

    def remove(self, product_id: int) -> None:
        with self._lock:
            self._db.execute("DELETE FROM form_product WHERE id = ?", (product_id,))

    def product(self, product_id: int) -> dict[str, Any] | None:
        return next(iter(self._select("WHERE id = ?", product_id)), None)

    def products(self, *, code: str = "", status: str = "") -> list[dict[str, Any]]:
        """Newest first."""
        where = "WHERE (? = '' OR code = ?) AND (? = '' OR status = ?)"
        return self._select(where, code, code, status, status)

    def by_slug(self, slug: str) -> dict[str, Any] | None:
        """The first product with this address; two of one name share it."""
        return next(iter(reversed(self._select("WHERE slug = ?", slug))), None)

    def put_image(self, folder: str, extension: str, content: bytes) -> str:
        """Store a photo under the present second; returns the name. What had that name is gone."""
        with self._lock:
            self.handed += 1
            name = f"{int(self.clock())}.{extension}"
            self._db.execute("INSERT OR REPLACE INTO form_image VALUES (?, ?, ?)", (folder, name, content))
            return name

    def image(self, folder: str, name: str) -> bytes | None:
        with self._lock:
            row = self._db.execute(
                "SELECT content FROM form_image WHERE folder = ? AND name = ?", (folder, name)
            ).fetchone()
            return row["content"] if row else None

    def _select(self, where: str, *values: Any) -> list[dict[str, Any]]:
        with self._lock:
            self._finish_reviews()
            rows = self._db.execute(
                f"SELECT * FROM form_product {where} ORDER BY created_at DESC, id DESC",  # noqa: S608 - ours
                values,
            ).fetchall()
        decoded = ({"fields": json.loads(row["fields"]), "images": json.loads(row["images"])} for row in rows)
        return [{**dict(row), **own} for row, own in zip(rows, decoded, strict=True)]

    def _finish_reviews(self) -> None:
        if self.review_seconds is not None:
            due = self.clock() - self.review_seconds
            self._db.execute(
                "UPDATE form_product SET status = ? WHERE status = ? AND waiting_since <= ?",
                (SHOWN, WAITING, due),
            )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
