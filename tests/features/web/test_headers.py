from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ocop.app import create_app
from ocop.config import load
from tests.browser_client import Browser
from tests.factories import an_owner

PATHS = ["/", "/dang-nhap", "/khong-co-trang-nay", "/tra-tem", "/t/0000000000000", "/static/css/app.css"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_guarding_headers(browser: Browser, path: str) -> None:
    answer = browser.raw(path)

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_a_signed_in_page_is_not_kept_by_a_shared_phone(browser: Browser, session: Session) -> None:
    user, producer, _actor = an_owner(session)

    answer = browser.sign_in(user, producer.id).raw("/")

    assert answer.headers["Cache-Control"] == "no-store"


def test_over_https_cookies_are_host_bound_and_the_browser_told_to_stay(config, engine) -> None:
    secure = load({"OCOP_VAR": str(config.var), "OCOP_BASE_URL": "https://ocop.example"})
    client = create_app(secure, engine, testing=True).test_client()

    answer = client.get("/dang-nhap", base_url="https://ocop.example")

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert int(answer.headers["Strict-Transport-Security"].removeprefix("max-age=")) >= 31_536_000


def test_our_own_files_may_be_kept_for_a_year_when_their_address_says_the_version(browser: Browser) -> None:
    link = str(browser.open("/dang-nhap").html.select("link[rel=stylesheet]")[0]["href"])

    answer = browser.raw(link)

    assert "?v=" in link
    assert "immutable" in answer.headers["Cache-Control"]
