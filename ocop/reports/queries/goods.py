"""Products, what of them stands on marketplaces, and papers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo, Delivery
from ocop.listings.models import Listing
from ocop.listings.rules import product_set
from ocop.producers.mapping import certificate_name
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, masked_tax_code, valid_on
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import State
from ocop.reports.queries.reach import Reach, about, iso
from ocop.reports.rules.figures import Fact, Lists
from ocop.reports.rules.validity import validity
from ocop.web.wording import sentence

# Still there for a shopper, though it may show an old price or a claim that lapsed.
_ON_SALE = frozenset({State.LIVE, State.DRIFTED, State.NEEDS_UPDATE})
_STAR_LISTS = {3: "san_pham_sao_3", 4: "san_pham_sao_4", 5: "san_pham_sao_5"}
ROMAN = ("I", "II", "III", "IV", "V", "VI")


def products(session: Session, reach: Reach) -> Lists:
    """Products on the last day: all, by group, by set, by the stars valid that day."""
    stars = _stars(session, reach)
    found: Lists = defaultdict(list)
    for listing, producer in session.execute(_products_there(reach)):
        star, its_set = stars.get(listing.id), product_set(listing.set_no)
        fact = about(
            producer,
            listing.name,
            kind=sentence("fact_set", group=its_set.group_code, no=its_set.no, name=its_set.name),
            day=iso(star.issued_on) if star else "",
            until=iso(star.counts_until) if star else "",
            note=sentence("fact_star", stars=star.stars, number=star.number) if star else "",
        )
        group = ROMAN.index(its_set.group_code) + 1
        for key in ("san_pham_tong", f"san_pham_nhom_{group}", f"san_pham_bo_{its_set.no}"):
            found[key].append(fact)
        found[_STAR_LISTS[star.stars] if star and star.stars else "san_pham_chua_sao"].append(fact)
        if star:
            found["san_pham_co_sao"].append(fact)
    return dict(found)


def _products_there(reach: Reach):  # type: ignore[no-untyped-def]
    return (
        select(Listing, Producer)
        .join(Producer, Listing.producer_id == Producer.id)
        .where(
            reach.here(),
            Listing.created_at < reach.until,
            or_(Listing.archived_at.is_(None), Listing.archived_at >= reach.until),
        )
        .order_by(Producer.name, Listing.name, Listing.id)
    )


def _stars(session: Session, reach: Reach) -> dict[str, Certificate]:
    """The newest OCOP certificate that counts on the day, by product."""
    rows = session.scalars(
        select(Certificate)
        .join(Producer, Certificate.producer_id == Producer.id)
        .where(reach.here(), Certificate.kind == CertificateKind.OCOP, Certificate.stars.in_(_STAR_LISTS))
        .order_by(Certificate.issued_on, Certificate.created_at)
    )
    return {row.listing_id: row for row in rows if row.listing_id and _counts(row, reach.day)}


def _counts(row: Certificate, day: dt.date) -> bool:
    return valid_on(day, row.issued_on, row.counts_until, row.revoked_on)


def posts(session: Session, reach: Reach) -> Lists:
    """Posts a marketplace confirmed and that stood there on the last day; which of them are new; products among
    them. What is no marketplace is told apart.

    A state that was entered after the last day says nothing about that day: what was confirmed by then stood.
    """
    found: Lists = defaultdict(list)
    seen: set[str] = set()
    for post, channel, listing, producer in session.execute(_confirmed(reach)):
        if post.state not in _ON_SALE and post.state_since < reach.until:
            continue
        info = registry.channels().get(channel.marketplace)
        place = info.name if info else channel.name
        fact = about(producer, listing.name, kind=place, day=iso(post.confirmed_at), link=post.url)
        if left_out := not_a_marketplace(info):
            found[left_out].append(fact)
            continue
        assert info is not None
        found["bai_dang_tong"].append(fact)
        found[f"bai_dang_san_{info.code}"].append(fact)
        if post.confirmed_at >= reach.since:
            found["bai_dang_moi"].append(fact)
        if listing.id not in seen:
            seen.add(listing.id)
            found["san_pham_len_san"].append(fact)
    return dict(found)


def not_a_marketplace(info: ChannelInfo | None) -> str | None:
    """The line for what is no real marketplace: a practice one sells nothing, a feed is our own list that others
    may fetch and nobody confirmed. None for a real one."""
    if info is None or info.training:
        return "bai_dang_san_tap"
    if registry.adapter_class(info.protocol).delivery is Delivery.FEED:
        return "bai_dang_nguon_hang"
    return None


def _confirmed(reach: Reach):  # type: ignore[no-untyped-def]
    return (
        select(Publication, Channel, Listing, Producer)
        .join(Channel, Publication.channel_id == Channel.id)
        .join(Listing, Publication.listing_id == Listing.id)
        .join(Producer, Listing.producer_id == Producer.id)
        .where(reach.here(), Publication.confirmed_at < reach.until)
        .order_by(Producer.name, Listing.name, Publication.confirmed_at, Publication.id)
    )


def papers(session: Session, reach: Reach) -> Lists:
    """Papers by how they stand on the last day. One that ran out counts only while no other of its kind took its
    place."""
    rows = session.execute(
        select(Certificate, Producer, Listing.name)
        .join(Producer, Certificate.producer_id == Producer.id)
        .outerjoin(Listing, Certificate.listing_id == Listing.id)
        .where(reach.here(), Certificate.created_at < reach.until)
        .order_by(Certificate.expires_on, Producer.name, Certificate.id)
    ).all()
    replaced = {_what(row) for row, _, _ in rows if _counts(row, reach.day)}
    found: Lists = defaultdict(list)
    for row, producer, product in rows:
        key = validity(
            reach.day,
            issued_on=row.issued_on,
            expires_on=row.expires_on,
            counts_until=row.counts_until,
            revoked_on=row.revoked_on,
            filed_on=row.reassessment_filed_on,
        )
        if key is None or (key == "giay_het_han" and _what(row) in replaced):
            continue
        fact = _paper(row, producer, product or "")
        found[key].append(fact)
        if row.kind is CertificateKind.OCOP and key != "giay_het_han":
            found["giay_ocop"].append(fact)
    return dict(found)


def _what(row: Certificate) -> tuple[str, str, CertificateKind]:
    """Papers with the same answer stand in for one another."""
    return row.producer_id, row.listing_id or "", row.kind


def _paper(row: Certificate, producer: Producer, product: str) -> Fact:
    return about(
        producer,
        product or producer.name,
        kind=certificate_name(row),
        day=iso(row.issued_on),
        until=iso(row.expires_on),
        note=masked_tax_code(row.number),
    )
