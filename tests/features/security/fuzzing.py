"""v8.2.2, v8.4.1: many requests of people of A, with ids of A and B mixed in paths, addresses and fields, and not a
word of B in any answer.

Routes come from the application itself and their paths from access_matrix.toml, so a new one is asked as soon as it
has its row there; forms come from the pages met on the way. The dice are the same in every run.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import random
import re
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import JSON, Column, Engine, Enum, String, Table, event, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from ocop.accounts.models import Delegation, Grant, Notice, SignIn
from ocop.accounts.rules import Bundle, Role, ScopeKind
from ocop.config import Config
from ocop.db.audit import AuditEntry
from ocop.db.base import Base, utcnow
from ocop.db.engine import open_session
from ocop.producers.models import Producer
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from tests.browser_client import Browser
from tests.factories import a_delegation, a_grant, a_group, a_user
from tests.quality.world import World, build

RENEWED_EVERY = 250  # requests, then what A's people have taken from each other is given back
MARK = "zqbvwx"  # long enough that no random token of a page holds it
A_COMMUNE, B_COMMUNE = "15286", "19246"
MATRIX: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[2] / "quality" / "access_matrix.toml").read_text("utf-8")
)
# Ends the sign-in that goes on asking, or talks to a marketplace outside.
_LEFT_OUT = re.compile(
    r"accounts\.(sign_out|lock|locked|unlock|change_password|pin|stop|.*sign_in.*)"
    r"|publishing\.(connect|reconnect|ask_)\w*|.*\bquit\b|static"
)
# Columns whose words steer the program; what B has in them is no words of anybody's.
_STEERS = {
    "sha256", "marketplace", "protocol", "code_hash", "token_hash", "password_hash", "pin_hash", "key_hash", "file",
    "location", "key", "action", "step", "code", "layout", "key_version", "base_url", "machine", "shot", "sku",
}  # fmt: skip
_WORDS = (
    "",
    "1",
    "2",
    "0",
    "Mắm",
    "21/11/2026",
    "y",
    "save",
    "publish",
    "draft",
    "mine",
    "theirs",
    "3",
    "hũ",
    "posted",
)
_ID = re.compile(r"[0-9a-hjkmnp-tv-z]{12}")
_FORM = re.compile(r"<form\b[^>]*?(?:action=\"([^\"]*)\")?[^>]*>(.*?)</form>", re.S)
_INPUT = re.compile(
    r"<(?:input|select|textarea|button)\b[^>]*?\bname=\"([^\"]+)\"(?:[^>]*?\bvalue=\"([^\"]*)\")?"
)


def _rows(session: Session) -> dict[str, set[tuple[Any, ...]]]:
    """The primary keys of everything there is, by table."""
    return {
        table.name: {tuple(row) for row in session.execute(select(*table.primary_key.columns))}
        for table in Base.metadata.sorted_tables
    }


def _is_words(column: Column[Any]) -> bool:
    kind = column.type
    if column.primary_key or column.foreign_keys or column.name in _STEERS or isinstance(kind, Enum):
        return False
    return isinstance(kind, JSON) or (isinstance(kind, String) and (kind.length or 999) >= 19)


def _marked(value: Any, numbers: Iterator[int]) -> Any:
    if isinstance(value, dict):
        return {name: _marked(one, numbers) for name, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, numbers) for one in value]
    return f"{MARK}{next(numbers)}" if isinstance(value, str) and not _ID.fullmatch(value) else value


def _mark_all(session: Session, before: dict[str, set[tuple[Any, ...]]]) -> set[str]:
    """Put a mark of its own into every text of every row that is new since ``before``, and the row into B's commune;
    the names of the tables."""
    numbers, done = itertools.count(1), set()
    for table in Base.metadata.sorted_tables:
        if table.name == AuditEntry.__tablename__:
            continue
        for row in session.execute(select(table)).mappings().all():
            key = tuple(row[column.name] for column in table.primary_key.columns)
            if key in before[table.name]:
                continue
            values = {
                column.name: _marked(row[column.name], numbers)
                for column in table.columns
                if _is_words(column)
            }
            values |= {name: B_COMMUNE for name, value in row.items() if value == A_COMMUNE}
            if values:
                session.execute(update(table).where(*_at(table, key)).values(**values))
                done.add(table.name)
    return done


def _at(table: Table, key: tuple[Any, ...]) -> list[Any]:
    return [column == value for column, value in zip(table.primary_key.columns, key, strict=True)]


@dataclass
class Person:
    """Somebody of A: a browser, and the token its forms carry. token: the sign-in's."""

    name: str
    browser: Browser
    csrf: str
    pages: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass
class Arena:
    a: World
    b: World
    people: list[Person]
    user_ids: list[str]
    marked: set[str]

    @property
    def names(self) -> list[str]:
        return [name for name in self.b.ids if not name.startswith("clerk_") and name != "shared_channel"]


def build_arena(session: Session, config: Config, app: Flask, engine: Engine) -> Arena:
    a = build(session, config)
    users = {name: a_user(session, f"Người {name} của A") for name in ("owner", "officer", "volunteer")}
    a_grant(session, users["owner"], Role.PRODUCER_OWNER, ScopeKind.PRODUCER, a.producer_id)
    a_grant(session, users["officer"], Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, A_COMMUNE)
    group = a_group(session, users["volunteer"])
    producer = session.get_one(Producer, a.producer_id)
    a_delegation(session, producer)
    a_delegation(session, producer, group, Bundle.WRITE)
    session.commit()
    before = _rows(session)
    session.commit()
    b = build(session, config, commune_code=B_COMMUNE)
    marked = _full_of_marks(session, b, before)
    session.commit()
    people = [
        _signed_in(name, Browser(app, engine).sign_in(user, a.producer_id)) for name, user in users.items()
    ]
    clerk = Browser(app, engine)
    door = clerk.keys(f"/b/{a.ids['clerk_token']}")
    return Arena(
        a, b, [*people, Person("clerk", clerk, door["csrf"])], [u.id for u in users.values()], marked
    )


def _signed_in(name: str, browser: Browser) -> Person:
    return Person(name, browser, browser.keys()["csrf"])


def _full_of_marks(session: Session, b: World, before: dict[str, set[tuple[Any, ...]]]) -> set[str]:
    """B's rows with a mark in every text; nothing of B is shown to the public, so that no page may know of it."""
    session.add(Notice(producer_id=b.producer_id, code="help_given_back", params={"who": MARK}))
    session.execute(
        update(Publication).where(Publication.listing_id == b.ids["listing"]).values(state=State.HANDED_OFF)
    )
    session.flush()
    marked = _mark_all(session, before)
    session.execute(
        insert(AuditEntry).values(
            user_name=f"{MARK}-ai",
            producer_id=b.producer_id,
            on_behalf=False,
            action="listing.edit",
            entity="listing",
            entity_id=b.ids["listing"],
            old={"name": f"{MARK}-cũ"},
            new={"name": f"{MARK}-mới"},
            at=utcnow(),
        )  # fmt: skip
    )
    return marked


@dataclass
class Fuzzer:
    app: Flask
    arena: Arena
    dice: random.Random
    routes: list[tuple[str, str, str]] = field(init=False)
    statuses: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = []
        for rule in self.app.url_map.iter_rules():
            mark = getattr(self.app.view_functions[rule.endpoint], "__access__", None)
            if mark is None or _LEFT_OUT.fullmatch(rule.endpoint):
                continue
            path = MATRIX.get(rule.endpoint, {}).get("path") or str(rule)
            kind = "clerk" if mark.address else mark.kind
            found += [(method, path, kind) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
        self.routes = sorted(found)

    def ask(self) -> tuple[str, bool, TestResponse]:
        """(what was asked, whether the path named a thing of B, the answer)."""
        method, template, kind = self.dice.choice(self.routes)
        person = self._who(kind)
        # What anybody may see of B is no leak: an open page is asked about A only.
        path, theirs = self._path(template, mixed=kind not in ("public", "anonymous"))
        if method == "GET":
            asked = f"{path}{'&' if '?' in path else '?'}{urlencode(self._address())}"
            answer = person.browser.client.get(asked, buffered=True)
        else:
            answer = person.browser.client.post(path, data=self._fields(person, path), buffered=True)
        if method == "GET" and answer.mimetype == "text/html" and answer.status_code == 200:
            _learn(person, path, answer.get_data(as_text=True))
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        return f"{person.name}: {method} {path}", theirs and kind not in ("public", "anonymous"), answer

    def _who(self, kind: str) -> Person:
        people = self.arena.people
        return people[-1] if kind == "clerk" else self.dice.choice(people[:-1])

    def _path(self, template: str, *, mixed: bool) -> tuple[str, bool]:
        theirs = False

        def put(match: re.Match[str]) -> str:
            nonlocal theirs
            name = match.group(1)
            foreign = mixed and name in self.arena.names and self.dice.random() < 0.5
            theirs = theirs or foreign
            return str((self.arena.b if foreign else self.arena.a).ids.get(name, self._id()))

        path = re.sub(r"\{(\w+)\}", put, template)
        return re.sub(r"<(?:[^<>]*:)?\w+>", lambda _m: self._id(), path), theirs

    def _id(self) -> str:
        world = self.dice.choice((self.arena.a, self.arena.b))
        return str(world.ids[self.dice.choice(self.arena.names)])

    def _address(self) -> dict[str, str]:
        """What may stand behind the question mark."""
        if self.dice.random() < 0.4:
            return {}
        names = (
            "q",
            "trang",
            "lo",
            "loai",
            "cuon",
            "cho",
            "noi",
            "thieu",
            "sua",
            "viec",
            "xong",
            "loc",
            "cat",
            "ai",
        )
        chosen = self.dice.sample(names, self.dice.randint(1, 3))
        return {name: self._id() if self.dice.random() < 0.6 else self.dice.choice(_WORDS) for name in chosen}

    def _fields(self, person: Person, path: str) -> dict[str, str]:
        """A form met at this address or elsewhere, with some of its values exchanged."""
        asked = path.partition("?")[0]
        known = person.pages.get(asked) or person.pages.get(self._any_page(person), [])
        fields = {name: self._value(value) for name, value in known if self.dice.random() < 0.9}
        for name in self.dice.sample(
            ("id", "lo", "loai", "source", "producer_id", "listing_id", "batch_id"), 2
        ):
            fields.setdefault(name, self._id())
        return {**fields, "csrf": person.csrf, "once": f"{self.dice.getrandbits(80):020x}"}

    def _any_page(self, person: Person) -> str:
        return self.dice.choice(sorted(person.pages)) if person.pages else ""

    def _value(self, value: str) -> str:
        whole, rest = value.partition(":")[0::2]
        if _ID.fullmatch(value) or value.isdigit() or _ID.fullmatch(rest):
            said = value if self.dice.random() < 0.4 else self._id()
            return f"{whole}:{said}" if rest and said != value else said
        return value if self.dice.random() < 0.7 else self.dice.choice(_WORDS)


def _learn(person: Person, path: str, html: str) -> None:
    """Remember the forms of a page by where they are sent."""
    if len(person.pages) > 400:
        return
    for action, inside in _FORM.findall(html):
        where = (action or path).partition("?")[0]
        person.pages[where] = [
            (name, value) for name, value in _INPUT.findall(inside) if name not in ("csrf", "once")
        ]


def _leaks(answer: TestResponse) -> bool:
    """Whether any word of B stands in the answer: its headers, its body, or the files within."""
    if MARK in str(answer.headers):
        return True
    body = answer.get_data()
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as files:
            return any(MARK.encode() in files.read(one) or MARK in one for one in files.namelist())
    return MARK.encode() in body


def _around(answer: TestResponse) -> str:
    """The words about the first mark."""
    text = answer.get_data(as_text=True)
    at = text.find(MARK)
    return " ".join(text[max(0, at - 60) : at + 20].split()) if at >= 0 else ""


def _give_back(engine: Engine, arena: Arena) -> None:
    """What A's people revoked, ended or signed out of by the dice: they go on asking with their rights."""
    never = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)
    with open_session(engine) as session:
        mine = SignIn.user_id.in_(arena.user_ids)
        session.execute(
            update(SignIn)
            .where(mine)
            .values(ended_at=None, expires_at=never, producer_id=arena.a.producer_id)
        )
        session.execute(update(Grant).where(Grant.user_id.in_(arena.user_ids)).values(revoked_at=None))
        session.execute(
            update(Delegation).where(Delegation.producer_id == arena.a.producer_id).values(revoked_at=None)
        )
        session.commit()


def _of_b(session: Session, b: World) -> dict[str, list[str]]:
    """Everything of B as it stands, by table."""
    names = {b.producer_id, *b.ids.values()} - {b.ids["roll"], b.ids["shared_channel"]}
    return {
        table.name: sorted(
            text
            for row in session.execute(select(table))
            if MARK in (text := repr(tuple(row))) or any(name in text for name in names)
        )
        for table in Base.metadata.sorted_tables
        if table.name not in ("listing_draft", "sent_form", "sign_in")  # what A typed is kept as typed
    }


def _quickly(engine: Engine) -> None:
    """No power is cut here: a commit need not wait for the disk."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA synchronous=OFF"))
        engine.dispose()


def fuzz(app: Flask, engine: Engine, session: Session, config: Config, *, requests: int) -> None:
    """Fails with every request that was answered by a word of B, by a page at an address of B's, or by a defect."""
    _quickly(engine)
    app.config["PROPAGATE_EXCEPTIONS"] = False  # a defect is one more answer, a 500
    arena = build_arena(session, config, app, engine)
    fuzzer = Fuzzer(app, arena, random.Random(20261122))
    with open_session(engine, read_only=True) as reading:
        before = _of_b(reading, arena.b)

    wrong = []
    for number in range(requests):
        if number % RENEWED_EVERY == 0:
            _give_back(engine, arena)
        asked, of_b, answer = fuzzer.ask()
        if answer.status_code >= 500 or _leaks(answer) or (of_b and answer.status_code == 200):
            wrong.append(f"{number} {asked}: {answer.status} {_around(answer)}")
        answer.close()

    assert not wrong, "\n".join(wrong)
    assert len(arena.marked) >= 15
    assert fuzzer.statuses[200] > requests / 8  # they do get somewhere
    with open_session(engine, read_only=True) as reading:
        after = _of_b(reading, arena.b)
        audited = reading.execute(
            select(AuditEntry.old, AuditEntry.new, AuditEntry.user_name, AuditEntry.action).where(
                AuditEntry.producer_id == arena.a.producer_id
            )
        ).all()
    assert len(audited) > requests / 100
    assert MARK not in repr(audited)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
