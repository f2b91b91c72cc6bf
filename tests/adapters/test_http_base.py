"""One call: total deadline, small answers, and errors that say whether anything was sent."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace_adapters.connection import allowed_address
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.http_base import (
    HttpClient,
    Reply,
    checked_base_url,
    raise_for_status,
    retry_after_seconds,
)
from marketplace_adapters.practice import PracticeServer

SILENT = ("hang", "drip", "drip_headers")
_ENVELOPE = b'{"code": "some_code", "message": "", "data": {}}'


def _client(**changes: object) -> HttpClient:
    return HttpClient(**{"lan": True, "deadline": 20, **changes})


def _caught(shop: PracticeServer, fault: str, *, writes: bool, cap: int = 1_000_000) -> MarketplaceError:
    shop.faults.add(fault, "GET", "/wc/v3")
    with pytest.raises(MarketplaceError) as caught:
        client = _client(cap=cap, deadline=0.3 if fault in SILENT else 20)
        reply = client.call("GET", f"{shop.base_url}/wp-json/wc/v3/products", writes=writes)
        raise_for_status(reply).json()
    return caught.value


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ("hang", "timeout"),
        ("drip", "timeout"),
        ("drip_headers", "timeout"),
        ("lost_reply", "connection_lost"),
        ("reset_before", "connection_lost"),
        ("error_before", "server_error"),
        ("error_after", "server_error"),
    ],
)
def test_a_fault_leaves_a_write_unknown_and_a_read_to_be_repeated(
    shop: PracticeServer, fault: str, code: str
) -> None:
    write, read = _caught(shop, fault, writes=True), _caught(shop, fault, writes=False)

    assert (type(write), write.code) == (OutcomeUnknown, code)
    assert (type(read), read.code) == (MarketplaceUnavailable, code)


@pytest.mark.parametrize(("fault", "code"), [("oversized", "reply_too_large"), ("html", "reply_unreadable")])
def test_an_unreadable_answer_leaves_a_write_unknown_and_a_read_for_a_maintainer(
    shop: PracticeServer, fault: str, code: str
) -> None:
    write, read = _caught(shop, fault, writes=True), _caught(shop, fault, writes=False)

    assert (type(write), write.code) == (OutcomeUnknown, code)
    assert (type(read), read.code) == (UnexpectedResponse, code)


def test_a_closed_port_means_nothing_was_sent() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        with pytest.raises(MarketplaceUnavailable) as caught:
            _client().call("POST", address, writes=True, body=b"{}")

    assert caught.value.code == "unreachable"


def test_the_line_is_let_go_after_every_fault(shop: PracticeServer) -> None:
    before = threading.active_count()

    for fault in ("drip", "hang", "oversized"):
        _caught(shop, fault, writes=True)
    shop.stop()

    assert threading.active_count() <= before


@pytest.mark.parametrize(
    ("status", "body", "writes", "kind", "code"),
    [
        (301, b"", False, ConfigurationError, "redirected"),
        (302, b"", True, ConfigurationError, "redirected"),
        (401, _ENVELOPE, True, AuthenticationError, "credential_refused"),
        (403, _ENVELOPE, True, AuthenticationError, "credential_refused"),
        (403, b"<html>", True, MarketplaceUnavailable, "blocked_by_host"),
        (404, _ENVELOPE, False, RemoteListingNotFound, "remote_not_found"),
        (404, b"<html>", False, UnexpectedResponse, "reply_unreadable"),
        (404, b"<html>", True, OutcomeUnknown, "reply_unreadable"),
        (400, _ENVELOPE, True, UnexpectedResponse, "refused"),
        (429, b"", True, RateLimited, "rate_limited"),
        (501, b"<html>", True, OutcomeUnknown, "server_error"),
        (503, b"", False, MarketplaceUnavailable, "server_error"),
    ],
)
def test_a_status_becomes_the_error_of_who_must_act(
    status: int, body: bytes, writes: bool, kind: type[MarketplaceError], code: str
) -> None:
    with pytest.raises(kind) as caught:
        raise_for_status(Reply(status, {}, body, writes))

    assert type(caught.value) is kind
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 1),
        ("-1", 60),
        (None, 60),
        ("", 60),
        ("soon", 60),
        ("1000000000", 3600),
        ("9" * 400, 3600),
        ("Sat, 21 Nov 2026 08:02:00 GMT", 121),
        ("Sat, 21 Nov 2026 07:00:00 GMT", 60),
        ("Sat, 21 Nov 2026 23:00:00 GMT", 3600),
        ("Sat, 21 Nov 2026 08:02:00", 60),
    ],
)
def test_retry_after_is_always_between_a_second_and_an_hour(header: str | None, seconds: int) -> None:
    now = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)

    assert retry_after_seconds(header, now) == seconds


@pytest.mark.parametrize(
    ("address", "public", "lan"),
    [
        ("93.184.216.34", True, True),
        ("127.0.0.1", False, True),
        ("10.0.0.5", False, True),
        ("192.168.1.9", False, True),
        ("::1", False, True),
        ("::ffff:10.0.0.5", False, True),
        ("169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
    ],
)
def test_private_addresses_need_a_channel_on_the_local_network(address: str, public: bool, lan: bool) -> None:
    assert (allowed_address(address, lan=False), allowed_address(address, lan=True)) == (public, lan)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "0x7f000001"])
def test_a_public_channel_never_reaches_this_machine(shop: PracticeServer, host: str) -> None:
    with pytest.raises((ConfigurationError, MarketplaceUnavailable)) as caught:
        _client(lan=False).call("GET", f"http://{host}:{shop.port}/wp-json/", writes=False)

    assert caught.value.code in ("forbidden_address", "bad_url", "unreachable")
    assert shop.faults.seen == {}


def test_a_redirect_is_not_followed(shop: PracticeServer) -> None:
    pair = "Basic dGFwOnRhcC1kdW90"
    product = shop.store.add_product(
        {"sku": "A", "status": "publish", "name": "A", "images": [], "attributes": []}
    )
    form = f"token={shop.door.token()}&id={product['id']}".encode()

    reply = _client().call(
        "POST", f"{shop.base_url}/quan-tri", writes=True, headers={"Authorization": pair}, body=form
    )

    assert reply.status == 303
    with pytest.raises(ConfigurationError):
        raise_for_status(reply)


@pytest.mark.parametrize(
    ("url", "lan", "code"),
    [
        ("ftp://shop.example", True, "bad_url"),
        ("shop.example", True, "bad_url"),
        ("https://user:pw@shop.example", True, "bad_url"),
        ("https://shop.example/?a=1", True, "bad_url"),
        ("https://shop.example:99999", True, "bad_url"),
        ("http://shop.example", False, "needs_https"),
    ],
)
def test_an_operators_address_is_refused_with_its_reason(url: str, lan: bool, code: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_base_url(url, lan=lan)

    assert (caught.value.code, caught.value.settings) == (code, ("base_url",))


def test_an_operators_address_loses_only_its_last_slash() -> None:
    assert checked_base_url(" https://shop.example/ban-hang/ ", lan=False) == "https://shop.example/ban-hang"


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[int]:
    """The port of a TLS server with a certificate that nobody vouches for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_certificate(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(5)
        thread = threading.Thread(target=_shake_hands, args=(listening, context))
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_a_self_signed_shop_is_unavailable_and_gets_nothing(self_signed: int) -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        _client(deadline=5).call("POST", f"https://127.0.0.1:{self_signed}/", writes=True, body=b"{}")

    assert caught.value.code == "tls"


def _shake_hands(listening: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = listening.accept()
    with connection:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            return


def _certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "shop.pem").write_bytes(pem)
    return folder / "shop.pem"


def test_a_private_address_is_open_only_to_a_host_that_an_operator_named(
    shop: PracticeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{shop.base_url}/wp-json/"
    with pytest.raises(ConfigurationError, match="forbidden_address"):
        HttpClient().call("GET", url, writes=False)
    with pytest.raises(ConfigurationError, match="needs_https"):
        checked_base_url(shop.base_url, lan=False)

    monkeypatch.setenv("OCOP_PRIVATE_HOSTS", "khac.lan, 127.0.0.1")

    assert HttpClient().call("GET", url, writes=False).status == 200
    assert checked_base_url(shop.base_url, lan=False) == shop.base_url
