"""The practice marketplace as an HTTP/1.1 server on the standard library.

with PracticeServer(tmp_path / "shop.db") as shop:
    shop.base_url, shop.user, shop.password, shop.store, shop.faults
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl

from marketplace_adapters.practice import form_pages, shopfront, traps
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.api import Api, Refused
from marketplace_adapters.practice.backroom import SETTINGS
from marketplace_adapters.practice.faults import ACTS_FIRST, FaultPlan
from marketplace_adapters.practice.form_face import FormFace, Manners
from marketplace_adapters.practice.form_store import FormStore
from marketplace_adapters.practice.service import Answer, Handler, Service
from marketplace_adapters.practice.store import Store

_STYLE = Path(__file__).with_name("shop.css")


class _Handler(Handler):
    service: PracticeServer

    def respond(self, body: bytes) -> None:
        api = self._api_path()
        if api is not None:
            self._serve_api(api, body)
        elif self.route.startswith("/shop/") and not self.route.endswith(".css"):
            self._serve_form(body)
        elif self.command == "POST" and self.route in ("/quan-tri", "/quan-tri-bm"):
            self._approve(body)
        elif self.command in ("GET", "HEAD"):
            self._serve_page()
        else:
            self.html(405, shopfront.message("Không làm được", "Trang này chỉ để xem."))

    def _api_path(self) -> str | None:
        """The interface's own path, by address or by `?rest_route=`, which works without pretty permalinks too."""
        asked = dict(parse_qsl(self.query)).get("rest_route")
        if self.route == "/" and asked is not None:
            return asked.rstrip("/")
        if self.route.startswith("/wp-json") and not self.service.plain_permalinks:
            return self.route.removeprefix("/wp-json")
        return None

    def _serve_api(self, path: str, body: bytes) -> None:
        shop = self.service
        fault = shop.faults.take(self.command, path)
        if fault and fault not in ACTS_FIRST:
            self.fail(fault, None)
            return
        answer = self._answer(path, body)
        if fault:
            self.fail(fault, answer)
        else:
            self.json(answer)

    def _serve_form(self, body: bytes) -> None:
        shop = self.service
        fault = shop.faults.take(self.command, self.route)
        if fault and fault not in ACTS_FIRST:
            self.fail(fault, None)
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = shop.form.seller(self.command, self.route, self.query, headers, body)
        if fault:
            self.fail(fault, Answer(reply.status, {"location": reply.headers.get("Location", "")}))
        else:
            self.send(reply.status, reply.media_type, reply.body, reply.headers)

    def _answer(self, path: str, body: bytes) -> Answer:
        shop = self.service
        api = Api(
            shop.store,
            self.own_base_url(),
            unique_skus=shop.unique_skus,
            settings=shop.settings,
            door=shop.door,
            planted=shop.traps,
        )
        if path in ("", "/"):
            return api.index()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self.service.door.require(self.command, self.own_base_url() + self.route, self.query, headers)
            return api.route(self.command, path, dict(parse_qsl(self.query)), body, headers)
        except Refused as refused:
            return refused.answer

    def _serve_page(self) -> None:
        store = self.service.store
        if self.route == "/":
            self.html(200, shopfront.shelf(store.products(status="publish")[0]))
        elif self.route == "/shop.css":
            self.send(200, "text/css; charset=utf-8", _STYLE.read_bytes(), {"Cache-Control": "max-age=300"})
        elif found := re.fullmatch(r"/san-pham/(\d{1,18})(?:-[a-z0-9-]*)?", self.route):
            self._product(int(found[1]))
        elif found := re.fullmatch(r"/anh/(\d{1,18})-[A-Za-z0-9-]+\.\w{3,4}", self.route):
            self._photo(int(found[1]))
        elif self.route in ("/quan-tri", "/quan-tri-bm"):
            self._desk()
        elif self.route == "/tim":
            words = dict(parse_qsl(self.query)).get("q", "").strip()
            ordinary = store.products(status="publish", search=words)[0] if words else []
            found = traps.found(self.service.traps, words, ordinary, store.products(status="publish")[0])
            self.html(200, shopfront.found(words, found))
        elif (reply := self.service.form.public(self.route, self.query)) is not None:
            self.send(reply.status, reply.media_type, reply.body, reply.headers)
        else:
            self._missing()

    def _product(self, product_id: int) -> None:
        product = self.service.store.product(product_id)
        if product is None or product["status"] != "publish":
            self._missing()
        else:
            self.html(200, shopfront.product_page(product, self.own_base_url()))

    def _photo(self, media_id: int) -> None:
        found = self.service.store.media_content(media_id)
        if found is None or "photos_dead" in self.service.traps:
            self._missing()
        else:
            self.send(200, found[0], found[1], {"Cache-Control": "max-age=86400"})

    def _desk(self) -> None:
        if self._is_reviewer():
            shop, token = self.service, self.service.door.token()
            form = self.route == "/quan-tri-bm"
            products = shop.forms.products() if form else shop.store.products()[0]
            self.html(200, form_pages.desk(products, token) if form else shopfront.desk(products, token))

    def _approve(self, body: bytes) -> None:
        if not self._is_reviewer():
            return
        form = parse_qs(body.decode("utf-8", "replace"))
        product_id = form.get("id", [""])[0]
        if form.get("token") != [self.service.door.token()] or not re.fullmatch(r"\d{1,18}", product_id):
            self.html(403, shopfront.message("Chưa duyệt được", "Mở lại bàn duyệt rồi bấm lần nữa."))
            return
        if self.route == "/quan-tri-bm":
            self.service.forms.approve(int(product_id))
        else:
            product = self.service.store.product(int(product_id))
            if product is not None and product["status"] == "pending":
                self.service.store.change_product(int(product_id), {"status": "publish"})
        self.send(303, "text/plain", b"", {"Location": self.route})

    def _is_reviewer(self) -> bool:
        if self.service.door.admits(self.headers.get("Authorization", "")):
            return True
        page = shopfront.message("Cần đăng nhập", "Bàn duyệt dành cho người điều hành sàn tập.").encode()
        self.send(401, "text/html; charset=utf-8", page, {"WWW-Authenticate": 'Basic realm="San tap"'})
        return False

    def _missing(self) -> None:
        self.html(404, shopfront.message("Không có trang này", "Sản phẩm chưa được duyệt hoặc đã gỡ."))


class PracticeServer(Service):
    """Serves from `start()` to `stop()`; port 0 takes a free one. What was stored survives in `db_path`.

    `unique_skus` makes it refuse a second product with the same SKU, as WooCommerce 11.0.1 does. `form` is its second
    face, the seller's web form over `forms`; `manners` says in what that differs. `planted`: names of `traps.PLANTED`.
    """

    handler = _Handler

    def __init__(
        self,
        db_path: str | Path,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        user: str = "tap",
        password: str = "tap-duot",  # noqa: S107 - a class-room shop; set another one outside it
        review_seconds: float | None = None,
        unique_skus: bool = False,
        fault_plan: FaultPlan | None = None,
        clock: Callable[[], float] = time.time,
        manners: Manners | None = None,
        planted: Collection[str] = (),
    ) -> None:
        self.traps = traps.checked(planted)
        super().__init__(port, host=host, faults=fault_plan)
        self.user = user
        self.password = password
        self.door = Door(user, password, clock=clock)
        self.store = Store(db_path, review_seconds=review_seconds, clock=clock, slug=traps.address(planted))
        self.forms = FormStore(db_path, review_seconds=review_seconds, clock=clock)
        self.form = FormFace(self.forms, lambda: self.door, manners or Manners())
        self.unique_skus = unique_skus
        self.settings = dict(SETTINGS)
        self.plain_permalinks = False

    def close(self) -> None:
        self.forms.close()
        self.store.close()
