"""A draft that somebody else goes on with: nothing typed is lost, and the first person is told."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Notice, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle
from ocop.db.actor import Actor, NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings import queries, services
from ocop.listings.models import Draft, Listing
from tests.browser_client import Browser
from tests.factories import a_delegation, a_group, a_listing, a_user, an_officer, an_owner


@dataclass
class Two:
    """A volunteer who began, and an officer; both help the same producer."""

    volunteer: User
    first: Actor
    officer: User
    second: Actor
    owner: Actor
    listing: Listing
    browser: Browser


@pytest.fixture
def two(session: Session, app: Flask, engine: Engine) -> Two:
    _user, producer, owner = an_owner(session)
    volunteer = a_user(session, "Chị Lan")
    officer, _looking = an_officer(session)
    a_delegation(session, producer, a_group(session, volunteer), Bundle.WRITE)
    a_delegation(session, producer, bundle=Bundle.WRITE)
    listing = a_listing(session, producer, name="Mắm tép")
    first, second = (actor_for(session, one.id, producer.id) for one in (volunteer, officer))
    session.commit()
    browser = Browser(app, engine).sign_in(officer, producer.id)
    return Two(volunteer, first, officer, second, owner, listing, browser)


def _typed(session: Session, actor: Actor, name: str, key: str = "") -> Draft:
    draft = services.save_draft(session, actor, listing_key=key, fields={"name": [name]})
    session.commit()
    return draft


def test_open_drafts_say_who_has_begun_what_and_when(two: Two, session: Session) -> None:
    _typed(session, two.first, "Bánh gai")
    _typed(session, two.second, "Mắm tép sửa", two.listing.id)

    found = queries.open_drafts(session, [two.listing.producer_id])

    assert [(one.who, one.name, one.listing_key) for one in found] == [
        (two.officer.name, "Mắm tép", two.listing.id),
        ("Chị Lan", "Bánh gai", ""),
    ]
    assert queries.open_drafts(session, ["khongcogi123"]) == []


def test_a_draft_taken_over_is_mine_as_it_stands_and_the_first_person_is_told(
    two: Two, session: Session
) -> None:
    draft = _typed(session, two.first, "Bánh gai")

    services.take_over(session, two.second, draft_id=draft.id, href="/san-pham/moi")
    session.commit()

    mine = queries.draft(session, two.second)
    notice = session.scalars(select(Notice)).one()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "draft.take_over")).one()
    assert mine.data["fields"]["name"] == ["Bánh gai"]
    assert queries.draft(session, two.first) is None
    assert (notice.user_id, notice.code) == (two.volunteer.id, "draft_taken")
    assert notice.params == {"who": two.officer.name, "product": "Bánh gai"}
    assert (entry.old, entry.new) == ({"user_id": two.volunteer.id}, {"user_id": two.officer.id})


def test_with_a_draft_of_my_own_both_are_kept(two: Two, session: Session) -> None:
    theirs = _typed(session, two.first, "Bản của Lan", two.listing.id)
    _typed(session, two.second, "Bản của tôi", two.listing.id)

    with pytest.raises(Refused, match="draft_own_first"):
        services.take_over(session, two.second, draft_id=theirs.id)

    session.rollback()
    names = {one.data["fields"]["name"][0] for one in session.scalars(select(Draft))}
    assert names == {"Bản của Lan", "Bản của tôi"}


def test_what_the_first_person_goes_on_typing_is_kept_too(two: Two, session: Session) -> None:
    draft = _typed(session, two.first, "Bánh gai")
    services.take_over(session, two.second, draft_id=draft.id)
    session.commit()

    _typed(session, two.first, "Bánh gai Tứ Trụ")

    assert queries.draft(session, two.first).data["fields"]["name"] == ["Bánh gai Tứ Trụ"]
    assert queries.draft(session, two.second).data["fields"]["name"] == ["Bánh gai"]


def test_a_draft_of_another_producer_is_not_there(two: Two, session: Session) -> None:
    _user, _producer, stranger = an_owner(session)
    draft = _typed(session, two.first, "Bánh gai")

    with pytest.raises(NotFound):
        services.take_over(session, stranger, draft_id=draft.id)
    with pytest.raises(NotAllowed):
        services.take_over(
            session, Actor("x", "x", two.listing.producer_id, frozenset({"producer.view"})), draft_id=draft.id
        )


def test_the_products_page_offers_to_go_on_with_it(two: Two, session: Session, engine: Engine) -> None:
    _typed(session, two.first, "Bánh gai")

    page = two.browser.open("/san-pham")
    screen = page.form("cua-nguoi-khac").submit("Làm tiếp bản này")

    assert "Chị Lan đang soạn dở “Bánh gai”, lưu lúc" in page.text
    assert screen.path == "/san-pham/moi"
    assert screen.one("input[name=name]")["value"] == "Bánh gai"
    with open_session(engine, read_only=True) as reading:
        assert reading.scalars(select(Draft)).one().user_id == two.officer.id


def test_the_draft_of_somebody_else_can_be_read_beside_my_own(two: Two, session: Session) -> None:
    _typed(session, two.first, "Bản của Lan", two.listing.id)
    _typed(session, two.second, "Bản của tôi", two.listing.id)

    page = two.browser.open(f"/san-pham/{two.listing.id}").link("Xem bản nháp")
    refused = two.browser.open(f"/san-pham/{two.listing.id}").form("cua-nguoi-khac").submit("Làm tiếp")

    assert "Bản của Lan" in page.text
    assert "Bản của cả hai còn đủ." in refused.text
    assert not refused.html.select("main form")


def test_a_helper_and_the_owner_who_save_the_same_product_both_see_both_versions(
    two: Two, session: Session
) -> None:
    form = (
        two.browser.open(f"/san-pham/{two.listing.id}").form(button="Lưu sản phẩm").fill(name="Tên cán bộ gõ")
    )
    kept = [{"id": one.id, "price_vnd": one.price_vnd} for one in two.listing.variants]
    services.save_listing(
        session, two.owner, listing_id=two.listing.id, fields={"name": "Tên chủ gõ"}, variants=kept
    )
    session.commit()

    page = form.submit("Lưu sản phẩm")

    assert page.path.endswith("/hai-ban")
    assert "Tên cán bộ gõ" in page.text
    assert "Tên chủ gõ" in page.text
