"""What a stranger's browser would be told about a product page, and how to get at that page.

JSON-LD `Product` goes before microdata, that before OpenGraph, and the words people read come last. Nothing on a
page is executed; the only further addresses opened are its own redirects, and its photos where that is asked for.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from urllib.parse import unquote, urljoin, urlsplit

from marketplace_adapters import spelling
from marketplace_adapters.errors import MarketplaceError, RemoteListingNotFound, UnexpectedResponse
from marketplace_adapters.http_base import HttpClient, Reply, raise_for_status
from marketplace_adapters.page.markup import Markup, take_apart
from marketplace_adapters.page.scanner import unescaped
from marketplace_adapters.page.structured import Product, availability, dong, product
from marketplace_adapters.page.visible import Visible, visible
from marketplace_adapters.types import Observed

PAGE_CAP_BYTES = 4_000_000
_MOST_REDIRECTS = 3
_MOST_PHOTOS = 12
_MOST_TEXT = 50_000
_HOME = re.compile(r"/?(?:(?:index|home|default|trang-chu)(?:\.\w{2,5})?/?)?", re.I)
_GONE = re.compile(
    r"(?:(?:loi|error)\s*)?404\b.{0,40}(?:not found|khong|loi|error|$)|khong (?:tim thay|ton tai|co trang)"
    r"|(?:page|product) not found|khong con (?:ton tai|ban)"
    r"|(?:san pham|bai dang|tin) (?:nay )?(?:da )?(?:bi )?(?:xoa|go bo|an)\b"
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{2,30})", re.I)
_KNOWN_CHARSETS = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|(?:windows-|cp)125\d|iso-?8859-?\d{1,2}|us-ascii|latin-?1", re.I
)

Accepts = Callable[[str], bool]


def read_page(http: HttpClient, url: str, accepts: Accepts, *, photos: bool = False) -> Observed:
    """Open a product page as a stranger does and say what it shows. `photos`: also try whether its photos open.

    Raises RemoteListingNotFound (gone, not on this marketplace, led home), UnexpectedResponse `no_product`.
    """
    reply, final = open_page(http, url, accepts)
    page = take_apart(decoded(reply))
    seen = _observed(page, final)
    if not photos:
        return seen
    return replace(seen, dead_photos=dead_photos(http, _photo_addresses(page, final), accepts))


def open_page(http: HttpClient, url: str, accepts: Accepts) -> tuple[Reply, str]:
    """(reply, final address). Follows the marketplace's own redirects (http to https, a new name), no other.

    `accepts`: whether an address belongs to the marketplace. Raises RemoteListingNotFound: `url_not_on_channel`,
    `too_many_redirects`, `redirected_home` (how many shops answer for what they removed), or status 404 and 410;
    other error answers as `raise_for_status` names them.
    """
    asked = url
    for _ in range(_MOST_REDIRECTS + 1):
        if not accepts(url):
            raise RemoteListingNotFound("url_not_on_channel")
        reply = http.call("GET", url, writes=False, headers={"Accept": "text/html"})
        if not (300 <= reply.status < 400 and reply.headers.get("location")):
            break
        url = _joined(url, reply.headers["location"])
    else:
        raise RemoteListingNotFound("too_many_redirects")
    if reply.status in (404, 410):
        raise RemoteListingNotFound(status=reply.status)
    if url != asked and _is_home(url) and not _is_home(asked):
        raise RemoteListingNotFound("redirected_home")
    return raise_for_status(reply), url


def observe(html: str, url: str) -> Observed:
    """Read a page. Raises RemoteListingNotFound `page_says_gone`, UnexpectedResponse `no_product`."""
    return _observed(take_apart(html), url)


def decoded(reply: Reply) -> str:
    """The page as text, by what its header says, else by its own mark, else by trying."""
    said = re.search(r"charset\s*=\s*[\"']?([\w-]{2,30})", reply.headers.get("content-type", ""), re.I)
    written = _CHARSET.search(reply.body[:4096])
    for name in (said[1] if said else "", written[1].decode("ascii") if written else ""):
        if reply.body.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            break
        if _KNOWN_CHARSETS.fullmatch(name):
            return _text(reply.body, name)
    if reply.body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return reply.body.decode("utf-16", "replace")
    try:
        return reply.body.decode("utf-8-sig")
    except UnicodeDecodeError:
        # A cut letter in a big UTF-8 page is far more common than a page in the old Vietnamese code page.
        as_utf8 = reply.body.decode("utf-8-sig", "replace")
        few = as_utf8.count("\ufffd") * 100 < len(reply.body)
        return as_utf8 if few else _text(reply.body, "windows-1258")


def dead_photos(http: HttpClient, sources: Iterable[str], accepts: Accepts) -> int | None:
    """How many of these photos surely do not open (gone, or a page instead of a photo); None when nothing was seen.

    Photos on other hosts are not asked for, and one that only fails for now is not called dead. The first silence
    ends it with None: a place that is down has no dead photos, it is down, and each further wait costs a time limit.
    """
    judged: list[bool] = []
    for source in [one for one in dict.fromkeys(sources) if accepts(one)][:_MOST_PHOTOS]:
        try:
            reply = http.call("HEAD", source, writes=False, headers={"Accept": "image/*"})
        except MarketplaceError:
            return None
        page = reply.headers.get("content-type", "").startswith("text/html")
        judged.append(reply.status in (404, 410) or (reply.status == 200 and page))
    return sum(judged) if judged else None


def _observed(page: Markup, url: str) -> Observed:
    spoken = product(page, url)
    seen = visible(page, spoken.name if spoken else "")
    if spoken is None and _says_gone(page, seen):
        raise RemoteListingNotFound("page_says_gone", url=url[:200])
    name = spoken.name if spoken else _name(page, seen)
    if not name:
        raise UnexpectedResponse("no_product", url=url[:200])
    return Observed(
        name=name,
        price_vnd=_price(page, spoken, seen),
        photo_count=_photo_count(page, spoken),
        stars=seen.stars,
        url=url,
        state="live",
        in_stock=_in_stock(page, spoken, seen),
        text=f"{spoken.text if spoken else page.meta('og:description')}\n{seen.text}".strip()[:_MOST_TEXT]
        or None,
        gtin=spoken.gtin if spoken else None,
    )


def _photo_addresses(page: Markup, url: str) -> list[str]:
    spoken = product(page, url)
    sources = spoken.photos if spoken and spoken.photos else page.metas.get("og:image", ())
    return [_joined(url, source) for source in sources]


def _joined(url: str, address: str) -> str:
    """An address as a page gives it, from where the page is; "" for one that is none."""
    try:
        return urljoin(url, address)
    except ValueError:
        return ""


def _text(body: bytes, charset: str) -> str:
    """What the web calls Latin-1 and ASCII is read as windows-1252; windows-1258 writes tones as marks behind."""
    western = re.fullmatch(r"us-ascii|latin-?1|iso-?8859-?1", charset, re.I)
    try:
        text = body.decode("windows-1252" if western else charset, "replace")
    except LookupError:
        text = body.decode("utf-8", "replace")
    return spelling.composed(text) if "1258" in charset else text


def _name(page: Markup, seen: Visible) -> str:
    """The heading; else the title for sharing without the site's own name behind it.

    A heading alone may be that of any page, so without a title for sharing it takes a price beside it.
    """
    shared = unescaped(page.meta("og:title", "twitter:title")).strip()
    if not shared:
        return seen.name if seen.price_vnd is not None else ""
    if seen.name and spelling.folded(shared).startswith(spelling.folded(seen.name)):
        return seen.name
    site = unescaped(page.meta("og:site_name"))
    if site and spelling.folded(shared).endswith(spelling.folded(site)):
        shared = re.sub(r"[\s|\-–—·:]+$", "", shared[: len(shared) - len(site)]) or shared
    return shared


def _says_gone(page: Markup, seen: Visible) -> bool:
    """Whether title or heading begin so, or hold such words on a page without a price: goods may be named alike."""
    said = [spelling.folded(unescaped(text))[:200].lstrip(" !.:-") for text in (page.title, seen.name)]
    sure = any(_GONE.match(text) for text in said)
    return sure or (seen.price_vnd is None and any(_GONE.search(text) for text in said))


def _price(page: Markup, spoken: Product | None, seen: Visible) -> int | None:
    """A price of 0 said to machines is often only a gap in the shop's data, so the visible price goes before it."""
    currency = page.meta("product:price:currency", "og:price:currency") or "VND"
    shared = page.meta("product:sale_price:amount", "product:price:amount", "og:price:amount")
    stated = spoken.price_vnd if spoken and spoken.price_vnd is not None else dong(shared, currency)
    return stated or (seen.price_vnd if seen.price_vnd is not None else stated)


def _in_stock(page: Markup, spoken: Product | None, seen: Visible) -> bool | None:
    if spoken and spoken.in_stock is not None:
        return spoken.in_stock
    shared = availability(page.meta("product:availability", "og:availability"))
    return seen.in_stock if shared is None else shared


def _photo_count(page: Markup, spoken: Product | None) -> int | None:
    """Only what is surely the whole set: a list for machines whose addresses are all different photos.

    A single photo there may be just the cover, so it counts only where the page shows no other.
    """
    sources = spoken.photos if spoken and spoken.photos is not None else tuple(page.metas.get("og:image", ()))
    listed = spoken is not None and spoken.photos is not None
    if not sources:
        return 0 if listed and not _shown(page) else None
    stems = {_stem(source) for source in sources}
    if len(stems) != len(set(sources)):
        return None
    return len(stems) if len(stems) > 1 else 1 if listed and len(_shown(page)) == 1 else None


def _shown(page: Markup) -> set[str]:
    names = {_stem(image.source) for image in page.images if not image.around}
    return {name for name in names if not re.search(r"logo|icon|banner|avatar|\.(?:svg|gif)$", name)}


def _stem(source: str) -> str:
    """A photo's file name without the size shop software puts behind it: tep-600x600.jpg is tep.jpg."""
    return re.sub(
        r"[-_]\d{2,4}x\d{2,4}(?=\.\w+$)|-scaled(?=\.\w+$)", "", unquote(source).rpartition("/")[2].casefold()
    )


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return _HOME.fullmatch(parts.path) is not None and not parts.query
