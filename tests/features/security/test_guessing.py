"""Nobody finds out somebody else's password, or slips into a right meant for another, by way of a shared phone."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts import services
from ocop.accounts.models import Grant, User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Role, ScopeKind
from ocop.accounts.services import passwords
from ocop.config import Config
from ocop.db import secrets
from ocop.db.errors import Refused
from ocop.producers import services as producers
from tests.factories import a_group, a_user, an_officer, an_operator, an_owner

PHONE = "+84912000111"
ADDRESS = "192.0.2.7"


def _with_password(session: Session, name: str, phone: str, password: str) -> User:
    user = a_user(session, name, phone)
    user.password_hash = passwords.hashed(password)
    session.commit()
    return user


def test_v6_3_1_choosing_passwords_tells_only_a_few_times_what_a_phones_other_people_have(
    session: Session, engine: Engine, config: Config
) -> None:
    secret = secrets.load(config.secrets_dir).session
    _with_password(session, "Chị Mẫu", PHONE, "bi-mat-cua-chi")
    guesser = _with_password(session, "Kẻ dò", PHONE, "cua-ke-do-1")

    answers = []
    for guess in range(12):
        try:
            services.new_password_hash(
                engine, user_id=guesser.id, password=f"doan-mo-{guess}x", address=ADDRESS, secret=secret
            )
            answers.append("")
        except Refused as refusal:
            answers.append(refusal.code)

    assert answers[:5] == [""] * 5
    assert set(answers[5:]) == {"sign_in_locked"}


def test_v6_3_1_taking_over_a_phone_number_tells_only_a_few_times_who_shares_a_password(
    session: Session, engine: Engine, config: Config
) -> None:
    secret = secrets.load(config.secrets_dir).session
    _with_password(session, "Chị Mẫu", PHONE, "bi-mat-cua-chi")
    user, _producer, actor = an_owner(session)

    answers = []
    for guess in range(12):
        try:
            services.check_new_phone(
                engine, actor, phone=PHONE, password=f"doan-mo-{guess}x", address=ADDRESS, secret=secret
            )
            answers.append("")
        except Refused as refusal:
            answers.append(refusal.code)

    assert set(answers[5:]) == {"sign_in_locked"}


def test_v6_2_1_a_phone_of_ones_own_lets_one_choose_passwords_as_often_as_one_likes(
    session: Session, engine: Engine, config: Config
) -> None:
    secret = secrets.load(config.secrets_dir).session
    user = _with_password(session, "Chị Mẫu", PHONE, "bi-mat-cua-chi")

    hashes = [
        services.new_password_hash(
            engine, user_id=user.id, password=f"mat-ong-{n}x", address=ADDRESS, secret=secret
        )
        for n in range(7)
    ]

    assert len(set(hashes)) == 7


@pytest.mark.parametrize(
    ("role", "scope"), [(Role.COMMUNE_OFFICER, "15286"), (Role.PROVINCE_OFFICER, "38"), (Role.OPERATOR, "")]
)
def test_v8_2_1_an_account_that_took_an_officials_name_beforehand_does_not_become_the_official(
    session: Session, config: Config, role: Role, scope: str
) -> None:
    secret = secrets.load(config.secrets_dir).session
    _user, _producer, owner = an_owner(session)
    code = producers.add_member(session, owner, name="Trần Thị Cán Bộ", phone=PHONE, secret=secret)
    assert code is not None
    impostor = session.get_one(User, code.user_id)
    impostor.password_hash = "a password the owner chose"
    _operator, operator = an_operator(session)

    paper = producers.add_official(
        session, operator, name="Trần Thị Cán Bộ", phone=PHONE, role=role, scope_id=scope, secret=secret
    )

    assert paper is not None, "the true official gets a first code of their own"
    assert paper.user_id != impostor.id
    offices = session.scalars(select(Grant).where(Grant.scope_kind != ScopeKind.PRODUCER)).all()
    assert impostor.id not in {grant.user_id for grant in offices}


def test_an_official_who_gets_a_second_commune_keeps_the_one_account(
    session: Session, config: Config
) -> None:
    secret = secrets.load(config.secrets_dir).session
    _operator, operator = an_operator(session)
    who = {"name": "Trần Thị Cán Bộ", "phone": PHONE, "role": Role.COMMUNE_OFFICER, "secret": secret}
    first = producers.add_official(session, operator, scope_id="15286", **who)
    assert first is not None
    session.get_one(User, first.user_id).password_hash = "chosen with the code"

    second = producers.add_official(session, operator, scope_id="15271", **who)

    assert second is None
    assert len(session.scalars(select(User).where(User.phone == PHONE)).all()) == 1


def test_a_first_code_an_owner_handed_out_leads_to_no_office_given_in_that_name(
    session: Session, engine: Engine, config: Config
) -> None:
    secret = secrets.load(config.secrets_dir).session
    _user, _producer, owner = an_owner(session)
    early = producers.add_member(session, owner, name="Trần Thị Cán Bộ", phone=PHONE, secret=secret)
    assert early is not None
    stolen = services.plain_code(early, secret)
    _operator, operator = an_operator(session)

    paper = producers.add_official(
        session, operator, name="Trần Thị Cán Bộ", phone=PHONE, role=Role.OPERATOR, scope_id="", secret=secret
    )
    session.commit()

    opened = services.check_code(
        engine, phone=None, code=stolen, password="mat-ong-rung-1", address=ADDRESS, secret=secret
    )
    assert paper is not None and paper.user_id != opened.user_id
    assert not actor_for(session, opened.user_id).operator


def test_a_first_code_handed_out_for_a_village_group_is_no_way_into_another_commune(
    session: Session, config: Config
) -> None:
    """An officer opens an account in somebody's name, sets its password, and waits to be asked elsewhere."""
    secret = secrets.load(config.secrets_dir).session
    _, here = an_officer(session, "15286")
    _, there = an_officer(session, "15349")
    groups = {code: a_group(session, commune_code=code).id for code in ("15286", "15349")}
    who = {"name": "Lê Văn Mẫu", "phone": PHONE, "secret": secret}
    trap = producers.add_volunteer(session, here, group_id=groups["15286"], **who)
    session.get_one(User, trap.user_id).password_hash = "chosen by the officer"

    code = producers.add_volunteer(session, there, group_id=groups["15349"], **who)

    assert code is not None and code.user_id != trap.user_id
    assert actor_for(session, trap.user_id).groups == {groups["15286"]}
