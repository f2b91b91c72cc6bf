"""The worker: one process that looks, twice a second, for what must still happen.

The tables are the truth of what must happen; there is no queue to lose. A step is a function that takes the
engine, does at most a little work and says whether there may be more at once. A step that fails is logged and
tried again later; the others go on. A step that waits for others (a marketplace) runs in several threads of its
own, so that one slow answer holds up nobody.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event, Thread

from sqlalchemy import Engine

log = logging.getLogger("ocop.worker")

IDLE_SECONDS = 0.5
STOP_SECONDS = 5.0  # what a thread is at after that is left to its lease
_LONGEST_PAUSE = 60.0


@dataclass
class Step:
    """every: seconds between two looks when there was nothing to do. run(engine) -> more work waiting?
    threads: 0 runs it in turn with the others; otherwise in so many threads of its own, so it must be safe there."""

    name: str
    run: Callable[[Engine], bool]
    every: float = IDLE_SECONDS
    threads: int = 0
    _due: float = field(default=0.0, repr=False)
    _failures: int = field(default=0, repr=False)


def run(engine: Engine, steps: Sequence[Step], stop: Event) -> None:
    """Until ``stop`` is set, and a moment longer for what is under way."""
    groups = [[replace(step)] for step in steps for _ in range(step.threads)]
    threads = [
        Thread(target=_go_on, args=(engine, group, stop), name=group[0].name, daemon=True) for group in groups
    ]
    for thread in threads:
        thread.start()
    _go_on(engine, [step for step in steps if not step.threads], stop)
    deadline = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))


def _go_on(engine: Engine, steps: Sequence[Step], stop: Event) -> None:
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
