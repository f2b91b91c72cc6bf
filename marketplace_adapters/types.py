"""What goes to a marketplace and what comes back, as plain frozen values.

Units: money is whole đồng (int), weight whole grams, boxes whole centimetres (length, width, height),
photo sizes pixels and bytes, dates `datetime.date` in Vietnamese local time.

A payload holds only what a marketplace may know. Wholesale prices, unmasked tax codes and lapsed
claims have no field here, so no adapter can leak them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marketplace_adapters.form_engine import FormEngine

PHOTO_ROLES = ("front", "back_label", "making", "other")
SEVERITIES = ("blocking", "advice", "unverified")
STATES = ("live", "in_review", "draft")
_PERSONAL_NUMBER = re.compile(r"\d{12}")


class Capability(StrEnum):
    """What a protocol can do besides check and publish. Without VARIATIONS one remote post is one SKU."""

    UPDATE = "update"
    WITHDRAW = "withdraw"
    SET_STOCK = "set_stock"
    FETCH_STATUS = "fetch_status"
    READ_BACK = "read_back"
    FIND_BY_SKU = "find_by_sku"
    TEST_CONNECTION = "test_connection"
    VARIATIONS = "variations"
    CATEGORIES = "categories"
    BATCH = "batch"
    WATCH = "watch"


class Delivery(StrEnum):
    """API: we do it. HANDOFF: we prepare it and a person uploads it. FEED: we show it and the others fetch it."""

    API = "api"
    HANDOFF = "handoff"
    FEED = "feed"


@dataclass(frozen=True)
class PhotoPayload:
    """One photo; `open()` returns its JPEG, PNG or WebP bytes, read only when they are needed.

    `url`: where the public finds it as JPEG, for marketplaces that fetch; empty where this install has no address.
    """

    key: str
    sha256: str
    role: str
    width: int
    height: int
    byte_size: int
    open: Callable[[], bytes] = field(repr=False, compare=False)
    url: str = ""

    def __post_init__(self) -> None:
        if self.role not in PHOTO_ROLES:
            raise ValueError(f"photo role {self.role!r} is not one of {PHOTO_ROLES}")


@dataclass(frozen=True)
class CertificatePayload:
    """A paper that is valid today. `redacted` is the copy with other people's data covered, never the original."""

    kind: str
    number: str
    issuer: str
    issued_on: date | None
    expires_on: date | None
    redacted: PhotoPayload | None = None


@dataclass(frozen=True)
class ProducerPayload:
    """Who sells. `phone` only with recorded consent to publish it; `tax_code_masked` is already masked."""

    name: str
    kind: str
    representative: str = ""
    phone: str = ""
    address_new: str = ""
    address_old: str = ""
    commune: str = ""
    province: str = ""
    tax_code_masked: str = ""

    def __post_init__(self) -> None:
        if _PERSONAL_NUMBER.search(self.tax_code_masked):
            raise ValueError("tax_code_masked holds an unmasked 12-digit personal number")


@dataclass(frozen=True)
class VariantPayload:
    """One packing of the product. `stock=None` means "ask the seller"; `gtin` only if the producer owns it."""

    sku: str
    label: str
    net_content: int | None
    net_unit: str
    price_vnd: int
    sale_vnd: int | None = None
    packed_weight_g: int | None = None
    box_cm: tuple[int, int, int] | None = None
    stock: int | None = None
    gtin: str | None = None

    @property
    def content_text(self) -> str:
        """ "250 g", or an empty text while nobody has said it."""
        return f"{self.net_content} {self.net_unit}".strip() if self.net_content else ""


@dataclass(frozen=True)
class ListingPayload:
    """The product as a marketplace may see it.

    `stars`, `ocop_decision` and `ocop_expires_on` are given only while the decision is valid; leaving them
    out afterwards is the caller's duty, and no adapter ever adds or remembers them. `ocop_filed_on` and `ocop_receipt`:
    the dossier for the next term was handed in, so the decision may count past its printed day. `page_url`: our
    own public page of the product, empty where there is none. `paused`: sold out or out of season just now.
    `no_ads`: goods that may be sold but not advertised (spirits), so nothing of them goes to a place made for
    advertising.
    """

    name: str
    short_text: str
    producer: ProducerPayload
    variants: tuple[VariantPayload, ...]
    photos: tuple[PhotoPayload, ...] = ()
    story: str = ""
    brand: str = ""
    origin: str = ""
    ingredients: str = ""
    usage: str = ""
    storage: str = ""
    warning: str = ""
    shelf_life_days: int | None = None
    date_style: str = ""
    standards: str = ""
    set_no: int | None = None
    group_code: str = ""
    category: str = ""
    label_items: tuple[tuple[str, str], ...] = ()
    stars: int | None = None
    ocop_decision: str = ""
    ocop_expires_on: date | None = None
    ocop_filed_on: date | None = None
    ocop_receipt: str = ""
    certificates: tuple[CertificatePayload, ...] = ()
    trace_code: str = ""
    service: bool = False
    page_url: str = ""
    paused: bool = False
    no_ads: bool = False


@dataclass(frozen=True)
class Item:
    """What becomes ONE remote post: the listing with all its variants, or with one of them.

    Made by `MarketplaceAdapter.items`, because the protocol decides which of the two it is.
    `reply_url` and `reply_qr_png` are the clerk's answer link; only hand-offs print them.
    """

    listing: ListingPayload
    variants: tuple[VariantPayload, ...]
    reply_url: str = ""
    reply_qr_png: bytes = field(default=b"", repr=False)

    @property
    def variant(self) -> VariantPayload:
        return self.variants[0]

    @property
    def sku(self) -> str:
        """The join key between this post and the marketplace: the (first) variant's SKU."""
        return self.variant.sku

    @property
    def title(self) -> str:
        """The listing's name, with the packing's own name where the listing has several packings."""
        alone = len(self.listing.variants) == 1 or len(self.variants) > 1
        return (
            self.listing.name
            if alone or not self.variant.label
            else f"{self.listing.name} – {self.variant.label}"
        )


@dataclass(frozen=True)
class Problem:
    """One thing that stands in the way: a code and its parameters; `ocop` makes the sentence.

    `field` names the payload field to open; `effort` 1 (type a number) to 5 (fetch a paper) sorts easiest first.
    """

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str = ""
    severity: str = "blocking"
    effort: int = 1

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            raise ValueError(f"severity {self.severity!r} is not one of {SEVERITIES}")


@dataclass(frozen=True)
class Notice:
    """Done, but not quite as asked: code and parameters (e.g. `echo_differs`, `duplicate_remote`)."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """What the marketplace confirmed.

    `state`: live, in_review or draft. `media` maps photo sha256 to the marketplace's media id; store it and
    hand it back on the next call, so that no photo is attached twice. `created` is False when an existing
    post was found and brought up to date.
    """

    remote_id: str
    state: str
    url: str | None = None
    warnings: tuple[Notice, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)
    created: bool = False

    def __post_init__(self) -> None:
        if self.state not in STATES:
            raise ValueError(f"state {self.state!r} is not one of {STATES}")


@dataclass(frozen=True)
class ParcelFile:
    """A finished file of a hand-off."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Handoff:
    """A parcel for a person: files, and the steps that person takes (texts from the channel's TOML)."""

    files: tuple[ParcelFile, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Observed:
    """What can be seen at the marketplace now; None where the page does not say.

    Zero is an answer: price 0 "no price shown", 0 photos, 0 stars "surely no star", text "" "surely no words".
    `price_vnd`: what a shopper pays, so the reduced price where there is one. `text`: the description as plain
    text. `dead_photos`: how many of its photos do not open. `found_by`: whether a search of the shop front finds
    the post, by the words that were searched for. `gtin`: the number under the bars, digits.
    """

    name: str
    price_vnd: int | None
    photo_count: int | None
    stars: int | None
    url: str | None
    state: str
    in_stock: bool | None = None
    text: str | None = None
    dead_photos: int | None = None
    found_by: Mapping[str, bool] = field(default_factory=dict)
    gtin: str | None = None


@dataclass(frozen=True)
class RemoteCategory:
    """A category as the marketplace names it; `id` is what it wants to be sent."""

    id: str
    name: str


@dataclass(frozen=True)
class ShopFacts:
    """What a connection test learned. `warnings` e.g. `currency_not_vnd`."""

    name: str
    currency: str
    weight_unit: str
    warnings: tuple[Notice, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One limit of a channel. `limit` is None where the rule is a plain yes/no or nobody knows the figure.

    An unverified rule never blocks and never counts as met (see checks.py).
    """

    code: str
    limit: int | tuple[str, ...] | None
    verified: bool
    last_checked: date
    source: str
    severity: str | None = None


@dataclass(frozen=True)
class ImageLimits:
    """What photos are re-encoded to before they leave: JPEG of at most these sizes."""

    max_count: int
    max_bytes: int
    max_side: int


@dataclass(frozen=True)
class FormColumn:
    """A column of the hand-off sheet: the target form's own label and which payload value fills it."""

    label: str
    source: str
    required: bool = False


@dataclass(frozen=True)
class ChannelInfo:
    """A marketplace as data: one file of `channels/`.

    `doors`: further protocols an operator may switch it to. `at_once`: how many posts may be on their way to it
    at the same time. `search`: its public search page with `{words}` where the words go. `booth_columns`: the
    labels of its form for opening a booth. `form`: its web form for sellers (form_engine.py), for `seller_form`.
    """

    code: str
    name: str
    protocol: str
    last_checked: date
    site: str = ""
    hosts: tuple[str, ...] = ()
    enabled: bool = True
    training: bool = False
    lan: bool = False
    note: str = ""
    rules: Mapping[str, Rule] = field(default_factory=dict)
    categories: Mapping[int, str] = field(default_factory=dict)
    images: ImageLimits = ImageLimits(max_count=10, max_bytes=2_000_000, max_side=2000)
    columns: tuple[FormColumn, ...] = ()
    steps: tuple[str, ...] = ()
    booth_columns: tuple[FormColumn, ...] = ()
    doors: tuple[str, ...] = ()
    at_once: int = 2
    search: str = ""
    form: FormEngine | None = None
