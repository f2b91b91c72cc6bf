"""What stands in the shop: products by id, by SKU or by address, its categories, its units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marketplace_adapters.errors import (
    AuthenticationError,
    OutcomeUnknown,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.nfc import composed
from marketplace_adapters.page.scanner import unescaped
from marketplace_adapters.types import Notice, RemoteCategory
from marketplace_adapters.woocommerce.client import ShopClient
from marketplace_adapters.woocommerce.mapping import ShopUnits
from marketplace_adapters.woocommerce.refusals import SkuTaken

Product = dict[str, Any]
Found = tuple[Product | None, tuple[Notice, ...]]
_PAGE = 100
_MOST_PAGES = 30
_BETWEEN = " › "
_STANDING = (
    "id,sku,type,status,permalink"  # a whole product may be 20 kB, and a list of them more than we read
)


class Shelf:
    """Asks the shop; what does not change during one job is asked once."""

    def __init__(self, client: ShopClient) -> None:
        self._client = client
        self._units: ShopUnits | None = None
        self._categories: tuple[RemoteCategory, ...] | None = None

    def by_sku(self, sku: str, *, trash: bool) -> Found:
        """The oldest product with exactly this SKU and a notice about more of them."""
        return self.by_skus([sku], trash=trash)[sku]

    def by_skus(self, skus: Iterable[str], *, trash: bool) -> dict[str, Found]:
        """The same for several SKUs (at most 100) in one call. The trash is only looked at on a retry."""
        asked = list(dict.fromkeys(skus))
        found = self._standing(asked)
        missing = [sku for sku in asked if sku not in found]
        if missing and trash:
            found |= self._standing(missing, status="trash")
        return {sku: _oldest(sku, found.get(sku, [])) for sku in asked}

    def holder(self, sku: str, taken: SkuTaken) -> Found:
        """The product that a refusal spoke of, or the one the trash holds."""
        if taken.resource_id is not None:
            return self.one(str(taken.resource_id), trash=True), ()
        found, notices = self.by_sku(sku, trash=True)
        if found is None:
            raise UnexpectedResponse("sku_held_by_nobody", sku=sku)
        return found, notices

    def by_slug(self, slug: str) -> list[Product]:
        return self._products(slug=slug)

    def one(self, remote_id: str, *, trash: bool = False) -> Product:
        """Raises RemoteListingNotFound, also for what lies in the trash unless that is wanted."""
        remote = self._client.get(f"products/{number(remote_id)}")
        if not isinstance(remote, dict) or str(remote.get("id")) != remote_id:
            raise UnexpectedResponse("echo_mismatch", field="id")
        if remote.get("status") == "trash" and not trash:
            raise RemoteListingNotFound(remote_code="trash")
        return remote

    def change(self, remote_id: str, fields: Mapping[str, Any]) -> Product:
        """Change some fields of a product."""
        path = f"products/{number(remote_id)}"
        return echo(self._client.write("PUT", path, fields), remote_id, None)

    def categories(self) -> tuple[RemoteCategory, ...]:
        """All categories, each with its way down the tree: "Thực phẩm › Mật ong"."""
        if self._categories is None:
            self._categories = tuple(_named(self._category_rows()))
        return self._categories

    def category_id(self, name: str) -> int | None:
        """The category of that name, whole way or last part; an unknown id would silently become "Uncategorized".

        Of several with the same last part the one nearest to the top, then the oldest.
        """
        wanted = _folded(name)
        fitting = [one for one in self.categories() if _folded(one.name) == wanted]
        if not fitting:
            last = _folded(name.rpartition(_BETWEEN.strip())[2])
            fitting = [one for one in self.categories() if _folded(one.name.rpartition(_BETWEEN)[2]) == last]
        nearest = min(fitting, key=lambda one: (one.name.count(_BETWEEN), int(one.id)), default=None)
        return int(nearest.id) if nearest else None

    def units(self) -> ShopUnits:
        """A credential without the right to read settings costs the weight, not the listing."""
        if self._units is None:
            try:
                weight = self.setting("products", "woocommerce_weight_unit")
                self._units = ShopUnits(weight, self.setting("products", "woocommerce_dimension_unit"))
            except (AuthenticationError, RemoteListingNotFound):
                self._units = ShopUnits()
        return self._units

    def setting(self, group: str, name: str) -> str:
        answer = self._client.get(f"settings/{group}/{name}")
        return str(answer.get("value", "")) if isinstance(answer, dict) else ""

    def _standing(self, skus: list[str], **query: Any) -> dict[str, list[Product]]:
        found: dict[str, list[Product]] = {}
        for one in self._products(sku=",".join(skus), _fields=_STANDING, **query):
            if one.get("sku") in skus:
                found.setdefault(str(one["sku"]), []).append(one)
        return found

    def _products(self, **query: Any) -> list[Product]:
        answer = self._client.get("products", per_page=_PAGE, **query)
        if not isinstance(answer, list) or not all(
            isinstance(one, dict) and isinstance(one.get("id"), int) for one in answer
        ):
            raise UnexpectedResponse("reply_unreadable", status=200)
        return answer

    def _category_rows(self) -> list[Product]:
        rows: list[Product] = []
        for page in range(1, _MOST_PAGES + 1):
            asked = {"per_page": _PAGE, "page": page, "orderby": "id", "_fields": "id,name,parent"}
            answer = self._client.get("products/categories", **asked)
            if not isinstance(answer, list):
                raise UnexpectedResponse("reply_unreadable", status=200)
            rows += [one for one in answer if isinstance(one, dict) and isinstance(one.get("id"), int)]
            if len(answer) < _PAGE:
                break
        return rows


def number(remote_id: str) -> str:
    """Only digits ever become part of an address."""
    if not (remote_id.isascii() and remote_id.isdigit()):
        raise RemoteListingNotFound(remote_id=remote_id[:40])
    return remote_id


def echo(remote: Any, remote_id: str | None, sku: str | None) -> Product:
    """The answer to a write must speak of the product we wrote; anything else proves nothing."""
    if not isinstance(remote, dict) or not isinstance(remote.get("id"), int):
        raise OutcomeUnknown("reply_unreadable", status=200)
    if remote_id is not None and str(remote["id"]) != remote_id:
        raise OutcomeUnknown("echo_mismatch", field="id")
    if sku is not None and remote.get("sku") != sku:
        raise OutcomeUnknown("echo_mismatch", field="sku")
    return remote


def _oldest(sku: str, found: list[Product]) -> Found:
    if not found:
        return None, ()
    oldest, *others = sorted(found, key=lambda one: one["id"])
    doubles = tuple(str(one["id"]) for one in others)
    return oldest, (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()


def _named(rows: list[Product]) -> Iterable[RemoteCategory]:
    by_id = {row["id"]: row for row in rows}
    for row in rows:
        names: list[str] = []
        at: Product | None = row
        while at is not None and len(names) < 10:  # a tree that runs in a circle ends too
            names.append(composed(unescaped(str(at.get("name", ""))).strip()))
            at = by_id.get(at.get("parent"))
        if all(names):
            yield RemoteCategory(str(row["id"]), _BETWEEN.join(reversed(names)))


def _folded(name: str) -> str:
    return " ".join(composed(unescaped(name)).casefold().split())
