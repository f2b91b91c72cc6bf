"""The photos of one product at a site that names files by the second.

A photo is known by the name its file got (`media`), and where that name was lost with a reply, by its very bytes:
such sites store what they are sent.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from hashlib import sha256

from marketplace_adapters.errors import ListingRejected
from marketplace_adapters.form_engine import ImageField
from marketplace_adapters.images import BrokenPhoto, fitted_jpeg
from marketplace_adapters.types import ImageLimits, PhotoPayload, Problem

Fetch = Callable[[str], bytes | None]


class Gallery:
    """`wanted`: the listing's photos in order. `media`: photo sha256 -> "product/file name", kept up to date.

    `fetch` gives the bytes behind an address of the site.
    """

    def __init__(
        self,
        photos: tuple[PhotoPayload, ...],
        limits: ImageLimits,
        rules: ImageField,
        media: MutableMapping[str, str],
        fetch: Fetch,
    ) -> None:
        most = min(limits.max_count, len(rules.extensions)) if rules.replaces else limits.max_count
        self.wanted = tuple({photo.sha256: photo for photo in photos}.values())[:most]
        self._limits, self._rules, self.media, self._fetch = limits, rules, media, fetch
        self._content: dict[str, bytes] = {}
        self._fresh: set[str] = set()
        self._went_together = False

    def missing(self, remote_id: str, addresses: tuple[str, ...]) -> tuple[PhotoPayload, ...]:
        """The wanted photos the product does not show yet."""
        self._recognise(remote_id, addresses)
        there = {_media_id(remote_id, address) for address in addresses}
        return tuple(photo for photo in self.wanted if self.media.get(photo.sha256) not in there)

    def surplus(self, remote_id: str, addresses: tuple[str, ...]) -> int:
        """How many photos it shows that the listing has not."""
        ours = {self.media.get(photo.sha256) for photo in self.wanted}
        return sum(_media_id(remote_id, address) not in ours for address in addresses)

    def next(
        self, remote_id: str, addresses: tuple[str, ...], *, all_again: bool = False
    ) -> tuple[tuple[PhotoPayload, ...], int]:
        """What the next request must carry, and how many photos are left after it: one at a time, or all of them
        (once) where photos replace what is there."""
        missing = self.missing(remote_id, addresses)
        if not self._rules.replaces:
            return missing[:1], len(missing[1:])
        if self._went_together or not (missing or all_again or self.surplus(remote_id, addresses)):
            return (), 0
        self._went_together = True
        return self.wanted, 0

    def files(self, batch: tuple[PhotoPayload, ...]) -> list[tuple[str, tuple[str, bytes]]]:
        """Form parts. Each photo of a request has an extension of its own, so that no two get the same name."""
        names = self._rules.extensions
        self._fresh |= {photo.sha256 for photo in batch}
        return [
            (self._rules.field, (f"{photo.sha256[:16]}.{names[at % len(names)]}", self._bytes(photo)))
            for at, photo in enumerate(batch)
        ]

    def note(
        self, remote_id: str, batch: tuple[PhotoPayload, ...], before: tuple[str, ...], after: tuple[str, ...]
    ) -> None:
        """Which file each photo just sent became: new ones stand in the order they were sent."""
        old = {_media_id(remote_id, address) for address in before}
        new = [one for one in (_media_id(remote_id, address) for address in after) if one not in old]
        if len(new) == len(batch):
            self.media.update(zip((photo.sha256 for photo in batch), new, strict=True))

    def overwritten(self, remote_id: str, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Keys of photos sent just now whose file holds something else: another upload took the same second.
        They are forgotten, so that the next update sends them again."""
        by_id = {_media_id(remote_id, address): address for address in addresses}
        lost = []
        for photo in self.wanted:
            address = by_id.get(self.media.get(photo.sha256, ""))
            if photo.sha256 in self._fresh and (address is None or not self._holds(address, photo)):
                self.media.pop(photo.sha256, None)
                lost.append(photo.key)
        return tuple(lost)

    def _holds(self, address: str, photo: PhotoPayload) -> bool:
        content = self._fetch(address)
        return content is None or content == self._bytes(photo)  # one that does not open is counted elsewhere

    def _recognise(self, remote_id: str, addresses: tuple[str, ...]) -> None:
        known = set(self.media.values())
        unknown = [address for address in addresses if _media_id(remote_id, address) not in known]
        if not unknown:
            return
        digests = {sha256(self._bytes(photo)).digest(): photo.sha256 for photo in self.wanted}
        for address in unknown:
            content = self._fetch(address)
            photo = digests.get(sha256(content).digest()) if content else None
            if photo is not None:
                self.media[photo] = _media_id(remote_id, address)

    def _bytes(self, photo: PhotoPayload) -> bytes:
        if photo.sha256 not in self._content:
            try:
                self._content[photo.sha256] = fitted_jpeg(photo.open(), self._limits)
            except BrokenPhoto as error:
                problem = Problem("photo_unreadable", {"photo": photo.key}, "photos", effort=3)
                raise ListingRejected((problem,)) from error
        return self._content[photo.sha256]


def _media_id(remote_id: str, address: str) -> str:
    """File names repeat from product to product, so the product's number is part of it."""
    return f"{remote_id}/{address.partition('?')[0].rpartition('/')[2]}"
