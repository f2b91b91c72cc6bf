"""Re-assessment of a star: its dossier was handed in, a result came, a new paper takes the old one's place."""

from __future__ import annotations

import dataclasses
import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.db import audit
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.media.models import Media
from ocop.producers import queries
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind, reassessment_problem, run_on_until, window


def record_reassessment(
    session: Session,
    actor: Actor,
    *,
    certificate_id: str,
    filed_on: dt.date,
    receipt: str,
    media_id: str | None = None,
    as_official: bool = False,
) -> Certificate:
    """Note the receipt of a star's next dossier. Handed in before the last day, the old paper counts until the
    result, at most so long as ocop_papers.toml says. By the producer's people, or (``as_official``) by an officer of
    its commune: the office is who gives the receipt.

    Raises NotFound, NotAllowed, Refused(reassessment_only_star | needs_receipt | not_yet | too_early | too_late).
    """
    row, actor = _for_change(session, actor, certificate_id, as_official)
    if row.revoked_on is not None:
        raise Refused("reassessment_only_star", field="filed_on")
    problem = reassessment_problem(row, filed_on, receipt, today())
    if problem:
        days = {"opens": window(row.expires_on)[0], "expires": row.expires_on} if row.expires_on else {}
        raise Refused(problem[0], field=problem[1], **{name: f"{day:%d/%m/%Y}" for name, day in days.items()})
    assert row.expires_on is not None
    row.reassessment_filed_on, row.reassessment_receipt = filed_on, receipt
    row.runs_until = run_on_until(row.expires_on)
    if media_id is not None:
        _check_ours(session, row, media_id)
        row.reassessment_media_id = media_id
    audit.record(session, actor, "certificate.reassessment", row)
    session.flush()
    return row


def end_reassessment(
    session: Session, actor: Actor, *, certificate_id: str, ended_on: dt.date, as_official: bool = False
) -> Certificate:
    """The result came and it is no star: the old paper counts to that day, and never less than to its printed one.
    What was noted stays in the audit. Raises NotFound, NotAllowed, Refused(reassessment_not_waiting | early_result).
    """
    row, actor = _for_change(session, actor, certificate_id, as_official)
    if row.reassessment_filed_on is None or row.expires_on is None:
        raise Refused("reassessment_not_waiting", field="ended_on")
    if not row.reassessment_filed_on <= ended_on <= today():
        raise Refused("reassessment_early_result", field="ended_on")
    row.runs_until = ended_on if ended_on > row.expires_on else None
    row.reassessment_filed_on, row.reassessment_receipt = None, ""
    audit.record(session, actor, "certificate.reassessment_ended", row)
    session.flush()
    return row


def settle_waiting(session: Session, actor: Actor, changed: Certificate) -> None:
    """After a star of a product was written down or changed: a newer one takes the place of one that waited, which
    stops counting the day before and never before its own printed day."""
    if changed.kind is not CertificateKind.OCOP:
        return
    stars = session.scalars(
        select(Certificate).where(
            Certificate.listing_id == changed.listing_id, Certificate.kind == CertificateKind.OCOP
        )
    ).all()
    for row in stars:
        newer = [one.issued_on for one in stars if _is_newer(one, row)]
        if row.runs_until is None or row.expires_on is None or not newer:
            continue
        last = max(row.expires_on, min(newer) - dt.timedelta(days=1))
        if last < row.runs_until:
            row.runs_until = last
            audit.record(session, actor, "certificate.replaced", row)
    session.flush()


def _is_newer(one: Certificate, row: Certificate) -> bool:
    return (
        one.revoked_on is None
        and one.issued_on is not None
        and row.issued_on is not None
        and one.issued_on > row.issued_on
    )


def _for_change(
    session: Session, actor: Actor, certificate_id: str, as_official: bool
) -> tuple[Certificate, Actor]:
    """The paper, locked, and who changes it: somebody working for its producer, or an officer in nobody's name."""
    if as_official:
        row = queries.certificate_in_own_commune(session, actor, certificate_id)
        actor = dataclasses.replace(actor, producer_id=None, on_behalf=False, delegation_id=None)
    else:
        actor.require("certificate.edit")
        row = queries.certificate(session, actor, certificate_id)
    session.refresh(row, with_for_update=True)
    return row, actor


def _check_ours(session: Session, row: Certificate, media_id: str) -> None:
    media = session.get(Media, media_id)
    if media is None or media.producer_id != row.producer_id:
        raise NotFound()
