"""A producer at work: signed in, with three places to publish to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from ocop.accounts.models import User
from ocop.config import Config
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from tests.browser_client import Browser, Page
from tests.factories import a_listing, an_owner, an_upload, with_photos

PLACES = ("practice", "buudien", "thanh_hoa")


@dataclass
class Shop:
    user: User
    producer: Producer
    actor: Actor
    browser: Browser
    channels: dict[str, str]
    engine: Engine

    def new(self) -> Page:
        return self.browser.open("/san-pham/moi")

    def listings(self) -> list[Listing]:
        """What stands in the database, read in a new session."""
        with open_session(self.engine, read_only=True) as session:
            found = list(session.scalars(select(Listing).order_by(Listing.created_at)))
            for listing in found:
                _ = [*listing.variants, *listing.photos]
            return found


@pytest.fixture
def shop(session: Session, browser: Browser, engine: Engine) -> Shop:
    user, producer, actor = an_owner(session, hotline="0237 000 000", hotline_consent_at=utcnow())
    channels = {}
    for code in PLACES:
        info = registry.channels()[code]
        channel = Channel(
            marketplace=code,
            name=info.name,
            booth=BoothState.OPEN,
            settings_encrypted=b"x",
            owner_producer_id=None,
        )
        session.add(channel)
        session.flush()
        channels[code] = channel.id
    session.commit()
    return Shop(user, producer, actor, browser.sign_in(user, producer.id), channels, engine)


@pytest.fixture
def older(shop: Shop, session: Session, config: Config) -> Listing:
    """A complete product the producer wrote before, with three photos."""
    listing = with_photos(session, a_listing(session, shop.producer), config.media_dir)
    session.commit()
    return listing


def three_photos() -> list[Any]:
    return [an_upload(f"anh-{seed}.jpg", seed=seed + 20) for seed in range(3)]


TYPED = {
    "name": "Tép riu khô đồng trũng, túi giấy",
    "short_text": "Tép riu phơi một nắng, rang giòn.",
    "variants-0-price_vnd": "85.000",
    "variants-0-net_content": "200",
}
