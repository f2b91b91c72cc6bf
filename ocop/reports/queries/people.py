"""Producers and who helps them, booths, revenue they state, classes held, and links that were looked at."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from ocop.accounts.models import Delegation, Grant, User
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.audit import AuditEntry
from ocop.producers.models import Producer
from ocop.producers.rules import ProducerKind
from ocop.publishing.models import Channel, CheckedLink, LinkCheck
from ocop.publishing.queries.link_checks import ONLINE_RESULTS
from ocop.publishing.rules import BoothState
from ocop.reports.models import Revenue
from ocop.reports.queries.goods import not_a_marketplace
from ocop.reports.queries.reach import Reach, about, iso
from ocop.reports.rules.figures import Fact, Lists
from ocop.training.models import TrainingClass
from ocop.web.wording import sentence

_OWN = (Role.PRODUCER_OWNER, Role.PRODUCER_MEMBER)


def producers(session: Session, reach: Reach) -> Lists:
    """Producers on the last day, those with an account of their own, those helped, and what helpers did."""
    here = {
        row.id: row for row in session.scalars(select(Producer).where(reach.here()).order_by(Producer.name))
    }
    with_account, helped = _with_account(session, reach), _helped(session, reach)
    found: Lists = defaultdict(list)
    for producer in here.values():
        fact = about(producer, producer.name, kind=sentence(f"producer_kind_{producer.kind.value}"))
        found["co_so_tong"].append(fact)
        if producer.kind is ProducerKind.HOUSEHOLD:
            found["ho_tong"].append(fact)
        if producer.id in with_account:
            found["co_so_tai_khoan"].append(fact)
        if producer.id in helped:
            found["co_so_duoc_giup"].append(fact)
    acts = (
        select(Producer, func.count())
        .join(AuditEntry, AuditEntry.producer_id == Producer.id)
        .where(
            reach.anyone(), AuditEntry.on_behalf, AuditEntry.at >= reach.since, AuditEntry.at < reach.until
        )
        .group_by(Producer)
        .order_by(Producer.name, Producer.id)
    )
    for producer, count in session.execute(acts):
        found["viec_lam_ho"].append(about(producer, producer.name, amount=count))
    return dict(found)


def _with_account(session: Session, reach: Reach) -> set[str]:
    wanted = (
        select(Grant.scope_id)
        .join(User, Grant.user_id == User.id)
        .where(
            Grant.scope_kind == ScopeKind.PRODUCER,
            Grant.role.in_(_OWN),
            Grant.valid_from <= reach.day,
            or_(Grant.valid_to.is_(None), Grant.valid_to >= reach.day),
            or_(Grant.revoked_at.is_(None), Grant.revoked_at >= reach.until),
            or_(User.disabled_at.is_(None), User.disabled_at >= reach.until),
        )
    )
    return set(session.scalars(wanted))


def _helped(session: Session, reach: Reach) -> set[str]:
    wanted = select(Delegation.producer_id).where(
        Delegation.valid_from <= reach.day,
        Delegation.valid_to >= reach.day,
        or_(Delegation.revoked_at.is_(None), Delegation.revoked_at >= reach.until),
    )
    return set(session.scalars(wanted))


def booths(session: Session, reach: Reach) -> Lists:
    """Producers with an open booth of their own, each once, by the first it opened; households among them."""
    rows = session.execute(
        select(Producer, Channel)
        .join(Channel, Channel.owner_producer_id == Producer.id)
        .where(
            reach.here(), Channel.enabled, Channel.booth == BoothState.OPEN, Channel.created_at < reach.until
        )
        .order_by(Producer.name, Producer.id, Channel.created_at)
    )
    places: dict[str, list[str]] = defaultdict(list)
    owners: dict[str, Producer] = {}
    for producer, channel in rows:
        info = registry.channels().get(channel.marketplace)
        if info is not None and not_a_marketplace(info) is None:
            owners[producer.id] = producer
            places[producer.id].append(info.name)
    facts = {key: about(one, one.name, kind=", ".join(places[key])) for key, one in owners.items()}
    return {
        "co_so_gian_hang": list(facts.values()),
        "ho_gian_hang": [facts[key] for key, one in owners.items() if one.kind is ProducerKind.HOUSEHOLD],
    }


def revenue(session: Session, reach: Reach) -> Lists:
    """What producers stated for months that begin in the period, and which of them stated anything."""
    rows = session.execute(
        select(Revenue, Producer)
        .join(Producer, Revenue.producer_id == Producer.id)
        .where(reach.anyone(), Revenue.month >= reach.period.first, Revenue.month <= reach.period.last)
        .order_by(Producer.name, Producer.id, Revenue.month)
    )
    said: Lists = {"doanh_thu": [], "co_so_khai_doanh_thu": []}
    known: set[str] = set()
    for stated, producer in rows:
        month = sentence("fact_month", month=f"{stated.month:%m/%Y}")
        note = sentence("fact_self_stated")
        said["doanh_thu"].append(
            about(producer, producer.name, kind=month, note=note, amount=stated.amount_vnd)
        )
        if producer.id not in known:
            known.add(producer.id)
            said["co_so_khai_doanh_thu"].append(about(producer, producer.name))
    return said


def classes(session: Session, reach: Reach) -> Lists:
    """Classes the offices held, and the people who came."""
    rows = session.scalars(
        select(TrainingClass)
        .where(
            TrainingClass.commune_code.in_(reach.communes),
            TrainingClass.held_on >= reach.period.first,
            TrainingClass.held_on <= reach.day,
        )
        .order_by(TrainingClass.held_on, TrainingClass.id)
    )
    held = [
        (one, Fact(one.name, commune=one.commune_code, day=iso(one.held_on), note=one.place)) for one in rows
    ]
    return {
        "lop_tap_huan": [fact for _, fact in held],
        "nguoi_tap_huan": [
            Fact(fact.name, commune=fact.commune, day=fact.day, note=fact.note, amount=one.people)
            for one, fact in held
            if one.people
        ],
    }


def checked_links(session: Session, reach: Reach) -> Lists:
    """Kiểm kê: of each commune's newest list until the last day, the links that were said to be online and those
    that really were."""
    newest: dict[str, LinkCheck] = {}
    checks = select(LinkCheck).where(
        LinkCheck.commune_code.in_(reach.communes),
        LinkCheck.made_at >= reach.since,
        LinkCheck.made_at < reach.until,
    )
    for check in session.scalars(checks.order_by(LinkCheck.made_at, LinkCheck.id)):
        newest[check.commune_code or ""] = check
    found: Lists = {"kiem_ke_ghi": [], "kiem_ke_dung": []}
    for commune, check in newest.items():
        for link in check.links:
            fact = _checked(link, commune)
            found["kiem_ke_ghi"].append(fact)
            if link.result in ONLINE_RESULTS:
                found["kiem_ke_dung"].append(fact)
    return found


def _checked(link: CheckedLink, commune: str) -> Fact:
    return Fact(
        link.product_name or sentence("fact_row", row=link.row),
        producer=link.producer_name,
        commune=commune,
        kind=sentence(f"link_{link.result or 'waiting'}"),
        day=iso(link.looked_at),
        link=link.url,
    )
