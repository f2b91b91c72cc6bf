"""/van-hanh: everybody with an account, officials, first codes."""

from __future__ import annotations

from flask import render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts import services as grants
from ocop.accounts.forms import PersonForm
from ocop.accounts.models import Grant, User
from ocop.accounts.rules import Role, ScopeKind, shown_phone
from ocop.accounts.views import done, session_secret
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.places import forms as places
from ocop.places import queries as place_queries
from ocop.producers import mapping, queries, services
from ocop.producers.forms import OfficialForm
from ocop.producers.views.blueprint import Answer, bp, to_code_paper
from ocop.web import access
from ocop.web.filters import day as written_day
from ocop.web.folding import fold
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

PER_PAGE = 20
_USERS = "producers.users"


@bp.get("/van-hanh")
@access.operator
def users() -> str:
    text, page = request.args.get("q", "")[:100], max(request.args.get("trang", 1, int), 1)
    everybody = [user for user in accounts.users(db()) if _matches(user, text)]
    start = (page - 1) * PER_PAGE
    return render_template(
        "producers/users.html",
        users=everybody[start : start + PER_PAGE],
        page=page,
        pages=-(-len(everybody) // PER_PAGE),
        text=text,
        grant_words=_grant_words,
        shown_phone=shown_phone,
        me=access.actor().user_id,
    )


def _matches(user: User, text: str) -> bool:
    wanted = fold(text)
    return wanted in fold(user.name) or wanted.replace(" ", "") in shown_phone(user.phone).replace(" ", "")


def _grant_words(user: User) -> list[tuple[Grant, str]]:
    """The offices and producers of a person that count today, in words."""
    found = accounts.grants_in_force(db(), user.id)
    producers = queries.named(db(), [g.scope_id for g in found if g.scope_kind is ScopeKind.PRODUCER])
    groups = accounts.groups_named(db(), [g.scope_id for g in found if g.scope_kind is ScopeKind.GROUP])
    names = {one.id: one.name for one in (*producers, *groups)}
    return [(grant, _words(grant, names)) for grant in found]


def _words(grant: Grant, names: dict[str, str]) -> str:
    scope = {
        ScopeKind.PRODUCER: lambda: names.get(grant.scope_id, ""),
        ScopeKind.GROUP: lambda: names.get(grant.scope_id, ""),
        ScopeKind.COMMUNE: lambda: place_queries.full_address(grant.scope_id),
        ScopeKind.PROVINCE: lambda: place_queries.province(grant.scope_id).full_name,
        ScopeKind.INSTALL: lambda: "",
    }[grant.scope_kind]()
    until = f", đến {written_day(grant.valid_to)}" if grant.valid_to else ""
    role = sentence(f"role_{grant.role.value}")
    return f"{role}: {scope}{until}" if scope else f"{role}{until}"


@bp.route("/van-hanh/them-can-bo", methods=["GET", "POST"])
@access.operator
def add_official() -> Answer:
    form = OfficialForm.with_provinces()
    if "find_commune" not in request.form and form.sent_and_valid():
        try:
            return _add_official(form)
        except Refused as refusal:
            form.refuse(refusal)
    searched = request.form.get("commune_code_search", "")[:100]
    results = places.found(searched) if searched else places.chosen(form.commune_code.data)
    page = render_template("producers/add_official.html", form=form, results=results, searched=searched)
    return page, 422 if request.method == "POST" else 200


def _add_official(form: OfficialForm) -> Answer:
    code = services.add_official(
        db(),
        access.actor(),
        name=form.name.data,
        phone=form.phone.data,
        role=Role(form.role.data),
        scope_id=form.scope_id,
        secret=session_secret(),
    )
    return to_code_paper(code, _USERS, "official")


@bp.get("/van-hanh/co-so")
@access.operator
def all_producers() -> str:
    text = request.args.get("q", "")[:100]
    found = queries.visible(db(), access.actor(), text)
    shown = found[:PER_PAGE]
    owners = {
        g.scope_id
        for g in accounts.people_of(db(), [one.id for one in shown])
        if g.role is Role.PRODUCER_OWNER
    }
    return render_template(
        "producers/all_producers.html",
        rows=shown,
        owners=owners,
        total=len(found),
        text=text,
        address=lambda producer: mapping.address_lines(producer, today())[0],
    )


@bp.route("/van-hanh/co-so/<producer_id>/chu", methods=["GET", "POST"])
@access.operator
def add_owner(producer_id: str) -> Answer:
    producer = queries.in_reach(db(), access.actor(), producer_id)
    form = PersonForm.from_request(name=producer.representative)
    if form.sent_and_valid():
        try:
            return _add_owner(form, producer_id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("producers/add_owner.html", form=form, producer=producer)
    return page, 422 if form.errors else 200


def _add_owner(form: PersonForm, producer_id: str) -> Answer:
    code = services.add_owner(
        db(),
        access.actor(),
        producer_id=producer_id,
        name=form.name.data,
        phone=form.phone.data,
        secret=session_secret(),
    )
    return to_code_paper(code, _USERS, "owner")


@bp.post("/van-hanh/ma")
@access.operator
def user_code() -> AnyResponse:
    user_id = request.form.get("id", "")
    grants.issue_first_code(db(), access.actor(), user_id=user_id, secret=session_secret())
    return to_code_paper(grants.latest_code(db(), user_id), _USERS, "official")


@bp.post("/van-hanh/khoa")
@access.operator
def disable() -> AnyResponse:
    grants.disable_user(db(), access.actor(), user_id=request.form.get("id", ""))
    return done(_USERS, "disabled")


@bp.post("/van-hanh/mo")
@access.operator
def enable() -> AnyResponse:
    grants.enable_user(db(), access.actor(), user_id=request.form.get("id", ""))
    return done(_USERS, "enabled")


@bp.post("/van-hanh/thoi")
@access.operator
def revoke_any() -> AnyResponse:
    grants.revoke_grant(db(), access.actor(), grant_id=request.form.get("id", ""))
    return done(_USERS, "revoked")
