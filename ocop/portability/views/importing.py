"""/van-hanh/nhan-co-so: the operator takes a producer over from another install, after a look at what comes."""

from __future__ import annotations

import gzip
from pathlib import Path

from flask import Response, render_template
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.places import queries as places
from ocop.portability import queries, services
from ocop.portability.forms import TransferForm
from ocop.portability.models import Transfer
from ocop.portability.rules import MOST_BYTES
from ocop.portability.views.blueprint import Answer, bp, config
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.route("/van-hanh/nhan-co-so", methods=["GET", "POST"])
@access.operator
def take_in() -> Answer:
    form = TransferForm.from_request().offer(_waiting())
    if form.sent_and_valid():
        try:
            row = _receive(form)
            return done("portability.preview", "transfer_received", transfer_id=row.id)
        except Refused as refusal:
            form.refuse(refusal)
    found = queries.transfers(db(), access.actor())
    page = render_template(
        "portability/take_in.html", form=form, transfers=found, folder=_folder().name, waiting=_waiting()
    )
    return page, 422 if form.errors else 200


def _folder() -> Path:
    """Where whoever keeps the machine lays files that are too big to be sent with a form."""
    return config().var / "nhan-co-so"


def _waiting() -> list[str]:
    folder = _folder()
    return sorted(file.name for file in folder.glob("*.zip") if file.is_file()) if folder.is_dir() else []


def _receive(form: TransferForm) -> Transfer:
    upload = form.upload  # stored and checked before the first look into the database
    if upload is not None:
        name = upload.filename or "co-so.zip"
        transfer_id, sha256, contents = services.store(config().var, upload.stream, most=MOST_BYTES)
    else:
        name = form.waiting.data
        with (_folder() / name).open("rb") as file:
            transfer_id, sha256, contents = services.store(config().var, file, most=MOST_BYTES)
    return services.receive(
        db(), access.actor(), transfer_id=transfer_id, sha256=sha256, file_name=name, contents=contents
    )


@bp.get("/van-hanh/nhan-co-so/<transfer_id>")
@access.operator
def preview(transfer_id: str) -> str:
    row = queries.transfer(db(), access.actor(), transfer_id)
    return render_template(
        "portability/preview.html",
        row=row,
        facts=row.facts,
        counts=row.facts["counts"],
        address=places.full_address(row.facts["commune_code"]),
    )


@bp.post("/van-hanh/nhan-co-so/<transfer_id>/nhan")
@access.operator
def apply(transfer_id: str) -> AnyResponse:
    contents, pictures = services.read_pictures(  # slow: no transaction is open meanwhile
        config().var, config().media_dir, transfer_id=transfer_id
    )
    services.apply(
        db(),
        access.actor(),
        transfer_id=transfer_id,
        var=config().var,
        contents=contents,
        pictures=pictures,
    )
    return done("portability.preview", "transfer_applied", transfer_id=transfer_id)


@bp.post("/van-hanh/nhan-co-so/<transfer_id>/bo")
@access.operator
def discard(transfer_id: str) -> AnyResponse:
    services.discard(db(), access.actor(), transfer_id=transfer_id)
    services.forget_file(config().var, transfer_id)
    return done("portability.take_in", "transfer_discarded")


@bp.get("/van-hanh/nhan-co-so/<transfer_id>/lich-su.json")
@access.operator
def history(transfer_id: str) -> Response:
    """The log of the install it came from, as it came."""
    row = queries.transfer(db(), access.actor(), transfer_id)
    if row.history is None:
        raise NotFound()
    return Response(
        gzip.decompress(row.history),
        mimetype="application/json",
        headers={"Content-Disposition": 'attachment; filename="lich-su-noi-cu.json"'},
    )
