"""The addresses printed on stamps, and whether a host may be printed for good.

With a GTIN the producer owns: GS1 Digital Link URI syntax (primary key 01, qualifier 21 or 10). Without:
``/T/…``, which no till can mistake for a GS1 number. Printed addresses are for ever.
"""

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit

from traceability.gs1 import gtin14, lot_problem

LONGEST_BASE_URL = 28  # characters of scheme + host that keep /T/ within QR version 3-M, /01/…/21/ within 4-M

TUNNEL_SUFFIXES = (
    "app.github.dev",
    "bore.pub",
    "devtunnels.ms",
    "expose.dev",
    "gitpod.io",
    "gradio.live",
    "lhr.life",
    "lhr.rocks",
    "loca.lt",
    "localhost.run",
    "localtunnel.me",
    "localxpose.io",
    "loclx.io",
    "ngrok-free.app",
    "ngrok-free.dev",
    "ngrok.app",
    "ngrok.dev",
    "ngrok.io",
    "nip.io",
    "packetriot.net",
    "pagekite.me",
    "pinggy.io",
    "pinggy.link",
    "pinggy.net",
    "pinggy.online",
    "playit.gg",
    "serveo.net",
    "serveousercontent.com",
    "sharedwithexpose.com",
    "sslip.io",
    "telebit.cloud",
    "telebit.io",
    "trycloudflare.com",
    "ts.net",
    "tunnelmole.net",
    "tunnelto.dev",
    "xip.io",
    "zrok.io",
)
_INSIDE_SUFFIXES = ("localhost", "local", "localdomain", "lan", "internal", "home.arpa", "test")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


def stamp_uri(base_url: str, code: str, gtin: str | None = None, *, all_capitals: bool = False) -> str:
    """The address on one stamp: ``{base}/T/{code}``, or ``{base}/01/{gtin14}/21/{code}`` with a GTIN.

    Scheme and host are lower case (some phone cameras take ``HTTPS://`` for plain text) unless the
    operator has tested ``all_capitals``. ValueError for a GTIN with a problem.
    """
    path = f"/T/{quote(code, safe='')}" if gtin is None else f"/01/{gtin14(gtin)}/21/{quote(code, safe='')}"
    return _base(base_url, all_capitals) + path


def lot_uri(base_url: str, gtin: str, lot: str, *, all_capitals: bool = False) -> str:
    """The address of a whole lot: ``{base}/01/{gtin14}/10/{lot}``. ValueError for a bad GTIN or lot."""
    problem = lot_problem(lot)
    if problem:
        raise ValueError(f"not a usable lot number: {problem}")
    return f"{_base(base_url, all_capitals)}/01/{gtin14(gtin)}/10/{quote(lot, safe='')}"


def host_problem(base_url: str) -> str | None:
    """None when the address may be confirmed for real stamps, else the reason it may not.

    ``no_host``; ``not_plain``: sign-in, path, query or fragment in it, or a name that is not plain ASCII
    (write it as xn--…); ``ip_address``; ``localhost``: a name that means something only on this machine or
    network; ``tunnel``: lent by a free tunnel and gone tomorrow; ``not_https``; ``too_long`` for the QR.
    """
    parts = _parts(base_url)
    host = (parts.hostname or "").rstrip(".") if parts else ""
    if parts is None or not host or parts.scheme not in ("http", "https"):
        return "no_host"
    if _is_address(host):
        return "ip_address"
    if "." not in host or _ends_in(host, _INSIDE_SUFFIXES):
        return "localhost"
    if "@" in parts.netloc or parts.path.strip("/") or "?" in base_url or "#" in base_url:
        return "not_plain"
    if not _HOST_NAME.fullmatch(parts.hostname or ""):
        return "not_plain"
    if _ends_in(host, TUNNEL_SUFFIXES):
        return "tunnel"
    if parts.scheme != "https":
        return "not_https"
    return "too_long" if len(base_url.rstrip("/")) > LONGEST_BASE_URL else None


def _base(base_url: str, all_capitals: bool) -> str:
    scheme, separator, rest = base_url.rstrip("/").partition("://")
    host, slash, stem = rest.partition("/")
    if not separator or not host:
        raise ValueError("a base URL has a scheme and a host")
    origin = f"{scheme}://{host}"
    return (origin.upper() if all_capitals else origin.lower()) + slash + stem


def _parts(base_url: str) -> SplitResult | None:
    """Split, or None for what urlsplit itself refuses (a broken IPv6 address, a port that is no number)."""
    try:
        parts = urlsplit(base_url)
        return parts if parts.port is None or parts.port else None
    except ValueError:
        return None


def _is_address(host: str) -> bool:
    """True for IPv4 in any spelling a browser accepts (a last label that is a number) and for IPv6."""
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", host.rpartition(".")[2]):
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ends_in(host: str, suffixes: tuple[str, ...]) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)
