from __future__ import annotations

from pathlib import Path

import pytest

from ocop.config import ConfigError, load


def test_an_empty_environment_gives_working_defaults() -> None:
    config = load({})

    assert config.port == 8000
    assert config.database_url.startswith("sqlite:///")
    assert config.demo is True
    assert config.https is False


def test_every_bad_setting_is_named_at_once() -> None:
    env = {"OCOP_PORT": "eighty", "OCOP_DEMO": "maybe", "OCOP_BASE_URL": "ftp://x"}

    with pytest.raises(ConfigError) as error:
        load(env)

    assert all(name in str(error.value) for name in env)


@pytest.mark.parametrize("port", ["0", "65536", "-1", "٣", "1e3"])
def test_a_port_that_is_no_port_stops_the_start(port: str) -> None:
    with pytest.raises(ConfigError):
        load({"OCOP_PORT": port})


def test_the_roll_mark_lies_outside_database_and_media(tmp_path: Path) -> None:
    config = load({"OCOP_VAR": str(tmp_path)})

    assert config.mark_file.parent != tmp_path
    assert config.media_dir not in config.mark_file.parents
