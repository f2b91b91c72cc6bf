"""Pages as shops really write them: what is read from each, and what is rather not said than said wrong."""

from __future__ import annotations

import json
import unicodedata

import pytest

from marketplace_adapters.errors import (
    MarketplaceUnavailable,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.public_page import (
    dead_photos,
    decoded,
    observe,
    open_page,
    read_page,
)
from marketplace_adapters.types import Observed

URL = "https://san.example/p/mam-tep-17.html"


def with_json(*spoken: object, body: str = "<h1>Mắm tép</h1>") -> str:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in spoken)
    return f"<html><head>{scripts}</head><body>{body}</body></html>"


def product(**more: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "Product", "name": "Mắm tép", **more}


def seen(html: str) -> Observed:
    return observe(html, URL)


class Pages:
    """An HTTP client over fixed answers: address -> (status, headers, body)."""

    def __init__(self, **answers: tuple[int, dict[str, str], str]) -> None:
        self.answers = {f"https://san.example/{path}": answer for path, answer in answers.items()}
        self.asked: list[tuple[str, str]] = []

    def call(self, method: str, url: str, **_: object) -> Reply:
        self.asked.append((method, url))
        if url not in self.answers:
            raise MarketplaceUnavailable("unreachable")
        status, headers, body = self.answers[url]
        return Reply(status, headers, body.encode(), False)


def ours(url: str) -> bool:
    return url.startswith("https://san.example/")


@pytest.mark.parametrize(
    "offers",
    [
        {"@type": "Offer", "price": 70000, "priceCurrency": "VND"},
        {"@type": "Offer", "price": "70000.00", "priceCurrency": "VND"},
        {"@type": "Offer", "price": "70.000", "priceCurrency": "VND"},
        {"@type": "Offer", "price": "70,000 ₫"},
        [{"@type": "Offer", "price": "120000"}, {"@type": "Offer", "price": "70000"}],
        {"@type": "AggregateOffer", "lowPrice": "70000", "highPrice": "120000", "priceCurrency": "VND"},
        {"@type": "AggregateOffer", "offers": [{"@type": "Offer", "price": "70000"}]},
        {"@type": "Offer", "priceSpecification": {"price": "70000", "priceCurrency": "VND"}},
        {
            "priceCurrency": "VND",
            "priceSpecification": [
                {"priceType": "https://schema.org/ListPrice", "price": "60000"},
                {"@type": "UnitPriceSpecification", "price": "70000.0"},
            ],
        },
    ],
)
def test_every_way_to_write_an_offer_gives_its_price(offers: object) -> None:
    assert seen(with_json(product(offers=offers))).price_vnd == 70_000


@pytest.mark.parametrize(
    "offers", [{"price": "3.50", "priceCurrency": "USD"}, {"price": "liên hệ"}, {"price": None}, "x", []]
)
def test_what_is_no_price_in_dong_is_not_taken_for_one(offers: object) -> None:
    assert seen(with_json(product(offers=offers))).price_vnd is None


@pytest.mark.parametrize(
    "spoken",
    [
        [product(offers={"price": 70000})],
        {"@graph": [{"@type": "WebPage"}, product(offers={"price": 70000})]},
        {"@type": "WebPage", "mainEntity": product(offers={"price": 70000})},
        product(offers={"price": 70000}) | {"@type": ["Product", "Thing"]},
        product(offers={"price": 70000}) | {"@type": "http://schema.org/Product"},
        product(hasVariant=[product(offers={"price": 70000})]) | {"@type": "ProductGroup"},
    ],
)
def test_the_product_is_found_wherever_it_stands(spoken: object) -> None:
    found = seen(with_json({"@type": "Organization", "name": "Sàn"}, spoken))

    assert (found.name, found.price_vnd) == ("Mắm tép", 70_000)


def test_json_of_templates_is_read_with_its_flaws() -> None:
    html = (
        '<script type="application/ld+json">// <![CDATA[\n{"@type": "Product", "name": "Mắm &amp; tép",'
        '"description": "dòng một\ndòng hai", "offers": {"price": "70000",},}\n// ]]></script>'
    )

    found = seen(html)

    assert (found.name, found.price_vnd) == ("Mắm & tép", 70_000)


def test_of_several_products_the_one_the_page_is_named_after_counts() -> None:
    other = product(offers={"price": 15000}) | {"name": "Bánh gai"}

    found = seen(with_json(other, product(offers={"price": 70000})))

    assert (found.name, found.price_vnd) == ("Mắm tép", 70_000)


@pytest.mark.parametrize(
    ("availability", "in_stock"),
    [
        ("https://schema.org/InStock", True),
        ("http://schema.org/OutOfStock", False),
        ("SoldOut", False),
        ("?", None),
    ],
)
def test_availability_is_read(availability: str, in_stock: bool | None) -> None:
    assert seen(with_json(product(offers={"price": 1000, "availability": availability}))).in_stock is in_stock


def test_microdata_is_read_and_other_items_names_are_not_mixed_in() -> None:
    html = (
        '<ol itemscope itemtype="https://schema.org/BreadcrumbList"><li itemprop="itemListElement" itemscope>'
        '<span itemprop="name">Trang chủ</span></ol><div itemscope itemtype="https://schema.org/Product">'
        '<h1 itemprop="name">Mắm <b>tép</b></h1><div itemprop="brand" itemscope><span itemprop="name">Mẫu</span></div>'
        '<img itemprop="image" src="a.jpg"><img itemprop="image" src="b.jpg"><div itemprop="offers" itemscope>'
        '<span itemprop="price" content="70000">70.000đ</span><meta itemprop="priceCurrency" content="VND">'
        '<link itemprop="availability" href="https://schema.org/OutOfStock"></div></div>'
    )

    found = seen(html)

    assert (found.name, found.price_vnd, found.in_stock, found.photo_count) == ("Mắm tép", 70_000, False, 2)


def test_opengraph_serves_without_the_name_of_the_site() -> None:
    html = (
        '<meta property="og:title" content="Mắm tép &amp; thính | Sàn tỉnh">'
        '<meta property="og:site_name" content="Sàn tỉnh"><meta property="product:price:amount" content="80000">'
        '<meta property="product:sale_price:amount" content="70000">'
        '<meta property="product:availability" content="in stock">'
    )

    found = seen(html)

    assert (found.name, found.price_vnd, found.in_stock) == ("Mắm tép & thính", 70_000, True)


LONG = "Một đoạn dài kể về con tép riu ở đồng trũng ven sông."
HEAD = '<meta property="og:title" content="Mắm tép"><h1>Mắm tép</h1>'


@pytest.mark.parametrize(
    "shown",
    [
        "<p>70.000 đ", "<p>70.000₫", "<p>70,000 VND", "<p>Giá: 70.000 đồng", "<p>₫70.000", "<p>Giá bán: 70.000",
        "<p>70 000 đ", "<p>70000đ", "<p>Hũ số 1 70.000đ", "<p>Còn 12\n70.000đ", "<b>70.000</b><sup>đ</sup>",
        "<p>70.000 VNĐ / hũ",
        '<p class="price"><del>90.000đ</del> <ins>70.000đ</ins>',
        '<span class="old-price">90.000đ</span><span class="price">70.000đ</span>',
        "<p>70.000đ</p><p>Giá gốc: 90.000đ</p><p>Phí vận chuyển 30.000đ",
        "<p>70.000đ</p><p>Miễn phí giao hàng cho đơn từ 500.000đ",
        "<p>70.000 – 90.000 đ", "<p>70.000đ - 90.000đ",
        f"<div>70.000 đ</div><p>{LONG}</p><h2>Sản phẩm liên quan</h2>15.000đ",
        f"<div>70.000 đ</div><p>{LONG}</p><div>Bánh gai 15.000đ",
    ],
)  # fmt: skip
def test_the_visible_price_is_the_one_by_the_name(shown: str) -> None:
    assert seen(f"<nav>Đơn từ 20.000đ</nav>{HEAD}{shown}").price_vnd == 70_000


def test_even_a_price_that_lost_its_noughts_is_read_as_it_stands() -> None:
    assert [seen(f"{HEAD}<p>số 1\n{shown}").price_vnd for shown in ("70 đồng", "500đ", "1 500.000đ")] == [
        70,
        500,
        500_000,
    ]


@pytest.mark.parametrize(
    "shown",
    ["<p>90.000đ 70.000đ", "<p>Chưa có giá", "<p>Giảm 30.000đ", "<p>Đt: 0237.000.000", "<p>Bán 12.000 hũ"],
)
def test_an_unclear_price_is_no_price(shown: str) -> None:
    assert seen(HEAD + shown).price_vnd is None


@pytest.mark.parametrize("shown", ['<p class="price">Liên hệ</p>', "<p>Giá: Liên hệ"])
def test_a_shop_that_asks_to_call_shows_no_price(shown: str) -> None:
    assert seen(HEAD + shown).price_vnd == 0


def test_a_woocommerce_theme_is_read_without_its_data_for_machines() -> None:
    def amount(text: str) -> str:
        sign = '<span class="woocommerce-Price-currencySymbol">&#8363;</span>'
        return f'<span class="woocommerce-Price-amount amount"><bdi>{text}&nbsp;{sign}</bdi></span>'

    html = (
        '<title>Mắm tép – Cửa hàng</title><header class="site-header"><h2>Cửa hàng</h2>0 sản phẩm '
        f'{amount("0")}</header><main><div class="product"><img class="wp-post-image" src="/a-600x600.jpg">'
        f'<h1 class="product_title entry-title">Mắm tép</h1><p class="price"><del>{amount("90.000")}</del>'
        f'<ins>{amount("70.000")}</ins></p><p class="stock out-of-stock">Hết hàng</p>'
        f'<section class="related products"><h2>Sản phẩm tương tự</h2>{amount("15.000")}</section></div></main>'
    )

    found = seen(html)

    assert (found.name, found.price_vnd, found.in_stock) == ("Mắm tép", 70_000, False)


@pytest.mark.parametrize(
    ("shown", "stars"),
    [
        ("OCOP 3 sao", 3), ("Hạng OCOP: 4 sao", 4), ("<dt>Hạng OCOP</dt><dd>5 sao</dd>", 5), ("Sản phẩm 4 sao OCOP", 4),
        ("OCOP ★★★", 3), ("OCOP ★★★★☆", 4), ("★★★ OCOP", 3), ("Đạt OCOP năm 2024, 4 sao", 4), ("OCOP bốn sao", 4),
        ('<img src="x.jpg" alt="Chứng nhận OCOP 3 sao">', 3), ("OCOP 3 sao, OCOP 4 sao", None),
        ("★★★★★ 12 đánh giá", None),
        ("Hàng OCOP. Đánh giá 5 sao", None), ("OCOP Đánh giá: 5 sao", None), ("Đạt OCOP 2024", None), ("5 sao", None),
        ("<nav>OCOP 5 sao</nav>", None), ("<h2>Sản phẩm liên quan</h2>Bánh OCOP 4 sao", None),
    ],
)  # fmt: skip
def test_only_ocop_stars_of_this_product_count(shown: str, stars: int | None) -> None:
    assert seen(f"{HEAD}<p>{shown}").stars == stars


@pytest.mark.parametrize(
    ("shown", "in_stock"),
    [("Còn hàng", True), ("Tình trạng: Hết hàng", False), ("Tạm hết hàng", False), ("Còn hàng nào ngon thì ăn", None),
     ("<p>Còn hàng</p><p>Hết hàng</p>", None)],
)  # fmt: skip
def test_stock_is_read_only_from_a_line_of_its_own(shown: str, in_stock: bool | None) -> None:
    assert seen(f"{HEAD}<p>{shown}</p>").in_stock is in_stock


@pytest.mark.parametrize(
    ("image", "body", "count"),
    [
        (["a.jpg", "b.jpg", "c.jpg"], "", 3),
        ([{"@type": "ImageObject", "url": "a.jpg"}, {"url": "b.jpg"}], "", 2),
        (["1x1/a.jpg", "4x3/a.jpg", "16x9/a.jpg"], "", None),
        ("a.jpg", '<img src="a.jpg"><img src="b.jpg">', None),
        (["a.jpg"], '<img src="/x/a.jpg"><img src="/logo.png">', 1),
        (["a.jpg"], '<img src="a.jpg"><img src="b.jpg">', None),
        ([], "", 0),
        ([], '<img src="a.jpg">', None),
    ],
)
def test_photos_are_counted_only_where_the_page_surely_lists_them_all(
    image: object, body: str, count: int | None
) -> None:
    assert seen(with_json(product(image=image), body=body)).photo_count == count


def test_the_text_is_what_people_read_and_no_program() -> None:
    html = (
        f"{HEAD}<p>Tép riu, muối với thính.</p><script>alert(1)</script><style>p{{}}</style><p hidden>ẩn</p>"
    )

    text = seen(html).text

    assert "Tép riu, muối với thính." in text
    assert not {"alert", "p{}", "ẩn"} & set(text.split())


def test_a_number_under_the_bars_is_read() -> None:
    assert seen(with_json(product(gtin13="8938505974194"))).gtin == "8938505974194"


def test_decomposed_letters_in_the_name_stay_as_they_are_so_that_they_are_noticed() -> None:
    apart = unicodedata.normalize("NFD", "Mắm tép")

    names = [
        seen(f"<h1>{apart}</h1>70.000đ").name,
        seen(with_json({**product(), "name": apart})).name,
    ]

    assert names == [apart, apart]


@pytest.mark.parametrize(
    ("charset", "headers", "mark"),
    [
        ("utf-8", {"content-type": "text/html; charset=UTF-8"}, ""),
        ("utf-8", {}, '<meta charset="utf-8">'),
        ("utf-8", {}, ""),
        ("utf-8-sig", {"content-type": "text/html; charset=iso-8859-1"}, ""),
        ("utf-16", {}, ""),
        ("windows-1258", {"content-type": "text/html; charset=windows-1258"}, ""),
        ("windows-1258", {}, '<meta http-equiv="Content-Type" content="text/html; charset=windows-1258">'),
        ("windows-1258", {}, ""),
    ],
)
def test_every_charset_of_vietnamese_pages_gives_the_same_words(
    charset: str, headers: dict[str, str], mark: str
) -> None:
    page = f"{mark}<h1>Mắm tép đồng ủ thính</h1>"
    body = (_as_1258(page) if charset == "windows-1258" else page).encode(charset)

    text = decoded(Reply(200, headers, body, False))

    assert text.endswith("<h1>Mắm tép đồng ủ thính</h1>")


def test_a_charset_nobody_knows_or_a_dangerous_one_is_not_used() -> None:
    body = "<h1>Mắm tép</h1>".encode()

    texts = {
        decoded(Reply(200, {"content-type": f"text/html; charset={name}"}, body, False))
        for name in ("zip", "idna", "x")
    }

    assert texts == {"<h1>Mắm tép</h1>"}


@pytest.mark.parametrize(
    "html",
    [
        "<title>404 Not Found</title><h1>Lỗi 404</h1>",
        "<title>Không tìm thấy sản phẩm - Sàn tỉnh</title><h1>Sàn tỉnh</h1>",
        '<meta property="og:title" content="Sàn"><h1>Sản phẩm không tồn tại</h1>',
        "<title>Sàn</title><h1>Sản phẩm này đã bị xóa</h1>",
        "<title>Trang không còn tồn tại</title>",
    ],
)
def test_a_page_that_says_gone_with_status_200_is_gone(html: str) -> None:
    with pytest.raises(RemoteListingNotFound) as caught:
        seen(html)

    assert caught.value.code == "page_says_gone"


@pytest.mark.parametrize(
    "html",
    ["", "<p>Bảo trì", "<h1>Đăng nhập</h1>", '<script type="application/ld+json">[[[', "\x00\xff", "<!--"],
)
def test_a_page_without_a_product_is_not_a_product(html: str) -> None:
    with pytest.raises(UnexpectedResponse):
        seen(html)


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<a ", '<a b="', "<![", "</", "<script>", "<div>", "<p>", "&#9", "&", "1.111", "giá ", "ocop ", "★",
     "a\u0301\u0301\u0301", "\u0301", " ", "<i></b>", "<img src=a.jpg>", "70.000đ ", '<div itemscope itemprop="a">'],
)  # fmt: skip
def test_a_huge_page_made_to_hold_us_up_is_read_to_its_end(piece: str) -> None:
    html = with_json(product(offers={"price": 70000})) + piece * (300_000 // len(piece))

    found = seen(html)

    assert (found.name, found.price_vnd) == ("Mắm tép", 70_000)


@pytest.mark.parametrize("nest", ["[", '{"@graph":', '{"@type":"Product","name":"a","offers":'])
def test_json_nested_without_end_is_left_alone(nest: str) -> None:
    with pytest.raises(UnexpectedResponse):
        seen(f'<script type="application/ld+json">{nest * 50_000}</script>')


def test_own_redirects_are_followed_and_the_last_address_is_told() -> None:
    pages = Pages(a=(301, {"location": "/b"}, ""), b=(200, {}, HEAD))

    reply, final = open_page(pages, "https://san.example/a", ours)

    assert (reply.status, final) == (200, "https://san.example/b")


@pytest.mark.parametrize(
    ("location", "code"),
    [("https://khac.example/", "url_not_on_channel"), ("/a", "too_many_redirects"), ("/", "redirected_home"),
     ("/trang-chu", "redirected_home")],
)  # fmt: skip
def test_a_redirect_away_or_home_means_the_page_is_not_there(location: str, code: str) -> None:
    pages = Pages(a=(302, {"location": location}, ""))
    pages.answers |= {f"https://san.example/{path}": (200, {}, HEAD) for path in ("", "trang-chu")}

    with pytest.raises(RemoteListingNotFound) as caught:
        open_page(pages, "https://san.example/a", ours)

    assert caught.value.code == code
    assert all(ours(url) for _, url in pages.asked)


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_said_so(status: int) -> None:
    with pytest.raises(RemoteListingNotFound):
        open_page(Pages(a=(status, {}, "<h1>Không có")), "https://san.example/a", ours)


def test_a_photo_is_dead_only_when_that_is_sure() -> None:
    jpeg = {"content-type": "image/jpeg"}
    pages = Pages(
        a=(200, jpeg, ""),
        b=(404, jpeg, ""),
        c=(500, {}, ""),
        d=(200, {"content-type": "text/html"}, ""),
        e=(403, {}, ""),
    )
    sources = [f"https://san.example/{name}" for name in "abcde"]

    dead = dead_photos(pages, [*sources, "https://kho-anh.example/1.jpg"], ours)

    assert dead == 2
    assert dead_photos(pages, ["https://kho-anh.example/1.jpg"], ours) is None
    assert dead_photos(pages, ["https://san.example/im-lang", *sources], ours) is None
    assert all(ours(url) for _, url in pages.asked)


def test_a_look_can_try_the_photos_too() -> None:
    html = with_json(product(image=["/1.jpg", "/2.jpg"]))
    pages = Pages(a=(200, {}, html))
    pages.answers |= {"https://san.example/1.jpg": (404, {}, ""), "https://san.example/2.jpg": (200, {}, "")}

    found = read_page(pages, "https://san.example/a", ours, photos=True)

    assert (found.photo_count, found.dead_photos) == (2, 1)


def test_the_client_that_reads_pages_is_the_guarded_one() -> None:
    with pytest.raises(RemoteListingNotFound):
        read_page(HttpClient(), "http://169.254.169.254/latest", ours)


def _as_1258(text: str) -> str:
    """Letters as the old code page has them: the vowel with its hat, the tone as a mark behind."""
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    out = ""
    for letter in text:
        apart = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in apart if mark in tones)
        out += unicodedata.normalize("NFC", "".join(mark for mark in apart if mark not in tones)) + tone
    return out
