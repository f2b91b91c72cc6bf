"""Lost replies, silence, refusals: nothing doubled, nothing believed, no secret told, every call ends."""

from __future__ import annotations

import base64
import logging
import re
import traceback
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote

import pytest

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    AuthenticationError,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
)
from marketplace_adapters.testing.market import (
    FAULTS,
    NOTHING_DONE,
    UNKNOWN_OUTCOME,
    Market,
    dead_line,
    in_time,
)
from marketplace_adapters.types import Capability, Item, Published

_PERHAPS_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")


class Troubles:
    """Part of ApiConformance."""

    photos_have_ids: ClassVar[bool]
    patience_seconds: ClassVar[float]

    @pytest.mark.parametrize("fault", UNKNOWN_OUTCOME)
    def test_a_retry_after_an_unknown_outcome_leaves_one_post(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)
        adapter = market.adapter()

        with pytest.raises(OutcomeUnknown) as caught:
            in_time(lambda: adapter.publish(item), self.patience_seconds)
        again = market.adapter().publish(item, retry=True, media=caught.value.media)

        assert market.count(item.sku) == 1, "one post per SKU: a retry looks for the SKU before it writes"
        assert market.media_count() == len(item.listing.photos), "photos once, also when a reply was lost"
        assert market.stored(item.sku).remote_id == again.remote_id

    @pytest.mark.parametrize("fault", ["lost_reply", "reset_before"])
    def test_photo_ids_lost_with_the_reply_do_not_double_the_photos(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)

        with pytest.raises(MarketplaceError):
            market.adapter().publish(item)
        market.adapter().publish(item, retry=True)

        assert market.stored(item.sku).photos == len(item.listing.photos)
        if self.photos_have_ids:
            assert market.media_count() == len(item.listing.photos)

    def test_an_error_hands_back_the_photo_ids_gained_before_it(self, market: Market, item: Item) -> None:
        market.fail_next("lost_reply")

        with pytest.raises(OutcomeUnknown) as caught:
            market.adapter().publish(item)

        gained = {photo.sha256 for photo in item.listing.photos} if self.photos_have_ids else set()
        assert set(caught.value.media) >= gained, "note each new photo id in `media` at once"

    @pytest.mark.parametrize("fault", NOTHING_DONE)
    def test_a_refusal_to_act_is_named_and_does_nothing(self, market: Market, item: Item, fault: str) -> None:
        market.fail_next(fault)

        with pytest.raises(NOTHING_DONE[fault]):
            market.adapter().publish(item)

        assert market.count(item.sku) == 0, "refused is refused: nothing is sent again behind the caller"

    @pytest.mark.parametrize("fault", ["reset_before", "error_before"])
    def test_a_cut_before_acting_is_never_taken_for_success(
        self, market: Market, item: Item, fault: str
    ) -> None:
        market.fail_next(fault)

        with pytest.raises((OutcomeUnknown, MarketplaceUnavailable)):
            market.adapter().publish(item)

        assert market.count(item.sku) == 0, "a blind retry: the write was sent again without a look"

    def test_the_wait_of_a_rate_limit_is_passed_on(self, market: Market, item: Item) -> None:
        market.fail_next("rate_limited")

        with pytest.raises(RateLimited) as caught:
            market.adapter().publish(item)

        assert caught.value.retry_after == 7, "Retry-After is passed on in seconds"

    @pytest.mark.parametrize("fault", FAULTS)
    def test_no_error_and_no_log_shows_a_secret(
        self, market: Market, item: Item, fault: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        market.fail_next(fault)
        adapter = market.adapter()

        with pytest.raises(MarketplaceError) as caught:
            in_time(lambda: adapter.publish(item), self.patience_seconds)

        assert not _secrets_told(adapter, caught.value, caplog.text), "no secret told, not even in a cause"

    def test_on_a_dead_line_every_call_says_so_and_tells_no_secret(
        self, market: Market, item: Item, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Looks as well as writes. A counterpart in memory has no line to cut: then nothing is tried."""
        caplog.set_level(logging.DEBUG)
        sent = market.adapter().publish(item)
        adapter = market.adapter()

        for name, call in _every_call(adapter, sent, item).items():
            with dead_line() as tried:
                error = _raised(call)

            assert all(tried), f"{name}: called past HttpClient, so without deadline, cap and address guard"
            assert not tried or type(error) is MarketplaceUnavailable, (
                f"{name}: nothing left us, yet {error!r}"
            )
            assert error is None or not _secrets_told(adapter, error, caplog.text), f"{name}: secret told"

    def test_a_revoked_credential_is_named_and_not_told(self, market: Market, item: Item) -> None:
        market.revoke()
        adapter = market.adapter()

        with pytest.raises(AuthenticationError) as caught:
            adapter.publish(item)

        assert not _secrets_told(adapter, caught.value), "no secret told, not even in a cause"
        assert market.count(item.sku) == 0

    def test_an_update_without_a_credential_is_not_called_done(self, market: Market, item: Item) -> None:
        adapter = market.adapter()
        if Capability.UPDATE not in adapter.capabilities:
            return
        sent = adapter.publish(item)
        market.revoke()

        with pytest.raises(AuthenticationError):
            market.adapter().update(sent.remote_id, item, media=sent.media)


def _every_call(adapter: MarketplaceAdapter, sent: Published, item: Item) -> dict[str, Callable[[], Any]]:
    """What is declared, by name."""
    calls: dict[Capability, Callable[[], Any]] = {
        Capability.UPDATE: lambda: adapter.update(sent.remote_id, item, media=sent.media),
        Capability.WITHDRAW: lambda: adapter.withdraw(sent.remote_id),
        Capability.SET_STOCK: lambda: adapter.set_stock(sent.remote_id, 3),
        Capability.FETCH_STATUS: lambda: adapter.fetch_status(sent.remote_id),
        Capability.READ_BACK: lambda: adapter.read_back(sent.remote_id, sent.url),
        Capability.FIND_BY_SKU: lambda: adapter.find_by_sku(item.sku),
        Capability.TEST_CONNECTION: adapter.test_connection,
        Capability.CATEGORIES: adapter.categories,
        Capability.WATCH: lambda: adapter.watch("https://htx-mau.example/moc/1", "moc-bi-mat"),
    }
    declared = {
        capability.value: calls[capability] for capability in calls if capability in adapter.capabilities
    }
    return {"publish": lambda: adapter.publish(item, media=sent.media), **declared}


def _raised(call: Callable[[], Any]) -> Exception | None:
    try:
        call()
    except Exception as error:  # judged by the caller
        return error
    return None


def _secrets_told(adapter: MarketplaceAdapter, error: BaseException, log: str = "") -> list[str]:
    """Names of the secret settings that stand in an error, its causes or a log. The whole chain, as a log would
    print it: the library below may quote the address it called."""
    told = "\n".join([*traceback.format_exception(error), repr(getattr(error, "params", "")), log])
    held = {name: adapter.settings.get(name) for name in adapter.secret_settings}
    return [name for name, secret in held.items() if secret and _shows(told, secret)]


def _shows(text: str, secret: str) -> bool:
    """Whether a secret stands in a text: as it is, quoted for an address, or inside base64."""
    return any(form in text for form in (secret, quote(secret, safe=""))) or any(
        secret.encode() in decoded for decoded in _decoded(text)
    )


def _decoded(text: str) -> Iterator[bytes]:
    for found in _PERHAPS_BASE64.findall(text):
        try:
            yield base64.b64decode(found + "=" * (-len(found) % 4), altchars=b"-_")
            yield base64.b64decode(found + "=" * (-len(found) % 4))
        except (NotBase64, ValueError):
            continue
