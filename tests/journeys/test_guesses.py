"""Numbers nobody was given are answered before any query, counted at the driver behind the whole web stack."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import pytest
import requests
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from ocop.accounts import services as accounts
from ocop.app import create_app
from ocop.config import Config
from ocop.db import secrets
from tests.features.batches.stamping import a_shop
from traceability.serials import ALPHABET, MistypedCode, StampKey, decode, grouped

GUESSES = 2_000
KEY = StampKey("A", bytes(range(32)))


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, *_: object) -> None:
        pass


@contextmanager
def _served(config: Config, engine: Engine) -> Iterator[str]:
    """The whole application behind a real socket in this process, so that its driver can be listened to."""
    app = create_app(replace(config, trusted_proxies=1), engine)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def _counted(engine: Engine) -> Iterator[Counter[str]]:
    """Statements that reach the driver, and connections made or taken from the pool."""
    seen: Counter[str] = Counter()
    listeners = {
        name: lambda *_, name=name: seen.update([name])
        for name in ("before_cursor_execute", "checkout", "connect", "begin")
    }
    for name, listener in listeners.items():
        event.listen(engine, name, listener)
    yield seen
    for name, listener in listeners.items():
        event.remove(engine, name, listener)


def _guesses() -> Iterator[tuple[str, str]]:
    """Ways to ask for numbers nobody was given: method and path, every shape a number comes in."""
    draw = random.Random(20261121)
    ways = ("/t/{}", "/T/{}", "/01/09521234000013/21/{}", "/tra-tem?so={}", "/t/{}?go=1", "/t/{}?en=1")
    for number in range(GUESSES):
        code = KEY.version + "".join(draw.choices(ALPHABET, k=12))
        if number % 10 == 9:
            code = code[: draw.randrange(1, 13)]
        with pytest.raises(MistypedCode):  # none of these is the one in 65,536
            decode({KEY.version: KEY}, code)
        shaped = draw.choice((code, code.lower(), grouped(code), grouped(code).lower()))
        yield draw.choice(("GET", "GET", "HEAD")), draw.choice(ways).format(shaped)


def test_two_thousand_guesses_over_http_never_reach_the_database(
    config: Config, engine: Engine, session: Session
) -> None:
    (config.secrets_dir / "stamp-A.key").write_bytes(KEY.secret)
    shop = a_shop(session, engine, config, create_app(config, engine))
    known = shop.code(shop.roll())
    kept = secrets.load(config.secrets_dir).session
    token = accounts.start_sign_in(session, user_id=shop.user.id, producer_id=shop.producer.id, secret=kept)
    session.commit()
    answers: Counter[int] = Counter()

    with _served(config, engine) as url, requests.Session() as http:
        http.cookies.set("ocop", token)
        with _counted(engine) as seen:
            for number, (method, path) in enumerate(_guesses()):
                fro = {"X-Forwarded-For": f"10.{number >> 8}.{number & 255}.1"}
                answers[http.request(method, url + path, headers=fro, timeout=30).status_code] += 1
        with _counted(engine) as seen_for_a_known_one:
            found = http.get(f"{url}/t/{known}", timeout=30)

    assert answers == {404: GUESSES}
    assert seen == {}
    assert found.status_code == 200
    assert min(seen_for_a_known_one["before_cursor_execute"], seen_for_a_known_one["checkout"]) > 0
