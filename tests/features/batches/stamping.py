"""A producer with a lot, and rolls of stamps for it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.batches import services
from ocop.batches.models import Batch, StampRoll
from ocop.config import Config
from ocop.db import install
from ocop.db.actor import Actor
from ocop.db.base import today, utcnow
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from tests.factories import a_listing, an_owner
from traceability.highwater import HighWater
from traceability.serials import StampKey, encode

BASE_URL = "https://tem.example.vn"


@dataclass
class Shop:
    """Ids and keys of one producer's lot; every act is a transaction of its own."""

    engine: Engine
    mark: HighWater
    key: StampKey
    user: User
    producer: Producer
    actor: Actor
    listing: Listing
    batch_id: str

    def do(self, service: Any, **values: Any) -> Any:
        with open_session(self.engine) as session:
            done = service(session, self.actor, **values)
            session.commit()
            return done

    def roll(self, size: int = 10, *, practice: bool = False, **values: Any) -> StampRoll:
        values = {"batch_id": self.batch_id, **values}
        return self.do(
            services.issue_roll,
            key_version=self.key.version,
            mark=self.mark,
            size=size,
            base_url=BASE_URL,
            practice=practice,
            **values,
        )

    def activate(self, roll: StampRoll, first: int = 1, last: int | None = None, batch_id: str = "") -> Any:
        return self.do(
            services.activate,
            roll_id=roll.id,
            first=first,
            last=last or roll.size,
            batch_id=batch_id or self.batch_id,
        )

    def void(self, roll: StampRoll, first: int, last: int | None = None) -> Any:
        return self.do(services.void, roll_id=roll.id, first=first, last=last or first, reason="Rách, mờ")

    def lot(self, lot_number: str = "MT-2", quantity: int = 10, **values: Any) -> Batch:
        values = {
            "variant_id": self.listing.variants[0].id,
            "made_on": today(),
            "expires_on": today() + dt.timedelta(days=300),
            **values,
        }
        return self.do(services.create_batch, lot_number=lot_number, quantity=quantity, **values)

    def change(self, model: type, key: Any, **values: Any) -> None:
        with open_session(self.engine) as session:
            thing = session.get_one(model, key)
            for name, value in values.items():
                setattr(thing, name, value)
            session.commit()

    def code(self, roll: StampRoll | int, index: int = 1) -> str:
        return encode(self.key, roll if isinstance(roll, int) else roll.id, index)


def a_shop(
    session: Session, engine: Engine, config: Config, app: Flask, *, quantity: int = 400, **listing: Any
) -> Shop:
    """An owner of a producer with one listing and one lot of ``quantity`` packs."""
    user, producer, actor = an_owner(session, name="HTX Mắm tép Đồng Trũng (mẫu)")
    product = a_listing(session, producer, **listing)
    session.commit()
    version, secret = next(iter(app.extensions["ocop.secrets"].stamp.items()))
    shop = Shop(
        engine,
        HighWater(config.mark_file),
        StampKey(version, secret),
        user,
        producer,
        actor,
        product,
        batch_id="",
    )
    shop.batch_id = shop.lot("MT-1", quantity=quantity).id
    return shop


def confirm_host(session: Session, base_url: str = BASE_URL) -> None:
    row = install.get(session)
    row.stamp_base_url, row.stamp_base_url_confirmed_at = base_url, utcnow()
    session.commit()
