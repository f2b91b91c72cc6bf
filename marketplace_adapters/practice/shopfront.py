"""What a visitor of the practice shop sees: the shelf, a product page, and the reviewer's desk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape, unescape
from typing import Any
from urllib.parse import urlsplit

BANNER = "Sàn tập – không bán thật"
_DESK_STATES = {
    "pending": "Đang duyệt", "publish": "Đang bán", "draft": "Đã gỡ", "trash": "Thùng rác",
    "private": "Riêng tư", "future": "Hẹn giờ", "auto-draft": "Đang soạn",
}  # fmt: skip
_STAR_LABEL = "Hạng OCOP"


def dong(amount: str) -> str:
    """ "70000" as 70.000 đồng; what is not whole đồng is shown as it came, so that a mistake is seen."""
    text = amount.strip()
    return (
        f"{int(text):,}".replace(",", ".") + " đồng" if text.isascii() and text.isdigit() else f"{text} đồng"
    )


def shelf(products: Sequence[Mapping[str, Any]]) -> str:
    """The home page."""
    cards = "".join(f"<li>{_card(product)}</li>" for product in products)
    body = (
        f'<ul class="grid">{cards}</ul>' if cards else '<p class="empty">Chưa có sản phẩm nào đang bán.</p>'
    )
    lead = '<p class="lead">Nơi tập đăng sản phẩm. Mọi thứ ở đây để xem thử, không đặt mua được.</p>'
    return page("Đang bán ở sàn tập", f"<h1>Đang bán ở sàn tập</h1>{lead}{body}")


def found(words: str, products: Sequence[Mapping[str, Any]]) -> str:
    """What a visitor's search finds."""
    cards = "".join(f"<li>{_card(product)}</li>" for product in products)
    shown = f'<ul class="grid">{cards}</ul>' if cards else '<p class="empty">Không tìm thấy sản phẩm nào.</p>'
    return page(f"Tìm “{words}”", f"<h1>Tìm “{escape(words)}”</h1>{shown}")


def product_page(product: Mapping[str, Any], base_url: str) -> str:
    """One product, with JSON-LD and OpenGraph for those who read pages by machine."""
    name = unescape(product["name"])
    facts = "".join(
        f"<div><dt>{escape(fact['name'])}</dt><dd>{_options(fact)}</dd></div>" for fact in _visible(product)
    )
    body = (
        f'<article class="product"><div>{_photos(product)}</div><div><h1>{escape(name)}</h1>{_price(product)}'
        f"{product['short_description']}{_stock(product)}<dl>{facts}"
        f"<div><dt>Mã hàng</dt><dd>{escape(product['sku'])}</dd></div></dl></div></article>{_story(product)}"
    )
    return page(name, body, _machine_words(product, name, base_url))


def desk(products: Sequence[Mapping[str, Any]], token: str) -> str:
    """The reviewer's page: every product with its state, and a button for those that wait."""
    rows = "".join(f"<li>{_desk_row(product, token)}</li>" for product in products)
    body = f'<ul class="rows">{rows}</ul>' if rows else '<p class="empty">Chưa ai gửi sản phẩm.</p>'
    return page("Bàn duyệt", f"<h1>Bàn duyệt</h1>{body}")


def message(title: str, text: str) -> str:
    """A page with one sentence."""
    return page(title, f'<h1>{escape(title)}</h1><p>{escape(text)}</p><p><a href="/">Về trang đầu</a></p>')


def page(title: str, body: str, head: str = "") -> str:
    """The frame of every page."""
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{escape(title)} · Sàn tập</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="/shop.css">{head}</head>\n'
        f'<body><p class="banner">{BANNER}</p><header class="top"><a href="/">Sàn tập dượt</a></header>\n'
        f'<main>{body}</main>\n<footer class="foot">Trang dùng để tập huấn. Giá và số lượng chỉ để xem thử.</footer>'
        "</body></html>\n"
    )


def _card(product: Mapping[str, Any]) -> str:
    star = next((_options(fact) for fact in _visible(product) if fact["name"] == _STAR_LABEL), "")
    mark = f'<span class="mark">OCOP {star}</span>' if star else ""
    mark += '<span class="mark">Tạm hết hàng</span>' if _sold_out(product) else ""
    name = escape(unescape(product["name"]))
    return (
        f'<a class="card" href="/san-pham/{escape(product["slug"])}">{_cover(product)}'
        f'<span class="text"><span class="name">{name}</span>{_price(product, tag="span")}{mark}</span></a>'
    )


def _cover(product: Mapping[str, Any]) -> str:
    if not product["images"]:
        return '<span class="frame none">Chưa có ảnh</span>'
    source = _path(product["images"][0])
    return f'<span class="frame"><img src="{source}" alt="" width="600" height="600"></span>'


def _photos(product: Mapping[str, Any]) -> str:
    if not product["images"]:
        return '<p class="frame none">Chưa có ảnh</p>'
    alt = escape(unescape(product["name"]), quote=True)
    photos = (
        f'<li><img src="{_path(image)}" alt="{alt}, ảnh {at}" width="800" height="800"></li>'
        for at, image in enumerate(product["images"], 1)
    )
    return f'<ul class="photos">{"".join(photos)}</ul>'


def _price(product: Mapping[str, Any], tag: str = "p") -> str:
    regular, sale = product["regular_price"], product["sale_price"]
    if not (regular or sale):
        return f'<{tag} class="price">Liên hệ</{tag}>'
    was = f'<s class="was">{escape(dong(regular))}</s>' if sale else ""
    return f'<{tag} class="price">{escape(dong(sale or regular))}{was}</{tag}>'


def _stock(product: Mapping[str, Any]) -> str:
    return '<p class="notice">Tạm hết hàng</p>' if _sold_out(product) else ""


def _sold_out(product: Mapping[str, Any]) -> bool:
    return bool(product["manage_stock"] and not product["stock_quantity"])


def _story(product: Mapping[str, Any]) -> str:
    return f"<h2>Câu chuyện sản phẩm</h2>{product['description']}" if product["description"] else ""


def _visible(product: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [fact for fact in product["attributes"] if fact.get("visible", True) and fact.get("name")]


def _options(fact: Mapping[str, Any]) -> str:
    return escape(", ".join(map(str, fact.get("options") or [])))


def _path(image: Mapping[str, Any]) -> str:
    return escape(urlsplit(image["src"]).path, quote=True)


def _machine_words(product: Mapping[str, Any], name: str, base_url: str) -> str:
    address = f"{base_url}/san-pham/{product['slug']}"
    photos = [base_url + urlsplit(image["src"]).path for image in product["images"]]
    sold_out = _sold_out(product)
    price = product["sale_price"] or product["regular_price"]
    spoken = {
        "@context": "https://schema.org", "@type": "Product", "name": name, "sku": product["sku"],
        "image": photos, "url": address,
        "offers": {"@type": "Offer", "priceCurrency": "VND", "price": price,
                   "availability": f"https://schema.org/{'OutOfStock' if sold_out else 'InStock'}"},
    }  # fmt: skip
    if product["global_unique_id"]:
        spoken["gtin"] = product["global_unique_id"]
    graph = {"og:type": "product", "og:title": name, "og:url": address, "product:price:amount": price,
             "product:price:currency": "VND"}  # fmt: skip
    metas = [*graph.items(), *(("og:image", photo) for photo in photos)]
    tags = "".join(f'<meta property="{key}" content="{escape(value, quote=True)}">' for key, value in metas)
    # "<" never ends the script element early; it is data, the page's policy lets no script run
    data = json.dumps(spoken, ensure_ascii=False).replace("<", "\\u003c")
    link = f'<link rel="canonical" href="{escape(address, quote=True)}">'
    return f'{link}{tags}<script type="application/ld+json">{data}</script>'


def _desk_row(product: Mapping[str, Any], token: str) -> str:
    state = _DESK_STATES.get(product["status"], product["status"])
    name = escape(unescape(product["name"]))
    told = f"<p><b>{name}</b><br>{escape(product['sku'])} · {escape(state)}</p>"
    if product["status"] != "pending":
        return told
    return (
        f'{told}<form method="post" action="/quan-tri"><input type="hidden" name="token" value="{token}">'
        f'<input type="hidden" name="id" value="{product["id"]}"><button>Duyệt cho bán</button></form>'
    )
