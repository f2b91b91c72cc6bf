"""Papers: what they belong to, when they count, who sees them."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import select

from ocop.db.actor import NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.media.models import Media
from ocop.producers import queries, services
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from tests.factories import a_listing, a_photo, an_upload
from tests.features.producers.made import an_officer, an_owner


@pytest.fixture
def owner(session):
    return an_owner(session)


@pytest.fixture
def listing(session, owner):
    listing = a_listing(session, owner[1], name="Mắm tép mẫu")
    session.commit()
    return listing


def a_star(session, actor, listing, **facts):
    facts = {"issued_on": today() - dt.timedelta(days=30), "expires_on": None, "stars": 4, **facts}
    return services.add_certificate(
        session, actor, kind=CertificateKind.OCOP, number="01/QĐ-MẪU", listing_id=listing.id, **facts
    )


def test_a_star_is_written_down_with_its_decision_and_gets_thirty_six_months(
    browser, owner, listing, session
):
    browser.sign_in(owner[0])
    form = browser.open("/giay-to/moi").form("giay-to")
    form.fill(kind="ocop", listing_id=listing.id, stars="4", number="01/QĐ-MẪU", issued_on="30/07/2025")

    page = form.submit("Lưu giấy tờ")

    row = session.scalars(select(Certificate)).one()
    assert row.expires_on == dt.date(2028, 7, 29)
    assert "Giấy OCOP 4 sao" in page.text
    assert "Còn hạn đến 29/07/2028" in page.text
    assert page.html.select(".state svg.icon")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"listing_id": ""}, "gắn với một sản phẩm"),
        ({"stars": ""}, "3, 4 hoặc 5 sao"),
        ({"number": ""}, "cần số quyết định"),
        ({"issued_on": ""}, "cần ngày cấp"),
        ({"issued_on": "31/02/2026"}, "Không có ngày này"),
        ({"expires_on": "01/01/2020"}, "đứng trước ngày cấp"),
    ],
)
def test_a_star_with_something_missing_is_refused_with_one_sentence(browser, owner, listing, wrong, says):
    browser.sign_in(owner[0])
    right = {"kind": "ocop", "listing_id": listing.id, "stars": "4", "number": "1", "issued_on": "30/07/2025"}

    page = browser.open("/giay-to/moi").form("giay-to").fill(**{**right, **wrong}).submit(status=422)

    assert says in page.text


def test_a_star_shines_on_its_own_product_only(session, owner, listing):
    other = a_listing(session, owner[1], name="Sản phẩm khác")
    star = a_star(session, owner[2], listing)

    assert queries.star_of(session, listing.id, today()) == star
    assert queries.star_of(session, other.id, today()) is None
    assert CertificateKind.OCOP in queries.valid_kinds(session, owner[1].id, listing.id, today())
    assert CertificateKind.OCOP not in queries.valid_kinds(session, owner[1].id, other.id, today())


def test_a_star_disappears_by_itself_after_its_last_day(session, owner, listing, browser):
    star = a_star(session, owner[2], listing)
    session.commit()
    last = star.expires_on

    assert queries.star_of(session, listing.id, last) == star
    assert queries.star_of(session, listing.id, last + dt.timedelta(days=1)) is None
    session.commit()
    with time_machine.travel(
        dt.datetime.combine(last, dt.time(17, 30), dt.UTC)
    ):  # half past midnight in Việt Nam
        page = browser.sign_in(owner[0]).open("/giay-to")
    assert "Hết hạn ngày" in page.text


def test_a_revoked_star_is_gone_from_that_day(session, owner, listing):
    star = a_star(session, owner[2], listing)
    services.edit_certificate(
        session, owner[2], certificate_id=star.id, version=star.version, revoked_on=today(), stars=4
    )

    assert queries.star_of(session, listing.id, today()) is None


def test_a_paper_of_the_producer_counts_for_every_product(session, owner, listing):
    services.add_certificate(
        session,
        owner[2],
        kind=CertificateKind.FOOD_SAFETY,
        number="01/ATTP-MẪU",
        issued_on=None,
        expires_on=today() + dt.timedelta(days=10),
    )

    assert CertificateKind.FOOD_SAFETY in queries.valid_kinds(session, owner[1].id, listing.id, today())


def test_another_producers_product_cannot_carry_the_paper(session, owner, listing, browser):
    stranger, _, actor = an_owner(session)
    browser.sign_in(stranger)
    form = (
        browser.open("/giay-to/moi")
        .form("giay-to")
        .fill(kind="ocop", stars="5", number="1", issued_on="1/1/2026")
    )
    form.values["listing_id"] = [listing.id]

    form.submit(status=404)

    with pytest.raises(NotFound):
        a_star(session, actor, listing)


def test_another_producers_paper_does_not_exist(session, owner, listing, browser):
    star = a_star(session, owner[2], listing)
    session.commit()
    stranger, _, _ = an_owner(session)
    browser.sign_in(stranger)

    assert browser.raw(f"/giay-to/{star.id}").status_code == 404
    assert browser.post(f"/giay-to/{star.id}", {"kind": "other", "number": "x"}).status_code == 404
    assert browser.raw("/giay-to/khongcogica").status_code == 404


def test_another_producers_picture_cannot_be_attached(session, owner, listing, config):
    _, other, _ = an_owner(session)
    photo = a_photo(session, other, config.media_dir, public=False)

    with pytest.raises(NotFound):
        a_star(session, owner[2], listing, media_id=photo.id)


def test_the_scan_is_private_to_the_producers_people(browser, owner, listing, session):
    browser.sign_in(owner[0])
    form = browser.open("/giay-to/moi").form("giay-to")
    form.values["photos"] = [an_upload("giay.jpg", width=300, height=400)]
    form.fill(kind="food_safety", number="01/ATTP-MẪU").submit("Lưu giấy tờ")
    media = session.scalars(select(Media)).one()
    session.commit()
    stranger, _, _ = an_owner(session)

    own = browser.raw(f"/anh-rieng/{media.id}-page.webp")
    public = browser.raw(f"/anh/{media.id}-page.webp")
    foreign = browser.another().sign_in(stranger).raw(f"/anh-rieng/{media.id}-page.webp")

    assert not media.public
    assert own.data[:4] == b"RIFF"
    assert (own.status_code, public.status_code, foreign.status_code) == (200, 404, 404)
    own.close()


def test_a_file_that_is_no_picture_leaves_nothing_behind(browser, owner, session):
    browser.sign_in(owner[0])
    form = browser.open("/giay-to/moi").form("giay-to")
    form.values["photos"] = [an_upload("giay.pdf", b"%PDF-1.4 not a picture")]

    page = form.fill(kind="food_safety", number="1").submit(status=422)

    assert "không phải ảnh" in page.text
    assert session.scalars(select(Certificate)).all() == []


def test_two_people_editing_one_paper_see_both_versions(browser, owner, listing, session):
    star = a_star(session, owner[2], listing)
    session.commit()
    browser.sign_in(owner[0])
    form = browser.open(f"/giay-to/{star.id}").form("giay-to").fill(number="Số của tôi")
    services.edit_certificate(
        session, owner[2], certificate_id=star.id, version=star.version, number="Số của người kia"
    )
    session.commit()

    both = form.submit(status=409)
    both.form("giay-to").fill(number="Số của tôi").submit("Lưu các mục đã chọn")

    session.expire_all()
    assert "Số của người kia" in both.text
    assert session.get(Certificate, star.id).number == "Số của tôi"


def test_an_officer_of_the_commune_notes_to_have_seen_the_original(browser, owner, listing, session):
    star = a_star(session, owner[2], listing)
    session.commit()
    officer, _ = an_officer(session, owner[1].commune_code)
    browser.sign_in(officer)

    page = browser.open(f"/xa/co-so/{owner[1].id}").form("da-xem").submit("Đã xem bản gốc")

    session.expire_all()
    assert "Cán bộ xã đã xem bản gốc ngày" in page.text
    assert session.get(Certificate, star.id).original_seen_by == officer.name


def test_a_changed_paper_was_seen_by_nobody_any_more(session, owner, listing):
    star = a_star(session, owner[2], listing)
    _, officer = an_officer(session, owner[1].commune_code)
    services.mark_original_seen(session, officer, certificate_id=star.id)
    services.edit_certificate(session, owner[2], certificate_id=star.id, version=None, number="khác")

    assert star.original_seen_on is None


def test_an_officer_of_another_commune_sees_no_original(session, owner, listing, browser):
    star = a_star(session, owner[2], listing)
    session.commit()
    officer, _ = an_officer(session, "15349")

    assert browser.sign_in(officer).post(f"/xa/giay-to/{star.id}/da-xem").status_code == 404


def test_one_and_two_stars_have_no_certificate(session, owner, listing):
    with pytest.raises(Refused) as refused:
        a_star(session, owner[2], listing, stars=2)

    assert refused.value.code == "certificate_needs_stars"
