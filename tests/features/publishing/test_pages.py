"""The pages of publishing, opened as a browser opens them."""

from __future__ import annotations

import io
import zipfile

import pytest

from ocop.accounts.models import User
from ocop.accounts.rules import Role, ScopeKind
from ocop.publishing import services
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from ocop.publishing.views.board import PRODUCTS_ON_A_PAGE
from tests.factories import a_grant, a_listing, a_user, an_operator, an_owner, with_photos
from tests.features.publishing.conftest import approve


@pytest.fixture
def signed_in(browser, session, seller, channels):
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    return browser.sign_in(user, seller.actor.producer_id)


@pytest.fixture
def live(seller, channels, shop, worker):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()
    return post


def test_an_empty_board_says_what_to_do_first(signed_in):
    page = signed_in.open("/bai-dang")

    assert "Chưa đăng sản phẩm nào" in page.text


def test_the_board_shows_product_by_place_and_asks_again_while_busy(seller, channels, signed_in):
    seller.publish(channels["practice"], channels["thanh_hoa"])

    page = signed_in.open("/bai-dang")

    part = page.one("[data-poll]")
    assert part["data-poll"].startswith("/bai-dang/manh")
    assert len(page.html.select("[data-busy]")) == 2
    assert "Chờ gửi" in page.text and "Máy tự gửi, không cần bấm lại" in page.text


def test_the_piece_the_board_asks_for_is_the_same_piece_without_the_page(live, signed_in):
    piece = signed_in.raw("/bai-dang/manh")

    text = piece.get_data(as_text=True)
    assert text.lstrip().startswith("<div") and "data-poll" in text
    assert "Đang bán" in text and "data-busy" not in text


def test_a_full_page_of_the_board_stays_small(session, config, seller, channels, signed_in):
    """Every product on five places, all of them asking for something; the browser checks the page budget."""
    lapsed = {"kind": "ocop", "until": "2026-11-20", "stars": 4}
    for number in range(8):
        listing = a_listing(
            session, seller.listing.producer, name=f"Mắm tép đồng ủ thính gạo rang số {number}"
        )
        for channel in channels.values():
            session.add(
                Publication(listing=listing, channel=channel, state=State.NEEDS_UPDATE, reason_params=lapsed)
            )
    session.commit()

    page = signed_in.open("/bai-dang")

    assert len(page.html.select("section.board")) == PRODUCTS_ON_A_PAGE
    assert page.link("Trang sau").html.select("section.board")


def test_a_new_version_is_sent_by_its_button(session, seller, live, signed_in, ledger):
    page = signed_in.open(f"/bai-dang/{live.id}").form("/gui").submit()

    assert "Đã xếp hàng" in page.text
    assert ledger.post(live).state is State.QUEUED


def test_a_post_is_taken_down_by_its_button(seller, live, signed_in, worker, ledger):
    page = signed_in.open(f"/bai-dang/{live.id}").form("/go").submit()
    worker.run()

    after = signed_in.open(f"/bai-dang/{live.id}")
    assert "Máy đang gỡ bài" in page.text
    assert "Đã gỡ" in after.text and seller.actor.name in after.text
    assert ledger.post(live).state is State.WITHDRAWN


def test_the_history_tells_every_try_in_vietnamese(seller, channels, shop, worker, signed_in):
    shop.faults.add("lost_reply")
    (post,) = seller.publish(channels["practice"])
    worker.run().later(hours=1).run()

    page = signed_in.open(f"/bai-dang/{post.id}")

    assert "Chưa rõ sàn đã nhận chưa." in page.text
    assert "Sàn tập dượt đã nhận, đang duyệt." in page.text


def test_the_parcel_page_shows_the_message_to_send_steps_and_the_zip(seller, channels, worker, signed_in):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()

    page = signed_in.open(f"/ho-so/{post.id}")
    download = signed_in.raw(f"/ho-so/{post.id}/tai")

    names = zipfile.ZipFile(io.BytesIO(download.data)).namelist()
    download.close()
    photos = [name for name in names if name.startswith("3-anh/")]
    assert "huong-dan.html" in names and f"{len(photos)} ảnh" in page.text
    assert "Mã mở:" in page.one("#loi-1").get_text()
    assert "bấm Thêm mới" in page.text
    assert download.headers["Content-Disposition"].startswith("attachment; filename=ho-so-mam-tep-")
    assert download.headers["Cache-Control"] == "no-store"


def test_the_clerks_answer_is_recorded_from_the_parcel_page(seller, channels, worker, signed_in, ledger):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    form = signed_in.open(f"/ho-so/{post.id}").form("/tra-loi")

    wrong = form.fill(answer="posted", url="https://vi-du.vn/a").submit(status=422)
    right = wrong.form("/tra-loi").fill(url="https://nongsanantoanthanhhoa.vn/san-pham/7").submit()

    assert "Đường dẫn phải là trang sản phẩm trên Sàn nông sản Thanh Hóa." in wrong.text
    assert "Đang bán (chưa xem lại)" in right.text
    assert ledger.post(post).url == "https://nongsanantoanthanhhoa.vn/san-pham/7"


def test_a_link_is_pasted_for_a_product_that_is_online_already(seller, channels, shop, signed_in, ledger):
    page = signed_in.open(f"/san-pham/{seller.listing.id}/da-co-tren-san")

    after = page.form().fill(channel_id=channels["practice"].id, url=f"{shop.base_url}/san-pham/3-x").submit()

    assert "Đã ghi đường dẫn" in after.text
    assert [post.adopted for post in ledger.all()] == [True]


def test_connecting_says_what_stands_in_the_way_and_keeps_nothing(signed_in, shop, session):
    page = signed_in.open("/gian-hang/ket-noi")

    refused = (
        page.form()
        .fill(base_url=shop.base_url, username="chu-shop", application_password="bi-mat-cua-shop")
        .submit(status=422)
    )

    assert "Địa chỉ phải bắt đầu bằng https://." in refused.text
    assert "bi-mat-cua-shop" not in refused.response.get_data(as_text=True)


def test_the_booths_page_shows_own_and_shared_ones_and_voso_asleep(signed_in):
    page = signed_in.open("/gian-hang")

    assert "Sàn tập – không bán thật" in page.text
    assert "Cần kiểm tra lại" in page.text
    assert "Cơ sở chưa nối cửa hàng riêng nào." in page.text


def test_only_the_owner_may_connect_a_shop(browser, session, seller, channels):
    member = a_user(session)
    a_grant(session, member, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, seller.actor.producer_id)
    session.commit()
    browser.sign_in(member, seller.actor.producer_id)

    page = browser.open("/gian-hang")

    assert "Nối cửa hàng" not in page.text
    browser.open("/gian-hang/ket-noi", status=403)


def test_an_operator_opens_a_shared_booth(browser, session, channels, shop):
    user, _actor = an_operator(session)
    channels["buudien"].booth = "none"
    session.commit()
    browser.sign_in(user)

    page = browser.open("/noi-dang").link("buudien.vn").form().fill(booth="waiting", enabled="y").submit()

    assert "Chờ duyệt" in page.text


def test_ids_of_another_producer_answer_404(browser, session, config, seller, channels, worker):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    user, producer, actor = an_owner(session)
    own = services.connect_channel(
        session,
        seller.actor,
        marketplace="woocommerce",
        settings={"base_url": "https://a.vn"},
        cipher=_cipher(worker),
    )
    session.commit()
    browser.sign_in(user, producer.id)

    paths = [
        f"/bai-dang/{post.id}",
        f"/ho-so/{post.id}",
        f"/ho-so/{post.id}/tai",
        f"/san-pham/{seller.listing.id}/da-co-tren-san",
        f"/gian-hang/{own.id}/ket-noi",
        f"/gian-hang/{own.id}/trang-thai",
        f"/gian-hang/{channels['buudien'].id}/trang-thai",
    ]
    answers = {path: browser.raw(path).status_code for path in paths}
    answers |= {
        path: browser.post(path, {"answer": "removed"}).status_code
        for path in (f"/bai-dang/{post.id}/gui", f"/bai-dang/{post.id}/go", f"/ho-so/{post.id}/tra-loi")
    }

    assert set(answers.values()) == {404}, answers
    assert own.name not in browser.open("/gian-hang").text


def _cipher(worker):
    return worker.steps[0].run.__self__.cipher


def test_a_post_of_a_shop_that_needs_no_parcel_has_no_parcel_page(live, signed_in):
    signed_in.open(f"/ho-so/{live.id}", status=404)


def test_the_parcel_says_so_when_the_product_was_edited_since(
    session, config, seller, channels, worker, signed_in
):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    with_photos(session, seller.listing, config.media_dir, 1)
    seller.listing.short_text = "Dòng mới."
    session.commit()

    page = signed_in.open(f"/ho-so/{post.id}")

    assert "Hồ sơ này giữ bản cũ." in page.text


def test_the_boards_own_button_sends_that_post_and_no_other(
    session, seller, channels, live, signed_in, ledger
):
    seller.listing.short_text = "Dòng mới."
    (other,) = seller.publish(channels["thanh_hoa"])
    session.commit()

    signed_in.open("/bai-dang").form(button="Gửi bản mới").submit("Gửi bản mới")

    assert ledger.post(live).state is State.QUEUED
    assert ledger.post(other).tries == 0
