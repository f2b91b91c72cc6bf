"""Scans against what goes wrong around them: a database that is gone or locked, workers that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event, Thread

import pytest
import requests

from ocop.cli import commands, setup
from ocop.config import Config
from ocop.config import load as load_config
from tests.journeys.running import ROOT, free_port
from tests.journeys.visiting import Said, Stall, Visitor, a_stall


@dataclass
class Machine:
    """An install in a folder, whose web and worker are started one by one, as `ocop run` starts them."""

    config: Config
    env: dict[str, str]

    @contextmanager
    def part(self, place: int) -> Iterator[subprocess.Popen[bytes]]:
        part = commands._parts(self.config)[place]
        with (self.config.var / f"part-{place}.log").open("ab") as log:
            process = subprocess.Popen(
                part.command, cwd=ROOT, env={**part.env, **self.env}, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # the web server has a worker of its own
            process.wait()

    @contextmanager
    def web(self) -> Iterator[str]:
        url = f"http://127.0.0.1:{self.config.port}"
        with self.part(2):
            self.wait_for(lambda: _answers(f"{url}/tra-tem"))
            yield url

    def wait_for(self, done: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            logs = "".join(log.read_text("utf-8")[-2000:] for log in self.config.var.glob("part-*.log"))
            assert time.monotonic() < deadline, logs
            time.sleep(0.02)


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=5).ok
    except requests.RequestException:
        return False


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    env = {
        "OCOP_VAR": str(tmp_path / "var"),
        "OCOP_PORT": str(free_port()),
        "OCOP_DEMO": "0",
        "OCOP_TRUSTED_PROXIES": "1",
        "PYTHONPATH": str(ROOT),
    }
    machine = Machine(load_config(env), env)
    setup.prepare(machine.config).engine.dispose()
    return machine


@pytest.fixture
def stall(machine: Machine) -> Iterator[Stall]:
    with a_stall(machine.config.var) as stall:
        yield stall


def _nothing_can_be_looked_up(page: Said) -> bool:
    said = ["Máy chủ đang nghỉ; việc này không nói gì về hàng.", "Thử lại sau ít phút."]
    return (page.status, page.heading, page.paragraphs[:2]) == (503, "Lúc này chưa tra được", said)


def test_without_its_database_a_scan_says_so_and_no_empty_one_is_made(machine: Machine, stall: Stall) -> None:
    code = stall.shop.code(stall.with_lot().roll())
    stall.engine.dispose()
    database = machine.config.var / "ocop.db"
    aside = database.rename(machine.config.var / "aside.db")

    with machine.web() as url:
        neighbours = (Visitor(url, f"10.{number >> 8 & 255}.{number & 255}.1") for number in count())
        while_gone, made = next(neighbours).open(f"/t/{code}"), database.exists()
        aside.rename(database)
        machine.wait_for(lambda: next(neighbours).open(f"/t/{code}").status == 200)
        when_back = next(neighbours).open(f"/t/{code}")

    assert _nothing_can_be_looked_up(while_gone)
    assert not made
    assert when_back.heading == "Tem chưa được kích hoạt"


_HOLD = """
import fcntl, os, sys
fcntl.lockf(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX, 8, 120)  # every lock of the write-ahead log
print(flush=True)
sys.stdin.read()
"""


@contextmanager
def _locked(database: Path) -> Iterator[None]:
    """Another process holds the database so that nobody can even read."""
    command = [sys.executable, "-c", _HOLD, f"{database}-shm"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        yield
        holder.kill()


def test_with_its_database_locked_a_scan_is_answered_from_what_was_last_known(
    machine: Machine, stall: Stall
) -> None:
    shop = stall.with_lot()
    seen, unseen = shop.roll(5), shop.roll(5)
    shop.activate(seen)

    with machine.web() as url:
        shopper = Visitor(url)
        shopper.open(f"/t/{shop.code(seen, 1)}")
        with _locked(machine.config.var / "ocop.db"):
            known, unknown = (shopper.open(f"/t/{shop.code(roll, 4)}") for roll in (seen, unseen))

    assert known.heading == "Tem có trong hệ thống, đã kích hoạt"
    assert shop.listing.name in known.text
    assert _nothing_can_be_looked_up(unknown)


KILLS = 20
# `python -m ocop worker` again and again, each a process of its own; everything is read in only once, before the first.
_WORKERS = """
import os, sys
from ocop import cli
for _ in sys.stdin:
    worker = os.fork()
    if worker == 0:
        os._exit(cli.main(["worker"]))
    print(worker, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), flush=True)
"""


@contextmanager
def _workers(machine: Machine) -> Iterator[subprocess.Popen[str]]:
    with (
        (machine.config.var / "part-1.log").open("ab") as log,
        subprocess.Popen(
            [sys.executable, "-c", _WORKERS],
            cwd=ROOT,
            env={**os.environ, **machine.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,
        ) as workers,
    ):
        try:
            yield workers
        finally:
            os.killpg(workers.pid, signal.SIGKILL)


def _kill_one(workers: subprocess.Popen[str], when: Callable[[], None]) -> int:
    """Start a worker, let it run until ``when`` returns, kill it; how it ended."""
    workers.stdin.write("\n")
    workers.stdin.flush()
    worker = int(workers.stdout.readline())
    when()
    os.kill(worker, signal.SIGKILL)
    return int(workers.stdout.readline())


@contextmanager
def _people_scanning(url: str, codes: list[str]) -> Iterator[list[int]]:
    """Each stamp once, one after another; the places of those whose page was answered."""
    acknowledged: list[int] = []
    stop = Event()

    def scan() -> None:
        with requests.Session() as http:
            for index, code in enumerate(codes, start=1):
                fro = {"X-Forwarded-For": f"10.{index >> 8 & 255}.{index & 255}.1"}
                if http.get(f"{url}/t/{code}", headers=fro, timeout=30).status_code == 200:
                    acknowledged.append(index)
                if stop.wait(0.005):
                    return

    people = Thread(target=scan)
    people.start()
    try:
        yield acknowledged
    finally:
        stop.set()
        people.join()


def test_twenty_workers_killed_while_people_scan_import_every_scan_exactly_once(
    machine: Machine, stall: Stall
) -> None:
    roll = stall.with_lot(100_000).roll(100_000)
    draw, imported, behind, ends = random.Random(9), [0], [], []

    with (
        machine.web() as url,
        _people_scanning(url, stall.codes(roll)) as acknowledged,
        _workers(machine) as workers,
    ):
        for number in range(KILLS):

            def when(number: int = number) -> None:
                """Every other one has brought some in and is at the next; the others are killed as they begin."""
                if number % 2:
                    machine.wait_for(lambda: len(stall.scans()) > imported[-1])
                time.sleep(draw.uniform(0, 0.1))

            machine.wait_for(lambda: len(acknowledged) > imported[-1] + 10)
            ends.append(_kill_one(workers, when))
            imported.append(len(stall.scans()))
            behind.append(len(acknowledged) - imported[-1])
    command = [sys.executable, "-m", "ocop", "worker", "--until-idle"]
    subprocess.run(command, cwd=ROOT, env={**os.environ, **machine.env}, check=True, capture_output=True)

    assert ends == [-signal.SIGKILL] * KILLS
    assert len(set(imported)) > KILLS // 2 and max(behind) > 0
    assert Counter(stall.scans()) == Counter((roll.id, index) for index in acknowledged)
    print(
        f"{len(acknowledged)} scans acknowledged and imported; after each kill: {imported}, waiting: {behind}"
    )
