"""A marketplace without a door for programs: we prepare everything, a person uploads it.

`publish` gives one ZIP. The same item gives the same bytes, so a second press is the same parcel. The post
itself is only known when the clerk sends its address back; `read_back` then looks at that public page.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, MutableMapping
from urllib.parse import urljoin

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import ListingRejected, RemoteListingNotFound
from marketplace_adapters.facts import facts
from marketplace_adapters.handoff.fields import Row, category, introduction, words
from marketplace_adapters.handoff.guide import guide
from marketplace_adapters.handoff.public_page import observe
from marketplace_adapters.handoff.sheet import sheet
from marketplace_adapters.http_base import HttpClient, Reply, raise_for_status
from marketplace_adapters.images import BrokenPhoto, fitted_jpeg
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    Handoff,
    Item,
    Observed,
    ParcelFile,
    PhotoPayload,
    Problem,
    Published,
)

_MOST_REDIRECTS = 3
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)


class HandoffAdapter(MarketplaceAdapter):
    """All variants of a listing travel in one parcel. Optional setting `hosts`: where posts may be found."""

    protocol = "handoff"
    delivery = Delivery.HANDOFF
    capabilities = frozenset({Capability.VARIATIONS, Capability.READ_BACK})
    optional_settings = ("hosts",)

    def __init__(
        self, channel: ChannelInfo, settings: Mapping[str, str], keeper: TokenKeeper | None = None
    ) -> None:
        super().__init__(channel, settings, keeper)
        self.http = HttpClient(lan=channel.lan)

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Handoff:
        files = self._files(item)
        steps = self._steps(item)
        page = guide(item, self.channel, steps, list(files))
        files = {words()["names"]["guide"]: page.encode(), **files}
        name = words()["names"]["parcel"].format(
            channel=self.channel.code.replace("_", "-"), sku=item.sku.lower()
        )
        return Handoff((ParcelFile(name, "application/zip", _zip(files)),), steps)

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        """Reads the page at `url`. Raises RemoteListingNotFound when it is gone or not on this marketplace."""
        reply, final = self._open_page(url or "")
        if reply.status in (404, 410):
            raise RemoteListingNotFound(status=reply.status)
        return observe(raise_for_status(reply).body.decode("utf-8", "replace"), final)

    def _open_page(self, url: str) -> tuple[Reply, str]:
        """Follow the marketplace's own redirects (http to https, a new name), never one that leads elsewhere."""
        for _ in range(_MOST_REDIRECTS + 1):
            if not self.accepts_url(url):
                raise RemoteListingNotFound("url_not_on_channel")
            reply = self.http.call("GET", url, writes=False, headers={"Accept": "text/html"})
            if not (300 <= reply.status < 400 and reply.headers.get("location")):
                return reply, url
            url = urljoin(url, reply.headers["location"])
        raise RemoteListingNotFound("too_many_redirects")

    def _own_hosts(self) -> tuple[str, ...]:
        return tuple(self.settings.get("hosts", "").lower().replace(",", " ").split())

    def _find_by_url(self, url: str) -> Published | None:
        try:
            seen = self._read_back(url, url)
        except RemoteListingNotFound:
            return None
        return Published(url, seen.state, url)

    def _steps(self, item: Item) -> tuple[str, ...]:
        names = words()["names"]
        known = {**names, "category": category(item.listing, self.channel)}
        return tuple(step.format_map(known) for step in self.channel.steps)

    def _files(self, item: Item) -> dict[str, bytes]:
        """Parcel files by path, in the order a clerk opens them."""
        photos = dict(self._photos(item))
        photo_names = tuple(path.rpartition("/")[2] for path in photos)
        rows = [Row(item.listing, variant, self.channel, photo_names) for variant in item.variants]
        names = words()["names"]
        files = {names["sheet"]: sheet(rows, self.channel.columns)}
        files |= {f"{names['texts']}/{name}.txt": _text(text) for name, text in _texts(item)}
        return {**files, **photos, **dict(self._papers(item))}

    def _photos(self, item: Item) -> Iterator[tuple[str, bytes]]:
        for at, photo in enumerate(item.listing.photos[: self.channel.images.max_count], 1):
            role = words()["photo_roles"][photo.role]
            yield f"{words()['names']['photos']}/{at:02}-{role}.jpg", self._fitted(photo)

    def _papers(self, item: Item) -> Iterator[tuple[str, bytes]]:
        shown = [paper.redacted for paper in item.listing.certificates if paper.redacted is not None]
        for at, photo in enumerate(shown, 1):
            yield f"{words()['names']['papers']}/{at:02}.jpg", self._fitted(photo)

    def _fitted(self, photo: PhotoPayload) -> bytes:
        try:
            return fitted_jpeg(photo.open(), self.channel.images)
        except BrokenPhoto as error:
            problem = Problem("photo_unreadable", {"photo": photo.key}, "photos", effort=3)
            raise ListingRejected((problem,)) from error


def _texts(item: Item) -> Iterator[tuple[str, str]]:
    listing, names = item.listing, words()["texts"]
    lines = "\n".join(f"{label}: {value}" for label, value in facts(listing))
    contents = {
        "title": listing.name, "short_text": listing.short_text, "introduction": introduction(listing), "facts": lines
    }  # fmt: skip
    for at, (name, text) in enumerate(contents.items(), 1):
        if text:
            yield f"{at}-{names[name]}", text


def _text(text: str) -> bytes:
    """With BOM and CRLF: Notepad of an old Windows shows Vietnamese only so."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


def _zip(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            parcel.writestr(entry, content)
    return out.getvalue()
