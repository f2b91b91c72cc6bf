"""The two hidden fields of every form, over HTTP, on the accounts' own forms."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocop.producers.models import Producer
from ocop.web.keys import SentForm
from tests.browser_client import Browser
from tests.factories import an_officer

NEW = {"name": "HTX Gửi hai lần (mẫu)", "kind": "cooperative", "commune_code": "15286"}


@pytest.fixture
def officer(browser: Browser, session: Session) -> Browser:
    user, _actor = an_officer(session)
    return browser.sign_in(user)


def _count(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(Producer).where(Producer.name == NEW["name"])) or 0


def test_the_same_form_sent_twice_is_done_once_and_answers_the_same(
    officer: Browser, session: Session
) -> None:
    keys = officer.keys()

    first = officer.client.post("/xa/them", data={**keys, **NEW})
    second = officer.client.post("/xa/them", data={**keys, **NEW})

    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert _count(session) == 1


def test_a_double_press_at_the_same_moment_is_done_once(officer: Browser, session: Session) -> None:
    keys, answers = officer.keys(), []
    cookies = officer.client

    def press() -> None:
        client = officer.app.test_client()
        for cookie in cookies._cookies.values():
            client.set_cookie(cookie.key, cookie.value)
        answers.append(client.post("/xa/them", data={**keys, **NEW}))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {a.status_code for a in answers} == {303}
    assert len({a.headers["Location"] for a in answers}) == 1
    assert _count(session) == 1


@pytest.mark.parametrize("spoil", ["no csrf", "foreign csrf", "no once", "short once"])
def test_a_form_that_is_not_from_our_page_changes_nothing(
    officer: Browser, session: Session, spoil: str
) -> None:
    keys = officer.keys()
    if spoil == "no csrf":
        keys.pop("csrf")
    if spoil == "foreign csrf":
        keys["csrf"] = officer.another().keys()["csrf"]
    if spoil == "no once":
        keys.pop("once")
    if spoil == "short once":
        keys["once"] = "1"

    answer = officer.client.post("/xa/them", data={**keys, **NEW})

    assert answer.status_code == 400
    assert _count(session) == 0


def test_a_refused_form_may_be_corrected_and_sent_with_the_same_key(
    officer: Browser, session: Session
) -> None:
    keys = officer.keys()

    refused = officer.client.post("/xa/them", data={**keys, **NEW, "name": ""})
    corrected = officer.client.post("/xa/them", data={**keys, **NEW})

    assert refused.status_code == 422
    assert corrected.status_code == 303
    assert session.scalar(select(func.count()).select_from(SentForm)) == 1
