"""A claim that has lapsed leaves every post by itself."""

from __future__ import annotations

import datetime as dt

import pytest

from ocop.db.base import today
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


@pytest.mark.parametrize("change", [{"expires_on": today() - YESTERDAY}, {"revoked_on": today()}])
def test_a_lapsed_star_asks_for_a_new_version_and_the_new_version_has_none(
    change, session, seller, star, live, shop, worker, ledger
):
    for name, value in change.items():
        setattr(star, name, value)
    session.commit()

    worker.run()
    marked = ledger.post(live)
    services.send_again(session, seller.actor, publication_id=live.id)
    session.commit()
    worker.run()

    told = queries.shown(marked)
    assert told.words == "Cần gửi bản mới"
    assert told.sub.startswith("Giấy OCOP") and told.sub.endswith("bài còn ghi 4 sao")
    assert shown_stars(shop) == []
    assert ledger.post(live).state is State.LIVE


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
