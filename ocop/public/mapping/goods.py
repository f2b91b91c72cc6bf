"""What a shopper may read about the goods: nine items of NĐ 37/2026 Điều 23.5, diary, papers, story."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from ocop.batches.mapping import lot_facts
from ocop.batches.models import Batch, TraceEvent
from ocop.db.base import VIETNAM
from ocop.listings.models import Listing, Variant
from ocop.media.rules import BY_NAME
from ocop.producers.mapping import address_lines, certificate_name, public_phone, waiting_words
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import (
    FOR_THE_DOSSIER,
    CertificateKind,
    Standing,
    counts,
    last_day,
    masked_tax_code,
    standing,
)
from ocop.web.filters import day as written
from ocop.web.wording import sentence
from traceability.verdict import LotFacts


@dataclass(frozen=True)
class Picture:
    url: str
    alt: str
    width: int
    height: int


@dataclass(frozen=True)
class DiaryLine:
    """One thing done to the lot; ``corrected_on``: the day this line took the place of another."""

    step: str
    day: dt.date
    place: str
    text: str
    corrected_on: dt.date | None = None


@dataclass(frozen=True)
class PaperLine:
    """head and text read as one sentence. source: who vouches for it. star: the OCOP line of this product."""

    head: str
    text: str
    source: str
    star: bool = False


@dataclass(frozen=True)
class GoodsPage:
    """Empty strings and None are what is not known or not to be shown; the page leaves them out."""

    producer: str
    address: str
    old_address: str
    phone: str
    zalo: str
    closed_on: dt.date | None
    product: str = ""
    pack: str = ""
    origin: str = ""
    brand: str = ""
    standards: str = ""
    ingredients: str = ""
    storage: str = ""
    warning: str = ""
    story: str = ""
    picture: Picture | None = None
    made_on: dt.date | None = None
    expires_on: dt.date | None = None
    lot: LotFacts | None = None
    diary: Sequence[DiaryLine] = ()
    papers: Sequence[PaperLine] = ()
    past_papers: Sequence[PaperLine] = field(default=())

    @property
    def dials(self) -> str:
        """The number as a telephone takes it; "" when there is none, or only words (a sample number)."""
        return _digits(self.phone)


def of_producer(producer: Producer, today: dt.date) -> dict[str, object]:
    address, old = address_lines(producer, today)
    phone = public_phone(producer)
    return {
        "producer": producer.name,
        "address": address,
        "old_address": old,
        "phone": phone,
        "zalo": _digits(producer.zalo) if phone else "",  # the consent covers both numbers or neither
        "closed_on": producer.closed_on,
        "brand": producer.brand,
    }


def of_variant(
    variant: Variant, papers: Sequence[Certificate], packed_on: dt.date | None, today: dt.date
) -> dict[str, object]:
    listing = variant.listing
    return {
        "product": listing.name,
        "pack": variant.label,
        "origin": listing.origin,
        "brand": listing.brand or listing.producer.brand,
        "standards": listing.standards,
        "ingredients": listing.ingredients,
        "storage": listing.storage,
        "warning": listing.warning,
        "story": listing.story or listing.producer.story,
        "picture": _picture(listing),
        "papers": _papers(listing, papers, packed_on, today),
        "past_papers": _past_papers(listing, papers, today),
    }


def of_batch(batch: Batch) -> dict[str, object]:
    facts = lot_facts(batch)
    return {
        "made_on": batch.made_on,
        "expires_on": facts.good_until,
        "lot": facts,
        "diary": _diary(batch.events),
    }


def packed_on(batch: Batch) -> dt.date:
    """The day the lot was packed as its diary says, else the day it was made."""
    replaced = {event.corrects_id for event in batch.events}
    days = [e.happened_on for e in batch.events if e.step == "packing" and e.id not in replaced]
    return min(days, default=batch.made_on)


def _digits(number: str) -> str:
    return "".join(c for c in number if c.isdigit()) if number else ""


def _picture(listing: Listing) -> Picture | None:
    if not listing.photos:
        return None
    photo = next((p for p in listing.photos if p.shot == "front"), listing.photos[0])
    media, side = photo.media, BY_NAME["small"].side
    scale = min(1.0, side / max(media.width, media.height))
    width, height = round(media.width * scale), round(media.height * scale)
    return Picture(f"/anh/{media.id}-small.webp", listing.name, width, height)


def _diary(events: Sequence[TraceEvent]) -> list[DiaryLine]:
    """Lines that were corrected leave the page; the line that took their place says so."""
    replaced = {event.corrects_id for event in events}
    return [
        DiaryLine(
            sentence(f"step_{e.step}"),
            e.happened_on,
            e.place,
            e.text,
            e.created_at.astimezone(VIETNAM).date() if e.corrects_id else None,
        )
        for e in sorted(events, key=lambda e: (e.happened_on, e.created_at))
        if e.id not in replaced
    ]


def _papers(
    listing: Listing, papers: Sequence[Certificate], packed: dt.date | None, today: dt.date
) -> list[PaperLine]:
    """The star in force, or the lapsed one under which this very lot was packed; then the other papers in force."""
    # a star is of one product and never lent to another
    stars = [
        one
        for one in papers
        if one.kind is CertificateKind.OCOP and one.listing_id == listing.id and one.stars
    ]
    in_force = [one for one in stars if counts(one, today)]
    lines = []
    if in_force:
        lines.append(_star_line(max(in_force, key=_issued), today))
    elif packed:
        then = [one for one in stars if counts(one, packed) and one.expires_on and one.revoked_on is None]
        lines += [_line(one, "star_when_packed", head="", packed=written(packed)) for one in then]
    others = (one for one in papers if one.kind is not CertificateKind.OCOP and _is_shown(one, listing))
    return lines + [_line(one, "paper_line") for one in others if counts(one, today)]


def _issued(paper: Certificate) -> dt.date:
    return paper.issued_on or dt.date.min


def _star_line(paper: Certificate, today: dt.date) -> PaperLine:
    if standing(paper, today) is Standing.WAITING:
        return _line(paper, "star_waiting", star=True, waiting=waiting_words(paper))
    return _line(paper, "star_line" if paper.expires_on else "star_line_endless", star=True)


def _is_shown(paper: Certificate, listing: Listing) -> bool:
    """Papers kept for the dossier name workers, buyers and money."""
    return paper.listing_id in (None, listing.id) and paper.kind not in FOR_THE_DOSSIER


def _past_papers(listing: Listing, papers: Sequence[Certificate], today: dt.date) -> list[PaperLine]:
    return [
        _line(paper, "paper_past")
        for paper in papers
        if (ended := last_day(paper)) and ended < today and _is_shown(paper, listing)
    ]


def _line(
    paper: Certificate, code: str, *, star: bool = False, head: str | None = None, **more: str
) -> PaperLine:
    values = {
        "kind": certificate_name(paper),
        "stars": paper.stars or "",
        "number": masked_tax_code(paper.number),
        "issuer": sentence("paper_issuer", issuer=paper.issuer) if paper.issuer else "",
        "issued": written(paper.issued_on) or sentence("paper_day_unknown"),
        "until": sentence("paper_until", day=written(paper.expires_on)) if paper.expires_on else "",
        "expires": written(last_day(paper)),
        **more,
    }
    if head is None:
        head = sentence("star_head" if star else "paper_head", **values)
    seen = paper.original_seen_on
    source = sentence("original_seen", day=written(seen)) if seen else sentence("self_declared")
    return PaperLine(head, sentence(code, **values), source, star)
