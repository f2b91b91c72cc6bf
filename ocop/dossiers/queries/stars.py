"""Còn thiếu gì để lên sao: the criteria that writing down, stamping and selling online serve, each met or not."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ocop.dossiers.queries.dossier import stamps_on_goods
from ocop.dossiers.rules import Criterion, criteria
from ocop.listings.mapping import label_gaps_of, story_of
from ocop.listings.models import Listing
from ocop.publishing.queries import public_side as publishing


@dataclass(frozen=True)
class Step:
    """A criterion and what our data say of it. why: code of the sentence that says what is there or what to do
    (stars_<why>); href: where it is done, "" when it is met."""

    criterion: Criterion
    met: bool
    why: str
    href: str = ""


def steps(session: Session, listing: Listing) -> list[Step]:
    """One a criterion, in the order of Phụ lục II; [] for set 26, which has none of them."""
    look = {"trace_code": _trace_code, "traced_story": _traced_story, "shop_link": _shop_link}
    return [look[one.code](session, listing, one) for one in criteria(listing.set_no)]


def _trace_code(session: Session, listing: Listing, one: Criterion) -> Step:
    """The level asks three things at once: a whole label, the story, and the code."""
    if label_gaps_of(listing):
        return Step(one, False, "label_gaps", f"/san-pham/{listing.id}")
    if not story_of(listing):
        return Step(one, False, "no_story", f"/san-pham/{listing.id}")
    if stamps_on_goods(session, listing.id):
        return Step(one, True, "stamped")
    if listing.other_trace_code:
        return Step(one, True, "other_code")
    return Step(one, False, "no_stamps", "/tem/lay-so")


def _traced_story(session: Session, listing: Listing, one: Criterion) -> Step:
    if not story_of(listing):
        return Step(one, False, "no_story", f"/san-pham/{listing.id}")
    if stamps_on_goods(session, listing.id):
        return Step(one, True, "traced_story")
    return Step(one, False, "story_not_traced", "/tem/lay-so")


def _shop_link(session: Session, listing: Listing, one: Criterion) -> Step:
    if publishing.places_on_sale(session, listing.id):
        return Step(one, True, "sold_online")
    return Step(one, False, "not_sold_online", f"/san-pham/{listing.id}")
