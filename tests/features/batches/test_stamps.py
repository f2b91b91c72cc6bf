"""Rolls: numbers that are never given twice, balance of a lot, ranges, cancelled stamps."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.batches import queries, services
from ocop.batches.models import StampRange, StampRoll, StampVoid
from ocop.batches.rules import Balance
from ocop.db.actor import Actor, NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from tests.factories import a_listing, an_owner
from tests.features.batches.stamping import Shop
from traceability.highwater import MarkMissing


def _balance(session: Session, shop: Shop, *, practice: bool = False) -> Balance:
    session.rollback()
    return queries.balance(session, queries.batch(session, shop.actor, shop.batch_id), practice=practice)


def test_a_roll_takes_its_number_from_the_mark_and_moves_it(shop: Shop) -> None:
    shop.mark.raise_to(41)

    rolls = [shop.roll(1), shop.roll(1)]

    assert [roll.id for roll in rolls] == [42, 43]
    assert shop.mark.read() == 43


def test_a_number_whose_transaction_failed_is_never_given_again(shop: Shop, engine: Engine) -> None:
    with open_session(engine) as session:
        lost = services.issue_roll(
            session,
            shop.actor,
            key_version=shop.key.version,
            mark=shop.mark,
            size=1,
            base_url="https://tem.example.vn",
            practice=False,
        ).id
        session.rollback()

    assert shop.roll(1).id == lost + 1


def test_the_mark_is_on_disk_before_the_row_is(shop: Shop, engine: Engine) -> None:
    with open_session(engine) as session:
        roll = services.issue_roll(
            session,
            shop.actor,
            key_version=shop.key.version,
            mark=shop.mark,
            size=1,
            base_url="https://tem.example.vn",
            practice=False,
        )
        mark_before_commit = shop.mark.read()
        session.rollback()

    assert mark_before_commit == roll.id


@pytest.mark.parametrize(
    ("content", "code"), [(None, "mark_missing"), (b"7", "mark_broken"), (b"", "mark_broken")]
)
def test_issuing_stops_when_the_mark_is_gone_or_garbled(shop: Shop, content: bytes | None, code: str) -> None:
    shop.mark.path.unlink()
    if content is not None:
        shop.mark.path.write_bytes(content)

    with pytest.raises(Refused) as refusal:
        shop.roll(1)

    assert refusal.value.code == code


def test_issuing_stops_when_the_database_knows_more_rolls_than_the_mark(shop: Shop) -> None:
    shop.roll(1)
    shop.mark.path.unlink()
    shop.mark.create(0)

    with pytest.raises(Refused, match="mark_behind"):
        shop.roll(1)


def test_a_mark_that_was_taken_away_is_not_made_anew(shop: Shop) -> None:
    shop.mark.path.unlink()

    with pytest.raises(Refused):
        shop.roll(1)

    with pytest.raises(MarkMissing):
        shop.mark.read()


def test_no_more_numbers_than_the_lot_has_packs(session: Session, shop: Shop) -> None:
    shop.roll(280)

    with pytest.raises(Refused) as refusal:
        shop.roll(500)

    assert refusal.value.code == "more_than_lot"
    assert refusal.value.params == {"left": 120, "asked": 500, "unit": "gói"}
    assert _balance(session, shop).to_issue == 120


def test_numbers_not_given_because_of_the_balance_do_not_move_the_mark(shop: Shop) -> None:
    shop.roll(400)

    with pytest.raises(Refused, match="lot_fully_stamped"):
        shop.roll(1)

    assert shop.mark.read() == 1


def test_practice_stamps_do_not_use_up_the_real_ones(session: Session, shop: Shop) -> None:
    shop.activate(shop.roll(400, practice=True))

    assert _balance(session, shop, practice=True) == Balance(400, active=400)
    assert _balance(session, shop) == Balance(400)


def test_a_cancelled_stamp_leaves_room_for_another(session: Session, shop: Shop) -> None:
    roll = shop.roll(400)
    shop.activate(roll, 1, 100)

    shop.void(roll, 95, 110)

    assert _balance(session, shop) == Balance(400, active=94, reserved=290)
    assert _balance(session, shop).to_issue == 16


@pytest.mark.parametrize(("first", "last"), [(1, 1), (5, 10), (10, 11), (3, 4), (1, 20), (10, 10)])
def test_a_stamp_is_never_activated_twice(shop: Shop, first: int, last: int) -> None:
    roll = shop.roll(20)
    shop.activate(roll, 1, 10)

    with pytest.raises(Refused) as refusal:
        shop.activate(roll, first, last)

    assert refusal.value.code == "range_taken"
    assert refusal.value.params == {"first": 1, "last": 10, "lot": "MT-1"}


def test_the_next_stamp_after_a_range_can_be_activated(shop: Shop) -> None:
    roll = shop.roll(20)
    shop.activate(roll, 1, 10)

    activated = shop.activate(roll, 11, 20)

    assert (activated.first, activated.last) == (11, 20)


@pytest.mark.parametrize(("first", "last"), [(0, 5), (5, 4), (1, 21), (21, 21)])
def test_only_stamps_of_the_roll_can_be_activated_or_cancelled(shop: Shop, first: int, last: int) -> None:
    roll = shop.roll(20)

    for act in (shop.activate, shop.void):
        with pytest.raises(Refused, match="outside_roll"):
            act(roll, first, last)


def test_a_roll_printed_for_one_lot_goes_on_no_other(shop: Shop) -> None:
    roll, other = shop.roll(), shop.lot()

    with pytest.raises(Refused, match="roll_of_other_lot"):
        shop.activate(roll, batch_id=other.id)


def test_a_roll_printed_for_one_pack_goes_on_no_other_goods(session: Session, shop: Shop) -> None:
    other = a_listing(session, session.merge(shop.producer), name="Bánh gai")
    session.commit()
    lot = shop.lot("BG-1", variant_id=other.variants[0].id)
    roll = shop.roll(batch_id=None, variant_id=shop.listing.variants[0].id)

    with pytest.raises(Refused, match="roll_of_other_goods"):
        shop.activate(roll, batch_id=lot.id)


def test_a_blank_roll_goes_on_any_lots(shop: Shop) -> None:
    roll, other = shop.roll(20, batch_id=None), shop.lot()

    shop.activate(roll, 1, 10)
    shop.activate(roll, 11, 20, other.id)

    with open_session(shop.engine) as session:
        bound = [one.batch_id for one in queries.roll(session, shop.actor, roll.id).ranges]
    assert bound == [shop.batch_id, other.id]


def test_a_recalled_lot_gets_no_more_stamps(shop: Shop) -> None:
    roll = shop.roll()
    shop.do(services.recall, batch_id=shop.batch_id, reason="nắp phồng")

    with pytest.raises(Refused, match="lot_recalled"):
        shop.activate(roll)


def test_cancelling_again_changes_only_what_was_not_cancelled(session: Session, shop: Shop) -> None:
    roll = shop.roll(20)
    shop.void(roll, 5, 6)

    added = shop.void(roll, 4, 8)

    assert [(one.first, one.last) for one in added] == [(4, 4), (7, 8)]
    with pytest.raises(Refused, match="void_already"):
        shop.void(roll, 4, 8)


def test_twenty_phones_at_once_never_activate_more_than_the_lot_has(
    session: Session, shop: Shop, engine: Engine
) -> None:
    lot = shop.lot("MT-P", quantity=100)
    roll = shop.roll(400, batch_id=None)
    outcome: Counter[str] = Counter()

    def activate(start: int) -> None:
        try:
            shop.activate(roll, start, start + 9, lot.id)
            outcome["done"] += 1
        except Refused as refusal:
            outcome[refusal.code] += 1

    threads = [threading.Thread(target=activate, args=(1 + 10 * i,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bound = session.scalar(
        select(func.sum(StampRange.last - StampRange.first + 1)).where(StampRange.batch_id == lot.id)
    )

    assert outcome == {"done": 10, "more_active_than_lot": 10}
    assert bound == 100


def test_twenty_phones_at_once_never_take_more_numbers_than_the_lot_has_nor_one_twice(
    session: Session, shop: Shop
) -> None:
    lot = shop.lot("MT-N", quantity=50)
    given: list[int] = []
    refused: Counter[str] = Counter()

    def issue() -> None:
        try:
            given.append(shop.roll(10, batch_id=lot.id).id)
        except Refused as refusal:
            refused[refusal.code] += 1

    threads = [threading.Thread(target=issue) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    printed = session.scalar(select(func.sum(StampRoll.size)).where(StampRoll.for_batch_id == lot.id))

    assert (len(given), len(set(given)), printed) == (5, 5, 50)
    assert refused == {"lot_fully_stamped": 15}


def test_another_producer_s_roll_and_lot_are_not_found(session: Session, shop: Shop) -> None:
    roll = shop.roll()
    _, _, stranger = an_owner(session)

    for service, values in (
        (services.activate, {"roll_id": roll.id, "first": 1, "last": 1, "batch_id": shop.batch_id}),
        (services.void, {"roll_id": roll.id, "first": 1, "last": 1, "reason": "Mất"}),
        (services.record_print, {"roll_id": roll.id, "first": 1, "last": 1, "layout": "tomy-145"}),
        (services.hold, {"batch_id": shop.batch_id}),
        (services.recall, {"batch_id": shop.batch_id, "reason": "x"}),
    ):
        with pytest.raises(NotFound):
            service(session, stranger, **values)


def test_a_code_of_another_producer_activates_nothing(session: Session, shop: Shop) -> None:
    code = shop.code(shop.roll())
    _, _, stranger = an_owner(session)

    with pytest.raises(Refused, match="stamp_not_ours"):
        services.find_stamps(session, stranger, keys={shop.key.version: shop.key}, first=code, last=code)


def test_a_volunteer_may_stop_a_sale_but_not_recall_or_activate(shop: Shop, session: Session) -> None:
    volunteer = Actor(
        "u", "Tình nguyện viên", shop.producer.id, frozenset({"producer.view", "batch.edit"}), True
    )

    services.hold(session, volunteer, batch_id=shop.batch_id)

    for service, values in (
        (services.unhold, {}),
        (services.recall, {"reason": "x"}),
        (services.close_recall, {}),
    ):
        with pytest.raises(NotAllowed):
            service(session, volunteer, batch_id=shop.batch_id, **values)


def test_every_act_on_stamps_leaves_an_audit_entry(session: Session, shop: Shop) -> None:
    roll = shop.roll()
    shop.activate(roll, 1, 5)
    shop.void(roll, 1)

    actions = set(session.scalars(select(AuditEntry.action)))

    assert {"issue.stamp_roll", "activate.stamps", "void.stamps", "create.batch"} <= actions
    assert session.scalar(select(func.count(StampVoid.id))) == 1
