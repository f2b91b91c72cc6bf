"""What stands at a marketplace is looked at after every publish and daily: on sale, otherwise, gone, unseen."""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass, field, replace

import pytest

from marketplace_adapters.errors import MarketplaceError, MarketplaceUnavailable, RemoteListingNotFound
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.types import Observed
from ocop.publishing import queries, services
from ocop.publishing.rules import State
from tests.features.publishing.conftest import approve

PAGE = "https://nongsanantoanthanhhoa.vn/san-pham/mam-tep"


@pytest.fixture
def live(seller, channels, shop, worker):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()
    return post


def next_look(worker) -> None:
    worker.later(minutes=3).run()


def edit_price(session, seller, price: int) -> None:
    seller.listing.variants[0].price_vnd = price
    seller.listing.updated_at = seller.listing.updated_at + dt.timedelta(seconds=1)
    session.commit()


def test_after_a_publish_that_ends_live_the_shop_is_looked_at(session, seller, live, worker, ledger):
    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()
    worker.once()
    sent = ledger.post(live)

    worker.later(seconds=10).run()

    seen = ledger.post(live)
    assert (sent.state, queries.shown(sent).words) == (State.LIVE, "Đang bán (chưa xem lại)")
    assert queries.shown(seen).words == "Đang bán"
    assert queries.shown(seen).sub.startswith("Đã xem lại trên sàn lúc ")
    assert seen.seen["posts"][0]["price_vnd"] == 70_000
    assert seen.wanted == "look" and seen.due_at > worker.now()


def test_another_price_there_is_said_precisely_and_heals_by_itself(live, shop, worker, ledger):
    shop.store.change_product(1, {"regular_price": "42000"})
    next_look(worker)
    drifted = ledger.post(live)

    shop.store.change_product(1, {"regular_price": "70000"})
    next_look(worker)

    assert (drifted.state, queries.shown(drifted).words) == (State.DRIFTED, "Trên sàn đang khác")
    assert queries.shown(drifted).sub == "Giá ở đây 70.000 đồng, trên sàn 42.000 đồng."
    assert ledger.post(live).state is State.LIVE
    assert ledger.outcomes(live)[-2:] == ["drifted", "live"]


def test_a_new_version_mends_what_was_otherwise(session, seller, live, shop, worker, ledger):
    shop.store.change_product(1, {"regular_price": "42000"})
    next_look(worker)

    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()
    next_look(worker)

    assert shop.store.product(1)["regular_price"] == "70000"
    assert (ledger.post(live).state, ledger.post(live).differences) == (State.LIVE, [])


def test_our_own_newer_edit_is_no_drift_but_the_old_price_is_named(
    session, seller, live, shop, worker, ledger
):
    edit_price(session, seller, 75_000)

    next_look(worker)

    edited = ledger.post(live)
    assert edited.state is State.LIVE
    assert queries.shown(edited).sub == "Trên sàn còn giá cũ 70.000 đồng; giá mới chưa gửi"


def test_a_hundred_quiet_looks_leave_no_line_in_the_history(live, worker, ledger):
    before = ledger.outcomes(live)

    for _ in range(5):
        next_look(worker)

    assert ledger.outcomes(live) == before


def test_a_shop_that_cannot_be_opened_leaves_the_post_on_sale_with_the_old_time(live, shop, worker, ledger):
    seen = ledger.post(live)
    shop.faults.add("reset_before", "GET", "/wc/v3/products", times=99)

    next_look(worker)
    unseen = ledger.post(live)
    worker.later(days=4).run()

    later = ledger.post(live)
    assert (unseen.state, unseen.looked_at, unseen.wanted) == (State.LIVE, seen.looked_at, "look")
    assert queries.shown(unseen, worker.now() - dt.timedelta(days=4)).sub.startswith("Đã xem lại")
    assert queries.shown(later, worker.now()).sub.startswith("Chưa mở được trên sàn từ ngày ")
    assert later.state is State.LIVE


def test_a_product_removed_at_the_shop_is_found_by_a_look(live, shop, worker, ledger):
    shop.store.remove_product(1)

    next_look(worker)

    assert (ledger.post(live).state, ledger.post(live).reason_code) == (State.REJECTED, "remote_gone")


@dataclass
class Page:
    """The public page behind a link, as the next looks find it; the last answer stays."""

    answers: deque[Observed | MarketplaceError] = field(default_factory=deque)

    def read(self, _remote_id, url) -> Observed:
        answer = self.answers[0] if len(self.answers) == 1 else self.answers.popleft()
        if isinstance(answer, MarketplaceError):
            raise answer
        return replace(answer, url=url)


@pytest.fixture
def page(monkeypatch) -> Page:
    """No test opens a real marketplace's page; how pages are read is tested with the adapter."""
    page = Page()
    monkeypatch.setattr(HandoffAdapter, "_read_back", page.read)
    return page


@pytest.fixture
def posted(session, seller, channels, worker):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    services.record_answer(session, seller.actor, publication_id=post.id, answer="posted", url=PAGE)
    session.commit()
    return post


def as_sent(seller, **other) -> Observed:
    seen = Observed(seller.listing.name, 70_000, 2, None, PAGE, "live")
    return replace(seen, **other)


def next_day(worker) -> None:
    worker.later(hours=29).run()


def test_a_link_that_shows_the_product_is_on_sale_and_looked_at_daily(seller, posted, page, worker, ledger):
    page.answers.append(as_sent(seller))

    worker.run()

    seen = ledger.post(posted)
    wait = seen.due_at - worker.now()
    assert (seen.state, seen.wanted) == (State.LIVE, "look")
    assert dt.timedelta(hours=19) < wait < dt.timedelta(hours=29)


def test_a_link_with_another_price_is_drifted_from_the_start(seller, posted, page, worker, ledger):
    page.answers.append(as_sent(seller, price_vnd=42_000))

    worker.run()

    assert ledger.post(posted).state is State.DRIFTED
    assert queries.shown(ledger.post(posted)).sub == "Giá ở đây 70.000 đồng, trên sàn 42.000 đồng."


def test_a_page_that_is_missing_on_two_days_is_gone_and_one_mishap_is_not(
    seller, posted, page, worker, ledger
):
    gone = RemoteListingNotFound(status=404)
    page.answers.extend([as_sent(seller), gone, as_sent(seller), gone, gone, as_sent(seller)])
    worker.run()

    states = []
    for _ in range(5):
        next_day(worker)
        states.append(ledger.post(posted).state)

    assert states == [State.LIVE, State.LIVE, State.LIVE, State.DRIFTED, State.LIVE]
    assert ledger.outcomes(posted)[-2:] == ["page_gone", "live"]


def test_a_page_nobody_can_open_is_never_failed(seller, posted, page, worker, ledger):
    page.answers.extend([as_sent(seller), MarketplaceUnavailable("timeout")])
    worker.run()

    for _ in range(6):
        next_day(worker)

    post = ledger.post(posted)
    assert (post.state, post.wanted, post.reason_code) == (State.LIVE, "look", "")
    assert queries.shown(post, worker.now()).sub.startswith("Chưa mở được trên sàn từ ngày ")


def test_a_change_the_person_who_posts_has_made_is_seen_on_the_page(
    session, seller, posted, page, worker, ledger
):
    page.answers.extend([as_sent(seller), as_sent(seller), as_sent(seller, price_vnd=75_000)])
    worker.run()
    edit_price(session, seller, 75_000)
    services.send_again(session, seller.actor, publication_id=posted.id)
    session.commit()

    worker.run()
    asked = ledger.post(posted)
    next_day(worker)
    unchanged = ledger.post(posted)
    next_day(worker)

    done = ledger.post(posted)
    assert (asked.state, asked.clerk_task) == (State.NEEDS_UPDATE, "update")
    assert queries.shown(asked).sub == "Nhờ bưu điện sửa bài theo bản mới"
    assert (unchanged.state, unchanged.clerk_task) == (State.NEEDS_UPDATE, "update")
    assert (done.state, done.clerk_task) == (State.LIVE, "")


def test_a_parcel_is_not_called_handed_over_before_somebody_has_it(session, seller, channels, worker, ledger):
    channels["thanh_hoa"].contact = "Bưu cục Mẫu"
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    made = queries.shown(ledger.post(post))

    session.refresh(post)
    post.handed_at = worker.now() - dt.timedelta(days=3)
    session.commit()

    had = queries.shown(ledger.post(post))
    assert (made.kind, made.words, made.sub) == (
        "wait",
        "Hồ sơ đã xong, chưa gửi",
        "Gửi đường dẫn cho người đăng.",
    )
    assert had.words == "Đã giao bưu điện"
    assert had.sub.startswith("Bưu cục Mẫu, ") and had.sub.endswith("chưa trả lời 3 ngày")
