"""Adapter tests talk to servers of this project on this machine, and to nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import pytest_socket

from marketplace_adapters.practice import PracticeServer

pytest.register_assert_rewrite("marketplace_adapters.testing")  # so that a red contract says what it saw


@pytest.fixture(autouse=True)
def _own_servers_only() -> Iterator[None]:
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)
    yield
    pytest_socket._remove_restrictions()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[PracticeServer]:
    """A practice marketplace whose reviewer waits for the button."""
    with PracticeServer(tmp_path / "shop.db") as server:
        yield server
