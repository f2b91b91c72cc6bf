"""What a contract test needs of the marketplace on the other side, and how it reads what is stored there."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import wraps
from threading import Thread
from traceback import walk_stack
from typing import Any, Protocol

import pytest

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.connection import Exchange
from marketplace_adapters.errors import AuthenticationError, RateLimited
from marketplace_adapters.facts import facts
from marketplace_adapters.nfc import composed, toneless
from marketplace_adapters.types import Capability, Item, ListingPayload, Published

UNKNOWN_OUTCOME = ("lost_reply", "error_after", "garbled", "html", "drip", "oversized", "hang")
NOTHING_DONE = {"rate_limited": RateLimited, "expired_key": AuthenticationError}
FAULTS = (*UNKNOWN_OUTCOME, *NOTHING_DONE, "reset_before", "error_before")
_NUMBER = re.compile(r"\d(?:[\d.,\u00a0 ]*\d)?")


@dataclass(frozen=True)
class Stored:
    """One post as the marketplace stores it. The contract believes this, never what an adapter says.

    `text`: everything else a shopper reads, as plain text (no tags, no entities). `price`: what a shopper pays, exactly
    as it stands in a field for numbers; None where a marketplace has prices only inside the text. `photos`:
    how many the post shows. `stock`: None where it is not counted, or where there is no such field.
    """

    remote_id: str
    name: str
    text: str
    price: str | None
    photos: int
    stock: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.remote_id, str) or not isinstance(self.price, str | None):
            raise TypeError("Stored: remote_id and price are texts, exactly as the marketplace keeps them")


class Market(Protocol):
    """The counterpart. `watchers` and `tells` are only asked of those whose adapter declares WATCH."""

    def adapter(self) -> MarketplaceAdapter:
        """A fresh adapter with working settings and a deadline under a second."""

    def fail_next(self, fault: str) -> None:
        """The next creating write meets this fault; `expired_key`: no credential we have helps against it."""

    def stored(self, sku: str) -> Stored:
        """The (oldest) post with this SKU."""

    def shopper_sees(self, remote_id: str) -> bool:
        """Whether a stranger can open the post now."""

    def count(self, sku: str) -> int:
        """How many posts with this SKU the marketplace holds, in whatever state."""

    def media_count(self) -> int:
        """How many photos it was handed so far, also those that no post shows any more."""

    def double(self, sku: str) -> None:
        """Add a second post with the SKU of an existing one, behind the adapter's back."""

    def remove(self, remote_id: str) -> None:
        """Remove a post for good, behind the adapter's back."""

    def approve(self, remote_id: str) -> None:
        """The marketplace's reviewer lets the post live; nothing to do where nobody reviews."""

    def revoke(self) -> None:
        """From now on no credential of this booth works."""

    def watchers(self) -> Sequence[str]:
        """The addresses of ours it would call."""

    def tells(self, remote_id: str, secret: str) -> tuple[Mapping[str, str], bytes]:
        """The headers and body of its call about a post."""


class FeedMarket(Protocol):
    """Whoever fetches our feed."""

    def adapter(self) -> MarketplaceAdapter: ...

    def publish(self, item: Item) -> Published:
        """Publish through the adapter and keep the answer as the program keeps it."""

    def withdraw(self, remote_id: str) -> None:
        """Withdraw through the adapter, and keep that too."""

    def feed(self) -> bytes:
        """What anybody is given who fetches the feed now."""


def needs(*capabilities: Capability) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The test asks nothing of an adapter without these; that it refuses them then is a test of its own."""

    def limited(test: Callable[..., None]) -> Callable[..., None]:
        @wraps(test)
        def run(self: Any, market: Market, **given: Any) -> None:
            if set(capabilities) <= market.adapter().capabilities:
                test(self, market=market, **given)

        return run

    return limited


def in_time(call: Callable[[], Any], seconds: float) -> Any:
    """What `call` returns or raises; a failed test instead of a hanging one when it does not end."""
    ended: list[tuple[Any, BaseException | None]] = []

    def run() -> None:
        try:
            ended.append((call(), None))
        except BaseException as error:  # handed to the caller below
            ended.append((None, error))

    thread = Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    assert ended, f"no total deadline: the call had not ended after {seconds} seconds"
    value, error = ended[0]
    if error is not None:
        raise error
    return value


def amount(price: str) -> Decimal | None:
    """A stored price as a machine reads it: "70.000" is seventy."""
    try:
        return Decimal(price)
    except InvalidOperation:
        return None


def costs(stored: Stored, dong: int) -> bool:
    """Whether the post costs so many đồng: in its price field, else somewhere in its text."""
    if stored.price is not None:
        return amount(stored.price) == dong
    said = f"{stored.name}\n{stored.text}"
    return str(dong) in {re.sub(r"\D", "", number) for number in _NUMBER.findall(said)}


def maimed(offered: ListingPayload, stored: Stored) -> list[str]:
    """Texts of the listing that stand in the post, but without their marks. One that is left out is none."""
    there = one_line(stored.text)
    bare = toneless(there)
    said = [offered.short_text, *offered.story.splitlines(), *(value for _, value in facts(offered))]
    texts = [one_line(composed(text)) for text in said]
    return [text for text in texts if text not in there and toneless(text) in bare]


@contextmanager
def dead_line() -> Iterator[list[bool]]:
    """No connection can be made. Gives for each that was tried: whether it was by HttpClient."""
    tried: list[bool] = []

    def refuse(*_: Any) -> None:
        tried.append(any(frame.f_code is Exchange.connect.__code__ for frame, _ in walk_stack(None)))
        raise ConnectionRefusedError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", refuse)
        yield tried


def one_line(text: str) -> str:
    """Text without its line breaks and double blanks, which marketplaces change as they like."""
    return " ".join(text.split())
