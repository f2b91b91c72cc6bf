"""The same shop over TLS: one application password for both interfaces, and a key pair is not needed there."""

from __future__ import annotations

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from marketplace_adapters import registry
from marketplace_adapters.errors import AuthenticationError, MarketplaceUnavailable
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.testing.samples import listing
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter


def _certificate(folder: Path) -> Path:
    """Key and self-signed certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "shop.pem"
    file.write_bytes(secret + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return _certificate(tmp_path)


@pytest.fixture
def secure_shop(tmp_path: Path, certificate: Path) -> Iterator[PracticeServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = PracticeServer(tmp_path / "shop.db")
    server._http.socket = context.wrap_socket(
        server._http.socket, server_side=True, do_handshake_on_connect=False
    )
    with server:
        yield server


def _adapter(shop: PracticeServer, **settings: str) -> WooCommerceAdapter:
    pair = {"username": shop.user, "application_password": shop.password}
    address = shop.base_url.replace("http://", "https://")
    return WooCommerceAdapter(registry.channels()["practice"], {"base_url": address, **pair, **settings})


def test_one_application_password_opens_both_interfaces(
    secure_shop: PracticeServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    adapter = _adapter(secure_shop)

    facts = adapter.test_connection()
    sent = adapter.publish(adapter.items(listing())[0])
    adapter.withdraw(sent.remote_id)

    assert facts.currency == "VND"
    assert len(secure_shop.store.media()) == 3
    assert secure_shop.store.product(int(sent.remote_id))["status"] == "draft"


def test_over_tls_nothing_is_signed_into_the_address(
    secure_shop: PracticeServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    adapter = _adapter(secure_shop, consumer_key="ck", consumer_secret="khong-dung-den")
    asked: list[str] = []
    call = adapter.client.http.call
    adapter.client.http.call = lambda method, url, **options: (
        asked.append(url) or call(method, url, **options)
    )

    adapter.test_connection()

    assert asked
    assert not [url for url in asked if "oauth_signature" in parse_qs(url.partition("?")[2])]


def test_a_wrong_password_over_tls_is_named(
    secure_shop: PracticeServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    with pytest.raises(AuthenticationError) as caught:
        _adapter(secure_shop, application_password="sai").test_connection()

    assert caught.value.code == "wrong_password"


def test_a_certificate_nobody_vouches_for_is_named(secure_shop: PracticeServer) -> None:
    with pytest.raises(MarketplaceUnavailable) as caught:
        _adapter(secure_shop).test_connection()

    assert caught.value.code == "tls"
