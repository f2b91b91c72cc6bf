"""The tour of five steps, which can be turned off, and the guides on one page of paper."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask, url_for
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.rules import TOUR_OFF
from ocop.training import rules
from tests.browser_client import Browser
from tests.factories import an_officer, an_operator, an_owner

ROOT = Path(__file__).parents[3]


def _seen(session: Session, user: User) -> int:
    session.expire_all()
    return session.get_one(User, user.id).tour


@pytest.mark.parametrize("kind", ["producer", "officer"])
def test_a_tour_leads_from_page_to_page_and_ends_after_five_steps(
    session: Session, browser: Browser, kind: str
) -> None:
    user = an_owner(session)[0] if kind == "producer" else an_officer(session)[0]
    session.commit()
    page = browser.sign_in(user).open("/")

    headings = []
    for number in range(1, 6):
        card = page.one(".tour")
        headings.append(card.h2.get_text())
        assert f"Bước {number}/5" in card.get_text()
        page = page.form("huong-dan/tiep").submit("Xong" if number == 5 else "Tiếp")

    assert headings == [step.heading for step in rules.tour(kind)]
    assert _seen(session, user) == TOUR_OFF
    assert page.path == "/huong-dan" and page.html.select(".tour") == []
    assert browser.open("/").html.select(".tour") == []


def test_the_card_stands_only_on_the_page_where_its_step_happens(session: Session, browser: Browser) -> None:
    user, _producer, _actor = an_owner(session)
    browser.sign_in(user)

    assert browser.open("/san-pham").html.select(".tour") == []
    browser.open("/").form("huong-dan/tiep").submit("Tiếp")

    assert browser.open("/").html.select(".tour") == []
    assert "Bước 2/5" in browser.open("/san-pham").one(".tour").get_text()


def test_the_tour_is_turned_off_on_the_spot_and_on_again_where_the_guides_are(
    session: Session, browser: Browser
) -> None:
    user, _producer, _actor = an_owner(session)

    page = browser.sign_in(user).open("/").form("huong-dan/tiep").submit("Tắt hướng dẫn")
    off = _seen(session, user)
    session.commit()
    again = browser.open("/huong-dan").form("/huong-dan/bat").submit()

    assert (page.path, off) == ("/", TOUR_OFF)
    assert page.html.select(".tour") == []
    assert "Bước 1/5" in again.one(".tour").get_text()


def test_an_operator_and_a_visitor_get_no_tour(session: Session, browser: Browser) -> None:
    operator, _actor = an_operator(session)

    assert browser.open("/huong-dan").html.select("form[action*=bat]") == []
    assert browser.sign_in(operator).open("/").html.select(".tour") == []


def test_every_step_has_a_page_of_its_own_that_exists(app: Flask) -> None:
    with app.test_request_context():
        for kind in ("producer", "officer"):
            paths = [url_for(step.endpoint) for step in rules.tour(kind)]
            assert len(set(paths)) == rules.TOUR_STEPS


def test_there_is_a_guide_for_each_kind_of_person(browser: Browser) -> None:
    page = browser.open("/huong-dan")

    for role, guide in rules.guides().items():
        opened = page.link(guide["title"])
        assert opened.path == f"/huong-dan/{role}"
        assert len(opened.html.select(".guide li")) == len(guide["steps"])
    assert len(rules.guides()) == 5
    assert browser.raw("/huong-dan/khong-co").status_code == 404


def test_every_button_a_guide_names_is_on_some_screen() -> None:
    sources = [
        *ROOT.glob("templates/**/*.html"),
        *ROOT.glob("ocop/web/wording/*.toml"),
        *ROOT.glob("ocop/**/forms*/**/*.py"),
    ]
    screens = "\n".join(path.read_text("utf-8") for path in sources if "guide" not in path.name)
    named = {
        word
        for guide in rules.guides().values()
        for text in (*(step["how"] for step in guide["steps"]), *guide["remember"])
        for word in re.findall(r"\|([^|]+)\|", text)
    }

    assert {word for word in named if f"'{word}'" not in screens and f'"{word}"' not in screens} == set()
    assert len(named) > 20
