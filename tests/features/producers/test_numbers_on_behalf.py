"""A producer's public numbers: a helper fills in what is missing, and changes nothing that stands."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.queries import actor_for
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.producers import services
from ocop.producers.models import Producer
from tests.browser_client import Browser
from tests.factories import a_delegation, an_officer, an_owner

WORDS = "Đồng ý cho hiện số."


def _helper(session: Session, how: str = "paper", **values: object) -> tuple[User, Producer, Actor, Actor]:
    """(the officer, the producer, the officer at work for it, its owner)."""
    _user, producer, owner = an_owner(session, **values)
    officer, _looking = an_officer(session)
    a_delegation(session, producer, given_how=how)
    helper = actor_for(session, officer.id, producer.id)
    session.commit()
    return officer, producer, helper, owner


@pytest.mark.parametrize("number", ["hotline", "zalo"])
@pytest.mark.parametrize("new", ["0987654321", ""])
def test_a_number_that_stands_is_not_changed_or_cleared_for_somebody(
    session: Session, number: str, new: str
) -> None:
    _officer, producer, helper, owner = _helper(session, **{number: "0912345678"})

    with pytest.raises(Refused, match=f"{number}_is_theirs"):
        services.edit_producer(session, helper, version=producer.version, **{number: new})

    session.rollback()
    changed = services.edit_producer(session, owner, version=producer.version, **{number: new})
    assert getattr(changed, number) == new


def test_a_missing_number_may_be_filled_in_for_somebody(session: Session) -> None:
    _officer, producer, helper, _owner = _helper(session)

    saved = services.edit_producer(
        session, helper, version=producer.version, hotline="0912345678", zalo="0912345678"
    )

    assert (saved.hotline, saved.zalo, saved.hotline_consent_at) == ("0912345678", "0912345678", None)


@pytest.mark.parametrize("how", ["paper", "signature"])
def test_where_the_producer_signed_a_helper_records_the_consent_and_how_it_was_given(
    session: Session, how: str
) -> None:
    _officer, _producer, helper, _owner = _helper(session, how, hotline="0912345678")

    saved = services.set_hotline_consent(session, helper, agreed=True, wording=WORDS)

    assert saved.hotline_consent_by == f"{helper.name} (làm hộ, theo phiếu đã ký)"
    assert saved.hotline_consent_text == WORDS


@pytest.mark.parametrize("how", ["account", "code", "demo"])
def test_who_has_an_account_says_yes_there_and_not_through_a_helper(session: Session, how: str) -> None:
    _officer, producer, helper, _owner = _helper(session, how, hotline="0912345678")

    with pytest.raises(Refused, match="hotline_consent_is_theirs"):
        services.set_hotline_consent(session, helper, agreed=True, wording=WORDS)
    with pytest.raises(Refused, match="hotline_consent_is_theirs"):
        services.edit_producer(
            session, helper, version=producer.version, hotline_agreed=True, consent_wording=WORDS
        )


def test_a_consent_that_was_given_is_not_taken_back_for_somebody(session: Session) -> None:
    _officer, producer, helper, _owner = _helper(session, hotline="0912345678")
    producer.hotline_consent_at, producer.hotline_consent_by = utcnow(), "Bà chủ"
    session.commit()

    with pytest.raises(Refused, match="hotline_consent_stands"):
        services.set_hotline_consent(session, helper, agreed=False, wording=WORDS)

    session.rollback()
    kept = services.edit_producer(
        session, helper, version=producer.version, story="Chuyện", hotline_agreed=True, consent_wording="Khác"
    )
    assert kept.hotline_consent_by == "Bà chủ"


def test_on_the_page_the_refusal_is_a_sentence_and_the_number_stays(
    session: Session, app: Flask, engine: Engine
) -> None:
    officer, producer, _helper_actor, _owner = _helper(session, hotline="0912345678")
    browser = Browser(app, engine).sign_in(officer, producer.id)

    page = browser.open("/co-so").form(button="Lưu").fill(hotline="0987654321").submit("Lưu", status=422)

    assert "Làm hộ không đổi, không xóa số công khai đang dùng." in page.text
    with open_session(engine, read_only=True) as reading:
        assert reading.get_one(Producer, producer.id).hotline == "0912345678"
