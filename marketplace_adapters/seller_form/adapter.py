"""An exchange without an interface for programs, through the form its sellers fill in. One product per SKU.

Such a site checks little: it takes the same product twice, says "done" in a sentence, names photos by the second and
sends you to the sign-in page in the middle of your work. So every step looks first and writes after: the list for our
SKU before creating, the edit page before each edit, and again after it. A write that may have been done is never
repeated without that look. A new product stays hidden until its last photo is there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlsplit

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import (
    ConfigurationError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RateLimited,
    RemoteListingNotFound,
    UnexpectedResponse,
    UnsupportedFeature,
)
from marketplace_adapters.http_base import REPLY_CAP_BYTES, HttpClient
from marketplace_adapters.seller_form import mapping
from marketplace_adapters.seller_form.booth import Booth, Post
from marketplace_adapters.seller_form.gallery import Gallery
from marketplace_adapters.seller_form.pages import refusal, rows
from marketplace_adapters.seller_form.session import File, SellerSession, SessionLost
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Item,
    ListingPayload,
    Notice,
    Observed,
    Problem,
    Published,
    RemoteCategory,
    ShopFacts,
)

_Result = TypeVar("_Result")
_Files = list[tuple[str, File]]


class SellerFormAdapter(MarketplaceAdapter):
    """Settings: `base_url`, and the seller account's `username` and `password`. The form itself is `channel.form`.

    `sleep` and `clock` (seconds) are attributes, so that tests need not wait for the pace of photos.
    """

    protocol = "seller_form"
    delivery = Delivery.API
    capabilities = frozenset(Capability) - {Capability.VARIATIONS, Capability.BATCH, Capability.WATCH}
    required_settings = ("base_url", "username", "password")
    secret_settings = ("password",)

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        if channel.form is None:
            raise ConfigurationError(["form"], "no_form")
        self.engine = channel.form
        cap = max(REPLY_CAP_BYTES, channel.images.max_bytes + 100_000)  # a photo is read back whole
        self.session = SellerSession(self.engine, settings, HttpClient(lan=channel.lan, cap=cap))
        self.booth = Booth(self.engine, self.session, channel.search)
        self.sleep: Callable[[float], None] = time.sleep
        self.clock: Callable[[], float] = time.monotonic
        self._photos_sent_at: float | None = None
        self._wrote = False

    def _check(self, listing: ListingPayload) -> tuple[Problem, ...]:
        return tuple(mapping.too_long(listing, self.channel, self.engine))

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Published:
        created = False

        def act() -> Published:
            nonlocal created
            gallery = self._gallery(item, media)
            found, notices = self.booth.lookup(item.sku, item.title)
            complete = False
            if found is None:
                complete = self._create(item, gallery)
                created = True
                found, notices = self.booth.lookup(item.sku, item.title)
            if found is None:
                raise OutcomeUnknown("not_in_list", sku=item.sku)
            post = self.booth.open(found.remote_id)
            if not mapping.carries(post.form, self.engine, item.sku):
                raise UnexpectedResponse("not_our_post", remote_id=found.remote_id)
            hidden = self.booth.meaning(post) == "draft"
            told = self._bring_up(post, item, gallery, show=hidden and not complete, told=complete)
            return replace(told, warnings=(*notices, *told.warnings), created=created)

        return self._working(act)

    def _update(self, remote_id: str, item: Item, media: MutableMapping[str, str]) -> Published:
        return self._working(
            lambda: self._bring_up(self.booth.open(remote_id), item, self._gallery(item, media))
        )

    def _withdraw(self, remote_id: str) -> None:
        def act() -> None:
            if self.booth.meaning(self.booth.open(remote_id)) != "draft":
                self._change(remote_id, {self.engine.status.field: self.engine.status.hidden})

        self._working(act)

    def _set_stock(self, remote_id: str, stock: int | None) -> None:
        self._working(lambda: self._change(remote_id, mapping.stock(self.engine, stock)))

    def _fetch_status(self, remote_id: str) -> Published:
        return self.booth.seen(self.booth.open(remote_id))

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        post = self.booth.open(remote_id)
        seen = self.booth.seen(post)
        addresses = self.booth.photos(post)
        dead = sum(not self.session.opens(address) for address in addresses)
        told = mapping.observed(post.form, self.engine, len(addresses), dead, seen.state, seen.url)
        return replace(told, found_by=self.booth.found_by(told.name, seen.url))

    def _find_by_sku(self, sku: str) -> Published | None:
        found, notices = self.booth.lookup(sku)
        return None if found is None else self.booth.seen(self.booth.open(found.remote_id), notices)

    def _find_by_url(self, url: str) -> Published | None:
        before, _, after = self.engine.paths.public.partition("{")
        kind, _, after = after.partition("}")
        words = re.fullmatch(re.escape(before) + r"([^/]{1,200})" + re.escape(after), urlsplit(url).path)
        if words is None:
            return None
        same = [row for row in self.booth.rows() if row.slug == words[1]] if kind == "slug" else []
        remote_id = min((row.remote_id for row in same), key=int, default="" if kind == "slug" else words[1])
        try:
            return self.booth.seen(self.booth.open(remote_id))
        except RemoteListingNotFound:
            return None

    def _categories(self) -> tuple[RemoteCategory, ...]:
        field = self.engine.by_source("category")
        options = self.booth.new_form().options.get(field.name) if field else None
        if options is None:
            raise UnsupportedFeature(self.protocol, Capability.CATEGORIES.value)
        return tuple(RemoteCategory(value, text) for value, text in dict(options).items() if value and text)

    def _own_hosts(self) -> tuple[str, ...]:
        return ((urlsplit(self.session.base_url).hostname or "").removeprefix("www."),)

    def _test_connection(self) -> ShopFacts:
        self.session.sign_in()
        page = self.session.page(self.engine.paths.list)
        if rows(page, self.engine) is None:
            raise UnexpectedResponse("form_changed", missing=(self.engine.list.code_column,))
        self.booth.new_form()
        return ShopFacts(page.title, "VND", "")  # the form takes whole đồng and nothing else

    def _working(self, act: Callable[[], _Result]) -> _Result:
        """Run a task of looks and writes. `act` looks before it writes, so when the sign-in ended in the middle it
        simply starts again, once. After a first write no later trouble is called "nothing was done"."""
        self._wrote = False
        for once_more in (True, False):
            try:
                return act()
            except RateLimited:
                raise
            except (MarketplaceUnavailable, UnexpectedResponse) as error:
                if once_more and isinstance(error, SessionLost):
                    continue
                if not self._wrote:
                    raise
                raise OutcomeUnknown(error.code) from error
        raise AssertionError("unreachable")

    def _create(self, item: Item, gallery: Gallery) -> bool:
        """Make the product; True when nothing is left to be done to it."""
        form = self.booth.new_form()
        whole = self.engine.images.replaces and self.engine.sku.on_create
        batch = gallery.wanted if whole else gallery.wanted[:1]
        complete = self.engine.sku.on_create and len(batch) == len(gallery.wanted)
        wording = mapping.values(item, self.channel, self.engine, form)
        sent = {**wording, **self._on_show(item, photos_left=not complete)}
        self._send(self.engine.paths.create, sent, gallery.files(batch))
        return complete

    def _bring_up(
        self, post: Post, item: Item, gallery: Gallery, *, show: bool = False, told: bool = False
    ) -> Published:
        """Make the product say and show what the listing does. `told`: its fields are up to date already."""
        sent: dict[str, str] = {}
        addresses = self.booth.photos(post)
        for _ in range(len(gallery.wanted) + 2):
            batch, left = gallery.next(
                post.remote_id, addresses, all_again=self._gets_our_code(post, item.sku)
            )
            if told and not batch and not show:
                break
            sent = mapping.values(item, self.channel, self.engine, post.form)
            if show:
                sent |= self._on_show(item, left)
            before = addresses
            post = self._edit(post.remote_id, sent, gallery.files(batch))
            addresses = self.booth.photos(post)
            gallery.note(post.remote_id, batch, before, addresses)
            told, show = True, show and left > 0
        notices = mapping.echo_notices(sent, post.form, self.engine)
        said = (*notices, *self._photo_notices(gallery, post, addresses))
        return replace(self.booth.seen(post, said), media=dict(gallery.media))

    def _on_show(self, item: Item, photos_left: int) -> dict[str, str]:
        """Stock, and the status that puts a product on sale with its last photo."""
        status = self.engine.status
        shown = {status.field: status.hidden if photos_left else status.shown}
        return {**mapping.stock(self.engine, item.variant.stock), **shown}

    def _gets_our_code(self, post: Post, sku: str) -> bool:
        """Whether this edit puts our code in the place of the site's own, which names the folder of the photos."""
        return not self.engine.sku.on_create and post.form.fields.get(self.engine.sku.field) != sku

    def _change(self, remote_id: str, changes: Mapping[str, str]) -> None:
        """Change some fields and leave all others as they are, also what somebody typed by hand."""
        post = self._edit(remote_id, {**self.booth.open(remote_id).form.fields, **changes})
        for name, value in changes.items():
            if post.form.fields.get(name, "") != value:
                raise OutcomeUnknown("echo_mismatch", field=name)

    def _edit(self, remote_id: str, fields: Mapping[str, str], files: _Files | None = None) -> Post:
        method = self.engine.paths.update_method
        sent = {**fields, **({"_method": method} if method else {})}
        self._send(self.engine.paths.update.format(id=remote_id), sent, files or [])
        return self.booth.open(remote_id)

    def _send(self, path: str, fields: Mapping[str, str], files: _Files) -> None:
        """Send a form and believe only the site's own "done"."""
        if files:
            self._keep_the_pace()
        try:
            page = self.session.send(path, fields, files)
            self._wrote = True
        finally:
            self._photos_sent_at = self.clock() if files else self._photos_sent_at
        if page.says(self.engine.success):
            return
        said = refusal(page, self.engine)
        if said is not None:
            raise mapping.refused(said, self.engine)
        raise OutcomeUnknown("reply_unreadable", status=200)

    def _keep_the_pace(self) -> None:
        """Two requests with photos within one second would overwrite each other's files. One adapter lives as long as
        one task, and tasks for such a site come one by one; so the first request waits too."""
        pace = self.engine.images.pace_seconds
        left = pace if self._photos_sent_at is None else self._photos_sent_at + pace - self.clock()
        if left > 0:
            self.sleep(left)

    def _gallery(self, item: Item, media: MutableMapping[str, str]) -> Gallery:
        return Gallery(
            item.listing.photos, self.channel.images, self.engine.images, media, self.session.picture
        )

    def _photo_notices(self, gallery: Gallery, post: Post, addresses: tuple[str, ...]) -> Iterator[Notice]:
        lost = gallery.overwritten(post.remote_id, addresses)
        shown, wanted = len(addresses) - len(lost), len(gallery.wanted)
        if lost or shown != wanted:
            yield Notice("echo_differs", {"field": "images", "sent": wanted, "got": shown})
