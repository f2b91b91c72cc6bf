"""Making and editing a producer."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.producers import queries
from ocop.producers.models import Producer
from ocop.producers.rules import (
    ProducerKind,
    masked_tax_code,
    normal_tax_code,
    public_number_problem,
    tax_code_problem,
)
from ocop.producers.services.moving import leave_place

SIGNED = ("paper", "signature")  # Delegation.given_how where the producer's own hand is kept

# What may be said of a producer from outside; anything else (consent, sample, id) has its own way in.
_FIELDS = frozenset(
    {
        "kind", "name", "tax_code", "representative", "commune_code", "hamlet", "old_address", "hotline", "zalo",
        "brand", "story", "closed_on",
    }
)  # fmt: skip


def create_producer(
    session: Session, actor: Actor, *, kind: ProducerKind, name: str, commune_code: str, **fields: Any
) -> Producer:
    """A producer without any account. For officers of its commune, operators and the program itself.

    ``fields``: those of the model that people fill in, and ``sample`` for demo data. Raises NotAllowed, or
    Refused(field_commune | tax_code_shape | tax_code_check_digit | field_phone).
    """
    if not (commune_code in actor.communes or actor.operator or actor is SYSTEM):
        raise NotAllowed("official")
    producer = drafted(kind=kind, name=name, commune_code=commune_code, **fields)
    session.add(producer)
    session.flush()
    _record(session, actor, "producer.create", producer, {}, _values(producer))
    session.flush()
    return producer


def drafted(**fields: Any) -> Producer:
    """A producer in no session yet, its facts checked. Raises what create_producer refuses."""
    producer = Producer(sample=bool(fields.pop("sample", False)))
    _fill(producer, fields)
    return producer


def drafted_entry(actor: Actor, producer: Producer) -> AuditEntry:
    """What the audit says of a drafted producer with an id."""
    new = _masked(_values(producer))
    return audit.entry(actor, "producer.create", producer, producer.id, new=new, producer_id=producer.id)


def edit_producer(
    session: Session,
    actor: Actor,
    *,
    version: int | None,
    hotline_agreed: bool | None = None,
    consent_wording: str = "",
    **fields: Any,
) -> Producer:
    """Change the producer worked for. A field left out, or a tax_code of None, stays as it is.

    A new hotline needs a new consent: see set_hotline_consent, to which hotline_agreed and consent_wording go
    unless None. A helper may fill in a missing hotline or Zalo number; one that stands is the producer's to change.
    Raises EditConflict, NotAllowed, Refused(hotline_is_theirs | zalo_is_theirs), and what create_producer and
    set_hotline_consent refuse.
    """
    producer = queries.for_edit(session, actor.require("producer.edit"))
    producer.expect_version(version)
    if fields.get("tax_code", "") is None:
        del fields["tax_code"]
    if actor.on_behalf:
        _leave_numbers_alone(producer, fields)
    hotline_before = producer.hotline
    place_before = (producer.commune_code, producer.hamlet, producer.old_address)
    _fill(producer, fields)
    if producer.hotline != hotline_before:
        _withdraw(producer)
    if hotline_agreed is not None:
        _consent(session, producer, actor, hotline_agreed, consent_wording)
    old, new = audit.changes(producer)
    if new:
        _record(session, actor, "producer.edit", producer, old, new)
    if producer.commune_code != place_before[0]:
        leave_place(session, actor, producer.id, place_before, "moved")
    session.flush()
    return producer


def set_hotline_consent(session: Session, actor: Actor, *, agreed: bool, wording: str) -> Producer:
    """Record that the hotline may be published: when, who said so, and the exact words agreed to; or take it back.

    A helper records it where the producer signed for the help, on paper or on the screen: who has an account says
    it there. Nor does a helper take back what the producer agreed to. Raises Refused(hotline_consent_is_theirs |
    hotline_consent_stands).
    """
    producer = queries.for_edit(session, actor.require("producer.edit"))
    _consent(session, producer, actor, agreed, wording)
    audit.record(session, actor, "producer.hotline_consent", producer, producer_id=producer.id)
    session.flush()
    return producer


def _leave_numbers_alone(producer: Producer, fields: dict[str, Any]) -> None:
    for number in ("hotline", "zalo"):
        stands = getattr(producer, number)
        if stands and fields.get(number, stands) != stands:
            raise Refused(f"{number}_is_theirs", field=number)


def _consent(session: Session, producer: Producer, actor: Actor, agreed: bool, wording: str) -> None:
    given = producer.hotline_consent_at is not None
    if actor.on_behalf and given != agreed:
        _may_speak_for(session, producer, actor, agreed)
    if not agreed or not producer.hotline:
        _withdraw(producer)
    elif not given or (producer.hotline_consent_text != wording and not actor.on_behalf):
        producer.hotline_consent_at = utcnow()
        producer.hotline_consent_by = (
            f"{actor.name} (làm hộ, theo phiếu đã ký)" if actor.on_behalf else actor.name
        )
        producer.hotline_consent_text = wording


def _may_speak_for(session: Session, producer: Producer, actor: Actor, agreed: bool) -> None:
    if not agreed:
        raise Refused("hotline_consent_stands", field="hotline_agreed")
    asked = session.get(Delegation, actor.delegation_id) if actor.delegation_id else None
    if producer.hotline and (asked is None or asked.given_how not in SIGNED):
        raise Refused("hotline_consent_is_theirs", field="hotline_agreed")


def _withdraw(producer: Producer) -> None:
    producer.hotline_consent_at = None
    producer.hotline_consent_by = producer.hotline_consent_text = ""


def _fill(producer: Producer, fields: dict[str, Any]) -> None:
    if unknown := fields.keys() - _FIELDS:
        raise TypeError(f"a producer has no such field to fill in: {sorted(unknown)}")
    if "tax_code" in fields:
        fields["tax_code"] = normal_tax_code(fields["tax_code"] or "")
        if problem := tax_code_problem(fields["tax_code"]):
            raise Refused(f"tax_code_{problem}", field="tax_code")
    for number in ("hotline", "zalo"):
        said = fields.get(number) or ""
        if said != getattr(producer, number) and (problem := public_number_problem(said)):
            raise Refused(problem, field=number)
    if "commune_code" in fields:
        _check_commune(fields["commune_code"])
    for name, value in fields.items():
        setattr(producer, name, value)


def _check_commune(code: str) -> None:
    try:
        places.commune(code)
    except UnknownPlace:
        raise Refused("field_commune", field="commune_code") from None


def _values(producer: Producer) -> dict[str, Any]:
    return {name: audit.plain(getattr(producer, name)) for name in sorted(_FIELDS) if getattr(producer, name)}


def _record(
    session: Session, actor: Actor, action: str, producer: Producer, old: dict[str, Any], new: dict[str, Any]
) -> None:
    audit.record(
        session, actor, action, producer, old=_masked(old), new=_masked(new), producer_id=producer.id
    )


def _masked(values: dict[str, Any]) -> dict[str, Any]:
    """The audit is read on screens too, so a personal tax code is masked in it."""
    return {**values, "tax_code": masked_tax_code(values["tax_code"])} if values.get("tax_code") else values
