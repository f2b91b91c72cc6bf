"""Who helps whom: offices, village groups and their people, what was asked of them and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from ocop.accounts.models import Delegation, DelegationOffer, Grant, HelpingGroup, User
from ocop.accounts.queries.acting import delegations_in_force, grants_in_force
from ocop.accounts.rules import HelperKind, Role, ScopeKind, in_force
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today as business_day
from ocop.db.base import utcnow

RENEWAL_WINDOW = dt.timedelta(days=60)


def officials_of(session: Session, commune_code: str) -> list[User]:
    """Officers who look after a commune today; by name."""
    return _holders(session, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, commune_code)


def helpers_today(session: Session, kind: HelperKind, helper_id: str) -> list[User]:
    """Who may act today on what was asked of an office, a group or (from before) one person; by name."""
    if kind is HelperKind.OFFICE:
        return officials_of(session, helper_id)
    if kind is HelperKind.GROUP:
        return [grant.user for grant in members_of(session, helper_id)]
    found = session.get(User, helper_id)
    return [found] if found is not None and found.disabled_at is None else []


def members_of(session: Session, group_id: str) -> list[Grant]:
    """Members of a village group today, with their users; by name."""
    return sorted(
        _grants_on(session, Role.VILLAGE_VOLUNTEER, ScopeKind.GROUP, group_id), key=lambda g: g.user.name
    )


def _holders(session: Session, role: Role, kind: ScopeKind, scope_id: str) -> list[User]:
    found = {grant.user_id: grant.user for grant in _grants_on(session, role, kind, scope_id)}
    return sorted(found.values(), key=lambda user: user.name)


def _grants_on(session: Session, role: Role, kind: ScopeKind, scope_id: str) -> list[Grant]:
    rows = session.scalars(
        select(Grant)
        .options(selectinload(Grant.user))
        .where(Grant.role == role, Grant.scope_kind == kind, Grant.scope_id == scope_id)
    )
    day = business_day()
    return [
        grant
        for grant in rows
        if in_force(grant.valid_from, grant.valid_to, grant.revoked_at is not None, day)
        and grant.user.disabled_at is None
    ]


def open_groups(session: Session, commune_codes: Collection[str]) -> list[HelpingGroup]:
    """Village groups of these communes that were not closed; by name."""
    wanted = select(HelpingGroup).where(
        HelpingGroup.commune_code.in_(commune_codes), HelpingGroup.closed_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(HelpingGroup.name, HelpingGroup.id)))


def groups_named(session: Session, ids: Collection[str]) -> list[HelpingGroup]:
    """Groups by id, closed ones too; by name."""
    return list(
        session.scalars(select(HelpingGroup).where(HelpingGroup.id.in_(ids)).order_by(HelpingGroup.name))
    )


def own_group(session: Session, actor: Actor, group_id: str) -> HelpingGroup:
    """An open group of a commune the actor is an officer of. Raises NotFound."""
    group = session.get(HelpingGroup, group_id)
    if group is None or group.closed_at is not None or group.commune_code not in actor.communes:
        raise NotFound()
    return group


def asked_of(session: Session, kind: HelperKind, helper_id: str) -> list[Delegation]:
    """What counts today of everything that was asked of an office or a group, oldest first."""
    wanted = delegations_in_force(business_day()).where(
        Delegation.helper_kind == kind, Delegation.helper_id == helper_id
    )
    return list(session.scalars(wanted))


def own_delegation(session: Session, actor: Actor, delegation_id: str) -> Delegation:
    """A delegation of the producer worked for, for those who may give one. Raises NotFound, NotAllowed."""
    given = session.get(Delegation, delegation_id)
    if given is None or given.producer_id != actor.require("grant.give"):
        raise NotFound()
    return given


def delegation_acted_under(session: Session, actor: Actor) -> Delegation | None:
    """The consent on which a person works for somebody right now."""
    return session.get(Delegation, actor.delegation_id) if actor.delegation_id else None


def help_through(session: Session, actor: Actor) -> dict[str, list[Delegation]]:
    """Producers somebody may help as an officer or a group's member -> on what consent, oldest first."""
    found: dict[str, list[Delegation]] = {}
    for kind, ids in ((HelperKind.OFFICE, actor.communes), (HelperKind.GROUP, actor.groups)):
        for helper_id in sorted(ids):
            for given in asked_of(session, kind, helper_id):
                found.setdefault(given.producer_id, []).append(given)
    return found


def was_asked(session: Session, group_ids: Collection[str], producer_id: str) -> bool:
    """Whether a producer has ever asked one of these groups and not taken it back: it may be asked to sign anew."""
    wanted = select(Delegation.id).where(
        Delegation.producer_id == producer_id,
        Delegation.helper_kind == HelperKind.GROUP,
        Delegation.helper_id.in_(group_ids),
        Delegation.revoked_at.is_(None),
    )
    return session.execute(wanted).first() is not None


def to_renew(session: Session, commune_code: str, day: dt.date) -> list[Delegation]:
    """The last word of each producer to a commune's office, where it ends within sixty days or has ended in the
    last sixty; the first to end first. What was taken back is not among them."""
    rows = session.scalars(
        select(Delegation)
        .where(Delegation.helper_kind == HelperKind.OFFICE, Delegation.helper_id == commune_code)
        .order_by(Delegation.created_at, Delegation.id)
    )
    newest = {given.producer_id: given for given in rows}
    found = [
        given
        for given in newest.values()
        if given.revoked_at is None and abs(given.valid_to - day) <= RENEWAL_WINDOW
    ]
    return sorted(found, key=lambda given: (given.valid_to, given.id))


def offers_of(session: Session, producer_id: str) -> list[DelegationOffer]:
    """Codes of a producer that still work, newest first."""
    wanted = select(DelegationOffer).where(DelegationOffer.producer_id == producer_id, *offer_still_usable())
    return list(session.scalars(wanted.order_by(DelegationOffer.created_at.desc())))


def own_offer(session: Session, actor: Actor, offer_id: str) -> DelegationOffer:
    """A code of the producer worked for that still works. Raises NotFound, NotAllowed."""
    producer_id = actor.require("grant.give")
    wanted = select(DelegationOffer).where(DelegationOffer.id == offer_id, *offer_still_usable())
    offer = session.scalars(wanted).first()
    if offer is None or offer.producer_id != producer_id:
        raise NotFound()
    return offer


def usable_offer(session: Session, code_hash: str) -> DelegationOffer | None:
    wanted = select(DelegationOffer).where(DelegationOffer.code_hash == code_hash, *offer_still_usable())
    return session.scalars(wanted).first()


def offer_still_usable() -> tuple:
    """Conditions under which a code makes a delegation; the atomic UPDATE that uses it repeats them."""
    return (DelegationOffer.used_at.is_(None), DelegationOffer.expires_at > utcnow())


def owns(session: Session, user_id: str, producer_id: str) -> bool:
    """Whether somebody is an owner of a producer today."""
    user = session.get(User, user_id)
    return (
        user is not None
        and user.disabled_at is None
        and any(
            grant.role is Role.PRODUCER_OWNER and grant.scope_id == producer_id
            for grant in grants_in_force(session, user_id)
        )
    )
