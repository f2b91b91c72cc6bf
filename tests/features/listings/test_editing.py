"""Packs, prices, barcodes, words that are fined, two people at once, and other people's products."""

from __future__ import annotations

import unicodedata

import pytest
from sqlalchemy import select

from ocop.accounts.rules import Bundle, Role, ScopeKind
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.listings.models import Listing, Variant
from tests.factories import a_delegation, a_grant, a_group, a_listing, a_user, an_owner

GTIN = "9521234000013"


def _open(shop, listing):
    return shop.browser.open(f"/san-pham/{listing.id}")


def _edited(page, **values):
    return page.form(button="Lưu, chưa gửi").fill(**values).submit("Lưu, chưa gửi")


def test_an_edit_moves_the_version_and_keeps_the_rest(shop, older):
    after = _edited(_open(shop, older), name="Mắm tép ủ thính", **{"variants-0-price_vnd": "75.000"})

    saved = shop.listings()[0]

    assert after.heading == "Mắm tép ủ thính"
    assert saved.version > older.version
    assert (saved.variants[0].price_vnd, saved.variants[0].sku) == (75_000, older.variants[0].sku)
    assert [photo.media_id for photo in saved.photos] == [photo.media_id for photo in older.photos]


@pytest.mark.parametrize(("button", "price"), [("85.000 đồng", 85_000), (None, 85)])
def test_a_price_without_its_zeros_is_asked_about(shop, button, price):
    typed = {"variants-0-price_vnd": "85"}
    page = shop.new().form(button="Đăng bán").fill(name="Chè", set_no="11", **typed).submit("Đăng bán")

    if button:
        page.form(button=button).submit(button).form(button="Đăng bán").submit("Đăng bán")
    else:
        page.form(button="Đăng bán").fill(**{"variants-0-price_sure": "y"}).submit("Đăng bán")

    assert "Giá 85 đồng có đúng không? Bấm 85.000 nếu gõ thiếu số 0." in page.text
    assert shop.listings()[0].variants[0].price_vnd == price


def test_a_second_pack_is_added_without_javascript_and_taken_out_again(shop, older):
    page = _open(shop, older).form(button="Thêm loại đóng gói").submit("Thêm loại đóng gói")
    second = {"variants-1-price_vnd": "130000", "variants-1-net_content": "500"}
    page = _edited(page, **second)

    form = page.form(button="Bỏ loại này")
    form.values["press"] = ["remove_pack:0"]
    data = {name: values for name, values in form.values.items()}
    shop.browser.client.post(f"/san-pham/{older.id}", data=data)
    after = shop.browser.open(f"/san-pham/{older.id}")
    _edited(after)

    packs = shop.listings()[0].variants
    assert [
        (pack.net_content, pack.removed_at is None) for pack in sorted(packs, key=lambda p: p.net_content)
    ] == [
        (250, False),
        (500, True),
    ]


def test_a_barcode_with_a_wrong_digit_is_refused_at_its_field(shop, older):
    page = _edited(_open(shop, older), **{"variants-0-gtin": "9521234000014"})

    said = page.one("#errors a[href='#variants-0-gtin']").get_text()

    assert said.startswith("Mã vạch sai một chữ số.")
    assert shop.listings()[0].variants[0].gtin is None


def test_a_barcode_is_taken_as_people_write_it_and_used_for_one_product_only(shop, older, session):
    other = a_listing(session, shop.producer, name="Mắm khác")
    session.commit()
    _edited(_open(shop, older), **{"variants-0-gtin": "952 1234 000013"})

    page = _edited(_open(shop, other), **{"variants-0-gtin": GTIN})

    assert f"Mã vạch này đã dùng cho “{older.name}”" in page.one("#errors").get_text()
    assert {one.name: one.variants[0].gtin for one in shop.listings()} == {older.name: GTIN, "Mắm khác": None}


def test_a_pack_that_was_published_keeps_content_and_barcode(shop, older, session):
    session.get(Variant, older.variants[0].id).frozen_at = utcnow()
    session.commit()
    page = _open(shop, older)

    after = _edited(page, **{"variants-0-net_content": "300"})

    assert page.one("#variants-0-net_content").has_attr("readonly")
    assert "giữ nguyên lượng và mã vạch" in after.one("#errors").get_text()
    assert shop.listings()[0].variants[0].net_content == 250


def test_two_writers_both_find_their_version(shop, older, session):
    other = a_user(session, "Chị Mẫu")
    a_grant(session, other, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, shop.producer.id)
    session.commit()
    mine, theirs = _open(shop, older), shop.browser.another().sign_in(other, shop.producer.id)
    _edited(theirs.open(f"/san-pham/{older.id}"), name="Tên của chị", storage="Tủ lạnh")

    page = _edited(mine, name="Tên của mình", **{"variants-0-price_vnd": "71000"})

    assert page.path.endswith("/hai-ban")
    assert "Chị Mẫu vừa sửa sản phẩm này lúc" in page.text
    cells = [[cell.get_text() for cell in row.select("td")] for row in page.html.select("tbody tr")]
    assert ["Tên sản phẩm", "Tên của mình", "Tên của chị"] in cells
    assert ["Gói 1: giá bán", "71000", "70000"] in cells
    assert shop.listings()[0].name == "Tên của chị"


@pytest.mark.parametrize(
    ("button", "name", "price"),
    [("Giữ bản của mình", "Tên của mình", 71_000), ("Giữ bản của người kia", "Tên của chị", 70_000)],
)
def test_the_version_chosen_is_the_whole_version(shop, older, session, button, name, price):
    mine = _open(shop, older)
    _edited(_open(shop, older), name="Tên của chị")
    page = _edited(mine, name="Tên của mình", **{"variants-0-price_vnd": "71000"})

    after = page.form(button=button).submit(button)
    _edited(after)

    saved = shop.listings()[0]
    assert (saved.name, saved.variants[0].price_vnd) == (name, price)


def test_fined_words_are_pointed_out_and_do_not_block(shop, older):
    page = _edited(_open(shop, older), name="Mắm tép ngon nhất")

    hints = page.one("#chu-nhac").get_text()

    assert shop.listings()[0].name == "Mắm tép ngon nhất"
    assert "“ngon nhất” cần tài liệu chứng minh" in hints


def test_an_answered_word_is_remembered_until_it_is_gone(shop, older):
    page = _edited(_open(shop, older), name="Mắm tép ngon nhất")
    page = _edited(page, ack=["superlative:ngon nhất|no_claim"])
    with_answer = shop.listings()[0].word_acks

    _edited(page, name="Mắm tép")

    assert with_answer == ["superlative:ngon nhất|no_claim"]
    assert "cần tài liệu" not in page.one("#con-thieu").get_text()
    assert shop.listings()[0].word_acks == []


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x";"y")',
    "{{ 7*7 }}{% raw %}",
    "'; DROP TABLE listing; --",
    "Mắm\u202etép\u0000\u200b\ufeff",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_kept_as_text(shop, older, text):
    page = _edited(_open(shop, older), name=f"Mắm {text}", story=text, **{"variants-0-label": text})

    saved = shop.listings()[0]

    visible = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    assert saved.name == f"Mắm {visible}"
    assert page.heading == " ".join(saved.name.split())
    assert not page.html.select("main img[src=x]")


def test_decomposed_letters_are_stored_composed(shop, older):
    decomposed = unicodedata.normalize("NFD", "Mắm tép đồng ủ thính")

    _edited(_open(shop, older), name=decomposed)

    assert shop.listings()[0].name == "Mắm tép đồng ủ thính"


def test_a_hundred_kilobytes_are_refused_with_a_sentence_and_kept(shop, older):
    page = _open(shop, older)
    data = {**page.form(button="Lưu, chưa gửi").values, "story": ["rất dài " * 12_500], "press": ["save"]}

    answer = shop.browser.client.post(f"/san-pham/{older.id}", data=data, follow_redirects=True)

    text = answer.get_data(as_text=True)
    assert "Dài quá 8000 chữ cái. Viết gọn lại." in text
    assert text.count("rất dài") >= 12_500
    assert shop.listings()[0].story == older.story


def test_a_draft_beyond_its_size_is_refused(shop):
    data = {"csrf": shop.browser.keys()["csrf"], "listing_key": "", "story": "x" * 200_001}

    answer = shop.browser.client.post("/nhap", data=data)

    assert answer.status_code == 422
    assert "Chữ dài quá, chưa lưu được" in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["", "/hai-ban"])
def test_the_product_of_another_producer_is_not_there(shop, session, path):
    _user, stranger, _actor = an_owner(session)
    foreign = a_listing(session, stranger)
    session.commit()

    page = shop.browser.open(f"/san-pham/{foreign.id}{path}", status=404)

    assert foreign.name not in page.text


@pytest.mark.parametrize("path", ["", "/hai-ban", "/cat", "/lay-lai"])
def test_nobody_writes_into_the_product_of_another_producer(shop, session, path):
    _user, stranger, _actor = an_owner(session)
    foreign = a_listing(session, stranger)
    session.commit()

    answer = shop.browser.post(
        f"/san-pham/{foreign.id}{path}", {"press": "save", "name": "Chiếm", "keep": "mine"}
    )

    with open_session(shop.engine, read_only=True) as fresh:
        untouched = fresh.get(Listing, foreign.id)
        names = [untouched.name, untouched.archived_at]
    assert answer.status_code == 404
    assert names == [foreign.name, None]


def test_a_pack_of_another_product_is_not_taken_over(shop, older, session):
    other = a_listing(session, shop.producer, name="Mắm khác")
    session.commit()
    page = _open(shop, older)

    data = {
        **page.form(button="Lưu, chưa gửi").values,
        "variants-0-id": [other.variants[0].id],
        "press": ["save"],
    }
    answer = shop.browser.client.post(f"/san-pham/{older.id}", data=data)

    with open_session(shop.engine, read_only=True) as fresh:
        owner = fresh.scalars(select(Variant.listing_id).where(Variant.id == other.variants[0].id)).one()
    assert answer.status_code == 404
    assert owner == other.id


def test_a_product_is_put_away_and_taken_back(shop, older):
    shelf = _open(shop, older).form(button="Cất sản phẩm").submit("Cất sản phẩm")
    away = shelf.link("Sản phẩm đã cất").link(older.name)

    back = away.form(button="Lấy lại sản phẩm").submit("Lấy lại sản phẩm")

    assert older.name not in shelf.text
    assert "Đã lấy lại sản phẩm." in back.text
    assert shop.listings()[0].archived_at is None


def test_the_list_shows_price_and_where_a_product_is(shop, older):
    page = shop.browser.open("/san-pham")

    card = page.one("article.card").get_text(" ")

    assert "70.000 đồng" in card
    assert "Chưa đăng ở đâu" in card


def test_a_volunteer_writes_but_does_not_publish(shop, older, session):
    helper = a_user(session, "Tổ công nghệ mẫu")
    a_delegation(session, shop.producer, a_group(session, helper), Bundle.WRITE)
    session.commit()
    browser = shop.browser.another().sign_in(helper, shop.producer.id)

    page = browser.open(f"/san-pham/{older.id}")
    after = page.form(button="Lưu sản phẩm").fill(name="Mắm tép sửa hộ").submit("Lưu sản phẩm")

    assert "Đăng bán" not in [b.get_text(strip=True) for b in page.html.select("button")]
    assert after.heading == "Mắm tép sửa hộ"
