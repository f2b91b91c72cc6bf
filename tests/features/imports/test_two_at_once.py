"""Two officers press at the same moment: one of them is first, the other is told, and nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.imports import services, work
from ocop.imports.models import DataImport, ImportRow
from ocop.imports.rules import ImportState
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from tests.browser_client import Browser
from tests.factories import an_officer
from tests.features.imports.flow import previewed, taken
from tests.features.imports.sheets import a_list, a_row, three_producers

ROUNDS = 4  # who is first is left to chance


@pytest.fixture
def two(session: Session) -> tuple[Actor, Actor]:
    actors = (an_officer(session)[1], an_officer(session)[1])
    session.commit()
    return actors


def at_once(*presses: Callable[[], object]) -> list[str]:
    """Let all begin in the same moment. What came of each: "" or the code it was refused with."""
    gate, said = Barrier(len(presses)), ["?"] * len(presses)

    def press(at: int) -> None:
        gate.wait()
        try:
            presses[at]()
            said[at] = ""
        except Refused as refusal:
            said[at] = refusal.code

    threads = [Thread(target=press, args=(at,)) for at in range(len(presses))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def press(engine: Engine, service: Callable[..., object], actor: Actor, import_id: str) -> Callable[[], None]:
    def pressed() -> None:
        with open_session(engine) as session:
            service(session, actor, import_id=import_id)
            session.commit()

    return pressed


def newest(engine: Engine) -> DataImport:
    with open_session(engine, read_only=True) as session:
        return session.scalars(select(DataImport).order_by(DataImport.made_at.desc()).limit(1)).one()


def count(engine: Engine, model: type, *where: object) -> int:
    with open_session(engine, read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0  # type: ignore[arg-type]


def test_two_who_take_the_same_rows_take_them_once(
    desk: Browser, worker: Callable[..., None], engine: Engine, two: tuple[Actor, Actor]
) -> None:
    previewed(desk, worker, three_producers())
    id = newest(engine).id

    said = at_once(*[press(engine, services.take, actor, id) for actor in two])
    worker()

    assert sorted(said) == ["", "import_moved_on"]
    assert (count(engine, Producer), count(engine, Listing)) == (3, 6)
    assert count(engine, AuditEntry, AuditEntry.action == "import.take") == 1


def test_of_taking_and_discarding_one_happens_and_whole(
    desk: Browser, worker: Callable[..., None], engine: Engine, two: tuple[Actor, Actor]
) -> None:
    for number in range(ROUNDS):
        previewed(desk, worker, a_list(a_row(1, "Chè lam", f"HTX Mẫu {number}")))
        before, id = count(engine, Listing), newest(engine).id

        said = at_once(press(engine, services.take, two[0], id), press(engine, services.discard, two[1], id))
        worker()

        took = said == ["", "import_moved_on"]
        assert took or said == ["import_moved_on", ""]
        assert newest(engine).state is (ImportState.APPLIED if took else ImportState.DISCARDED)
        assert count(engine, Listing) - before == took
        assert bool(count(engine, ImportRow, ImportRow.import_id == id)) is took


def test_two_who_undo_the_same_import_undo_it_once(
    desk: Browser, worker: Callable[..., None], engine: Engine, two: tuple[Actor, Actor]
) -> None:
    taken(desk, worker, three_producers())
    id = newest(engine).id

    said = at_once(*[press(engine, services.undo, actor, id) for actor in two])

    assert sorted(said) == ["", "import_moved_on"]
    assert count(engine, Producer) == count(engine, Listing) == 0
    assert count(engine, AuditEntry, AuditEntry.action == "import.undo") == 1


def test_undoing_an_import_while_another_builds_on_it_leaves_no_product_without_its_producer(
    desk: Browser, worker: Callable[..., None], engine: Engine, config: Config, two: tuple[Actor, Actor]
) -> None:
    step = work.steps(config, secrets.load(config.secrets_dir))[0]
    for number in range(ROUNDS):
        taken(desk, worker, a_list(a_row(1, "Chè lam", f"HTX Mẫu {number}")))
        first = newest(engine).id
        page = previewed(desk, worker, a_list(a_row(1, "Kẹo lạc", f"HTX Mẫu {number}")))
        page.form(action_contains="/lay").submit()
        second = newest(engine).id

        said = at_once(press(engine, services.undo, two[0], first), lambda: step.run(engine))
        worker()

        with open_session(engine, read_only=True) as session:
            states = [session.get_one(DataImport, id).state for id in (first, second)]
            names = [
                one.name
                for one in session.scalars(select(Listing))
                if one.producer.name.endswith(str(number))
            ]
        if said[0]:
            assert (said, states) == (["import_stands_listing", ""], [ImportState.APPLIED] * 2)
            assert sorted(names) == ["Chè lam", "Kẹo lạc"]
        else:
            assert (said, states) == (["", ""], [ImportState.UNDONE, ImportState.CHECKED])
            assert names == []
