"""Which facts a sheet may hold, and how people head the columns: read from columns.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

_FILE = Path(__file__).parent.parent / "columns.toml"


class RowKind(StrEnum):
    """In the order the records of a row are made."""

    PRODUCER = "producer"
    LISTING = "listing"
    CERTIFICATE = "certificate"
    LOT = "lot"


@dataclass(frozen=True)
class FieldSpec:
    """One fact. key: as the services take it, where they do. parser: who reads the cell. synonyms: headings, folded.
    names: it only says which thing is meant. many: several columns may hold it. longest: in letters."""

    group: str
    key: str
    label: str
    parser: str
    synonyms: tuple[str, ...]
    required: bool = False
    names: bool = False
    many: bool = False
    longest: int = 200

    @cached_property
    def target(self) -> str:
        return f"{self.group}.{self.key}"

    @cached_property
    def kind(self) -> RowKind:
        return RowKind(self.group.partition(":")[0])


@cache
def _groups() -> dict[str, tuple[FieldSpec, ...]]:
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        group: tuple(
            FieldSpec(
                group=group,
                key=key,
                label=said["label"],
                parser=said.get("parser", "text"),
                synonyms=tuple(said.get("headings", ())),
                required=said.get("required", False),
                names=said.get("names", False),
                many=said.get("many", False),
                longest=said.get("longest", 200),
            )
            for key, said in fields.items()
        )
        for group, fields in data["fields"].items()
    }


@cache
def _by_target() -> dict[str, FieldSpec]:
    return {one.target: one for fields in _groups().values() for one in fields}


def spec(target: str) -> FieldSpec:
    """KeyError for a target nobody knows."""
    return _by_target()[target]


def targets() -> tuple[str, ...]:
    """Every "group.key" a column may mean, in the order of the file."""
    return tuple(_by_target())


@cache
def counting_headings() -> frozenset[str]:
    """Headings of columns that only count rows or hold remarks; nobody is asked about them."""
    return frozenset(tomllib.loads(_FILE.read_text("utf-8"))["counting"])


@cache
def ignored_headings() -> frozenset[str]:
    return frozenset(tomllib.loads(_FILE.read_text("utf-8"))["ignored"])


FIELDS: dict[RowKind, tuple[FieldSpec, ...]] = {
    kind: tuple(one for group in _groups().values() for one in group if one.kind is kind) for kind in RowKind
}
