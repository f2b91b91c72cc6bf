"""Fourteen traps of real shops, each planted, published into, and then: what became of it. No false alarm otherwise.

The same table in words: marketplace_adapters/testing/TRAPS.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests

from marketplace_adapters import registry, testing
from marketplace_adapters.compare import Difference, differences
from marketplace_adapters.errors import ListingRejected, MarketplaceError
from marketplace_adapters.http_base import HttpClient
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.traps import NATURAL, PLANTED
from marketplace_adapters.public_page import read_page
from marketplace_adapters.seller_form.adapter import SellerFormAdapter
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.types import Item, ListingPayload, Published, Rule
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter
from tests.adapters.clean_listings import clean_listings

SURVIVED = "survived by the adapter"
REFUSED = "refused before sending"
REPORTED = "reported by read-back"
SEARCHED = "reported by a search"

# trap -> (what becomes of it, the code that says so)
TABLE: dict[int, tuple[str, str]] = {
    1: (REPORTED, "price_times_100"),
    2: (SURVIVED, ""),
    3: (SURVIVED, ""),
    4: (REPORTED, "sold_out_there"),
    5: (SEARCHED, "not_found_by_name"),
    6: (SEARCHED, "not_found_without_tones"),
    7: (REPORTED, "address_letters_lost"),
    8: (REPORTED, "price_missing"),
    9: (REPORTED, "photos_dead"),
    10: (SURVIVED, ""),
    11: (REFUSED, "field_missing"),
    12: (REPORTED, "photos_more"),
    13: (SURVIVED, ""),
    14: (REFUSED, "gtin_invalid"),
}
NAME = "Mắm tép đồng ủ thính"
SKU = "TT-MT-250"


class Shop:
    """A practice shop with a trap in it, our adapter for it, and somebody careless who calls it without one."""

    def __init__(self, server: PracticeServer, **rules: Rule) -> None:
        self.server = server
        settings = {
            "base_url": server.base_url,
            "username": server.user,
            "application_password": server.password,
        }
        channel = registry.channels()["practice"]
        channel = replace(channel, rules={**channel.rules, **rules})
        self.adapter = WooCommerceAdapter(channel, {**settings, "status": "publish"})

    def item(self, **changes: Any) -> Item:
        return self.adapter.items(listing(**{"name": NAME, **changes}))[0]

    def publish(self, item: Item, **options: Any) -> Published:
        return self.adapter.publish(item, **options)

    def differences(self, item: Item, sent: Published) -> list[Difference]:
        return list(differences(item, self.adapter.read_back(sent.remote_id)))

    def page_differences(self, item: Item, sent: Published) -> list[Difference]:
        seen = read_page(HttpClient(lan=True), str(sent.url), self.adapter.accepts_url, photos=True)
        return list(differences(item, seen))

    def careless(self, method: str = "POST", path: str = "products", **fields: Any) -> requests.Response:
        """A call as a program without our care makes it."""
        address = f"{self.server.base_url}/wp-json/wc/v3/{path}"
        return requests.request(
            method, address, json=fields, auth=(self.server.user, self.server.password), timeout=5
        )

    def products(self, sku: str = SKU) -> list[dict[str, Any]]:
        return self.server.store.products(sku=sku)[0]


class Clock:
    """Seconds that pass only when somebody waits: the form site names photos by them."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class FormSite:
    """The practice site that can only be used through its seller's form, and our adapter for it."""

    def __init__(self, server: PracticeServer, clock: Clock) -> None:
        self.server = server
        settings = {"base_url": server.base_url, "username": server.user, "password": server.password}
        self.adapter = SellerFormAdapter(registry.channels()["practice_form"], settings)
        self.adapter.sleep, self.adapter.clock = clock.sleep, clock

    def publish(self, item: Item, **options: Any) -> Published:
        """Put it up, and let the site's reviewer look at it."""
        sent = self.adapter.publish(item, **options)
        self.server.forms.approve(int(sent.remote_id))
        return sent


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Opens a shop with the trap of this number planted; None for an honest one."""
    with ExitStack() as closing:

        def opened(trap: int | None = None, **rules: Rule) -> Shop:
            planted = [PLANTED[trap]] if trap in PLANTED else []
            folder = tmp_path / f"{len(list(tmp_path.iterdir()))}"
            return Shop(closing.enter_context(PracticeServer(folder / "shop.db", planted=planted)), **rules)

        yield opened


def codes(found: list[Difference]) -> set[str]:
    return {one.code for one in found}


def test_the_table_names_all_fourteen_and_the_page_of_words_says_the_same() -> None:
    page = Path(testing.__file__).with_name("TRAPS.md").read_text("utf-8")

    rows = re.findall(r"^\| (\d+) \|[^|]+\| ([^|]+?) \|", page, re.M)

    assert set(TABLE) == set(PLANTED) | set(NATURAL) == set(range(1, 15))
    assert {int(number): way for number, way in rows} == {number: way for number, (way, _) in TABLE.items()}


@pytest.mark.parametrize(
    "trap", [number for number, (way, _) in TABLE.items() if way in (REPORTED, SEARCHED) and number != 12]
)
def test_what_the_shop_made_of_our_post_is_reported(trap: int, open_shop: Callable[..., Shop]) -> None:
    honest, trapped = open_shop(), open_shop(trap)
    item = honest.item()

    before, after = (codes(shop.differences(item, shop.publish(item))) for shop in (honest, trapped))

    assert before == set()
    assert TABLE[trap][1] in after


@pytest.mark.parametrize("trap", [1, 4, 7, 8, 9])
def test_a_stranger_reading_the_public_page_meets_the_same(trap: int, open_shop: Callable[..., Shop]) -> None:
    honest, trapped = open_shop(), open_shop(trap)
    item = honest.item()

    before, after = (codes(shop.page_differences(item, shop.publish(item))) for shop in (honest, trapped))

    assert before == set()
    assert TABLE[trap][1] in after


def test_1_a_price_a_hundred_times_too_high_is_told_with_both_figures(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(1)
    item = shop.item()

    (found,) = shop.differences(item, shop.publish(item))

    assert (found.code, found.ours, found.there, found.severity) == (
        "price_times_100",
        70_000,
        7_000_000,
        "wrong",
    )


@pytest.mark.parametrize("fault", ["lost_reply", "error_after", "garbled"])
def test_2_a_retry_makes_no_second_listing(fault: str, open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(2)
    item = shop.item()
    shop.server.faults.add(fault, "POST", "/wc/v3/products")

    with pytest.raises(MarketplaceError):
        shop.publish(item)
    shop.publish(item, retry=True)

    assert len(shop.products()) == 1
    assert {shop.careless(name=NAME, sku="LAP").status_code for _ in range(2)} == {
        201
    }  # so the trap is really there
    assert len(shop.products("LAP")) == 2


def test_3_the_same_sku_is_never_put_up_twice(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(3)
    shop.publish(shop.item())

    again = shop.publish(shop.item(short_text="Lời mới."))

    assert (len(shop.products()), again.created) == (1, False)
    assert shop.careless(name=NAME, sku=SKU).status_code == 201


def test_4_only_the_second_channel_says_sold_out(open_shop: Callable[..., Shop]) -> None:
    first, second = open_shop(), open_shop(4)
    item = first.item()

    found = [codes(shop.differences(item, shop.publish(item))) for shop in (first, second)]

    assert found == [set(), {"sold_out_there"}]


def test_5_letters_kept_apart_are_noticed_beside_the_search(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(5)
    item = shop.item()

    found = shop.differences(item, shop.publish(item))

    assert {"name_nfd", "not_found_by_name"} <= codes(found)
    assert not codes(found) & {"name_differs", "name_tones_lost", "address_letters_lost"}


def test_6_a_search_that_needs_tones_still_finds_the_name_itself(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(6)
    item = shop.item()

    assert codes(shop.differences(item, shop.publish(item))) == {"not_found_without_tones"}


def test_8_a_post_shown_without_price_photos_and_words_tells_all_three(
    open_shop: Callable[..., Shop],
) -> None:
    shop = open_shop(8)
    item = shop.item()

    found = shop.differences(item, shop.publish(item))

    assert codes(found) == {"price_missing", "photos_fewer", "text_missing"}
    assert {one.severity for one in found} == {"wrong"}


@pytest.mark.parametrize(
    ("without", "code"),
    [({"variants": (variant(price_vnd=0),)}, "price_missing"), ({"photos": ()}, "photos_too_few"),
     ({"short_text": "", "story": " "}, "text_missing")],
)  # fmt: skip
def test_8_nor_does_anything_leave_without_price_photos_or_words(
    without: dict[str, Any], code: str, open_shop: Callable[..., Shop]
) -> None:
    shop = open_shop(8)

    with pytest.raises(ListingRejected) as refused:
        shop.publish(shop.item(**without))

    assert code in {problem.code for problem in refused.value.problems}
    assert shop.products() == []


def test_10_no_photo_of_ours_is_ever_one_the_shop_cannot_get(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(10)
    item = shop.item()

    sent = shop.publish(item)

    assert shop.differences(item, sent) == []
    dead = [{"src": "http://127.0.0.1:9/khong-co.jpg"}]
    assert shop.careless(name=NAME, images=dead).status_code == 500  # what sending addresses would have met


def test_11_a_required_attribute_is_asked_for_here_because_nobody_asks_there(
    open_shop: Callable[..., Shop],
) -> None:
    asked = Rule("field_missing", ("ingredients",), True, registry.channels()["practice"].last_checked, "thử")
    shop = open_shop(11, field_missing=asked)

    with pytest.raises(ListingRejected) as refused:
        shop.publish(shop.item(ingredients=""))

    assert TABLE[11][1] in {problem.code for problem in refused.value.problems}
    assert shop.products() == []
    assert shop.careless(name=NAME, sku=SKU, regular_price="70000").status_code == 201


def test_12_photos_an_update_should_have_removed_are_counted(open_shop: Callable[..., Shop]) -> None:
    honest, trapped = open_shop(), open_shop(12)
    fewer = (photo("front", "#FBF8F1"), photo("other", "#112233"))

    found = []
    for shop in (honest, trapped):
        first = shop.publish(shop.item())
        item = shop.item(photos=fewer)
        sent = shop.adapter.update(first.remote_id, item, media=first.media)
        found.append([(one.code, one.ours, one.there) for one in shop.differences(item, sent)])

    assert found == [[], [(TABLE[12][1], 2, 4)]]


def test_13_no_script_of_a_story_ever_becomes_one(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(13)
    item = shop.item(story='Kể rằng <script>alert("x")</script> & hết.')

    sent = shop.publish(item)

    page = requests.get(str(sent.url), timeout=5).text
    assert shop.differences(item, sent) == shop.page_differences(item, sent) == []
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page
    theirs = shop.careless(name="Khác", sku="KHAC", description="<script>alert(1)</script>").json()
    assert theirs["description"] == "<script>alert(1)</script>"


def test_13_a_script_somebody_else_put_there_is_reported(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(13)
    item = shop.item()
    sent = shop.publish(item)
    text = f"<p>{item.listing.story}</p><script>document.location='http://xau.example'</script>"

    shop.careless("PUT", f"products/{sent.remote_id}", description=text)

    assert "script_shown" in codes(shop.differences(item, sent))


@pytest.mark.parametrize("gtin", ["123", "8938505974195", "893850597419X", "٨٩٣٨٥٠٥٩٧٤١٩٤"])
def test_14_a_wrong_gtin_never_leaves(gtin: str, open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(14)

    with pytest.raises(ListingRejected) as refused:
        shop.publish(shop.item(variants=(variant(gtin=gtin),)))

    assert TABLE[14][1] in {problem.code for problem in refused.value.problems}
    assert shop.products() == []
    assert shop.careless(name=NAME, sku=SKU, global_unique_id=gtin).json()["global_unique_id"] == gtin


def test_a_trap_nobody_knows_is_not_planted_in_silence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such trap"):
        PracticeServer(tmp_path / "shop.db", planted=["price_times_1000"])


def test_200_clean_listings_raise_no_alarm_by_api_or_by_page(open_shop: Callable[..., Shop]) -> None:
    shop, media = open_shop(), {}
    offered = list(clean_listings(200))

    alarms = [alarm for one in offered for alarm in _alarms(shop, one, media)]

    assert len({one.name for one in offered}) == 200
    assert alarms == []


@pytest.fixture
def form_site(tmp_path: Path) -> Iterator[FormSite]:
    with ExitStack() as closing:
        clock = Clock()
        yield FormSite(closing.enter_context(PracticeServer(tmp_path / "form.db", clock=clock)), clock)


def test_clean_listings_raise_no_alarm_on_the_site_with_a_form_either(form_site: FormSite) -> None:
    site = form_site
    alarms = []

    for offered in clean_listings(20, least_photos=2):
        for item in site.adapter.items(offered):
            sent = site.publish(item)
            seen = site.adapter.read_back(sent.remote_id)
            page = read_page(HttpClient(lan=True), str(seen.url), site.adapter.accepts_url)
            alarms += [one for observed in (seen, page) for one in differences(item, observed, max_photos=10)]

    assert alarms == []


def test_2_3_and_13_are_survived_on_the_site_with_a_form_too(form_site: FormSite) -> None:
    site = form_site
    (item,) = site.adapter.items(listing(story="Kể rằng <script>alert(1)</script> & hết."))
    site.server.faults.add("error_after", "POST", "/shop/product")

    with pytest.raises(MarketplaceError):
        site.publish(item)
    sent = site.publish(item, retry=True)
    site.publish(item)

    seen = site.adapter.read_back(sent.remote_id)
    page = requests.get(str(seen.url), timeout=5).text
    assert len(site.server.forms.products()) == 1
    assert differences(item, seen) == ()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def _alarms(shop: Shop, offered: ListingPayload, media: dict[str, str]) -> Iterator[tuple[str, Difference]]:
    """Every difference found on any of its posts, by API and by page."""
    for item in shop.adapter.items(offered):
        sent = shop.publish(item, media=media)
        media.update(sent.media)
        seen = shop.adapter.read_back(sent.remote_id)
        page = read_page(HttpClient(lan=True), str(sent.url), shop.adapter.accepts_url)
        assert page.price_vnd is not None and page.photo_count is not None and all(seen.found_by.values())
        for way, observed in (("api", seen), ("page", page)):
            yield from ((way, one) for one in differences(item, observed, max_photos=9))
