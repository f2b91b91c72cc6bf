"""A backup of yesterday comes back, by the commands an operator types: no stamp number is ever given twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ocop.cli import setup
from ocop.config import load as load_config
from ocop.db.secrets import make_missing
from tests.journeys.running import ROOT, Town
from tests.journeys.visiting import HELP, Said, Stall, Visitor, a_stall

RESTORING = "Hệ thống đang khôi phục hồ sơ của tem này"
NO_MARK = "Chưa lấy được số tem: tệp giữ số đợt không thấy đâu. Tem cũ vẫn dùng được. Gọi người vận hành."
MARK_BEHIND = "Chưa lấy được số tem: tệp giữ số đợt cũ hơn dữ liệu. Tem cũ vẫn dùng được. Gọi người vận hành."


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    town = Town(tmp_path / "var", demo=False, settings={"OCOP_HELP_PHONE": HELP}).start()
    yield town
    if town.process.poll() is None:
        town.press_ctrl_c()


@pytest.fixture
def stall(town: Town) -> Iterator[Stall]:
    with a_stall(town.var) as stall:
        yield stall


def _ocop(var: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    """What the operator types."""
    command = [sys.executable, "-m", "ocop", *map(str, arguments)]
    env = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "OCOP_VAR": str(var)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def _ask_for_a_roll(owner: Visitor) -> Said:
    return owner.send(owner.open("/tem/lay-so"), "", target="blank:", size="100")


def _take_a_roll(owner: Visitor) -> int:
    return int(_ask_for_a_roll(owner).response.url.rpartition("/")[2])


def test_after_restoring_yesterdays_backup_no_number_is_given_twice(
    town: Town, stall: Stall, tmp_path: Path
) -> None:
    backup, owner = tmp_path / "yesterday.age", stall.owner(town.url)
    codes = {_take_a_roll(owner): ()}
    backed_up = _ocop(town.var, "backup", backup)  # while people work
    lost = _take_a_roll(owner)
    codes = {roll: stall.codes(roll) for roll in (*codes, lost)}
    while_running = _ocop(town.var, "restore", backup, "--replace")
    stall.engine.dispose()
    town.press_ctrl_c()

    restored = _ocop(town.var, "restore", backup, "--replace")
    town.start()
    rolls_restored = stall.rolls()
    page = Visitor(town.url).open(f"/T/{codes[lost][41]}")
    anew = _take_a_roll(owner)  # still signed in: the sign-in is in the backup
    codes[anew] = stall.codes(anew)

    assert (backed_up.returncode, while_running.returncode, restored.returncode) == (0, 2, 0), restored.stderr
    assert lost not in rolls_restored
    assert len({code for roll in codes.values() for code in roll}) == 300
    assert (page.status, page.heading) == (200, RESTORING)
    assert f"Quét lại sau; cần gấp gọi {HELP}." in page.paragraphs


def test_with_the_mark_gone_no_roll_is_given_until_the_operator_sets_it_anew(
    town: Town, stall: Stall
) -> None:
    owner, mark = stall.owner(town.url), stall.config.mark_file
    first = _take_a_roll(owner)
    last = _take_a_roll(owner)

    mark.unlink()
    refused = _ask_for_a_roll(owner)
    too_low = _ocop(town.var, "mark", first), _ask_for_a_roll(owner)
    raised = _ocop(town.var, "mark", last + 200)
    lowered = _ocop(town.var, "mark", first)
    anew = _take_a_roll(owner)

    assert (refused.status, too_low[1].status) == (422, 422)
    assert NO_MARK in refused.text and MARK_BEHIND in too_low[1].text
    assert [done.returncode for done in (too_low[0], raised, lowered)] == [0, 0, 1]
    assert (anew, stall.rolls()) == (last + 201, [first, last, last + 201])


@pytest.fixture
def var(tmp_path: Path) -> Path:
    """The data of an install that is not running."""
    config = load_config({"OCOP_VAR": str(tmp_path / "var"), "OCOP_DEMO": "0"})
    setup.prepare(config).engine.dispose()
    return config.var


def _everything(var: Path) -> dict[Path, bytes]:
    return {path.relative_to(var): path.read_bytes() for path in var.rglob("*") if path.is_file()}


def test_another_installs_key_opens_no_backup_and_changes_nothing(var: Path, tmp_path: Path) -> None:
    backup = tmp_path / "yesterday.age"
    _ocop(var, "backup", backup)
    make_missing(tmp_path / "elsewhere")
    (var / "run.lock").touch()
    before = _everything(var)

    refused = _ocop(var, "restore", backup, "--replace", "--key", tmp_path / "elsewhere/backup.key")
    after = _everything(var)
    opened = _ocop(var, "restore", backup, "--replace")

    assert (refused.returncode, opened.returncode) == (2, 0)
    assert "cannot be opened with this key" in refused.stderr
    assert after == before


def test_a_database_that_is_gone_is_not_backed_up_as_an_empty_one(var: Path, tmp_path: Path) -> None:
    (var / "ocop.db").unlink()

    refused = _ocop(var, "backup", tmp_path / "nothing.age")

    assert refused.returncode == 2
    assert refused.stderr == "ocop: the database cannot be read: unable to open database file\n"
    assert not (tmp_path / "nothing.age").exists()
    assert not (var / "ocop.db").exists()
