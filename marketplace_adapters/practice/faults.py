"""What a test may ask the practice marketplace to do wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

FAULTS = (
    "lost_reply",  # acts, then cuts the line without a word
    "hang",  # takes the request and never answers
    "reset_before",  # cuts the line before acting
    "error_before",  # HTTP 500, nothing done
    "error_after",  # acts, then HTTP 500
    "garbled",  # acts, then broken JSON
    "html",  # acts, then an HTML page with status 200
    "drip",  # acts, then one byte at a time, for ever
    "drip_headers",  # the same, before the headers end
    "oversized",  # acts, then an answer without end
    "rate_limited",  # HTTP 429, nothing done
    "expired_key",  # HTTP 401, nothing done
)
ACTS_FIRST = frozenset({"lost_reply", "error_after", "garbled", "html", "drip", "drip_headers", "oversized"})


@dataclass
class _Order:
    method: str
    path: str
    fault: str
    times: int


@dataclass
class FaultPlan:
    """Faults waiting for matching requests; `retry_after` is the header sent with rate_limited (None: none)."""

    retry_after: str | None = "7"
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _orders: list[_Order] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _dice: random.Random = field(default_factory=random.Random)
    _storm: tuple[str, ...] = ()
    _probability: float = 0.0

    def storm(self, seed: int, probability: float, faults: Sequence[str]) -> None:
        """From now on any request meets one of `faults` with this probability; 0 ends it."""
        unknown = set(faults) - set(FAULTS)
        if unknown:
            raise ValueError(f"unknown faults {sorted(unknown)}")
        with self._lock:
            self._dice, self._probability, self._storm = random.Random(seed), probability, tuple(faults)

    def add(self, fault: str, method: str = "POST", path: str = "/wc/v3/products", times: int = 1) -> None:
        """The next `times` requests with this method whose path contains `path` meet this fault."""
        if fault not in FAULTS:
            raise ValueError(f"{fault!r} is not one of {FAULTS}")
        with self._lock:
            self._orders.append(_Order(method, path, fault, times))

    def take(self, method: str, path: str) -> str | None:
        """The fault for this request, used up by asking. Counts every request in `seen`."""
        with self._lock:
            self.seen[method, path] += 1
            for order in self._orders:
                if order.times > 0 and order.method == method and order.path in path:
                    order.times -= 1
                    return order.fault
            if self._storm and self._dice.random() < self._probability:
                return self._dice.choice(self._storm)
        return None
