"""A class held by an officer of xã Hoạt Giang, and the practice shop for what it publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_socket
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace_adapters.practice import PracticeServer
from ocop.accounts.models import User
from ocop.accounts.queries import actor_for
from ocop.accounts.rules import Role
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.base import today
from ocop.producers.models import Producer
from ocop.publishing import services as publishing
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from ocop.training import services
from ocop.training.models import TrainingClass
from ocop.training.services.sandbox import Pictures
from tests.factories import an_officer


@dataclass
class Class:
    """An open class with one officer, one volunteer and three owners, and the officer who holds it."""

    session: Session
    config: Config
    holder: User
    actor: Actor
    held: TrainingClass
    pictures: Pictures

    @property
    def commune(self) -> str:
        return self.held.practice_commune

    @property
    def samples(self) -> list[Producer]:
        wanted = select(Producer).where(Producer.commune_code == self.commune).order_by(Producer.created_at)
        return list(self.session.scalars(wanted))

    def learner(self, role: Role, place: int = 0) -> User:
        return [one.user for one in self.held.learners if one.role is role][place]

    def acting(self, role: Role, producer: Producer | None = None) -> Actor:
        return actor_for(self.session, self.learner(role).id, producer.id if producer else None)

    def begin_anew(self) -> None:
        services.begin_anew(self.session, self.actor, class_id=self.held.id, pictures=self.pictures)
        self.session.commit()


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Pictures]:
    """The sandbox's pictures, decoded once for all tests: (media folder, pictures)."""
    folder = tmp_path_factory.mktemp("media")
    return folder, services.draw_pictures(folder)


@pytest.fixture
def pictures(config: Config, drawn: tuple[Path, Pictures]) -> Pictures:
    folder, pictures = drawn
    config.media_dir.parent.mkdir(parents=True, exist_ok=True)
    config.media_dir.symlink_to(folder)
    return pictures


@pytest.fixture
def a_class(session: Session, config: Config, pictures: Pictures) -> Class:
    holder, actor = an_officer(session)
    held = services.open_class(
        session,
        actor,
        name="Lớp thử",
        held_on=today(),
        place="Nhà văn hóa",
        people=5,
        officers=1,
        volunteers=1,
        commune_code="15286",
        pictures=pictures,
        secret=secrets.load(config.secrets_dir).session,
    )
    session.commit()
    return Class(session, config, holder, actor, held, pictures)


@pytest.fixture
def shop(tmp_path: Path, config: Config) -> Iterator[PracticeServer]:
    """The practice shop, and no socket to anywhere else on this machine or outside of it."""
    user, password = publishing.practice_login(config.secrets_dir)
    pytest_socket.enable_socket()
    with PracticeServer(tmp_path / "shop.db", user=user, password=password, review_seconds=0) as shop:
        pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
        yield shop
    pytest_socket._remove_restrictions()


@pytest.fixture
def channels(session: Session, config: Config, shop: PracticeServer, engine: Engine) -> dict[str, Channel]:
    made = publishing.seed_channels(session, replace(config, practice_port=shop.port))
    for channel in made:
        channel.booth = BoothState.OPEN
    session.commit()
    return {channel.marketplace: channel for channel in made}
