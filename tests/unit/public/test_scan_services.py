"""Spool, limiter and the device mark: what a scan leaves behind."""

from __future__ import annotations

import datetime as dt
import os
import threading
from pathlib import Path

import pytest
import time_machine

from ocop.batches.rules import scan_line
from ocop.public.queries.stamp import LastKnown
from ocop.public.rules import client_prefix, device_mark
from ocop.public.services.limiter import Limiter
from ocop.public.services.spool import ScanSpool

DAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::1", "2001:db8:1234:5600::/56"),
        ("no address", ""),
        (None, ""),
    ],
)
def test_only_the_neighbourhood_of_an_address_is_looked_at(address: str | None, prefix: str) -> None:
    assert client_prefix(address) == prefix


def test_a_device_keeps_its_mark_for_a_day_and_no_longer() -> None:
    secret = bytes(32)

    today = device_mark(secret, DAY, "203.0.113.0/24", "Phone")
    again = device_mark(secret, DAY, "203.0.113.0/24", "Phone")
    tomorrow = device_mark(secret, DAY + dt.timedelta(days=1), "203.0.113.0/24", "Phone")

    assert today == again != tomorrow
    assert len(today) == 16


def test_the_sixty_first_scan_of_a_minute_is_too_fast() -> None:
    now = [0.0]
    limiter = Limiter(clock=lambda: now[0])

    answers = [limiter.too_fast("203.0.113.0/24") for _ in range(61)]

    assert answers == [False] * 60 + [True]
    assert not limiter.too_fast("198.51.100.0/24")


def test_a_minute_later_scans_pass_again() -> None:
    now = [0.0]
    limiter = Limiter(most=1, clock=lambda: now[0])
    limiter.too_fast("p")

    before = limiter.too_fast("p")
    now[0] = 60.0

    assert before
    assert not limiter.too_fast("p")


def _lines(folder: Path) -> list[bytes]:
    return [line for file in sorted(folder.glob("*.tsv")) for line in file.read_bytes().splitlines()]


def test_scans_of_many_threads_are_each_one_whole_line_with_a_key_of_its_own(tmp_path: Path) -> None:
    spool = ScanSpool(tmp_path)

    def scan_fifty() -> None:
        for index in range(50):
            spool.add(roll=1, index=index, device="0" * 16, verdict="active")

    threads = [threading.Thread(target=scan_fifty) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spool.close()
    scans = [scan_line(line) for line in _lines(tmp_path)]

    assert len({scan.key for scan in scans if scan}) == 400


def test_a_scan_is_in_the_file_before_it_is_synced(tmp_path: Path) -> None:
    spool = ScanSpool(tmp_path)

    spool.add(roll=3, index=4, device="0" * 16, verdict="void")
    lines = _lines(tmp_path)
    spool.close()

    assert len(lines) == 1


def test_a_new_day_starts_a_new_file(tmp_path: Path) -> None:
    spool = ScanSpool(tmp_path)

    for at in ("2026-11-21T16:59:59Z", "2026-11-21T17:00:01Z"):  # midnight in Việt Nam lies between
        with time_machine.travel(dt.datetime.fromisoformat(at), tick=False):
            spool.add(roll=1, index=1, device="0" * 16, verdict="active")
    spool.close()
    days = sorted(file.name.split("-")[1] for file in tmp_path.glob("*.tsv"))

    assert days == ["20261121", "20261122"]


def test_two_spools_never_share_a_file(tmp_path: Path) -> None:
    one, other = ScanSpool(tmp_path), ScanSpool(tmp_path)

    for spool in (one, other):
        spool.add(roll=1, index=1, device="0" * 16, verdict="active")
        spool.close()

    assert len(list(tmp_path.glob(f"*-{os.getpid()}-*.tsv"))) == 2


def test_a_folder_that_cannot_be_written_does_not_take_the_page_away(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    ScanSpool(blocked).add(roll=1, index=1, device="0" * 16, verdict="active")

    assert "could not be noted" in caplog.text


def test_memory_keeps_the_last_used_and_no_more() -> None:
    memory: LastKnown[int] = LastKnown(most=2)

    for key in (1, 2, 1, 3):
        memory.keep(key, key)

    assert [memory.get(key) for key in (1, 2, 3)] == [1, None, 3]
