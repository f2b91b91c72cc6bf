from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.accounts.rules import Role, ScopeKind
from ocop.db.base import utcnow
from tests.browser_client import Browser
from tests.factories import a_delegation, a_grant, a_producer, a_user, an_owner


def test_a_helper_whose_grant_was_revoked_reads_so_on_the_next_click(
    browser: Browser, session: Session
) -> None:
    producer, helper = a_producer(session), a_user(session)
    a_grant(session, helper, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, producer.commune_code)
    given = a_delegation(session, producer, producer.commune_code)
    session.commit()
    browser.sign_in(helper, producer.id).open("/lo")
    given.revoked_at = utcnow()
    session.commit()

    page = browser.open("/lo", status=404)

    assert "đã thôi nhờ" in page.text


def test_another_producers_page_tells_nothing_about_being_there(browser: Browser, session: Session) -> None:
    user, producer, _actor = an_owner(session)

    page = browser.sign_in(user, producer.id).open("/lo/000000000000", status=404)

    assert "Không có trang này, hoặc không thuộc cơ sở đang làm." in page.text
