"""A seller's sign-in at one site: pages out, forms in, over calls that follow no redirect and keep no cookie.

Redirects are followed here, on this host only, so that neither cookies nor the password reach another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urljoin, urlsplit

from urllib3.filepost import encode_multipart_formdata

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
    OutcomeUnknown,
    RemoteListingNotFound,
)
from marketplace_adapters.form_engine import FormEngine
from marketplace_adapters.http_base import HttpClient, Reply, checked_base_url, raise_for_status
from marketplace_adapters.seller_form.cookies import Cookies
from marketplace_adapters.seller_form.pages import Form, Page

PAGE_EXPIRED = 419
_MOST_REDIRECTS = 5
_GONE = (404, 410)

File = tuple[str, bytes]


class SessionLost(MarketplaceUnavailable):
    """The site asked us to sign in again instead of taking a form. It checks that first, so nothing was done."""

    default_code = "session_lost"


class SellerSession:
    """Signs in by itself when a page asks for it, once for each page."""

    def __init__(self, engine: FormEngine, settings: Mapping[str, str], http: HttpClient) -> None:
        self.engine = engine
        self.http = http
        self.base_url = checked_base_url(settings["base_url"], lan=http.lan)
        if urlsplit(self.base_url).path:
            raise ConfigurationError(
                ["base_url"], "bad_url"
            )  # the paths of the form start at the host itself
        self._user, self._password = settings["username"], settings["password"]
        self._cookies = Cookies()

    def page(self, path: str, query: Mapping[str, str] | None = None, *, about_one: bool = False) -> Page:
        """A page for sellers. `about_one`: a page that is not there means the product is gone."""
        for _ in range(2):
            page = self._read(self._url(path, query), about_one=about_one)
            if not self._asks_to_sign_in(page):
                return page
            self.sign_in()
        raise AuthenticationError("session_refused")

    def sign_in(self) -> None:
        """Raises AuthenticationError when the site does not take this name and password."""
        engine, url = self.engine.sign_in, self._url(self.engine.sign_in.path)
        self._cookies = Cookies()  # whoever is signed in may be sent away from this page
        form = self._sign_in_form(self._read(url))
        if form is None:
            raise ConfigurationError(["base_url"], "no_sign_in_form")
        sent = {**form.fields, engine.user_field: self._user, engine.password_field: self._password}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = self._call("POST", url, headers=headers, body=urlencode(sent).encode())
        reply, url = self._through(reply, url)
        if reply.status == PAGE_EXPIRED:
            raise MarketplaceUnavailable("token_refused")
        if reply.status in (401, 403, 422) or self._asks_to_sign_in(self._page(raise_for_status(reply), url)):
            raise AuthenticationError()

    def send(self, path: str, fields: Mapping[str, str], files: Sequence[tuple[str, File]] = ()) -> Page:
        """Send a product form and return the page the site shows after it.

        Raises SessionLost when it was not taken for want of a sign-in, OutcomeUnknown when nobody can tell.
        """
        parts = [*fields.items(), *((name, (*file, "image/jpeg")) for name, file in files)]
        body, media_type = encode_multipart_formdata(parts)
        url = self._url(path)
        reply = self._call("POST", url, writes=True, headers={"Content-Type": media_type}, body=body)
        if reply.status == PAGE_EXPIRED or self._sent_to_sign_in(reply, url):
            raise SessionLost()
        if reply.status in _GONE:
            raise RemoteListingNotFound(status=reply.status)
        if not 300 <= reply.status < 400:
            return self._page(raise_for_status(reply), url)
        try:
            reply, url = self._through(reply, url)
            return self._page(raise_for_status(reply), url)
        except MarketplaceError as error:
            raise OutcomeUnknown(
                error.code
            ) from error  # it was taken; only the page after it is not to be had

    def public_page(self, path: str) -> Page | None:
        """The page as a stranger sees it, None when a stranger sees none."""
        url = self._url(path)
        reply, url = self._through(self._call("GET", url, signed=False), url, signed=False)
        if reply.status in (401, 403, *_GONE):
            return None
        page = self._page(raise_for_status(reply), url)
        return None if self._asks_to_sign_in(page) else page

    def picture(self, address: str) -> bytes | None:
        """The bytes of a picture on this site, as a stranger gets them; None when it does not open."""
        reply = self._picture("GET", address)
        return reply.body if reply is not None and reply.status == 200 else None

    def opens(self, address: str) -> bool:
        """Whether a picture is there, without fetching it. A site that will not say is believed."""
        reply = self._picture("HEAD", address)
        return reply is not None and reply.status not in _GONE

    def _picture(self, method: str, address: str) -> Reply | None:
        url = self.own_url(self.base_url + "/", address)
        return (
            None
            if url is None
            else self._through(self._call(method, url, signed=False), url, signed=False)[0]
        )

    def own_url(self, base: str, address: str) -> str | None:
        """An address on this site as we call it; None for any other host. Our scheme and port always stay: behind a
        careless proxy a site redirects to plain http, and the cookie must not follow."""
        own = urlsplit(self.base_url)
        try:
            there = urlsplit(urljoin(base, address))
            same = there.hostname == own.hostname and there.port in (None, own.port) and not there.username
        except ValueError:
            return None
        if not same or there.scheme not in ("http", "https"):
            return None
        asked = f"?{there.query}" if there.query else ""
        return f"{own.scheme}://{own.netloc}{there.path or '/'}{asked}"

    def _read(self, url: str, *, about_one: bool = False) -> Page:
        reply, url = self._through(self._call("GET", url), url)
        if reply.status in _GONE:
            if about_one:
                raise RemoteListingNotFound(status=reply.status)
            raise ConfigurationError(["base_url"], "page_missing", path=urlsplit(url).path[:200])
        return self._page(raise_for_status(reply), url)

    def _through(self, reply: Reply, url: str, *, signed: bool = True) -> tuple[Reply, str]:
        """Follow redirects on this host. Each step is a read."""
        for _ in range(_MOST_REDIRECTS):
            if not 300 <= reply.status < 400:
                return reply, url
            following = self.own_url(url, reply.headers.get("location", ""))
            if following is None:
                break
            url = following
            reply = self._call("GET", url, signed=signed)
        raise ConfigurationError(["base_url"], "redirected", location=reply.headers.get("location", "")[:200])

    def _call(
        self,
        method: str,
        url: str,
        *,
        writes: bool = False,
        signed: bool = True,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Reply:
        sent = {
            "Accept": "text/html,*/*;q=0.5",
            **(headers or {}),
            **(self._cookies.header() if signed else {}),
        }
        reply = self.http.call(method, url, writes=writes, headers=sent, body=body)
        if signed:
            self._cookies.take(reply.headers.get("set-cookie", ""))
        return reply

    def _url(self, path: str, query: Mapping[str, str] | None = None) -> str:
        return f"{self.base_url}{path}" + (f"?{urlencode(query)}" if query else "")

    def _page(self, reply: Reply, url: str) -> Page:
        return Page(reply.body.decode("utf-8", "replace"), urlsplit(url).path)

    def _sign_in_form(self, page: Page) -> Form | None:
        return page.form_with(self.engine.sign_in.user_field, self.engine.sign_in.password_field)

    def _asks_to_sign_in(self, page: Page) -> bool:
        return self._sign_in_form(page) is not None

    def _sent_to_sign_in(self, reply: Reply, url: str) -> bool:
        there = self.own_url(url, reply.headers.get("location", "")) if 300 <= reply.status < 400 else None
        return (
            there is not None and urlsplit(there).path == urlsplit(self._url(self.engine.sign_in.path)).path
        )
