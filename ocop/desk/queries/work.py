"""The kinds of work that wait in a commune, each as one statement: how many there are by commune, and the first few.

Whatever the number of producers, a kind costs two queries; a whole morning about twenty.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, Grant, OneTimeCode, User
from ocop.accounts.rules import ScopeKind
from ocop.batches.models import Batch
from ocop.db.actor import Actor
from ocop.db.base import today, utcnow
from ocop.desk.rules import ANSWER_DAYS, HELP_DAYS
from ocop.dossiers.queries import RadarRow, radar
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.listings.models import Listing
from ocop.listings.queries import OpenDraft, open_drafts
from ocop.producers.mapping import certificate_name
from ocop.producers.models import Producer
from ocop.producers.rules import Standing
from ocop.publishing import queries as publishing
from ocop.publishing.models import Channel, Publication
from ocop.publishing.rules import ONLINE, State
from ocop.web.filters import clock, day


@dataclass(frozen=True)
class Item:
    """One thing that waits. code names its sentence; producer_id is None for work of the office itself, whose
    title then says what it is about. href: the page where it is done."""

    kind: str
    code: str
    producer_id: str | None
    title: str
    commune_code: str
    href: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reach:
    """Whose work is looked at: an official's producers, maybe of one commune or one village group only.

    producers: a condition on Producer. communes: whose office work (imports) this person does, none for a province.
    """

    actor: Actor
    producers: ColumnElement[bool]
    communes: frozenset[str] = frozenset()
    commune: str = ""  # one commune only
    found: dict[str, list[Item]] = field(default_factory=dict)  # what another feature lists as a whole


def _first_seen(*columns: Any) -> Select[Any]:
    """Producers in reach, with what a kind shows besides."""
    return select(Producer.id, Producer.name, Producer.commune_code, *columns).select_from(Producer)


def _recalls(reach: Reach) -> Select[Any]:
    return (
        _first_seen(Batch.id.label("batch"), Batch.lot_number, Batch.recalled_at)
        .join(Batch, Batch.producer_id == Producer.id)
        .where(Batch.recalled_at.is_not(None), Batch.recall_closed_at.is_(None))
        .order_by(Batch.recalled_at, Batch.id)
    )


def _recall(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    return "recall", f"/lo/{row.batch}", {"lot": row.lot_number, "day": day(row.recalled_at)}


def _holds(reach: Reach) -> Select[Any]:
    return (
        _first_seen(Batch.id.label("batch"), Batch.lot_number, Batch.held_at)
        .join(Batch, Batch.producer_id == Producer.id)
        .where(Batch.recalled_at.is_(None), Batch.held_at.is_not(None))
        .order_by(Batch.held_at, Batch.id)
    )


def _hold(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    return "hold", f"/lo/{row.batch}", {"lot": row.lot_number, "day": day(row.held_at)}


_TO_FIX = (State.REJECTED, State.NEEDS_UPDATE, State.DRIFTED, State.FAILED)


def _posts(*columns: Any) -> Select[Any]:
    return (
        _first_seen(
            Publication.id.label("post"), Listing.id.label("listing"), Listing.name.label("product"),
            Channel.name.label("place"), *columns,
        )
        .join(Listing, Listing.producer_id == Producer.id)
        .join(Publication, Publication.listing_id == Listing.id)
        .join(Channel, Channel.id == Publication.channel_id)
        .where(Listing.archived_at.is_(None))
    )  # fmt: skip


def _refusals(reach: Reach) -> Select[Any]:
    """What a person must put right; what the machine tries again by itself is nobody's work."""
    gravity = case({state: at for at, state in enumerate(_TO_FIX)}, value=Publication.state)
    waits = or_(Publication.state != State.FAILED, Publication.wanted == "none")
    return (
        _posts(Publication.state)
        .where(Publication.state.in_(_TO_FIX), Publication.clerk_task == "", waits)
        .order_by(gravity, Publication.state_since, Publication.id)
    )


def _refusal(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    where = f"/san-pham/{row.listing}" if row.state is State.REJECTED else f"/bai-dang/{row.post}"
    return row.state.value, where, {"product": row.product, "place": row.place}


def _unread(reach: Reach) -> Select[Any]:
    """A helper changed what is on sale, and nobody read it out: its page and the feeds hide it until then."""
    standing = exists().where(
        Publication.listing_id == Listing.id, Publication.state.in_(ONLINE), publishing.unheard()
    )
    return (
        _first_seen(Listing.id.label("listing"), Listing.name.label("product"))
        .join(Listing, Listing.producer_id == Producer.id)
        .where(Listing.archived_at.is_(None), standing)
        .order_by(Listing.updated_at, Listing.id)
    )


def _not_heard(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    return "unread", f"/san-pham/{row.listing}", {"product": row.product}


def _parcels(reach: Reach) -> Select[Any]:
    return (
        _posts(Publication.handed_at)
        .where(
            Publication.state == State.HANDED_OFF,
            Publication.handed_at <= utcnow() - dt.timedelta(days=ANSWER_DAYS),
        )
        .order_by(Publication.handed_at, Publication.id)
    )


def _parcel(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    days = (utcnow() - row.handed_at).days
    return "parcel", f"/bai-dang/{row.post}", {"product": row.product, "place": row.place, "days": days}


def _parcels_ready(reach: Reach) -> Select[Any]:
    return (
        _posts()
        .where(Publication.state == State.HANDED_OFF, Publication.handed_at.is_(None))
        .order_by(Publication.state_since, Publication.id)
    )


def _parcel_ready(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    return "parcel_ready", f"/ho-so/{row.post}", {"product": row.product, "place": row.place}


def _help(reach: Reach) -> Select[Any]:
    """Those that end soon; one that was renewed in time has its successor and is over already."""
    return (
        _first_seen(Delegation.valid_to)
        .join(Delegation, Delegation.producer_id == Producer.id)
        .where(
            Delegation.revoked_at.is_(None),
            Delegation.valid_to.between(today(), today() + dt.timedelta(days=HELP_DAYS)),
        )
        .order_by(Delegation.valid_to, Producer.name, Delegation.id)
    )


def _help_ending(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    params = {"day": day(row.valid_to), "days": (row.valid_to - today()).days}
    return "help", f"/xa/co-so/{row.id}", params


def _recoveries(reach: Reach) -> Select[Any]:
    """Who lost the password and waits for a second person; whoever asked cannot be that one."""
    return (
        _first_seen(User.name.label("person"))
        .join(Grant, and_(Grant.scope_kind == ScopeKind.PRODUCER, Grant.scope_id == Producer.id))
        .join(OneTimeCode, OneTimeCode.user_id == Grant.user_id)
        .join(User, User.id == OneTimeCode.user_id)
        .where(
            Grant.revoked_at.is_(None),
            OneTimeCode.kind == "recovery",
            OneTimeCode.approved_by.is_(None),
            OneTimeCode.used_at.is_(None),
            OneTimeCode.expires_at > utcnow(),
            OneTimeCode.issued_by.is_distinct_from(reach.actor.user_id),
        )
        .order_by(OneTimeCode.created_at, OneTimeCode.id)
    )


def _recovery(row: Row[Any]) -> tuple[str, str, dict[str, Any]]:
    return "recovery", "/khoi-phuc", {"person": row.person}


# Kind -> (its statement, what a row says: code, page, parameters).
_OF_PRODUCERS: dict[
    str, tuple[Callable[[Reach], Select[Any]], Callable[[Row[Any]], tuple[str, str, dict[str, Any]]]]
] = {
    "recalls": (_recalls, _recall),
    "holds": (_holds, _hold),
    "refusals": (_refusals, _refusal),
    "unread": (_unread, _not_heard),
    "parcels": (_parcels, _parcel),
    "parcels_ready": (_parcels_ready, _parcel_ready),
    "help": (_help, _help_ending),
    "recoveries": (_recoveries, _recovery),
}


def _statement(kind: str, reach: Reach) -> Select[Any]:
    return _OF_PRODUCERS[kind][0](reach).where(reach.producers, Producer.closed_on.is_(None))


def counts(session: Session, kind: str, reach: Reach) -> Counter[str]:
    """How many of one kind wait, by commune."""
    if kind in _LISTED:
        return Counter(item.commune_code for item in _listed(session, kind, reach))
    if kind == "imports":
        return Counter(session.scalars(_imports(reach).with_only_columns(DataImport.commune_code)))
    found = _statement(kind, reach).order_by(None).subquery()
    counted = select(found.c.commune_code, func.count()).group_by(found.c.commune_code)
    return Counter({row[0]: row[1] for row in session.execute(counted)})


def items(session: Session, kind: str, reach: Reach, *, limit: int, offset: int = 0) -> list[Item]:
    """The gravest of one kind."""
    if kind in _LISTED:
        return _listed(session, kind, reach)[offset : offset + limit]
    if kind == "imports":
        rows = session.scalars(_imports(reach).limit(limit).offset(offset))
        return [_import(row) for row in rows]
    say = _OF_PRODUCERS[kind][1]
    found = session.execute(_statement(kind, reach).limit(limit).offset(offset))
    return [_item(kind, row, *say(row)) for row in found]


def _item(kind: str, row: Row[Any], code: str, href: str, params: dict[str, Any]) -> Item:
    return Item(kind, code, row.id, row.name, row.commune_code, href, params)


_NOT_TODAY = (Standing.MONTHS_12, Standing.WAITING)


def _listed(session: Session, kind: str, reach: Reach) -> list[Item]:
    """Asked once for a reach, however often it is looked at."""
    if kind not in reach.found:
        reach.found[kind] = _LISTED[kind](session, reach)
    return reach.found[kind]


def _places(session: Session, reach: Reach) -> dict[str, tuple[str, str]]:
    """id of a producer in reach -> its name and commune."""
    known = select(Producer.id, Producer.name, Producer.commune_code).where(
        reach.producers, Producer.closed_on.is_(None)
    )
    return {id_: (name, commune) for id_, name, commune in session.execute(known)}


def _papers(session: Session, reach: Reach) -> list[Item]:
    """The radar without what is a year off or waits for an answer of the province."""
    known = _places(session, reach)
    rows = radar(session, reach.actor, today())
    return [_paper(row) for row in rows if row.bucket not in _NOT_TODAY and row.producer.id in known]


def _drafts(session: Session, reach: Reach) -> list[Item]:
    known = _places(session, reach)
    return [
        Item(
            "drafts",
            "draft",
            draft.producer_id,
            *known[draft.producer_id],
            _draft_page(draft, reach.actor),
            {"product": draft.name or "Sản phẩm mới", "person": draft.who, "at": clock(draft.saved_at)},
        )
        for draft in open_drafts(session, list(known))
    ]


def _paper(row: RadarRow) -> Item:
    code = "paper_over" if row.bucket in (Standing.EXPIRED, Standing.REVOKED) else "paper"
    ends = row.counts_until or row.ends_on
    params = {
        "paper": certificate_name(row.certificate),
        "product": row.product or "cả cơ sở",
        "day": day(ends),
        "days": row.days_left,
    }
    producer = row.producer
    href = f"/giay-to/{row.certificate.id}"
    return Item("papers", code, producer.id, producer.name, producer.commune_code, href, params)


def _draft_page(draft: OpenDraft, actor: Actor) -> str:
    if draft.user_id != actor.user_id:
        return f"/nhap/cua-nguoi-khac/{draft.id}"
    return f"/san-pham/{draft.listing_key or 'moi'}"


_LISTED = {"papers": _papers, "drafts": _drafts}


def _imports(reach: Reach) -> Select[Any]:
    codes = reach.communes & {reach.commune} if reach.commune else reach.communes
    return (
        select(DataImport)
        .where(
            DataImport.commune_code.in_(codes),
            DataImport.state.in_((ImportState.ASKING, ImportState.CHECKED)),
        )
        .order_by(DataImport.state_since, DataImport.id)
    )


def _import(row: DataImport) -> Item:
    href = f"/xa/nhap-excel/{row.id}"
    return Item("imports", f"import_{row.state.value}", None, row.file_name, row.commune_code, href)
