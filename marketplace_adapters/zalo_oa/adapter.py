"""A Zalo Official Account: one article per SKU.

create answers with a token, `verify` turns it into an id once Zalo has fetched the photos. Until then the post's
id is "token:<…>" and its state in_review; `fetch_status` resolves it later. An article is `live` only when Zalo gave
an id AND says that it is shown.

Why withdraw means *hide*: a hidden article keeps its id, address, comments and readers, and comes back by one update.
Only when Zalo refuses that update (a photo it can no longer fetch) is the article removed, because a star that has
lapsed must not stay up for the sake of an address.

What an article cannot do: stock. It has no such field; a sold-out product says so in its text (`paused`).
"""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    OutcomeUnknown,
    RemoteListingNotFound,
)
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Item,
    ListingPayload,
    Notice,
    Observed,
    PhotoPayload,
    Problem,
    Published,
    ShopFacts,
)
from marketplace_adapters.zalo_oa import mapping, readiness
from marketplace_adapters.zalo_oa.client import OaClient
from marketplace_adapters.zalo_oa.finding import ArticleFinder
from marketplace_adapters.zalo_oa.refusals import NeverCameToBe, StillProcessing

_ARTICLE_PAGE = "https://rd.zapps.vn/detail"
_UNRESOLVED = "token:"
_SECONDS_A_DAY = 86_400
_WARN_DAYS = 14


class ZaloOaAdapter(MarketplaceAdapter):
    """Settings: `app_id`, `app_secret`, `access_token`, `refresh_token`; `expires_at` and `refresh_expires_at` in epoch
    seconds come with the pair. `dry_run` is "1" (default: nothing is sent) or "0"; `author` is shown under articles in
    place of a producer's name that is too long. On a training channel `api_url` and `oauth_url` name a counterpart.
    """

    protocol = "zalo_oa"
    delivery = Delivery.API
    capabilities = frozenset(
        {
            Capability.UPDATE,
            Capability.WITHDRAW,
            Capability.FETCH_STATUS,
            Capability.READ_BACK,
            Capability.FIND_BY_SKU,
            Capability.TEST_CONNECTION,
        }
    )
    required_settings = ("app_id", "app_secret", "access_token", "refresh_token")
    optional_settings = ("dry_run", "author", "expires_at", "refresh_expires_at")
    secret_settings = ("app_secret", "access_token", "refresh_token")
    says_paused = True

    polls: int = 8
    pause_seconds: float = 2.5

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        dry_run = settings.get("dry_run") or "1"
        if dry_run not in ("0", "1"):
            raise ConfigurationError(["dry_run"], "bad_choice", choices=("0", "1"))
        self.dry_run = dry_run == "1"
        self.client = OaClient(self.settings, self.keeper, lan=channel.lan)
        self.finder = ArticleFinder(self.client)
        self._oa_id: str | None = None

    def _check(self, listing: ListingPayload) -> tuple[Problem, ...]:
        shown, author = self._photos(listing), self._author(listing)
        return tuple(readiness.problems(listing, self.items(listing), shown, author, self.channel))

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        if self.dry_run:
            return Published("", "draft", None, (Notice("dry_run"),))
        found, notices = self._lookup(item, patient=retry)
        if found is not None:
            return self._send("article/update", item, "show", notices, article_id=found["id"])
        return self._send("article/create", item, "show")

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        self._refuse_when_dry()
        detail = self._detail(self._resolved(remote_id))
        return self._send("article/update", item, str(detail.get("status")), article_id=str(detail["id"]))

    def _withdraw(self, remote_id: str) -> None:
        self._refuse_when_dry()
        detail = self._detail(self._resolved(remote_id))
        if detail.get("status") == "hide":
            return
        try:
            answer = self.client.post("article/update", mapping.again(detail, "hide"))
        except ListingRejected:
            self.client.post("article/remove", {"id": detail["id"]})
            return
        if self._settled(_token(answer)) is None or self._detail(detail["id"]).get("status") != "hide":
            raise OutcomeUnknown("still_processing")

    def _fetch_status(self, remote_id: str) -> Published:
        try:
            return self._seen(self._detail(self._resolved(remote_id)))
        except StillProcessing:
            return Published(remote_id, "in_review")
        except NeverCameToBe as error:
            raise error.why from None  # the co-op is to read what Zalo said

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        detail = self._detail(self._resolved(remote_id))
        return mapping.observed(detail, self._seen(detail).url)

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self.finder.oldest(sku)
        return None if found is None else self._seen(found, notices)

    def _find_by_url(self, url: str) -> Published | None:
        article_id = parse_qs(urlsplit(url).query).get("id", [""])[0]
        try:
            return self._seen(self._detail(article_id))
        except RemoteListingNotFound:
            return None

    def _own_hosts(self) -> tuple[str, ...]:
        return (urlsplit(self.client.base_url).hostname or "",) if self.channel.lan else ()

    def _test_connection(self) -> ShopFacts:
        oa = self._official_account()
        warnings = [Notice("dry_run")] if self.dry_run else []
        if oa.get("is_verified") is False:
            warnings.append(Notice("oa_not_verified"))
        ends = self.settings.get("refresh_expires_at", "")
        days = (int(ends) - self.client.clock()) / _SECONDS_A_DAY if ends.isdigit() else None
        if days is not None and days < _WARN_DAYS:
            warnings.append(Notice("reconnect_soon", {"days": max(0, int(days))}))
        # An article has no currency of its own; its text says đồng because we write it.
        return ShopFacts(str(oa.get("name", "")), "VND", "", tuple(warnings))

    def _send(
        self,
        path: str,
        item: Item,
        status: str,
        notices: tuple[Notice, ...] = (),
        *,
        article_id: str = "",
    ) -> Published:
        photos = self._photos(item.listing)
        fields = mapping.article(item, photos, self._author(item.listing), status)
        token = _token(self.client.post(path, {"id": article_id, **fields} if article_id else fields))
        created = not article_id
        settled = self._settled(token)
        if settled is None:
            unresolved = article_id or f"{_UNRESOLVED}{token}"
            return Published(unresolved, "in_review", None, notices, created=created)
        return self._confirmed(settled, fields, notices, created=created)

    def _confirmed(
        self,
        article_id: str,
        sent: Mapping[str, Any],
        notices: tuple[Notice, ...],
        *,
        created: bool,
    ) -> Published:
        """What Zalo shows now. The write is done; when Zalo will not say more, a later look will."""
        try:
            detail = self._detail(article_id)
        except MarketplaceError:
            return Published(article_id, "in_review", None, notices, created=created)
        if detail.get("title") != sent["title"]:
            said = {"field": "name", "sent": sent["title"], "got": str(detail.get("title", ""))[:200]}
            notices = (*notices, Notice("echo_differs", said))
        return replace(self._seen(detail, notices), created=created)

    def _settled(self, token: str) -> str | None:
        """The article's id, or None while Zalo works on it for longer than we wait. The token proves that our
        write arrived, so nothing but a refusal of the article itself is an error from here on."""
        for at in range(self.polls):
            if at:
                time.sleep(self.pause_seconds)
            try:
                return self._verified(token)
            except StillProcessing:
                continue
            except ListingRejected:
                raise
            except MarketplaceError:
                break
        return None

    def _verified(self, token: str) -> str:
        answer = self.client.post("article/verify", {"token": token}, writes=False)
        article_id = answer.get("id") or answer.get("article_id")
        if not isinstance(article_id, str):
            raise StillProcessing
        return article_id

    def _resolved(self, remote_id: str) -> str:
        """The id behind a post that was still being worked on. Raises StillProcessing, NeverCameToBe."""
        if not remote_id.startswith(_UNRESOLVED):
            return remote_id
        try:
            return self._verified(remote_id.removeprefix(_UNRESOLVED))
        except ListingRejected as error:
            if all(problem.code != "photo_refused" for problem in error.problems):
                raise RemoteListingNotFound(remote_code="token_unknown") from error
            raise NeverCameToBe(error) from error

    def _lookup(self, item: Item, *, patient: bool) -> tuple[dict[str, Any] | None, tuple[Notice, ...]]:
        """`patient`: an earlier create may still be at work, and such an article is in no list yet."""
        found, notices = self.finder.oldest(item.sku, item.title)
        for _ in range(self.polls - 1 if patient else 0):
            if found is not None:
                break
            time.sleep(self.pause_seconds)
            found, notices = self.finder.oldest(item.sku, item.title)
        return found, notices

    def _detail(self, article_id: str) -> dict[str, Any]:
        return self.finder.detail(article_id)

    def _seen(self, detail: Mapping[str, Any], notices: tuple[Notice, ...] = ()) -> Published:
        article_id = str(detail["id"])
        state = mapping.STATES.get(str(detail.get("status")), "draft")
        url = self._address(detail, article_id) if state == "live" else None
        return Published(article_id, state, url, notices)

    def _address(self, detail: Mapping[str, Any], article_id: str) -> str | None:
        """Where readers find it: as Zalo says, else as its public links are made."""
        link = detail.get("link_view")
        if isinstance(link, str) and self.accepts_url(link):
            return link
        if self._oa_id is None:
            with suppress(MarketplaceError):
                self._official_account()
        if not self._oa_id:
            return None
        page = f"{self.client.base_url}/detail" if self.channel.lan else _ARTICLE_PAGE
        oa_id = quote(self._oa_id, safe="")
        return f"{page}/{oa_id}?id={quote(article_id, safe='')}&pageId={oa_id}"

    def _official_account(self) -> dict[str, Any]:
        oa = self.client.get("oa/getoa")
        self._oa_id = str(oa.get("oaid") or oa.get("oa_id") or "")
        return oa

    def _photos(self, listing: ListingPayload) -> tuple[PhotoPayload, ...]:
        return listing.photos[: self.channel.images.max_count]

    def _author(self, listing: ListingPayload) -> str:
        return self.settings.get("author", "").strip() or listing.producer.name

    def _refuse_when_dry(self) -> None:
        """There is a real post from an earlier day. Silence would be taken for a change that nobody made."""
        if self.dry_run:
            raise ConfigurationError(["dry_run"], "dry_run")


def _token(answer: Mapping[str, Any]) -> str:
    """The receipt of a write; without one nobody knows what became of it."""
    token = answer.get("token")
    if not isinstance(token, str) or not token:
        raise OutcomeUnknown("reply_unreadable", status=200)
    return token
