"""A worker killed with SIGKILL twenty times while it takes sheets in: all rows of each, exactly once, or none.

The worker is a real process (forked from this one, which has read everything in already), the database a real file.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.imports import decoder, services, work
from ocop.imports.models import DataImport, ImportedThing
from ocop.imports.rules import ImportState
from ocop.imports.services import applying
from ocop.imports.work import checking, leases, reading
from ocop.jobs.worker import run_until_idle
from ocop.listings.models import Listing, ListingPhoto, Variant
from ocop.places import queries as places
from ocop.producers.models import Producer
from tests.factories import an_officer, picture
from tests.features.imports.sheets import a_list, a_row, a_zip

KILLS = 20
ROWS = 20
POINTS = ("taken", "before_write", "before_commit", "after_commit")


@pytest.fixture
def officer(session: Session) -> Actor:
    """With the list of communes read in once, and not by every worker anew."""
    places.old_addresses("xã Mẫu, huyện Hà Trung, tỉnh Thanh Hóa")
    _user, actor = an_officer(session)
    return actor


def send(engine: Engine, config: Config, officer: Actor, number: int) -> str:
    """A sheet of ROWS new producers with a product each, the first with a photo."""
    file = a_list(
        *[a_row(at + 1, f"Mắm tép {number}-{at}", f"HTX Mẫu số {number} tổ {at}") for at in range(ROWS)]
    )
    with open_session(engine) as session:
        data = services.send(
            session, officer, commune_code="15286", file_name="danh-sach.xlsx", content=file.getvalue(),
            photos_name="anh.zip", photos=a_zip([(f"Mắm tép {number}-0.jpg", picture())]),
            folder=config.var / "imports",
        )  # fmt: skip
        session.commit()
        return data.id


def press(engine: Engine, officer: Actor, import_id: str) -> ImportState:
    """Whatever a person would press now. Returns where the import stands then."""
    with open_session(engine) as session:
        data = session.get(DataImport, import_id)
        assert data is not None
        if data.state is ImportState.ASKING:
            columns = [
                {int(at): target for at, target in sheet["understood"]["columns"].items()}
                for sheet in data.mapping["sheets"]
            ]
            services.confirm(session, officer, import_id=import_id, columns=columns)
        elif data.state is ImportState.CHECKED:
            services.take(session, officer, import_id=import_id)
        session.commit()
        return data.state


def a_worker(engine: Engine, config: Config, ahead: dt.timedelta, prepared: Callable[[], None]) -> int:
    """Let a worker of its own work until there is nothing to do or something kills it. Its wait status."""
    engine.dispose()  # a connection must not be shared over a fork
    process = os.fork()
    if process == 0:
        reading.read_limited = decoder.read  # without a process of its own, which nobody kills here
        prepared()
        steps = work.steps(config, secrets.load(config.secrets_dir), clock=lambda: utcnow() + ahead)
        run_until_idle(engine, steps[:1], rounds=1_000)
        os._exit(0)
    return os.waitpid(process, 0)[1]


def dies_at(point: str, passing: int) -> Callable[[], None]:
    left = [passing]

    def crash_point(name: str) -> None:
        left[0] -= name == point
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def prepare() -> None:
        leases.crash_point = crash_point
        checking.ROWS_AT_ONCE = 8  # many steps in a short list

    return prepare


def dies_while_storing(table: int) -> Callable[[], None]:
    """In the middle of the one transaction, before the n-th table is filled."""
    left, insert_ready = [table], applying.insert_ready

    def counting(*args: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        insert_ready(*args)  # type: ignore[arg-type]

    def prepare() -> None:
        applying.insert_ready = counting  # type: ignore[assignment]

    return prepare


def stored(engine: Engine) -> tuple[int, ...]:
    with open_session(engine, read_only=True) as session:
        models = (Producer, Listing, Variant, ListingPhoto)
        return tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in models)


def whole(imports: int) -> tuple[int, ...]:
    return (ROWS * imports, ROWS * imports, ROWS * imports, imports)


def test_twenty_kills_over_the_whole_life_of_imports_leave_each_whole_or_not_begun(
    engine: Engine, config: Config, officer: Actor
) -> None:
    ahead, kills, done = dt.timedelta(), 0, 0
    import_id = send(engine, config, officer, done)

    while kills < KILLS:
        ahead += leases.LEASE * 2  # the lease of a killed worker has run out
        point, passing = POINTS[kills % len(POINTS)], 1 + kills % 5
        kills += a_worker(engine, config, ahead, dies_at(point, passing)) == signal.SIGKILL
        state = press(engine, officer, import_id)
        done += state is ImportState.APPLIED
        assert stored(engine) == whole(done)
        if state is ImportState.APPLIED:
            import_id = send(engine, config, officer, done)
    while press(engine, officer, import_id) is not ImportState.APPLIED:
        ahead += leases.LEASE * 2
        assert a_worker(engine, config, ahead, lambda: None) == 0

    assert stored(engine) == whole(done + 1)
    with open_session(engine, read_only=True) as session:
        states = set(session.scalars(select(DataImport.state)))
        names = session.scalars(select(Listing.name)).all()
    assert states == {ImportState.APPLIED}
    assert len(names) == len(set(names))


def test_twenty_kills_in_the_middle_of_storing_leave_nothing_and_then_everything(
    engine: Engine, config: Config, officer: Actor
) -> None:
    import_id = send(engine, config, officer, 0)
    while press(engine, officer, import_id) is not ImportState.APPLYING:
        assert a_worker(engine, config, dt.timedelta(), lambda: None) == 0
    ahead, ends, seen = dt.timedelta(), [], []

    for number in range(KILLS):
        ahead += leases.LEASE * 2
        kill = dies_while_storing(1 + number % 9) if number % 10 < 9 else dies_at("before_commit", 1)
        ends.append(a_worker(engine, config, ahead, kill))
        seen.append(stored(engine))
    last = a_worker(engine, config, ahead + leases.LEASE * 2, lambda: None)

    assert ends == [signal.SIGKILL] * KILLS
    assert set(seen) == {(0, 0, 0, 0)}
    assert last == 0
    assert stored(engine) == whole(1)
    with open_session(engine, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(ImportedThing)) == 3 * ROWS + 2
