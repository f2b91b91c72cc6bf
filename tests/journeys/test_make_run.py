"""What `make run` promises, on the real processes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests.journeys.running import ROOT, Town


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be counted does not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except FileNotFoundError:
        return False


def test_it_starts_three_processes_prints_the_way_in_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()
    pids = _children(town.process.pid)

    code = town.press_ctrl_c()

    said = town.log.read_text("utf-8")
    assert len(pids) == 3
    assert town.url in said and town.shop_url in said
    assert code == 0
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_web_server_killed_at_once_is_opened_again_and_leaves_nobody_behind(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()
    web = next(
        pid for pid in _children(town.process.pid) if b"granian" in Path(f"/proc/{pid}/cmdline").read_bytes()
    )
    workers = _children(web)

    os.kill(web, signal.SIGKILL)
    town.wait_until(lambda: not any(_alive(pid) for pid in workers))
    town.wait_until_it_answers()
    code = town.press_ctrl_c()

    assert workers
    assert code == 0
    assert "đang mở lại" in town.log.read_text("utf-8")


def test_an_empty_install_offers_a_one_time_link_that_makes_the_first_account(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()
    link = re.search(r"http://\S+/lan-dau/\S+", town.log.read_text("utf-8")).group()

    page = requests.get(link, timeout=5)
    town.press_ctrl_c()

    assert page.status_code == 200
    assert 'type="password"' in page.text


def test_a_second_start_keeps_the_data_and_asks_for_nothing(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()
    town.press_ctrl_c()
    before = (town.var / "secrets/stamp-A.key").read_bytes()

    town.start(30)
    town.press_ctrl_c()

    assert (town.var / "secrets/stamp-A.key").read_bytes() == before
    assert (
        town.log.read_text("utf-8").count("/lan-dau/") == 2
    )  # still no account: the way in is offered again


def test_two_runs_on_one_folder_are_refused(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()

    second = subprocess.run(
        [sys.executable, "-m", "ocop", "run"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "OCOP_VAR": str(town.var), "OCOP_DEMO": "0", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    town.press_ctrl_c()

    assert second.returncode == 2
    assert "already running" in second.stderr


def test_an_install_that_lost_its_keys_does_not_make_new_ones(tmp_path: Path) -> None:
    town = Town(tmp_path / "var", demo=False).start()
    town.press_ctrl_c()
    (town.var / "secrets/stamp-A.key").unlink()

    with pytest.raises(AssertionError, match="stamp-A.key"):
        town.start(30)

    assert not (town.var / "secrets/stamp-A.key").exists()
