"""Lists of links and what became of them, in the reach of a producer or of an official."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo
from ocop.db.actor import Actor, NotFound
from ocop.listings.models import Listing
from ocop.places import queries as places
from ocop.places.rules import is_practice
from ocop.producers.models import Producer
from ocop.producers.queries import in_training
from ocop.publishing import mapping
from ocop.publishing.models import Channel, CheckedLink, LinkCheck
from ocop.publishing.queries.channels import channel_choices, info_of, shared_channels
from ocop.publishing.rules import LinkResult, own_link
from ocop.web.folding import fold

ONLINE_RESULTS = (LinkResult.RIGHT, LinkResult.OTHER_PRICE, LinkResult.LAPSED_STAR)


@dataclass(frozen=True)
class Tally:
    """``reported`` links were said to be online; ``online`` of them really show the product; ``waiting`` are
    not looked at yet; ``counts`` by LinkResult."""

    reported: int
    online: int
    waiting: int
    counts: dict[str, int]


def checks_of_producer(session: Session, actor: Actor, most: int = 20) -> list[LinkCheck]:
    """The lists with links of the actor's producer, its own and those a commune made; the newest first."""
    mine = select(CheckedLink.check_id).join(Listing, CheckedLink.listing_id == Listing.id)
    wanted = or_(
        LinkCheck.producer_id == actor.producer_id,
        LinkCheck.id.in_(mine.where(Listing.producer_id == actor.producer_id)),
    )
    return list(
        session.scalars(
            select(LinkCheck).where(wanted).order_by(LinkCheck.made_at.desc(), LinkCheck.id).limit(most)
        )
    )


def links_of_producer(session: Session, actor: Actor, check_id: str) -> tuple[LinkCheck, list[CheckedLink]]:
    """A list and the rows of it the actor's producer may see: all of its own list, of a commune's list those
    that were matched to its products. Raises NotFound."""
    check = session.get(LinkCheck, check_id)
    if check is None or actor.producer_id is None:
        raise NotFound()
    wanted = (
        select(CheckedLink).where(CheckedLink.check_id == check.id).order_by(CheckedLink.row, CheckedLink.id)
    )
    if check.producer_id != actor.producer_id:
        wanted = wanted.join(Listing, CheckedLink.listing_id == Listing.id).where(
            Listing.producer_id == actor.producer_id
        )
    rows = list(session.scalars(wanted))
    if check.producer_id != actor.producer_id and not rows:
        raise NotFound()
    return check, rows


def checks_of_communes(session: Session, actor: Actor, most: int = 20) -> list[LinkCheck]:
    """The lists of the communes an official looks after, the newest first."""
    wanted = select(LinkCheck).where(LinkCheck.commune_code.in_(_communes(actor)))
    return list(session.scalars(wanted.order_by(LinkCheck.made_at.desc(), LinkCheck.id).limit(most)))


def links_of_commune(session: Session, actor: Actor, check_id: str) -> tuple[LinkCheck, list[CheckedLink]]:
    """A commune's list with all its rows. Raises NotFound."""
    check = session.get(LinkCheck, check_id)
    if check is None or check.commune_code not in _communes(actor):
        raise NotFound()
    return check, list(check.links)


def tally(links: Sequence[CheckedLink]) -> Tally:
    counts = Counter(link.result for link in links)
    return Tally(
        reported=len(links),
        online=sum(counts[result] for result in ONLINE_RESULTS),
        waiting=counts[""],
        counts={result.value: counts[result] for result in LinkResult if counts[result]},
    )


def marketplace_of(url: str) -> ChannelInfo | None:
    """The marketplace an address belongs to by its host, practice ones last; None for one we do not know."""
    known = sorted(registry.channels().values(), key=lambda info: info.training)
    return next((info for info in known if info.hosts and own_link(url, info.hosts)), None)


def booths_for(session: Session, actor: Actor) -> list[Channel]:
    """The booths whose links a list of this actor may hold."""
    return list(channel_choices(session, actor) if actor.producer_id else shared_channels(session))


def channel_for(booths: Sequence[Channel], url: str) -> tuple[Channel | None, ChannelInfo | None]:
    """The booth whose site the address is on, and its marketplace; the marketplace alone where nobody has a booth."""
    for channel in booths:
        info = info_of(channel)
        if info.hosts and own_link(url, info.hosts):
            return channel, info
    return None, marketplace_of(url)


def stays_in_house(session: Session, check: LinkCheck) -> bool:
    """Whether this is a list of a training class, of which only links at practice marketplaces are opened."""
    return is_practice(check.commune_code or "") or in_training(session, check.producer_id)


def candidates(
    session: Session, *, producer_id: str | None, commune_code: str | None, producer_name: str = ""
) -> list[Listing]:
    """Products a link may be of: the producer's, or those of the commune's producers (of that name, if given)."""
    wanted = select(Listing).where(Listing.archived_at.is_(None)).options(joinedload(Listing.producer))
    if producer_id is not None:
        return list(session.scalars(wanted.where(Listing.producer_id == producer_id)))
    found = session.scalars(wanted.join(Listing.producer).where(Producer.commune_code == commune_code))
    named = fold(producer_name)
    return [one for one in found if not named or mapping.same_product(producer_name, one.producer.name)]


def best_match(listings: Sequence[Listing], *names: str) -> Listing | None:
    """The listing whose name shares most words with one of the names; None below half of the listing's words."""
    best, score = None, 0.5
    for listing in listings:
        mine = set(fold(listing.name).split())
        for name in names:
            shared = len(mine & set(fold(name).split())) / max(len(mine), 1)
            if name and shared >= score and (best is None or shared > score):
                best, score = listing, shared
    return best


def _communes(actor: Actor) -> set[str]:
    codes = set(actor.communes)
    for province in actor.provinces:
        codes.update(commune.code for commune in places.communes_of(province))
    return codes
