"""The practice shop's own SQLite file: products as JSON documents, photos as bytes.

One connection behind one lock: it is a shop for a class-room, and a single writer cannot lock itself out.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import RLock
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS product (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT NOT NULL, status TEXT NOT NULL,
    created_at REAL NOT NULL, modified_at REAL NOT NULL, pending_since REAL, fields TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS product_sku ON product (sku);
CREATE TABLE IF NOT EXISTS media (
    id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL, mime TEXT NOT NULL,
    created_at REAL NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS webhook (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, delivery_url TEXT NOT NULL,
    secret TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'active');
"""


class Store:
    """`review_seconds` None: a product waits until somebody presses the button. `clock` gives Unix seconds."""

    def __init__(
        self,
        path: str | Path,
        *,
        review_seconds: float | None,
        clock: Callable[[], float] = time.time,
        slug: Callable[[str], str] | None = None,
    ) -> None:
        self.review_seconds = review_seconds
        self._slug = slug or slugify
        self.clock = clock
        self._lock = RLock()
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        with self._lock:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def add_product(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Store a new product; it takes any SKU, even one already there."""
        with self._lock:
            now = self.clock()
            row = self._db.execute(
                "INSERT INTO product (sku, status, created_at, modified_at, pending_since, fields) "
                "VALUES (?, ?, ?, ?, ?, ?) RETURNING id",
                (fields["sku"], fields["status"], now, now, now, _dump(fields)),
            ).fetchone()
            return self.product(row["id"]) or {}

    def change_product(self, product_id: int, changes: Mapping[str, Any]) -> dict[str, Any] | None:
        """Merge changes in; None when there is no such product."""
        with self._lock:
            before = self.product(product_id)
            if before is None:
                return None
            fields = {**before, **changes}
            turned_pending = fields["status"] == "pending" and before["status"] != "pending"
            self._db.execute(
                "UPDATE product SET sku = ?, status = ?, modified_at = ?, fields = ?, "
                "pending_since = CASE WHEN ? THEN ? ELSE pending_since END WHERE id = ?",
                (
                    fields["sku"],
                    fields["status"],
                    self.clock(),
                    _dump(fields),
                    turned_pending,
                    self.clock(),
                    product_id,
                ),
            )
            return self.product(product_id)

    def remove_product(self, product_id: int) -> None:
        with self._lock:
            self._db.execute("DELETE FROM product WHERE id = ?", (product_id,))

    def product(self, product_id: int) -> dict[str, Any] | None:
        with self._lock:
            self._finish_reviews()
            row = self._db.execute("SELECT * FROM product WHERE id = ?", (product_id,)).fetchone()
            return self._product(row) if row else None

    def products(
        self,
        *,
        sku: str = "",
        status: str = "",
        slug: str = "",
        search: str = "",
        limit: int = 100,
        offset: int = 0,
    ) -> tuple[list[dict[str, Any]], int]:
        """A page of products, newest first, and how many there are. Trash only when asked for by status.

        `sku`: one, or several with commas between. `search`: a part of the name, with tone marks or without.
        """
        skus = json.dumps(sku.split(","))
        with self._lock:
            self._finish_reviews()
            rows = self._db.execute(
                "SELECT * FROM product WHERE (? = '' OR sku IN (SELECT value FROM json_each(?))) AND "
                "(status = ? OR (? IN ('', 'any') AND status != 'trash')) ORDER BY created_at DESC, id DESC",
                (sku, skus, status, status),
            ).fetchall()
        found = [self._product(row) for row in rows]
        found = [
            one
            for one in found
            if (not slug or one["slug"] == slug) and _plain(search) in _plain(one["name"])
        ]
        return found[offset : offset + limit], len(found)

    def add_media(self, stem: str, mime: str, content: bytes) -> dict[str, Any]:
        with self._lock:
            taken = self._db.execute(
                "SELECT count(*) FROM media WHERE slug = ? OR slug LIKE ?", (stem, f"{stem}-_%")
            )
            times = taken.fetchone()[0]
            slug = f"{stem}-{times}" if times else stem
            row = self._db.execute(
                "INSERT INTO media (slug, mime, created_at, content) VALUES (?, ?, ?, ?) RETURNING id, slug, mime",
                (slug, mime, self.clock(), content),
            ).fetchone()
            return dict(row)

    def media_entry(self, media_id: int) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT id, slug, mime FROM media WHERE id = ?", (media_id,)).fetchone()
            return dict(row) if row else None

    def media_content(self, media_id: int) -> tuple[str, bytes] | None:
        with self._lock:
            row = self._db.execute("SELECT mime, content FROM media WHERE id = ?", (media_id,)).fetchone()
            return (row["mime"], row["content"]) if row else None

    def media(self, search: str = "") -> list[dict[str, Any]]:
        with self._lock:
            rows = self._db.execute(
                "SELECT id, slug, mime FROM media WHERE instr(slug, ?) ORDER BY id DESC", (search,)
            ).fetchall()
            return [dict(row) for row in rows]

    def remove_media(self, media_id: int) -> None:
        with self._lock:
            self._db.execute("DELETE FROM media WHERE id = ?", (media_id,))

    def add_webhook(self, topic: str, delivery_url: str, secret: str) -> dict[str, Any]:
        with self._lock:
            row = self._db.execute(
                "INSERT INTO webhook (topic, delivery_url, secret) VALUES (?, ?, ?) RETURNING *",
                (topic, delivery_url, secret),
            ).fetchone()
            return dict(row)

    def change_webhook(self, hook_id: int, changes: Mapping[str, str]) -> dict[str, Any] | None:
        """Merge changes in; None when there is no such webhook."""
        with self._lock:
            for name in ("status", "secret", "delivery_url"):
                if name in changes:
                    self._db.execute(
                        f"UPDATE webhook SET {name} = ? WHERE id = ?",  # noqa: S608 - one of three literals
                        (changes[name], hook_id),
                    )
            return next((hook for hook in self.webhooks() if hook["id"] == hook_id), None)

    def webhooks(self) -> list[dict[str, Any]]:
        with self._lock:
            return [dict(row) for row in self._db.execute("SELECT * FROM webhook ORDER BY id")]

    def _product(self, row: sqlite3.Row) -> dict[str, Any]:
        fields = json.loads(row["fields"])
        stored = {name: row[name] for name in ("id", "sku", "status", "created_at", "modified_at")}
        return {**fields, **stored, "slug": f"{row['id']}-{self._slug(fields['name'])}"}

    def _finish_reviews(self) -> None:
        """The reviewer who never sleeps: reading after the waiting time finds the product on sale."""
        if self.review_seconds is None:
            return
        due = self.clock() - self.review_seconds
        self._db.execute(
            "UPDATE product SET status = 'publish' WHERE status = 'pending' AND pending_since <= ?", (due,)
        )


def slugify(text: str) -> str:
    """Vietnamese text as an address part: no tone marks, đ is d."""
    return re.sub(r"[^a-z0-9]+", "-", _plain(text)).strip("-")[:80] or "san-pham"


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(mark for mark in apart if not unicodedata.combining(mark)).lower()


def _dump(fields: Mapping[str, Any]) -> str:
    own = {
        key: value for key, value in fields.items() if key not in ("id", "slug", "created_at", "modified_at")
    }
    return json.dumps(own, ensure_ascii=False)
