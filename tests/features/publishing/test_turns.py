"""Whose turn it is: nobody waits long for somebody else's many posts, nor for a marketplace that does not answer."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter

import pytest
from sqlalchemy import select

from ocop.jobs import worker as jobs
from ocop.listings.models import ListingPhoto
from ocop.publishing import queries, services, work
from ocop.publishing.models import Channel, Parcel, Publication
from ocop.publishing.rules import PARK_AFTER, State
from ocop.publishing.work import leases, recording
from ocop.publishing.work.outcomes import Outcome
from tests.factories import a_listing, a_photo, an_owner


def queued(session, config, worker, channel, posts: int, **post) -> tuple[str, list[Publication]]:
    """A producer with so many posts that wait: (its id, the posts)."""
    _user, producer, _actor = an_owner(session)
    photo, made = a_photo(session, producer, config.media_dir), []
    for number in range(posts):
        listing = a_listing(session, producer, name=f"Mắm tép đồng ủ thính gạo rang số {number}")
        listing.photos.append(ListingPhoto(media_id=photo.id, position=0, shot="front"))
        values = {"state": State.QUEUED, "wanted": "publish", **post}
        made.append(
            Publication(
                listing=listing, channel=channel, due_at=worker.now(), queued_at=worker.now(), **values
            )
        )
    session.add_all(made)
    session.commit()
    return producer.id, made


def finish(engine, config, worker, ticket, outcome=None) -> None:
    outcome = outcome or Outcome("live", State.LIVE, reached=True)
    recording.Book(engine, ticket, config.var, worker.now).close(outcome)


def serve(engine, session, config, worker, times: int) -> list[str]:
    """Whose posts were taken, in order."""
    order = []
    for _ in range(times):
        ticket = leases.take(engine, worker.now())
        session.expire_all()
        order.append(session.get_one(Publication, ticket.publication_id).listing.producer_id)
        session.commit()
        finish(engine, config, worker, ticket)
    return order


def test_a_producer_with_hundreds_of_posts_holds_up_nobody(session, engine, config, worker, channels):
    many, _posts = queued(session, config, worker, channels["practice"], 300)
    few, _posts = queued(session, config, worker, channels["practice"], 3)

    order = serve(engine, session, config, worker, 8)

    assert order == [many, few, many, few, many, few, many, many]


def test_turns_are_kept_while_the_clock_stands_still(session, engine, config, monkeypatch, worker, channels):
    noon = worker.now()
    monkeypatch.setattr(worker, "now", lambda: noon)
    one, _posts = queued(session, config, worker, channels["practice"], 5)
    other, _posts = queued(session, config, worker, channels["practice"], 5)

    order = serve(engine, session, config, worker, 6)

    assert order in ([one, other] * 3, [other, one] * 3)


def test_what_somebody_waits_for_goes_before_mere_daily_looks(session, engine, config, worker, channels):
    looks = {"state": State.LIVE, "wanted": "look"}
    _many, _posts = queued(session, config, worker, channels["practice"], 20, **looks)
    waiting, _posts = queued(session, config, worker, channels["practice"], 2)

    order = serve(engine, session, config, worker, 2)

    assert order == [waiting, waiting]


def test_a_marketplace_gets_only_so_many_calls_at_once(session, engine, config, worker, channels):
    queued(session, config, worker, channels["practice"], 10)
    at_once = queries.info_of(channels["practice"]).at_once

    tickets = [leases.take(engine, worker.now()) for _ in range(at_once + 1)]
    finish(engine, config, worker, tickets[0])
    after_one = leases.take(engine, worker.now())

    assert [ticket is not None for ticket in tickets] == [True] * at_once + [False]
    assert after_one is not None


def fail(engine, config, worker, times: int) -> None:
    for _ in range(times):
        ticket = leases.take(engine, worker.now())
        wait = dt.timedelta(days=1)
        outcome = Outcome(
            "unavailable", State.FAILED, wanted="publish", wait=wait, failed=True, reached=False
        )
        finish(engine, config, worker, ticket, outcome)


def breaker(session, channel) -> tuple[int, dt.datetime | None]:
    session.expire_all()
    row = session.execute(
        select(Channel.failures, Channel.closed_until).where(Channel.id == channel.id)
    ).one()
    session.commit()
    return tuple(row)


def test_after_five_calls_that_did_not_get_through_the_marketplace_is_left_alone(
    session, engine, config, worker, channels
):
    practice, version = channels["practice"], channels["practice"].version
    queued(session, config, worker, practice, 20)
    fail(engine, config, worker, 4)
    still_open = breaker(session, practice)

    fail(engine, config, worker, 1)

    failures, until = breaker(session, practice)
    assert still_open == (4, None)
    assert failures == 5
    assert dt.timedelta(seconds=50) < until - worker.now() <= dt.timedelta(minutes=1)
    assert leases.take(engine, worker.now()) is None
    session.refresh(practice)
    assert practice.version == version  # a form that an operator has open is not spoilt


def test_one_probe_opens_the_breaker_or_doubles_its_wait(session, engine, config, worker, channels):
    practice = channels["practice"]
    queued(session, config, worker, practice, 20)
    fail(engine, config, worker, 5)
    worker.later(seconds=61)

    probe = leases.take(engine, worker.now())
    second = leases.take(engine, worker.now())
    finish(
        engine,
        config,
        worker,
        probe,
        Outcome(
            "unavailable",
            State.FAILED,
            wanted="publish",
            wait=dt.timedelta(days=1),
            failed=True,
            reached=False,
        ),
    )
    doubled = breaker(session, practice)[1] - worker.now()
    worker.later(seconds=121)
    finish(engine, config, worker, leases.take(engine, worker.now()))

    assert probe is not None and second is None
    assert dt.timedelta(seconds=110) < doubled <= dt.timedelta(minutes=2)
    assert breaker(session, practice) == (0, None)


def test_a_closed_marketplace_holds_up_no_other_and_the_board_says_when_it_is_tried(
    session, engine, config, worker, channels, shop, seller, ledger
):
    channels["practice"].failures = 5
    channels["practice"].closed_until = worker.now() + dt.timedelta(minutes=5)
    session.commit()

    waiting, handed = seller.publish(channels["practice"], channels["thanh_hoa"])
    worker.run()

    told = queries.shown(ledger.post(waiting), worker.now())
    assert ledger.post(handed).state is State.HANDED_OFF
    assert (ledger.post(waiting).state, told.busy) == (State.QUEUED, False)
    assert told.sub.startswith("Sàn tập dượt chưa trả lời, máy thử lại lúc ")


def test_a_marketplace_that_asks_for_a_pause_gets_it_for_all_its_posts(
    session, config, worker, channels, shop, ledger
):
    shop.faults.retry_after = "1200"
    shop.faults.add("rate_limited")
    _producer, refused = queued(session, config, worker, channels["practice"], 1)
    worker.run()
    _producer, later = queued(session, config, worker, channels["practice"], 1)
    posts = [*refused, *later]

    worker.run()
    first = [ledger.post(post).state for post in posts]
    worker.later(minutes=21).run()

    assert first == [State.FAILED, State.QUEUED]
    assert {ledger.post(post).state for post in posts} == {State.IN_REVIEW}


def test_a_poison_post_is_parked_after_five_tries_and_its_button_tries_again(
    session, seller, channels, shop, worker, ledger
):
    shop.faults.add("error_before", times=PARK_AFTER)
    (post,) = seller.publish(channels["practice"])

    for _ in range(PARK_AFTER + 3):
        worker.run().later(hours=25)
    parked = ledger.post(post)
    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    assert (parked.state, parked.wanted, parked.reason_code) == (State.FAILED, "none", "parked")
    assert Counter(ledger.outcomes(post)) == {"outcome_unknown": PARK_AFTER - 1, "parked": 1, "in_review": 1}
    assert queries.shown(parked).sub.startswith("Máy đã thử nhiều lần: chưa rõ sàn đã nhận chưa.")
    assert len(shop.store.products()[0]) == 1


def test_a_shop_that_is_only_down_is_tried_for_days_without_being_parked(
    seller, channels, shop, worker, ledger
):
    shop.faults.add("reset_before", "GET", "/wc/v3/products", times=12)
    (post,) = seller.publish(channels["practice"])

    for _ in range(12):
        worker.run().later(hours=25)
    worker.run()

    assert ledger.post(post).state is State.IN_REVIEW


def test_a_post_that_ends_every_worker_is_parked_too(engine, seller, channels, shop, worker, ledger):
    (post,) = seller.publish(channels["practice"])

    for _ in range(PARK_AFTER):
        leases.take(engine, worker.now())  # and the process dies
        worker.later(minutes=10)
    worker.run()

    parked = ledger.post(post)
    assert (parked.state, parked.wanted, parked.reason_code) == (State.FAILED, "none", "parked")
    assert parked.lease_token is None and set(ledger.outcomes(post)) == {"interrupted"}


def test_a_hanging_marketplace_and_a_full_line_delay_another_producer_by_no_more_than_ten_seconds(
    session, engine, config, seller, worker, channels, shop, ledger
):
    """The real threads of the real worker: 60 posts to a shop that hangs, then one for the post office."""
    shop.faults.add("hang", "GET", "/wc/v3/products", times=999)
    queued(session, config, worker, channels["practice"], 60)
    stop = threading.Event()
    running = threading.Thread(target=jobs.run, args=(engine, worker.steps[:1], stop))
    running.start()
    try:
        while shop.faults.seen.total() < 2:
            stop.wait(0.02)
        asked = time.monotonic()
        (post,) = seller.publish(channels["thanh_hoa"])
        while ledger.post(post).state in (State.QUEUED, State.SENT) and time.monotonic() < asked + 30:
            stop.wait(0.05)
        waited = time.monotonic() - asked
    finally:
        stop.set()
        shop.stop()
        running.join()

    assert ledger.post(post).state is State.HANDED_OFF
    assert waited < 10


def test_the_sweeper_removes_what_a_crash_left_and_looks_at_the_forgotten(
    session, engine, config, seller, channels, shop, worker, ledger
):
    (post, handed) = seller.publish(channels["practice"], channels["thanh_hoa"])
    worker.run()
    folder = config.var / "parcels"
    (folder / "in-abc").write_bytes(b"half")
    (folder / f"{'0' * 64}.zip").write_bytes(b"nobody's")
    forgotten = session.get_one(Publication, post.id, populate_existing=True)
    forgotten.state, forgotten.wanted = State.SENT, "none"
    session.commit()
    sweep = next(step for step in worker.steps if step.name == "publishing.sweep")

    sweep.run(engine)
    young = {path.name for path in folder.iterdir()}
    worker.later(days=2)
    sweep.run(engine)

    kept = {f"{sha256}.zip" for sha256 in session.scalars(select(Parcel.sha256))}
    session.commit()
    assert {"in-abc", f"{'0' * 64}.zip"} <= young
    assert {path.name for path in folder.iterdir()} == kept
    assert (ledger.post(post).state, ledger.post(post).wanted) == (State.SENT, "look")
    worker.run()
    assert ledger.post(post).state is State.IN_REVIEW


def test_the_worker_has_several_senders(worker):
    steps = {step.name: step.threads for step in work.steps(worker.config, _secrets(worker))}

    assert steps["publishing.send"] == leases.SENDERS > 2 * leases.MOST_AT_ONCE - 1


def _secrets(worker):
    from ocop.db import secrets

    return secrets.load(worker.config.secrets_dir)


@pytest.mark.parametrize("threads", [0, 3])
def test_a_step_runs_in_its_own_threads_or_in_turn(engine, threads):
    stop, seen, lock = threading.Event(), set(), threading.Lock()

    def step(_engine) -> bool:
        with lock:
            seen.add(threading.current_thread().name + str(threading.get_ident()))
            if len(seen) >= max(1, threads):
                stop.set()
        stop.wait(0.02)
        return True

    jobs.run(engine, [jobs.Step("step", step, threads=threads)], stop)

    assert len(seen) == max(1, threads)
