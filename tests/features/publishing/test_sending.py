"""What the worker does with a post: over HTTP, against the practice shop, with everything that can go wrong."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import update

from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings.models import Listing, Variant
from ocop.publishing import services
from ocop.publishing.rules import State
from ocop.publishing.work import leases, recording
from ocop.publishing.work.leases import LeaseLost
from ocop.publishing.work.outcomes import Outcome
from tests.features.publishing.conftest import approve


def add_pack(session, listing, sku="TEST-SECOND", **values) -> Variant:
    pack = Variant(
        sku=sku, label="Hũ 500 g", net_content=500, price_vnd=130_000, stock=5, position=1, **values
    )
    listing.variants.append(pack)
    session.commit()
    return pack


def test_a_post_goes_from_queued_through_review_to_live(seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])

    queued = ledger.post(post).state
    worker.run()
    reviewed = ledger.post(post)
    approve(shop)
    worker.later(seconds=10).run()

    live = ledger.post(post)
    assert (queued, reviewed.state, live.state) == (State.QUEUED, State.IN_REVIEW, State.LIVE)
    assert live.looked_at is not None and live.confirmed_at is not None
    assert live.url.startswith(shop.base_url) and live.wanted == "look"
    assert ledger.outcomes(post) == ["in_review", "live"]


def test_the_shop_shows_name_price_and_photos_as_written(seller, channels, shop, worker):
    seller.publish(channels["practice"])

    worker.run()

    (product,) = shop.store.products()[0]
    assert product["name"] == seller.listing.name
    assert product["regular_price"] == "70000"
    assert len(product["images"]) == 2


def test_every_pack_becomes_one_product_with_its_own_sku(session, seller, channels, shop, worker, ledger):
    second = add_pack(session, seller.listing)
    (post,) = seller.publish(channels["practice"])

    worker.run()

    skus = sorted(product["sku"] for product in shop.store.products()[0])
    assert skus == sorted([seller.listing.variants[0].sku, second.sku])
    assert len(ledger.post(post).items) == 2
    assert len(shop.store.media()) == 2  # photos are shared by the packs, not sent twice


@pytest.mark.parametrize("fault", ["lost_reply", "error_after", "garbled", "html", "oversized"])
def test_a_lost_reply_never_makes_two_products(fault, seller, channels, shop, worker, ledger):
    shop.faults.add(fault)
    (post,) = seller.publish(channels["practice"])

    worker.run()
    unknown = ledger.post(post)
    worker.later(hours=1).run()

    assert (unknown.state, unknown.reason_code) == (State.FAILED, "outcome_unknown")
    assert len(shop.store.products()[0]) == 1
    assert ledger.post(post).state is State.IN_REVIEW
    assert ledger.outcomes(post) == ["outcome_unknown", "in_review"]


def test_a_shop_that_refuses_to_answer_is_tried_again_by_itself(seller, channels, shop, worker, ledger):
    shop.faults.add("reset_before", "GET", "/wc/v3/products")
    (post,) = seller.publish(channels["practice"])

    worker.run()
    failed = ledger.post(post)
    idle = worker.once()
    worker.later(minutes=2).run()

    assert (failed.state, failed.wanted, failed.reason_code) == (State.FAILED, "publish", "unavailable")
    assert failed.due_at > worker.now() - dt.timedelta(minutes=2)
    assert idle is False
    assert ledger.post(post).state is State.IN_REVIEW


def test_retry_after_is_honoured(seller, channels, shop, worker, ledger):
    shop.faults.retry_after = "1200"
    shop.faults.add("rate_limited")
    (post,) = seller.publish(channels["practice"])

    worker.run().later(minutes=19).run()
    early = ledger.post(post).state
    worker.later(minutes=2).run()

    assert (early, ledger.post(post).state) == (State.FAILED, State.IN_REVIEW)


def test_a_refused_key_waits_for_the_owner_and_sends_again_once_reconnected(
    session, seller, channels, shop, worker, ledger
):
    shop.faults.add("expired_key", "GET", "/wc/v3/products")
    own = services.connect_channel(
        session,
        seller.actor,
        marketplace="woocommerce",
        settings=_settings(shop),
        cipher=_cipher(worker),
    )
    # the shipped file of real shops refuses plain http; the practice file's permission stands in for a class-room
    own.marketplace = "practice"
    session.commit()
    (post,) = seller.publish(own)

    worker.run()
    stopped = ledger.post(post)
    own.marketplace = "woocommerce"
    services.connect_channel(
        session, seller.actor, channel_id=own.id, settings=_settings(shop), cipher=_cipher(worker)
    )
    own.marketplace = "practice"
    session.commit()
    worker.run()

    assert (stopped.state, stopped.reason_code, stopped.wanted) == (State.FAILED, "auth", "none")
    assert ledger.post(post).state is State.IN_REVIEW


def _settings(shop) -> dict[str, str]:
    return {"base_url": shop.base_url, "username": shop.user, "application_password": shop.password}


def _cipher(worker):
    return worker.steps[0].run.__self__.cipher


def test_a_listing_emptied_after_it_was_queued_is_returned_with_the_reason(
    session, seller, channels, shop, worker, ledger
):
    (post,) = seller.publish(channels["practice"])
    seller.listing.name = ""
    session.commit()

    worker.run()

    returned = ledger.post(post)
    assert (returned.state, returned.wanted) == (State.REJECTED, "none")
    assert [problem["code"] for problem in returned.reason_params["problems"]] == ["name_missing"]
    assert shop.store.products()[0] == []


def test_after_a_stop_between_two_packs_only_the_second_is_sent(
    session, seller, channels, shop, worker, ledger
):
    add_pack(session, seller.listing)
    (post,) = seller.publish(channels["practice"])
    worker.once()  # both up
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    shop.faults.add("reset_before", "PUT", "/wc/v3/products/2")

    worker.once()
    before = shop.faults.seen["PUT", "/wc/v3/products/1"]
    worker.later(hours=1).run()

    assert before == 1
    assert shop.faults.seen["PUT", "/wc/v3/products/1"] == 1
    assert shop.faults.seen["PUT", "/wc/v3/products/2"] == 2


def test_a_new_version_changes_the_same_product(session, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    seller.listing.variants[0].price_vnd = 75_000
    session.commit()

    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.later(hours=1).run()

    (product,) = shop.store.products()[0]
    assert product["regular_price"] == "75000"


def test_a_pack_taken_out_of_the_listing_is_taken_down(session, seller, channels, shop, worker, ledger):
    second = add_pack(session, seller.listing)
    (post,) = seller.publish(channels["practice"])
    worker.run()
    second.removed_at = worker.now()
    session.commit()

    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.later(hours=1).run()

    status = {product["sku"]: product["status"] for product in shop.store.products(status="any")[0]}
    assert status[second.sku] == "draft"
    assert {item.sku: item.state for item in ledger.post(post).items}[second.sku] == "withdrawn"


def test_taken_down_and_put_up_again_is_still_one_product(session, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])
    worker.run()

    services.request_withdraw(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.later(hours=1).run()
    down, status = ledger.post(post).state, shop.store.products()[0][0]["status"]
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    assert (down, status) == (State.WITHDRAWN, "draft")
    assert [product["status"] for product in shop.store.products()[0]] == ["pending"]
    assert ledger.post(post).state is State.IN_REVIEW


def test_a_post_that_never_left_is_called_off_at_once(session, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])

    services.request_withdraw(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    assert ledger.post(post).state is State.WITHDRAWN
    assert shop.store.products()[0] == []


def test_a_product_the_shop_hides_is_never_called_live(seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    shop.store.change_product(1, {"status": "draft"})

    worker.later(seconds=10).run()

    hidden = ledger.post(post)
    assert (hidden.state, hidden.reason_code, hidden.confirmed_at) == (State.REJECTED, "not_accepted", None)


def test_a_product_removed_at_the_shop_is_put_up_anew(session, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])
    worker.run()
    shop.store.remove_product(1)

    worker.later(seconds=10).run()
    gone = ledger.post(post)
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    assert (gone.state, gone.reason_code) == (State.REJECTED, "remote_gone")
    assert [product["sku"] for product in shop.store.products()[0]] == [seller.listing.variants[0].sku]


def test_of_two_workers_only_one_gets_the_post(engine, seller, channels, worker):
    seller.publish(channels["practice"])

    first = leases.take(engine, worker.now())
    second = leases.take(engine, worker.now())

    assert first is not None and second is None


def test_what_a_worker_says_after_its_lease_was_taken_over_is_dropped(
    engine, config, seller, channels, shop, worker, ledger
):
    (post,) = seller.publish(channels["practice"])
    zombie = leases.take(engine, worker.now())
    book = recording.Book(engine, zombie, config.var, worker.now)
    worker.later(hours=1).run()

    with pytest.raises(LeaseLost):
        book.close(Outcome("rejected", State.REJECTED, failed=True))

    assert ledger.post(post).state is State.IN_REVIEW
    assert ledger.outcomes(post) == ["interrupted", "in_review"]


def test_a_request_made_while_the_worker_is_at_it_is_not_lost(
    engine, config, session, seller, channels, shop, worker, ledger
):
    (post,) = seller.publish(channels["practice"])
    ticket = leases.take(engine, worker.now())
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()

    recording.Book(engine, ticket, config.var, worker.now).close(Outcome("live", State.LIVE, sent_version=1))

    waiting = ledger.post(post)
    assert (waiting.state, waiting.wanted) == (State.QUEUED, "publish")
    assert waiting.sent_version == 1


def test_no_transaction_is_open_while_the_shop_is_talked_to(
    engine, tmp_path, config, session, seller, channels, shop, worker, ledger
):
    written = []

    def clock() -> float:  # the shop asks the time in the middle of every request
        with open_session(engine) as other:
            other.execute(update(Listing).values(other_trace_code=Listing.other_trace_code))
            other.commit()
        written.append(1)
        return worker.now().timestamp()

    shop.store.clock = clock
    (post,) = seller.publish(channels["practice"])

    worker.run()

    assert len(written) >= 2
    assert ledger.post(post).state is State.IN_REVIEW


def test_a_channel_switched_off_sends_nothing_and_says_who_acts(
    session, seller, channels, shop, worker, ledger
):
    (post,) = seller.publish(channels["practice"])
    channels["practice"].enabled = False
    session.commit()

    worker.run()

    stopped = ledger.post(post)
    assert (stopped.state, stopped.reason_code, stopped.wanted) == (State.FAILED, "channel_off", "none")
    assert shop.store.products()[0] == []


def test_a_defect_of_ours_is_kept_as_a_try_and_does_not_stop_other_posts(
    session, config, seller, channels, shop, worker, ledger
):
    for file in config.media_dir.rglob("*-large.jpg"):
        file.unlink()
    (post,) = seller.publish(channels["practice"])

    worker.run()

    broken = ledger.post(post)
    assert (broken.state, broken.reason_code, broken.wanted) == (State.FAILED, "broken", "publish")
    assert shop.store.products()[0] == []


def test_a_channel_that_still_misses_something_is_refused_with_the_reason(session, seller, channels, ledger):
    seller.listing.short_text = ""
    seller.listing.photos.clear()
    session.commit()

    with pytest.raises(Refused) as refused:
        seller.publish(channels["thanh_hoa"], channels["practice"])

    assert refused.value.code == "publish_blocked"
    assert refused.value.params["place"] == "Sàn nông sản Thanh Hóa"
    assert ledger.all() == []


def test_asking_twice_makes_one_post(seller, channels, shop, worker, ledger):
    seller.publish(channels["practice"])

    seller.publish(channels["practice"], channels["practice"])
    worker.run()

    assert len(ledger.all()) == 1
    assert len(shop.store.products()[0]) == 1


def test_the_first_sending_freezes_what_a_pack_is(seller, channels):
    seller.publish(channels["practice"])

    assert seller.listing.variants[0].frozen_at is not None
