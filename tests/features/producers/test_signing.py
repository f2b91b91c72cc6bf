"""The helper's side: the sheet to sign, its photo with two boxes, a signature on the screen."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from ocop.accounts.models import Delegation, Notice
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle, HelperKind
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.base import today
from ocop.media.models import Media
from ocop.producers import services
from tests.factories import a_delegation, a_group, a_producer, a_user, an_upload
from tests.features.producers.made import an_officer

HERE, ELSEWHERE = "15286", "15349"


@pytest.fixture
def officer(session, browser):
    user, _ = an_officer(session, HERE)
    browser.sign_in(user)
    return user


@pytest.fixture
def producer(session):
    made = a_producer(session, name="Hộ Mẫu Đồng Trũng", representative="Bà Mẫu", commune_code=HERE)
    session.commit()
    return made


def recorded(session):
    found = session.scalars(select(Delegation)).all()
    session.commit()
    return found


def signed(browser, path, button, *, name="phieu.jpg", **answers):
    form = browser.open(path).form(path.partition("?")[0])
    form.values["photos"] = [an_upload(name, width=300, height=400, kind="PNG" if "png" in name else "JPEG")]
    for box in ("may_publish", "may_stamp"):
        if answers.pop(box, False):
            form.values[box] = ["y"]
    return form.fill(**answers).submit(button)


def test_a_signed_paper_lets_the_office_act_until_its_day(browser, officer, producer, session):
    until = today() + dt.timedelta(days=90)
    signed(
        browser, f"/xa/co-so/{producer.id}/ghi-phieu", "Ghi phiếu", valid_to=until.strftime("%d/%m/%Y"),
        may_publish=True, may_stamp=True,
    )  # fmt: skip

    working = browser.open("/xa").form("chon-co-so").submit("Làm hộ")

    (given,) = recorded(session)
    paper = session.get(Media, given.media_id)
    session.commit()
    assert (given.helper_kind, given.helper_id, given.valid_to) == (HelperKind.OFFICE, HERE, until)
    assert (given.given_how, given.recorded_by, given.bundle) == ("paper", officer.id, Bundle.PUBLISH)
    assert (paper.producer_id, paper.public) == (producer.id, False)
    assert "Đang làm hộ" in working.text
    assert browser.raw("/co-so").status_code == 200
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.code, notice.producer_id) == ("help_recorded", producer.id)


@pytest.mark.parametrize("box", ["may_publish", "may_stamp", None])
def test_publishing_needs_both_boxes_and_what_was_ticked_is_kept(browser, officer, producer, session, box):
    ticked = {box: True} if box else {}

    signed(browser, f"/xa/co-so/{producer.id}/ghi-phieu", "Ghi phiếu", **ticked)

    (given,) = recorded(session)
    assert given.bundle is Bundle.WRITE
    assert ("☒ đăng bán" in given.words, "☒ in tem" in given.words) == (
        box == "may_publish",
        box == "may_stamp",
    )
    assert not actor_for(session, officer.id, producer.id).may("publish")


def test_without_the_picture_of_the_paper_nothing_is_recorded(browser, officer, producer, session):
    path = f"/xa/co-so/{producer.id}/ghi-phieu"

    page = browser.open(path).form("ghi-phieu").submit("Ghi phiếu", status=422)

    assert "Chưa có ảnh phiếu đã ký" in page.text
    assert recorded(session) == []


def test_a_paper_runs_at_most_twelve_months(browser, officer, producer, session):
    form = browser.open(f"/xa/co-so/{producer.id}/ghi-phieu").form("ghi-phieu")
    form.values["photos"] = [an_upload("phieu.jpg", width=300, height=400)]

    page = form.fill(valid_to="01/01/2031").submit("Ghi phiếu", status=422)

    assert "nhiều nhất 12 tháng" in page.text
    assert recorded(session) == []


def test_a_signature_on_the_screen_is_a_picture_of_the_producer(browser, officer, producer, session):
    page = browser.open(f"/xa/co-so/{producer.id}/ky")

    signed(
        browser, f"/xa/co-so/{producer.id}/ky", "Tôi đồng ý", name="chu-ky.png", may_publish=True, may_stamp=True
    )  # fmt: skip

    (given,) = recorded(session)
    assert "Tôi nhờ UBND xã Hoạt Giang soạn, chụp ảnh, ghi nhật ký" in page.text
    assert "Tôi không giao mật khẩu, tài khoản ngân hàng." in page.text
    assert (given.given_how, given.bundle) == ("signature", Bundle.PUBLISH)
    assert session.get(Media, given.media_id).producer_id == producer.id


def test_without_script_the_page_says_to_use_the_paper_and_takes_no_empty_signature(
    browser, officer, producer, session
):
    page = browser.open(f"/xa/co-so/{producer.id}/ky")

    refused = page.form("/ky").submit("Tôi đồng ý", status=422)

    assert "In phiếu giấy để ký" in page.one("[data-no-signature]").get_text()
    assert "Chưa có chữ ký" in refused.text
    assert recorded(session) == []


def test_the_sheet_has_the_agreed_words_two_empty_boxes_and_room_to_sign(browser, officer, producer, session):
    group = a_group(session, name="Tổ công nghệ số thôn Mẫu 1")
    session.commit()

    office = browser.open(f"/xa/co-so/{producer.id}/phieu")
    village = browser.open(f"/xa/co-so/{producer.id}/phieu?to={group.id}")

    assert "☐ đăng bán sau khi đọc lại cho tôi nghe ☐ in tem đúng số gói." in office.text
    assert "Tôi nhờ UBND xã Hoạt Giang soạn" in office.text
    assert "Tôi nhờ Tổ công nghệ số thôn Mẫu 1 soạn" in village.text
    assert "tôi thôi nhờ lúc nào cũng được" in office.text and "ký, ghi rõ họ tên" in office.text


def test_an_officer_writes_down_a_paper_for_a_village_group(browser, officer, producer, session):
    volunteer = a_user(session)
    group = a_group(session, volunteer)
    session.commit()

    signed(browser, f"/xa/co-so/{producer.id}/ghi-phieu?to={group.id}", "Ghi phiếu")

    (given,) = recorded(session)
    assert (given.helper_kind, given.helper_id) == (HelperKind.GROUP, group.id)
    assert actor_for(session, volunteer.id, producer.id).on_behalf
    assert actor_for(session, officer.id, producer.id).producer_id is None


def test_a_volunteer_takes_a_new_signature_of_who_asked_the_group_and_of_nobody_else(
    browser, producer, session
):
    volunteer = a_user(session)
    group = a_group(session, volunteer)
    a_delegation(session, producer, group, Bundle.WRITE)
    stranger = a_producer(session, commune_code=HERE)
    session.commit()
    browser.sign_in(volunteer)

    page = signed(
        browser, f"/xa/co-so/{producer.id}/ky?to={group.id}", "Tôi đồng ý", name="chu-ky.png", may_publish=True,
        may_stamp=True,
    )  # fmt: skip

    assert page.path == "/chon-co-so"
    assert [given.bundle for given in recorded(session) if given.revoked_at is None] == [Bundle.PUBLISH]
    for path in ("/phieu", "/ghi-phieu", "/ky"):
        assert browser.raw(f"/xa/co-so/{stranger.id}{path}").status_code == 404


def test_a_volunteer_writes_nothing_down_for_the_office(session, producer):
    volunteer = a_user(session)
    group = a_group(session, volunteer)
    a_delegation(session, producer, group, Bundle.WRITE)
    actor = actor_for(session, volunteer.id)

    with pytest.raises(NotAllowed):
        services.record_signed(
            session, actor, producer_id=producer.id, publish=True, stamps=True, valid_to=today(), media_id="x"
        )


def test_a_paper_for_a_producer_out_of_reach_is_refused_and_leaves_no_picture(browser, officer, session):
    foreign = a_producer(session, commune_code=ELSEWHERE)
    actor = actor_for(session, officer.id)
    session.commit()

    for path in ("ghi-phieu", "ky"):
        answer = browser.post(
            f"/xa/co-so/{foreign.id}/{path}", {"valid_to": today().isoformat(), "photos": an_upload()}
        )
        assert answer.status_code == 404

    assert session.scalars(select(Media)).all() == []
    with pytest.raises(NotFound):
        services.record_signed(
            session, actor, producer_id=foreign.id, publish=True, stamps=True, valid_to=today(), media_id="x"
        )
