"""The database of yesterday comes back: today's rolls are lost, their numbers are not."""

from __future__ import annotations

from sqlalchemy import delete, select

from ocop.batches.models import StampRoll
from ocop.db.engine import open_session
from tests.browser_client import Browser
from tests.features.batches.stamping import Shop


def _yesterday(shop: Shop, roll: StampRoll) -> None:
    """What restoring a backup does to a roll issued after it, while the mark stays where it was."""
    with open_session(shop.engine) as session:
        session.execute(delete(StampRoll).where(StampRoll.id == roll.id))
        session.commit()


def test_no_code_is_ever_given_twice(shop: Shop) -> None:
    kept, lost = shop.roll(50), shop.roll(50)
    _yesterday(shop, lost)

    anew = shop.roll(50)
    codes = [shop.code(roll, index) for roll in (kept, lost, anew) for index in range(1, 51)]

    assert len(set(codes)) == 150


def test_stamps_of_the_lost_roll_are_said_to_be_restored(shop: Shop, browser: Browser) -> None:
    lost = shop.roll(5)
    _yesterday(shop, lost)

    page = browser.open(f"/t/{shop.code(lost, 5)}")

    assert page.heading == "Hệ thống đang khôi phục hồ sơ của tem này"
    assert "Chưa kết luận gì về hàng." in page.text


def test_the_roll_issued_after_the_restore_works_as_ever(shop: Shop, browser: Browser) -> None:
    _yesterday(shop, shop.roll(5))
    anew = shop.roll(5)

    shop.activate(anew)

    assert browser.open(f"/t/{shop.code(anew)}").heading == "Tem có trong hệ thống, đã kích hoạt"


def test_a_web_process_that_saw_the_lost_roll_does_not_remember_it_over_the_database(
    shop: Shop, browser: Browser
) -> None:
    lost = shop.roll(5)
    browser.open(f"/t/{shop.code(lost)}")

    _yesterday(shop, lost)
    page = browser.open(f"/t/{shop.code(lost)}")

    assert page.heading == "Hệ thống đang khôi phục hồ sơ của tem này"
    with open_session(shop.engine, read_only=True) as session:
        assert session.scalars(select(StampRoll)).all() == []
