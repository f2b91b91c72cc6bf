"""Papers that end soon, renewed at one meeting: one list, one photo, all or none."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from ocop.accounts.models import Delegation
from ocop.accounts.rules import Bundle
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.media.models import Media
from ocop.media.services import TakenIn
from ocop.producers import services
from tests.factories import a_delegation, a_producer, an_upload
from tests.features.producers.made import an_officer, an_owner

HERE, ELSEWHERE = "15286", "15349"
UNTIL = today() + dt.timedelta(days=300)
PICTURE = TakenIn("f" * 64, 100, 100, 1000)


def days(number):
    return today() + dt.timedelta(days=number)


@pytest.fixture
def officer(session):
    return an_officer(session, HERE)


@pytest.fixture
def asked(session):
    """Five producers: three whose paper ends within sixty days or ended in the last sixty."""
    made = {}
    for name, last in (("Sắp hết", 20), ("Vừa hết", -30), ("Mai hết", 1), ("Còn lâu", 61), ("Lâu rồi", -61)):
        producer = a_producer(session, name=name, commune_code=HERE)
        bundle = Bundle.PUBLISH if name == "Mai hết" else Bundle.WRITE
        made[name] = a_delegation(session, producer, HERE, bundle, valid_from=days(-200), valid_to=days(last))
    session.commit()
    return made


def running(session, producer_id):
    session.expire_all()
    wanted = select(Delegation).where(
        Delegation.producer_id == producer_id, Delegation.revoked_at.is_(None), Delegation.valid_to >= today()
    )
    found = session.scalars(wanted).all()
    session.commit()
    return found


def test_the_page_lists_what_ends_soon_or_ended_lately_the_first_to_end_first(
    browser, officer, asked, session
):
    elsewhere = a_producer(session, name="Xã khác", commune_code=ELSEWHERE)
    a_delegation(session, elsewhere, ELSEWHERE)
    session.commit()

    page = browser.sign_in(officer[0]).open("/xa/gia-han")

    shown = [label.get_text(" ", strip=True).split(" ·")[0] for label in page.html.select("#signed label")]
    assert shown == ["Vừa hết", "Mai hết", "Sắp hết"]


def test_who_ended_the_help_is_not_asked_to_sign_again(officer, asked, session):
    asked["Sắp hết"].revoked_at = dt.datetime.now(dt.UTC)
    newer = a_delegation(session, session.get(Delegation, asked["Vừa hết"].id) and a_producer(session), HERE)
    newer.producer_id = asked["Vừa hết"].producer_id
    newer.revoked_at = dt.datetime.now(dt.UTC)

    found = services.to_renew(session, officer[1], HERE)

    assert [given.id for given, _ in found] == [asked["Mai hết"].id]


def test_the_list_to_sign_has_the_words_once_and_a_line_for_each(browser, officer, asked):
    page = browser.sign_in(officer[0]).open("/xa/gia-han").link("In danh sách để ký")

    assert page.text.count("Tôi không giao mật khẩu, tài khoản ngân hàng.") == 1
    assert [cell.get_text() for cell in page.html.select("tbody th")] == ["Vừa hết", "Mai hết", "Sắp hết"]
    assert len(page.html.select(".to-sign")) == 3


def test_those_who_signed_are_renewed_with_one_photo_each_as_before(browser, officer, asked, session, config):
    form = browser.sign_in(officer[0]).open("/xa/gia-han").form("gia-han")
    form.values["photos"] = [an_upload("danh-sach.jpg", width=600, height=800)]
    form.fill(signed=[asked["Vừa hết"].id, asked["Mai hết"].id], valid_to=UNTIL.strftime("%d/%m/%Y"))

    page = form.submit("Gia hạn")

    first, second = (running(session, asked[name].producer_id)[-1] for name in ("Vừa hết", "Mai hết"))
    assert "Đã gia hạn" in page.text
    assert (first.bundle, second.bundle) == (Bundle.WRITE, Bundle.PUBLISH)
    assert {first.valid_to, second.valid_to} == {UNTIL}
    assert {first.given_how, second.given_how} == {"paper"}
    assert f"{UNTIL:%d/%m/%Y}" in first.words
    pictures = session.scalars(select(Media)).all()
    assert {(one.id, one.producer_id, one.public) for one in pictures} == {
        (first.media_id, first.producer_id, False),
        (second.media_id, second.producer_id, False),
    }
    assert running(session, asked["Sắp hết"].producer_id)[0].id == asked["Sắp hết"].id


def test_each_owner_sees_the_list_by_its_own_picture_only(browser, officer, session):
    owners = [an_owner(session, commune_code=HERE) for _ in range(2)]
    given = [a_delegation(session, producer, HERE) for _, producer, _ in owners]
    session.commit()
    form = browser.sign_in(officer[0]).open("/xa/gia-han").form("gia-han")
    form.values["photos"] = [an_upload("danh-sach.jpg", width=600, height=800)]
    form.fill(signed=[one.id for one in given]).submit("Gia hạn")
    first, second = (browser.another().sign_in(user) for user, _, _ in owners)

    mine = str(first.open("/nguoi-cung-dung").one("a[href*=anh-rieng]")["href"])

    assert first.raw(mine).status_code == 200
    assert second.raw(mine).status_code == 404


@pytest.mark.parametrize(
    ("ticked", "valid_to", "taken", "code"),
    [
        ([], UNTIL, PICTURE, "renewal_nobody"),
        (["Mai hết", "Còn lâu"], UNTIL, PICTURE, "renewal_changed"),
        (["Mai hết"], UNTIL, None, "paper_missing"),
        (["Mai hết", "Vừa hết"], days(400), PICTURE, "help_end_too_late"),
    ],
)
def test_a_list_with_a_fault_renews_nobody(officer, asked, session, ticked, valid_to, taken, code):
    before = len(session.scalars(select(Delegation)).all())

    with pytest.raises(Refused, match=code):
        services.renew_together(
            session, officer[1], commune_code=HERE, delegation_ids=[asked[name].id for name in ticked],
            valid_to=valid_to, taken=taken,
        )  # fmt: skip

    session.rollback()
    assert len(session.scalars(select(Delegation)).all()) == before


def test_a_fault_at_the_last_producer_undoes_the_first(browser, officer, asked, session, monkeypatch):
    """The second of two fails in the middle of the work; the page's transaction keeps nothing of the first."""
    really, calls = services.help.services.delegate, []

    def failing(*given, **named):
        calls.append(named["producer_id"])
        if len(calls) == 2:
            raise Refused("help_end_past", field="valid_to")
        return really(*given, **named)

    monkeypatch.setattr(services.help.services, "delegate", failing)
    form = browser.sign_in(officer[0]).open("/xa/gia-han").form("gia-han")
    form.values["photos"] = [an_upload("danh-sach.jpg", width=600, height=800)]

    form.fill(signed=[asked["Vừa hết"].id, asked["Mai hết"].id]).submit("Gia hạn", status=422)

    assert len(calls) == 2
    assert running(session, asked["Vừa hết"].producer_id) == []
    assert session.scalars(select(Media)).all() == []


def test_another_communes_list_is_not_there(browser, officer):
    assert browser.sign_in(officer[0]).raw(f"/xa/gia-han?xa={ELSEWHERE}").status_code == 404
