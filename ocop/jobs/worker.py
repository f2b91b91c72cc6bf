"""The worker: one process that looks, twice a second, for what must still happen.

The tables are the truth of what must happen; there is no queue to lose. A step is a function that takes the
engine, does at most a little work and says whether there may be more at once. A step that fails is logged and
tried again later; the others go on.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event

from sqlalchemy import Engine

log = logging.getLogger("ocop.worker")

IDLE_SECONDS = 0.5
_LONGEST_PAUSE = 60.0


@dataclass
class Step:
    """every: seconds between two looks when there was nothing to do. run(engine) -> more work waiting?"""

    name: str
    run: Callable[[Engine], bool]
    every: float = IDLE_SECONDS
    _due: float = field(default=0.0, repr=False)
    _failures: int = field(default=0, repr=False)


def run(engine: Engine, steps: Sequence[Step], stop: Event) -> None:
    """Until ``stop`` is set."""
    while not stop.is_set():
        busy = [_look(engine, step) for step in steps]
        if not any(busy):
            stop.wait(IDLE_SECONDS)


def run_until_idle(engine: Engine, steps: Sequence[Step], *, rounds: int = 200) -> None:
    """For tests and the command line: every step, now, until none has more to do."""
    for _ in range(rounds):
        if not any([step.run(engine) for step in steps]):
            return
    raise RuntimeError("the steps did not come to rest")


def _look(engine: Engine, step: Step) -> bool:
    now = time.monotonic()
    if now < step._due:
        return False
    try:
        more = step.run(engine)
    except Exception:
        step._failures += 1
        step._due = now + min(_LONGEST_PAUSE, IDLE_SECONDS * 2**step._failures)
        log.exception("step %s failed (%d in a row)", step.name, step._failures)
        return False
    step._failures = 0
    step._due = now if more else now + step.every
    return more
