"""The feed: what it says of a product, in the two forms its readers want, and that they can read it."""

from __future__ import annotations

import tracemalloc
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from marketplace_adapters import registry
from marketplace_adapters.feed.adapter import FeedAdapter
from marketplace_adapters.feed.items import FeedItem, cut, feed_items, without_stars
from marketplace_adapters.feed.writers import FeedHead, meta_csv, rss
from marketplace_adapters.testing.conformance import FeedConformance
from marketplace_adapters.testing.samples import listing, service, variant
from marketplace_adapters.types import Item, ListingPayload, Published
from tests.adapters.feeds import csv_rows, faults, read_back, rss_rows

CHANNEL = registry.channels()["nguon_hang"]
HEAD = FeedHead("Sản phẩm của Xã Mẫu", "https://mau.example/", "Hàng đang bán")


def on_a_page(payload: ListingPayload) -> ListingPayload:
    """As an install with an address of its own makes it."""
    photos = tuple(replace(one, url=f"https://mau.example/anh/{one.key}-large.jpg") for one in payload.photos)
    page = payload.page_url and "https://mau.example/hang/mau000000001"
    return replace(payload, photos=photos, page_url=page)


def items_of(**changes: object) -> list[FeedItem]:
    return list(feed_items(on_a_page(listing(**{"page_url": "x", **changes})), CHANNEL))


def text_of(items: list[FeedItem]) -> str:
    return b"".join(rss(HEAD, items)).decode()


class OpenFeed:
    """A feed over what was published, as the program makes it."""

    def __init__(self) -> None:
        self.posts: dict[str, Item] = {}

    def adapter(self) -> FeedAdapter:
        return FeedAdapter(CHANNEL, {})

    def publish(self, item: Item) -> Published:
        answer = self.adapter().publish(item)
        self.posts[answer.remote_id] = item
        return answer

    def withdraw(self, remote_id: str) -> None:
        self.adapter().withdraw(remote_id)
        self.posts.pop(remote_id, None)

    def feed(self) -> bytes:
        shown = (on_a_page(replace(item.listing, variants=item.variants)) for item in self.posts.values())
        return b"".join(rss(HEAD, (line for one in shown for line in feed_items(one, CHANNEL))))


class TestFeed(FeedConformance):
    protocol = "feed"

    @pytest.fixture
    def market(self) -> OpenFeed:
        return OpenFeed()


def test_one_packing_is_one_item_with_everything_its_readers_ask_for() -> None:
    (item,) = items_of()

    (row,) = rss_rows(rss(HEAD, [item]))

    assert faults(row) == []
    assert row["id"] == "TT-MT-250"
    assert (row["price"], row["availability"], row["shipping_weight"]) == ("70000 VND", "in_stock", "520 g")
    assert row["link"] == "https://mau.example/hang/mau000000001"
    assert (len(row["additional_image_link"]), row["unit_pricing_measure"]) == (2, "250 g")
    assert row["product_type"] == "Thực phẩm > Tương, nước mắm, gia vị dạng lỏng khác"
    assert row["identifier_exists"] == "no"


def test_packings_of_one_product_share_a_group_and_differ_by_size() -> None:
    large = variant(sku="TT-MT-500", label="Hũ 500 g", price_vnd=130_000, gtin="8935000000017")
    items = items_of(variants=(variant(), large))

    rows = list(rss_rows(rss(HEAD, items)))

    assert [row["item_group_id"] for row in rows] == ["TT-MT-250", "TT-MT-250"]
    assert [row["size"] for row in rows] == ["Hũ 250 g", "Hũ 500 g"]
    assert rows[1]["title"].endswith("– Hũ 500 g")
    assert rows[1]["gtin"] == "8935000000017"
    assert "identifier_exists" not in rows[1]
    assert [faults(row) for row in rows] == [[], []]


def test_meta_gets_its_own_words_in_its_own_columns() -> None:
    items = items_of(variants=(variant(sale_vnd=60_000), variant(sku="TT-MT-500", stock=0)))

    rows = csv_rows(b"".join(meta_csv(items)))

    assert [faults(row, meta=True) for row in rows] == [[], []]
    assert [row["availability"] for row in rows] == ["in stock", "out of stock"]
    assert (rows[0]["price"], rows[0]["sale_price"], rows[0]["mpn"]) == (
        "70000 VND",
        "60000 VND",
        "TT-MT-250",
    )


def test_what_is_paused_or_counted_down_to_nothing_is_out_of_stock() -> None:
    paused, empty, asked = (
        items_of(paused=True),
        items_of(variants=(variant(stock=0),)),
        items_of(variants=(variant(stock=None),)),
    )

    assert [item.in_stock for item in (*paused, *empty, *asked)] == [False, False, True]


@pytest.mark.parametrize(
    "name",
    [
        "Mắm tép OCOP 4 sao",
        "Mắm tép ★★★★",
        "Mắm tép (đạt OCOP 4 sao)",
        "Mắm tép – 4 sao OCOP",
        "Mắm tép ⭐️⭐️",
    ],
)
def test_a_star_typed_into_a_name_is_not_in_the_title(name: str) -> None:
    (item,) = items_of(name=name, stars=None, ocop_decision="", ocop_expires_on=None)

    assert item.title == "Mắm tép"


@pytest.mark.parametrize(
    "name", ["Mắm tép hũ 250 g", "Khách sạn 3 sao bản Mẫu", "Sao vàng đất Việt", "Trà – 5 vị"]
)
def test_a_name_without_a_claim_stays_as_it_is(name: str) -> None:
    assert without_stars(name) == name


def test_a_star_is_told_only_while_the_listing_has_one() -> None:
    (valid,), (lapsed,) = items_of(), items_of(stars=None, ocop_decision="", ocop_expires_on=None)

    assert "Hạng OCOP: 3 sao" in valid.description
    assert "OCOP" not in lapsed.description


def test_a_long_story_gives_way_to_the_facts_and_texts_end_after_a_word() -> None:
    story = "Đồng trũng ven sông nhiều rong. " * 400
    (item,) = items_of(story=story, name="Mắm tép đồng ủ thính gạo rang " * 8)

    assert len(item.description) <= 5000
    assert "Thành phần: Tép riu (65%), muối ăn, thính gạo rang" in item.description
    assert len(item.title) <= 150
    assert item.title.split()[-1] in ("Mắm", "tép", "đồng", "ủ", "thính", "gạo", "rang")


def test_the_seller_s_number_stays_on_the_page() -> None:
    (item,) = items_of()

    assert "0237 000 000" not in item.description


@pytest.mark.parametrize(
    "changes",
    [
        {"photos": ()},
        {"page_url": ""},
        {"variants": (variant(price_vnd=0),)},
        {"name": "★★★"},
    ],
)
def test_what_no_reader_would_take_is_left_out(changes: dict[str, object]) -> None:
    assert items_of(**changes) == []


def test_a_service_has_neither_weight_nor_measure() -> None:
    (item,) = feed_items(on_a_page(service(page_url="x")), CHANNEL)

    assert (item.weight_g, item.measure) == (None, "")


def test_a_strong_drink_is_blocked_before_it_gets_here() -> None:
    adapter = FeedAdapter(CHANNEL, {})

    codes = {
        problem.code for problem in adapter.check(listing(no_ads=True)) if problem.severity == "blocking"
    }

    assert codes == {"ad_barred"}


NASTY = some.text(
    some.one_of(
        some.sampled_from("=+-@\t\r\n\x00\x0b\x1f\x7f\x85\ufffe\uffff\ud800<>&\"',;|＝ắẾ̂́★ "),
        some.characters(),
    ),
    max_size=60,
)


@settings(max_examples=150)
@given(NASTY, NASTY, NASTY, NASTY)
def test_whatever_was_typed_both_forms_read_back_as_the_same_items(
    name: str, short: str, story: str, label: str
) -> None:
    packs = (variant(label=label), variant(sku="TT-MT-500", sale_vnd=1_000))
    items = items_of(name=f"{name} mắm", short_text=short, story=story, brand=label, variants=packs)

    from_rss = [read_back(row) for row in rss_rows(rss(HEAD, items))]
    from_csv = [read_back(row) for row in csv_rows(b"".join(meta_csv(items)))]

    assert from_rss == items
    assert [replace(one, measure=item.measure) for one, item in zip(from_csv, items, strict=True)] == items
    assert all(unicodedata.is_normalized("NFC", item.description) for item in items)
    assert all(faults(row, meta=True) == [] for row in csv_rows(b"".join(meta_csv(items))))


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://x")', "+84 37", "-1+1", "@SUM(A1)", "\t=1", " =1", "＝1"]
)
def test_no_cell_begins_as_a_formula(text: str) -> None:
    items = items_of(name=text, short_text=text, brand=text, variants=(variant(label=text), variant(sku="B")))

    rows = csv_rows(b"".join(meta_csv(items)))

    assert [value for row in rows for value in row.values() if str(value)[:1] in tuple("=+-@＝\t ")] == []


def test_the_document_names_its_own_encoding_and_whose_goods_these_are() -> None:
    document = ElementTree.fromstring(text_of(items_of()).encode())

    assert (document.tag, document.get("version")) == ("rss", "2.0")
    assert document.findtext("channel/title") == "Sản phẩm của Xã Mẫu"
    assert document.findtext("channel/description") == "Hàng đang bán"


def test_an_empty_feed_is_still_a_feed() -> None:
    assert list(rss_rows(rss(HEAD, []))) == []
    assert csv_rows(b"".join(meta_csv([]))) == []


def test_writing_holds_a_few_items_at_a_time() -> None:
    (item,) = items_of()

    def many() -> Iterator[FeedItem]:
        yield from (replace(item, sku=f"TT-{number}") for number in range(5_000))

    tracemalloc.start()
    written = sum(len(piece) for piece in rss(HEAD, many())) + sum(len(piece) for piece in meta_csv(many()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert written > 10_000_000
    assert peak < 1_000_000


def test_a_cut_never_leaves_more_than_was_asked_for() -> None:
    assert cut("mắm tép đồng", 8) == "mắm tép"
    assert cut("mắmtépđồng", 4) == "mắmt"
    assert cut("mắm tép", 7) == "mắm tép"
