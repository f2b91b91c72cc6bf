"""Nhờ làm hộ, where it is known which producer lies in which commune: whom a producer can ask, the signed paper,
the code that was read out, and renewing many at one meeting."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts import services
from ocop.accounts.models import Delegation, DelegationOffer
from ocop.accounts.rules import Bundle, HelperKind, longest_help
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.media import services as media
from ocop.producers import mapping, queries
from ocop.producers.mapping import Helper
from ocop.producers.models import Producer

MOST_AT_ONE_MEETING = 40


def helpers(session: Session, producer: Producer) -> list[Helper]:
    """Whom a producer can ask: its commune's office, then the open village groups there."""
    groups = accounts.open_groups(session, [producer.commune_code])
    return [mapping.office(producer.commune_code), *map(mapping.group, groups)]


def helper(session: Session, producer: Producer, key: str) -> Helper:
    """One of them by its key; "" is the office. Raises Refused("field_choice")."""
    for one in helpers(session, producer):
        if one.key == (key or "office"):
            return one
    raise Refused("field_choice", field="helper")


def ask_for_help(
    session: Session, actor: Actor, *, helper_key: str, bundle: Bundle, valid_to: dt.date | None
) -> Delegation:
    """The own producer asks an office or a group of its commune for help until a day."""
    producer = queries.current(session, actor)
    asked = helper(session, producer, helper_key)
    return services.delegate(
        session,
        actor,
        producer_id=producer.id,
        helper_kind=asked.kind,
        helper_id=asked.id,
        bundle=bundle,
        valid_to=valid_to,
        words=_words(asked, bundle, valid_to),
    )


def _words(asked: Helper, bundle: Bundle, valid_to: dt.date | None) -> str:
    both = bundle is Bundle.PUBLISH
    return mapping.help_words(asked.name, valid_to, publish=both, stamps=both)


def offer_help(
    session: Session,
    actor: Actor,
    *,
    helper_key: str,
    bundle: Bundle,
    valid_to: dt.date | None,
    secret: bytes,
) -> DelegationOffer:
    """A code to read out to that office or group, instead of asking at once."""
    asked = helper(session, queries.current(session, actor), helper_key)
    return services.offer_help(
        session,
        actor,
        helper_kind=asked.kind,
        helper_id=asked.id,
        bundle=bundle,
        valid_to=valid_to,
        secret=secret,
    )


def renew_help(session: Session, actor: Actor, *, delegation_id: str) -> Delegation:
    """The same help for another twelve months from today. Raises NotFound for one that was ended, or whose helper
    cannot be asked any more."""
    given = accounts.own_delegation(session, actor, delegation_id)
    if given.revoked_at is not None or given.helper_kind is HelperKind.PERSON:
        raise NotFound()
    key = "office" if given.helper_kind is HelperKind.OFFICE else given.helper_id
    return ask_for_help(session, actor, helper_key=key, bundle=given.bundle, valid_to=longest_help(today()))


def accept_code(session: Session, actor: Actor, *, offer_id: str) -> Delegation:
    """Carry out a code that was read out and checked. Raises NotFound, Refused("offer_used")."""
    offer = session.get(DelegationOffer, offer_id)
    producer = session.get(Producer, offer.producer_id) if offer is not None else None
    if offer is None or producer is None:
        raise NotFound()
    key = "office" if offer.helper_kind is HelperKind.OFFICE else offer.helper_id
    asked = helper(session, producer, key)
    if asked.id != offer.helper_id:  # it has moved to another commune since
        raise NotFound()
    words = _words(asked, offer.bundle, offer.valid_to)
    return services.use_offer(session, actor, offer_id=offer_id, words=words)


def record_signed(
    session: Session,
    actor: Actor,
    *,
    producer_id: str,
    helper_key: str = "office",
    publish: bool,
    stamps: bool,
    valid_to: dt.date | None,
    media_id: str | None,
    how: str = "paper",
) -> Delegation:
    """Write down what a producer signed, on paper or on the screen. Only both boxes together let the helper
    publish: what is published gets its stamps, or neither.

    The picture is required and must be that producer's. Raises NotFound, NotAllowed, Refused(field_choice |
    paper_missing | signature_missing | help_end_…).
    """
    producer = queries.to_sign_for_help(session, actor, producer_id)
    asked = helper(session, producer, helper_key)
    return services.delegate(
        session,
        actor,
        producer_id=producer.id,
        helper_kind=asked.kind,
        helper_id=asked.id,
        bundle=Bundle.PUBLISH if publish and stamps else Bundle.WRITE,
        valid_to=valid_to,
        how=how,
        words=mapping.help_words(asked.name, valid_to, publish=publish, stamps=stamps),
        media_id=media_id,
    )


def to_renew(session: Session, actor: Actor, commune_code: str) -> list[tuple[Delegation, Producer]]:
    """What ends soon or ended lately at the office, the first to end first. Raises NotFound elsewhere."""
    if commune_code not in actor.communes:
        raise NotFound()
    found = accounts.to_renew(session, commune_code, today())
    producers = {one.id: one for one in queries.named(session, [given.producer_id for given in found])}
    return [
        (given, producers[given.producer_id])
        for given in found
        if producers[given.producer_id].commune_code == commune_code
    ]


def renew_together(
    session: Session,
    actor: Actor,
    *,
    commune_code: str,
    delegation_ids: Collection[str],
    valid_to: dt.date | None,
    taken: media.TakenIn | None,
) -> list[Delegation]:
    """Renew those who signed the list at a meeting, all or none, each as it was asked before. The one picture of
    the list becomes a private picture of each producer, so that each sees what it signed.

    Raises NotFound, Refused(renewal_nobody | renewal_changed | paper_missing | help_end_…).
    """
    known = {given.id: given for given, _producer in to_renew(session, actor, commune_code)}
    if not delegation_ids:
        raise Refused("renewal_nobody", field="signed")
    if not set(delegation_ids) <= known.keys():
        raise Refused("renewal_changed")
    if taken is None:
        raise Refused("paper_missing", field="photos")
    asked = mapping.office(commune_code)
    return [
        _renew(session, actor, known[one], asked, valid_to, taken) for one in dict.fromkeys(delegation_ids)
    ]


def _renew(
    session: Session,
    actor: Actor,
    before: Delegation,
    asked: Helper,
    valid_to: dt.date | None,
    taken: media.TakenIn,
) -> Delegation:
    picture = media.keep(session, actor, taken, producer_id=before.producer_id, public=False)
    return services.delegate(
        session,
        actor,
        producer_id=before.producer_id,
        helper_kind=asked.kind,
        helper_id=asked.id,
        bundle=before.bundle,
        valid_to=valid_to,
        how="paper",
        words=_words(asked, before.bundle, valid_to),
        media_id=picture.id,
    )
