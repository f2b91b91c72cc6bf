"""A marketplace without a door for programs: we prepare everything, a person uploads it.

`publish` gives one ZIP. The same item gives the same bytes, so a second press is the same parcel. The post
itself is only known when the clerk sends its address back; `read_back` then looks at that public page.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, MutableMapping

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.errors import ListingRejected, RemoteListingNotFound
from marketplace_adapters.handoff.fields import SOURCES, Row, category, words
from marketplace_adapters.handoff.file_names import file_name
from marketplace_adapters.handoff.guide import guide
from marketplace_adapters.handoff.sheet import sheet
from marketplace_adapters.http_base import HttpClient
from marketplace_adapters.images import BrokenPhoto, fitted_jpeg
from marketplace_adapters.public_page import PAGE_CAP_BYTES, read_page
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import (
    Capability,
    ChannelInfo,
    Delivery,
    FormColumn,
    Handoff,
    Item,
    Observed,
    ParcelFile,
    PhotoPayload,
    Problem,
    Published,
)

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
        self.http = HttpClient(lan=channel.lan, cap=PAGE_CAP_BYTES)

    def _publish(self, item: Item, retry: bool, media: MutableMapping[str, str]) -> Handoff:
        files = self._files(item)
        steps = self._steps(item)
        page = guide(item, self.channel, steps, list(files))
        files = {words()["names"]["guide"]: page.encode(), **files}
        return Handoff(
            (ParcelFile(self._name(item), "application/zip", _zip(files, self._notes(item))),), steps
        )

    def _read_back(self, remote_id: str, url: str | None) -> Observed:
        """Reads the page at `url`. Raises RemoteListingNotFound when it is gone or not on this marketplace."""
        return read_page(self.http, url or "", self.accepts_url, photos=True)

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

    def _name(self, item: Item) -> str:
        product = file_name(item.listing.name, 40) or "san-pham"
        place = file_name(self.channel.code)
        return words()["names"]["parcel"].format(product=product, channel=place, sku=file_name(item.sku))

    def _files(self, item: Item) -> dict[str, bytes]:
        """Parcel files by path, in the order a clerk opens them."""
        photos = {path: self._fitted(photo) for path, photo in self._photos(item)}
        rows = [Row(item.listing, variant, self.channel, _bare_names(photos)) for variant in item.variants]
        files = {words()["names"]["sheet"]: sheet(rows, self.channel.columns)}
        files |= {path: _text(text) for path, _note, text in self._texts(item)}
        return {**files, **photos, **dict(self._papers(item))}

    def _notes(self, item: Item) -> dict[str, str]:
        """What a program that shows the parcel must know of a file, kept as the file's comment in the ZIP:
        packing, source and label of a text; key and role of a photo. Parted by tabs."""
        photos = {path: f"{photo.key}\t{photo.role}" for path, photo in self._photos(item)}
        return {**photos, **{path: note for path, note, _text in self._texts(item)}}

    def _texts(self, item: Item) -> Iterator[tuple[str, str, str]]:
        """(path, note, text) of every filled-in field of the target's form, in its order and numbered by it.
        Several packings have a folder each. At the end the long text, where the form has no field of that kind."""
        folder, several = words()["names"]["texts"], len(item.variants) > 1
        columns = list(enumerate(self.channel.columns, 1))
        if "introduction" not in {column.source for _, column in columns}:
            columns.append((len(columns) + 1, FormColumn(words()["texts"]["introduction"], "introduction")))
        names = _bare_names(dict(self._photos(item)))
        for at, variant in enumerate(item.variants, 1):
            row = Row(item.listing, variant, self.channel, names)
            packing = " ".join((variant.label or variant.sku).split()) if several else ""
            inner = f"{folder}/{at}-{file_name(packing) or 'goi'}" if several else folder
            for number, column in columns:
                text = str(SOURCES[column.source](row))
                if text and column.source != "photo_names":
                    path = f"{inner}/{number:02}-{file_name(column.label) or 'o'}.txt"
                    yield path, f"{packing}\t{column.source}\t{column.label}", text

    def _photos(self, item: Item) -> Iterator[tuple[str, PhotoPayload]]:
        for at, photo in enumerate(item.listing.photos[: self.channel.images.max_count], 1):
            role = words()["photo_roles"][photo.role]
            yield f"{words()['names']['photos']}/{at:02}-{role}.jpg", photo

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


def _bare_names(photos: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(path.rpartition("/")[2] for path in photos)


def _text(text: str) -> bytes:
    """With BOM and CRLF: Notepad of an old Windows shows Vietnamese only so."""
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8-sig")


def _zip(files: Mapping[str, bytes], notes: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parcel:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.comment = notes.get(name, "").encode()
            parcel.writestr(entry, content)
    return out.getvalue()
