"""A whole province in one feed: 100,000 products, read back one by one while they are sent.

    OCOP_FEED_PRODUCTS=100000 .venv/bin/python -m pytest -s tests/scale/test_feed_size.py

prints seconds and memory. No time is asserted, only that memory does not grow with the number of products.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from ocop.app import create_app
from ocop.config import Config
from ocop.db.base import Base, today, utcnow
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.media.models import Media
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import BoothState, State
from tests.adapters.feeds import faults, rss_rows

PRODUCTS = int(os.environ.get("OCOP_FEED_PRODUCTS", "100000"))
A_PRODUCER_HAS = 50
COMMUNES = ("15286", "14812")
MOST_GROWTH = 32_000_000  # bytes, for any number of products
_STATM = Path("/proc/self/statm")


def _rows(kind: type[Base], number: int) -> Iterator[dict[str, Any]]:
    """The rows of one table that belong to product `number`."""
    listing, producer = f"l{number:011d}", f"p{number // A_PRODUCER_HAS:011d}"
    if kind is Producer and number % A_PRODUCER_HAS == 0:
        place = COMMUNES[number // A_PRODUCER_HAS % len(COMMUNES)]
        yield {
            "id": producer, "kind": ProducerKind.COOPERATIVE, "name": f"HTX Mẫu số {producer}", "hamlet": "thôn Mẫu 1",
            "commune_code": place, "old_address": "xã Yên Dương, huyện Hà Trung", "version": 1,
        }  # fmt: skip
    elif kind is Listing:
        yield {
            "id": listing, "producer_id": producer, "set_no": 9, "version": 1,
            "name": f"Mắm tép đồng ủ thính gạo rang, mẻ {number}",
            "short_text": "Mắm tép riu đồng trũng, muối với thính gạo rang.",
            "story": "Đồng trũng ven sông nhiều rong, con tép riu ở đó nhỏ mà béo. " * 4,
            "standards": "TCCS 01:2025/MẪU", "ingredients": "Tép riu (65%), muối ăn, thính gạo rang",
            "storage": "Nơi khô, mát, tránh nắng.", "shelf_life_days": 365,
        }  # fmt: skip
    elif kind is Variant:
        for pack in range(1 + number % 2):
            yield {
                "id": f"v{pack}{number:010d}", "listing_id": listing, "position": pack,
                "sku": f"MAU-{number:07d}-{pack}", "version": 1,
                "label": f"Hũ {250 * (pack + 1)} g", "net_content": 250 * (pack + 1), "net_unit": "g",
                "price_vnd": 70_000 * (pack + 1), "packed_weight_g": 520,
            }  # fmt: skip
    elif kind is Media:
        for place in range(2):
            yield {
                "id": f"m{place}{number:010d}", "producer_id": producer, "sha256": f"{number * 2 + place:064x}",
                "width": 1200, "height": 900, "byte_size": 300_000, "public": True,
            }  # fmt: skip
    elif kind is ListingPhoto:
        for place in range(2):
            yield {
                "id": f"f{place}{number:010d}", "listing_id": listing, "media_id": f"m{place}{number:010d}",
                "position": place, "shot": ("front", "back_label")[place],
            }  # fmt: skip
    elif kind is Certificate and number % 3 == 0:
        yield {
            "id": f"c{number:011d}", "producer_id": producer, "listing_id": listing, "kind": CertificateKind.OCOP,
            "number": "MẪU-01/QĐ-UBND", "issued_on": today() - dt.timedelta(days=100), "stars": 3,
            "expires_on": today() + dt.timedelta(days=number % 5 - 1), "version": 1,
        }  # fmt: skip
    elif kind is Publication:
        yield {
            "id": f"b{number:011d}", "listing_id": listing, "channel_id": "kenh00000001",
            "state": State.PAUSED if number % 10 == 0 else State.LIVE, "version": 1,
        }  # fmt: skip


def _fill(engine: Engine, products: int) -> None:
    """Each with one to two packings and two photos, every third with a star; some stars have lapsed."""
    with Session(engine) as session:
        session.execute(
            insert(Channel),
            [{"id": "kenh00000001", "marketplace": "nguon_hang", "name": "Nguồn hàng", "booth": BoothState.OPEN,
              "version": 1, "created_at": utcnow()}],
        )  # fmt: skip
        for start in range(0, products, 5_000):
            numbers = range(start, min(start + 5_000, products))
            for kind in (Producer, Media, Listing, Variant, ListingPhoto, Certificate, Publication):
                session.execute(insert(kind), [row for number in numbers for row in _rows(kind, number)])
        session.commit()


@pytest.fixture
def province(engine: Engine) -> Engine:
    _fill(engine, PRODUCTS)
    return engine


@pytest.fixture
def district(engine: Engine) -> Engine:
    """A tenth of it."""
    _fill(engine, PRODUCTS // 10)
    return engine


class Watched:
    """Bytes on their way through: how many, and the most memory meanwhile over that at the start."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.size, self.most, self.began = pieces, 0, 0, 0

    def __iter__(self) -> Iterator[bytes]:
        for number, piece in enumerate(self.pieces):
            now = int(_STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            if number < 20:  # caches of statements and of places are filled once
                self.began = max(self.began, now)
            self.most = max(self.most, now - self.began)
            self.size += len(piece)
            yield piece


def _expected() -> Iterator[str]:
    return (row["sku"] for number in range(PRODUCTS) for row in _rows(Variant, number))


def test_a_province_streams_in_flat_memory_and_reads_back_as_it_was(config: Config, province: Engine) -> None:
    client = create_app(config, province, testing=True).test_client()
    started = time.process_time()

    answer = client.get("/nguon-hang/tinh.rss", buffered=False)
    stream = Watched(answer.iter_encoded())
    expected, read, other, unfit, starred, out = _expected(), 0, 0, [], 0, 0
    for row in rss_rows(stream):
        read += 1
        other += row["id"] != next(expected, "")
        unfit += faults(row)
        starred += "Hạng OCOP: 3 sao" in row["description"]
        out += row["availability"] == "out_of_stock"
    answer.close()

    print(
        f"\nrss: {read} items of {PRODUCTS} products, {stream.size / 1e6:.0f} MB, "
        f"{time.process_time() - started:.1f} s CPU (reading back included), memory +{stream.most / 1e6:.1f} MB"
    )
    _again(client, answer.headers["ETag"])
    assert (other, next(expected, None)) == (0, None)
    assert unfit == []
    valid = [n for n in range(0, PRODUCTS, 3) if n % 5 != 0]  # expires_on of yesterday for every fifth
    assert starred == sum(1 + number % 2 for number in valid)
    assert out == sum(1 + number % 2 for number in range(0, PRODUCTS, 10))
    assert stream.most < MOST_GROWTH


def _again(client: FlaskClient, tag: str) -> None:
    """Who has it already is told so by three sums."""
    started = time.process_time()

    again = client.get("/nguon-hang/tinh.rss", headers={"If-None-Match": tag})

    print(f"304: {(time.process_time() - started) * 1000:.0f} ms CPU")
    assert (again.status_code, again.data) == (304, b"")


def test_the_csv_of_one_commune_holds_its_share(config: Config, district: Engine) -> None:
    client = create_app(config, district, testing=True).test_client()
    started = time.process_time()

    answer = client.get("/nguon-hang/xa/15286.csv", buffered=False)
    stream = Watched(answer.iter_encoded())
    lines = csv.reader(io.TextIOWrapper(_Raw(stream), encoding="utf-8", newline=""))
    count = sum(1 for _ in lines) - 1
    answer.close()

    print(
        f"\ncsv of a commune: {count} items, {time.process_time() - started:.1f} s CPU, "
        f"memory +{stream.most / 1e6:.1f} MB"
    )
    shown = [n for n in range(PRODUCTS // 10) if n // A_PRODUCER_HAS % len(COMMUNES) == 0]
    assert count == sum(1 + number % 2 for number in shown)
    assert stream.most < MOST_GROWTH


class _Raw(io.RawIOBase):
    """Pieces as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._left = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._left = self._left or next(self._pieces, b"")
        size = min(len(buffer), len(self._left))
        buffer[:size], self._left = self._left[:size], self._left[size:]
        return size
