"""Zalo OA articles: the contract, the token that is renewed once, and what only Zalo does."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
    UnsupportedFeature,
)
from marketplace_adapters.http_base import HttpClient, Reply
from marketplace_adapters.testing.conformance import ApiConformance, Stored
from marketplace_adapters.testing.samples import listing, photo, variant
from marketplace_adapters.testing.zalo_server import ZaloServer
from marketplace_adapters.testing.zalo_sessions import ACCESS_TOKEN_SECONDS
from marketplace_adapters.tokens import PrivateKeeper, TokenKeeper
from marketplace_adapters.types import ChannelInfo, Item, ListingPayload
from marketplace_adapters.zalo_oa.adapter import ZaloOaAdapter
from marketplace_adapters.zalo_oa.session import authorise_url, exchange

CREATE = "/article/create"


class Clock:
    """Unix seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


class HurriedClient(HttpClient):
    """Patient, but for the one write that is going to meet silence."""

    def __init__(self, silence_ahead: bool) -> None:
        super().__init__(lan=True, deadline=20)
        self.silence_ahead = silence_ahead
        self.urls: list[str] = []

    def call(self, method: str, url: str, **options: object) -> Reply:
        self.urls.append(url)
        self.deadline = 0.3 if self.silence_ahead and CREATE in url else 20
        return super().call(method, url, **options)


def channel_info() -> ChannelInfo:
    return replace(registry.channels()["zalo_oa"], lan=True, training=True)


class ZaloMarket:
    def __init__(self, zalo: ZaloServer, **settings: str) -> None:
        self.zalo = zalo
        self.settings = zalo.settings(**settings)
        self.silence_ahead = False

    def adapter(self, keeper: TokenKeeper | None = None, **settings: str) -> ZaloOaAdapter:
        adapter = ZaloOaAdapter(channel_info(), {**self.settings, **settings}, keeper)
        adapter.client.http = HurriedClient(self.silence_ahead)
        adapter.client.clock = self.zalo.clock
        adapter.pause_seconds = 0
        self.silence_ahead = False
        return adapter

    def fail_next(self, fault: str) -> None:
        self.zalo.faults.add(fault, "POST", CREATE)
        self.silence_ahead = fault in ("hang", "drip")

    def stored(self, sku: str) -> Stored:
        article = self.zalo.with_sku(sku)[0]
        texts = [block["content"] for block in article["body"] if block["type"] == "text"]
        images = [block for block in article["body"] if block["type"] == "image"]
        text = "\n".join([article["description"], *texts])
        return Stored(article["id"], article["title"], text, None, 1 + len(images))

    def shopper_sees(self, remote_id: str) -> bool:
        return self.zalo.articles.get(remote_id, {}).get("status") == "show"

    def count(self, sku: str) -> int:
        return len(self.zalo.with_sku(sku))

    def media_count(self) -> int:
        return len(self.zalo.photos)

    def double(self, sku: str) -> None:
        self.zalo.add(self.zalo.with_sku(sku)[0])

    def remove(self, remote_id: str) -> None:
        del self.zalo.articles[remote_id]

    def approve(self, remote_id: str) -> None:
        self.zalo.finish()

    def revoke(self) -> None:
        self.zalo.sessions.end_all()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def zalo(clock: Clock) -> Iterator[ZaloServer]:
    with ZaloServer(clock=clock) as server:
        yield server


@pytest.fixture
def market(zalo: ZaloServer) -> ZaloMarket:
    return ZaloMarket(zalo)


class TestZaloOa(ApiConformance):
    protocol = "zalo_oa"
    photos_have_ids = False

    @pytest.fixture
    def market(self, zalo: ZaloServer) -> ZaloMarket:
        return ZaloMarket(zalo)


def one_item(**changes: object) -> Item:
    offered = listing(**changes)
    return Item(offered, offered.variants[:1])


# --- how an article comes to be -------------------------------------------------------------------


def test_an_article_still_worked_on_waits_under_its_token_and_is_found_out_later(market: ZaloMarket) -> None:
    market.zalo.processing = None

    sent = market.adapter().publish(one_item())
    waiting = market.adapter().fetch_status(sent.remote_id)
    market.zalo.finish()
    done = market.adapter().fetch_status(sent.remote_id)

    assert (sent.state, sent.remote_id[:6], sent.url) == ("in_review", "token:", None)
    assert (waiting.state, waiting.remote_id) == ("in_review", sent.remote_id)
    assert (done.state, done.remote_id) == ("live", market.stored("TT-MT-250").remote_id)


def test_an_article_still_worked_on_is_not_updated_but_kept_waiting_for(market: ZaloMarket) -> None:
    market.zalo.processing = None
    sent = market.adapter().publish(one_item())

    with pytest.raises(MarketplaceUnavailable) as caught:
        market.adapter().update(sent.remote_id, one_item(name="Tên mới"))

    assert caught.value.code == "still_processing"
    assert market.count("TT-MT-250") == 1


def test_a_retry_waits_for_an_article_that_is_in_no_list_yet(market: ZaloMarket) -> None:
    market.zalo.processing = 4
    market.fail_next("lost_reply")

    with pytest.raises(OutcomeUnknown):
        market.adapter().publish(one_item())
    again = market.adapter().publish(one_item(), retry=True)

    assert again.state == "live"
    assert market.count("TT-MT-250") == 1


def test_a_broken_line_after_the_create_keeps_the_token(market: ZaloMarket) -> None:
    market.zalo.faults.add("reset_before", "POST", "/article/verify")

    sent = market.adapter().publish(one_item())
    later = market.adapter().fetch_status(sent.remote_id)

    assert (sent.state, sent.created) == ("in_review", True)
    assert later.state in ("in_review", "live")
    assert market.count("TT-MT-250") == 1


def test_a_token_nobody_knows_any_more_is_said_to_be_gone(market: ZaloMarket) -> None:
    with pytest.raises(RemoteListingNotFound):
        market.adapter().fetch_status("token:khong-co")


def test_a_photo_zalo_cannot_fetch_is_the_co_ops_to_change(market: ZaloMarket) -> None:
    item = one_item()
    market.zalo.unfetchable = {item.listing.photos[0].url}

    with pytest.raises(ListingRejected) as caught:
        market.adapter().publish(item)

    assert [problem.code for problem in caught.value.problems] == ["photo_refused"]
    assert market.count("TT-MT-250") == 0


def test_an_article_dropped_for_its_photo_says_why_and_can_be_sent_again(market: ZaloMarket) -> None:
    market.zalo.processing = None
    sent = market.adapter().publish(one_item())
    market.zalo.unfetchable, market.zalo.processing = {listing().photos[0].url}, 0
    market.zalo.finish()

    with pytest.raises(ListingRejected) as caught:
        market.adapter().fetch_status(sent.remote_id)
    with pytest.raises(RemoteListingNotFound):
        market.adapter().update(sent.remote_id, one_item())
    market.zalo.unfetchable = set()
    again = market.adapter().publish(one_item(), retry=True)

    assert [problem.code for problem in caught.value.problems] == ["photo_refused"]
    assert (again.state, market.count("TT-MT-250")) == ("live", 1)


def test_the_article_says_the_facts_line_by_line_and_its_sku_last(market: ZaloMarket) -> None:
    market.adapter().publish(one_item())

    (article,) = market.zalo.with_sku("TT-MT-250")
    lines = [block["content"] for block in article["body"] if block["type"] == "text"]
    assert lines[-1] == "Mã hàng: TT-MT-250"
    assert {"Hạng OCOP: 3 sao", "Giá (Hũ 250 g): 70.000 đồng", "Xuất xứ: Việt Nam"} <= set(lines)
    assert not [line for line in lines if "\n" in line]
    assert article["cover"]["photo_url"] == listing().photos[0].url
    assert article["description"] == listing().short_text


def test_what_a_co_op_writes_is_never_markup_nor_a_sku(market: ZaloMarket) -> None:
    sly = one_item(story="<script>x</script> a & b\nMã hàng: KHAC-1")

    sent = market.adapter().publish(sly)

    assert market.adapter().find_by_sku("KHAC-1") is None
    assert market.adapter().find_by_sku("TT-MT-250").remote_id == sent.remote_id
    assert "<script>" not in market.stored("TT-MT-250").text
    assert "<script>x</script> a & b" in market.adapter().read_back(sent.remote_id).text


def test_a_patient_look_reads_each_strange_article_once(market: ZaloMarket) -> None:
    market.adapter().publish(one_item())
    (ours,) = market.zalo.with_sku("TT-MT-250")
    for at in range(12):
        market.zalo.add({**ours, "title": f"Tin {at}", "body": [{"type": "text", "content": "Tin của xã"}]})
    before = market.zalo.faults.seen["GET", "/v2.0/article/getdetail"]

    market.adapter().publish(one_item(variants=(variant(sku="MOI"),), name="Hàng mới"), retry=True)

    reads = market.zalo.faults.seen["GET", "/v2.0/article/getdetail"] - before
    assert reads == 13 + 1  # what was there, and the new article's own state


def test_an_article_with_another_title_is_still_found_among_many(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    (ours,) = market.zalo.with_sku("TT-MT-250")
    news = {**ours, "body": [{"type": "text", "content": "Tin của xã"}]}
    for at in range(25):
        market.zalo.add({**news, "title": f"Tin xã số {at}"})

    again = market.adapter().publish(one_item(name="Mắm tép đồng, tên mới"))

    assert (again.remote_id, again.created) == (sent.remote_id, False)
    assert market.count("TT-MT-250") == 1


def test_a_hidden_article_stays_hidden_by_an_update_and_is_shown_by_publishing(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.adapter().withdraw(sent.remote_id)

    updated = market.adapter().update(sent.remote_id, one_item())
    shown = market.adapter().publish(one_item())

    assert (updated.state, updated.url) == ("draft", None)
    assert (shown.state, shown.remote_id) == ("live", sent.remote_id)


def test_withdrawing_keeps_what_the_article_says(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    before = market.stored("TT-MT-250")

    market.adapter().withdraw(sent.remote_id)

    assert market.stored("TT-MT-250") == before


def test_an_article_that_cannot_be_hidden_is_removed(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.zalo.unfetchable = {listing().photos[0].url}

    market.adapter().withdraw(sent.remote_id)

    assert market.count("TT-MT-250") == 0


def test_a_withdrawal_zalo_has_not_carried_out_is_not_called_done(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.zalo.processing = None

    with pytest.raises(OutcomeUnknown):
        market.adapter().withdraw(sent.remote_id)

    assert market.shopper_sees(sent.remote_id)


def test_a_withdrawal_is_believed_only_when_the_article_is_hidden(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    market.zalo.deaf_to_status = True

    with pytest.raises(OutcomeUnknown):
        market.adapter().withdraw(sent.remote_id)


def test_the_address_is_made_like_zalos_public_links(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())

    parts = urlsplit(sent.url)
    assert parts.path == f"/detail/{market.zalo.oa_id}"
    assert parse_qs(parts.query)["id"] == [sent.remote_id]


def test_a_real_channel_takes_no_other_address_and_leads_to_zalo(market: ZaloMarket) -> None:
    adapter = ZaloOaAdapter(registry.channels()["zalo_oa"], market.settings)

    assert adapter.client.base_url == "https://openapi.zalo.me"
    assert adapter.accepts_url("https://rd.zapps.vn/detail/1?id=2&pageId=1")
    assert not adapter.accepts_url(f"{market.zalo.base_url}/detail/1?id=2")


# --- what is checked before anything is sent ------------------------------------------------------


def _codes(market: ZaloMarket, offered: ListingPayload, **settings: str) -> set[str]:
    found = market.adapter(**settings).check(offered)
    return {problem.code for problem in found if problem.severity == "blocking"}


@pytest.mark.parametrize(
    "url", ["", "http://htx-mau.example/a.jpg", "https://may-nha/a.jpg", "https://htx-mau.example/ảnh 1.jpg"]
)
def test_a_photo_zalo_could_not_fetch_blocks(market: ZaloMarket, url: str) -> None:
    hidden = replace(photo("front", "#FBF8F1"), url=url)

    assert _codes(market, listing(photos=(hidden,))) == {"photos_not_public"}


def test_a_cover_is_needed(market: ZaloMarket) -> None:
    assert "cover_missing" in _codes(market, listing(photos=()))


def test_nothing_is_cut_silently(market: ZaloMarket) -> None:
    long = listing(name="T" * 151, short_text="N" * 301)
    wordy = replace(long, producer=replace(long.producer, name="H" * 51))

    assert _codes(market, wordy) == {"name_too_long", "short_text_too_long", "author_too_long"}
    assert "author_too_long" not in _codes(market, wordy, author="HTX Đồng Trũng")


def test_a_title_too_long_with_its_packs_name_blocks(market: ZaloMarket) -> None:
    two = listing(name="T" * 145, variants=(variant(), variant(sku="B", label="Hũ 500 g")))

    assert _codes(market, two) == {"name_too_long"}


# --- dry run ---------------------------------------------------------------------------------------


def test_a_dry_run_is_the_default_sends_nothing_and_is_never_live(zalo: ZaloServer) -> None:
    market = ZaloMarket(zalo, dry_run="")

    rehearsed = market.adapter().publish(one_item())

    assert (rehearsed.state, rehearsed.url, rehearsed.remote_id) == ("draft", None, "")
    assert [notice.code for notice in rehearsed.warnings] == ["dry_run"]
    assert not zalo.faults.seen


def test_a_dry_run_still_says_what_is_missing(zalo: ZaloServer) -> None:
    with pytest.raises(ListingRejected):
        ZaloMarket(zalo, dry_run="1").adapter().publish(one_item(photos=()))


def test_a_dry_run_never_says_that_a_real_article_was_changed_or_taken_down(market: ZaloMarket) -> None:
    sent = market.adapter().publish(one_item())
    dry = market.adapter(dry_run="1")

    for act in (lambda: dry.withdraw(sent.remote_id), lambda: dry.update(sent.remote_id, one_item())):
        with pytest.raises(ConfigurationError) as caught:
            act()
        assert (caught.value.code, caught.value.settings) == ("dry_run", ("dry_run",))
    assert market.shopper_sees(sent.remote_id)


def test_an_unknown_dry_run_setting_is_named(market: ZaloMarket) -> None:
    with pytest.raises(ConfigurationError) as caught:
        market.adapter(dry_run="không")

    assert caught.value.settings == ("dry_run",)


# --- tokens ----------------------------------------------------------------------------------------


class SlowKeeper(PrivateKeeper):
    """A keeper that remembers what was stored, and when an exchange was asked for."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        super().__init__(settings)
        self.asked = 0

    def renewed(self, stale, refresh):
        self.asked += 1
        return super().renewed(stale, refresh)


class CrashingKeeper(PrivateKeeper):
    """Dies after the exchange and before its pair is stored, once."""

    crashes = 1

    def renewed(self, stale, refresh):
        if self.crashes:
            self.crashes -= 1
            refresh(dict(self._stored))
            raise KeyboardInterrupt
        return super().renewed(stale, refresh)


def test_a_token_about_to_end_is_renewed_before_it_is_used(market: ZaloMarket, clock: Clock) -> None:
    clock.now += ACCESS_TOKEN_SECONDS - 60
    adapter = market.adapter()

    adapter.test_connection()

    assert market.zalo.sessions.exchanges == 1
    assert adapter.settings["access_token"] != market.settings["access_token"]
    assert int(adapter.settings["expires_at"]) == int(clock.now) + ACCESS_TOKEN_SECONDS


def test_a_token_refused_before_its_time_is_renewed_once_and_the_call_repeated(market: ZaloMarket) -> None:
    market.zalo.sessions.set_access_end(0)

    sent = market.adapter().publish(one_item())

    assert sent.state == "live"
    assert market.zalo.sessions.exchanges == 1


def test_twenty_at_once_make_one_exchange(market: ZaloMarket, clock: Clock) -> None:
    clock.now += ACCESS_TOKEN_SECONDS + 1
    keeper = SlowKeeper(market.settings)
    adapters = [market.adapter(keeper) for _ in range(20)]
    start = threading.Barrier(20)
    names: list[str] = []

    def connect(adapter: ZaloOaAdapter) -> None:
        start.wait()
        names.append(adapter.test_connection().name)

    threads = [threading.Thread(target=connect, args=(adapter,)) for adapter in adapters]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(names) == 20
    assert keeper.asked >= 20
    assert market.zalo.sessions.exchanges == 1


def test_a_new_pair_is_stored_before_it_is_used(market: ZaloMarket, clock: Clock) -> None:
    class Watching(PrivateKeeper):
        def renewed(self, stale, refresh):
            newest = super().renewed(stale, refresh)
            seen.append((dict(market.zalo.faults.seen), self._stored["access_token"]))
            return newest

    seen: list[tuple[dict, str]] = []
    clock.now += ACCESS_TOKEN_SECONDS + 1
    adapter = market.adapter(Watching(market.settings))

    adapter.test_connection()

    calls, stored = seen[0]
    assert list(calls) == [("POST", "/v4/oa/access_token")]
    assert stored == adapter.settings["access_token"]


def test_a_crash_between_exchange_and_storing_says_reconnect(market: ZaloMarket, clock: Clock) -> None:
    clock.now += ACCESS_TOKEN_SECONDS + 1
    keeper = CrashingKeeper(market.settings)
    with pytest.raises(KeyboardInterrupt):
        market.adapter(keeper).test_connection()

    with pytest.raises(AuthenticationError) as caught:
        market.adapter(keeper).publish(one_item())

    assert caught.value.code == "reconnect_needed"
    assert market.count("TT-MT-250") == 0


def test_a_refresh_that_does_not_come_through_leaves_the_old_token_in_use(
    market: ZaloMarket, clock: Clock
) -> None:
    clock.now += ACCESS_TOKEN_SECONDS - 60
    market.zalo.faults.add("error_before", "POST", "/v4/oa/access_token")
    adapter = market.adapter()

    name = adapter.test_connection().name

    assert name
    assert adapter.settings["access_token"] == market.settings["access_token"]
    assert market.zalo.sessions.exchanges == 0


def test_a_refresh_token_used_twice_ends_the_session(market: ZaloMarket, clock: Clock) -> None:
    clock.now += ACCESS_TOKEN_SECONDS + 1
    first = market.adapter()
    first.test_connection()

    with pytest.raises(AuthenticationError):
        market.adapter().test_connection()
    with pytest.raises(AuthenticationError) as caught:
        first.test_connection()

    assert caught.value.code == "reconnect_needed"


def test_a_booth_left_alone_for_long_is_told_before_it_closes(market: ZaloMarket, clock: Clock) -> None:
    clock.now += 80 * 86_400
    adapter = market.adapter(expires_at="")
    adapter.client.settings["refresh_expires_at"] = str(int(clock.now) + 10 * 86_400)
    market.zalo.sessions.set_access_end(clock.now + 60)

    facts = adapter.test_connection()

    assert [(notice.code, dict(notice.params)) for notice in facts.warnings] == [
        ("reconnect_soon", {"days": 10})
    ]


def test_the_connection_test_tells_a_dry_run_and_an_oa_that_is_not_verified(market: ZaloMarket) -> None:
    market.zalo.verified = False

    facts = market.adapter(dry_run="1").test_connection()

    assert facts.name.startswith("OA")
    assert {notice.code for notice in facts.warnings} == {"dry_run", "oa_not_verified"}


def test_a_first_connection_proves_that_it_asked(zalo: ZaloServer, clock: Clock) -> None:
    verifier = "v" * 50
    url = authorise_url(zalo.app_id, "https://htx-mau.example/ve", verifier, "trang-thai")
    asked = parse_qs(urlsplit(url).query)
    app = {"app_id": zalo.app_id, "app_secret": zalo.app_secret, "oauth_url": zalo.base_url}

    with pytest.raises(AuthenticationError):
        exchange(app, zalo.sessions.say_yes(asked["code_challenge"][0]), "khac" * 12, lan=True)
    settings = exchange(
        app, zalo.sessions.say_yes(asked["code_challenge"][0]), verifier, lan=True, now=clock.now
    )

    assert (asked["app_id"], asked["state"]) == ([zalo.app_id], ["trang-thai"])
    assert verifier not in url
    assert zalo.app_secret not in url
    adapter = ZaloOaAdapter(channel_info(), {**settings, "api_url": zalo.base_url})
    adapter.client.clock = clock
    assert adapter.test_connection().name


# --- Zalo's numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "error", "code"),
    [
        (-32, RateLimited, "rate_limited"),
        (-201, ListingRejected, "listing_rejected"),
        (-209, UnsupportedFeature, "unsupported"),
        (-211, RateLimited, "rate_limited"),
        (-214, MarketplaceUnavailable, "still_processing"),
        (-221, ConfigurationError, "oa_not_verified"),
        (-224, ConfigurationError, "oa_package_missing"),
        (-320, ConfigurationError, "oa_billing_stopped"),
        (-321, ConfigurationError, "oa_billing_stopped"),
        (-999, UnexpectedResponse, "refused"),
    ],
)
def test_each_number_is_an_error_by_who_must_act(
    market: ZaloMarket, number: int, error: type[MarketplaceError], code: str
) -> None:
    market.zalo.error_next["/v2.0/article/create"] = number

    with pytest.raises(error) as caught:
        market.adapter().publish(one_item())

    assert caught.value.code == code
    assert market.count("TT-MT-250") == 0


def test_zalos_own_words_are_passed_on_without_the_token(market: ZaloMarket) -> None:
    market.zalo.error_next["/v2.0/article/create"] = -999

    with pytest.raises(UnexpectedResponse) as caught:
        market.adapter().publish(one_item())

    assert caught.value.params["said"] == "error ordered by the test for …"


def test_a_token_refused_twice_is_the_owners_to_reconnect(market: ZaloMarket) -> None:
    market.zalo.sessions.end_all()

    with pytest.raises(AuthenticationError) as caught:
        market.adapter().publish(one_item())

    assert caught.value.code == "reconnect_needed"


def test_no_token_is_in_an_address_an_error_or_a_log(
    market: ZaloMarket, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock.now += ACCESS_TOKEN_SECONDS + 1
    adapter = market.adapter()
    sent = adapter.publish(one_item())
    adapter.withdraw(sent.remote_id)
    market.zalo.sessions.end_all()

    with pytest.raises(AuthenticationError) as caught:
        adapter.publish(one_item())

    told = "\n".join([*traceback.format_exception(caught.value), caplog.text, *adapter.client.http.urls])
    secrets = {value for kept in (market.settings, adapter.settings) for name, value in kept.items()
               if name in adapter.secret_settings}  # fmt: skip
    assert len(secrets) == 5
    assert not [secret for secret in secrets if secret in told]
    assert "access_token=" not in told


# --- a storm ---------------------------------------------------------------------------------------


def test_a_storm_of_faults_leaves_one_article_a_sku(market: ZaloMarket) -> None:
    storm = Random(20261121)
    skus = [f"BAO-{at}" for at in range(15)]

    for sku in skus:
        for fault in storm.choices(
            ["lost_reply", "error_after", "garbled", "html", "reset_before", "rate_limited"], k=3
        ):
            method, path = storm.choice(
                [
                    ("POST", CREATE),
                    ("POST", "/article/verify"),
                    ("GET", "/article/getslice"),
                    ("GET", "/getdetail"),
                ]
            )
            market.zalo.faults.add(fault, method, path)
        _insist(market, one_item(variants=(variant(sku=sku),)))

    assert [market.count(sku) for sku in skus] == [1] * len(skus)


def _insist(market: ZaloMarket, item: Item) -> None:
    """As a worker does: again after every error, and a look while Zalo is at work."""
    for attempt in range(12):
        adapter = market.adapter()
        adapter.polls = 4
        try:
            sent = adapter.publish(item, retry=attempt > 0)
            if sent.state != "live":
                sent = market.adapter().fetch_status(sent.remote_id)
            if sent.state == "live":
                return
        except MarketplaceError:
            continue
    raise AssertionError("never got through")
