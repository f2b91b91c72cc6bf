from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock", "requirements-engines.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=~!; ]", requirement)[0].lower()


def _locked(file: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / file).read_text("utf-8"), re.MULTILINE))


@pytest.mark.parametrize("file", LOCKS)
def test_every_locked_package_is_pinned_with_hashes_and_names_no_host(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")

    assert "://" not in text
    for block in re.split(r"\n(?=[a-z])", text.strip()):
        assert "--hash=sha256:" in block, block[:60]


def test_the_lock_holds_what_the_project_asks_for() -> None:
    wanted = {_name(r) for r in PROJECT["project"]["dependencies"]}

    assert wanted <= set(_locked("requirements.lock"))


def test_the_development_locks_hold_what_their_groups_ask_for() -> None:
    groups = PROJECT["dependency-groups"]

    assert {_name(r) for r in groups["dev"]} <= set(_locked("requirements-dev.lock"))
    assert {_name(r) for r in groups["engines"]} <= set(_locked("requirements-engines.lock"))


def test_the_three_locks_agree_on_every_version() -> None:
    base, dev, engines = (_locked(f) for f in LOCKS)

    assert {n: v for n, v in dev.items() if n in base} == base
    assert {n: v for n, v in engines.items() if n in dev} == dev
