"""/tap-huan: classes of an office. Officers of the commune and the operator; a learner who plays one holds none."""

from __future__ import annotations

from flask import current_app, render_template, request
from werkzeug.wrappers import Response

from ocop.accounts import services as accounts
from ocop.accounts.rules import Role, shown_code, shown_phone
from ocop.accounts.views import done, session_secret
from ocop.db.actor import NotFound
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.places import forms as places
from ocop.places import queries as place_queries
from ocop.training import queries, services
from ocop.training.forms import ClassForm, OfficeClassForm, OperatorClassForm
from ocop.training.models import TrainingClass, TrainingLearner
from ocop.training.views.blueprint import Answer, bp
from ocop.web import access
from ocop.web.unit_of_work import db, engine
from ocop.web.wording import sentence


@bp.get("/tap-huan")
@access.signed_in
def classes() -> str:
    found = queries.classes(db(), access.actor())
    return render_template("training/classes.html", classes=found, address=place_queries.full_address)


@bp.route("/tap-huan/mo", methods=["GET", "POST"])
@access.signed_in
def open_class() -> Answer:
    form = _form()
    if not form.searches and form.sent_and_valid():
        try:
            held = _open(form)
            return done("training.one_class", "class_opened", class_id=held.id)
        except Refused as refusal:
            form.refuse(refusal)
    searched = request.form.get("commune_code_search", "")[:100]
    results = places.found(searched) if searched else places.chosen(form.commune_code.data)
    page = render_template("training/open_class.html", form=form, results=results, searched=searched)
    return page, 422 if request.method == "POST" else 200


def _form() -> ClassForm:
    """An operator picks any commune, an officer one of theirs. Raises NotFound for everybody else."""
    who = access.actor()
    if who.operator:
        return OperatorClassForm.from_request()
    codes = queries.own_communes(who)
    if not codes:
        raise NotFound()
    return OfficeClassForm.from_request().offer(codes)


def _open(form: ClassForm) -> TrainingClass:
    pictures = services.draw_pictures(current_app.config["OCOP"].media_dir)  # before the transaction begins
    return services.open_class(
        db(),
        access.actor(),
        name=form.name.data,
        held_on=form.held_on.data,
        place=form.place.data or "",
        people=form.people.data,
        officers=form.officers.data,
        volunteers=form.volunteers.data,
        commune_code=form.commune_code.data,
        pictures=pictures,
        secret=session_secret(),
    )


@bp.get("/tap-huan/<class_id>")
@access.signed_in
def one_class(class_id: str) -> str:
    held = queries.one(db(), access.actor(), class_id)
    return render_template(
        "training/class.html",
        held=held,
        samples=queries.samples(db(), held) if held.closed_at is None else [],
        counts=[
            (sentence(f"learner_{role.value}"), count) for role, count in queries.count_held(held).items()
        ],
        role_word=_role_word,
        shown_phone=shown_phone,
        office=place_queries.full_address(held.commune_code),
        practice=place_queries.commune(held.practice_commune).full_name,
    )


def _role_word(learner: TrainingLearner) -> str:
    return sentence(f"learner_{Role(learner.role).value}")


@bp.get("/tap-huan/<class_id>/phieu")
@access.signed_in
def slips(class_id: str) -> str:
    """Only whoever issued the codes may print them, like any first code."""
    who = access.actor()
    held = queries.one(db(), who, class_id)
    found = []
    for learner in held.learners:
        row = accounts.latest_code(db(), learner.user_id) if held.closed_at is None else None
        if row is not None and row.issued_by == who.user_id:
            code = accounts.plain_code(row, session_secret())
            found.append((learner, shown_code(code), row))
    return render_template(
        "training/slips.html",
        held=held,
        slips=found,
        role_word=_role_word,
        shown_phone=shown_phone,
        site=current_app.config["OCOP"].base_url,
    )


@bp.post("/tap-huan/<class_id>/phieu-moi")
@access.signed_in
def new_slips(class_id: str) -> Response:
    """For one learner (hoc-vien), or for all who have not signed in yet."""
    learner_id = request.form.get("hoc-vien", "")
    if learner_id:
        services.new_slip(
            db(), access.actor(), class_id=class_id, learner_id=learner_id, secret=session_secret()
        )
    else:
        services.new_slips(db(), access.actor(), class_id=class_id, secret=session_secret())
    return done("training.slips", "class_slips", class_id=class_id)


@bp.post("/tap-huan/<class_id>/lam-lai")
@access.signed_in
def begin_anew(class_id: str) -> Response:
    with open_session(engine(), read_only=True) as session:
        queries.one(session, access.actor(), class_id)  # drawing is slow: not for somebody who only knocks
    pictures = services.draw_pictures(current_app.config["OCOP"].media_dir)
    services.begin_anew(db(), access.actor(), class_id=class_id, pictures=pictures)
    return done("training.one_class", "class_reset", class_id=class_id)


@bp.post("/tap-huan/<class_id>/dong")
@access.signed_in
def close_class(class_id: str) -> Response:
    services.close_class(db(), access.actor(), class_id=class_id)
    return done("training.classes", "class_closed")
