"""What is read out to a producer before a helper sends a product anywhere, and who has read it out."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, User
from ocop.accounts.rules import HelperKind
from ocop.db.actor import Actor
from ocop.listings.mapping import packs
from ocop.listings.models import Listing, Variant
from ocop.producers.mapping import public_phone
from ocop.publishing.models import Publication, ReadBack
from ocop.publishing.queries.publications import publications_of
from ocop.web.filters import clock, dong, number
from ocop.web.wording import sentence


@dataclass(frozen=True)
class SaidAloud:
    """Who read a product out and when, as a sentence. outdated: it was changed afterwards."""

    words: str
    outdated: bool


def read_aloud_lines(listing: Listing) -> list[str]:
    """The one sentence that is read out, a line for each kind of pack: one line in all where there is one pack.

    "Mắm tép, 70.000 đồng một hũ, trong gói có 250 g, hạn dùng 365 ngày, số gọi công khai 0912 345 678. Đúng chưa
    ạ?" What nobody filled in is left out.
    """
    kinds = [_of_pack(pack) for pack in packs(listing)]
    *before, last = [f"{listing.name}, {kinds[0]}"] if len(kinds) == 1 else [listing.name, *kinds]
    end = ", ".join([last, *_of_all_packs(listing)])
    return [*(f"{line}," for line in before), f"{end}. {sentence('read_aloud_ask')}"]


def _of_all_packs(listing: Listing) -> list[str]:
    said = []
    if listing.shelf_life_days:
        said.append(sentence("read_aloud_shelf_life", days=number(listing.shelf_life_days)))
    if phone := public_phone(listing.producer):
        said.append(sentence("read_aloud_phone", phone=phone))
    return said


def _of_pack(pack: Variant) -> str:
    price, word = dong(pack.price_vnd), _pack_word(pack)
    said = [sentence("read_aloud_price", price=price, pack=word) if word else price]
    if pack.net_content:
        content = f"{number(pack.net_content)} {pack.net_unit}"
        said.append(sentence("read_aloud_content", content=content))
    return ", ".join(said)


def _pack_word(pack: Variant) -> str:
    """ "Hũ 250 g" -> "hũ": what is in it is said by itself. A pack without a name is a gói, a service nothing."""
    word = pack.label.strip()
    if pack.net_content:
        word = re.sub(rf"[\s,–-]*{pack.net_content}\s*{re.escape(pack.net_unit)}$", "", word) or "gói"
    return word[:1].lower() + word[1:]


def agreed_to(session: Session, listing: Listing, channel_ids: Collection[str]) -> bool:
    """Whether this very version was read out and agreed to for all these places, at once or one after another. The
    words count too: a number that is public since then was not among those that were heard."""
    found = select(ReadBack.channel_ids, ReadBack.words).where(
        ReadBack.listing_id == listing.id, ReadBack.listing_version == listing.version
    )
    said = "\n".join([*read_aloud_lines(listing), ""])
    named = {one for places, words in session.execute(found) if words.startswith(said) for one in places}
    return named.issuperset(channel_ids)


def must_read_aloud(session: Session, actor: Actor, listing: Listing, channel_ids: Collection[str]) -> bool:
    """Whether the actor has to read the product out before it may go to these places. A producer's own people
    never have to."""
    return actor.on_behalf and not agreed_to(session, listing, channel_ids)


def is_released(session: Session, actor: Actor, listing: Listing) -> bool:
    """Whether the producer's own people wrote what the product says now, sent it somewhere, or heard it."""
    posts = publications_of(session, actor, listing.id)
    return not listing.written_on_behalf or any(post.is_released for post in posts)


def unheard(its: type[Listing] = Listing) -> ColumnElement[bool]:
    """Publication.is_released the other way round, for a Publication and its listing in a query: a helper changed
    the product and its producer has neither heard nor sent what it says now."""
    return and_(
        its.written_on_behalf,
        or_(Publication.asked_version.is_(None), Publication.asked_version != its.version),
    )


def said_aloud(session: Session, listing: Listing) -> SaidAloud | None:
    """The last time the product was read out; the caller knows whose it is."""
    last = session.execute(
        select(ReadBack, User.name, Delegation.helper_kind)
        .outerjoin(User, User.id == ReadBack.user_id)
        .outerjoin(Delegation, Delegation.id == ReadBack.delegation_id)
        .where(ReadBack.listing_id == listing.id)
        .order_by(ReadBack.at.desc(), ReadBack.id)
        .limit(1)
    ).first()
    if last is None:
        return None
    read_back, name, kind = last
    code = "read_aloud_by_office" if kind is HelperKind.OFFICE else "read_aloud_by_helper"
    outdated = read_back.listing_version != listing.version
    said = sentence(code, name=name, time=clock(read_back.at))
    return SaidAloud(f"{said} {sentence('read_aloud_outdated')}" if outdated else said, outdated)
