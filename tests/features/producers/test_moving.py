"""A producer moves, a commune is merged away: the place changes, its history stays, and help goes where it belongs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ocop.accounts.models import Delegation, HelpingGroup, Notice
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Bundle
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.errors import Refused
from ocop.producers import queries, services
from ocop.producers.models import ProducerPlace
from tests.factories import a_delegation, a_group, a_producer, a_user, an_officer, an_operator, an_owner

HOAT_GIANG, HA_TRUNG = "15286", "15271"


def test_a_move_keeps_the_old_place_and_ends_the_help_of_the_old_office_and_group(session):
    officer, actor = an_officer(session)
    producer = a_producer(session, hamlet="thôn Trung", old_address="xã Yên Dương, huyện Hà Trung")
    member = a_user(session)
    group = a_group(session, member)
    a_delegation(session, producer)
    a_delegation(session, producer, group, Bundle.WRITE)
    before = [actor_for(session, who.id, producer.id).may("listing.edit") for who in (officer, member)]

    services.move_producer(
        session, actor, producer_id=producer.id, commune_code=HA_TRUNG, hamlet="thôn Mới", why="moved"
    )
    session.commit()

    after = [actor_for(session, who.id, producer.id).producer_id for who in (officer, member)]
    place = session.scalars(select(ProducerPlace)).one()
    ended = session.scalars(select(Delegation.ended_why)).all()
    assert (before, after) == ([True, True], [None, None])
    assert (place.commune_code, place.hamlet, place.why) == (HOAT_GIANG, "thôn Trung", "moved")
    assert place.commune_name == "Xã Hoạt Giang, tỉnh Thanh Hóa"
    assert ended == ["moved", "moved"]
    assert session.scalars(select(Notice.code)).all() == ["help_ended_moved"]


def test_the_owner_who_writes_down_another_commune_moves_in_the_same_way(session):
    _, producer, actor = an_owner(session)
    a_delegation(session, producer)

    services.edit_producer(session, actor, version=producer.version, commune_code=HA_TRUNG)
    session.commit()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "producer.edit")).one()
    assert entry.old == {"commune_code": HOAT_GIANG} and entry.new == {"commune_code": HA_TRUNG}
    assert [place.commune_code for place in queries.places_before(session, producer.id)] == [HOAT_GIANG]
    assert session.scalars(select(Delegation.ended_why)).all() == ["moved"]


def test_only_an_officer_of_the_present_commune_or_an_operator_moves_a_producer(session):
    producer = a_producer(session)
    _, stranger = an_officer(session, HA_TRUNG)
    _, operator = an_operator(session)
    to = {"producer_id": producer.id, "commune_code": HA_TRUNG, "hamlet": ""}

    with pytest.raises(NotFound):
        services.move_producer(session, stranger, **to)
    services.move_producer(session, operator, **to)

    assert producer.commune_code == HA_TRUNG


@pytest.mark.parametrize(("code", "refused"), [("99999", "field_commune"), (HOAT_GIANG, "same_commune")])
def test_a_move_to_nowhere_or_to_the_same_place_is_refused(session, code, refused):
    _, actor = an_officer(session)
    producer = a_producer(session)

    with pytest.raises(Refused) as refusal:
        services.move_producer(session, actor, producer_id=producer.id, commune_code=code, hamlet="")

    assert refusal.value.code == refused
    assert session.scalars(select(ProducerPlace)).all() == []


def test_merging_two_communes_takes_producers_groups_and_consent_along(session):
    _, operator = an_operator(session)
    old_officer, _ = an_officer(session)
    new_officer, _ = an_officer(session, HA_TRUNG)
    helped, alone = a_producer(session), a_producer(session)
    group = a_group(session, a_user(session))
    given = a_delegation(session, helped, words="Tôi nhờ UBND xã soạn")
    by_group = a_delegation(session, helped, group, Bundle.WRITE)

    count = services.merge_communes(session, operator, old_code=HOAT_GIANG, new_code=HA_TRUNG)
    session.commit()

    successor = session.scalars(select(Delegation).where(Delegation.helper_id == HA_TRUNG)).one()
    assert count == 2
    assert {helped.commune_code, alone.commune_code} == {HA_TRUNG}
    assert session.get(HelpingGroup, group.id).commune_code == HA_TRUNG
    assert given.ended_why == "merged" and by_group.revoked_at is None
    assert (successor.words, successor.valid_to) == (given.words, given.valid_to)
    assert actor_for(session, new_officer.id, helped.id).may("publish")
    assert actor_for(session, new_officer.id, alone.id).producer_id is None
    assert actor_for(session, old_officer.id, helped.id).producer_id is None
    assert session.scalars(select(Notice.code)).all() == ["help_office_merged"]
    assert [place.why for place in queries.places_before(session, helped.id)] == ["merged"]


def test_an_officer_merges_nothing(session):
    _, officer = an_officer(session)

    with pytest.raises(NotAllowed):
        services.merge_communes(session, officer, old_code=HOAT_GIANG, new_code=HA_TRUNG)


def test_the_officer_moves_a_producer_on_the_page_and_no_longer_sees_it(browser, session):
    officer, _ = an_officer(session)
    producer = a_producer(session)
    session.commit()
    browser.sign_in(officer)

    found = (
        browser.open(f"/xa/co-so/{producer.id}/chuyen").form("/chuyen").fill(commune_code_search="ha trung")
    )
    chosen = found.submit("Tìm", status=422).form("/chuyen").fill(commune_code=HA_TRUNG, hamlet="thôn Mới")
    after = chosen.submit("Chuyển cơ sở")

    assert "Đã chuyển cơ sở" in after.text
    assert browser.raw(f"/xa/co-so/{producer.id}").status_code == 404


def test_the_operator_merges_on_the_page(browser, session):
    operator, _ = an_operator(session)
    producer = a_producer(session)
    session.commit()
    browser.sign_in(operator)

    form = browser.open("/van-hanh/gop-xa").form("/gop-xa").fill(commune_code_search="ha trung")
    form = form.submit("Tìm", status=422).form("/gop-xa").fill(old_code=HOAT_GIANG, commune_code=HA_TRUNG)
    after = form.submit("Gộp xã")

    session.refresh(producer)
    assert "Đã gộp xã" in after.text
    assert producer.commune_code == HA_TRUNG
