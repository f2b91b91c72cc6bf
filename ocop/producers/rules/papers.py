"""What a paper is, what it needs to say, and whether it counts on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from ocop.producers.rules.terms import months_later, terms


class CertificateKind(StrEnum):
    OCOP = "ocop"
    FOOD_SAFETY = "food_safety"
    SELF_DECLARATION = "self_declaration"
    LAB_TEST = "lab_test"
    VIETGAP = "vietgap"
    ORGANIC = "organic"
    PLACE_NAME_PERMIT = "place_name_permit"
    TRADEMARK = "trademark"
    BUSINESS_REGISTRATION = "business_registration"
    QUALITY_SYSTEM = "quality_system"
    PRODUCTION = "production"
    RAW_MATERIAL = "raw_material"
    ENVIRONMENT = "environment"
    LABOUR = "labour"
    FINANCE = "finance"
    SALES = "sales"
    PROMOTION = "promotion"
    BARCODE = "barcode"
    AWARD = "award"
    OTHER = "other"


# Papers that speak of one product; the others speak of the producer.
OF_A_PRODUCT = frozenset({CertificateKind.OCOP, CertificateKind.SELF_DECLARATION, CertificateKind.LAB_TEST})

# Papers kept for an OCOP dossier. They name workers, buyers and money: no shopper and no marketplace sees them.
FOR_THE_DOSSIER = frozenset(
    {
        CertificateKind.RAW_MATERIAL,
        CertificateKind.ENVIRONMENT,
        CertificateKind.LABOUR,
        CertificateKind.FINANCE,
        CertificateKind.SALES,
        CertificateKind.PROMOTION,
        CertificateKind.BARCODE,
    }
)

# Kinds of which a newer paper takes the place of an older one; of the others several may stand side by side.
_ONE_AT_A_TIME = frozenset(
    {CertificateKind.OCOP, CertificateKind.FOOD_SAFETY, CertificateKind.VIETGAP, CertificateKind.ORGANIC}
)


class PaperFacts(Protocol):
    """What decides whether a paper counts; a certificate has it, and so has a plain row of its table."""

    kind: CertificateKind
    producer_id: str
    listing_id: str | None
    issued_on: dt.date | None
    expires_on: dt.date | None
    revoked_on: dt.date | None
    reassessment_filed_on: dt.date | None
    runs_until: dt.date | None


def valid_on(
    day: dt.date, issued_on: dt.date | None, counts_until: dt.date | None, revoked_on: dt.date | None
) -> bool:
    """Whether a paper counts on a day. Its last day counts; a paper without an end date does not lapse."""
    if issued_on is not None and day < issued_on:
        return False
    if revoked_on is not None and day >= revoked_on:
        return False
    return counts_until is None or day <= counts_until


def last_day(paper: PaperFacts) -> dt.date | None:
    """The last day a paper counts: what is printed on it, or longer while a dossier filed in time waits."""
    if paper.runs_until is not None and terms().run_on:
        return paper.runs_until
    return paper.expires_on


def counts(paper: PaperFacts, day: dt.date) -> bool:
    return valid_on(day, paper.issued_on, last_day(paper), paper.revoked_on)


def is_replaced(paper: PaperFacts, others: Sequence[PaperFacts]) -> bool:
    """Whether one of ``others`` took its place: the same kind for the same thing, of a later day. A newer paper
    that was itself revoked takes nobody's place."""
    if paper.kind not in _ONE_AT_A_TIME:
        return False
    return any(
        one is not paper
        and (one.kind, one.producer_id, one.listing_id) == (paper.kind, paper.producer_id, paper.listing_id)
        and one.revoked_on is None
        and _age(one) > _age(paper)
        for one in others
    )


def _age(paper: PaperFacts) -> tuple[dt.date, dt.date]:
    return paper.issued_on or dt.date.min, paper.expires_on or dt.date.max


class Standing(StrEnum):
    """How a paper stands on a day. WINDOW: its product's dossier may be handed in now. WAITING: it has been."""

    NOT_YET = "not_yet"
    VALID = "valid"
    ENDLESS = "endless"
    MONTHS_12 = "months_12"
    MONTHS_6 = "months_6"
    MONTHS_3 = "months_3"
    MONTHS_1 = "months_1"
    WINDOW = "window"
    WAITING = "waiting"
    EXPIRED = "expired"
    REVOKED = "revoked"


def standing(paper: PaperFacts, day: dt.date) -> Standing:
    if paper.revoked_on is not None and day >= paper.revoked_on:
        return Standing.REVOKED
    if paper.issued_on is not None and day < paper.issued_on:
        return Standing.NOT_YET
    if paper.expires_on is None:
        return Standing.ENDLESS
    if not counts(paper, day):
        return Standing.EXPIRED
    if paper.reassessment_filed_on is not None and paper.reassessment_filed_on <= day:
        return Standing.WAITING
    opens, closes = window(paper.expires_on)
    if paper.kind is CertificateKind.OCOP and opens <= day <= closes:
        return Standing.WINDOW
    for months in sorted(terms().warning_months):
        if day >= months_later(paper.expires_on, -months):
            return Standing(f"months_{months}")
    return Standing.VALID


class ToDo(StrEnum):
    """What somebody does about a paper next; their sentences are paper_todo_<code>."""

    NOTHING = "nothing"
    PREPARE = "prepare"
    FILE_NOW = "file_now"
    FILE_LATE = "file_late"
    WAIT = "wait"
    APPLY_ANEW = "apply_anew"
    RENEW = "renew"
    RENEW_LATE = "renew_late"
    RENEW_FOOD_SAFETY = "renew_food_safety"
    FOOD_SAFETY_GONE = "food_safety_gone"


_FAR = (Standing.NOT_YET, Standing.VALID, Standing.ENDLESS)


def to_do(paper: PaperFacts, day: dt.date) -> ToDo:
    """A star has a dossier with dates of its own; other papers are simply renewed."""
    how = standing(paper, day)
    if how in _FAR:
        return ToDo.NOTHING
    gone = how in (Standing.EXPIRED, Standing.REVOKED)
    if paper.kind is CertificateKind.FOOD_SAFETY:
        return ToDo.FOOD_SAFETY_GONE if gone else ToDo.RENEW_FOOD_SAFETY
    if paper.kind is not CertificateKind.OCOP:
        return ToDo.RENEW_LATE if gone else ToDo.RENEW
    if gone:
        return ToDo.APPLY_ANEW
    if how is Standing.WAITING:
        return ToDo.WAIT
    if how is Standing.WINDOW:
        return ToDo.FILE_NOW
    assert paper.expires_on is not None
    return ToDo.PREPARE if day < window(paper.expires_on)[0] else ToDo.FILE_LATE


def window(expires_on: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day on which the dossier for the next term is handed in (ocop_papers.toml)."""
    rule = terms()
    return (
        expires_on - dt.timedelta(days=rule.opens_days_before),
        expires_on - dt.timedelta(days=rule.closes_days_before),
    )


def run_on_until(expires_on: dt.date) -> dt.date:
    """The last day a paper may count while its dossier, handed in before its last day, waits for a result."""
    return expires_on + dt.timedelta(days=terms().run_on_days)


def reassessment_problem(
    paper: PaperFacts, filed_on: dt.date, receipt: str, today: dt.date
) -> tuple[str, str] | None:
    """(code, field) of why this receipt cannot stand, or None."""
    if paper.kind is not CertificateKind.OCOP or paper.expires_on is None:
        return "reassessment_only_star", "filed_on"
    if not receipt:
        return "reassessment_needs_receipt", "receipt"
    if filed_on > today:
        return "reassessment_not_yet", "filed_on"
    if filed_on < window(paper.expires_on)[0]:
        return "reassessment_too_early", "filed_on"
    if filed_on > paper.expires_on:
        return "reassessment_too_late", "filed_on"
    return None


def ocop_expiry(issued_on: dt.date) -> dt.date:
    """The last day of an OCOP certificate that does not name one: the day before its term is over."""
    return months_later(issued_on, terms().term_months) - dt.timedelta(days=1)


def certificate_problem(
    kind: CertificateKind,
    number: str,
    issued_on: dt.date | None,
    expires_on: dt.date | None,
    stars: int | None,
    has_product: bool,
) -> tuple[str, str] | None:
    """(code, field) of what is wrong with a paper's facts, or None.

    A star needs its product, decision number and day, and is 3, 4 or 5: one and two stars get no certificate.
    """
    if kind in OF_A_PRODUCT and not has_product:
        return "certificate_needs_product", "listing_id"
    if kind is CertificateKind.OCOP:
        if not number:
            return "certificate_needs_number", "number"
        if issued_on is None:
            return "certificate_needs_day", "issued_on"
        if stars not in (3, 4, 5):
            return "certificate_needs_stars", "stars"
    if issued_on is not None and expires_on is not None and expires_on < issued_on:
        return "certificate_ends_early", "expires_on"
    return None
