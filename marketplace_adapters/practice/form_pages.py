"""The pages of the practice form: for the seller as plain as its model, for shoppers in the shop's own frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from marketplace_adapters.practice.api import CATEGORIES
from marketplace_adapters.practice.form_store import HIDDEN, SHOWN, WAITING
from marketplace_adapters.practice.shopfront import dong, page

TYPES = {"1": "Bán lẻ", "2": "Gửi liên hệ"}
STATES = {SHOWN: "Đang bán", HIDDEN: "Ngừng bán", WAITING: "Chờ duyệt"}
CATEGORY_VALUES = {str(at): name for at, name in enumerate(CATEGORIES, 1)}
# name of the field: its label; in the order of the form
TEXT_FIELDS = {
    "name": "Tên sản phẩm", "des": "Giới thiệu", "ma_vach": "Mã vạch", "ma_truy_xuat": "Mã truy xuất nguồn gốc",
    "san_luong": "Xếp hạng", "dong_goi": "Quy cách đóng gói", "bao_quan": "Cách bảo quản", "unit": "Đơn vị",
    "price": "Giá gốc", "sale_off": "Giá khuyến mãi", "amount": "Số lượng",
}  # fmt: skip
ALL_FIELDS = (*TEXT_FIELDS, "type", "type_product_id", "status", "product_code")
_HEAD = ("Mã sản phẩm", "Tên sản phẩm", "Đường dẫn", "Giá", "Số lượng", "Trạng thái", "Sửa")


def sign_in(token: str, error: str) -> str:
    return _seller(
        "Đăng nhập gian hàng",
        f'{_errors([error] if error else [])}<form method="post" action="/shop/login">{_hidden("_token", token)}'
        '<p><label>Tên đăng nhập <input name="username" autocomplete="username" required></label></p>'
        '<p><label>Mật khẩu <input type="password" name="password" autocomplete="current-password"></label></p>'
        f"<button>Đăng nhập</button></form>",
    )


def product_list(products: Sequence[Mapping[str, Any]], number: int, more: bool, done: str) -> str:
    head = "".join(f"<th>{one}</th>" for one in _HEAD)
    rows = "".join(_list_row(product) for product in products)
    links = f'<a class="link" href="/shop/product?page={number + 1}" rel="next">Trang sau</a>' if more else ""
    return _seller(
        "Danh sách sản phẩm",
        f'{_done(done)}<p><a class="link" href="/shop/product/create">Thêm mới</a></p>'
        f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        f"<p>{links}</p>",
    )


def product_form(
    fields: Mapping[str, str],
    token: str,
    *,
    product: Mapping[str, Any] | None = None,
    code_field: str = "",
    images: Sequence[str] = (),
    errors: Mapping[str, str] | None = None,
    done: str = "",
) -> str:
    """The form for a new product, or for `product`. `code_field`: how the code is shown ("", text, readonly)."""
    errors = errors or {}
    path = f"/shop/product/{product['id']}" if product else "/shop/product"
    method = _hidden("_method", "PATCH") if product else ""
    own = _hidden("_id", str(product["id"]) if product else "") + _hidden("shop_id", "1")
    parts = [_text(name, label, fields, name in errors) for name, label in TEXT_FIELDS.items()]
    if code_field:
        locked = " readonly" if code_field == "readonly" else ""
        value = escape(fields.get("product_code", ""), quote=True)
        parts.insert(0, _group("Mã sản phẩm", f'<input name="product_code" value="{value}"{locked}>', False))
    states = STATES if fields.get("status") == WAITING else {key: STATES[key] for key in (SHOWN, HIDDEN)}
    parts += [
        _select("type", "Loại sản phẩm", TYPES, fields, "type" in errors),
        _select("type_product_id", "Danh mục", CATEGORY_VALUES, fields, "type_product_id" in errors),
        _select("status", "Trạng thái", states, fields, "status" in errors),
        _group("Ảnh", '<input type="file" name="images[]" multiple>', "images" in errors),
        f'<div class="thumbs">{_thumbs(images)}</div>' if images else "",
    ]
    title = "Thay đổi thông tin: Sản phẩm" if product else "Tạo mới: Sản phẩm"
    return _seller(
        title,
        f'{_errors(errors.values())}{_done(done)}<form method="post" action="{path}" enctype="multipart/form-data">'
        f"{method}{_hidden('_token', token)}{own}{''.join(parts)}<button>Lưu</button></form>",
    )


def public_product(product: Mapping[str, Any], images: Sequence[str], near: Sequence[str]) -> str:
    """What a shopper sees, with photos of others (`near`). The introduction stands there as typed, markup and all."""
    fields = product["fields"]
    facts = ("san_luong", "dong_goi", "bao_quan", "unit", "ma_vach")
    lines = "".join(
        f"<div><dt>{TEXT_FIELDS[one]}</dt><dd>{escape(fields[one])}</dd></div>"
        for one in facts
        if fields.get(one)
    )
    traced = (
        '<p class="notice">Đã có tem truy xuất nguồn gốc sản phẩm</p>' if fields.get("ma_truy_xuat") else ""
    )
    beside = f'<h2>Sản phẩm khác</h2><ul class="photos">{_pictures(near)}</ul>' if near else ""
    return page(
        fields["name"],
        f'<article class="product"><div><ul class="photos">{_pictures(images)}</ul></div><div>'
        f"<h1>{escape(fields['name'])}</h1>{_price(fields)}{_stock(fields)}{traced}<dl>{lines}</dl></div></article>"
        f"<h2>Giới thiệu</h2>{fields.get('des', '')}{beside}",
    )


def shelf(title: str, products: Iterable[Mapping[str, Any]], addresses: Mapping[int, str]) -> str:
    """Products on sale as links: the booth's page and the answer to a search."""
    rows = "".join(
        f'<li><a href="{escape(addresses[one["id"]], quote=True)}">{escape(one["fields"]["name"])}</a></li>'
        for one in products
    )
    body = f'<ul class="rows">{rows}</ul>' if rows else '<p class="empty">Chưa có sản phẩm nào.</p>'
    return page(title, f"<h1>{escape(title)}</h1>{body}")


def desk(products: Sequence[Mapping[str, Any]], token: str) -> str:
    """Where a person lets products on sale that wait."""
    rows = "".join(
        f"<li><p><b>{escape(one['fields']['name'])}</b><br>{escape(one['code'])} · {STATES[one['status']]}</p>"
        + (
            f'<form method="post" action="/quan-tri-bm">{_hidden("token", token)}{_hidden("id", str(one["id"]))}'
            "<button>Duyệt cho bán</button></form>"
            if one["status"] == WAITING
            else ""
        )
        + "</li>"
        for one in products
    )
    body = f'<ul class="rows">{rows}</ul>' if rows else '<p class="empty">Chưa ai gửi sản phẩm.</p>'
    return page("Bàn duyệt biểu mẫu", f"<h1>Bàn duyệt biểu mẫu</h1>{body}")


def _seller(title: str, body: str) -> str:
    return page(title, f"<h1>{escape(title)}</h1>{body}", '<link rel="stylesheet" href="/shop/bieu-mau.css">')


def _list_row(product: Mapping[str, Any]) -> str:
    fields = product["fields"]
    said = (
        product["code"],
        fields["name"],
        product["slug"],
        fields.get("price", ""),
        fields.get("amount", ""),
    )
    cells = "".join(f"<td>{escape(text)}</td>" for text in (*said, STATES[product["status"]]))
    return f'<tr>{cells}<td><a href="/shop/product/{product["id"]}/edit">Sửa</a></td></tr>'


def _thumbs(addresses: Sequence[str]) -> str:
    return "".join(
        f'<img src="{escape(one, quote=True)}" alt="" width="80" height="80">' for one in addresses
    )


def _pictures(addresses: Sequence[str]) -> str:
    return "".join(
        f'<li><img src="{escape(one, quote=True)}" alt="" width="800" height="800"></li>' for one in addresses
    )


def _price(fields: Mapping[str, str]) -> str:
    price, sale = fields.get("price") or "0", fields.get("sale_off") or ""
    if sale.strip("0"):
        return f'<p class="price">{escape(dong(sale))}<s class="was">{escape(dong(price))}</s></p>'
    return f'<p class="price">{escape(dong(price)) if price.strip("0") else "Liên hệ"}</p>'


def _stock(fields: Mapping[str, str]) -> str:
    amount = fields.get("amount", "")
    return '<p class="notice">Hết hàng</p>' if amount == "0" else "<p>Còn hàng</p>" if amount else ""


def _text(name: str, label: str, fields: Mapping[str, str], wrong: bool) -> str:
    value = escape(fields.get(name, ""), quote=True)
    if name == "des":
        return _group(label, f'<textarea name="des" rows="12">\n{value}\n</textarea>', wrong)
    return _group(label, f'<input name="{name}" value="{value}">', wrong)


def _select(name: str, label: str, choices: Mapping[str, str], fields: Mapping[str, str], wrong: bool) -> str:
    chosen = fields.get(name, "")
    options = "".join(
        f'<option value="{value}"{" selected" if value == chosen else ""}>{escape(text)}</option>'
        for value, text in choices.items()
    )
    blank = "" if name == "status" else "<option label></option>"
    return _group(label, f'<select name="{name}">{blank}{options}</select>', wrong)


def _group(label: str, control: str, wrong: bool) -> str:
    return f'<p class="form-group{" has-error" if wrong else ""}"><label>{label} {control}</label></p>'


def _hidden(name: str, value: str) -> str:
    return f'<input type="hidden" name="{name}" value="{escape(value, quote=True)}">'


def _errors(messages: Iterable[str]) -> str:
    said = "".join(f"<strong>{escape(one)}</strong><br>" for one in messages)
    return f'<div class="alert alert-danger">{said}</div>' if said else ""


def _done(message: str) -> str:
    return f'<div class="alert alert-success"><strong>{escape(message)}</strong></div>' if message else ""
