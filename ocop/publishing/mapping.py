"""Listing -> what a marketplace may see. Pure but for photo bytes, which are read only when an adapter asks.

What must not leave has no way out here: wholesale prices are never read, a tax code is masked, and a paper
counts only on the day it is valid and only for its own product.
"""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from marketplace_adapters.types import (
    CertificatePayload,
    ListingPayload,
    PhotoPayload,
    ProducerPayload,
    VariantPayload,
)
from ocop.listings.mapping import packs, story_of
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.listings.rules import ad_is_barred, product_set
from ocop.media.rules import rendition_file
from ocop.places import queries as places
from ocop.producers.mapping import address_lines, public_phone
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import FOR_THE_DOSSIER, CertificateKind, counts, masked_tax_code
from ocop.web.folding import fold
from ocop.web.wording import has_sentence, sentence

# The star travels in fields of its own; a household's registration number is its owner's personal number.
_NOT_SHOWN = FOR_THE_DOSSIER | {CertificateKind.OCOP, CertificateKind.BUSINESS_REGISTRATION}


def payload(
    listing: Listing,
    certificates: Sequence[Certificate],
    *,
    day: dt.date,
    media_dir: Path | None,
    base_url: str = "",
    paused: bool = False,
) -> ListingPayload:
    """The listing as a marketplace may see it on ``day``. ``certificates`` may be any: they are sieved here.

    media_dir None is for checks: photos are described but cannot be opened. base_url: this install's own address,
    for marketplaces that fetch photos or link to our page.
    """
    star, papers = claims(listing, certificates, day)
    kind = product_set(listing.set_no)
    return ListingPayload(
        name=listing.name,
        short_text=listing.short_text,
        producer=_producer(listing.producer, day),
        variants=tuple(_variant(variant) for variant in packs(listing)),
        photos=tuple(_photo(photo, media_dir, base_url) for photo in listing.photos),
        story=story_of(listing),
        brand=listing.brand,
        origin=listing.origin,
        ingredients=listing.ingredients,
        usage=listing.usage,
        storage=listing.storage,
        warning=listing.warning,
        shelf_life_days=listing.shelf_life_days,
        date_style=listing.date_style,
        standards=listing.standards,
        set_no=listing.set_no,
        group_code=kind.group_code,
        category=kind.name,
        label_items=_label_items(listing),
        stars=star.stars if star else None,
        ocop_decision=star.number if star else "",
        ocop_expires_on=star.expires_on if star else None,
        ocop_filed_on=star.reassessment_filed_on if star else None,
        ocop_receipt=star.reassessment_receipt if star else "",
        certificates=tuple(_certificate(paper) for paper in papers),
        trace_code=listing.other_trace_code,
        service=kind.service,
        page_url=f"{base_url}{page_path(listing.id)}" if base_url else "",
        paused=paused,
        no_ads=ad_is_barred(listing.set_no, listing.ethanol),
    )


def claims(
    listing: Listing, certificates: Sequence[Certificate], day: dt.date
) -> tuple[Certificate | None, list[Certificate]]:
    """(the star of this very product or None, other papers a shopper may read about), all valid on ``day``."""
    valid = [
        paper
        for paper in certificates
        if paper.producer_id == listing.producer_id
        and paper.listing_id in (None, listing.id)
        and counts(paper, day)
    ]
    stars = [
        paper
        for paper in valid
        if paper.kind is CertificateKind.OCOP and paper.stars and paper.listing_id is not None
    ]
    newest = max(stars, key=lambda paper: paper.issued_on or dt.date.min, default=None)
    return newest, [paper for paper in valid if paper.kind not in _NOT_SHOWN]


def lacks_food_safety(set_no: int, certificates: Sequence[Certificate], day: dt.date) -> bool:
    """Food whose food-safety paper has ended while no other counts: it may not be on sale (ARCHITECTURE 7)."""
    papers = [paper for paper in certificates if paper.kind is CertificateKind.FOOD_SAFETY]
    return product_set(set_no).is_food and bool(papers) and not any(counts(paper, day) for paper in papers)


def same_product(ours: str, seen: str) -> bool:
    """Whether a page's name speaks of our product: at least half of our words are in it, without tone marks."""
    mine, theirs = set(fold(ours).split()), set(fold(seen).split())
    return 2 * len(mine & theirs) >= len(mine)


def _producer(producer: Producer, day: dt.date) -> ProducerPayload:
    address, old = address_lines(producer, day)
    commune = places.commune(producer.commune_code)
    return ProducerPayload(
        name=producer.name,
        kind=producer.kind.value,
        representative=producer.representative,
        phone=public_phone(producer),
        address_new=address,
        address_old=old,
        commune=commune.full_name,
        province=places.province(commune.province_code).name,
        tax_code_masked=masked_tax_code(producer.tax_code),
    )


def _variant(variant: Variant) -> VariantPayload:
    sides = (variant.box_length_cm, variant.box_width_cm, variant.box_height_cm)
    return VariantPayload(
        sku=variant.sku,
        label=variant.label,
        net_content=variant.net_content,
        net_unit=variant.net_unit,
        price_vnd=variant.price_vnd or 0,
        packed_weight_g=variant.packed_weight_g,
        box_cm=sides if all(sides) else None,  # type: ignore[arg-type]
        stock=variant.stock,
        gtin=variant.gtin,
    )


def page_path(listing_id: str) -> str:
    """Our own public page of a product (feature public)."""
    return f"/hang/{listing_id}"


def _photo(photo: ListingPhoto, media_dir: Path | None, base_url: str) -> PhotoPayload:
    media = photo.media
    return PhotoPayload(
        key=media.id,
        sha256=media.sha256,
        role=photo.shot,
        width=media.width,
        height=media.height,
        byte_size=media.byte_size,
        open=_opener(media.sha256, media_dir),
        url=f"{base_url}/anh/{media.id}-large.jpg" if base_url else "",
    )


def _opener(sha256: str, media_dir: Path | None) -> Callable[[], bytes]:
    if media_dir is None:
        return _closed
    return partial(Path.read_bytes, media_dir / rendition_file(sha256, "large"))


def _closed() -> bytes:
    raise RuntimeError("this payload was made for checks only; its photos cannot be opened")


def _certificate(paper: Certificate) -> CertificatePayload:
    # No redacted copy: a scan shows signatures and personal numbers, and nobody has covered them.
    return CertificatePayload(
        kind=sentence(f"certificate_kind_{paper.kind.value}"),
        number=masked_tax_code(paper.number),
        issuer=paper.issuer,
        issued_on=paper.issued_on,
        expires_on=paper.expires_on,
    )


def _label_items(listing: Listing) -> tuple[tuple[str, str], ...]:
    items = (("technical", listing.technical), ("ethanol", listing.ethanol))
    return tuple((sentence(f"label_name_{name}"), text) for name, text in items if text)


@dataclass(frozen=True)
class ParcelText:
    """One field of the target's form. packing: "" where the listing has only one; source: "" in old parcels."""

    packing: str
    source: str
    label: str
    text: str


@dataclass(frozen=True)
class ParcelPhoto:
    """path: in the ZIP; key: id of the picture it was made from; role: front, back_label…"""

    path: str
    key: str
    role: str


@dataclass(frozen=True)
class ParcelContents:
    """names: every file in the ZIP; texts and photos in the order of the target's form."""

    names: tuple[str, ...]
    texts: tuple[ParcelText, ...]
    photos: tuple[ParcelPhoto, ...]


def parcel_contents(path: Path) -> ParcelContents | None:
    """What is in a parcel on disk; None when the file is not there (a restored backup has no parcels)."""
    if not path.is_file():
        return None
    with zipfile.ZipFile(path) as parcel:
        files = parcel.infolist()
        texts = tuple(_parcel_text(one, parcel.read(one)) for one in files if one.filename.endswith(".txt"))
    photos = tuple(_parcel_photo(one) for one in files if one.filename.startswith("3-anh/"))
    return ParcelContents(tuple(one.filename for one in files), texts, photos)


def changed_texts(before: ParcelContents | None, now: ParcelContents | None) -> list[tuple[str, str]]:
    """(packing, label) of each text that the parcel before had otherwise or not at all; [] where either is not
    there to compare."""
    if before is None or now is None:
        return []
    old = {(one.packing, one.label): one.text for one in before.texts}
    return [(one.packing, one.label) for one in now.texts if old.get((one.packing, one.label)) != one.text]


def parcel_file(path: Path, name: str) -> bytes:
    """One file of a parcel."""
    with zipfile.ZipFile(path) as parcel:
        return parcel.read(name)


def _parcel_text(entry: zipfile.ZipInfo, content: bytes) -> ParcelText:
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    packing, source, label = (entry.comment.decode().split("\t", 2) + ["", "", ""])[:3]
    return ParcelText(packing, source, label or _text_label(entry.filename), text)


def _parcel_photo(entry: zipfile.ZipInfo) -> ParcelPhoto:
    key, _, role = entry.comment.decode().partition("\t")
    return ParcelPhoto(entry.filename, key, role or "other")


def _text_label(name: str) -> str:
    """2-chu-de-chep/1-ten-san-pham.txt -> Tên sản phẩm: parcels made before files carried their labels."""
    plain = Path(name).stem.partition("-")[2]
    return sentence(f"text_{plain}") if has_sentence(f"text_{plain}") else plain
