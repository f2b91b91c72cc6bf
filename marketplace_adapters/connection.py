"""One guarded HTTP exchange: a total deadline, a pinned address, and the knowledge whether anything was sent.

`requests` gives a limit per socket operation, so a server that drips a byte now and then holds a caller for
hours, in the headers as well as in the body. Here a timer shuts the socket at the deadline, which ends
whatever is being read. Every exchange opens its own connection: a kept one that the server had just closed
would look like a lost reply, and a lost reply costs a reconciliation.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection


class ForbiddenAddress(OSError):
    """The host name leads to an address this channel may not talk to."""


class DeadlinePassed(OSError):
    """The total time for this exchange is used up."""


class Exchange:
    """The state of one exchange. `sent` turns True with the first byte handed to the network."""

    def __init__(self, seconds: float, lan: bool) -> None:
        self.lan = lan
        self.sent = False
        self.expired = False
        self._ends = time.monotonic() + seconds
        self._watched: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> Exchange:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._watched is not None:
            self._watched.close()

    def left(self) -> float:
        """Seconds until the deadline, never quite zero, because a zero timeout means non-blocking."""
        return max(self._ends - time.monotonic(), 0.001)

    def connect(self, host: str, port: int) -> socket.socket:
        """A TCP connection to an address that was checked: name look-up and connection use the same answer."""
        failure: OSError = ForbiddenAddress(f"{host} has no address that may be used")
        for address in self._addresses(host, port):
            if not allowed_address(address, self.lan):
                continue
            try:
                return self._watch(socket.create_connection((address, port), timeout=self.left()))
            except OSError as error:
                failure = error
        raise failure

    def _addresses(self, host: str, port: int) -> list[str]:
        """Look the name up within the deadline; the system's resolver has no time limit of its own."""
        found: list[str] = []
        failed: list[OSError] = []

        def ask() -> None:
            try:
                answers = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
                found.extend(dict.fromkeys(str(answer[4][0]) for answer in answers))
            except OSError as error:
                failed.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(self.left())
        if failed:
            raise failed[0]
        if asking.is_alive() or self.expired:
            raise DeadlinePassed
        return found

    def _watch(self, connected: socket.socket) -> socket.socket:
        # A duplicate, because TLS takes the first descriptor over; shutting either one ends the connection.
        self._watched = connected.dup()
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connected

    def _expire(self) -> None:
        self.expired = True
        if self._watched is not None:
            with suppress(OSError):  # the other side may have been faster
                self._watched.shutdown(socket.SHUT_RDWR)


def allowed_address(address: str, lan: bool) -> bool:
    """Public addresses always; private and loopback ones only for a channel on the local network."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return lan
    if getattr(ip, "sixtofour", None) is not None:
        return False  # 2002::/16 carries any IPv4 address inside, private ones too; no shop stands there
    if ip.is_multicast or ip.is_unspecified or ip.is_reserved or ip.is_link_local:
        return False  # link-local holds the metadata services of hosting providers, so not even on a LAN
    return ip.is_global or (lan and ip.is_private)


class Transport(HTTPAdapter):
    """A requests transport whose connections belong to one exchange."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        super().__init__(max_retries=0, pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        self.poolmanager = PoolManager(num_pools=1, maxsize=1)
        self.poolmanager.pool_classes_by_scheme = _pools(self._exchange)


def _pools(exchange: Exchange) -> dict[str, type]:
    class Guarded:
        def _new_conn(self) -> socket.socket:
            return exchange.connect(self.host, self.port)

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            exchange.sent = True
            super().send(data)

    plain = type("GuardedHTTP", (Guarded, HTTPConnection), {})
    secure = type("GuardedHTTPS", (Guarded, HTTPSConnection), {})
    return {
        "http": type("GuardedHTTPPool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("GuardedHTTPSPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
    }
