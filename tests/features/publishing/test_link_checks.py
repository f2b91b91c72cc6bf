"""Kiểm kê: what is said to be online against what really is; the right posts are taken up."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from sqlalchemy import event, select

from ocop.accounts.models import User
from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing import decoder, services
from ocop.publishing.models import CheckedLink, Publication
from ocop.publishing.rules import State
from tests.factories import a_listing, an_officer, an_owner

COLUMNS = ["Dòng", "Cơ sở", "Tên sản phẩm", "Đường dẫn", "Nơi đăng", "Kết quả"]


@pytest.fixture
def on_the_shelf(shop, seller):
    """A way to put a product on the practice shelf behind our back, as people did before us: its address."""

    def put(name: str, price: int, **more: object) -> str:
        fields = {
            "name": name,
            "regular_price": str(price),
            "status": "publish",
            "sku": "",
            "images": [],
            **more,
        }
        product = shop.store.add_product({**_EMPTY, **fields})
        return f"{shop.base_url}/san-pham/{product['slug']}"

    return put


_EMPTY = {
    "sale_price": "", "description": "", "short_description": "", "weight": "", "global_unique_id": "",
    "virtual": False, "manage_stock": False, "stock_quantity": None, "stock_status": "instock", "attributes": [],
    "categories": [], "meta_data": [], "dimensions": {}, "type": "simple",
}  # fmt: skip


def checked(worker, check_id: str) -> dict[int, CheckedLink]:
    worker.run()
    with open_session(worker.engine, read_only=True) as session:
        links = session.scalars(select(CheckedLink).where(CheckedLink.check_id == check_id))
        return {link.row: link for link in links}


def test_each_link_is_looked_at_and_named_for_what_it_is(
    session, seller, channels, worker, on_the_shelf, shop
):
    ours = seller.listing
    price = ours.variants[0].price_vnd
    stars = [{"name": "Hạng OCOP", "options": ["4 sao"], "visible": True}]
    lines = [
        f"{ours.name} {on_the_shelf(ours.name, price)}",
        f"{ours.name} {shop.base_url}/san-pham/999-khong-con",
        f"{ours.name} {on_the_shelf(ours.name, price + 9_000)}",
        f"{ours.name} {on_the_shelf(ours.name, price, attributes=stars)}",
        f"{ours.name} {on_the_shelf('Bưởi da xanh ruột hồng', price)}",
        f"{ours.name} https://khong-biet.vn/p/1",
    ]

    check = services.start_check(
        session, seller.actor, file_name="a", links=decoder.links_of_text("\n".join(lines))
    )
    session.commit()
    links = checked(worker, check.id)

    assert {row: link.result for row, link in links.items()} == {
        1: "right", 2: "dead", 3: "other_price", 4: "lapsed_star", 5: "other_product", 6: "no_place",
    }  # fmt: skip
    assert links[1].listing_id == ours.id
    assert (links[3].params["ours"], links[3].params["there"]) == (price, price + 9_000)


def test_the_page_says_what_was_reported_and_what_is_true_and_takes_the_posts_up(
    session, seller, channels, worker, on_the_shelf, browser, shop
):
    link = on_the_shelf(seller.listing.name, seller.listing.variants[0].price_vnd)
    person = session.get(User, seller.actor.user_id)
    session.commit()
    browser.sign_in(person, seller.actor.producer_id)
    form = browser.open("/kiem-ke").form()
    page = form.fill(lines=f"{link}\n{shop.base_url}/san-pham/77-mat").submit()

    worker.run()
    page = browser.open(page.path)
    done = page.form(action_contains="/nhan").submit()
    worker.run()

    assert "Danh sách ghi 2, sự thật là 1" in page.text
    assert "Đã nhận vào Bài đăng" in done.text
    session.expire_all()
    (post,) = session.query(Publication).all()
    assert (post.adopted, post.url, post.listing_id) == (True, link, seller.listing.id)
    assert post.state in (State.LIVE, State.DRIFTED)
    assert shop.store.products(status="any")[1] == 1


def test_a_link_that_cannot_be_opened_is_looked_at_daily_and_never_called_gone(
    session, seller, channels, worker, on_the_shelf, shop
):
    link = on_the_shelf(seller.listing.name, seller.listing.variants[0].price_vnd)
    check = services.start_check(session, seller.actor, file_name="a", links=decoder.links_of_text(link))
    session.commit()
    shop.stop()

    (away,) = checked(worker, check.id).values()
    first = away.result, away.due_at is not None
    worker.later(days=1)
    (still,) = checked(worker, check.id).values()

    assert first == ("unreachable", True)
    assert (still.result, still.tries) == ("unreachable", 2)


def test_an_officer_checks_the_whole_commune_and_only_its_own(
    session, seller, channels, worker, on_the_shelf, browser
):
    officer, actor = an_officer(session, seller.listing.producer.commune_code)
    _stranger, elsewhere = an_officer(session, "00001")
    link = on_the_shelf(seller.listing.name, seller.listing.variants[0].price_vnd)
    session.commit()
    browser.sign_in(officer)
    page = browser.open("/xa/kiem-ke").form().fill(lines=link).submit()

    worker.run()
    page = browser.open(page.path)
    sheet = openpyxl.load_workbook(io.BytesIO(browser.raw(f"{page.path}/ket-qua.xlsx").data)).active

    assert "Danh sách ghi 1, sự thật là 1" in page.text
    assert [cell.value for cell in sheet[1]] == COLUMNS
    assert sheet.cell(2, 6).value == "Mở được, đúng hàng."
    with pytest.raises(NotFound):
        services.start_commune_check(
            session, elsewhere, commune_code=seller.listing.producer.commune_code, file_name="a", links=[]
        )


def test_another_producer_sees_nothing_of_a_list_and_takes_nothing_of_it(session, seller, channels, browser):
    check = services.start_check(
        session, seller.actor, file_name="a", links=decoder.links_of_text("https://a.vn/1")
    )
    other, _producer, stranger = an_owner(session, name="HTX khác (mẫu)")
    session.commit()

    with pytest.raises(NotFound):
        services.adopt_checked(
            session, stranger, check_id=check.id, chosen={check.links[0].id: seller.listing.id}
        )


def test_a_producers_price_of_any_pack_is_right_and_a_valid_star_too(
    session, seller, channels, worker, on_the_shelf
):
    listing = a_listing(session, seller.listing.producer, name="Chè búp Tân Cương đặc biệt")
    session.add(a_star(listing, 4))
    stars = [{"name": "Hạng OCOP", "options": ["4 sao"], "visible": True}]
    session.commit()
    link = on_the_shelf(listing.name, listing.variants[0].price_vnd, attributes=stars)

    check = services.start_check(session, seller.actor, file_name="a", links=decoder.links_of_text(link))
    session.commit()

    assert checked(worker, check.id)[1].result == "right"


def a_star(listing, stars: int) -> Certificate:
    return Certificate(
        producer_id=listing.producer_id, listing_id=listing.id, kind=CertificateKind.OCOP, number="MẪU-1",
        issuer="mẫu", issued_on=today() - dt.timedelta(days=9), expires_on=today() + dt.timedelta(days=99),
        stars=stars,
    )  # fmt: skip


def test_a_long_list_is_taken_in_without_asking_the_database_for_every_link(session, seller, channels):
    lines = "\n".join(f"https://buudien.vn/p/{number}" for number in range(300))
    asked: list[str] = []
    event.listen(session.connection(), "before_cursor_execute", lambda *said: asked.append(said[2]))

    check = services.start_check(session, seller.actor, file_name="a", links=decoder.links_of_text(lines))

    assert len(check.links) == 300
    assert len(asked) < 50


def test_a_price_that_no_column_holds_is_no_price():
    (link,) = decoder.links_of_file(
        "a.csv", "Tên sản phẩm,Giá,Link\nA,9999999999,https://buudien.vn/p/1\n".encode()
    )

    assert link.price_vnd is None
