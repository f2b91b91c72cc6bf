"""People and stamps of a running town: a browser over real HTTP, and a shop in the town's own database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import requests
from bs4 import BeautifulSoup
from sqlalchemy import Engine, select

from ocop.accounts.models import User
from ocop.accounts.rules import shown_phone
from ocop.accounts.services.passwords import hashed
from ocop.app import create_app
from ocop.batches.models import Batch, Scan, StampRoll
from ocop.config import Config
from ocop.config import load as load_config
from ocop.db.base import today, utcnow
from ocop.db.engine import make_engine, open_session
from ocop.producers.models import Producer
from tests.features.batches.stamping import Shop, a_shop, confirm_host
from traceability.serials import codes_for_range

HOTLINE, HELP = "0237 355 5123", "0237 000 000"
PASSWORD = "matkhautap2026"


@dataclass
class Said:
    """One page as a person reads it."""

    response: requests.Response
    html: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        self.html = BeautifulSoup(self.response.content, "html5lib")

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def heading(self) -> str:
        return _folded(self.html.h1.get_text(" ")) if self.html.h1 else ""

    @property
    def paragraphs(self) -> list[str]:
        return [_folded(p.get_text(" ")) for p in self.html.select("main p")]

    @property
    def text(self) -> str:
        return _folded(self.html.get_text(" "))


def _folded(text: str) -> str:
    return " ".join(text.split())


class Visitor:
    """A browser with cookies. ``seen_from``: the address a trusted proxy reports."""

    def __init__(self, url: str, seen_from: str = "198.51.100.1") -> None:
        self.url, self.http = url, requests.Session()
        self.http.headers["X-Forwarded-For"] = seen_from

    def open(self, path: str, **kw: object) -> Said:
        return Said(self.http.get(self.url + path, timeout=60, **kw))

    def send(self, page: Said, action: str, **values: object) -> Said:
        """Fill the page's form whose action holds ``action``, with what it already holds, and send it."""
        form = next(f for f in page.html.select("main form[method=post]") if action in str(f.get("action")))
        held = {i["name"]: i.get("value", "") for i in form.select("input[name]") if _counts(i)}
        target = str(form.get("action")) or page.response.request.path_url
        return Said(self.http.post(self.url + target, data={**held, **values}, timeout=60))

    def sign_in(self, phone: str, password: str) -> Visitor:
        self.send(self.open("/dang-nhap"), "", phone=phone, password=password)
        assert "ocop" in self.http.cookies
        return self


def _counts(control: object) -> bool:
    return control.get("type") not in ("checkbox", "radio") or control.has_attr("checked")


@dataclass
class Stall:
    """A shop whose rows lie in the database of a town, and an owner who can sign in there."""

    config: Config
    shop: Shop

    @property
    def engine(self) -> Engine:
        return self.shop.engine

    def owner(self, url: str) -> Visitor:
        return Visitor(url).sign_in(shown_phone(self.shop.user.phone), PASSWORD)

    def with_lot(self, quantity: int = 10, **lot: object) -> Shop:
        """The same shop at work on a new lot."""
        with open_session(self.engine, read_only=True) as session:
            number = f"LO-{len(session.scalars(select(Batch.id)).all()) + 1}"
        return replace(self.shop, batch_id=self.shop.lot(number, quantity, **lot).id)

    def codes(self, roll: StampRoll | int) -> list[str]:
        """Every code of a roll in order."""
        with open_session(self.engine, read_only=True) as session:
            one = session.get_one(StampRoll, roll if isinstance(roll, int) else roll.id)
        return list(codes_for_range(self.shop.key, one.id, 1, one.size))

    def rolls(self) -> list[int]:
        with open_session(self.engine, read_only=True) as session:
            return list(session.scalars(select(StampRoll.id).order_by(StampRoll.id)))

    def scans(self) -> list[tuple[int, int]]:
        with open_session(self.engine, read_only=True) as session:
            return [(roll, index) for roll, index in session.execute(select(Scan.roll_id, Scan.index))]


@contextmanager
def a_stall(var: object, *, real: bool = True) -> Iterator[Stall]:
    """In the prepared database under ``var``. ``real``: a stamp host is confirmed, so stamps are no practice."""
    config = load_config({"OCOP_VAR": str(var), "OCOP_DEMO": "0"})
    engine = make_engine(config.database_url)
    with open_session(engine) as session:
        shop = a_shop(session, engine, config, create_app(config, engine), quantity=1_000)
        if real:
            confirm_host(session)
    shop.change(User, shop.user.id, password_hash=hashed(PASSWORD))
    shop.change(Producer, shop.producer.id, hotline=HOTLINE, hotline_consent_at=utcnow())
    yield Stall(config, shop)
    engine.dispose()


def written(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"


YESTERDAY, TODAY = today() - dt.timedelta(days=1), today()
