"""What opens a clerk's link, worked out from its id and the session key: address, PIN, and the key that a page's
address carries once the PIN was right. Nothing here is stored anywhere."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac

from ocop.db.base import utcnow

_KEY_LIFE = dt.timedelta(hours=12)  # a working day: after that the PIN is asked again
_ID_LENGTH = 12


def address_of(link_id: str, secret: bytes) -> str:
    """The 28 characters of the link: its id and 80 bits that nobody can work out without the key."""
    return link_id + _letters(secret, f"address|{link_id}")


def pin_of(link_id: str, secret: bytes) -> str:
    """Six digits."""
    return f"{int.from_bytes(_digest(secret, f'pin|{link_id}')[:8]) % 1_000_000:06}"


def id_in(token: str) -> str:
    """The id a link's address begins with, whether there is such a link or not."""
    return token[:_ID_LENGTH]


def fits(secret_text: str, typed: str) -> bool:
    """Compared in constant time; anything may have been typed."""
    return hmac.compare_digest(typed.encode("utf-8", "replace"), secret_text.encode())


def page_key(link_id: str, *, secret: bytes, agent: str) -> str:
    """What the address of a page carries after the right PIN, for twelve hours and one kind of browser: an address
    that is passed on, or that a preview bot opens, asks for the PIN again. Nothing rests on a cookie."""
    return _key(link_id, secret, _page_use(agent), utcnow() + _KEY_LIFE)


def file_key(link_id: str, *, secret: bytes) -> str:
    """The same for photos and the ZIP: some phones fetch downloads with another program than the page."""
    return _key(link_id, secret, "file", utcnow() + _KEY_LIFE)


def still_fits(token: str, key: str, *, secret: bytes, agent: str | None) -> bool:
    """Whether this is a key of a page (with its browser's ``agent``) or of a file (None) for this address, and its
    time is not over."""
    seconds, _, _ = key.partition("-")
    if not (len(seconds) == 10 and seconds.isascii() and seconds.isdigit()):
        return False
    until = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    use = "file" if agent is None else _page_use(agent)
    return fits(_key(id_in(token), secret, use, until), key) and until > utcnow()


def _key(link_id: str, secret: bytes, use: str, until: dt.datetime) -> str:
    seconds = f"{int(until.timestamp()):010}"
    return f"{seconds}-{_letters(secret, f'key|{link_id}|{seconds}|{use}')}"


def _page_use(agent: str) -> str:
    return f"page|{agent}"


def _digest(secret: bytes, text: str) -> bytes:
    return hmac.new(secret, f"clerk-link|{text}".encode("utf-8", "replace"), hashlib.sha256).digest()


def _letters(secret: bytes, text: str) -> str:
    return base64.b32encode(_digest(secret, text)[:10]).decode().lower()
