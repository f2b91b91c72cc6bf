"""/xa/to: village groups of a commune and the people in them."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries as accounts
from ocop.accounts import services as grants
from ocop.accounts.forms import PersonForm
from ocop.accounts.models import HelpingGroup
from ocop.accounts.rules import HelperKind, shown_phone
from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.producers import mapping, queries, services
from ocop.producers.forms import GroupForm
from ocop.producers.views.blueprint import Answer, bp, to_code_paper
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/xa/to")
@access.official
def groups() -> str:
    found = accounts.open_groups(db(), access.actor().communes)
    return render_template(
        "producers/groups.html",
        rows=[(group, len(accounts.members_of(db(), group.id)), len(_asked(group))) for group in found],
        may_make=bool(access.actor().communes),
    )


def _asked(group: HelpingGroup) -> list[str]:
    """Ids of the producers that the group helps today."""
    given = accounts.asked_of(db(), HelperKind.GROUP, group.id)
    return list(dict.fromkeys(one.producer_id for one in given))


@bp.route("/xa/to/them", methods=["GET", "POST"])
@access.official
def make_group() -> Answer:
    communes = access.actor().communes
    if not communes:
        raise NotFound()
    form = GroupForm.within(communes)
    if form.sent_and_valid():
        commune_code = form.commune_code.data or ""
        group = grants.make_group(db(), access.actor(), commune_code=commune_code, **form.facts)
        return redirect(url_for("producers.group", group_id=group.id, xong="group"), 303)
    return render_template("producers/make_group.html", form=form), 422 if form.errors else 200


@bp.route("/xa/to/<group_id>", methods=["GET", "POST"])
@access.official
def group(group_id: str) -> Answer:
    found = accounts.own_group(db(), access.actor(), group_id)
    form = GroupForm.within([found.commune_code], obj=found)
    if form.sent_and_valid():
        grants.edit_group(db(), access.actor(), group_id=group_id, **form.facts)
        return done("producers.group", "group", group_id=group_id)
    members = accounts.members_of(db(), group_id)
    page = render_template(
        "producers/group.html",
        form=form,
        group=found,
        place=mapping.group_place(found),
        members=members,
        new_codes={g.user_id for g in members if grants.may_issue_first_code(db(), access.actor(), g.user)},
        producers=queries.named(db(), _asked(found)),
        shown_phone=shown_phone,
    )
    return page, 422 if form.errors else 200


@bp.route("/xa/to/<group_id>/them-nguoi", methods=["GET", "POST"])
@access.official
def add_volunteer(group_id: str) -> Answer:
    found = accounts.own_group(db(), access.actor(), group_id)
    form = PersonForm.from_request()
    if form.sent_and_valid():
        try:
            return _add(form, group_id)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template("producers/add_volunteer.html", form=form, group=found)
    return page, 422 if form.errors or form.form_errors else 200


def _add(form: PersonForm, group_id: str) -> AnyResponse:
    code = services.add_volunteer(
        db(),
        access.actor(),
        group_id=group_id,
        name=form.name.data,
        phone=form.phone.data,
        secret=session_secret(),
    )
    return to_code_paper(code, "producers.group", "volunteer", group_id=group_id)


@bp.post("/xa/to/<group_id>/thoi-nguoi")
@access.official
def remove_volunteer(group_id: str) -> AnyResponse:
    grants.leave_group(db(), access.actor(), group_id=group_id, grant_id=request.form.get("id", ""))
    return done("producers.group", "volunteer_left", group_id=group_id)


@bp.post("/xa/to/<group_id>/in-ma")
@access.official
def volunteer_code(group_id: str) -> AnyResponse:
    """A new first code for a member who lost the paper before using it."""
    accounts.own_group(db(), access.actor(), group_id)
    user_id = request.form.get("id", "")
    if user_id not in {grant.user_id for grant in accounts.members_of(db(), group_id)}:
        raise NotFound()
    grants.issue_first_code(db(), access.actor(), user_id=user_id, secret=session_secret())
    code = grants.latest_code(db(), user_id)
    return to_code_paper(code, "producers.group", "volunteer", group_id=group_id)


@bp.post("/xa/to/<group_id>/dong")
@access.official
def close_group(group_id: str) -> AnyResponse:
    grants.close_group(db(), access.actor(), group_id=group_id)
    return done("producers.groups", "group_closed")
