"""What a helper changed on a product that is on sale stays hidden until it is read out; both sides are told."""

from __future__ import annotations

import pytest

from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import State
from tests.factories import a_delegation, a_listing, an_officer, an_owner


@pytest.fixture
def changed_by_the_office(session):
    """A live product whose story the office has rewritten; owner and officer."""
    owner, producer, _ = an_owner(session)
    officer, _ = an_officer(session)
    a_delegation(session, producer)
    listing = a_listing(session, producer)
    channel = Channel(marketplace="practice", name="Sàn tập dượt")
    session.add(Publication(listing=listing, channel=channel, state=State.LIVE))
    session.commit()
    listing.story, listing.written_on_behalf = "Chuyện cán bộ viết lại.", True
    session.commit()
    return owner, officer, listing


def test_the_owner_and_the_officer_are_told(browser, session, changed_by_the_office):
    owner, officer, listing = changed_by_the_office

    browser.sign_in(owner)
    home = browser.open("/")
    other = browser.another()
    other.sign_in(officer)
    morning = other.open("/xa/hom-nay")

    assert "Người làm hộ vừa sửa, chưa đọc lại cho cơ sở." in home.text
    assert home.html.select(f'a[href="/san-pham/{listing.id}"]')
    assert "Sửa hộ, chưa đọc lại" in morning.text
    assert "đã sửa hộ, chưa đọc lại nên trang hàng tạm ẩn" in morning.text


def test_once_the_producer_has_sent_it_nobody_is_told_any_more(browser, session, changed_by_the_office):
    owner, officer, listing = changed_by_the_office
    session.refresh(listing)
    post = session.query(Publication).one()
    post.asked_version = listing.version
    session.commit()

    browser.sign_in(owner)
    home = browser.open("/").text
    other = browser.another()
    other.sign_in(officer)
    morning = other.open("/xa/hom-nay").text

    assert "chưa đọc lại" not in home
    assert "chưa đọc lại" not in morning
