"""What every channel still misses, offline and for all channels at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy.orm import Session

from marketplace_adapters import registry
from marketplace_adapters.types import ListingPayload, Problem
from ocop.listings.mapping import label_gaps_of
from ocop.listings.models import Listing
from ocop.listings.rules import claim_words, product_set
from ocop.producers import queries as producers
from ocop.producers.models import Certificate
from ocop.publishing import mapping
from ocop.publishing.models import Channel
from ocop.publishing.queries.channels import info_of, is_connected
from ocop.publishing.rules import BoothState, Gap, easiest_first
from ocop.web.wording import sentence

# A product is judged as on an install with a public address; whether this one has such is told when it connects.
_ANY_ADDRESS = "https://dia-chi.invalid"


def readiness(
    session: Session, listing: Listing, channels: Iterable[Channel], day: dt.date
) -> dict[str, list[Gap]]:
    """For each channel's id its gaps: what blocks first, and there the least work first."""
    papers = papers_of(session, listing)
    seen = mapping.payload(listing, papers, day=day, media_dir=None, base_url=_ANY_ADDRESS)
    of_the_product = [*_label_gaps(listing), *_claim_gaps(session, listing, day)]
    return {
        channel.id: sorted(
            [*_booth_gaps(channel), *_merged(_channel_gaps(seen, channel), of_the_product)], key=easiest_first
        )
        for channel in channels
    }


def papers_of(session: Session, listing: Listing) -> list[Certificate]:
    """Every paper of the product and of its producer, lapsed ones too: mapping sieves them."""
    return list(producers.certificates_of(session, listing.producer_id, listing.id))


def food_safety_lapsed(session: Session, listing: Listing, day: dt.date) -> bool:
    """Whether this product may not be on sale for want of a food-safety paper that counts."""
    if not product_set(listing.set_no).is_food:
        return False
    return mapping.lacks_food_safety(listing.set_no, papers_of(session, listing), day)


def problem_sentence(problem: Problem, listing: ListingPayload) -> str:
    """One sentence for what an adapter's check found."""
    if problem.severity == "unverified":
        return sentence(f"unverified_{problem.params.get('rule', problem.code)}")
    params: dict[str, Any] = dict(problem.params)
    skus = [variant.sku for variant in listing.variants]
    if params.get("sku") in skus:
        params["pack"] = skus.index(params["sku"]) + 1
    return sentence(f"gap_{problem.code}", **params)


def _channel_gaps(listing: ListingPayload, channel: Channel) -> Iterator[Gap]:
    for problem in registry.make_checker(info_of(channel)).check(listing):
        yield Gap(
            problem.code, problem_sentence(problem, listing), problem.field, problem.severity, problem.effort
        )


def _booth_gaps(channel: Channel) -> Iterator[Gap]:
    if not is_connected(channel):
        yield Gap("not_connected", sentence("gap_not_connected"), "channel", "blocking", 4)
    elif channel.booth is not BoothState.OPEN:
        yield Gap("no_booth", sentence("gap_no_booth"), "channel", "blocking", 5)


def _label_gaps(listing: Listing) -> Iterator[Gap]:
    """Who sells online shows the label (NĐ 37/2026 Điều 41.5), so what the label lacks every channel lacks."""
    for gap in label_gaps_of(listing):
        text = sentence(gap.code, item=gap.item, phrase=gap.phrase)
        yield Gap(gap.code, text, gap.field, gap.severity, gap.effort)


def _claim_gaps(session: Session, listing: Listing, day: dt.date) -> Iterator[Gap]:
    """Words that are fined: pointed out, never in the way."""
    kinds = {kind.value for kind in producers.valid_kinds(session, listing.producer_id, listing.id, day)}
    food = product_set(listing.set_no).is_food
    for field in ("name", "short_text", "story"):
        for word in claim_words(getattr(listing, field), kinds, listing.word_acks, food=food):
            yield Gap(
                f"claim_{word.code}", sentence(f"claim_{word.code}", word=word.word), field, "advice", 2
            )


def _merged(of_the_channel: Iterable[Gap], of_the_product: Iterable[Gap]) -> list[Gap]:
    """One field, one sentence: what the channel already says of a field the label need not say again."""
    mine = list(of_the_channel)
    said = {gap.field for gap in mine if gap.severity == "blocking"}
    return mine + [gap for gap in of_the_product if gap.field not in said or gap.severity != "blocking"]
