"""The practice marketplace as an HTTP/1.1 server on the standard library.

with PracticeServer(tmp_path / "shop.db") as shop:
    shop.base_url, shop.user, shop.password, shop.store, shop.faults
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl

from marketplace_adapters.practice import shopfront
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.api import Api, Refused
from marketplace_adapters.practice.faults import ACTS_FIRST, FaultPlan
from marketplace_adapters.practice.service import Answer, Handler, Service
from marketplace_adapters.practice.store import Store

_STYLE = Path(__file__).with_name("shop.css")


class _Handler(Handler):
    service: PracticeServer

    def respond(self, body: bytes) -> None:
        if self.route.startswith("/wp-json"):
            self._serve_api(self.route.removeprefix("/wp-json"), body)
        elif self.command == "POST" and self.route == "/quan-tri":
            self._approve(body)
        elif self.command in ("GET", "HEAD"):
            self._serve_page()
        else:
            self.html(405, shopfront.message("Không làm được", "Trang này chỉ để xem."))

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

    def _answer(self, path: str, body: bytes) -> Answer:
        api = Api(self.service.store, self.own_base_url(), unique_skus=self.service.unique_skus)
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
        elif self.route == "/quan-tri":
            self._desk()
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
        if found is None:
            self._missing()
        else:
            self.send(200, found[0], found[1], {"Cache-Control": "max-age=86400"})

    def _desk(self) -> None:
        if self._is_reviewer():
            store, door = self.service.store, self.service.door
            self.html(200, shopfront.desk(store.products()[0], door.token()))

    def _approve(self, body: bytes) -> None:
        if not self._is_reviewer():
            return
        form = parse_qs(body.decode("utf-8", "replace"))
        product_id = form.get("id", [""])[0]
        if form.get("token") != [self.service.door.token()] or not re.fullmatch(r"\d{1,18}", product_id):
            self.html(403, shopfront.message("Chưa duyệt được", "Mở lại bàn duyệt rồi bấm lần nữa."))
            return
        product = self.service.store.product(int(product_id))
        if product is not None and product["status"] == "pending":
            self.service.store.change_product(int(product_id), {"status": "publish"})
        self.send(303, "text/plain", b"", {"Location": "/quan-tri"})

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

    `unique_skus` makes it refuse a second product with the same SKU, as WooCommerce 11.0.1 does.
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
    ) -> None:
        super().__init__(port, host=host, faults=fault_plan)
        self.user = user
        self.password = password
        self.door = Door(user, password)
        self.store = Store(db_path, review_seconds=review_seconds, clock=clock)
        self.unique_skus = unique_skus

    def close(self) -> None:
        self.store.close()
