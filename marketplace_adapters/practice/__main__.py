"""`python -m marketplace_adapters.practice --port P --db FILE`: the practice marketplace as a process.

User and password come from --user/--password or PRACTICE_USER/PRACTICE_PASSWORD.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

from marketplace_adapters.practice.server import PracticeServer


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    review = None if options.review_seconds < 0 else options.review_seconds
    try:
        shop = PracticeServer(
            options.db,
            options.port,
            host=options.host,
            user=options.user,
            password=options.password,
            review_seconds=review,
        )
    except OSError as error:
        print(f"practice: cannot listen on {options.host}:{options.port}: {error.strerror}", file=sys.stderr)
        return 1
    for name in (signal.SIGTERM, signal.SIGINT):
        # serve_forever runs in this thread, so the stop that waits for it must run in another
        signal.signal(name, lambda *_: threading.Thread(target=shop.stop).start())
    print(f"practice: {shop.base_url}", flush=True)
    shop.serve()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m marketplace_adapters.practice", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--db", required=True, help="the shop's own SQLite file")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--user", default=os.environ.get("PRACTICE_USER", "tap"))
    parser.add_argument("--password", default=os.environ.get("PRACTICE_PASSWORD", "tap-duot"))
    parser.add_argument(
        "--review-seconds",
        type=float,
        default=20,
        help="until a product is approved by itself; -1: only by hand",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
