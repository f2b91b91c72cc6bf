"""What an OCOP dossier is made of and which criteria the program serves, read from dossier.toml and
digital_criteria.toml (their heads name the sources)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ocop.producers.rules import CertificateKind


@dataclass(frozen=True)
class Item:
    """A line of the evidence table. proof: what the program itself can show for it ("" when nothing). gate: a
    dossier without it is sent back."""

    code: str
    name: str
    kinds: tuple[CertificateKind, ...]
    proof: str = ""
    not_sets: frozenset[int] = frozenset()
    gate: bool = False


@dataclass(frozen=True)
class CommunePoint:
    """One of the four points of the commune's own report (Mẫu 03)."""

    code: str
    name: str
    kinds: tuple[CertificateKind, ...]


@dataclass(frozen=True)
class Criterion:
    """A row of Phụ lục II. star: as many stars as nobody gets without it."""

    code: str
    name: str
    criterion: str
    points: int
    star: int


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text("utf-8"))


@cache
def _all_items() -> tuple[Item, ...]:
    return tuple(
        Item(
            row["code"],
            row["name"],
            _kinds(row),
            row.get("proof", ""),
            frozenset(row.get("not_sets", ())),
            row.get("gate", False),
        )
        for row in _read("dossier.toml")["items"]
    )


def items(set_no: int) -> list[Item]:
    """The lines of the evidence table that speak of a product of this set, in order."""
    return [item for item in _all_items() if set_no not in item.not_sets]


def item_codes() -> frozenset[str]:
    return frozenset(item.code for item in _all_items())


@cache
def commune_points() -> tuple[CommunePoint, ...]:
    return tuple(
        CommunePoint(row["code"], row["name"], _kinds(row)) for row in _read("dossier.toml")["commune_points"]
    )


def criteria(set_no: int) -> list[Criterion]:
    """The digital criteria of a product set; fewer in sets 24 and 25, none in 26."""
    found = []
    for one in _read("digital_criteria.toml")["criteria"]:
        row = next((row for row in one["rows"] if set_no in row.get("sets", ())), one["rows"][0])
        if not row.get("none"):
            found.append(Criterion(one["code"], one["name"], row["criterion"], row["points"], row["star"]))
    return found


def last_checked() -> str:
    """When dossier.toml was last held against the decision, as 22/11/2026."""
    return f"{_read('dossier.toml')['last_checked']:%d/%m/%Y}"


def _kinds(row: dict[str, Any]) -> tuple[CertificateKind, ...]:
    return tuple(CertificateKind(kind) for kind in row["kinds"])
