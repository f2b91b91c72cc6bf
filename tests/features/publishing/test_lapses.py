"""A claim that has lapsed leaves every post by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing import queries, services
from ocop.publishing.rules import State
from tests.features.publishing.conftest import approve

YESTERDAY = dt.timedelta(days=1)


@pytest.fixture
def star(session, seller) -> Certificate:
    paper = Certificate(
        producer_id=seller.listing.producer_id,
        listing_id=seller.listing.id,
        kind=CertificateKind.OCOP,
        number="QĐ 01/MẪU",
        stars=4,
        issued_on=today() - dt.timedelta(days=1000),
        expires_on=today(),
    )
    session.add(paper)
    session.commit()
    return paper


@pytest.fixture
def live(seller, star, channels, shop, worker):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()
    return post


def shown_stars(shop) -> list[str]:
    (product,) = shop.store.products()[0]
    return [a["options"][0] for a in product["attributes"] if a["name"] == "Hạng OCOP"]


def test_on_its_last_day_the_star_is_sent_and_nothing_is_marked(live, shop, worker, ledger):
    worker.run()

    assert shown_stars(shop) == ["4 sao"]
    assert ledger.post(live).state is State.LIVE


def lapse(session, star, **change) -> None:
    for name, value in (change or {"expires_on": today() - YESTERDAY}).items():
        setattr(star, name, value)
    session.commit()


@pytest.mark.parametrize("change", [{"expires_on": today() - YESTERDAY}, {"revoked_on": today()}])
def test_a_lapsed_star_leaves_the_shop_without_anybody_pressing_anything(
    change, session, star, live, shop, worker, ledger
):
    lapse(session, star, **change)

    worker.run()

    post = ledger.post(live)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "lapse.publication"))
    assert shown_stars(shop) == []
    assert (post.state, post.requested_by, post.sent_claims) == (State.LIVE, None, [])
    assert (entry.user_name, entry.producer_id, entry.new["wanted"]) == (
        "máy",
        post.listing.producer_id,
        "update",
    )


def test_what_the_producer_has_not_released_is_not_sent_along(
    session, seller, star, live, shop, worker, ledger
):
    seller.listing.short_text = "Chưa muốn gửi dòng này."
    lapse(session, star)

    worker.run()

    told = queries.shown(ledger.post(live))
    assert told.words == "Cần gửi bản mới"
    assert told.sub.startswith("Giấy OCOP") and told.sub.endswith("bài còn ghi 4 sao")
    assert shown_stars(shop) == ["4 sao"]


def test_where_a_person_posts_that_person_is_asked_and_the_parcel_is_made_anew(
    session, seller, star, channels, worker, ledger
):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    services.record_answer(session, seller.actor, publication_id=post.id, answer="posted_no_link")
    lapse(session, star)

    worker.run()

    asked = ledger.post(post)
    assert (asked.state, asked.clerk_task, asked.sent_claims) == (State.NEEDS_UPDATE, "update", [])
    assert queries.shown(asked).sub.startswith("Giấy OCOP hết hạn ")
    assert queries.shown(asked).sub.endswith("Nhờ bưu điện sửa bài theo bản mới")


@pytest.fixture
def food_safety(session, seller) -> Certificate:
    paper = Certificate(
        producer_id=seller.listing.producer_id,
        kind=CertificateKind.FOOD_SAFETY,
        number="ATTP-MẪU",
        issued_on=today() - dt.timedelta(days=1000),
        expires_on=today(),
    )
    session.add(paper)
    session.commit()
    return paper


def test_food_without_its_safety_paper_is_hidden_and_comes_back_with_a_new_one(
    session, seller, food_safety, live, shop, worker, ledger
):
    food_safety.expires_on = today() - YESTERDAY
    session.commit()

    worker.run()
    hidden, status = ledger.post(live), shop.store.products(status="any")[0][0]["status"]
    with pytest.raises(Refused) as refused:
        services.send_again(session, seller.actor, publication_id=live.id)
    food_safety.expires_on = today() + YESTERDAY
    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()
    worker.run()
    approve(shop)
    worker.later(seconds=10).run()

    assert (hidden.state, status, refused.value.code) == (State.SUSPENDED, "draft", "publish_food_safety")
    assert "Giấy" in queries.shown(hidden).sub
    assert ledger.post(live).state is State.LIVE


def test_a_second_paper_of_the_kind_keeps_the_food_on_sale(
    session, seller, food_safety, live, worker, ledger
):
    session.add(
        Certificate(
            producer_id=seller.listing.producer_id, kind=CertificateKind.FOOD_SAFETY, number="ATTP-MẪU-2"
        )
    )
    food_safety.expires_on = today() - YESTERDAY
    session.commit()

    worker.run()

    assert ledger.post(live).wanted == "look"
    assert ledger.post(live).state is State.LIVE


def test_food_a_person_put_up_that_person_takes_down(session, seller, food_safety, channels, worker, ledger):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    services.record_answer(session, seller.actor, publication_id=post.id, answer="posted_no_link")
    food_safety.expires_on = today() - YESTERDAY
    session.commit()

    worker.run()

    asked = ledger.post(post)
    assert (asked.state, asked.clerk_task) == (State.NEEDS_UPDATE, "remove")
    assert queries.shown(asked).sub.endswith("Nhờ bưu điện gỡ bài")


def test_a_lapsed_paper_that_was_never_sent_marks_nothing(session, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    session.add(
        Certificate(
            producer_id=seller.listing.producer_id,
            kind=CertificateKind.VIETGAP,
            number="VG-MẪU",
            expires_on=today() - YESTERDAY,
        )
    )
    session.commit()

    worker.run()

    assert ledger.post(post).state is State.HANDED_OFF


def test_a_takedown_under_way_is_not_stopped_by_a_lapse(session, seller, star, live, shop, worker, ledger):
    services.request_withdraw(session, seller.actor, publication_id=live.id)
    star.expires_on = today() - YESTERDAY
    session.commit()

    worker.steps[1].run(worker.engine)
    worker.run()

    assert ledger.post(live).state is State.WITHDRAWN
