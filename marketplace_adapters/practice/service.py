"""An HTTP/1.1 server on the standard library that can be told to misbehave: what every counterpart is built on.

class MyServer(Service):
    handler = MyHandler          # a Handler whose `respond(body)` answers self.command, self.route, self.query
"""

from __future__ import annotations

import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import unquote

from marketplace_adapters.practice.faults import FaultPlan

_BODY_CAP = 12_000_000
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?")


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body and extra headers."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Service:
    """Serves from `start()` to `stop()`; port 0 takes a free one."""

    handler: ClassVar[type[Handler]]

    def __init__(self, port: int = 0, *, host: str = "127.0.0.1", faults: FaultPlan | None = None) -> None:
        self.faults = faults or FaultPlan()
        self.stopping = threading.Event()
        self._http = _Server((host, port), self)
        self._thread: threading.Thread | None = None

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def base_url(self) -> str:
        return f"http://{self._http.server_address[0]}:{self.port}"

    def start(self) -> Any:
        """Serve in a thread of its own."""
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def serve(self) -> None:
        """Serve in this thread until another one calls `stop`."""
        self._http.serve_forever(0.2)

    def stop(self) -> None:
        """Answer what is under way, then close the socket. Repeating it is harmless."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        self._http.shutdown()
        self._http.server_close()
        if self._thread is not None:
            self._thread.join()
        self.close()

    def close(self) -> None:
        """What a subclass lets go of at the end."""

    def __enter__(self) -> Any:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # stop() waits for them, so no thread meets a closed file
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self._open: set[socket.socket] = set()
        super().__init__(address, service.handler)

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


class Handler(BaseHTTPRequestHandler):
    """One connection. `service` is the server object; `route` the decoded path, `query` the raw query."""

    protocol_version = "HTTP/1.1"
    server_version = "SanTap/1"
    sys_version = ""
    timeout = 30
    disable_nagle_algorithm = (
        True  # headers and body are two writes; together with delayed ACK they cost 40 ms
    )
    wbufsize = 65_536
    server: _Server

    @property
    def service(self) -> Any:
        return self.server.service

    def do_GET(self) -> None:
        raw_path, _, self.query = self.path.partition("?")
        self.route = unquote(raw_path)
        body = self._body()
        if body is not None:
            self.respond(body)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def respond(self, body: bytes) -> None:
        """Answer the request."""
        raise NotImplementedError

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: the address line holds signatures."""

    def own_base_url(self) -> str:
        """As the caller knows us, so that addresses work on a phone of the class-room too."""
        host = self.headers.get("Host", "")
        return f"http://{host}" if _HOST.fullmatch(host) else self.service.base_url

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit() or int(length) > _BODY_CAP:
            self.close_connection = True
            self.json(
                Answer(413, {"code": "too_large", "message": "Body too large.", "data": {"status": 413}})
            )
            return None
        return self.rfile.read(int(length))

    def html(self, status: int, page: str) -> None:
        self.send(status, "text/html; charset=utf-8", page.encode(), {"Cache-Control": "no-store"})

    def json(self, answer: Answer) -> None:
        body = json.dumps(answer.body, ensure_ascii=False).encode()
        self.send(answer.status, "application/json; charset=UTF-8", body, answer.headers)

    def send(self, status: int, media_type: str, body: bytes, headers: Any = None) -> None:
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

    def fail(self, fault: str, answer: Answer | None = None) -> None:
        """Do what the fault plan ordered; `answer` is what was really done, or None."""
        self.close_connection = True
        if fault in ("reset_before", "lost_reply"):
            self._cut()
        elif fault == "hang":
            self.service.stopping.wait(60)
        elif fault in ("error_before", "error_after"):
            self.json(Answer(500, {"code": "internal_server_error", "message": "", "data": {"status": 500}}))
        elif fault == "rate_limited":
            wait = self.service.faults.retry_after
            self.json(
                Answer(429, {"code": "too_many_requests"}, {"Retry-After": wait} if wait is not None else {})
            )
        elif fault == "expired_key":
            body = {"code": "woocommerce_rest_authentication_error", "message": "Consumer secret is invalid."}
            self.json(Answer(401, body))
        elif fault == "html":
            self.html(200, "<!doctype html><title>Bảo trì</title><p>Trang đang bảo trì.")
        elif fault == "garbled":
            cut = json.dumps(answer.body if answer else {}).encode()[:-7]
            self.send(200, "application/json", cut)
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
            while not self.service.stopping.wait(pause):
                self.connection.sendall(piece)
        except OSError:
            pass  # the caller had enough, which is the point
