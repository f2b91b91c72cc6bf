"""Stamp layouts as data (``layouts.toml``): where a sheet has its stamps and a stamp its parts, in mm."""

import tomllib
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from functools import cache
from math import floor
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

_FILE = Path(__file__).with_name("layouts.toml")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in mm, measured from the top left corner of the stamp (or page) it is in."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Slot:
    """Room for one text: its box, the sizes in points to try, and what to do when it overruns."""

    field: str
    box: Box
    size: float
    smallest: float = 4.0
    bold: bool = False
    align: Literal["left", "right"] = "left"
    overflow: Literal["cut", "shrink", "omit"] = "cut"
    grow: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of sheet. ``dots_per_mm`` is set for printers whose dots the QR modules must fall on."""

    name: str
    page: tuple[float, float]
    stamp: tuple[float, float]
    columns: int
    rows: int
    margin: tuple[float, float]
    gap: tuple[float, float]
    qr: Box
    column: Box
    practice: Box
    lines: tuple[Slot, ...]
    slots: tuple[Slot, ...]
    note: Box | None = None
    dots_per_mm: int | None = None

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def corner(self, place: int) -> tuple[float, float]:
        """Top left corner of the stamp at ``place`` (0 is the first of the page, row by row)."""
        row, column = divmod(place, self.columns)
        x = self.margin[0] + column * (self.stamp[0] + self.gap[0])
        y = self.margin[1] + row * (self.stamp[1] + self.gap[1])
        return x, y

    def module(self, across: int) -> float:
        """The side of one QR module for a symbol of ``across`` modules, quiet zone included."""
        return self._on_dots(self.qr.width / across)

    def symbol(self, across: int) -> Box:
        """Where a symbol of ``across`` modules (quiet zone included) sits: in the middle of its box."""
        side = across * self.module(across)
        inset = self._on_dots((self.qr.width - side) / 2)
        return Box(self.qr.x + inset, self.qr.y + inset, side, side)

    def column_for(self, fields: Set[str]) -> tuple[Slot, ...]:
        """The lines of the text column for these fields, top to bottom; one grows into what is left."""
        wanted = [line for line in self.lines if line.field in fields]
        spare = self.column.height - sum(line.box.height for line in wanted if not line.grow)
        placed, y = [], self.column.y
        for line in wanted:
            height = spare if line.grow else line.box.height
            placed.append(replace(line, box=Box(self.column.x, y, self.column.width, height)))
            y += height
        return tuple(placed)

    def _on_dots(self, length: float) -> float:
        if self.dots_per_mm is None:
            return length
        return floor(length * self.dots_per_mm + 1e-6) / self.dots_per_mm


@cache
def layouts() -> Mapping[str, Layout]:
    """Every layout by name."""
    return MappingProxyType({name: _layout(name, data) for name, data in _data()["layouts"].items()})


@cache
def words() -> Mapping[str, str]:
    """The few words printed on every stamp and sheet, as templates."""
    return MappingProxyType(_data()["words"])


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _layout(name: str, data: dict[str, Any]) -> Layout:
    x, y, side = data["qr"]
    column = Box(*data["column"])
    return Layout(
        name=name,
        page=tuple(data["page"]),
        stamp=tuple(data["stamp"]),
        columns=data["columns"],
        rows=data["rows"],
        margin=tuple(data["margin"]),
        gap=tuple(data["gap"]),
        qr=Box(x, y, side, side),
        column=column,
        practice=Box(*data["practice"]),
        lines=tuple(_line(column, line) for line in data["lines"]),
        slots=tuple(Slot(**{**slot, "box": Box(*slot["box"])}) for slot in data["slots"]),
        note=Box(*data["note"]) if "note" in data else None,
        dots_per_mm=data.get("dots_per_mm"),
    )


def _line(column: Box, data: dict[str, Any]) -> Slot:
    """A line of the column; its place is settled when it is known which lines a stamp needs."""
    rest = {key: value for key, value in data.items() if key != "height"}
    return Slot(box=Box(column.x, column.y, column.width, data.get("height", 0.0)), **rest)
