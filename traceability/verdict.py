"""What a scan may say about a stamp: rules on plain values, answered by a code and its parameters.

The order of ``_RULES`` is the order of precedence: the first rule that speaks decides. The page never says
more than these facts, and never judges the goods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal


class VerdictCode(StrEnum):
    """Every answer there is, from the one that hides all others to the one that needs all others absent."""

    PRACTICE = "practice"
    UNKNOWN_SCANNED = "unknown_scanned"
    UNKNOWN_TYPED = "unknown_typed"
    RESTORING = "restoring"
    RECALLED_OWN = "recalled_own"
    RECALLED_ORDER = "recalled_order"
    RECALL_CLOSED = "recall_closed"
    CHECKING = "checking"
    VOID = "void"
    EXPIRED = "expired"
    PAST_BEST_BEFORE = "past_best_before"
    INACTIVE = "inactive"
    MANY_PLACES = "many_places"
    ACTIVE = "active"


@dataclass(frozen=True, slots=True)
class RecallFacts:
    """A public recall of a lot (a drill is not one). ``closed_on`` is set once it is done.

    ``own``: the producer's, with the reason it gives; ``order``: by a document of an authority.
    """

    kind: Literal["own", "order"]
    since: datetime
    reason: str = ""
    document_number: str = ""
    document_date: date | None = None
    authority: str = ""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True)
class LotFacts:
    """The lot a stamp is bound to. ``good_until`` is the last good day; its style, the label's wording."""

    number: str
    good_until: date | None = None
    date_style: Literal["use_by", "best_before"] = "use_by"
    hold_since: datetime | None = None
    recall: RecallFacts | None = None


@dataclass(frozen=True, slots=True)
class StampFacts:
    """What is known about one scan.

    ``mistyped``: the code did not decode; ``typed``: a person typed it. ``roll_known``: the roll has a row
    and the index is one of its stamps; ``roll_under_mark``: the roll number was once issued (at or under the
    high-water mark), so without a row the record was lost and not invented. ``activated_on``: of the range
    the stamp is in. ``many_places_published_on`` is set only when owner or officer published the finding.
    """

    typed: bool = False
    mistyped: bool = False
    practice: bool = False
    roll_known: bool = True
    roll_under_mark: bool = True
    activated_on: date | None = None
    voided_on: date | None = None
    first_scanned_on: date | None = None
    many_places_published_on: date | None = None
    lot: LotFacts | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A code and the values its sentence needs."""

    code: VerdictCode
    params: Mapping[str, Any] = field(default_factory=dict)


def verdict(facts: StampFacts, today: date) -> Verdict:
    """The answer to one scan. ``today`` is the business date; the last good day still counts as good."""
    answers = (rule(facts, today) for rule in _RULES)
    return next(answer for answer in answers if answer is not None)


def _practice(facts: StampFacts, today: date) -> Verdict | None:
    return Verdict(VerdictCode.PRACTICE) if facts.practice else None


def _unknown(facts: StampFacts, today: date) -> Verdict | None:
    lost = not facts.roll_known and facts.roll_under_mark
    if not facts.mistyped and (facts.roll_known or lost):
        return None
    return Verdict(VerdictCode.UNKNOWN_TYPED if facts.typed else VerdictCode.UNKNOWN_SCANNED)


def _restoring(facts: StampFacts, today: date) -> Verdict | None:
    return None if facts.roll_known else Verdict(VerdictCode.RESTORING)


def _recalled(facts: StampFacts, today: date) -> Verdict | None:
    if facts.lot is None or facts.lot.recall is None:
        return None
    lot, recall = facts.lot.number, facts.lot.recall
    if recall.closed_on:
        return Verdict(VerdictCode.RECALL_CLOSED, {"lot": lot, "closed_on": recall.closed_on})
    if recall.kind == "own":
        return Verdict(VerdictCode.RECALLED_OWN, {"lot": lot, "since": recall.since, "reason": recall.reason})
    document = {
        "document_number": recall.document_number,
        "document_date": recall.document_date,
        "authority": recall.authority,
    }
    return Verdict(VerdictCode.RECALLED_ORDER, {"lot": lot, **document})


def _checking(facts: StampFacts, today: date) -> Verdict | None:
    if facts.lot is None or facts.lot.hold_since is None:
        return None
    return Verdict(VerdictCode.CHECKING, {"lot": facts.lot.number, "since": facts.lot.hold_since})


def _void(facts: StampFacts, today: date) -> Verdict | None:
    return Verdict(VerdictCode.VOID, {"voided_on": facts.voided_on}) if facts.voided_on else None


def _past_its_date(facts: StampFacts, today: date) -> Verdict | None:
    lot = facts.lot
    if lot is None or lot.good_until is None or today <= lot.good_until:
        return None
    code = VerdictCode.EXPIRED if lot.date_style == "use_by" else VerdictCode.PAST_BEST_BEFORE
    return Verdict(code, {"lot": lot.number, "good_until": lot.good_until})


def _inactive(facts: StampFacts, today: date) -> Verdict | None:
    """Also a stamp bound to no lot: activation is what binds it."""
    return None if facts.activated_on and facts.lot else Verdict(VerdictCode.INACTIVE)


def _many_places(facts: StampFacts, today: date) -> Verdict | None:
    if facts.many_places_published_on is None:
        return None
    return Verdict(VerdictCode.MANY_PLACES, {"first_scanned_on": facts.first_scanned_on})


def _active(facts: StampFacts, today: date) -> Verdict:
    lot = facts.lot.number if facts.lot else None
    return Verdict(VerdictCode.ACTIVE, {"lot": lot, "activated_on": facts.activated_on})


_RULES = (
    _practice,
    _unknown,
    _restoring,
    _recalled,
    _checking,
    _void,
    _past_its_date,
    _inactive,
    _many_places,
    _active,
)
