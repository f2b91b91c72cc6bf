"""Papers: adding, editing, and an official's note to have seen the original."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.media.models import Media
from ocop.producers import queries
from ocop.producers.models import Certificate
from ocop.producers.rules import (
    CertificateKind,
    certificate_problem,
    masked_tax_code,
    ocop_expiry,
    run_on_until,
)
from ocop.producers.services.reassessments import settle_waiting


def add_certificate(
    session: Session,
    actor: Actor,
    *,
    kind: CertificateKind,
    number: str,
    issuer: str = "",
    issued_on: dt.date | None,
    expires_on: dt.date | None,
    stars: int | None = None,
    listing_id: str | None = None,
    media_id: str | None = None,
) -> Certificate:
    """A paper of the producer worked for, or of one of its products.

    An OCOP certificate without a last day gets 36 months. Raises NotAllowed, NotFound (a product or picture of
    somebody else), Refused(certificate_needs_product | needs_number | needs_day | needs_stars | ends_early).
    """
    row = Certificate(producer_id=actor.require("certificate.edit"))
    facts = {
        "kind": kind,
        "number": number,
        "issuer": issuer,
        "issued_on": issued_on,
        "expires_on": expires_on,
        "stars": stars,
        "listing_id": listing_id,
        "media_id": media_id,
    }
    _fill(session, row, facts)
    session.add(row)
    _record(session, actor, "certificate.add", row)
    session.flush()
    settle_waiting(session, actor, row)
    return row


def edit_certificate(
    session: Session, actor: Actor, *, certificate_id: str, version: int | None, **facts: Any
) -> Certificate:
    """Change a paper. A changed one was not seen by any official any more; media_id None keeps the picture.

    Raises EditConflict, and what add_certificate raises.
    """
    actor.require("certificate.edit")
    row = queries.certificate(session, actor, certificate_id)
    session.refresh(row, with_for_update=True)
    row.expect_version(version)
    if facts.get("media_id") is None:
        facts["media_id"] = row.media_id
    _fill(session, row, facts)
    old, new = audit.changes(row)
    if new:
        row.original_seen_on, row.original_seen_by = None, ""
        _record(session, actor, "certificate.edit", row)
    session.flush()
    settle_waiting(session, actor, row)
    return row


_FACTS = frozenset(
    {"kind", "number", "issuer", "issued_on", "expires_on", "stars", "listing_id", "media_id", "revoked_on"}
)


def drafted(producer_id: str, *, row_id: str, **facts: Any) -> Certificate:
    """A paper in no session yet, its facts checked; that product and picture are the producer's is not. Raises
    what add_certificate refuses."""
    row = Certificate(id=row_id, producer_id=producer_id)
    _put(row, _checked(row, facts))
    return row


def drafted_entry(actor: Actor, row: Certificate) -> AuditEntry:
    """What the audit says of a drafted paper."""
    _old, new = _masked_changes(row)
    return audit.entry(actor, "certificate.add", row, row.id, new=new)


def _fill(session: Session, row: Certificate, facts: dict[str, Any]) -> None:
    said = _checked(row, facts)
    _check_ours(session, row.producer_id, said["listing_id"], said["media_id"])
    _put(row, said)


def _checked(row: Certificate, facts: dict[str, Any]) -> dict[str, Any]:
    if unknown := facts.keys() - _FACTS:
        raise TypeError(f"a certificate has no such fact: {sorted(unknown)}")
    said = {name: facts.get(name, getattr(row, name)) for name in _FACTS}
    is_star = said["kind"] is CertificateKind.OCOP
    if not is_star:
        said["stars"] = None
    elif said["issued_on"] is not None and said["expires_on"] is None:
        said["expires_on"] = ocop_expiry(said["issued_on"])
    problem = certificate_problem(
        said["kind"],
        said["number"],
        said["issued_on"],
        said["expires_on"],
        said["stars"],
        said["listing_id"] is not None,
    )
    if problem:
        raise Refused(problem[0], field=problem[1])
    return said


def _put(row: Certificate, said: dict[str, Any]) -> None:
    for name, value in said.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
    if row.reassessment_filed_on is not None:
        row.runs_until = _runs_until(row)


def _runs_until(row: Certificate) -> dt.date | None:
    """For a paper with a receipt, after its dates were put right: no receipt of a later day keeps it counting."""
    in_time = row.expires_on is not None and row.reassessment_filed_on <= row.expires_on
    return run_on_until(row.expires_on) if in_time else None


def _record(session: Session, actor: Actor, action: str, row: Certificate) -> None:
    old, new = _masked_changes(row)
    audit.record(session, actor, action, row, old=old, new=new)


def _masked_changes(row: Certificate) -> tuple[dict[str, Any], dict[str, Any]]:
    """With a person's number masked: a household's registration carries its owner's."""
    old, new = audit.changes(row)
    for values in (old, new):
        if values.get("number"):
            values["number"] = masked_tax_code(values["number"])
    return old, new


def _check_ours(session: Session, producer_id: str, listing_id: str | None, media_id: str | None) -> None:
    with session.no_autoflush:
        if listing_id is not None and not queries.has_product(session, producer_id, listing_id):
            raise NotFound()
        media = session.get(Media, media_id) if media_id else None
    if media_id and (media is None or media.producer_id != producer_id):
        raise NotFound()


def mark_original_seen(session: Session, actor: Actor, *, certificate_id: str) -> Certificate:
    """A commune officer notes, as an official and in nobody's name, to have held the original today.

    Says nothing about the goods and is no administrative confirmation. Raises NotFound outside the communes.
    """
    row = queries.certificate_in_own_commune(session, actor, certificate_id)
    row.original_seen_on, row.original_seen_by = today(), actor.name
    as_official = dataclasses.replace(actor, producer_id=None, on_behalf=False, delegation_id=None)
    audit.record(session, as_official, "certificate.original_seen", row)
    session.flush()
    return row
