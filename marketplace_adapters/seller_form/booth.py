"""A seller's account as it can be looked at: the list, the edit pages, what shoppers see. Nothing is changed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from marketplace_adapters.errors import RemoteListingNotFound, UnexpectedResponse
from marketplace_adapters.form_engine import FormEngine
from marketplace_adapters.seller_form import mapping
from marketplace_adapters.seller_form.pages import Form, ListRow, Page, has_next, rows
from marketplace_adapters.seller_form.session import SellerSession
from marketplace_adapters.types import Notice, Published

_MOST_UNFINISHED = 20


@dataclass(frozen=True)
class Post:
    """A product's edit page as it was read."""

    remote_id: str
    page: Page
    form: Form


class Booth:
    """What one account shows. `search`: the site's public search page with `{words}`, or empty."""

    def __init__(self, engine: FormEngine, session: SellerSession, search: str) -> None:
        self.engine = engine
        self.session = session
        self._search = search

    def rows(self) -> Iterator[ListRow]:
        """Every product of the account. Raises when the list cannot be read to its end: then nothing is proved."""
        known: set[str] = set()
        for number in range(1, self.engine.list.most_pages + 1):
            query = {self.engine.list.page_query: str(number)} if number > 1 else None
            page = self.session.page(self.engine.paths.list, query)
            found = rows(page, self.engine)
            if found is None:
                raise UnexpectedResponse("form_changed", missing=(self.engine.list.code_column,))
            fresh = [row for row in found if row.remote_id not in known]
            known.update(row.remote_id for row in fresh)
            yield from fresh
            if not has_next(page, self.engine, number):
                return
        raise UnexpectedResponse("list_too_long", pages=self.engine.list.most_pages)

    def lookup(self, sku: str, title: str = "") -> tuple[ListRow | None, tuple[Notice, ...]]:
        """The oldest product whose code is exactly our SKU; other people's products in a shared account never are."""
        everything = list(self.rows())
        found = sorted((row for row in everything if row.code == sku), key=_age)
        if not found and not self.engine.sku.on_create:
            found = self._unfinished(everything, sku, title)
        if not found:
            return None, ()
        doubles = tuple(row.remote_id for row in found[1:])
        return found[0], (Notice("duplicate_remote", {"sku": sku, "others": doubles}),) if doubles else ()

    def _unfinished(self, everything: list[ListRow], sku: str, title: str) -> list[ListRow]:
        """Products of ours that still carry the site's own code, known by the marker in their text: an earlier
        attempt ended between creating and the first edit, so it is among the newest."""
        pattern = re.compile(self.engine.sku.auto_code)
        young = sorted((row for row in everything if pattern.fullmatch(row.code)), key=_age, reverse=True)
        likely = sorted(young, key=lambda row: row.name != title)[:_MOST_UNFINISHED]
        return sorted(
            (row for row in likely if mapping.carries(self.open(row.remote_id).form, self.engine, sku)),
            key=_age,
        )

    def open(self, remote_id: str) -> Post:
        if not re.fullmatch(r"[0-9]{1,18}", remote_id):
            raise RemoteListingNotFound(remote_id=remote_id[:40])
        page = self.session.page(self.engine.paths.edit.format(id=remote_id), about_one=True)
        return Post(remote_id, page, self._product_form(page, self.engine.sku.field))

    def new_form(self) -> Form:
        return self._product_form(self.session.page(self.engine.paths.new))

    def _product_form(self, page: Page, *also: str) -> Form:
        """Raises UnexpectedResponse naming the fields that are gone: the site has a new form."""
        wanted = {*mapping.needed_names(self.engine), *also}
        nearest = max(page.forms, key=lambda form: len(wanted & form.names), default=None)
        missing = wanted - nearest.names if nearest else wanted
        if nearest is None or missing:
            raise UnexpectedResponse("form_changed", missing=tuple(sorted(missing)))
        return nearest

    def meaning(self, post: Post) -> str:
        value = post.form.fields.get(self.engine.status.field, "")
        if value not in self.engine.status.states:
            raise UnexpectedResponse("unknown_status", status=value[:40])
        return self.engine.status.states[value]

    def seen(self, post: Post, notices: tuple[Notice, ...] = ()) -> Published:
        """Live only when the form says so and a stranger finds this very product on its public page."""
        state = self.meaning(post)
        page = self._public_page(post) if state == "live" else None
        if page is None:
            return Published(post.remote_id, "in_review" if state == "live" else state, None, notices)
        origin = urlsplit(self.session.base_url)
        return Published(post.remote_id, state, f"{origin.scheme}://{origin.netloc}{page.path}", notices)

    def _public_page(self, post: Post) -> Page | None:
        """The product as a stranger sees it. Where two products share an address by their name, the other one's
        page is not ours."""
        slug = ""
        if "{slug}" in self.engine.paths.public:
            slug = next((row.slug for row in self.rows() if row.remote_id == post.remote_id), "")
            if not slug:
                return None
        path = self.engine.paths.public.format(id=post.remote_id, slug=quote(slug, safe=""))
        page = self.session.public_page(path)
        title = self.engine.by_source("title")
        name = post.form.fields.get(title.name, "") if title else ""
        code = post.form.fields.get(self.engine.sku.field, "")
        mark = name if self.engine.sku.on_create else mapping.marker(self.engine, code)
        return page if page is not None and page.has_line(mark) else None

    def photos(self, post: Post) -> tuple[str, ...]:
        """Addresses of the photos the product shows."""
        page = post.page if self.engine.images.page == "edit" else self._public_page(post)
        path = self.engine.images.path.format(code=post.form.fields.get(self.engine.sku.field, ""))
        return page.images(path) if page else ()

    def found_by(self, name: str, url: str | None) -> dict[str, bool]:
        """Whether the site's own search finds the product by its name."""
        if not (self._search and url):
            return {}
        asked = self.session.own_url(
            self.session.base_url + "/", self._search.format(words=quote(name, safe=""))
        )
        if asked is None:
            return {}
        there = urlsplit(asked)
        page = self.session.public_page(f"{there.path}?{there.query}" if there.query else there.path)
        return {name: page is not None and page.has_link(urlsplit(url).path)}


def _age(row: ListRow) -> int:
    return int(row.remote_id)
