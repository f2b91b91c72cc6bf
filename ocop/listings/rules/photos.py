"""Photos of a listing: what each one shows, by its place unless the person said otherwise."""

from __future__ import annotations

MAX_PHOTOS = 9  # the smallest number a known marketplace takes

SHOTS = ("front", "back_label", "making", "other")


def default_shot(position: int) -> str:
    """The first photo is the front, the second the back with its label, the third the making. From 0."""
    return SHOTS[min(position, len(SHOTS) - 1)]
