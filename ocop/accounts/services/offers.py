"""Eight characters on the producer's phone, read out to whoever is to help. Like a one-time code: worked out from
the row's id and the session key, so that it can be shown again until it is used and the database holds nothing
that gives rights."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from ocop.accounts import queries
from ocop.accounts.models import Delegation, DelegationOffer
from ocop.accounts.rules import (
    OFFER_HOURS,
    Bundle,
    HelperKind,
    code_from,
    help_end_problem,
    is_code,
    normal_code,
)
from ocop.accounts.services import attempts
from ocop.accounts.services.delegations import delegate, withdraw_offers
from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import new_id, today, utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused


def offer_help(
    session: Session,
    actor: Actor,
    *,
    helper_kind: HelperKind,
    helper_id: str,
    bundle: Bundle,
    valid_to: dt.date | None,
    secret: bytes,
) -> DelegationOffer:
    """Make a code by which that office or group can be asked within a day; an earlier one for it stops working.

    For the producer's owner. Raises NotAllowed, Refused(help_end_missing | help_end_past | help_end_too_late).
    """
    producer_id = actor.require("grant.give")
    if problem := help_end_problem(valid_to, today()):
        raise Refused(problem, field="valid_to")
    withdraw_offers(session, producer_id, helper_kind, helper_id)
    offer_id = new_id()
    offer = DelegationOffer(
        id=offer_id,
        producer_id=producer_id,
        helper_kind=helper_kind,
        helper_id=helper_id,
        bundle=bundle,
        valid_to=valid_to,
        code_hash=_code_hash(_code_of(offer_id, secret), secret),
        created_by=actor.user_id,
        expires_at=utcnow() + dt.timedelta(hours=OFFER_HOURS),
    )
    session.add(offer)
    audit.record(session, actor, "delegation.offer", offer)
    session.flush()
    return offer


def offer_code(offer: DelegationOffer, secret: bytes) -> str:
    """The eight characters to read out."""
    return _code_of(offer.id, secret)


def drop_offer(session: Session, actor: Actor, *, offer_id: str) -> None:
    """The code shall not work any more. Raises NotFound, NotAllowed."""
    offer = queries.own_offer(session, actor, offer_id)
    offer.expires_at = utcnow()
    audit.record(session, actor, "delegation.offer_drop", offer)
    session.flush()


def check_offer(engine: Engine, actor: Actor, *, code: str, address: str, secret: bytes) -> str:
    """The id of the offer behind a code as it was typed; nothing is used up yet.

    Counted per person and per address. Raises Refused("offer_wrong" with left, "sign_in_locked" with again),
    field "code". Wrong, used, expired, and meant for another office or group all look alike.
    """
    found = attempts.limits(secret, what="delegation", phone=actor.user_id, address=address)
    attempt = attempts.begin(engine, found)
    normal = normal_code(code)
    with open_session(engine, read_only=True) as session:
        offer = queries.usable_offer(session, _code_hash(normal, secret)) if is_code(normal) else None
        meant = offer is not None and _is_for(actor, offer) and _still_meant(session, offer)
    if offer is None or not meant:
        refusal = attempts.refusal(attempt, "offer_wrong")
        refusal.field = "code"
        raise refusal
    attempts.succeeded(engine, attempt)
    return offer.id


def use_offer(session: Session, actor: Actor, *, offer_id: str, words: str) -> Delegation:
    """Use a checked code up: of many at once exactly one makes the delegation. ``words``: what was agreed.

    Raises NotFound, Refused("offer_used").
    """
    offer = session.get(DelegationOffer, offer_id)
    if offer is None or not _is_for(actor, offer) or not _still_meant(session, offer):
        raise NotFound()
    won = session.execute(
        update(DelegationOffer)
        .where(DelegationOffer.id == offer_id, *queries.offer_still_usable())
        .values(used_at=utcnow())
    )
    if won.rowcount != 1:
        raise Refused("offer_used", field="code")
    return delegate(
        session,
        actor,
        producer_id=offer.producer_id,
        helper_kind=offer.helper_kind,
        helper_id=offer.helper_id,
        bundle=offer.bundle,
        valid_to=offer.valid_to,
        how="code",
        words=words,
        given_by=offer.created_by,
    )


def _is_for(actor: Actor, offer: DelegationOffer) -> bool:
    return offer.helper_id in (actor.communes if offer.helper_kind is HelperKind.OFFICE else actor.groups)


def _still_meant(session: Session, offer: DelegationOffer) -> bool:
    """Whoever made the code must still be an owner: it speaks in the producer's name."""
    return offer.created_by is not None and queries.owns(session, offer.created_by, offer.producer_id)


def _code_of(offer_id: str, secret: bytes) -> str:
    return code_from(hmac.new(secret, f"delegation-offer|{offer_id}".encode(), hashlib.sha256).digest())


def _code_hash(code: str, secret: bytes) -> str:
    return hmac.new(secret, f"offer-hash|{code}".encode(), hashlib.sha256).hexdigest()
