"""The practice shop's programming interface: the WooCommerce calls we use, with the refusals of 11.0.1.

Functions take parsed values and return `Answer`; sockets are the server's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any

from marketplace_adapters.practice.service import Answer
from marketplace_adapters.practice.store import Store

STATUSES = ("draft", "pending", "private", "publish", "future", "auto-draft", "trash")
CATEGORIES = (
    "Thực phẩm", "Đồ uống", "Dược liệu và sản phẩm từ dược liệu", "Hàng thủ công mỹ nghệ", "Sinh vật cảnh",
    "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch",
)  # fmt: skip
SETTINGS = {
    ("general", "woocommerce_currency"): "VND",
    ("products", "woocommerce_weight_unit"): "kg",
    ("products", "woocommerce_dimension_unit"): "cm",
}
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
_DEFAULTS: dict[str, Any] = {
    "name": "Product", "type": "simple", "status": "publish", "sku": "", "regular_price": "", "sale_price": "",
    "description": "", "short_description": "", "weight": "", "global_unique_id": "", "virtual": False,
    "manage_stock": False, "stock_quantity": None, "stock_status": "instock", "attributes": [], "images": [],
    "categories": [], "meta_data": [], "dimensions": {"length": "", "width": "", "height": ""},
}  # fmt: skip
_LISTS = ("images", "categories", "attributes", "meta_data")


class Refused(Exception):
    """An error answer in WordPress's envelope."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(code)
        self.answer = Answer(status, {"code": code, "message": message, "data": {"status": status, **data}})


class Api:
    """`base_url` is what the shop puts before every address it gives out."""

    def __init__(self, store: Store, base_url: str, *, unique_skus: bool = False) -> None:
        self.store = store
        self.unique_skus = unique_skus
        self.base_url = base_url

    def index(self) -> Answer:
        return Answer(200, {"name": "Sàn tập dượt", "url": self.base_url, "namespaces": ["wc/v3", "wp/v2"]})

    def route(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Answer `/wc/v3/…` and `/wp/v2/…` for somebody who may. Raises Refused."""
        if path == "/wp/v2/media":
            return self._upload(body, headers) if method == "POST" else self._media(query)
        if path == "/wc/v3/products":
            return self._create(_fields(body)) if method == "POST" else self._list(query)
        if path == "/wc/v3/products/categories":
            return self._categories(query)
        if found := re.fullmatch(r"/wc/v3/products/(\d{1,18})", path):
            return self._one(method, int(found[1]), query, body)
        if found := re.fullmatch(r"/wc/v3/settings/(\w+)/(\w+)", path):
            return self._setting(found[1], found[2])
        raise Refused(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _one(self, method: str, product_id: int, query: Mapping[str, str], body: bytes) -> Answer:
        if method in ("PUT", "PATCH", "POST"):
            return self._change(product_id, _fields(body))
        product = self.store.product(product_id)
        if product is None:
            raise Refused(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if method == "DELETE":
            return self._delete(product, forced=query.get("force") == "true")
        return Answer(200, self._shown(product))

    def _create(self, fields: dict[str, Any]) -> Answer:
        self._refuse_taken(fields.get("sku"))
        product = self.store.add_product({**_DEFAULTS, **self._cleaned(fields)})
        location = f"{self.base_url}/wp-json/wc/v3/products/{product['id']}"
        return Answer(201, self._shown(product), {"Location": location})

    def _refuse_taken(self, sku: Any) -> None:
        if not (self.unique_skus and sku):
            return
        for holder in self.store.products(sku=sku)[0]:
            raise Refused(
                400,
                "product_invalid_sku",
                "Invalid or duplicated SKU.",
                resource_id=holder["id"],
                unique_sku=f"{sku}-1",
            )
        if self.store.products(sku=sku, status="trash")[0]:
            message = "The SKU is already present in the lookup table."
            raise Refused(400, "woocommerce_rest_product_not_created", message)

    def _change(self, product_id: int, fields: dict[str, Any]) -> Answer:
        cleaned = self._cleaned(fields, self.store.product(product_id))
        product = self.store.change_product(product_id, cleaned)
        if product is None:  # really 400 here, though GET says 404
            raise Refused(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        return Answer(200, self._shown(product))

    def _delete(self, product: dict[str, Any], *, forced: bool) -> Answer:
        if forced:
            self.store.remove_product(product["id"])
        elif product["status"] == "trash":
            raise Refused(410, "woocommerce_rest_already_trashed", "The product has already been deleted.")
        else:
            self.store.change_product(product["id"], {"status": "trash"})
        return Answer(200, self._shown(product))  # as it was before, like the original

    def _list(self, query: Mapping[str, str]) -> Answer:
        page, size = _whole(query, "page", 1, 10**9), _whole(query, "per_page", 10, 100)
        wanted = {name: query.get(name, "") for name in ("sku", "status", "slug", "search")}
        found, total = self.store.products(**wanted, limit=size, offset=(page - 1) * size)
        pages = {"X-WP-Total": str(total), "X-WP-TotalPages": str(ceil(total / size))}
        return Answer(200, [self._shown(product) for product in found], pages)

    def _categories(self, query: Mapping[str, str]) -> Answer:
        asked = query.get("search", "").casefold()
        entries = [
            {"id": at, "name": name} for at, name in enumerate(CATEGORIES, 16) if asked in name.casefold()
        ]
        return Answer(200, entries)

    def _setting(self, group: str, name: str) -> Answer:
        if (group, name) not in SETTINGS:
            raise Refused(404, "rest_setting_setting_invalid", "Invalid setting.")
        return Answer(200, {"id": name, "value": SETTINGS[group, name]})

    def _upload(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        disposition = headers.get("content-disposition", "")
        name = re.search(r'filename="([^"]{1,200})"', disposition)
        if not name:
            raise Refused(400, "rest_upload_no_content_disposition", "No Content-Disposition supplied.")
        mime = next((mime for magic, mime in _MAGIC.items() if body.startswith(magic)), None)
        if mime is None:
            raise Refused(
                500, "rest_upload_sideload_error", "Sorry, you are not allowed to upload this file type."
            )
        stem = re.sub(r"[^A-Za-z0-9-]+", "-", name[1].rpartition(".")[0] or name[1])
        entry = self.store.add_media(stem, mime, body)
        return Answer(201, self._media_entry(entry), {"X-WP-Upload-Attachment-ID": str(entry["id"])})

    def _media(self, query: Mapping[str, str]) -> Answer:
        size = _whole(query, "per_page", 10, 100)
        return Answer(
            200, [self._media_entry(entry) for entry in self.store.media(query.get("search", ""))][:size]
        )

    def _media_entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": entry["id"],
            "slug": entry["slug"],
            "mime_type": entry["mime"],
            "source_url": self._photo(entry),
        }

    def _photo(self, entry: Mapping[str, Any]) -> str:
        return f"{self.base_url}/anh/{entry['id']}-{entry['slug']}.{entry['mime'].rpartition('/')[2]}"

    def _shown(self, product: Mapping[str, Any]) -> dict[str, Any]:
        times = {
            f"date_{name}_gmt": datetime.fromtimestamp(product[f"{name}_at"], UTC).strftime(
                "%Y-%m-%dT%H:%M:%S"
            )
            for name in ("created", "modified")
        }
        hidden = ("created_at", "modified_at")
        price = product["sale_price"] or product["regular_price"]
        permalink = f"{self.base_url}/san-pham/{product['slug']}"
        return {
            **{k: v for k, v in product.items() if k not in hidden},
            **times,
            "price": price,
            "permalink": permalink,
        }

    def _cleaned(self, fields: dict[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Only known fields, with WooCommerce's checks and its silent changes."""
        kept = {name: value for name, value in fields.items() if name in _DEFAULTS}
        for name, value in kept.items():
            if not _fits(name, value):
                message = f"Invalid parameter(s): {name}"
                raise Refused(
                    400, "rest_invalid_param", message, params={name: f"{name} is not of the right type."}
                )
        if "images" in kept:
            kept["images"] = [self._image(one) for one in kept["images"]]
        if "categories" in kept:
            kept["categories"] = [_category(one) for one in kept["categories"]]
        for name in ("description", "short_description"):
            if name in kept:
                kept[name] = _harmless(kept[name])
        regular = kept.get("regular_price", (before or {}).get("regular_price", ""))
        if kept.get("sale_price") and _amount(kept["sale_price"]) >= _amount(regular):
            kept["sale_price"] = ""
        return kept

    def _image(self, one: Mapping[str, Any]) -> dict[str, Any]:
        if "id" not in one:
            raise Refused(400, "woocommerce_product_image_upload_error", "A valid URL was not provided.")
        entry = (
            self.store.media_entry(one["id"])
            if isinstance(one["id"], int) and 0 < one["id"] < 2**63
            else None
        )
        if entry is None:
            raise Refused(
                400, "woocommerce_product_invalid_image_id", f"#{one['id']} is an invalid image ID."
            )
        return {
            "id": entry["id"],
            "src": self._photo(entry),
            "name": entry["slug"],
            "alt": str(one.get("alt", "")),
        }


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(400, "rest_invalid_json", "Invalid JSON body passed.") from error
    if not isinstance(fields, dict):
        raise Refused(400, "rest_invalid_json", "Invalid JSON body passed.")
    return fields


def _fits(name: str, value: Any) -> bool:
    """Whether a field has the type, and a status the value, that the original takes."""
    if name == "status":
        return value in STATUSES
    if name in _LISTS:
        return isinstance(value, list) and all(isinstance(one, dict) for one in value)
    if name == "stock_quantity":
        return value is None or (isinstance(value, int) and abs(value) < 2**31)
    return type(value) is type(_DEFAULTS[name])


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
        raise Refused(
            400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: "out of bounds"}
        )
    return int(text)


def _category(one: Mapping[str, Any]) -> dict[str, Any]:
    at = one.get("id")
    known = isinstance(at, int) and 16 <= at < 16 + len(CATEGORIES)
    return {"id": at, "name": CATEGORIES[at - 16]} if known else {"id": 15, "name": "Uncategorized"}


def _harmless(html: str) -> str:
    """What the shop front may print as it stands: a few bare tags; everything else is dropped, its text stays."""
    return re.sub(r"<(?!/?(?:p|br|strong|em|ul|ol|li)>)[^>]*>?", "", html)


def _amount(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
