"""Tạm hết hàng, Hết vụ, Bán lại: one tap, every place."""

from __future__ import annotations

import pytest

from marketplace_adapters.types import Capability
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter
from ocop.accounts.models import User
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.errors import Refused
from ocop.publishing import queries, services
from ocop.publishing.rules import State
from tests.factories import an_owner
from tests.features.publishing.conftest import approve

PAGE = "https://nongsanantoanthanhhoa.vn/san-pham/mam-tep"


@pytest.fixture
def live(seller, channels, shop, worker):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()
    return post


def pause(session, seller, kind="sold_out"):
    services.request_pause(session, seller.actor, listing_id=seller.listing.id, kind=kind)
    session.commit()


def resume(session, seller):
    services.request_resume(session, seller.actor, listing_id=seller.listing.id)
    session.commit()


def stock(shop) -> tuple[object, str]:
    product = shop.store.product(1)
    return product["stock_quantity"], product["status"]


@pytest.mark.parametrize("kind, words", [("sold_out", "Tạm hết hàng"), ("season_over", "Hết vụ")])
def test_one_tap_takes_the_stock_away_and_another_brings_it_back(
    kind, words, session, seller, live, shop, worker, ledger
):
    pause(session, seller, kind)
    worker.run()
    paused, there = ledger.post(live), stock(shop)

    resume(session, seller)
    worker.run()

    again = ledger.post(live)
    assert (paused.state, queries.shown(paused).words, there) == (State.PAUSED, words, (0, "publish"))
    assert (again.state, again.pause, stock(shop)) == (State.LIVE, "", (180, "publish"))
    assert ledger.outcomes(live)[-2:] == ["paused", "live"]


def test_a_paused_post_is_looked_at_and_stays_paused(session, seller, live, worker, ledger):
    pause(session, seller)

    worker.run().later(minutes=3).run()

    assert (ledger.post(live).state, ledger.post(live).wanted) == (State.PAUSED, "look")


def test_a_new_version_sent_while_paused_stays_paused(session, seller, live, shop, worker, ledger):
    pause(session, seller)
    worker.run()
    seller.listing.variants[0].price_vnd = 75_000
    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()

    worker.run()

    assert shop.store.product(1)["regular_price"] == "75000"
    assert (ledger.post(live).state, stock(shop)[0]) == (State.PAUSED, 0)


def test_where_stock_is_not_counted_the_post_is_taken_down_for_the_time_being(
    monkeypatch, session, seller, live, shop, worker, ledger
):
    without = WooCommerceAdapter.capabilities - {Capability.SET_STOCK}
    monkeypatch.setattr(WooCommerceAdapter, "capabilities", without)
    pause(session, seller)
    worker.run()
    paused, there = ledger.post(live).state, stock(shop)[1]

    resume(session, seller)
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()

    assert (paused, there) == (State.PAUSED, "draft")
    assert (ledger.post(live).state, stock(shop)[1]) == (State.LIVE, "publish")


def test_a_tap_while_a_new_version_is_on_its_way_is_not_lost(session, seller, live, shop, worker, ledger):
    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()
    shop.faults.add("reset_before", "PUT", "/wc/v3/products")
    worker.once()  # failed, to be tried again by itself
    pause(session, seller)

    worker.later(minutes=5).run()

    assert (ledger.post(live).state, stock(shop)[0]) == (State.PAUSED, 0)


@pytest.fixture
def posted(session, seller, channels, worker):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    services.record_answer(session, seller.actor, publication_id=post.id, answer="posted_no_link")
    session.commit()
    return post


def test_where_a_person_posts_the_tap_is_a_task_until_that_person_says_done(
    session, seller, posted, worker, ledger
):
    pause(session, seller, "season_over")
    asked = ledger.post(posted)
    services.record_answer(session, seller.actor, publication_id=posted.id, answer="task_done")
    session.commit()
    paused = ledger.post(posted)
    resume(session, seller)
    again = ledger.post(posted)
    services.record_answer(session, seller.actor, publication_id=posted.id, answer="task_done")
    session.commit()

    done = ledger.post(posted)
    assert (asked.state, asked.clerk_task) == (State.POSTED_NO_LINK, "pause")
    assert queries.shown(asked).sub == "Nhờ bưu điện báo hết vụ"
    assert (paused.state, queries.shown(paused).words) == (State.PAUSED, "Hết vụ")
    assert (again.clerk_task, queries.shown(again).sub) == ("resume", "Nhờ bưu điện mở bán lại")
    assert (done.state, done.clerk_task, done.pause) == (State.POSTED_NO_LINK, "", "")


def test_a_tap_taken_back_before_anybody_did_it_leaves_no_task(session, seller, posted, ledger):
    pause(session, seller)

    resume(session, seller)

    assert (ledger.post(posted).clerk_task, ledger.post(posted).pause) == ("", "")


def test_a_product_that_is_nowhere_cannot_be_paused(session, seller):
    with pytest.raises(Refused) as refused:
        services.request_pause(session, seller.actor, listing_id=seller.listing.id, kind="sold_out")

    assert refused.value.code == "pause_nothing"


def test_only_who_may_publish_pauses_and_strangers_see_nothing(session, seller, live):
    _user, _producer, stranger = an_owner(session)
    looker = type(seller.actor)(None, "Người xem", seller.actor.producer_id, frozenset({"producer.view"}))

    with pytest.raises(NotFound):
        services.request_pause(session, stranger, listing_id=seller.listing.id, kind="sold_out")
    with pytest.raises(NotAllowed):
        services.request_resume(session, looker, listing_id=seller.listing.id)


def test_the_buttons_stand_on_the_board_and_on_the_product(
    browser, session, seller, live, shop, worker, ledger
):
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    browser.sign_in(user, seller.actor.producer_id)

    paused = browser.open("/bai-dang").form(button="Hết vụ").submit("Hết vụ")
    worker.run()
    product = browser.open(f"/san-pham/{seller.listing.id}")
    resumed = product.form(button="Bán lại").submit("Bán lại")
    worker.run()

    assert "Đã ghi hết vụ" in paused.text
    assert "Hết vụ" in product.text
    assert "Đã ghi bán lại" in resumed.text
    assert ledger.post(live).state is State.LIVE


def test_what_others_fetch_from_us_is_paused_resumed_and_taken_out_at_once(
    session, seller, channels, worker, ledger
):
    (post,) = seller.publish(channels["nguon_hang"])
    worker.run()
    shown = queries.shown(ledger.post(post))
    pause(session, seller)
    paused = ledger.post(post).state
    resume(session, seller)
    again = ledger.post(post)
    services.request_withdraw(session, seller.actor, publication_id=post.id)
    session.commit()

    assert (shown.words, shown.sub) == ("Đang bán", "Có trong nguồn hàng; nơi đăng tự lấy về")
    assert paused is State.PAUSED
    assert (again.state, again.wanted) == (State.LIVE, "none")
    assert (ledger.post(post).state, ledger.post(post).wanted) == (State.WITHDRAWN, "none")


def test_a_post_whose_own_text_can_say_so_stays_up(monkeypatch, session, seller, live, shop, worker, ledger):
    without = WooCommerceAdapter.capabilities - {Capability.SET_STOCK}
    monkeypatch.setattr(WooCommerceAdapter, "capabilities", without)
    monkeypatch.setattr(WooCommerceAdapter, "says_paused", True)
    pause(session, seller)
    worker.run()
    paused, there = ledger.post(live).state, stock(shop)[1]

    resume(session, seller)
    worker.run()

    assert (paused, there) == (State.PAUSED, "publish")
    assert (ledger.post(live).state, stock(shop)[1]) == (State.LIVE, "publish")


def test_a_pause_does_not_make_a_waiting_change_by_hand_forgotten(session, seller, channels, worker, ledger):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    services.record_answer(session, seller.actor, publication_id=post.id, answer="posted", url=PAGE)
    session.commit()
    seller.listing.variants[0].price_vnd = 75_000
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    pause(session, seller)
    asked = ledger.post(post)
    resume(session, seller)

    assert (asked.clerk_task, asked.pause) == ("update", "sold_out")
    assert "báo hết hàng" in queries.shown(asked).sub
    assert (ledger.post(post).clerk_task, ledger.post(post).pause) == ("update", "")
    assert queries.shown(ledger.post(post)).words == "Đã nhờ người đăng"
