"""The practice marketplace as an HTTP/1.1 server on the standard library.

with PracticeServer(tmp_path / "shop.db") as shop:
    shop.base_url, shop.user, shop.password, shop.store, shop.faults
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote

from marketplace_adapters.practice import shopfront
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.api import Answer, Api, Refused
from marketplace_adapters.practice.faults import ACTS_FIRST, FaultPlan
from marketplace_adapters.practice.store import Store

_BODY_CAP = 12_000_000
_STYLE = Path(__file__).with_name("shop.css")
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


class PracticeServer:
    """Serves from `start()` to `stop()`; port 0 takes a free one. What was stored survives in `db_path`.

    `unique_skus` makes it refuse a second product with the same SKU, as WooCommerce 11.0.1 does.
    """

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
        self.user = user
        self.password = password
        self.door = Door(user, password)
        self.faults = fault_plan or FaultPlan()
        self.store = Store(db_path, review_seconds=review_seconds, clock=clock)
        self.unique_skus = unique_skus
        self.stopping = threading.Event()
        self._http = _Server((host, port), self)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://{self._http.server_address[0]}:{self.port}"

    def start(self) -> PracticeServer:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve in this thread until another one calls `stop`."""
        self._http.serve_forever(0.2)

    def stop(self) -> None:
        """Answer what is under way, then close the socket and the file. Repeating it is harmless."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        if self._thread is not None:
            self._thread.join()
        self.store.close()

    def __enter__(self) -> PracticeServer:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # stop() waits for them, so no thread meets a closed file
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], shop: PracticeServer) -> None:
        self.shop = shop
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        # A browser's idle connection must not hold the stop for half a minute.
        for request in list(self._open):
            with suppress(OSError):
                request.shutdown(socket.SHUT_RD)
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A visitor who hangs up is nothing to report; a fault of ours is."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SanTap/1"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = (
        True  # headers and body are two writes; together with delayed ACK they cost 40 ms
    )
    wbufsize = 65_536
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the address line holds signatures."""

    def _serve(self) -> None:
        raw_path, _, self.query = self.path.partition("?")
        self.route = unquote(raw_path)
        body = self._body()
        if body is None:
            return
        if self.route.startswith("/wp-json"):
            self._serve_api(self.route.removeprefix("/wp-json"), body)
        elif self.command == "POST" and self.route == "/quan-tri":
            self._approve(body)
        elif self.command in ("GET", "HEAD"):
            self._serve_page()
        else:
            self._html(405, shopfront.message("Không làm được", "Trang này chỉ để xem."))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _BODY_CAP:
            self.close_connection = True
            self._json(
                Answer(413, {"code": "too_large", "message": "Body too large.", "data": {"status": 413}})
            )
            return None
        return self.rfile.read(int(length))

    def _serve_api(self, path: str, body: bytes) -> None:
        shop = self.server.shop
        fault = shop.faults.take(self.command, path)
        if fault and fault not in ACTS_FIRST:
            self._fail(fault, None)
            return
        answer = self._answer(path, body)
        if fault:
            self._fail(fault, answer)
        else:
            self._json(answer)

    def _answer(self, path: str, body: bytes) -> Answer:
        api = Api(self.server.shop.store, self._base_url(), unique_skus=self.server.shop.unique_skus)
        if path in ("", "/"):
            return api.index()
        headers = {name.lower(): value for name, value in self.headers.items()}
        try:
            self.server.shop.door.require(self.command, self._base_url() + self.route, self.query, headers)
            return api.route(self.command, path, dict(parse_qsl(self.query)), body, headers)
        except Refused as refused:
            return refused.answer

    def _base_url(self) -> str:
        """As the caller knows us, so that addresses work on a phone of the class-room too."""
        host = self.headers.get("Host", "")
        return (
            f"http://{host}"
            if re.fullmatch(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?", host)
            else self.server.shop.base_url
        )

    def _serve_page(self) -> None:
        store = self.server.shop.store
        if self.route == "/":
            self._html(200, shopfront.shelf(store.products(status="publish")[0]))
        elif self.route == "/shop.css":
            self._send(200, "text/css; charset=utf-8", _STYLE.read_bytes(), {"Cache-Control": "max-age=300"})
        elif found := re.fullmatch(r"/san-pham/(\d{1,18})(?:-[a-z0-9-]*)?", self.route):
            self._product(int(found[1]))
        elif found := re.fullmatch(r"/anh/(\d{1,18})-[A-Za-z0-9-]+\.\w{3,4}", self.route):
            self._photo(int(found[1]))
        elif self.route == "/quan-tri":
            self._desk()
        else:
            self._missing()

    def _product(self, product_id: int) -> None:
        product = self.server.shop.store.product(product_id)
        if product is None or product["status"] != "publish":
            self._missing()
        else:
            self._html(200, shopfront.product_page(product, self._base_url()))

    def _photo(self, media_id: int) -> None:
        found = self.server.shop.store.media_content(media_id)
        if found is None:
            self._missing()
        else:
            self._send(200, found[0], found[1], {"Cache-Control": "max-age=86400"})

    def _desk(self) -> None:
        if self._is_reviewer():
            store, door = self.server.shop.store, self.server.shop.door
            self._html(200, shopfront.desk(store.products()[0], door.token()))

    def _approve(self, body: bytes) -> None:
        if not self._is_reviewer():
            return
        form = parse_qs(body.decode("utf-8", "replace"))
        product_id = form.get("id", [""])[0]
        if form.get("token") != [self.server.shop.door.token()] or not re.fullmatch(r"\d{1,18}", product_id):
            self._html(403, shopfront.message("Chưa duyệt được", "Mở lại bàn duyệt rồi bấm lần nữa."))
            return
        product = self.server.shop.store.product(int(product_id))
        if product is not None and product["status"] == "pending":
            self.server.shop.store.change_product(int(product_id), {"status": "publish"})
        self._send(303, "text/plain", b"", {"Location": "/quan-tri"})

    def _is_reviewer(self) -> bool:
        if self.server.shop.door.admits(self.headers.get("Authorization", "")):
            return True
        page = shopfront.message("Cần đăng nhập", "Bàn duyệt dành cho người điều hành sàn tập.").encode()
        self._send(401, "text/html; charset=utf-8", page, {"WWW-Authenticate": 'Basic realm="San tap"'})
        return False

    def _missing(self) -> None:
        self._html(404, shopfront.message("Không có trang này", "Sản phẩm chưa được duyệt hoặc đã gỡ."))

    def _html(self, status: int, page: str) -> None:
        self._send(status, "text/html; charset=utf-8", page.encode(), {"Cache-Control": "no-store"})

    def _json(self, answer: Answer) -> None:
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self._send(answer.status, "application/json; charset=UTF-8", body, answer.headers)

    def _send(self, status: int, media_type: str, body: bytes, headers: Any = None) -> None:
        self.send_response(status)
        own = {
            "Content-Type": media_type, "Content-Length": str(len(body)), "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer",
        }  # fmt: skip
        for name, value in {**own, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _fail(self, fault: str, answer: Answer | None) -> None:
        """Do what the fault plan ordered; `answer` is what was really done, or None."""
        self.close_connection = True
        if fault in ("reset_before", "lost_reply"):
            self._cut()
        elif fault == "hang":
            self.server.shop.stopping.wait(60)
        elif fault in ("error_before", "error_after"):
            self._json(Answer(500, {"code": "internal_server_error", "message": "", "data": {"status": 500}}))
        elif fault == "rate_limited":
            wait = self.server.shop.faults.retry_after
            self._json(
                Answer(429, {"code": "too_many_requests"}, {"Retry-After": wait} if wait is not None else {})
            )
        elif fault == "expired_key":
            body = {"code": "woocommerce_rest_authentication_error", "message": "Consumer secret is invalid."}
            self._json(Answer(401, body))
        elif fault == "html":
            self._html(200, shopfront.message("Bảo trì", "Trang đang bảo trì."))
        elif fault == "garbled":
            cut = json.dumps(answer.body if answer else {}).encode()[:-7]
            self._send(200, "application/json", cut)
        else:
            self._trickle(fault)

    def _cut(self) -> None:
        """Reset instead of a polite end, as a dead mobile link does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def _trickle(self, fault: str) -> None:
        start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        piece, pause = (b" " * 65_536, 0.0) if fault == "oversized" else (b"a", 0.02)
        self.connection.sendall(start + (b"X-Slow: " if fault == "drip_headers" else b"\r\n"))
        try:
            while not self.server.shop.stopping.wait(pause):
                self.connection.sendall(piece)
        except OSError:
            pass  # the caller had enough, which is the point
