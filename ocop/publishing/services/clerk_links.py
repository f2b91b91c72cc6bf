"""Links for people without an account who post by hand: an address and a PIN that open one post's parcel, or the
queue of a commune.

Neither is stored (clerk_keys), so they can be shown again to whoever made them, and a copy of the database opens
nothing.
"""

from __future__ import annotations

import datetime as dt
import io

import qrcode
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from ocop.accounts.services import attempts
from ocop.db import audit
from ocop.db.actor import SYSTEM, Actor, NotFound
from ocop.db.base import VIETNAM, today, utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.publishing import queries
from ocop.publishing.models import ClerkLink, Publication
from ocop.publishing.services import clerk_keys

LINK_DAYS = 30
LONGEST_DAYS = 90
MOST_LINKS = 5  # of one post or one commune at the same time

_TRIES = 5
_FIRST_LOCK = dt.timedelta(minutes=15)
_LONGEST_LOCK = dt.timedelta(hours=24)


def make_link(
    session: Session,
    actor: Actor,
    *,
    publication_id: str | None = None,
    commune_code: str | None = None,
    channel_id: str | None = None,
    label: str = "",
    days: int = LINK_DAYS,
) -> ClerkLink:
    """A link for one post (who may publish it), or for the queue of a commune (its officer), to the end of the
    ``days``-th day from today. Raises NotFound, NotAllowed, Refused(clerk_days | clerk_links_many)."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused("clerk_days", field="days", most=LONGEST_DAYS)
    if publication_id is not None:
        actor.require("publish")
        post = _by_hand(queries.publication(session, actor, publication_id))
        others, commune_code, channel_id = queries.links_of(session, post), None, None
    elif commune_code in actor.communes:
        _queue_channel(session, channel_id)
        others = [one for one in queries.queue_links(session, actor) if one.commune_code == commune_code]
    else:
        raise NotFound()
    if len(others) >= MOST_LINKS:
        raise Refused("clerk_links_many", most=MOST_LINKS)
    return _made(session, actor, days, label, publication_id, commune_code, channel_id)


def revoke_link(session: Session, actor: Actor, *, link_id: str) -> ClerkLink:
    """From now on it opens nothing, also for whoever has it open. Raises NotFound."""
    link = queries.own_link_of(session, actor, link_id)
    link.revoked_at = link.revoked_at or utcnow()
    audit.record(session, actor, "revoke.clerk_link", link)
    session.flush()
    return link


def mark_handed(session: Session, actor: Actor, *, publication_id: str) -> Publication:
    """The button "Đã gửi": the parcel went to whoever posts, by some way that we do not see. Raises NotFound."""
    actor.require("publish")
    post = _by_hand(queries.publication(session, actor, publication_id, for_update=True))
    post.handed_at = post.handed_at or utcnow()
    audit.record(session, actor, "hand_over.publication", post)
    session.flush()
    return post


def reply_address(engine: Engine, publication_id: str, *, base_url: str, secret: bytes) -> tuple[str, bytes]:
    """(address, its QR code as PNG) to be printed in a parcel's guide; a link is made where none opens any more.

    For the worker: a short transaction of its own. The PIN is not part of it.
    """
    with open_session(engine) as session:
        post = session.get_one(Publication, publication_id)
        links = queries.links_of(session, post)
        link = links[0] if links else _made(session, SYSTEM, LINK_DAYS, "", publication_id, None, None)
        address = f"{base_url}/b/{clerk_keys.address_of(link.id, secret)}"
        session.commit()
    return address, qr_png(address)


def qr_png(address: str) -> bytes:
    out = io.BytesIO()
    qrcode.make(address, box_size=5).save(out)
    return out.getvalue()


def open_link(engine: Engine, *, token: str, pin: str, address: str, secret: bytes) -> str:
    """The id of the link whose address and PIN these are; ``address`` is where the request came from.

    A try is counted before it is checked, by link and by client. Unknown, taken back and wrong look and take the
    same: Refused(clerk_pin_wrong, left) or Refused(clerk_locked, again). Only with the right PIN of a link that
    ran out: Refused(clerk_link_expired, day).
    """
    # Counted for any address, so that one that never was locks like a real one.
    limits = attempts.limits(secret, what="clerk", phone=token[:64], address=address)
    try:
        attempt = attempts.begin(engine, limits)
    except Refused as full:
        raise Refused("clerk_locked", field="pin", **full.params) from None
    with open_session(engine) as session:
        link, right = _tried(session, token, pin, secret)
        now = utcnow()
        if link is not None and link.locked_until is not None and link.locked_until > now:
            raise Refused("clerk_locked", field="pin", again=_clock(link.locked_until))
        if link is None or not right or link.revoked_at is not None:
            _count_wrong(link, now)
            session.commit()
            wrong = attempts.refusal(attempt, "clerk_pin_wrong")
            code = "clerk_locked" if wrong.code == "sign_in_locked" else wrong.code
            raise Refused(code, field="pin", **wrong.params)
        if link.expires_at <= now:
            raise Refused("clerk_link_expired", field="pin", day=last_day(link))
        _opened(session, link, now)
        link_id = link.id
        session.commit()
    attempts.succeeded(engine, attempt)
    return link_id


def hand_out(session: Session, link: ClerkLink, *, publication_id: str) -> Publication:
    """The clerk opens a parcel of the queue: from now on it is in somebody's hands. Raises NotFound."""
    post = queries.post_behind(session, link, publication_id)
    if post.handed_at is None:
        _in_hands(session, link, post, utcnow())
    return post


def link_behind(
    session: Session, *, token: str, key: str, secret: bytes, agent: str | None = None
) -> ClerkLink | None:
    """The link that stands open with this key (clerk_keys.still_fits)."""
    if not clerk_keys.still_fits(token, key, secret=secret, agent=agent):
        return None
    link = _found(session, token, secret)
    if link is None or link.revoked_at is not None or link.expires_at <= utcnow():
        return None
    return link


def clerk(link: ClerkLink, producer_id: str | None) -> Actor:
    """Who acts behind a link: no user, no rights, a name for the records."""
    return Actor(user_id=None, name=f"người đăng, đường dẫn {link.label or link.id}", producer_id=producer_id)


def last_day(link: ClerkLink) -> str:
    """The last day on which it opens, as 21/11/2026."""
    return f"{(link.expires_at - dt.timedelta(seconds=1)).astimezone(VIETNAM):%d/%m/%Y}"


def _made(
    session: Session,
    actor: Actor,
    days: int,
    label: str,
    publication_id: str | None,
    commune_code: str | None,
    channel_id: str | None,
) -> ClerkLink:
    midnight = dt.datetime.combine(today() + dt.timedelta(days=days + 1), dt.time(), VIETNAM)
    link = ClerkLink(
        publication_id=publication_id,
        commune_code=commune_code,
        channel_id=channel_id,
        label=" ".join(label.split())[:80],
        created_by=actor.user_id,
        expires_at=midnight,
        wrong_pins=0,
    )
    session.add(link)
    audit.record(session, actor, "make.clerk_link", link)
    session.flush()
    return link


def _by_hand(post: Publication) -> Publication:
    if not queries.by_hand(post.channel):
        raise NotFound()
    return post


def _queue_channel(session: Session, channel_id: str | None) -> None:
    if channel_id is not None and channel_id not in {one.id for one in queries.hand_off_channels(session)}:
        raise NotFound()


def _tried(session: Session, token: str, pin: str, secret: bytes) -> tuple[ClerkLink | None, bool]:
    """(the link of this address, locked; whether the PIN is its own). The same work for an unknown address."""
    link = _found(session, token, secret, for_update=True)
    typed = "".join(c for c in pin if not c.isspace())
    return link, clerk_keys.fits(clerk_keys.pin_of(clerk_keys.id_in(token), secret), typed)


def _found(session: Session, token: str, secret: bytes, *, for_update: bool = False) -> ClerkLink | None:
    link_id = clerk_keys.id_in(token)
    wanted = select(ClerkLink).where(ClerkLink.id == link_id)
    link = session.scalars(wanted.with_for_update() if for_update else wanted).first()
    return link if clerk_keys.fits(clerk_keys.address_of(link_id, secret), token) else None


def _count_wrong(link: ClerkLink | None, now: dt.datetime) -> None:
    """Every fifth wrong try locks, each time twice as long; a right one forgets them."""
    if link is None:
        return
    link.wrong_pins += 1
    rounds, rest = divmod(link.wrong_pins, _TRIES)
    if rest == 0:
        link.locked_until = now + min(_FIRST_LOCK * 2 ** min(rounds - 1, 10), _LONGEST_LOCK)


def _opened(session: Session, link: ClerkLink, now: dt.datetime) -> None:
    link.wrong_pins, link.locked_until = 0, None
    if link.opened_at is None:
        link.opened_at = now
        producer_id = link.publication.listing.producer_id if link.publication else None
        audit.record(session, clerk(link, producer_id), "open.clerk_link", link)
    if link.publication is not None and link.publication.handed_at is None:
        _in_hands(session, link, link.publication, now)


def _in_hands(session: Session, link: ClerkLink, post: Publication, now: dt.datetime) -> None:
    """By the column alone: a look at a parcel is no edit that another edit could conflict with."""
    session.execute(
        update(Publication)
        .where(Publication.id == post.id, Publication.handed_at.is_(None))
        .values(handed_at=now)
        .execution_options(synchronize_session=False)
    )
    actor = clerk(link, post.listing.producer_id)
    audit.record(session, actor, "open.parcel", post, old={}, new={"handed_at": now.isoformat()})


def _clock(instant: dt.datetime) -> str:
    local = (instant + dt.timedelta(minutes=1)).astimezone(VIETNAM)  # rounded up, to be surely late enough
    return f"{local.hour}:{local.minute:02}"
