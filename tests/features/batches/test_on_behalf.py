"""Stamps for somebody else: for a lot, for the packs it has, and not one more."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.queries import actor_for
from ocop.batches import services
from ocop.batches.models import Batch, StampRoll
from ocop.config import Config
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from tests.browser_client import Browser
from tests.factories import a_delegation, a_listing, an_officer, an_owner
from traceability.highwater import HighWater


@pytest.fixture
def helped(session: Session) -> tuple[Batch, Actor, Actor, str]:
    """A lot of 40 packs; its owner, a helper who may print stamps, and that person's user id."""
    _user, producer, owner = an_owner(session)
    listing = a_listing(session, producer)
    user, _looking = an_officer(session)
    a_delegation(session, producer)
    helper = actor_for(session, user.id, producer.id)
    lot = services.create_batch(
        session, owner, variant_id=listing.variants[0].id, lot_number="MT-1", made_on=today(), expires_on=None,
        quantity=40, unit="hũ",
    )  # fmt: skip
    session.commit()
    return lot, owner, helper, user.id


def _issue(session: Session, config: Config, actor: Actor, size: int, **target: str) -> StampRoll:
    return services.issue_roll(
        session, actor, key_version="A", mark=HighWater(config.mark_file), size=size,
        base_url="https://tem.example", practice=True, **target,
    )  # fmt: skip


def _edit(session: Session, actor: Actor, lot: Batch, quantity: int) -> Batch:
    return services.edit_batch(
        session, actor, batch_id=lot.id, version=lot.version, lot_number=lot.lot_number, made_on=lot.made_on,
        expires_on=None, quantity=quantity, unit="hũ",
    )  # fmt: skip


def test_a_helper_takes_no_blank_roll_and_none_for_a_kind_of_pack(
    helped: tuple[Batch, Actor, Actor, str], session: Session, config: Config
) -> None:
    lot, owner, helper, _id = helped

    for target in ({}, {"variant_id": lot.variant_id}):
        with pytest.raises(Refused, match="stamps_need_lot"):
            _issue(session, config, helper, 5, **target)

    assert _issue(session, config, owner, 5).for_batch_id is None


def test_a_helper_takes_numbers_for_a_lot_up_to_its_packs(
    helped: tuple[Batch, Actor, Actor, str], session: Session, config: Config
) -> None:
    lot, _owner, helper, _id = helped
    _issue(session, config, helper, 40, batch_id=lot.id)

    with pytest.raises(Refused, match="lot_fully_stamped"):
        _issue(session, config, helper, 1, batch_id=lot.id)


def test_a_helper_does_not_make_room_for_more_stamps_by_raising_the_packs(
    helped: tuple[Batch, Actor, Actor, str], session: Session, config: Config
) -> None:
    lot, owner, helper, _id = helped
    _edit(session, helper, lot, 41)
    _issue(session, config, helper, 10, batch_id=lot.id)

    with pytest.raises(Refused, match="more_packs_on_behalf"):
        _edit(session, helper, lot, 42)

    assert _edit(session, helper, lot, 30).quantity == 30
    assert _edit(session, owner, lot, 60).quantity == 60


def test_the_page_offers_a_helper_lots_only(
    helped: tuple[Batch, Actor, Actor, str], session: Session, app: Flask, engine: Engine
) -> None:
    lot, _owner, helper, user_id = helped
    user = session.get_one(User, user_id)
    session.commit()
    browser = Browser(app, engine).sign_in(user, helper.producer_id)

    page = browser.open("/tem/lay-so")
    answer = browser.post("/tem/lay-so", {"target": "blank:", "size": "5"})

    offered = [str(one["value"]) for one in page.html.select("[name=target] option, input[name=target]")]
    assert offered == [f"lot:{lot.id}"]
    assert answer.status_code == 422
    with open_session(engine, read_only=True) as reading:
        assert reading.scalars(select(StampRoll)).all() == []


def test_two_who_edit_one_lot_see_both_versions(
    helped: tuple[Batch, Actor, Actor, str], session: Session, app: Flask, engine: Engine
) -> None:
    lot, owner, helper, user_id = helped
    user = session.get_one(User, user_id)
    session.commit()
    browser = Browser(app, engine).sign_in(user, helper.producer_id)
    form = browser.open(f"/lo/{lot.id}/sua").form(button="Lưu lô").fill(quantity="35", note="đếm lại")
    _edit(session, owner, lot, 38)
    session.commit()

    page = form.submit("Lưu lô", status=409)
    saved = page.form(button="Lưu các mục đã chọn").submit()

    assert "38" in page.text
    assert "35" in page.text
    assert saved.path == f"/lo/{lot.id}"
    with open_session(engine, read_only=True) as reading:
        found = reading.get_one(Batch, lot.id)
        assert (found.quantity, found.note) == (35, "đếm lại")
