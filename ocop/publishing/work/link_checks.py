"""Looking at links that are said to be online, one at a time, as a stranger would see them."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session, aliased

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError, RemoteListingNotFound, UnexpectedResponse
from marketplace_adapters.types import ChannelInfo, Observed
from ocop.db.base import VIETNAM
from ocop.db.engine import open_session
from ocop.listings.mapping import packs
from ocop.listings.models import Listing
from ocop.publishing import mapping, queries
from ocop.publishing.models import Channel, CheckedLink
from ocop.publishing.queries import link_checks
from ocop.publishing.rules import LinkResult

log = logging.getLogger("ocop.publishing")

_CLAIMED_FOR = dt.timedelta(minutes=5)  # a worker that dies meanwhile leaves the row to the next one
_AGAIN = dt.timedelta(days=1)
_MOST_TRIES = 7


@dataclass(frozen=True)
class LinkLooker:
    """Looks at the link that is due next, then says whether there was one. ``clock`` gives aware UTC instants."""

    clock: Callable[[], dt.datetime]

    def look_at_one(self, engine: Engine) -> bool:
        now = self.clock()
        with open_session(engine, read_only=True) as session:
            if session.scalars(_due(now)).first() is None:
                return False
        with open_session(engine) as session:
            link = session.scalars(_due(now).with_for_update(skip_locked=True)).first()
            if link is None:
                return False
            link.due_at = now + _CLAIMED_FOR
            link.tries += 1
            link_id, url, info = link.id, link.url, _info(session, link)
            if info is not None and not info.training and link_checks.stays_in_house(session, link.check):
                link.result, link.due_at = LinkResult.NO_PLACE, None
                session.commit()
                return True
            session.commit()
        seen, trouble = _seen(info, url) if info else (None, "")
        with open_session(engine) as session:
            _record(session, session.get_one(CheckedLink, link_id), seen, trouble, now)
            session.commit()
        return True


def _due(now: dt.datetime) -> Select[tuple[CheckedLink]]:
    """The list that was served longest ago comes first: one long list of slow links holds nobody else up."""
    other = aliased(CheckedLink)
    served = select(func.max(other.looked_at)).where(other.check_id == CheckedLink.check_id).scalar_subquery()
    turn = (served.is_not(None), served, CheckedLink.due_at, CheckedLink.id)
    return select(CheckedLink).where(CheckedLink.due_at <= now).order_by(*turn).limit(1)


def _info(session: Session, link: CheckedLink) -> ChannelInfo | None:
    channel = session.get(Channel, link.channel_id) if link.channel_id else None
    return queries.info_of(channel) if channel else link_checks.marketplace_of(link.url)


def _seen(info: ChannelInfo, url: str) -> tuple[Observed | None, str]:
    """(what the public page shows, "") or (None, why not): gone | no_product | unreachable."""
    reader = registry.make_adapter(replace(info, protocol="handoff"), {})
    try:
        return reader.read_back("", url), ""
    except RemoteListingNotFound:
        return None, "gone"
    except UnexpectedResponse:
        return None, "no_product"
    except MarketplaceError:
        return None, "unreachable"
    except Exception:
        log.exception("defect while reading a page that was pasted")  # not its address: it is somebody's
        return None, "unreachable"


def _record(
    session: Session, link: CheckedLink, seen: Observed | None, trouble: str, now: dt.datetime
) -> None:
    link.looked_at, link.due_at = now, None
    if trouble == "unreachable":
        link.result = LinkResult.UNREACHABLE
        if link.tries < _MOST_TRIES:
            link.due_at = now + _AGAIN
        return
    if seen is None:
        link.result, link.params = LinkResult.DEAD, {"why": trouble or "gone"}
        return
    check = link.check
    around = link_checks.candidates(
        session,
        producer_id=check.producer_id,
        commune_code=check.commune_code,
        producer_name=link.producer_name,
    )
    listing = link_checks.best_match(around, seen.name)
    link.listing_id = listing.id if listing else None
    link.result, link.params = judged(session, link, seen, listing, now.astimezone(VIETNAM).date())


def judged(
    session: Session, link: CheckedLink, seen: Observed, listing: Listing | None, day: dt.date
) -> tuple[LinkResult, dict[str, Any]]:
    """What the page comes to, the gravest first, with what the sentence needs."""
    params: dict[str, Any] = {"name": seen.name[:200], "there": seen.price_vnd, "stars": seen.stars}
    named = link.product_name
    if named and listing is None and not mapping.same_product(named, seen.name):
        return LinkResult.OTHER_PRODUCT, params
    star = mapping.claims(listing, queries.papers_of(session, listing), day)[0] if listing else None
    if listing is not None and seen.stars and seen.stars != (star.stars if star else None):
        return LinkResult.LAPSED_STAR, params
    ours = {pack.price_vnd for pack in packs(listing) if pack.price_vnd} if listing else set()
    ours = ours or ({link.price_vnd} if link.price_vnd else set())
    if seen.price_vnd is not None and ours and seen.price_vnd not in ours:
        return LinkResult.OTHER_PRICE, {**params, "ours": min(ours)}
    return LinkResult.RIGHT, params
