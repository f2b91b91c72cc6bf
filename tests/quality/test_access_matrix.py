"""Every route x method x role, against access_matrix.toml. A route without a row fails; so does a row without
a route, and a view whose mark says something else than its row.

Roles: who signs in, and for whom they work. All ids in the paths belong to one producer ("ours"). Each role has its
own copy of the database: what one office was asked, another officer of it could do too.
"""

from __future__ import annotations

import datetime as dt
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.accounts import services as accounts
from ocop.accounts.rules import RIGHTS, Bundle, HelperKind, Role, ScopeKind, helper_rights
from ocop.app import create_app
from ocop.config import load as load_config
from ocop.db import install, secrets
from ocop.db.actor import Actor
from ocop.db.base import Base, today
from ocop.db.engine import make_engine, open_session
from ocop.producers import services as producers
from ocop.producers.models import Producer
from ocop.web.access import Access
from tests.browser_client import Browser
from tests.factories import a_delegation, a_grant, a_group, a_producer, a_user
from tests.quality.world import World, build
from traceability.highwater import HighWater

MATRIX: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("access_matrix.toml").read_text("utf-8")
)
OURS, ELSEWHERE = "15286", "15349"
# granted: an officer whose office ours asked. revoked, expired, transferred: the same, and since then ours took it
# back, it ran out, or ours moved to another commune. left, left_member: ours asks on, but the officer or the member is
# out. volunteer: of a group ours asked; stranger_group: of another one.
ROLES = (
    "anonymous", "owner", "member", "left_member", "foreign", "officer", "granted", "revoked", "expired",
    "transferred", "left", "volunteer", "stranger_group", "province", "operator",
)  # fmt: skip
_OFFICERS = {"officer", "granted", "revoked", "expired", "transferred", "left"}
_ASKED = _OFFICERS - {"officer"}
# The rights each of them has on our producer while working for it.
_ON_OURS = {
    "owner": RIGHTS[Role.PRODUCER_OWNER],
    "member": RIGHTS[Role.PRODUCER_MEMBER],
    "granted": helper_rights(HelperKind.OFFICE, Bundle.PUBLISH),
    "volunteer": helper_rights(HelperKind.GROUP, Bundle.WRITE),
}
_OFFICIALS = (_OFFICERS - {"left"}) | {"province"}


@dataclass(frozen=True)
class Case:
    endpoint: str
    method: str
    role: str

    def __str__(self) -> str:
        return f"{self.endpoint}-{self.method}-{self.role}"


def _cases() -> Iterator[Case]:
    for endpoint, row in MATRIX.items():
        for method in row["methods"]:
            for role in ROLES:
                yield Case(endpoint, method, role)


def expected(row: dict[str, Any], role: str) -> str:
    """ok | sign_in | forbidden | not_found. A row's ``expect`` names roles that differ; ``rest``: all others."""
    kind, right, differs = row["kind"], row.get("right", ""), row.get("expect", {})
    if role in differs:
        return differs[role]
    if kind in ("anonymous", "public"):
        return differs.get("rest", "ok")
    if role == "anonymous":
        return "sign_in"
    if "rest" in differs:
        return differs["rest"]
    if kind == "signed_in":
        return "ok"
    if kind == "operator":
        return "ok" if role == "operator" else "forbidden"
    if kind == "official":
        return _as_official(row, role)
    if role == "foreign":
        return "not_found" if "{" in row["path"] else "ok"
    if role not in _ON_OURS:
        return "not_found"
    return "ok" if right in _ON_OURS[role] else "forbidden"


def _as_official(row: dict[str, Any], role: str) -> str:
    """Once ours lies in another commune, its things are not there for the officers of the old one."""
    if role not in _OFFICIALS:
        return "forbidden"
    gone = role == "transferred" and any(thing in row["path"] for thing in ("{producer}", "{certificate}"))
    return "not_found" if gone else "ok"


def answered(status: int, location: str) -> str:
    if status == 401 or (status == 303 and location.startswith("/dang-nhap?tiep=")):
        return "sign_in"
    return {403: "forbidden", 404: "not_found"}.get(
        status, "ok" if status < 500 and status not in (400, 405) else f"{status}"
    )


@dataclass(frozen=True)
class Stage:
    """One install, built once: the world, and a signed-in cookie for each role. ``set_again`` undoes a request."""

    app: Flask
    engine: Engine
    database: Path
    world: World
    tokens: dict[str, str]

    def set_again(self, role: str) -> None:
        self.engine.dispose()
        for extra in ("-wal", "-shm"):
            Path(f"{self.database}{extra}").unlink(missing_ok=True)
        shutil.copyfile(self.database.with_name(f"{role}.db"), self.database)

    def browser(self, role: str) -> Browser:
        browser = Browser(self.app, self.engine)
        if role in self.tokens:
            browser.client.set_cookie("ocop", self.tokens[role])
        return browser


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("matrix")
    config = load_config({"OCOP_VAR": str(folder)})
    secrets.make_missing(config.secrets_dir)
    config.mark_file.parent.mkdir()
    HighWater(config.mark_file).create(0)
    engine = make_engine(config.database_url)
    Base.metadata.create_all(engine)
    with open_session(engine) as session:
        install.ensure(session)
        session.commit()
        world = build(session, config)
    key = secrets.load(config.secrets_dir).session
    stage = Stage(create_app(config, engine, testing=True), engine, folder / "ocop.db", world, {})
    engine.dispose()
    shutil.copyfile(stage.database, folder / "anonymous.db")
    for role in ROLES:
        stage.set_again("anonymous")
        with open_session(engine) as session:
            if role != "anonymous":
                stage.tokens[role] = _token(session, world.producer_id, role, key)
            session.commit()
        engine.dispose()
        shutil.copyfile(stage.database, folder / f"{role}.db")
    yield stage
    engine.dispose()


def _token(session: Session, ours: str, role: str, key: bytes) -> str:
    """A sign-in of this role. Those who lost a right sign in while it still holds."""
    user = a_user(session, role)
    producer = session.get_one(Producer, ours)
    works_for: str | None = ours if role in _ON_OURS or role in _ASKED or role == "left_member" else None
    if role in ("owner", "member", "left_member"):
        kind = Role.PRODUCER_OWNER if role == "owner" else Role.PRODUCER_MEMBER
        grant = a_grant(session, user, kind, ScopeKind.PRODUCER, ours)
    elif role in _OFFICERS:
        grant = a_grant(session, user, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, OURS)
    elif role == "foreign":
        works_for = a_producer(session).id
        a_grant(session, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, works_for)
    elif role == "province":
        a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    elif role == "operator":
        a_grant(session, user, Role.OPERATOR, ScopeKind.INSTALL)
    if role in _ASKED:
        given = a_delegation(session, producer, OURS, Bundle.PUBLISH)
    elif role == "volunteer":
        a_delegation(session, producer, a_group(session, user), Bundle.WRITE)
    elif role == "stranger_group":
        a_group(session, user, name="Tổ khác")
    token = accounts.start_sign_in(session, user_id=user.id, producer_id=works_for, secret=key)
    session.flush()
    operator = Actor(None, "vận hành", operator=True)
    if role in ("left", "left_member"):
        accounts.revoke_grant(session, operator, grant_id=grant.id)
    elif role == "revoked":
        accounts.end_delegation(session, operator, delegation_id=given.id)
    elif role == "expired":
        given.valid_from = given.valid_to = today() - dt.timedelta(days=1)
    elif role == "transferred":
        producers.move_producer(
            session, operator, producer_id=ours, commune_code=ELSEWHERE, hamlet="thôn Mẫu 2"
        )
    session.flush()
    return token


@pytest.mark.parametrize("case", list(_cases()), ids=str)
def test_each_role_gets_what_its_row_says(case: Case, stage: Stage) -> None:
    stage.set_again(case.role)
    row = MATRIX[case.endpoint]
    path, person = row["path"].format(**stage.world.ids), stage.browser(case.role)

    if case.method == "GET":
        answer = person.raw(path)
    else:
        form = {k: v.format(**stage.world.ids) for k, v in row.get("form", {}).items()}
        answer = person.post(path, form, keys_at=row.get("keys_at", "/khoa-form").format(**stage.world.ids))

    answer.close()
    got = answered(answer.status_code, answer.headers.get("Location", ""))
    assert got == expected(row, case.role), f"{case}: {answer.status}"


def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    routes = {
        rule.endpoint: sorted(rule.methods - {"HEAD", "OPTIONS"})
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in ("static", "form_keys")
    }
    methods: dict[str, list[str]] = {}
    for endpoint, found in routes.items():
        methods.setdefault(endpoint, []).extend(found)

    assert {e: sorted(set(m)) for e, m in methods.items()} == {
        e: sorted(r["methods"]) for e, r in MATRIX.items()
    }


def test_each_view_wears_the_mark_its_row_says(app: Flask) -> None:
    wrong = []
    for endpoint, row in MATRIX.items():
        mark: Access = app.view_functions[endpoint].__access__
        if (mark.kind, mark.right) != (row["kind"], row.get("right", "")):
            wrong.append((endpoint, mark))

    assert wrong == []


def test_an_unmarked_view_is_not_served(config: Any, engine: Engine) -> None:
    app = create_app(config, engine, testing=True)
    app.add_url_rule("/quen-danh-dau", view_func=lambda: "x", endpoint="unmarked")

    with pytest.raises(RuntimeError, match="does not say who may open it"):
        app.test_client().get("/quen-danh-dau")
