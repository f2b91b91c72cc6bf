"""What a class may be, and what its sandbox holds. Plain values only."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ocop.accounts.rules import Role

MOST_PEOPLE = 40
MOST_OFFICERS = 10
MOST_VOLUNTEERS = 20

# What a learner practises, as it is asked; the rest of a class own a sample producer.
ROLES = (Role.COMMUNE_OFFICER, Role.VILLAGE_VOLUNTEER, Role.PRODUCER_OWNER)

_SANDBOX = Path(__file__).with_name("sandbox.toml")


@cache
def sandbox() -> list[dict[str, Any]]:
    """The sample producers of every class; see sandbox.toml for the shape."""
    return tomllib.loads(_SANDBOX.read_text("utf-8"))["producer"]


def roles(people: int, officers: int, volunteers: int) -> list[Role]:
    """The role of each learner in order: officers first, then volunteers, then owners. ValueError when there are
    more officers and volunteers than people."""
    owners = people - officers - volunteers
    if owners < 0:
        raise ValueError(people)
    return (
        [Role.COMMUNE_OFFICER] * officers
        + [Role.VILLAGE_VOLUNTEER] * volunteers
        + [Role.PRODUCER_OWNER] * owners
    )


def sample_of(place: int) -> int:
    """Which sample producer the so-many-th owner gets (both counted from 0): they take turns."""
    return place % len(sandbox())


TOUR_STEPS = 5
_TOUR = Path(__file__).with_name("tour.toml")
_GUIDES = Path(__file__).with_name("guides.toml")


@dataclass(frozen=True)
class TourStep:
    """number counts from 1; endpoint names the page where the step happens."""

    number: int
    endpoint: str
    heading: str
    text: str


@cache
def tour(who: str) -> tuple[TourStep, ...]:
    """The steps for "producer" or "officer"."""
    found = tomllib.loads(_TOUR.read_text("utf-8"))[who]
    return tuple(TourStep(number, **step) for number, step in enumerate(found, start=1))


def tour_step(who: str, seen: int, endpoint: str | None) -> TourStep | None:
    """The card for this page, if the next step of somebody who has seen so many happens here."""
    if not 0 <= seen < TOUR_STEPS:
        return None
    step = tour(who)[seen]
    return step if step.endpoint == endpoint else None


@cache
def guides() -> dict[str, dict[str, Any]]:
    """The one-page guides by the last part of their address; see guides.toml for the shape."""
    return tomllib.loads(_GUIDES.read_text("utf-8"))
