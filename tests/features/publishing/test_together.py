"""A whole commune asks for the same shop on one evening: few calls, and each post still its own."""

from __future__ import annotations

import pytest

from ocop.media.rules import rendition_file
from ocop.publishing.rules import State
from tests.factories import a_listing, an_owner, with_photos
from tests.features.publishing.conftest import Seller

PRODUCERS = 6


@pytest.fixture
def commune(session, config) -> list[Seller]:
    sellers = []
    for number in range(PRODUCERS):
        _user, producer, actor = an_owner(session, name=f"HTX mẫu số {number}")
        listing = with_photos(session, a_listing(session, producer), config.media_dir, 2)
        sellers.append(Seller(session, actor, listing))
    session.commit()
    return sellers


def written(shop) -> dict[str, int]:
    """How often each kind of writing call was made."""
    calls: dict[str, int] = {}
    for (method, path), times in shop.faults.seen.items():
        if method == "POST" and "/products" in path:
            kind = path.rpartition("/")[2]
            calls[kind] = calls.get(kind, 0) + times
    return calls


def test_new_posts_of_many_producers_go_in_one_call(commune, channels, worker, ledger, shop):
    posts = [post for one in commune for post in one.publish(channels["practice"])]

    worker.once()

    assert written(shop) == {"batch": 1}
    assert {ledger.post(post).state for post in posts} == {State.IN_REVIEW}
    assert all(ledger.post(post).items[0].remote_id for post in posts)
    assert shop.store.products(status="any")[1] == PRODUCERS


def test_a_lost_answer_to_the_call_doubles_nothing(commune, channels, worker, ledger, shop):
    posts = [post for one in commune for post in one.publish(channels["practice"])]
    shop.faults.add("lost_reply", "POST", "/products/batch")

    worker.run()
    lost = {ledger.post(post).state for post in posts}
    worker.later(minutes=2).run()

    assert lost == {State.FAILED}
    assert {ledger.post(post).state for post in posts} == {State.IN_REVIEW}
    assert shop.store.products(status="any")[1] == PRODUCERS


def test_what_is_wrong_with_one_is_not_the_others(commune, channels, worker, ledger, shop, session, config):
    posts = [post for one in commune for post in one.publish(channels["practice"])]
    media = commune[2].listing.photos[0].media
    media.sha256 = "f" * 64
    file = config.media_dir / rendition_file(media.sha256, "large")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"no picture")
    session.commit()

    worker.run()

    states = [ledger.post(post).state for post in posts]
    assert states.pop(2) is State.REJECTED
    assert set(states) == {State.IN_REVIEW}
    assert written(shop)["batch"] == 1


def test_a_post_that_was_tried_before_goes_alone(commune, channels, worker, ledger, shop):
    first = commune[0].publish(channels["practice"])[0]
    shop.faults.add("error_before", "POST", "/wc/v3/products")
    worker.run()
    posts = [post for one in commune[1:] for post in one.publish(channels["practice"])]

    worker.later(minutes=2).run()

    assert {ledger.post(post).state for post in (first, *posts)} == {State.IN_REVIEW}
    assert written(shop)["products"] == 2
    assert shop.store.products(status="any")[1] == PRODUCERS
