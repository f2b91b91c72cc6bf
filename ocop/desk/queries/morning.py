"""Việc hôm nay of an official: what waits in the commune, kind by kind, gravest first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from ocop.accounts import queries as accounts
from ocop.accounts.models import Delegation, HelpingGroup
from ocop.accounts.rules import HelperKind
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.desk.queries.work import Item, Reach, counts, items
from ocop.desk.rules import FOR_THE_GROUP, KINDS
from ocop.producers import queries as producers
from ocop.producers.models import Producer

A_FEW = 3  # of each kind on the page of all kinds
ON_THE_PAGE = 12  # of all kinds together: a morning is read on a phone
PER_PAGE = 20  # of one kind


@dataclass(frozen=True)
class Group:
    """One kind of work: how much of it there is, and the first of it."""

    kind: str
    total: int
    items: list[Item]


@dataclass(frozen=True)
class Morning:
    """groups: kinds with work, gravest first. by_commune: commune code -> how much waits there, most first."""

    groups: list[Group]
    total: int
    by_commune: list[tuple[str, int]]


def reach_of(actor: Actor, *, commune: str = "", group: HelpingGroup | None = None) -> Reach:
    """What an official looks at; ``commune`` and ``group`` narrow it and never widen it."""
    condition: ColumnElement[bool] = producers.reach(actor)
    if commune:
        condition = condition & (Producer.commune_code == commune)
    if group is not None:
        asked = accounts.delegations_in_force(today()).where(
            Delegation.helper_kind == HelperKind.GROUP, Delegation.helper_id == group.id
        )
        condition = condition & Producer.id.in_(
            asked.order_by(None).with_only_columns(Delegation.producer_id).correlate(None)
        )
    communes = frozenset() if group is not None else actor.communes
    return Reach(actor, condition, communes, commune)


def morning(session: Session, reach: Reach) -> Morning:
    """All kinds of work with the first few of each."""
    found = {kind: counts(session, kind, reach) for kind in KINDS}
    by_commune: Counter[str] = sum(found.values(), Counter())
    groups, left = [], ON_THE_PAGE
    for kind in KINDS:
        total = found[kind].total()
        shown = min(total, A_FEW, left)
        if total:
            first = items(session, kind, reach, limit=shown) if shown else []
            groups.append(Group(kind, total, first))
            left -= len(first)
    busiest_first = sorted(by_commune.items(), key=lambda one: (-one[1], one[0]))
    return Morning(groups, by_commune.total(), busiest_first)


def of_one_kind(session: Session, reach: Reach, kind: str, page: int) -> Group:
    """One page of one kind. Raises NotFound for a kind there is not."""
    if kind not in KINDS:
        raise NotFound()
    total = counts(session, kind, reach).total()
    start = (page - 1) * PER_PAGE
    return Group(kind, total, items(session, kind, reach, limit=PER_PAGE, offset=start))


def for_the_digest(session: Session, reach: Reach, kinds: frozenset[str], most: int) -> list[Group]:
    """What may be told to a Zalo group, of the kinds somebody ticked; at most so many of each."""
    wanted = [kind for kind in KINDS if kind in kinds & FOR_THE_GROUP]
    found = [(kind, counts(session, kind, reach).total()) for kind in wanted]
    return [Group(kind, total, items(session, kind, reach, limit=most)) for kind, total in found if total]


def groups_of(session: Session, actor: Actor) -> list[HelpingGroup]:
    """The open village groups of an officer's communes; none for a province."""
    return accounts.open_groups(session, actor.communes)
