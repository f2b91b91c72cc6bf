"""Every route x method x role, against access_matrix.toml. A route without a row fails; so does a row without
a route, and a view whose mark says something else than its row.

Roles: who signs in, and for whom they work. All ids in the paths belong to one producer ("ours").
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
from ocop.accounts.rules import RIGHTS, Role, ScopeKind
from ocop.app import create_app
from ocop.config import load as load_config
from ocop.db import install, secrets
from ocop.db.base import Base, today, utcnow
from ocop.db.engine import make_engine, open_session
from ocop.web.access import Access
from tests.browser_client import Browser
from tests.factories import a_grant, a_producer, a_user
from tests.quality.world import World, build
from traceability.highwater import HighWater

MATRIX: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("access_matrix.toml").read_text("utf-8")
)
ROLES = (
    "anonymous", "owner", "member", "foreign", "officer", "granted", "revoked", "expired", "volunteer",
    "province", "operator",
)  # fmt: skip
# The role whose rights each of them has on our producer while working for it.
_ON_OURS = {
    "owner": Role.PRODUCER_OWNER,
    "member": Role.PRODUCER_MEMBER,
    "granted": Role.COMMUNE_OFFICER,
    "volunteer": Role.VILLAGE_VOLUNTEER,
}
_OFFICIALS = {"officer", "granted", "revoked", "expired", "province"}


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
    """ok | sign_in | forbidden | not_found"""
    kind, right = row["kind"], row.get("right", "")
    if role in row.get("expect", {}):
        return row["expect"][role]
    if kind in ("anonymous", "public"):
        return "ok"
    if role == "anonymous":
        return "sign_in"
    if kind == "signed_in":
        return "ok"
    if kind == "operator":
        return "ok" if role == "operator" else "forbidden"
    if kind == "official":
        return "ok" if role in _OFFICIALS else "forbidden"
    if role == "foreign":
        return "not_found" if "{" in row["path"] else "ok"
    if role not in _ON_OURS:
        return "not_found"
    return "ok" if right in RIGHTS[_ON_OURS[role]] else "forbidden"


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
    pristine: Path
    world: World
    tokens: dict[str, str]

    def set_again(self) -> None:
        self.engine.dispose()
        for extra in ("-wal", "-shm"):
            Path(f"{self.database}{extra}").unlink(missing_ok=True)
        shutil.copyfile(self.pristine, self.database)

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
        tokens = {
            role: _token(session, world.producer_id, role, key) for role in ROLES if role != "anonymous"
        }
        session.commit()
    engine.dispose()
    shutil.copyfile(folder / "ocop.db", folder / "pristine.db")
    app = create_app(config, engine, testing=True)
    yield Stage(app, engine, folder / "ocop.db", folder / "pristine.db", world, tokens)
    engine.dispose()


def _token(session: Session, ours: str, role: str, key: bytes) -> str:
    """A sign-in of this role. Revoked and expired ones sign in while their grant still holds."""
    user = a_user(session, role)
    works_for: str | None = ours if role in _ON_OURS or role in ("revoked", "expired") else None
    if role in _ON_OURS:
        a_grant(session, user, _ON_OURS[role], ScopeKind.PRODUCER, ours)
    elif role in ("revoked", "expired"):
        ending = a_grant(session, user, Role.COMMUNE_OFFICER, ScopeKind.PRODUCER, ours)
    elif role == "foreign":
        works_for = a_producer(session).id
        a_grant(session, user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, works_for)
    if role == "province":
        a_grant(session, user, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    elif role in _OFFICIALS:
        a_grant(session, user, Role.COMMUNE_OFFICER, ScopeKind.COMMUNE, "15286")
    elif role == "operator":
        a_grant(session, user, Role.OPERATOR, ScopeKind.INSTALL)
    token = accounts.start_sign_in(session, user_id=user.id, producer_id=works_for, secret=key)
    if role == "revoked":
        ending.revoked_at = utcnow()
    if role == "expired":
        ending.valid_from = ending.valid_to = today() - dt.timedelta(days=1)
    session.flush()
    return token


@pytest.mark.parametrize("case", list(_cases()), ids=str)
def test_each_role_gets_what_its_row_says(case: Case, stage: Stage) -> None:
    stage.set_again()
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
