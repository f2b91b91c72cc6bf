"""One screen makes a complete product and puts it up everywhere."""

from __future__ import annotations

from sqlalchemy import select

from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.db.install import get as install_row
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from tests.factories import an_upload

from .conftest import TYPED, three_photos


def test_a_first_product_needs_a_kind_a_name_and_a_price(shop):
    page = shop.new()

    after = (
        page.form(button="Đăng bán")
        .fill(name="Chè búp khô", set_no="11", **{"variants-0-price_vnd": "80k"})
        .submit("Đăng bán")
    )

    saved = shop.listings()
    assert "Đã lưu sản phẩm. Chưa chọn nơi đăng" in after.text
    assert [(one.name, one.set_no, one.variants[0].price_vnd) for one in saved] == [
        ("Chè búp khô", 11, 80_000)
    ]


def test_the_code_of_a_pack_is_ours_and_carries_the_installs_prefix(shop, session):
    prefix = install_row(session).prefix
    session.commit()

    shop.new().form(button="Đăng bán").fill(
        name="Chè", set_no="11", **{"variants-0-price_vnd": "80000"}
    ).submit("Đăng bán")

    sku = shop.listings()[0].variants[0].sku
    assert sku.startswith(f"{prefix}-")
    assert len(sku) == len(prefix) + 9


def test_a_returning_producer_finds_everything_but_what_makes_it_another_product(shop, older):
    page = shop.new()

    values = page.form(button="Đăng bán").values

    assert values["set_no"] == ["9"]
    assert values["storage"] == ["Nơi khô, mát, tránh nắng."]
    assert values["ingredients"] == ["Tép riu (65%), muối ăn, thính gạo rang"]
    assert values["variants-0-packed_weight_g"] == ["520"]
    assert values["variants-0-box_height_cm"] == ["11"]
    assert [values[name] for name in ("name", "short_text", "story", "variants-0-price_vnd")] == [[""]] * 4
    assert [values[f"variants-0-{name}"] for name in ("net_content", "stock", "gtin", "label")] == [[""]] * 4
    assert "hạn dùng 365 ngày" in page.one("details.more:has(#storage) summary").get_text()


def test_seven_typed_fields_and_one_pick_put_a_product_up_in_three_places(shop, older):
    form = (
        shop.new()
        .form(button="Đăng bán")
        .fill(**TYPED, photos=three_photos(), channels=list(shop.channels.values()))
    )

    board = form.submit("Đăng bán")

    listing = shop.listings()[-1]
    with open_session(shop.engine, read_only=True) as session:
        posts = list(session.scalars(select(Publication).where(Publication.listing_id == listing.id)))
    assert board.path == "/bai-dang"
    assert sorted(post.channel_id for post in posts) == sorted(shop.channels.values())
    assert {post.state for post in posts} == {State.QUEUED}
    assert [photo.shot for photo in listing.photos] == ["front", "back_label", "making"]
    assert listing.warning == older.warning


def test_nothing_is_missing_anywhere_for_that_product(shop, older):
    form = shop.new().form(button="Lưu nháp").fill(**TYPED, photos=three_photos())

    page = form.submit("Lưu nháp")

    words = {place: page.one(f"#ready-{channel}").get_text() for place, channel in shop.channels.items()}
    assert words["practice"] == "Đủ để đăng"
    assert all("Đủ để đăng" in said for said in words.values())
    assert page.html.select(".missing") == []


def test_places_of_the_last_product_are_ticked_already(shop, older):
    chosen = [shop.channels["practice"], shop.channels["buudien"]]
    shop.new().form(button="Đăng bán").fill(**TYPED, photos=three_photos(), channels=chosen).submit(
        "Đăng bán"
    )

    values = shop.new().form(button="Đăng bán").values

    assert sorted(values["channels"]) == sorted(chosen)


def test_a_place_that_still_misses_something_waits_and_the_others_go(shop, older):
    two = [an_upload("a.jpg", seed=30)]
    chosen = list(shop.channels.values())

    page = shop.new().form(button="Đăng bán").fill(**TYPED, photos=two, channels=chosen).submit("Đăng bán")

    with open_session(shop.engine, read_only=True) as session:
        posted = set(session.scalars(select(Publication.channel_id)))
    assert posted == {shop.channels["practice"], shop.channels["buudien"]}
    assert "Còn thiếu 1 mục" in page.one(f"#ready-{shop.channels['thanh_hoa']}").get_text()
    assert page.html.select_one("details[open] .missing a[href='#anh']") is not None
    assert sorted(page.form(button="Gửi bản mới").values["channels"]) == sorted(chosen)


def test_what_is_missing_everywhere_is_said_once_and_leads_to_its_field(shop):
    form = (
        shop.new().form(button="Lưu nháp").fill(name="Mắm", set_no="9", **{"variants-0-price_vnd": "70000"})
    )

    page = form.submit("Lưu nháp")

    links = [str(a["href"]) for a in page.html.select(".missing a") if str(a["href"]).startswith("#")]
    ids = {str(tag["id"]) for tag in page.html.select("[id]")}
    assert {"#ingredients", "#storage", "#warning", "#anh"} <= set(links)
    assert {link[1:] for link in links} <= ids


def test_everything_written_leaves_its_trace(shop):
    shop.new().form(button="Đăng bán").fill(
        name="Chè", set_no="11", photos=[an_upload(seed=3)], **{"variants-0-price_vnd": "80000"}
    ).submit("Đăng bán")

    with open_session(shop.engine, read_only=True) as session:
        entries = list(session.scalars(select(AuditEntry).where(AuditEntry.user_id == shop.user.id)))
    actions = [entry.action for entry in entries]
    assert {"listing.create", "variant.create", "listing.photos", "media.keep"} <= set(actions)
    assert next(e for e in entries if e.action == "listing.create").new["name"] == "Chè"


def test_sending_the_same_form_twice_makes_one_product(shop):
    page = shop.new()
    form = page.form(button="Đăng bán").fill(name="Chè", set_no="11", **{"variants-0-price_vnd": "80000"})

    first, second = form.submit("Đăng bán"), form.submit("Đăng bán")

    assert len(shop.listings()) == 1
    assert first.path == second.path


def test_a_service_has_neither_weight_nor_stock_nor_content(shop):
    form = shop.new().form(button="Đăng bán").fill(
        name="Ngày ở bản, đi rừng với chủ nhà", set_no="26",
        **{"variants-0-price_vnd": "450000", "variants-0-net_content": "1", "variants-0-packed_weight_g": "9",
           "variants-0-stock": "5", "shelf_life_days": "9", "ingredients": "không"},
    )  # fmt: skip

    page = form.submit("Đăng bán")

    listing = shop.listings()[0]
    pack = listing.variants[0]
    assert (pack.net_content, pack.packed_weight_g, pack.stock, pack.gtin, pack.label) == (
        None,
        None,
        None,
        None,
        "",
    )
    assert (listing.shelf_life_days, listing.ingredients) == (None, "")
    assert all(
        page.one(f"#{name}").find_parent(attrs={"hidden": True})
        for name in ("ingredients", "variants-0-stock")
    )


def test_a_set_that_leaves_the_label_open_asks_for_it(shop):
    values = {"variants-0-price_vnd": "150000"}
    page = shop.new().form(button="Đăng bán").fill(name="Rượu mơ", set_no="15", **values).submit("Đăng bán")

    after = page.form(button="Đăng bán").fill(label_group="Rượu").submit("Đăng bán")

    assert "Chưa chọn nhãn ghi theo loại nào" in page.one("#errors").get_text()
    assert "Đã lưu sản phẩm" in after.text
    assert shop.listings()[0].label_group == "Rượu"
