"""Signing in and out, the first sign-in with a code from paper, and the own password."""

from __future__ import annotations

import io
import secrets as random
from typing import Any

import qrcode
from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from qrcode.image.svg import SvgPathImage
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts import queries, services
from ocop.accounts.forms import (
    ChangePasswordForm,
    CodeForm,
    LinkForm,
    NewPinForm,
    OwnForm,
    PinForm,
    SignInForm,
)
from ocop.accounts.rules import own_path, shown_code, shown_phone
from ocop.db.actor import Actor, NotFound
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.web import access, cookies
from ocop.web.unit_of_work import db, engine
from ocop.web.wording import has_sentence, sentence

bp = Blueprint("accounts", __name__)

Answer = str | AnyResponse | tuple[str, int]


def session_secret() -> bytes:
    """The key outside the database that cookies and codes are hashed with."""
    secret: bytes = current_app.extensions["ocop.secrets"].session
    return secret


def load_actor() -> Actor | None:
    """The person of this request, from its cookie, with the rights of this very moment."""
    token = cookies.sign_in_token()
    if not token:
        return None
    with open_session(engine(), read_only=True) as session:
        stored = services.token_hash(session_secret(), token)
        row = queries.live_sign_in(session, stored)
        if row is None:
            g.locked = queries.is_locked(session, stored)
            return None
        try:
            actor = queries.actor_for(session, row.user_id, row.producer_id, today())
        except NotFound:  # disabled since
            return None
    # The page that follows says so instead of "no such page" (web/errors.py).
    g.lost_producer = row.producer_id is not None and actor.producer_id is None
    g.shared_machine = row.shared_machine
    if request.endpoint != "static":
        services.stay_awake(engine(), row)
    return actor


def done(endpoint: str, code: str, **values: Any) -> AnyResponse:
    """Go to a page and have it say, once, the sentence ``done_<code>``."""
    return redirect(url_for(endpoint, xong=code, **values), 303)


@bp.app_context_processor
def _frame() -> dict[str, Any]:
    """What the frame of a signed-in page needs of the person and of what was just done."""
    said = request.args.get("xong", "")
    notices = [("good", sentence(f"done_{said}"))] if said and has_sentence(f"done_{said}") else []
    who: Actor | None = g.get("actor")
    if who is None:
        return {"notices": notices}
    return {
        "notices": notices,
        "person_name": who.name,
        "lock_url": url_for("accounts.lock") if g.get("shared_machine") else "",
        "sign_out_url": url_for("accounts.sign_out"),
    }


def _sign_in(form: SignInForm) -> AnyResponse:
    user_id = services.check_password(
        engine(),
        phone=form.phone.data,
        password=form.password.data,
        address=request.remote_addr or "",
        secret=session_secret(),
    )
    return _let_in(user_id, own_path(form.tiep.data), shared=form.shared_machine.data)


def _let_in(user_id: str, where: str, *, shared: bool = False) -> AnyResponse:
    who, old = g.get("actor"), cookies.sign_in_token()
    if who is not None and old:
        services.end_sign_in(db(), who, token=old, secret=session_secret())
    machine = (cookies.machine_token() or random.token_urlsafe(32)) if shared else None
    token = services.start_sign_in(
        db(), user_id=user_id, shared_machine=shared, machine=machine, secret=session_secret()
    )
    answer = cookies.set_sign_in(redirect(where, 303), token, keep=not shared)  # type: ignore[arg-type]
    return cookies.set_machine(answer, machine) if machine else answer


@bp.route("/dang-nhap", methods=["GET", "POST"])
@access.public
def sign_in() -> Answer:
    known_as_shared = cookies.machine_token() is not None
    form = SignInForm.from_request(tiep=own_path(request.args.get("tiep")), shared_machine=known_as_shared)
    if form.sent_and_valid():
        try:
            return _sign_in(form)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("accounts/sign_in.html", form=form), 422 if form.errors else 200


@bp.post("/dang-xuat")
@access.public
def sign_out() -> AnyResponse:
    token, shared = cookies.sign_in_token(), g.get("shared_machine")
    who: Actor | None = g.get("actor")
    if token and who is not None:
        services.end_sign_in(db(), who, token=token, secret=session_secret())
    said = "signed_out_shared" if shared else "signed_out"
    answer = cookies.drop_sign_in(redirect(url_for("accounts.sign_in", xong=said), 303))  # type: ignore[arg-type]
    return _swept(answer)


def _swept(answer: AnyResponse) -> AnyResponse:
    """The next person at this machine finds nothing in the browser's store."""
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.post("/khoa-may")
@access.signed_in
def lock() -> AnyResponse:
    token = cookies.sign_in_token() or ""
    services.lock_machine(db(), access.actor(), token=token, secret=session_secret())
    return _swept(redirect(url_for("accounts.locked", tiep=own_path(request.form.get("tiep"))), 303))


@bp.route("/mo-khoa", methods=["GET", "POST"])
@access.public
def locked() -> Answer:
    """The lock of a shared machine: who was here today, and their PIN."""
    machine = cookies.machine_token()
    if machine is None:
        return redirect(url_for("accounts.sign_in"), 303)
    form = PinForm.from_request(tiep=own_path(request.args.get("tiep")))
    if form.sent_and_valid():
        try:
            return _unlock(form, machine)
        except Refused as refusal:
            form.refuse(refusal)
    people = queries.locked_here(db(), services.machine_hash(session_secret(), machine))
    page = render_template("accounts/locked.html", form=form, people=people)
    return page, 422 if form.errors else 200


def _unlock(form: PinForm, machine: str) -> AnyResponse:
    known = {"sign_in": form.sign_in.data or "", "machine": machine, "secret": session_secret()}
    user_id = services.check_pin(engine(), pin=form.pin.data, **known)
    token = services.unlock(db(), user_id=user_id, **known)
    return _swept(cookies.set_sign_in(redirect(own_path(form.tiep.data), 303), token, keep=False))  # type: ignore[arg-type]


@bp.route("/tai-khoan/ma-pin", methods=["GET", "POST"])
@access.signed_in
def pin() -> Answer:
    form = NewPinForm.from_request()
    if form.sent_and_valid():
        try:
            return _set_pin(form)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("accounts/pin.html", form=form), 422 if form.errors else 200


def _set_pin(form: NewPinForm) -> AnyResponse:
    who = access.actor()
    services.check_own_password(
        engine(),
        who,
        password=form.old_password.data,
        address=request.remote_addr or "",
        secret=session_secret(),
    )
    services.set_pin(db(), who, pin_hash=services.new_pin_hash(engine(), who, pin=form.pin.data))
    return done("accounts.own", "pin")


@bp.route("/lan-dau", methods=["GET", "POST"])
@access.public
def first_time() -> Answer:
    form = CodeForm.from_request()
    if form.sent_and_valid():
        try:
            return _use_code(form, phone=form.phone.data, code=form.code.data)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("accounts/first_time.html", form=form, code=""), 422 if form.errors else 200


@bp.route("/lan-dau/<code>", methods=["GET", "POST"])
@access.public
def first_time_link(code: str) -> Answer:
    """Opening the link changes and tells nothing: previews of chat programs open links too."""
    form = LinkForm.from_request()
    if form.sent_and_valid():
        try:
            return _use_code(form, phone=None, code=code)
        except Refused as refusal:
            form.refuse(refusal)
    page = make_response(render_template("accounts/first_time.html", form=form, code=code))
    page.status_code = 422 if form.errors else 200
    page.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    page.headers["Cache-Control"] = "no-store"
    return page


def _use_code(form: LinkForm | CodeForm, *, phone: str | None, code: str) -> AnyResponse:
    opened = services.check_code(
        engine(),
        phone=phone,
        code=code,
        password=form.password.data,
        address=request.remote_addr or "",
        secret=session_secret(),
    )
    services.use_code(db(), opened)
    return _let_in(opened.user_id, url_for("accounts.welcome"))


@bp.get("/chao-mung")
@access.signed_in
def welcome() -> AnyResponse:
    """Where a first sign-in leads: an address without the code in it. The account an empty install begins with
    has no phone yet, and without one there is no second sign-in."""
    has_phone = queries.user(db(), access.actor().user_id or "").phone
    return redirect("/" if has_phone else url_for("accounts.own"), 303)


@bp.route("/tai-khoan", methods=["GET", "POST"])
@access.signed_in
def own() -> Answer:
    who = access.actor()
    form = OwnForm.from_request()
    if form.sent_and_valid():
        try:
            return _edit_own(form)
        except Refused as refusal:
            form.refuse(refusal)
    if request.method == "GET":
        form = OwnForm(obj=queries.user(db(), who.user_id or ""))
    return render_template("accounts/own.html", form=form), 422 if form.errors else 200


def _edit_own(form: OwnForm) -> AnyResponse:
    who = access.actor()
    known = {
        "password": form.old_password.data,
        "address": request.remote_addr or "",
        "secret": session_secret(),
    }
    services.check_own_password(engine(), who, **known)
    services.check_new_phone(engine(), who, phone=form.phone.data, **known)
    services.edit_own(db(), who, name=form.name.data, phone=form.phone.data)
    return done("accounts.own", "own")


@bp.route("/doi-mat-khau", methods=["GET", "POST"])
@access.signed_in
def change_password() -> Answer:
    form = ChangePasswordForm.from_request()
    if form.sent_and_valid():
        try:
            return _change_password(form)
        except Refused as refusal:
            form.refuse(refusal)
    return render_template("accounts/change_password.html", form=form), 422 if form.errors else 200


def _change_password(form: ChangePasswordForm) -> AnyResponse:
    who, secret = access.actor(), session_secret()
    guard = {"address": request.remote_addr or "", "secret": secret}
    services.check_own_password(engine(), who, password=form.old_password.data, **guard)
    new = services.new_password_hash(
        engine(), user_id=who.user_id or "", password=form.password.data, **guard
    )
    token = cookies.sign_in_token() or ""
    services.change_password(db(), who, password_hash=new, token=token, secret=secret)
    return done("accounts.change_password", "password")


@bp.get("/giay-dang-nhap/<code_id>")
@access.signed_in
def code_paper(code_id: str) -> str:
    """The paper with the code, for the person who issued or approved it, until it is used."""
    row = queries.printable_code(db(), access.actor(), code_id)
    code = services.plain_code(row, session_secret())
    return render_template(
        "accounts/code_paper.html",
        row=row,
        code=shown_code(code),
        phone=shown_phone(row.user.phone),
        link=_code_link(code),
    )


@bp.get("/giay-dang-nhap/<code_id>/ma.svg")
@access.signed_in
def code_picture(code_id: str) -> Response:
    row = queries.printable_code(db(), access.actor(), code_id)
    link = _code_link(services.plain_code(row, session_secret()))
    drawn = io.BytesIO()
    qrcode.make(link, image_factory=SvgPathImage).save(drawn)
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


def _code_link(code: str) -> str:
    return current_app.config["OCOP"].base_url + url_for("accounts.first_time_link", code=code)
