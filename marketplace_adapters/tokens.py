"""Credentials that change while they are used: a single-use refresh token must be exchanged by exactly one.

An adapter whose settings hold such tokens calls `keeper.renewed(stale, refresh)` when they are about to end
or were refused. The keeper lets one caller through at a time, over all workers, and stores what `refresh`
returns before anybody uses it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Protocol

Settings = Mapping[str, str]


class TokenKeeper(Protocol):
    """Who stores a channel's settings."""

    def renewed(self, stale: Settings, refresh: Callable[[Settings], Settings]) -> Settings:
        """The newest settings. When the stored ones differ from `stale`, another caller was faster and they
        are returned as they are; otherwise `refresh(stored)` is called under the lock, its answer stored
        (what it does not name stays as it was), then returned.

        Raises whatever `refresh` raises (nothing is changed then), and MarketplaceUnavailable `token_busy`
        when another worker has held the lock for too long.
        """


class PrivateKeeper:
    """For one adapter alone, as in tests: keeps the settings in memory."""

    def __init__(self, settings: Settings) -> None:
        self._stored = dict(settings)
        self._lock = threading.Lock()

    def renewed(self, stale: Settings, refresh: Callable[[Settings], Settings]) -> Settings:
        with self._lock:
            if dict(stale) == self._stored:
                self._stored = {**self._stored, **refresh(dict(self._stored))}
            return dict(self._stored)
