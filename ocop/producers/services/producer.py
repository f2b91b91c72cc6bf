"""Making and editing a producer."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotAllowed
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
    producer = Producer(sample=bool(fields.pop("sample", False)))
    _fill(producer, {"kind": kind, "name": name, "commune_code": commune_code, **fields})
    session.add(producer)
    session.flush()
    _record(session, actor, "producer.create", producer, {}, _values(producer))
    session.flush()
    return producer


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
    unless None. Raises EditConflict, NotAllowed, and what create_producer refuses.
    """
    producer = queries.for_edit(session, actor.require("producer.edit"))
    producer.expect_version(version)
    if fields.get("tax_code", "") is None:
        del fields["tax_code"]
    hotline_before = producer.hotline
    _fill(producer, fields)
    if producer.hotline != hotline_before:
        _withdraw(producer)
    if hotline_agreed is not None:
        _consent(producer, actor, hotline_agreed, consent_wording)
    old, new = audit.changes(producer)
    if new:
        _record(session, actor, "producer.edit", producer, old, new)
    session.flush()
    return producer


def set_hotline_consent(session: Session, actor: Actor, *, agreed: bool, wording: str) -> Producer:
    """Record that the hotline may be published: when, who said so, and the exact words agreed to; or take it back."""
    producer = queries.for_edit(session, actor.require("producer.edit"))
    _consent(producer, actor, agreed, wording)
    audit.record(session, actor, "producer.hotline_consent", producer, producer_id=producer.id)
    session.flush()
    return producer


def _consent(producer: Producer, actor: Actor, agreed: bool, wording: str) -> None:
    if not agreed or not producer.hotline:
        _withdraw(producer)
    elif producer.hotline_consent_at is None or producer.hotline_consent_text != wording:
        producer.hotline_consent_at = utcnow()
        producer.hotline_consent_by = f"{actor.name} (làm hộ)" if actor.on_behalf else actor.name
        producer.hotline_consent_text = wording


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
        if problem := public_number_problem(fields.get(number) or ""):
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
    """The audit is read on screens too, so a personal tax code is masked in it."""
    for values in (old, new):
        if values.get("tax_code"):
            values["tax_code"] = masked_tax_code(values["tax_code"])
    audit.record(session, actor, action, producer, old=old, new=new, producer_id=producer.id)
