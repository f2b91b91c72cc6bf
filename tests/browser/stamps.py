"""Stamp codes of a running town, made with its own keys; and lots and rolls in states the demo commune has not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.models import Grant, User
from ocop.accounts.queries import actor_for
from ocop.batches import services
from ocop.batches.models import Batch, StampRange, StampRoll
from ocop.batches.rules import Step
from ocop.config import Config
from ocop.config import load as load_config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.db.engine import make_engine, open_session
from tests.journeys.running import Town
from traceability.highwater import HighWater
from traceability.serials import StampKey, encode


def _config(town: Town) -> Config:
    return load_config({"OCOP_VAR": str(town.var), "OCOP_PORT": str(town.port)})


@contextmanager
def _database(town: Town) -> Iterator[Session]:
    engine = make_engine(_config(town).database_url)
    with open_session(engine) as session:
        yield session
    engine.dispose()


def _demo_owner(session: Session) -> Actor:
    """Who signs in as 0400 000 001, at work for the producer they own."""
    user = session.scalars(select(User).where(User.phone == "+84400000001")).one()
    grant = session.scalars(select(Grant).where(Grant.user_id == user.id)).one()
    return actor_for(session, user.id, grant.scope_id)


def code_of(town: Town, roll: int, index: int) -> str:
    """The code of one stamp, made with the newest key of this install."""
    kept = secrets.load(_config(town).secrets_dir)
    version = kept.newest_stamp_version
    return encode(StampKey(version, kept.stamp[version]), roll, index)


@dataclass(frozen=True)
class DemoStamp:
    """An activated stamp of the demo commune, and what its page must say."""

    code: str
    product: str
    lot: str


def activated_demo_stamp(town: Town) -> DemoStamp:
    with _database(town) as session:
        wanted = select(StampRange).join(Batch).where(Batch.held_at.is_(None)).order_by(StampRange.roll_id)
        found = session.scalars(wanted).first()
        batch = found.batch
        code = code_of(town, found.roll_id, found.first)
        return DemoStamp(code, batch.variant.listing.name, batch.lot_number)


@dataclass
class RealStamps:
    """Codes by state, of rolls that are not for practice: active, inactive, void, checking, expired, recalled;
    and unknown, of a roll that was never issued."""

    town: Town
    codes: dict[str, str] = field(default_factory=dict)

    def make(self) -> RealStamps:
        with _database(self.town) as session:
            actor = _demo_owner(session)
            batches = session.scalars(select(Batch).where(Batch.producer_id == actor.producer_id))
            usual = next(one for one in batches if not one.held_at and not one.recalled_at)
            self._usual(session, actor, usual)
            self._in_trouble(session, actor, usual)
            session.commit()
        self.codes["unknown"] = code_of(self.town, 900_001, 7)
        return self

    def _usual(self, session: Session, actor: Actor, usual: Batch) -> None:
        today_lot = self._lot(session, actor, usual, today() - dt.timedelta(days=3), 365)
        roll = self._roll(session, actor, today_lot)
        services.activate(session, actor, roll_id=roll, first=1, last=5, batch_id=today_lot.id)
        services.void(session, actor, roll_id=roll, first=5, last=5, reason="rách khi dán")
        for state, index in (("active", 1), ("void", 5), ("inactive", 8)):
            self.codes[state] = code_of(self.town, roll, index)

    def _in_trouble(self, session: Session, actor: Actor, usual: Batch) -> None:
        for state, days_ago in (("checking", 4), ("recalled", 5), ("expired", 400)):
            lot = self._lot(session, actor, usual, today() - dt.timedelta(days=days_ago), 365)
            roll = self._roll(session, actor, lot)
            services.activate(session, actor, roll_id=roll, first=1, last=5, batch_id=lot.id)
            if state == "checking":
                services.hold(session, actor, batch_id=lot.id)
            if state == "recalled":
                services.recall(session, actor, batch_id=lot.id, reason="nắp hũ không kín")
            self.codes[state] = code_of(self.town, roll, 1)

    def _lot(
        self, session: Session, actor: Actor, like: Batch, made_on: dt.date, shelf_life_days: int
    ) -> Batch:
        return services.create_batch(
            session,
            actor,
            variant_id=like.variant_id,
            lot_number=f"MT-{made_on:%y%m%d}-3",
            made_on=made_on,
            expires_on=made_on + dt.timedelta(days=shelf_life_days),
            quantity=120,
            unit="hũ",
        )

    def _roll(self, session: Session, actor: Actor, lot: Batch) -> int:
        config = _config(self.town)
        kept = secrets.load(config.secrets_dir)
        roll = services.issue_roll(
            session,
            actor,
            key_version=kept.newest_stamp_version,
            mark=HighWater(config.mark_file),
            size=10,
            batch_id=lot.id,
            base_url=config.base_url,
            practice=False,
        )
        return roll.id


def working_day(town: Town) -> tuple[str, int]:
    """Work of a normal day for the demo owner: a lot packed yesterday without stamps, and a roll printed but not yet on
    the goods. Gives the new lot's id and that roll's number."""
    with _database(town) as session:
        actor = _demo_owner(session)
        batches = session.scalars(select(Batch).where(Batch.producer_id == actor.producer_id)).all()
        lot = _packed_yesterday(session, actor, batches[0])
        rolls = select(StampRoll).where(StampRoll.producer_id == actor.producer_id)
        waiting = next(one for one in session.scalars(rolls.order_by(StampRoll.id)) if not one.ranges)
        if not waiting.prints:
            sheet = {"first": 1, "last": waiting.size, "layout": "tomy-145"}
            services.record_print(session, actor, roll_id=waiting.id, **sheet)
        session.commit()
        return lot.id, waiting.id


def _packed_yesterday(session: Session, actor: Actor, like: Batch) -> Batch:
    made_on = today() - dt.timedelta(days=1)
    lot = services.create_batch(
        session,
        actor,
        variant_id=like.variant_id,
        lot_number=f"MT-{made_on:%y%m%d}-2",
        made_on=made_on,
        expires_on=made_on + dt.timedelta(days=365),
        quantity=120,
        unit="hũ",
    )
    diary = (
        (Step.PRODUCTION, 80, "Ủ 40 chum, đảo ba lần"),
        (Step.PACKING, 0, "Chiết ra hũ, vặn nắp, lau khô"),
    )
    for step, days, text in diary:
        services.add_event(
            session,
            actor,
            batch_id=lot.id,
            step=step,
            happened_on=made_on - dt.timedelta(days=days),
            place="thôn Mẫu 1",
            text=text,
            recorded_by="Chủ HTX mẫu",
        )
    return lot
