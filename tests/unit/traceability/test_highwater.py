"""The mark file: never lower, never guessed, one taker at a time."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import traceability
from traceability.highwater import HighWater, MarkBroken, MarkExists, MarkMissing


@pytest.fixture
def mark(tmp_path):
    made = HighWater(tmp_path / "rolls.mark")
    made.create(0)
    return made


TAKE = "print(*[mark.advance() for _ in range(40)])"
RAISE_UP = "[mark.raise_to(number) for number in range(0, 60, 2)]"
RAISE_DOWN = "[mark.raise_to(number) for number in range(59, 0, -2)]"


def in_processes(mark, *programs) -> list[str]:
    """Run the programs at the same time, each in a Python of its own; what each printed."""
    start = "import sys; from traceability.highwater import HighWater; mark = HighWater(sys.argv[1]); "
    folder = Path(traceability.__file__).parents[1]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", start + program, str(mark.path)],
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
        )
        for program in programs
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(programs)
    return said


def test_a_new_mark_is_what_it_was_made_with(tmp_path):
    HighWater(tmp_path / "new" / "rolls.mark").create(41)

    assert HighWater(tmp_path / "new" / "rolls.mark").read() == 41


def test_a_missing_file_stops_everything_and_is_never_made_by_the_way(tmp_path):
    path = tmp_path / "rolls.mark"
    mark = HighWater(path)

    for use in (mark.read, mark.advance, lambda: mark.raise_to(7)):
        with pytest.raises(MarkMissing):
            use()

    assert not path.exists()


def test_a_missing_folder_is_a_missing_mark(tmp_path):
    with pytest.raises(MarkMissing):
        HighWater(tmp_path / "gone" / "rolls.mark").advance()


def test_first_setup_never_overwrites_a_mark(mark):
    mark.advance(5)

    with pytest.raises(MarkExists):
        mark.create(0)

    assert mark.read() == 5


def test_advancing_takes_the_next_numbers(mark):
    assert [mark.advance(), mark.advance(), mark.advance(10), mark.advance()] == [1, 2, 12, 13]
    assert mark.read() == 13


@pytest.mark.parametrize("by", [0, -1])
def test_advancing_backwards_is_refused(mark, by):
    with pytest.raises(ValueError, match="only goes up"):
        mark.advance(by)


def test_raising_never_lowers(mark):
    mark.raise_to(10)
    mark.raise_to(3)

    assert mark.read() == 10


@pytest.mark.parametrize(
    "change", [lambda b: b"", lambda b: b[1:], lambda b: b[:-3], lambda b: b"9" + b, lambda b: b"x"]
)
def test_a_garbled_file_is_reported_and_left_alone(mark, change):
    mark.advance(1234)
    mark.path.write_bytes(change(mark.path.read_bytes()))
    garbled = mark.path.read_bytes()

    for use in (mark.read, mark.advance, lambda: mark.raise_to(99_999)):
        with pytest.raises(MarkBroken):
            use()

    assert mark.path.read_bytes() == garbled


def test_the_file_is_safe_on_disk_before_it_takes_its_name_and_the_folder_after(mark, monkeypatch):
    order = []
    sync, rename = os.fsync, os.replace
    folder = os.stat(mark.path.parent)
    monkeypatch.setattr(
        os,
        "fsync",
        lambda fd: (order.append("folder" if os.path.samestat(os.fstat(fd), folder) else "file"), sync(fd)),
    )
    monkeypatch.setattr(os, "replace", lambda *names: (order.append("rename"), rename(*names)))

    mark.advance()

    assert order == ["file", "rename", "folder"]


def test_a_full_disk_leaves_the_old_mark(mark, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    mark.advance(7)
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space"):
        mark.advance()

    monkeypatch.undo()
    assert mark.read() == 7
    assert mark.advance() == 8


def test_two_processes_never_take_the_same_number(mark):
    said = in_processes(mark, TAKE, TAKE)

    assert sorted(int(number) for line in said for number in line.split()) == list(range(1, 81))
    assert mark.read() == 80


def test_two_threads_never_take_the_same_number(mark):
    taken = []
    threads = [
        threading.Thread(target=lambda: taken.extend(mark.advance() for _ in range(30))) for _ in range(3)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(taken) == list(range(1, 91))


def test_processes_raising_to_different_numbers_end_at_the_highest(mark):
    in_processes(mark, RAISE_UP, RAISE_DOWN)

    assert mark.read() == 59
