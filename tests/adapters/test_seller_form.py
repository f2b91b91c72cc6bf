"""The seller's web form: the shipped contract over both kinds of site, and every trap such a site sets."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import requests

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.form_engine import SkuField, read_engine
from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.form_face import LIKE_2022, Manners
from marketplace_adapters.seller_form.adapter import SellerFormAdapter
from marketplace_adapters.seller_form.cookies import Cookies
from marketplace_adapters.seller_form.html import parsed
from marketplace_adapters.testing.conformance import ApiConformance, Stored
from marketplace_adapters.testing.samples import listing, photo, picture, variant
from marketplace_adapters.types import ChannelInfo, ListingPayload, Published

SKU = "TT-MT-250"


class Clock:
    """Seconds that pass only when somebody sleeps; `sleeping` is called once, at the next sleep."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []
        self.sleeping: Any = None

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        act, self.sleeping = self.sleeping, None
        if act:
            act()


class HurriedClient(HttpClient):
    """Patient, but for the one write that is going to meet silence."""

    def __init__(self, cap: int) -> None:
        super().__init__(lan=True, deadline=20, cap=cap)
        self.silence_ahead = False

    def call(self, method: str, url: str, **options: Any) -> Reply:
        self.deadline = 0.3 if self.silence_ahead and method == "POST" and "/shop/product" in url else 20
        return super().call(method, url, **options)


class FormMarket:
    """A practice site, and adapters whose clock is the site's."""

    def __init__(self, shop: PracticeServer, clock: Clock, channel: ChannelInfo) -> None:
        self.shop, self.clock, self.channel = shop, clock, channel
        self.silence_ahead = False
        self.media: Mapping[str, str] = {}
        self.settings = {"base_url": shop.base_url, "username": shop.user, "password": shop.password}

    def adapter(self) -> SellerFormAdapter:
        adapter = SellerFormAdapter(self.channel, self.settings)
        adapter.session.http = HurriedClient(adapter.session.http.cap)
        adapter.session.http.silence_ahead, self.silence_ahead = self.silence_ahead, False
        adapter.sleep, adapter.clock = self.clock.sleep, self.clock
        return adapter

    def fail_next(self, fault: str) -> None:
        self.shop.faults.add(fault, "POST", "/shop/product")
        self.silence_ahead = fault in ("hang", "drip")

    def held(self, sku: str) -> list[dict[str, Any]]:
        """Products that say they are this SKU, finished or not; oldest first."""
        marked = re.compile(rf"Mã hàng: {re.escape(sku)}(?![A-Z0-9-])")
        found = [
            one
            for one in self.shop.forms.products()
            if one["code"] == sku or marked.search(one["fields"]["des"])
        ]
        return sorted(found, key=lambda one: one["id"])

    def count(self, sku: str) -> int:
        return len(self.held(sku))

    def media_count(self) -> int:
        return self.shop.forms.handed

    def double(self, sku: str) -> None:
        first = self.held(sku)[0]
        self.shop.forms.add(sku, first["status"], first["slug"], first["fields"], first["images"])

    def remove(self, remote_id: str) -> None:
        self.shop.forms.remove(int(remote_id))

    def approve(self, remote_id: str) -> None:
        self.shop.forms.approve(int(remote_id))

    def revoke(self) -> None:
        self.shop.door = Door(self.shop.user, "mat-khau-khac")

    def stored(self, sku: str) -> Stored:
        product = self.held(sku)[0]
        fields = product["fields"]
        text = "\n".join(
            [parsed(fields["des"]).lines(), *(fields[name] for name in ("san_luong", "dong_goi"))]
        )
        stock = int(fields["amount"]) if fields["amount"] else None
        price = fields["sale_off"] or fields["price"]
        photos = {self.shop.forms.image(product["code"], name) for name in product["images"]} - {None}
        return Stored(str(product["id"]), fields["name"], text, price, len(photos), stock)

    def shopper_sees(self, remote_id: str) -> bool:
        product = self.shop.forms.product(int(remote_id))
        return product is not None and self.page(f"/san-pham-bm/{remote_id}").status_code == 200

    def page(self, path: str) -> requests.Response:
        return requests.get(self.shop.base_url + path, timeout=5)

    def publish(self, offered: ListingPayload | None = None, **options: Any) -> Published:
        adapter = self.adapter()
        return adapter.publish(adapter.items(offered or listing())[0], **options)


class Market2022(FormMarket):
    """The site of 2022: photos sent again take the place of the earlier ones, and its pages are never shut."""

    def media_count(self) -> int:
        return sum(len(one["images"]) for one in self.shop.forms.products())

    def shopper_sees(self, remote_id: str) -> bool:
        product = self.shop.forms.product(int(remote_id))
        named = f">{product['fields']['name']}</a>" if product else "-"
        return named in self.page("/shop").text


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _serving(folder: Path, clock: Clock, manners: Manners | None = None) -> PracticeServer:
    return PracticeServer(folder / "shop.db", clock=clock, manners=manners)


@pytest.fixture
def market(tmp_path: Path, clock: Clock) -> Iterator[FormMarket]:
    with _serving(tmp_path, clock) as shop:
        yield FormMarket(shop, clock, registry.channels()["practice_form"])


@pytest.fixture
def old_market(tmp_path: Path, clock: Clock) -> Iterator[Market2022]:
    with _serving(tmp_path, clock, LIKE_2022) as shop:
        yield Market2022(shop, clock, channel_2022())


def channel_2022() -> ChannelInfo:
    """Thanh Hóa's file on this machine: only where the shopper's pages and photos lie is the practice site's own."""
    real = registry.channels()["thanh_hoa"]
    form = replace(
        real.form,
        paths=replace(real.form.paths, public="/san-pham-bm/{slug}"),
        images=replace(real.form.images, path="/anh-bm/{code}/"),
        status=replace(real.form.status, states={**real.form.status.states, "2": "in_review"}),
    )
    categories = registry.channels()["practice_form"].categories
    return replace(real, protocol="seller_form", lan=True, form=form, categories=categories)


class TestSellerForm(ApiConformance):
    protocol = "seller_form"
    photos_have_ids = False  # files get their names only with the form that carries them

    @pytest.fixture
    def market(self, market: FormMarket) -> FormMarket:
        return market


class TestSellerFormOfTheSiteOf2022(ApiConformance):
    protocol = "seller_form"
    photos_have_ids = False

    @pytest.fixture
    def market(self, old_market: Market2022) -> Market2022:
        return old_market


# Photos


def _by_hand(market: FormMarket) -> requests.Session:
    """A person's browser, signed in."""
    browser = requests.Session()
    token = _token(browser.get(f"{market.shop.base_url}/shop/login", timeout=5).text)
    pair = {"username": market.shop.user, "password": market.shop.password}
    browser.post(f"{market.shop.base_url}/shop/login", data={"_token": token, **pair}, timeout=5)
    return browser


def _token(page: str) -> str:
    return re.search(r'name="_token" value="([^"]+)"', page)[1]


def _typed(market: FormMarket, browser: requests.Session, **fields: str) -> dict[str, str]:
    page = browser.get(f"{market.shop.base_url}/shop/product/create", timeout=5).text
    filled = {
        "name": "Rau má",
        "type": "1",
        "type_product_id": "1",
        "des": "",
        "status": "1",
        "price": "1000",
    }
    return {**filled, "_token": _token(page), **fields}


def test_photos_of_one_second_overwrite_each_other_at_the_site(market: FormMarket) -> None:
    browser = _by_hand(market)
    photos = [
        ("images[]", (f"{at}.jpg", picture(colour)))
        for at, colour in enumerate(("#111111", "#222222", "#333333"))
    ]

    browser.post(
        f"{market.shop.base_url}/shop/product",
        data=_typed(market, browser, product_code="TAY-1"),
        files=photos,
        timeout=5,
    )

    assert market.shop.forms.handed == 3
    assert market.stored("TAY-1").photos == 1


def test_at_the_pace_of_the_site_no_photo_is_lost(market: FormMarket) -> None:
    market.publish()

    assert market.stored(SKU).photos == 3
    assert len(market.clock.slept) == 3
    assert sum(market.clock.slept) == pytest.approx(3.3)


def test_without_the_pace_the_loss_is_seen_and_said_and_repaired_by_the_next_update(
    market: FormMarket,
) -> None:
    form = market.channel.form
    hasty = replace(market.channel, form=replace(form, images=replace(form.images, pace_seconds=0.0)))
    paced, market.channel = market.channel, hasty

    sent = market.publish()
    lost = market.stored(SKU).photos
    market.channel = paced
    adapter = market.adapter()
    mended = adapter.update(sent.remote_id, adapter.items(listing())[0], media=sent.media)

    assert lost < 3
    assert "echo_differs" in {notice.code for notice in sent.warnings}
    assert market.stored(SKU).photos == 3
    assert "echo_differs" not in {notice.code for notice in mended.warnings}


def test_where_photos_replace_each_other_they_travel_together_and_none_is_lost(
    old_market: Market2022,
) -> None:
    sent = old_market.publish()
    adapter = old_market.adapter()
    more = listing(photos=(*listing().photos, photo("other", "#A32D1D")))

    adapter.update(sent.remote_id, adapter.items(more)[0], media=sent.media)

    assert old_market.stored(SKU).photos == 4
    assert old_market.held(SKU)[0]["code"] == SKU


def test_photos_of_other_products_on_the_same_page_are_not_counted(old_market: Market2022) -> None:
    near = old_market.publish(listing(name="Rau má", variants=(variant(sku="KHAC-1"),)))
    sent = old_market.publish()
    for one in (near, sent):
        old_market.approve(one.remote_id)

    seen = old_market.adapter().read_back(sent.remote_id)

    assert (seen.photo_count, seen.dead_photos) == (3, 0)


def test_a_photo_that_went_missing_there_is_counted_as_dead(market: FormMarket) -> None:
    sent = market.publish()
    name = market.held(SKU)[0]["images"][0]
    with market.shop.forms._lock:
        market.shop.forms._db.execute("DELETE FROM form_image WHERE name = ?", (name,))

    seen = market.adapter().read_back(sent.remote_id)

    assert (seen.photo_count, seen.dead_photos) == (3, 1)


def test_a_new_product_is_hidden_until_its_last_photo_is_there(market: FormMarket) -> None:
    statuses: list[str] = []
    real = market.shop.forms.put_image

    def watched(*given: Any) -> str:
        statuses.extend(one["status"] for one in market.shop.forms.products())
        return real(*given)

    market.shop.forms.put_image = watched
    market.publish()

    assert statuses == ["0", "0"]
    assert market.held(SKU)[0]["status"] == "2"


# Signing in


def test_a_form_without_its_token_is_not_taken(market: FormMarket) -> None:
    browser = _by_hand(market)

    refused = browser.post(
        f"{market.shop.base_url}/shop/product", data=_typed(market, browser, _token="la"), timeout=5
    )

    assert refused.status_code == 419
    assert market.shop.forms.products() == []


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_session_that_ends_in_the_middle_costs_one_more_sign_in_and_no_double(
    market: FormMarket, at: int
) -> None:
    asleep = []

    def ending() -> None:
        asleep.append(1)
        if len(asleep) == at:
            market.shop.form.end_sessions()
        else:
            market.clock.sleeping = ending

    market.clock.sleeping = ending
    sent = market.publish()

    assert sent.created
    assert market.count(SKU) == 1
    assert market.stored(SKU).photos == 3
    assert market.shop.faults.seen["POST", "/shop/login"] == 2


def test_a_session_that_ends_every_time_is_given_up_without_a_double(market: FormMarket) -> None:
    def ending() -> None:
        market.shop.form.end_sessions()
        market.clock.sleeping = ending

    market.clock.sleeping = ending
    with pytest.raises(MarketplaceUnavailable) as caught:
        market.publish()

    assert caught.value.code == "session_lost"
    assert market.count(SKU) == 0


def test_a_wrong_password_is_named_at_once(market: FormMarket) -> None:
    market.settings["password"] = "khong-phai"

    with pytest.raises(AuthenticationError):
        market.publish()

    assert market.shop.faults.seen["POST", "/shop/login"] == 1


def test_another_host_is_never_followed_and_gets_no_cookie(market: FormMarket, tmp_path: Path) -> None:
    adapter = market.adapter()

    assert adapter.session.own_url(market.shop.base_url, "https://khac.example/shop/login") is None
    assert adapter.session.own_url(market.shop.base_url, "//khac.example/") is None
    assert adapter.session.own_url(market.shop.base_url, "http://a:b@127.0.0.1/") is None
    assert adapter.session.own_url(market.shop.base_url, "javascript:alert(1)") is None
    assert adapter.session.own_url(market.shop.base_url, "/shop?a=1#b") == f"{market.shop.base_url}/shop?a=1"


def test_an_address_with_a_path_is_refused_at_once(market: FormMarket) -> None:
    with pytest.raises(ConfigurationError) as caught:
        SellerFormAdapter(
            market.channel, {**market.settings, "base_url": f"{market.shop.base_url}/shop/login"}
        )

    assert caught.value.code == "bad_url"


def test_cookies_joined_into_one_header_are_told_apart_and_ended_ones_dropped() -> None:
    cookies = Cookies()

    cookies.take("a=1; expires=Wed, 01-Jan-2048 00:00:00 GMT; path=/, b=2%3D; HttpOnly, c=3; Max-Age=0")
    cookies.take("a=; expires=Thu, 01 Jan 1970 00:00:00 GMT, bad name=1, d=x\r\nX: y")

    assert cookies.header() == {"Cookie": "b=2%3D"}


# Whose product


def test_the_same_code_typed_by_hand_is_taken_by_the_site_and_met_by_us(market: FormMarket) -> None:
    market.publish()
    browser = _by_hand(market)

    browser.post(
        f"{market.shop.base_url}/shop/product",
        data=_typed(market, browser, product_code=SKU),
        files=[("images[]", ("a.jpg", picture("#111111")))],
        timeout=5,
    )
    again = market.publish()

    assert market.count(SKU) == 2
    assert not again.created
    assert "duplicate_remote" in {notice.code for notice in again.warnings}


@pytest.mark.parametrize("code", ["SP00001", f"{SKU}-1", f"X{SKU}", SKU.lower(), f"{SKU} (cũ)", ""])
def test_a_strangers_product_in_a_shared_account_is_never_touched(market: FormMarket, code: str) -> None:
    fields = {
        "name": listing().name,
        "des": f"<p>Giống hệt, mã {SKU}</p>",
        "price": "1",
        "amount": "",
        "sale_off": "",
    }
    stranger = market.shop.forms.add(code, "1", "la", fields, ["1.jpg"])
    before = market.shop.forms.product(stranger)

    sent = market.publish()

    assert sent.created
    assert int(sent.remote_id) != stranger
    assert market.shop.forms.product(stranger) == before


def test_at_the_site_that_makes_its_own_codes_a_strangers_product_is_never_touched(
    old_market: Market2022,
) -> None:
    fields = {
        "name": listing().name,
        "des": f"<p>Mã hàng: {SKU}-1</p>",
        "price": "1",
        "amount": "",
        "sale_off": "",
    }
    fields |= {"type": "1", "type_product_id": "1", "san_luong": "", "dong_goi": ""}
    stranger = old_market.shop.forms.add("SP00001", "1", "mam-tep-dong-u-thinh-gao-rang", fields, ["1.jpg"])
    before = old_market.shop.forms.product(stranger)

    sent = old_market.publish()

    assert sent.created
    assert int(sent.remote_id) != stranger
    assert old_market.shop.forms.product(stranger) == before
    # and the page both share by their name is the stranger's, so ours is not called on sale
    old_market.approve(sent.remote_id)
    assert old_market.adapter().fetch_status(sent.remote_id).state == "in_review"


def test_our_product_is_found_behind_pages_of_others(market: FormMarket) -> None:
    sent = market.publish()
    fields = {"name": "Rau má", "des": "", "price": "1"}
    for at in range(25):
        market.shop.forms.add(f"KHAC-{at}", "1", "rau-ma", fields, [])
        market.clock.now += 1

    again = market.publish()

    assert again.remote_id == sent.remote_id
    assert market.shop.faults.seen["GET", "/shop/product"] > 6


def test_a_list_that_never_ends_creates_nothing(market: FormMarket) -> None:
    for at in range(25):
        market.shop.forms.add(f"KHAC-{at}", "1", "rau-ma", {"name": "Rau má", "des": "", "price": "1"}, [])
    form = market.channel.form
    market.channel = replace(market.channel, form=replace(form, list=replace(form.list, most_pages=2)))

    with pytest.raises(UnexpectedResponse) as caught:
        market.publish()

    assert caught.value.code == "list_too_long"
    assert market.count(SKU) == 0


# What the site says


def test_a_refused_field_is_named_with_the_sites_own_words(market: FormMarket) -> None:
    form = market.channel.form
    fields = tuple(replace(one, longest=0) for one in form.fields)
    market.channel = replace(market.channel, form=replace(form, fields=fields), rules={})

    with pytest.raises(ListingRejected) as caught:
        market.publish(listing(name="Mắm tép " * 40))

    (problem,) = caught.value.problems
    assert (problem.code, problem.field) == ("field_refused", "name")
    assert problem.params == {"field": "name", "said": "Tên sản phẩm không được dài quá 255 ký tự."}
    assert market.count(SKU) == 0


def test_several_refusals_are_each_named(market: FormMarket) -> None:
    market.channel = replace(market.channel, rules={})

    with pytest.raises(ListingRejected) as caught:
        market.publish(listing(photos=(), variants=(variant(price_vnd=10**13),)))

    assert {problem.field for problem in caught.value.problems} == {"price_vnd", "photos"}


def test_a_text_too_long_for_a_box_blocks_before_anything_is_sent(market: FormMarket) -> None:
    adapter = market.adapter()

    found = adapter.check(listing(storage="Nơi khô mát. " * 30))

    (problem,) = [one for one in found if one.code == "field_too_long"]
    assert (problem.field, problem.severity, problem.params["max"]) == ("storage", "blocking", 255)


def test_a_category_the_site_has_not_asks_the_co_op(market: FormMarket) -> None:
    market.channel = replace(market.channel, categories={})

    with pytest.raises(ListingRejected) as caught:
        market.publish()

    assert [problem.code for problem in caught.value.problems] == ["category_missing"]
    assert market.count(SKU) == 0


def test_a_form_that_changed_is_named_by_its_missing_fields_and_not_filled_in(market: FormMarket) -> None:
    form = market.channel.form
    renamed = tuple(replace(one, name="gia_moi") if one.name == "price" else one for one in form.fields)
    market.channel = replace(market.channel, form=replace(form, fields=renamed))

    with pytest.raises(UnexpectedResponse) as caught:
        market.publish()

    assert caught.value.params == {"missing": ("gia_moi",)}
    assert market.count(SKU) == 0


def test_vietnamese_letters_are_whole_on_the_public_page_however_they_were_typed(market: FormMarket) -> None:
    apart = listing(
        name=unicodedata.normalize("NFD", "Mắm tép đồng Hậu Lộc"),
        story=unicodedata.normalize("NFD", "Ủ gần ba tháng dưới nắng."),
    )
    sent = market.publish(apart)
    market.approve(sent.remote_id)

    page = market.page(f"/san-pham-bm/{sent.remote_id}").content.decode("utf-8")

    assert "<h1>Mắm tép đồng Hậu Lộc</h1>" in page
    assert "Ủ gần ba tháng dưới nắng." in page
    assert unicodedata.is_normalized("NFC", page)


def test_markup_in_a_listing_arrives_as_text_though_the_site_keeps_markup(market: FormMarket) -> None:
    sent = market.publish(listing(story="<script>alert(1)</script> & <b>đậm</b>"))
    market.approve(sent.remote_id)

    page = market.page(f"/san-pham-bm/{sent.remote_id}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;đậm&lt;/b&gt;" in page
    assert "<script>alert(1)</script> & <b>đậm</b>" in market.adapter().read_back(sent.remote_id).text


def test_stars_stock_and_words_are_read_back(market: FormMarket) -> None:
    sent = market.publish(listing(variants=(variant(sale_vnd=65_000, stock=0, gtin="8930000000019"),)))
    market.approve(sent.remote_id)

    seen = market.adapter().read_back(sent.remote_id)

    assert (seen.stars, seen.in_stock, seen.price_vnd, seen.gtin) == (3, False, 65_000, "8930000000019")
    assert seen.text.startswith(listing().short_text)
    assert seen.found_by == {listing().name: True}
    assert "OCOP 3 sao" in market.page(f"/san-pham-bm/{sent.remote_id}").text


def test_what_somebody_typed_by_hand_survives_a_change_of_stock(market: FormMarket) -> None:
    sent = market.publish()
    product = market.held(SKU)[0]
    typed = {**product["fields"], "des": "<p>Sửa tay</p>"}
    market.shop.forms.change(product["id"], SKU, product["status"], typed, product["images"])

    market.adapter().set_stock(sent.remote_id, 5)

    after = market.held(SKU)[0]
    assert after["fields"] == {**typed, "amount": "5"}
    assert after["images"] == product["images"]


def test_a_live_status_without_a_public_page_is_not_called_live(market: FormMarket) -> None:
    sent = market.publish()
    market.approve(sent.remote_id)
    form = market.channel.form
    astray = replace(form, paths=replace(form.paths, public="/khong-co/{id}"))
    market.channel = replace(market.channel, form=astray)

    seen = market.adapter().fetch_status(sent.remote_id)

    assert (seen.state, seen.url) == ("in_review", None)


def test_a_product_comes_on_sale_by_itself_where_the_reviewer_never_sleeps(
    tmp_path: Path, clock: Clock
) -> None:
    with PracticeServer(tmp_path / "shop.db", clock=clock, review_seconds=20) as shop:
        market = FormMarket(shop, clock, registry.channels()["practice_form"])
        sent = market.publish()
        clock.now += 20

        assert market.adapter().fetch_status(sent.remote_id).state == "live"
        assert listing().name in market.page("/shop").text


def test_the_reviewers_desk_lets_a_product_on_sale(market: FormMarket) -> None:
    sent = market.publish()
    reviewer = {"auth": (market.shop.user, market.shop.password), "timeout": 5}
    desk = requests.get(f"{market.shop.base_url}/quan-tri-bm", **reviewer).text
    token = re.search(r'name="token" value="([^"]+)"', desk)[1]

    requests.post(
        f"{market.shop.base_url}/quan-tri-bm", data={"token": token, "id": sent.remote_id}, **reviewer
    )

    assert market.adapter().fetch_status(sent.remote_id).state == "live"


def test_the_connection_test_names_the_list_and_the_categories_are_the_forms_own(market: FormMarket) -> None:
    facts = market.adapter().test_connection()
    categories = market.adapter().categories()

    assert (facts.name, facts.currency) == ("Danh sách sản phẩm · Sàn tập", "VND")
    assert ("1", "Thực phẩm") in {(one.id, one.name) for one in categories}


# Trouble


@pytest.mark.parametrize("manners", [Manners(), LIKE_2022], ids=["practice", "2022"])
def test_a_storm_of_faults_leaves_one_product_a_sku(tmp_path: Path, clock: Clock, manners: Manners) -> None:
    storm = Random(20261121)
    kinds = ["lost_reply", "error_after", "garbled", "html", "reset_before", "error_before", "rate_limited"]
    two = listing(photos=(photo("front", "#FBF8F1"), photo("back_label", "#EAF2F7")))
    skus = [f"BAO-{at}" for at in range(15)]
    with _serving(tmp_path, clock, manners) as shop:
        known = channel_2022() if manners.own_codes else registry.channels()["practice_form"]
        market = FormMarket(shop, clock, known)

        for sku in skus:
            for fault in storm.choices(kinds, k=3):
                shop.faults.add(fault, storm.choice(["POST", "POST", "GET"]), "/shop/product")
            _insist(market, replace(two, name=f"{two.name} {sku}", variants=(variant(sku=sku),)))

        assert [market.count(sku) for sku in skus] == [1] * len(skus)
        assert [one["code"] for one in reversed(shop.forms.products())] == skus
        assert {market.stored(sku).photos for sku in skus} == {2}
        assert {one["status"] for one in shop.forms.products()} == {"2"}


def _insist(market: FormMarket, offered: ListingPayload) -> None:
    """Publish as a worker does: again after every error, keeping the photo ids that were gained."""
    for attempt in range(12):
        try:
            market.media = market.publish(offered, retry=attempt > 0, media=market.media).media
            return
        except MarketplaceError as error:
            market.media = error.media
    raise AssertionError("never got through")


def test_trouble_after_the_first_write_is_never_called_nothing_done(market: FormMarket) -> None:
    market.shop.faults.add("error_before", "GET", "/shop/product/1/edit")

    with pytest.raises(OutcomeUnknown):
        market.publish()

    assert market.count(SKU) == 1


def test_a_removed_product_is_gone_also_when_it_goes_between_look_and_write(market: FormMarket) -> None:
    sent = market.publish()
    market.clock.sleeping = lambda: market.remove(sent.remote_id)
    adapter = market.adapter()
    more = listing(photos=(*listing().photos, photo("other", "#A32D1D")))

    with pytest.raises(RemoteListingNotFound):
        adapter.update(sent.remote_id, adapter.items(more)[0], media=sent.media)


# The form as data


def _raw() -> dict[str, Any]:
    path = registry.CHANNELS_FOLDER / "practice_form.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["form"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda raw: raw.pop("sign_in"), "form.sign_in"),
        (lambda raw: raw.update(tokn="x"), "form.tokn"),
        (lambda raw: raw["paths"].update(list="https://khac.example/"), "form.paths.list"),
        (lambda raw: raw["paths"].update(list="//khac.example"), "form.paths.list"),
        (lambda raw: raw["paths"].update(edit="/shop/product/edit"), "form.paths.edit"),
        (lambda raw: raw["paths"].update(edit="/shop/{id}/{ma}"), "form.paths.edit"),
        (lambda raw: raw["paths"].update(public="/sp/{slug}"), "slug_column"),
        (lambda raw: raw["paths"].update(update_method="DELETE"), "update_method"),
        (lambda raw: raw["status"].update(hidden="1"), "form.status.hidden"),
        (lambda raw: raw["status"]["states"].update({"1": "sold"}), "form.status.states"),
        (lambda raw: raw["images"].update(pace_seconds=60), "pace_seconds"),
        (lambda raw: raw["images"].update(extensions=["jpg", "php"]), "extensions"),
        (lambda raw: raw["images"].update(pace_seconds="1"), "pace_seconds"),
        (lambda raw: raw["fields"].append({"name": "si", "source": "wholesale"}), "wholesale"),
        (lambda raw: raw["fields"].append({"name": "name", "source": "brand"}), "name"),
        (lambda raw: raw["fields"].append({"name": "x"}), "'x'"),
        (lambda raw: raw["sku"].update(on_create=False), "marker_field"),
        (lambda raw: raw.update(success=[]), "form.success"),
    ],
)
def test_a_bad_form_is_refused_by_its_key(change: Any, named: str) -> None:
    raw = _raw()
    change(raw)

    with pytest.raises(ValueError, match=re.escape(named)):
        read_engine(raw)


def test_the_shipped_forms_say_what_was_seen_and_what_was_not() -> None:
    channels = registry.channels()

    assert channels["practice_form"].form.verified
    assert not channels["thanh_hoa"].form.verified
    assert channels["thanh_hoa"].doors == ("seller_form",)
    assert channels["thanh_hoa"].protocol == "handoff"
    assert {channels[code].at_once for code in ("practice_form", "thanh_hoa")} == {1}
    assert channels["thanh_hoa"].form.sku == SkuField(
        "product_code", False, r"SP\d{5,}", "des", "Mã hàng: {sku}"
    )


def test_untidy_pages_are_read_as_a_browser_reads_them() -> None:
    page = parsed(
        "<table><tr><th>A<th>B</tr><tr><td><span>x</span></a><td>y<br>z &amp; k<tr><td>1<td>2</table>"
        "<p>một <b>hai</b>, ba<p>bốn<script>var x = '<p>'</script>" + "<div>" * 5_000
    )

    assert [[cell.text() for cell in row.walk() if cell.tag in ("td", "th")] for row in page.all("tr")] == [
        ["A", "B"], ["x", "y z & k"], ["1", "2"],
    ]  # fmt: skip
    assert page.lines().splitlines()[-2:] == ["một hai, ba", "bốn"]
