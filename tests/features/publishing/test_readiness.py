"""What is still missing, for every channel at once. Every rule has a listing that fails it and one that passes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.checks import CHECKS
from marketplace_adapters.types import Rule
from ocop.db.base import today, utcnow
from ocop.listings.mapping import imagined
from ocop.listings.models import Listing, Variant
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing import queries
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState, Gap
from tests.factories import a_listing, an_owner, with_photos

LIMITS = {
    "name_too_short": 5, "name_too_long": 100, "short_text_too_long": 200, "story_too_long": 3000,
    "photos_too_few": 2, "photos_too_many": 4, "photo_too_small": 500, "photo_too_heavy": 2_000_000,
    "field_missing": ("usage",),
}  # fmt: skip


def everything(verified: bool) -> dict[str, Rule]:
    """A channel that asks for all a channel can ask for."""
    day = dt.date(2026, 11, 21)
    return {check.code: Rule(check.code, LIMITS.get(check.code), verified, day, "thử") for check in CHECKS}


@dataclass
class Strict:
    """A complete listing, and a channel that asks for everything."""

    session: Session
    listing: Listing
    channel: Channel

    def gaps(self) -> list[Gap]:
        self.session.flush()
        return queries.readiness(self.session, self.listing, [self.channel], today())[self.channel.id]

    def codes(self) -> set[str]:
        return {gap.code for gap in self.gaps()}


@pytest.fixture
def strict(session, config, monkeypatch) -> Strict:
    info = registry.channels()["practice"]
    monkeypatch.setitem(registry.channels(), "practice", replace(info, rules=everything(verified=True)))
    _user, producer, _actor = an_owner(session, hotline="0900 000 001", hotline_consent_at=utcnow())
    listing = with_photos(session, a_listing(session, producer), config.media_dir, 3)
    channel = Channel(
        marketplace="practice", name="Sàn kỹ tính", booth=BoothState.OPEN, settings_encrypted=b"x"
    )
    session.add(channel)
    session.flush()
    return Strict(session, listing, channel)


def pack(listing: Listing) -> Variant:
    return listing.variants[0]


def more_photos(listing: Listing) -> None:
    for photo in list(listing.photos)[:2]:
        listing.photos.append(
            type(photo)(media_id=photo.media_id, media=photo.media, position=9, shot="other")
        )


BREAKERS: dict[str, Callable[[Listing], object]] = {
    "name_missing": lambda one: setattr(one, "name", ""),
    "variants_missing": lambda one: setattr(pack(one), "removed_at", utcnow()),
    "sku_invalid": lambda one: setattr(pack(one), "sku", "mã có dấu"),
    "sku_repeated": lambda one: one.variants.append(
        Variant(sku=pack(one).sku, net_content=1, price_vnd=9000)
    ),
    "price_missing": lambda one: setattr(pack(one), "price_vnd", None),
    "price_suspicious": lambda one: setattr(pack(one), "price_vnd", 85),
    "text_missing": lambda one: [setattr(one, name, "") for name in ("short_text", "story")],
    "gtin_invalid": lambda one: setattr(pack(one), "gtin", "8938505974195"),
    "name_too_short": lambda one: setattr(one, "name", "Mắm"),
    "name_too_long": lambda one: setattr(one, "name", "Mắm tép " * 20),
    "short_text_missing": lambda one: setattr(one, "short_text", " "),
    "short_text_too_long": lambda one: setattr(one, "short_text", "chữ " * 60),
    "story_missing": lambda one: setattr(one, "story", ""),
    "story_too_long": lambda one: setattr(one, "story", "chữ " * 800),
    "net_content_missing": lambda one: setattr(pack(one), "net_content", None),
    "weight_missing": lambda one: setattr(pack(one), "packed_weight_g", None),
    "box_missing": lambda one: setattr(pack(one), "box_width_cm", None),
    "stock_missing": lambda one: setattr(pack(one), "stock", None),
    "field_missing": lambda one: setattr(one, "usage", ""),
    "photos_too_few": lambda one: one.photos.__delitem__(slice(1, None)),
    "photos_too_many": more_photos,
    "photo_too_small": lambda one: setattr(one.photos[0].media, "height", 200),
    "photo_too_heavy": lambda one: setattr(one.photos[0].media, "byte_size", 9_000_000),
    "back_label_photo_missing": lambda one: [setattr(photo, "shot", "other") for photo in one.photos],
    "producer_phone_missing": lambda one: setattr(one.producer, "hotline_consent_at", None),
    "ad_barred": lambda one: [setattr(one, "set_no", 14), setattr(one, "ethanol", "29,5% thể tích")],
    "label_ingredients": lambda one: setattr(one, "ingredients", ""),
    "label_shelf_life_days": lambda one: setattr(one, "shelf_life_days", None),
    "claim_superlative": lambda one: setattr(one, "story", "Mắm ngon số một cả tỉnh."),
    "claim_vietgap": lambda one: setattr(one, "story", "Rau VietGAP."),
}

# Cannot come from a listing of ours: every set has a category and every producer an address; nothing sets a
# reduced price yet.
NEVER_OURS = {"category_missing", "producer_address_missing", "sale_not_below_price"}


def test_a_complete_listing_misses_nothing_even_on_the_strictest_channel(strict):
    assert strict.gaps() == []


@pytest.mark.parametrize("code", BREAKERS)
def test_each_rule_is_met_by_the_complete_listing_and_broken_by_its_own_breaker(code, strict):
    before = strict.codes()

    with strict.session.no_autoflush:
        BREAKERS[code](strict.listing)
        gaps = queries.readiness(strict.session, strict.listing, [strict.channel], today())[strict.channel.id]

    assert code not in before
    assert code in {gap.code for gap in gaps}
    assert all(gap.sentence and gap.field for gap in gaps)
    assert all(len(re.findall(r"\S+", gap.sentence)) <= 20 for gap in gaps)


def test_the_table_leaves_no_rule_out():
    assert {check.code for check in CHECKS} - set(BREAKERS) == NEVER_OURS


def test_a_limit_nobody_could_verify_says_so_and_never_blocks(strict, monkeypatch):
    info = registry.channels()["practice"]
    monkeypatch.setitem(registry.channels(), "practice", replace(info, rules=everything(verified=False)))

    gaps = strict.gaps()

    assert gaps and {gap.severity for gap in gaps} == {"unverified"}
    assert all(gap.sentence.startswith("Chưa kiểm chứng") for gap in gaps)


@pytest.mark.parametrize("booth", [BoothState.NONE, BoothState.APPLIED, BoothState.WAITING])
def test_a_booth_that_is_not_open_comes_before_everything(booth, strict):
    strict.channel.booth = booth

    assert [(gap.code, gap.severity) for gap in strict.gaps()] == [("no_booth", "blocking")]


def test_a_shop_without_its_settings_is_not_connected(strict):
    strict.channel.settings_encrypted = None

    assert strict.codes() == {"not_connected"}


def test_what_blocks_comes_first_and_there_the_easiest(strict):
    for code in ("story_missing", "photos_too_few", "price_missing", "short_text_missing"):
        BREAKERS[code](strict.listing)

    order = [(gap.severity, gap.effort) for gap in strict.gaps()]

    ranks = [({"blocking": 0, "advice": 1, "unverified": 2}[severity], effort) for severity, effort in order]
    assert ranks == sorted(ranks)
    assert order[0][0] == "blocking"


def test_a_valid_paper_covers_its_claim_and_a_lapsed_one_does_not(strict):
    strict.listing.story = "Rau VietGAP."
    paper = Certificate(
        producer_id=strict.listing.producer_id, kind=CertificateKind.VIETGAP, number="VG", expires_on=today()
    )
    strict.session.add(paper)

    covered = strict.codes()
    paper.expires_on = today() - dt.timedelta(days=1)
    lapsed = strict.codes()

    assert covered == set()
    assert lapsed == {"claim_vietgap"}


def test_a_service_is_asked_for_neither_weight_nor_content_nor_label(strict):
    strict.listing.set_no = 26
    for code in ("net_content_missing", "weight_missing", "stock_missing", "back_label_photo_missing"):
        BREAKERS[code](strict.listing)

    assert strict.codes() == set()


def test_a_product_that_is_not_saved_yet_is_checked_without_a_query_of_its_own(strict):
    draft = imagined(
        strict.listing.producer,
        None,
        {name: getattr(strict.listing, name) for name in ("set_no", "name", "short_text", "story", "usage")},
        [{"price_vnd": 70_000, "net_content": 250}],
        [],
    )

    gaps = queries.readiness(strict.session, draft, [strict.channel], today())[strict.channel.id]

    assert "photos_too_few" in {gap.code for gap in gaps}


def test_every_shipped_channel_answers_for_the_complete_listing(session, config, channels, strict):
    found = queries.readiness(session, strict.listing, channels.values(), today())

    blocking = {gap.code for gaps in found.values() for gap in gaps if gap.severity == "blocking"}
    assert set(found) == {channel.id for channel in channels.values()}
    assert blocking == set()
