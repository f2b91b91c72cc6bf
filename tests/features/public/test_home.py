"""The front page: for a stranger, for a producer's people, for officials."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ocop.batches import services
from ocop.batches.models import StampRoll
from ocop.db.base import today, utcnow
from ocop.listings.models import Draft
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import State
from tests.browser_client import Browser, Page
from tests.factories import an_officer, an_operator
from tests.features.batches.stamping import Shop


@pytest.fixture
def owner(browser: Browser, shop: Shop) -> Browser:
    return browser.sign_in(shop.user, shop.producer.id)


def _tasks(page: Page) -> list[str]:
    return [" ".join(task.get_text(" ").split()) for task in page.html.select("ul.tasks > li")]


def test_a_stranger_reads_what_it_is_and_can_sign_in_or_look_up_a_stamp(shop: Shop, browser: Browser) -> None:
    page = browser.open("/")

    assert page.heading == "Ghi một lần, bán nhiều nơi"
    assert page.one("form input[name=so]")
    assert page.link("Đăng nhập").path == "/dang-nhap"
    assert "Set-Cookie" not in browser.another().raw("/").headers


def test_with_nothing_waiting_the_page_says_so_and_offers_a_new_product(shop: Shop, owner: Browser) -> None:
    shop.activate(shop.roll(400, practice=True))

    page = owner.open("/")

    assert page.heading == "Việc hôm nay"
    assert "Không có việc nào đang chờ" in page.text
    assert page.html.select("a[href='/san-pham/moi']")
    assert [s.get_text(" ", strip=True) for s in page.html.select(".stat")] == [
        "1 Sản phẩm",
        "1 Lô (mẻ)",
        "0 Giấy tờ",
    ]


def test_what_waits_stands_on_the_page_gravest_first(session: Session, shop: Shop, owner: Browser) -> None:
    shop.change(StampRoll, shop.roll(10, practice=True).id, copies=1)
    channel = Channel(marketplace="thanh_hoa", name="Sàn Thanh Hóa")
    other = Channel(marketplace="buudien", name="buudien.vn")
    session.add_all([channel, other])
    session.flush()
    old = utcnow() - dt.timedelta(days=5)
    session.add_all(
        [
            Publication(listing_id=shop.listing.id, channel_id=channel.id, state=State.REJECTED),
            Publication(
                listing_id=shop.listing.id, channel_id=other.id, state=State.HANDED_OFF, handed_at=old
            ),
            Certificate(
                producer_id=shop.producer.id,
                kind=CertificateKind.FOOD_SAFETY,
                number="MẪU",
                expires_on=today() + dt.timedelta(days=41),
            ),
            Draft(
                user_id=shop.user.id, producer_id=shop.producer.id, data={"fields": {"name": ["Bánh gai"]}}
            ),
        ]
    )
    session.commit()

    tasks = _tasks(owner.open("/"))

    assert len(tasks) == 6
    assert "Sàn Thanh Hóa trả lại bài này." in tasks[0]
    assert "buudien.vn chưa trả lời 5 ngày." in tasks[1]
    assert "còn 41 ngày" in tasks[2]
    assert "Lô này còn 390 gói chưa có tem." in tasks[3]
    assert "10 tem đã in, chưa kích hoạt." in tasks[4]
    assert "Bánh gai" in tasks[5]


def test_every_task_leads_to_where_it_is_done(shop: Shop, owner: Browser) -> None:
    page = owner.open("/")

    there = page.link("Lấy số tem")

    assert there.heading == "Lấy số tem"
    assert there.form().values["size"] == ["400"]


def test_a_recalled_or_held_lot_asks_for_no_stamps(shop: Shop, owner: Browser) -> None:
    shop.do(services.hold, batch_id=shop.batch_id)

    tasks = _tasks(owner.open("/"))

    assert len(tasks) == 1
    assert "Lô này đang tạm ngừng bán." in tasks[0]


def test_a_recall_waits_on_the_page_until_it_is_closed(shop: Shop, owner: Browser) -> None:
    shop.do(services.recall, batch_id=shop.batch_id, reason="Nắp phồng")
    during = _tasks(owner.open("/"))
    shop.do(services.close_recall, batch_id=shop.batch_id)

    after = _tasks(owner.open("/"))

    assert len(during) == 1
    assert "Lô này đang thu hồi." in during[0]
    assert after == []


def test_an_unanswered_parcel_leads_to_its_post(session: Session, shop: Shop, owner: Browser) -> None:
    channel = Channel(marketplace="buudien", name="buudien.vn")
    session.add(channel)
    session.flush()
    old = utcnow() - dt.timedelta(days=5)
    post = Publication(
        listing_id=shop.listing.id, channel_id=channel.id, state=State.HANDED_OFF, handed_at=old
    )
    session.add(post)
    session.commit()

    page = owner.open("/")

    assert page.html.select(f"a[href='/bai-dang/{post.id}']")


def test_a_parcel_that_nobody_has_sent_leads_to_its_own_page(
    session: Session, shop: Shop, owner: Browser
) -> None:
    channel = Channel(marketplace="buudien", name="buudien.vn")
    session.add(channel)
    session.flush()
    post = Publication(listing_id=shop.listing.id, channel_id=channel.id, state=State.HANDED_OFF)
    asked = Publication(
        listing_id=shop.listing.id, channel=Channel(marketplace="thanh_hoa", name="x"),
        state=State.NEEDS_UPDATE, clerk_task="update",
    )  # fmt: skip
    session.add_all([post, asked])
    session.commit()

    page = owner.open("/")

    assert "đã xong, chưa gửi" in page.text
    assert page.html.select(f"a[href='/ho-so/{post.id}']")
    assert not page.html.select(f"a[href='/bai-dang/{asked.id}']")


def test_a_long_day_is_cut_short_and_says_so(shop: Shop, owner: Browser) -> None:
    for number in range(12):
        shop.lot(f"MT-L{number}")

    page = owner.open("/")

    assert len(_tasks(page)) == 8
    assert "Còn 5 việc nữa" in page.text


def test_another_producer_s_work_is_not_on_the_page(session: Session, shop: Shop, browser: Browser) -> None:
    from tests.factories import an_owner

    stranger, producer, _ = an_owner(session)
    session.commit()

    page = browser.sign_in(stranger, producer.id).open("/")

    assert "MT-1" not in page.text
    assert _tasks(page) == []


def test_an_officer_is_led_to_the_commune(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    session.commit()

    page = browser.sign_in(officer).open("/")

    assert page.html.select("a[href='/xa']")


def test_an_operator_is_led_to_operation(session: Session, browser: Browser) -> None:
    operator, _ = an_operator(session)
    session.commit()

    page = browser.sign_in(operator).open("/")

    assert page.link("Địa chỉ in trên tem").heading == "Địa chỉ in trên tem"


def test_health_is_ok_while_the_database_answers_and_503_when_not(browser: Browser, engine: Engine) -> None:
    healthy = browser.raw("/healthz")

    def refuse(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        raise OperationalError(statement, {}, Exception("gone"))

    event.listen(engine, "before_cursor_execute", refuse)
    sick = browser.raw("/healthz")
    event.remove(engine, "before_cursor_execute", refuse)

    assert (healthy.status_code, healthy.text) == (200, "ok")
    assert sick.status_code == 503
