# ruff: noqa: F811 - fixtures of another folder
"""What somebody asked for does not go on without them: it ends with the right they had."""

from __future__ import annotations

import pytest

from ocop.accounts import services as accounts
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Role, ScopeKind
from ocop.publishing import services
from ocop.publishing.rules import State
from tests.factories import a_grant, a_user, an_operator
from tests.features.publishing.conftest import (  # noqa: F401 - fixtures
    _own_servers_only,
    channels,
    ledger,
    seller,
    shop,
    worker,
)


@pytest.fixture
def member(session, seller):
    user = a_user(session, "Người sắp thôi")
    grant = a_grant(session, user, Role.PRODUCER_MEMBER, ScopeKind.PRODUCER, seller.listing.producer_id)
    session.commit()
    return user, grant, actor_for(session, user.id, seller.listing.producer_id)


def test_v8_a11_a_post_asked_for_by_somebody_revoked_since_is_not_sent(
    session,
    seller,
    channels,
    shop,
    worker,
    ledger,
    member,
):
    _user, grant, actor = member
    (post,) = services.request_publish(
        session, actor, listing=seller.listing, channel_ids=[channels["practice"].id]
    )
    accounts.revoke_grant(session, seller.actor, grant_id=grant.id)
    session.commit()

    worker.run()

    assert shop.store.products()[0] == []
    stopped = ledger.post(post)
    assert (stopped.state, stopped.wanted, stopped.reason_code) == (State.FAILED, "none", "requester_gone")


def test_v7_4_2_a_post_asked_for_by_somebody_disabled_since_is_not_sent(
    session,
    seller,
    channels,
    shop,
    worker,
    ledger,
    member,
):
    user, _grant, actor = member
    services.request_publish(session, actor, listing=seller.listing, channel_ids=[channels["practice"].id])
    _operator, operator = an_operator(session)
    accounts.disable_user(session, operator, user_id=user.id)
    session.commit()

    worker.run()

    assert shop.store.products()[0] == []


def test_a_post_stopped_so_goes_out_when_somebody_who_may_asks_again(
    session,
    seller,
    channels,
    shop,
    worker,
    ledger,
    member,
):
    _user, grant, actor = member
    (post,) = services.request_publish(
        session, actor, listing=seller.listing, channel_ids=[channels["practice"].id]
    )
    accounts.revoke_grant(session, seller.actor, grant_id=grant.id)
    session.commit()
    worker.run()

    services.send_again(session, seller.actor, publication_id=post.id)
    session.commit()
    worker.run()

    assert ledger.post(post).state is State.IN_REVIEW
    assert len(shop.store.products()[0]) == 1


def test_a_post_does_not_come_down_because_somebody_revoked_since_wished_it(
    session,
    seller,
    channels,
    shop,
    worker,
    ledger,
    member,
):
    _user, grant, actor = member
    (post,) = seller.publish(channels["practice"])
    worker.run()
    services.request_withdraw(session, actor, publication_id=post.id)
    accounts.revoke_grant(session, seller.actor, grant_id=grant.id)
    session.commit()

    worker.run()

    assert ledger.post(post).state is State.IN_REVIEW
    assert shop.store.products()[0][0]["status"] == "pending"
