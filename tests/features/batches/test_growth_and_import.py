"""Scans reach the database once, whatever dies when; a million stamps cost a roll and not rows."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from ocop.batches import work
from ocop.batches.models import Scan, SpoolPosition, StampRoll
from ocop.batches.rules import ScanLine
from ocop.config import Config
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.jobs.worker import run_until_idle
from tests.browser_client import Browser
from tests.features.batches.stamping import Shop

AT = dt.datetime(2026, 11, 21, 3, tzinfo=dt.UTC)


def _line(number: int) -> bytes:
    return ScanLine(f"{number:032x}", AT, 1, number, "0" * 16, "active").to_bytes()


def _spool(config: Config, content: bytes, name: str = "scans-20990101-1-00000000.tsv") -> Path:
    config.spool_dir.mkdir(parents=True, exist_ok=True)
    file = config.spool_dir / name
    with file.open("ab") as spool:
        spool.write(content)
    return file


def _scans(engine: Engine) -> list[int]:
    with open_session(engine, read_only=True) as session:
        return list(session.scalars(select(Scan.index).order_by(Scan.index)))


def _import(engine: Engine, config: Config) -> None:
    run_until_idle(engine, work.steps(config, None))  # type: ignore[arg-type]


def test_scans_in_the_spool_reach_the_database(
    shop: Shop, browser: Browser, engine: Engine, config: Config
) -> None:
    roll = shop.roll()
    for index in (1, 2, 2):
        browser.raw(f"/t/{shop.code(roll, index)}")

    _import(engine, config)

    assert _scans(engine) == [1, 2, 2]


def test_importing_again_changes_nothing(engine: Engine, config: Config) -> None:
    _spool(config, b"".join(map(_line, range(5))))
    _import(engine, config)

    _import(engine, config)

    assert _scans(engine) == [0, 1, 2, 3, 4]


def test_what_is_added_later_is_imported_from_where_the_last_time_ended(
    engine: Engine, config: Config
) -> None:
    _spool(config, _line(1))
    _import(engine, config)
    _spool(config, _line(2))

    _import(engine, config)

    assert _scans(engine) == [1, 2]


def test_a_lost_position_does_not_double_a_scan(engine: Engine, config: Config) -> None:
    _spool(config, b"".join(map(_line, range(3))))
    _import(engine, config)
    with open_session(engine) as session:
        session.delete(session.scalars(select(SpoolPosition)).one())
        session.commit()

    _import(engine, config)

    assert _scans(engine) == [0, 1, 2]


@pytest.mark.parametrize("dies_at", ["_keep", "before_commit"])
def test_a_worker_killed_in_the_middle_loses_nothing_and_doubles_nothing(
    engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch, dies_at: str
) -> None:
    _spool(config, b"".join(map(_line, range(4))))
    real = work._keep

    def die(session: Session, lines: list[bytes], name: str) -> None:
        if dies_at == "before_commit":
            real(session, lines, name)
            session.flush()
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(work, "_keep", die)
        with pytest.raises(KeyboardInterrupt):
            work.import_some(engine, config.spool_dir)
    after_the_kill = _scans(engine)
    _import(engine, config)

    assert after_the_kill == []
    assert _scans(engine) == [0, 1, 2, 3]


def test_a_line_still_on_its_way_waits_for_its_end(engine: Engine, config: Config) -> None:
    whole, half = _line(1), _line(2)
    _spool(config, whole + half[:20])
    _import(engine, config)
    first = _scans(engine)
    _spool(config, half[20:])

    _import(engine, config)

    assert (first, _scans(engine)) == ([1], [1, 2])


def test_a_broken_line_is_passed_over_and_named(
    engine: Engine, config: Config, caplog: pytest.LogCaptureFixture
) -> None:
    _spool(config, _line(1) + b"\0\0\0 broken\n" + _line(2))

    _import(engine, config)

    assert _scans(engine) == [1, 2]
    assert "scans-20990101-1-00000000.tsv" in caplog.text


def test_large_files_come_in_portions(
    engine: Engine, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "_AT_ONCE", 300)
    _spool(config, b"".join(map(_line, range(10))))

    _import(engine, config)

    assert _scans(engine) == list(range(10))


def test_old_imported_files_go_and_young_ones_stay(engine: Engine, config: Config) -> None:
    old = _spool(config, _line(1), f"scans-{today() - work.KEPT_FOR - dt.timedelta(days=1):%Y%m%d}-1-0.tsv")
    young = _spool(config, _line(2), f"scans-{today():%Y%m%d}-1-0.tsv")

    _import(engine, config)
    _import(engine, config)
    with open_session(engine, read_only=True) as session:
        positions = list(session.scalars(select(SpoolPosition.file)))

    assert (old.exists(), young.exists()) == (False, True)
    assert positions == [young.name]
    assert _scans(engine) == [1, 2]


def _size(engine: Engine) -> int:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
            return pages * connection.execute(text("PRAGMA page_size")).scalar_one()
        return connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one()


def _use_up(
    shop: Shop, browser: Browser, engine: Engine, config: Config, size: int, batch_id: str
) -> StampRoll:
    """A roll of which three stamps were scanned and cancelled."""
    roll = shop.roll(size, batch_id=batch_id)
    shop.activate(roll, batch_id=batch_id)
    for index in (1, size // 2, size):
        assert browser.raw(f"/t/{shop.code(roll, index)}").status_code == 200
        shop.void(roll, index)
    _import(engine, config)
    return roll


def test_a_million_stamps_with_three_scanned_and_cancelled_cost_at_most_64_kilobytes(
    shop: Shop, browser: Browser, engine: Engine, config: Config
) -> None:
    lot = shop.lot("MT-MILLION", quantity=1_000_000)
    _use_up(
        shop, browser, engine, config, 10, shop.batch_id
    )  # every table has its first page, which has a price
    before = _size(engine)

    roll = _use_up(shop, browser, engine, config, 1_000_000, lot.id)
    with open_session(engine, read_only=True) as session:
        scans = session.scalar(select(func.count(Scan.key)))

    assert scans == 6
    assert _size(engine) - before <= 64 * 1024
    assert browser.open(f"/t/{shop.code(roll, 500_000)}").heading == "Tem này cơ sở đã hủy"
    assert browser.open(f"/t/{shop.code(roll, 500_001)}").heading == "Tem có trong hệ thống, đã kích hoạt"
