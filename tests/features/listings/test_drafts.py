"""Nothing typed and no photo is ever asked for twice."""

from __future__ import annotations

from sqlalchemy import select

from ocop.accounts.rules import Role, ScopeKind
from ocop.db.engine import open_session
from ocop.listings.models import Draft
from ocop.media.models import Media
from tests.factories import a_grant, a_listing, a_photo, a_user, an_owner, an_upload

from .conftest import TYPED, three_photos


def _autosave(shop, **fields):
    return shop.browser.client.post(
        "/nhap", data={"csrf": shop.browser.keys()["csrf"], "listing_key": "", **fields}
    )


def test_what_is_autosaved_stands_there_when_the_screen_opens_again(shop):
    answer = _autosave(shop, name="Mắm tép", set_no="9", **{"variants-0-price_vnd": "70.0"})

    page = shop.new()

    values = page.form(button="Đăng bán").values
    assert answer.status_code == 200
    assert values["name"] == ["Mắm tép"]
    assert values["variants-0-price_vnd"] == ["70.0"]
    assert "Đã lưu lúc" in page.text


def test_the_answer_to_an_autosave_holds_only_what_changed(shop, older):
    answer = _autosave(shop, set_shown="9", channels_shown="1", **{**TYPED, "set_no": "9"})

    text = answer.get_data(as_text=True)

    assert answer.mimetype == "text/html"
    assert all(f'id="ready-{channel}"' in text for channel in shop.channels.values())
    assert 'id="nhan-theo"' not in text and 'id="chu-nhac"' not in text
    assert "<input" not in text and 'id="hoi-rieng"' not in text


def test_a_draft_is_one_persons_own(shop, session):
    _autosave(shop, name="Mắm của tôi")
    other = a_user(session, "Người khác")
    a_grant(session, other, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, shop.producer.id)
    session.commit()

    page = shop.browser.another().sign_in(other, shop.producer.id).open("/san-pham/moi")

    assert page.form(button="Đăng bán").values["name"] == [""]


def test_a_wrong_price_keeps_the_photos_and_every_letter(shop, older):
    typed = {**TYPED, "variants-0-price_vnd": "tám mươi"}

    page = shop.new().form(button="Đăng bán").fill(**typed, photos=three_photos()).submit("Đăng bán")

    assert page.one("#errors a[href='#variants-0-price_vnd']").get_text() == "Giá viết bằng số, ví dụ 70.000."
    assert len(page.html.select("[data-photo]")) == 3
    assert page.form(button="Đăng bán").values["variants-0-price_vnd"] == ["tám mươi"]
    assert len(shop.listings()) == 1


def test_setting_right_what_was_wrong_is_all_that_is_left_to_do(shop, older):
    typed = {**TYPED, "variants-0-price_vnd": ""}
    page = shop.new().form(button="Đăng bán").fill(**typed, photos=three_photos()).submit("Đăng bán")

    after = page.form(button="Đăng bán").fill(**{"variants-0-price_vnd": "85000"}).submit("Đăng bán")

    assert "Đã lưu sản phẩm" in after.text
    assert len(shop.listings()[-1].photos) == 3


def test_a_saved_product_leaves_no_draft(shop):
    shop.new().form(button="Lưu nháp").fill(
        name="Chè", set_no="11", **{"variants-0-price_vnd": "9000"}
    ).submit("Lưu nháp")

    shop.new().form(button="Đăng bán").submit("Đăng bán")

    with open_session(shop.engine, read_only=True) as session:
        left = list(session.scalars(select(Draft)))
    assert left == []


def test_a_draft_can_be_thrown_away(shop):
    page = shop.new().form(button="Lưu nháp").fill(name="Nhầm").submit("Lưu nháp")

    after = page.form(button="Bỏ bản nháp").submit("Bỏ bản nháp")

    assert after.form(button="Đăng bán").values["name"] == [""]


def test_a_picture_that_is_none_is_named_and_the_good_ones_stay(shop):
    files = [
        an_upload("a.jpg", seed=1),
        an_upload("b.jpg", data=b"<html>khong phai anh</html>"),
        an_upload("c.jpg", seed=2),
    ]

    page = (
        shop.new()
        .form(button="Đăng bán")
        .fill(name="Chè", set_no="11", photos=files, **{"variants-0-price_vnd": "80000"})
        .submit("Đăng bán")
    )

    assert (
        "Tệp thứ 2 không phải ảnh. Chưa lưu gì từ tệp này. Chọn ảnh chụp sản phẩm."
        in page.one("#errors").get_text()
    )
    assert len(page.html.select("[data-photo]")) == 2
    assert shop.listings() == []


def test_more_photos_than_a_product_holds_keep_the_first(shop):
    files = [an_upload(f"{seed}.jpg", seed=seed, width=80, height=60) for seed in range(10)]

    data = {
        **shop.browser.keys(),
        "name": "Chè",
        "press": "draft",
        "photos": [(file, file.name) for file in files],
    }
    answer = shop.browser.client.post("/san-pham/moi", data=data, follow_redirects=True)

    text = answer.get_data(as_text=True)
    assert "Nhiều nhất 9 ảnh" in text
    assert text.count("data-photo=") == 9


def test_without_javascript_moving_a_photo_keeps_what_was_typed(shop):
    page = shop.new().form(button="Lưu nháp").fill(name="Chè", photos=three_photos()).submit("Lưu nháp")
    before = [tag["data-photo"] for tag in page.html.select("[data-photo]")]

    form = page.form(button="Lưu nháp").fill(name="Chè búp")
    form.values["photo_action"] = [f"up:{before[2]}"]
    after = form.submit("Lưu nháp")

    order = [tag["data-photo"] for tag in after.html.select("[data-photo]")]
    assert order == [before[0], before[2], before[1]]
    assert after.form(button="Lưu nháp").values["name"] == ["Chè búp"]
    assert after.form(button="Lưu nháp").values[f"shot-{before[2]}"] == ["back_label"]


def test_a_shot_the_person_chose_travels_with_its_photo(shop):
    page = shop.new().form(button="Lưu nháp").fill(name="Chè", photos=three_photos()).submit("Lưu nháp")
    ids = [tag["data-photo"] for tag in page.html.select("[data-photo]")]

    form = page.form(button="Lưu nháp").fill(**{f"shot-{ids[0]}": "other"})
    form.values["photo_action"] = [f"down:{ids[0]}"]
    after = form.submit("Lưu nháp").form(button="Lưu nháp").values

    assert [after[f"shot-{one}"] for one in (ids[1], ids[0], ids[2])] == [["front"], ["other"], ["making"]]


def test_photos_sent_by_themselves_come_back_as_a_list(shop):
    data = {**shop.browser.keys(), "photos": (an_upload(seed=4), "a.jpg")}

    answer = shop.browser.client.post("/nhap/anh", data=data, headers={"X-Requested-With": "fetch"})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "data-photo-list" in text
    assert text.count("data-photo=") == 1


def test_a_bad_picture_sent_by_itself_gets_one_plain_sentence(shop):
    data = {**shop.browser.keys(), "photos": (an_upload(data=b"GIF89a"), "a.gif")}

    answer = shop.browser.client.post("/nhap/anh", data=data, headers={"X-Requested-With": "fetch"})

    assert answer.status_code == 422
    assert answer.get_data(as_text=True).startswith("Tệp thứ 1 không phải ảnh.")


def test_the_same_picture_sent_again_is_there_once(shop):
    for _ in range(2):
        data = {**shop.browser.keys(), "photos": (an_upload(seed=4), "a.jpg")}
        shop.browser.client.post("/nhap/anh", data=data)

    with open_session(shop.engine, read_only=True) as session:
        stored = len(list(session.scalars(select(Media))))
        kept = session.scalars(select(Draft)).one().media_ids
    assert (stored, len(kept)) == (1, 1)


def test_a_draft_takes_nothing_of_another_producer(shop, session, config):
    _user, stranger, _actor = an_owner(session)
    foreign = a_listing(session, stranger)
    picture = a_photo(session, stranger, config.media_dir, seed=9)
    session.commit()
    keys = shop.browser.keys()

    statuses = [
        shop.browser.client.post("/nhap", data={**keys, "listing_key": foreign.id, "name": "x"}).status_code,
        shop.browser.post(f"/nhap/anh?cho={foreign.id}", {"photo_action": f"up:{picture.id}"}).status_code,
        shop.browser.post("/nhap/chep", {"source": foreign.id}).status_code,
    ]
    shop.browser.post("/nhap/anh", {"photo_action": f"order:{picture.id}"})

    with open_session(shop.engine, read_only=True) as fresh:
        kept = [draft.media_ids for draft in fresh.scalars(select(Draft))]
    assert statuses == [404, 404, 404]
    assert kept in ([], [[]])


def test_copying_an_older_product_takes_its_words_but_not_its_name_or_price(shop, older):
    page = shop.new().form(button="Chép từ sản phẩm cũ").fill(name="Tên mới").submit("Chép từ sản phẩm cũ")

    after = page.form("chep").fill(source=older.id).submit("Chép")

    values = after.form(button="Đăng bán").values
    assert values["name"] == ["Tên mới"]
    assert values["short_text"] == [older.short_text]
    assert values["story"] == [older.story]
    assert values["variants-0-price_vnd"] == [""]


def test_goods_of_another_group_do_not_keep_the_label_of_the_older_product(shop, older):
    before = shop.new().form(button="Đăng bán").values
    assert before["ingredients"] == [older.ingredients] != [""]

    typed = {name: values[0] for name, values in before.items() if values} | {
        "set_no": "22",
        "usage": "Quàng cổ",
    }
    _autosave(shop, **typed)

    after = shop.new().form(button="Đăng bán").values
    assert after["usage"] == ["Quàng cổ"]
    assert after["warning"] == [""]
    assert after["ingredients"] == [""]


def test_goods_of_the_same_group_keep_what_was_taken_over(shop, older):
    before = shop.new().form(button="Đăng bán").values

    typed = {name: values[0] for name, values in before.items() if values} | {"set_no": "10"}
    _autosave(shop, **typed)

    assert shop.new().form(button="Đăng bán").values["ingredients"] == [older.ingredients]
