"""Too many scans from one neighbourhood in a minute: counted in memory, forgotten with the minute."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from threading import Lock

A_MINUTE = 60
_MOST_PREFIXES = 50_000


class Limiter:
    """Lets ``most`` scans of one prefix through per minute and process."""

    def __init__(self, most: int = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self.most, self.clock = most, clock
        self._minute = -1
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def too_fast(self, prefix: str) -> bool:
        """Count one scan; True when it is one too many."""
        minute = int(self.clock()) // A_MINUTE
        with self._lock:
            if minute != self._minute or len(self._counts) > _MOST_PREFIXES:
                self._minute = minute
                self._counts.clear()
            self._counts[prefix] += 1
            return self._counts[prefix] > self.most
