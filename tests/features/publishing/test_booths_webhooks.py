"""A shop tells us of a change: its signature is asked for, then the post is looked at, and nothing else happens."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from marketplace_adapters import registry
from marketplace_adapters.practice import webhooks
from ocop.accounts.models import User
from ocop.db import secrets
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.publishing import services
from ocop.publishing.models import Channel, Publication, RemoteItem
from ocop.publishing.rules import State
from ocop.publishing.services.connecting import WEBHOOK_SECRET
from ocop.publishing.views.webhooks import MOST_BYTES

SECRET = "con dau cua cua hang"


@pytest.fixture
def booth(session, config, channels) -> Channel:
    """The practice shop, as if it had been asked to call us."""
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    channel = channels["practice"]
    services.connecting.keep_settings(
        channel, {**services.open_settings(channel, cipher), WEBHOOK_SECRET: SECRET}, cipher
    )
    session.commit()
    return channel


@pytest.fixture
def post(session, seller, booth) -> Publication:
    tomorrow = utcnow() + dt.timedelta(days=1)
    made = Publication(
        listing=seller.listing,
        channel=booth,
        state=State.LIVE,
        wanted="look",
        due_at=tomorrow,
        sent_version=1,
    )
    made.items.append(RemoteItem(sku=seller.listing.variants[0].sku, remote_id="41", state="live"))
    session.add(made)
    session.commit()
    return made


def told(browser, channel, product_id=41, *, secret=SECRET, topic="product.updated", **change):
    headers, body = webhooks.delivery({"id": product_id, "status": "publish"}, topic, secret)
    return browser.client.post(f"/moc/{channel.id}", data=change.get("body", body), headers=headers)


@pytest.mark.parametrize("topic", ["product.updated", "product.deleted"])
def test_a_signed_call_lets_the_post_be_looked_at_now(topic, browser, booth, post, ledger):
    answer = told(browser, booth, topic=topic)

    now = ledger.post(post)
    assert (answer.status_code, answer.data) == (200, b"")
    assert now.wanted == "look" and now.due_at <= utcnow()
    assert now.state is State.LIVE


def test_a_resting_post_is_woken_for_a_look(session, browser, booth, post, ledger):
    post.rest()
    session.commit()

    told(browser, booth)

    assert ledger.post(post).wanted == "look"


@pytest.mark.parametrize("wanted", ["publish", "update", "withdraw", "pause", "resume"])
def test_what_is_to_be_done_to_a_post_is_not_disturbed(wanted, session, browser, booth, post, ledger):
    later = utcnow() + dt.timedelta(hours=3)
    post.wanted, post.due_at = wanted, later
    session.commit()

    answer = told(browser, booth)

    assert answer.status_code == 200
    assert (ledger.post(post).wanted, ledger.post(post).due_at) == (wanted, later)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.FAILED, State.QUEUED])
def test_a_post_that_is_not_online_is_left_alone(state, session, browser, booth, post, ledger):
    post.state, post.wanted, post.due_at = state, "none", None
    session.commit()

    told(browser, booth)

    assert ledger.post(post).wanted == "none"


@pytest.mark.parametrize("change", [{"secret": "khac"}, {"body": b'{"id": 41, "status": "trash"}'}])
def test_a_false_signature_is_turned_away_without_a_word(change, browser, booth, post, ledger):
    before = ledger.post(post).due_at

    answer = told(browser, booth, **change)

    assert (answer.status_code, answer.data) == (401, b"")
    assert ledger.post(post).due_at == before


def test_a_booth_without_a_secret_and_an_unknown_booth_answer_alike(session, browser, channels):
    session.commit()

    answers = [told(browser, channels["practice"], secret=""), told(browser, channels["thanh_hoa"])]
    answers.append(browser.client.post("/moc/khongcocaiay", data=b"{}"))

    assert [(one.status_code, one.data) for one in answers] == [(401, b"")] * 3


def test_a_product_that_is_not_ours_is_no_news(browser, booth, post, ledger):
    before = ledger.post(post).due_at

    answer = told(browser, booth, product_id=999)

    assert answer.status_code == 200
    assert ledger.post(post).due_at == before


def test_the_same_number_at_another_booth_is_another_post(session, seller, browser, booth, channels, ledger):
    other = Publication(listing=seller.listing, channel=channels["thanh_hoa"], state=State.LIVE)
    other.items.append(RemoteItem(sku="X", remote_id="41"))
    session.add(other)
    session.commit()

    told(browser, booth)

    assert ledger.post(other).wanted == "none"


def test_the_shops_unsigned_ping_is_answered_friendly(browser, booth):
    answer = browser.client.post(
        f"/moc/{booth.id}",
        data=b"webhook_id=7",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert answer.status_code == 200


def test_a_flood_of_true_calls_leaves_one_entry(browser, booth, post, engine):
    for _ in range(5):
        told(browser, booth)

    with open_session(engine, read_only=True) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "told.publication")).all()
    assert [entry.user_name for entry in entries] == ["máy"]


def test_what_is_longer_than_a_product_is_not_read(browser, booth):
    answer = browser.client.post(f"/moc/{booth.id}", data=b"x" * (MOST_BYTES + 1))

    assert answer.status_code == 413


def test_no_cookie_is_set_and_the_address_answers_to_posts_only(browser, booth):
    answer = told(browser, booth, secret="khac")

    assert "Set-Cookie" not in answer.headers
    assert browser.raw(f"/moc/{booth.id}").status_code == 405


def test_connecting_a_shop_asks_it_to_call_us_with_a_secret_of_its_own(
    browser, session, seller, channels, shop, config, monkeypatch
):
    info = registry.channels()["woocommerce"]
    monkeypatch.setitem(registry.channels(), "woocommerce", replace(info, lan=True))
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    browser.sign_in(user, seller.actor.producer_id)
    form = browser.open("/gian-hang/ket-noi").form()

    page = form.fill(base_url=shop.base_url, username=shop.user, application_password=shop.password).submit()

    session.expire_all()
    channel = session.scalars(select(Channel).where(Channel.marketplace == "woocommerce")).one()
    cipher = Fernet(secrets.load(config.secrets_dir).channel)
    secret = services.open_settings(channel, cipher)[WEBHOOK_SECRET]
    session.commit()
    hooks = shop.store.webhooks()
    assert {hook["delivery_url"] for hook in hooks} == {f"{config.base_url}/moc/{channel.id}"}
    assert {hook["secret"] for hook in hooks} == {secret} and len(secret) >= 32
    assert secret not in page.response.get_data(as_text=True)
    assert told(browser, channel, secret=secret).status_code == 200


def test_a_shop_that_will_not_call_us_is_connected_with_a_warning(
    browser, session, seller, channels, shop, monkeypatch
):
    info = registry.channels()["woocommerce"]
    monkeypatch.setitem(registry.channels(), "woocommerce", replace(info, lan=True))
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    browser.sign_in(user, seller.actor.producer_id)
    shop.faults.add("error_before", "GET", "/wc/v3/webhooks")
    form = browser.open("/gian-hang/ket-noi").form()

    page = form.fill(base_url=shop.base_url, username=shop.user, application_password=shop.password).submit()

    assert "Đã kết nối" in page.text
    assert "không chịu báo khi bài thay đổi" in page.text
