"""A product's dossier as it is shown and written: what serves each item."""

from __future__ import annotations

from dataclasses import dataclass

from ocop.dossiers.rules import CommunePoint, Item
from ocop.listings.models import Listing
from ocop.producers.mapping import certificate_name
from ocop.producers.models import Certificate
from ocop.producers.rules import masked_tax_code


@dataclass(frozen=True)
class Evidence:
    """One thing that serves an item: a paper, or what the program shows. number: of the paper in the list of
    evidence, one number wherever it serves; 0 for what the program shows. link_id: of the row that says so, ""
    when its kind says so. url: where it can be seen."""

    words: str
    number: int = 0
    counts: bool = True
    link_id: str = ""
    url: str = ""


@dataclass(frozen=True)
class ItemRow:
    item: Item
    evidence: tuple[Evidence, ...]

    @property
    def served(self) -> bool:
        """Something that still counts is there."""
        return any(one.counts for one in self.evidence)


@dataclass(frozen=True)
class Point:
    """A point the commune judges, and the papers that speak of it."""

    point: CommunePoint
    papers: tuple[str, ...]


@dataclass(frozen=True)
class Dossier:
    """papers: those of the locker by their number in the list of evidence. free: papers that may be put to an item."""

    listing: Listing
    rows: tuple[ItemRow, ...]
    papers: dict[int, Certificate]
    free: tuple[Certificate, ...]
    points: tuple[Point, ...]

    @property
    def missing(self) -> list[Item]:
        return [row.item for row in self.rows if not row.served]

    @property
    def barred(self) -> list[Item]:
        """What the dossier is sent back for."""
        return [item for item in self.missing if item.gate]


def paper_words(paper: Certificate) -> str:
    """ "Giấy OCOP 4 sao số 12/QĐ-UBND"."""
    number = f" số {masked_tax_code(paper.number)}" if paper.number else ""
    return f"{certificate_name(paper)}{number}"
