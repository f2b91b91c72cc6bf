"""The practice shop's programming interface: the WooCommerce calls we use, with the refusals of 11.0.1.

Functions take parsed values and return `Answer`; sockets are the server's business.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from math import ceil
from typing import Any

from marketplace_adapters.practice import backroom, traps, webhooks
from marketplace_adapters.practice.access import Door, me
from marketplace_adapters.practice.cleaning import DEFAULTS, cleaned
from marketplace_adapters.practice.refused import Refused
from marketplace_adapters.practice.service import Answer
from marketplace_adapters.practice.store import Store

__all__ = ["CATEGORIES", "Api", "Refused"]
CATEGORIES = tuple(str(one["name"]) for one in backroom.CATEGORIES if not one["parent"])
_MAGIC = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG": "image/png", b"RIFF": "image/webp"}
_BATCH_CAP = 100


class Api:
    """`base_url` is what the shop puts before every address it gives out."""

    def __init__(
        self,
        store: Store,
        base_url: str,
        *,
        unique_skus: bool = False,
        settings: Mapping[str, str] = backroom.SETTINGS,
        door: Door | None = None,
        planted: Collection[str] = (),
    ) -> None:
        self.store = store
        self.unique_skus = unique_skus
        self.base_url = base_url
        self.settings = settings
        self.door = door
        self.traps = planted

    def index(self) -> Answer:
        """What anybody may read; it says how one may sign in."""
        ways = {"application-passwords": {"endpoints": {"authorization": f"{self.base_url}/quan-tri"}}}
        told = {"name": "Sàn tập dượt", "url": self.base_url, "namespaces": ["wc/v3", "wp/v2"]}
        return Answer(200, {**told, "authentication": ways})

    def route(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        """Answer `/wc/v3/…` and `/wp/v2/…` for somebody who may. Raises Refused."""
        answer = self._routed(method, path, query, body, headers)
        return _only(answer, query.get("_fields", ""))

    def _routed(
        self, method: str, path: str, query: Mapping[str, str], body: bytes, headers: Mapping[str, str]
    ) -> Answer:
        if path == "/wp/v2/media":
            return self._upload(body, headers) if method == "POST" else self._media(query)
        if path == "/wp/v2/users/me" and self.door is not None:
            return Answer(200, me(self.door))
        if path == "/wc/v3/products":
            return self._create(_fields(body)) if method == "POST" else self._list(query)
        if path == "/wc/v3/products/batch" and method == "POST":
            return self._batch(_fields(body))
        if path == "/wc/v3/products/categories":
            return _page(backroom.categories(query.get("search", "")), query)
        if found := re.fullmatch(r"/wc/v3/products/(\d{1,18})", path):
            return self._one(method, int(found[1]), query, body)
        if path.startswith("/wc/v3/webhooks"):
            return self._webhooks(method, path, query, body)
        if found := re.fullmatch(r"/wc/v3/settings/(\w+)/(\w+)", path):
            return Answer(200, backroom.setting(self.settings, found[1], found[2]))
        raise Refused(404, "rest_no_route", "No route was found matching the URL and request method.")

    def _webhooks(self, method: str, path: str, query: Mapping[str, str], body: bytes) -> Answer:
        if path == "/wc/v3/webhooks":
            if method == "POST":
                return Answer(201, webhooks.create(self.store, _fields(body)))
            return _page([webhooks.shown(hook) for hook in self.store.webhooks()], query)
        number = path.rpartition("/")[2]
        if not number.isdigit() or method not in ("PUT", "POST", "PATCH"):
            raise Refused(404, "rest_no_route", "No route was found matching the URL and request method.")
        return Answer(200, webhooks.change(self.store, int(number[:18]), _fields(body)))

    def _one(self, method: str, product_id: int, query: Mapping[str, str], body: bytes) -> Answer:
        if method in ("PUT", "PATCH", "POST"):
            return self._change(product_id, _fields(body))
        product = self.store.product(product_id)
        if product is None:
            raise Refused(404, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        if method == "DELETE":
            return self._delete(product, forced=query.get("force") == "true")
        return Answer(200, self._shown(product))

    def _create(self, fields: dict[str, Any], *, strict: bool = True) -> Answer:
        kept = self._cleaned(fields, None, strict=strict)
        self._refuse_taken(fields)
        product = self.store.add_product({**DEFAULTS, **kept})
        location = f"{self.base_url}/wp-json/wc/v3/products/{product['id']}"
        return Answer(201, self._shown(product), {"Location": location})

    def _refuse_taken(self, fields: Mapping[str, Any], own: int = 0) -> None:
        """Codes as recorded: a live holder is named, one in the trash is not. Only a strict shop looks."""
        if not self.unique_skus:
            return
        sku, gtin = fields.get("sku"), fields.get("global_unique_id")
        for holder in self.store.products()[0]:
            taken = {"resource_id": holder["id"]}
            if sku and holder["sku"] == sku and holder["id"] != own:
                message = "Invalid or duplicated SKU."
                raise Refused(400, "product_invalid_sku", message, **taken, unique_sku=f"{sku}-1")
            if gtin and holder["global_unique_id"] == gtin and holder["id"] != own:
                message = "Invalid or duplicated GTIN, UPC, EAN or ISBN."
                raise Refused(400, "product_invalid_global_unique_id", message, **taken)
        if sku and any(one["id"] != own for one in self.store.products(sku=sku, status="trash")[0]):
            message = "The SKU is already present in the lookup table."
            raise Refused(400, "woocommerce_rest_product_not_created", message)

    def _change(self, product_id: int, fields: dict[str, Any], *, strict: bool = True) -> Answer:
        before = self.store.product(product_id)
        kept = self._cleaned(fields, before, strict=strict)
        if before is None:  # really 400 here, though GET says 404
            raise Refused(400, "woocommerce_rest_product_invalid_id", "Invalid ID.")
        self._refuse_taken(fields, own=product_id)
        return Answer(200, self._shown(self.store.change_product(product_id, kept) or {}))

    def _batch(self, fields: dict[str, Any]) -> Answer:
        """Always 200 with each answer in its place; types are not looked at, unlike in a single call."""
        orders = {name: fields.get(name) or [] for name in ("create", "update", "delete")}
        if not all(isinstance(order, list) for order in orders.values()):
            raise Refused(500, "internal_server_error", "There has been a critical error on this website.")
        if sum(map(len, orders.values())) > _BATCH_CAP:
            message = f"Unable to accept more than {_BATCH_CAP} items for this request."
            raise Refused(413, "woocommerce_rest_request_entity_too_large", message)
        acts = {
            "create": lambda one: self._create(one, strict=False),
            "update": lambda one: self._change(int(one.get("id", 0)), one, strict=False),
            "delete": lambda one: self._one("DELETE", int(one), {}, b""),
        }
        answers = {
            name: [_in_place(acts[name], one) for one in order] for name, order in orders.items() if order
        }
        return Answer(200, answers)

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

    def _cleaned(
        self, fields: dict[str, Any], before: Mapping[str, Any] | None, *, strict: bool
    ) -> dict[str, Any]:
        kept = cleaned(fields, before, strict=strict)
        if "images" in kept:
            kept["images"] = [traps.photo(self.traps, one, self._image) for one in kept["images"]]
        return traps.kept(self.traps, fields, kept, before)

    def _image(self, one: Mapping[str, Any]) -> dict[str, Any]:
        if "id" not in one:
            raise Refused(400, "woocommerce_product_image_upload_error", "A valid URL was not provided.")
        entry = (
            self.store.media_entry(one["id"])
            if isinstance(one["id"], int) and 0 < one["id"] < 2**63
            else None
        )
        if entry is None:
            message = f"#{one['id']} is an invalid image ID."
            raise Refused(400, "woocommerce_product_invalid_image_id", message)
        alt = str(one.get("alt", ""))
        return {"id": entry["id"], "src": self._photo(entry), "name": entry["slug"], "alt": alt}


def _in_place(act: Any, one: Any) -> Any:
    """One answer of a batch: what a single call would say, an error in its envelope beside the id."""
    try:
        return act(one).body
    except Refused as refused:
        return {"id": one.get("id", 0) if isinstance(one, dict) else one, "error": refused.answer.body}


def _only(answer: Answer, names: str) -> Answer:
    """`_fields`: leave out what was not asked for."""
    kept = {name.strip() for name in names.split(",")} - {""}
    if not kept:
        return answer

    def trim(one: Any) -> Any:
        return {name: value for name, value in one.items() if name in kept} if isinstance(one, dict) else one

    body = [trim(one) for one in answer.body] if isinstance(answer.body, list) else trim(answer.body)
    return Answer(answer.status, body, answer.headers)


def _page(entries: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
    page, size = _whole(query, "page", 1, 10**9), _whole(query, "per_page", 10, 100)
    pages = {"X-WP-Total": str(len(entries)), "X-WP-TotalPages": str(ceil(len(entries) / size))}
    return Answer(200, entries[(page - 1) * size : page * size], pages)


def _fields(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body or b"{}")
    except ValueError as error:
        raise Refused(400, "rest_invalid_json", "Invalid JSON body passed.") from error
    if not isinstance(fields, dict):
        raise Refused(400, "rest_invalid_json", "Invalid JSON body passed.")
    return fields


def _whole(query: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= most):
        raise Refused(
            400, "rest_invalid_param", f"Invalid parameter(s): {name}", params={name: "out of bounds"}
        )
    return int(text)
