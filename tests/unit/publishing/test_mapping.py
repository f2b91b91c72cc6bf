"""What a marketplace may see of a listing, without a database."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.media.models import Media
from ocop.media.rules import rendition_file
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing import mapping

DAY = dt.date(2026, 11, 21)
SHA = "ab" * 32


@pytest.fixture
def producer() -> Producer:
    return Producer(
        id="producer0001",
        kind=ProducerKind.HOUSEHOLD,
        name="Hộ Mẫu",
        commune_code="15286",
        hamlet="thôn Mẫu",
        tax_code="038099001234",
        representative="Người Mẫu",
        old_address="",
        hotline="0900 000 001",
        story="Chuyện của hộ.",
        brand="",
    )


@pytest.fixture
def listing(producer) -> Listing:
    texts = (
        "short_text",
        "story",
        "brand",
        "standards",
        "ingredients",
        "usage",
        "storage",
        "warning",
        "technical",
    )
    listing = Listing(
        id="listing00001", producer_id=producer.id, set_no=9, name="Mắm tép", origin="Việt Nam", ethanol="",
        date_style="use_by", other_trace_code="", label_group="", **dict.fromkeys(texts, ""),
    )  # fmt: skip
    listing.producer = producer
    listing.variants.append(
        Variant(
            sku="AAAA-1", label="Hũ", net_content=250, net_unit="g", price_vnd=70_000, wholesale_vnd=41_234
        )
    )
    return listing


def star(producer_id="producer0001", listing_id="listing00001", **values) -> Certificate:
    values = {
        "stars": 4,
        "number": "QĐ 1",
        "issuer": "",
        "expires_on": DAY,
        "kind": CertificateKind.OCOP,
        **values,
    }
    return Certificate(producer_id=producer_id, listing_id=listing_id, **values)


def seen(listing, *papers, day=DAY, media_dir=None):
    return mapping.payload(listing, papers, day=day, media_dir=media_dir)


def test_a_star_counts_through_its_last_day_and_not_one_day_longer(listing):
    last, after = seen(listing, star()), seen(listing, star(), day=DAY + dt.timedelta(days=1))

    assert (last.stars, last.ocop_decision, last.ocop_expires_on) == (4, "QĐ 1", DAY)
    assert (after.stars, after.ocop_decision, after.ocop_expires_on) == (None, "", None)


@pytest.mark.parametrize(
    "foreign",
    [
        star(listing_id="listing00002"),
        star(listing_id=None),
        star(producer_id="producer0002"),
        star(revoked_on=DAY),
        star(issued_on=DAY + dt.timedelta(days=1)),
        star(stars=None),
    ],
    ids=["other product", "producer's own", "other producer", "revoked", "not yet", "no stars"],
)
def test_a_star_that_is_not_this_products_own_valid_one_is_never_in_it(foreign, listing):
    payload = seen(listing, foreign)

    assert (payload.stars, payload.ocop_decision, payload.certificates) == (None, "", ())


def test_a_listing_not_saved_yet_borrows_no_star(listing):
    listing.id = None

    assert seen(listing, star(listing_id=None), star()).stars is None


def test_papers_are_named_in_vietnamese_and_a_lapsed_one_is_left_out(listing):
    valid = star(listing_id=None, kind=CertificateKind.FOOD_SAFETY, number="ATTP 1", stars=None)
    lapsed = star(
        listing_id=None, kind=CertificateKind.VIETGAP, expires_on=DAY - dt.timedelta(days=1), stars=None
    )
    personal = star(
        listing_id=None, kind=CertificateKind.BUSINESS_REGISTRATION, number="038099001234", stars=None
    )

    papers = seen(listing, valid, lapsed, personal).certificates

    assert [(paper.kind, paper.number) for paper in papers] == [("Giấy an toàn thực phẩm", "ATTP 1")]


def test_neither_wholesale_price_nor_personal_number_is_anywhere_in_it(listing):
    text = repr(seen(listing, star()))

    assert "41234" not in text and "038099001234" not in text


def test_the_hotline_goes_out_only_with_recorded_consent(listing):
    without = seen(listing).producer.phone
    listing.producer.hotline_consent_at = dt.datetime.now(dt.UTC)

    assert (without, seen(listing).producer.phone) == ("", "0900 000 001")


def test_every_pack_still_sold_is_in_it_and_one_taken_out_is_not(listing):
    listing.variants.append(
        Variant(sku="AAAA-2", label="", net_unit="g", price_vnd=None, removed_at=dt.datetime.now(dt.UTC))
    )
    listing.variants.append(Variant(sku="AAAA-3", label="", net_unit="g", price_vnd=None))

    assert [(v.sku, v.price_vnd) for v in seen(listing).variants] == [("AAAA-1", 70_000), ("AAAA-3", 0)]


def test_photo_bytes_are_read_only_when_asked_for(listing, tmp_path: Path):
    media = Media(id="media0000001", sha256=SHA, width=1600, height=1200, byte_size=9)
    listing.photos.append(ListingPhoto(media_id=media.id, position=0, shot="front", media=media))
    (photo,) = seen(listing, media_dir=tmp_path).photos
    path = tmp_path / rendition_file(SHA, "large")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"jpeg")

    assert photo.open() == b"jpeg"
    assert (photo.key, photo.sha256, photo.role) == ("media0000001", SHA, "front")


def test_a_payload_made_for_checks_cannot_open_photos(listing):
    media = Media(id="media0000001", sha256=SHA, width=1600, height=1200, byte_size=9)
    listing.photos.append(ListingPhoto(media_id=media.id, position=0, shot="front", media=media))

    with pytest.raises(RuntimeError):
        seen(listing).photos[0].open()


@pytest.mark.parametrize(
    "name, same",
    [
        ("MẮM TÉP ngon – Sàn X", True),
        ("Mam tep", True),
        ("Bánh gai lá dừa", False),
        ("Đăng nhập", False),
        ("", False),
    ],
)
def test_a_page_is_ours_when_it_says_at_least_half_of_our_name(name, same):
    assert mapping.same_product("Mắm tép", name) is same


def test_a_parcel_that_is_not_on_disk_has_no_contents(tmp_path):
    assert mapping.parcel_contents(tmp_path / "none.zip") is None
