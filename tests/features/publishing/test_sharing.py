"""Sharing a product by hand: words to copy and a picture to save, for its own people only."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import event
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.base import today, utcnow
from ocop.listings.models import Listing
from ocop.publishing import services
from ocop.publishing.models import Channel
from ocop.publishing.rules import State
from ocop.publishing.views import sharing
from tests.browser_client import Browser
from tests.factories import a_listing, a_producer, an_owner, with_photos
from tests.features.public.selling import a_star, put_up
from tests.features.publishing.conftest import Ledger, Seller, Worker


@pytest.fixture
def mine(session: Session, config: Config, browser: Browser) -> Listing:
    """A product of the person who is signed in, on no feed yet."""
    user, producer, _actor = an_owner(session, hotline="0237 000 000", hotline_consent_at=utcnow())
    listing = with_photos(session, a_listing(session, producer), config.media_dir, 2)
    session.commit()
    browser.sign_in(user)
    return listing


def texts(browser: Browser, listing: Listing) -> tuple[str, str]:
    page = browser.open(f"/san-pham/{listing.id}/chia-se")
    return page.one("#loi-moi").get_text(), page.one("#bai-cong-xa").get_text()


def card(browser: Browser, listing: Listing, shape: str = "vuong") -> Image.Image:
    answer = browser.raw(f"/san-pham/{listing.id}/the-{shape}.jpg")
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert len(answer.data) <= 300_000
    return Image.open(io.BytesIO(answer.data))


def test_the_invitation_says_name_price_place_and_number(mine: Listing, browser: Browser) -> None:
    group, portal = texts(browser, mine)

    assert group.startswith(mine.name)
    assert "70.000 đồng" in group
    assert "0237 000 000" in group
    assert "Xã Hoạt Giang" in group
    assert "Thành phần: Tép riu (65%), muối ăn, thính gạo rang" in portal
    assert mine.story in portal


def test_a_product_with_a_page_is_shared_with_its_address(
    session: Session, config: Config, mine: Listing, browser: Browser
) -> None:
    put_up(session, mine)

    group, portal = texts(browser, mine)

    address = f"{config.base_url}/hang/{mine.id}"
    assert address in group
    assert portal.endswith(address)


def test_without_a_page_the_link_is_the_post_on_a_marketplace(
    session: Session, mine: Listing, browser: Browser
) -> None:
    put_up(session, mine, "practice", url="http://127.0.0.1:8090/san-pham/1")
    put_up(session, mine, "buudien", url="https://nongsan.buudien.vn/p/1")

    group, _portal = texts(browser, mine)

    assert "https://nongsan.buudien.vn/p/1" in group
    assert "127.0.0.1" not in group


def test_a_star_is_said_while_it_counts_and_one_that_was_typed_never(
    session: Session, mine: Listing, browser: Browser
) -> None:
    mine.name = "Mắm tép OCOP 5 sao"
    star = a_star(session, mine)
    valid, _ = texts(browser, mine)
    star.expires_on = today() - dt.timedelta(days=1)
    session.commit()

    lapsed, portal = texts(browser, mine)

    assert "4 sao" in valid
    assert "sao" not in lapsed
    assert "OCOP" not in lapsed + portal


@pytest.mark.parametrize(("shape", "size"), [("vuong", (1080, 1080)), ("ngang", (1200, 630))])
def test_the_picture_has_the_size_that_chats_and_links_show(
    mine: Listing, browser: Browser, shape: str, size: tuple[int, int]
) -> None:
    assert card(browser, mine, shape).size == size


def test_the_picture_leads_to_the_page_only_when_there_is_one(
    session: Session, config: Config, mine: Listing, browser: Browser
) -> None:
    private = zxingcpp.read_barcodes(card(browser, mine))
    put_up(session, mine)

    (read,) = zxingcpp.read_barcodes(card(browser, mine))

    assert private == []
    assert read.text == f"{config.base_url}/hang/{mine.id}"


def test_a_photo_whose_file_is_gone_does_not_stop_the_picture(
    config: Config, mine: Listing, browser: Browser
) -> None:
    for file in config.media_dir.glob("*/*.jpg"):
        file.unlink()

    assert card(browser, mine).size == (1080, 1080)


def test_nothing_is_open_in_the_database_while_it_is_drawn(
    mine: Listing, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, drawn = browser.engine, []
    taken = {"now": 0}
    event.listen(engine, "checkout", lambda *_: taken.update(now=taken["now"] + 1))
    event.listen(engine, "checkin", lambda *_: taken.update(now=taken["now"] - 1))
    real = sharing.draw

    def watched(*given: object) -> bytes:
        drawn.append(taken["now"])
        return real(*given)

    monkeypatch.setattr(sharing, "draw", watched)
    card(browser, mine)

    assert drawn == [0]


@pytest.mark.parametrize("path", ["chia-se", "the-vuong.jpg", "the-ngang.jpg", "the-to.jpg"])
def test_another_producer_s_product_is_not_there(
    session: Session, mine: Listing, browser: Browser, path: str
) -> None:
    theirs = a_listing(session, a_producer(session))
    session.commit()

    assert browser.raw(f"/san-pham/{theirs.id}/{path}").status_code == 404


@pytest.mark.parametrize(("set_no", "ethanol"), [(14, ""), (14, "29,5% thể tích"), (15, "15%")])
def test_strong_drink_is_not_advertised_and_the_page_says_why(
    session: Session, mine: Listing, browser: Browser, set_no: int, ethanol: str
) -> None:
    mine.set_no, mine.ethanol = set_no, ethanol
    session.commit()

    page = browser.open(f"/san-pham/{mine.id}/chia-se")

    assert "Rượu từ 15 độ không được quảng cáo" in page.text
    assert page.html.select("textarea, main img") == []
    assert browser.raw(f"/san-pham/{mine.id}/the-vuong.jpg").status_code == 404


def test_who_is_not_signed_in_is_asked_to(session: Session, mine: Listing, browser: Browser) -> None:
    answer = browser.another().raw(f"/san-pham/{mine.id}/chia-se")

    assert answer.status_code == 303
    assert "/dang-nhap" in answer.headers["Location"]


def test_the_page_is_light(session: Session, mine: Listing, browser: Browser) -> None:
    mine.story = "Đồng trũng ven sông. " * 300
    session.commit()

    page = browser.open(f"/san-pham/{mine.id}/chia-se")

    assert len(page.response.data) < 30_000


def test_ticking_the_place_gives_a_page_a_line_in_the_feed_and_taking_it_back_ends_both(
    session: Session,
    config: Config,
    seller: Seller,
    channels: dict[str, Channel],
    worker: Worker,
    ledger: Ledger,
    browser: Browser,
) -> None:
    (post,) = seller.publish(channels["nguon_hang"])
    page, feed = f"/hang/{seller.listing.id}", f"/nguon-hang/co-so/{seller.listing.producer_id}.rss"
    before = browser.raw(page).status_code
    worker.run()
    up, line = browser.raw(page).status_code, browser.raw(feed).text

    services.request_withdraw(session, seller.actor, publication_id=post.id)
    session.commit()
    taken_back, after = browser.raw(page).status_code, browser.raw(feed).text
    worker.run()

    assert (before, up, taken_back) == (404, 200, 404)
    assert f"{config.base_url}{page}" in line
    assert page not in after
    assert ledger.post(post).state is State.WITHDRAWN
