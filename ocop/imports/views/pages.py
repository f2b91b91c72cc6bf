"""/xa/nhap-excel: a sheet of the commune is sent in, its columns are said to be right, its rows are taken or not."""

from __future__ import annotations

from typing import Any, BinaryIO

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.imports import queries, services
from ocop.imports.forms import UploadForm, said_columns
from ocop.imports.mapping.template import template_workbook
from ocop.imports.models import DataImport
from ocop.imports.rules import ImportState
from ocop.imports.services.asking import MOST_FILE_BYTES
from ocop.imports.views import columns, preview
from ocop.imports.views.blueprint import Answer, bp
from ocop.places import queries as places
from ocop.web import access, spreadsheets
from ocop.web.unit_of_work import db


@bp.route("/xa/nhap-excel", methods=["GET", "POST"])
@access.official
def every() -> Answer:
    form = UploadForm.from_request()
    if form.sent_and_valid():
        try:
            return redirect(url_for("imports.one", import_id=_sent().id), 303)
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template(
        "imports/all.html",
        form=form,
        past=queries.mine(db(), access.actor()),
        communes=[(code, places.commune(code).full_name) for code in sorted(access.actor().communes)],
        sub=preview.one_line,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _sent() -> DataImport:
    """Both files are at hand before the database is: the ZIP is copied first."""
    who = access.actor()
    mine, file, photos = sorted(who.communes), _file("file"), _file("photos")
    if file is None:
        raise Refused("import_empty", field="file")
    if not mine:
        raise NotFound()
    return services.send(
        db(),
        who,
        commune_code=request.form.get("commune_code") or mine[0],
        file_name=file.filename or "",
        content=file.stream.read(MOST_FILE_BYTES + 1),
        photos_name=(photos.filename or "") if photos else "",
        photos=_stream(photos),
        folder=current_app.config["OCOP"].var / "imports",
    )


def _file(name: str) -> FileStorage | None:
    file = request.files.get(name)
    return file if file is not None and file.filename else None


def _stream(file: FileStorage | None) -> BinaryIO | None:
    return file.stream if file is not None else None  # type: ignore[return-value]


@bp.get("/xa/nhap-excel/mau.xlsx")
@access.official
def template() -> Response:
    return Response(
        template_workbook(),
        mimetype=spreadsheets.XLSX,
        headers={"Content-Disposition": 'attachment; filename="mau-nhap-excel.xlsx"'},
    )


@bp.get("/xa/nhap-excel/<import_id>")
@access.official
def one(import_id: str) -> str:
    data = queries.get(db(), access.actor(), import_id)
    shown = {
        ImportState.ASKING: _columns_page,
        ImportState.CHECKED: preview.page,
        ImportState.APPLIED: preview.result,
    }.get(data.state, _progress_page)
    return shown(data)


def _progress_page(data: DataImport) -> str:
    return render_template("imports/progress.html", data=data, **preview.progress(data))


def _columns_page(data: DataImport, said: Any = None, opened: tuple[str, ...] = (), error: str = "") -> str:
    return render_template(
        "imports/columns.html",
        data=data,
        sheets=columns.shown(data.mapping, said, opened),
        choices=columns.choices(),
        error=error,
    )


@bp.post("/xa/nhap-excel/<import_id>/cot")
@access.official
def confirm(import_id: str) -> Answer:
    data = queries.get(db(), access.actor(), import_id)
    said = said_columns(data.mapping, request.form) if data.state is ImportState.ASKING else []
    opened = tuple(request.form.getlist("mo") + request.form.getlist("sua"))
    if "sua" in request.form and said:
        return _columns_page(data, said, opened), 422
    try:
        services.confirm(db(), access.actor(), import_id=import_id, columns=said)
    except Refused as refusal:
        if data.state is not ImportState.ASKING:
            raise
        return _columns_page(data, said, opened, preview.refusal(refusal)), 422
    return redirect(url_for("imports.one", import_id=import_id), 303)


@bp.post("/xa/nhap-excel/<import_id>/hoi-lai")
@access.official
def ask_again(import_id: str) -> AnyResponse:
    services.ask_again(db(), access.actor(), import_id=import_id)
    return redirect(url_for("imports.one", import_id=import_id), 303)


@bp.post("/xa/nhap-excel/<import_id>/lay")
@access.official
def take(import_id: str) -> AnyResponse:
    services.take(db(), access.actor(), import_id=import_id)
    return redirect(url_for("imports.one", import_id=import_id), 303)


@bp.post("/xa/nhap-excel/<import_id>/khong-lay")
@access.official
def discard(import_id: str) -> AnyResponse:
    services.discard(db(), access.actor(), import_id=import_id)
    return done("imports.every", "import_discarded")


@bp.get("/xa/nhap-excel/<import_id>/loi.xlsx")
@access.official
def bad_rows(import_id: str) -> Response:
    return preview.bad_rows(queries.get(db(), access.actor(), import_id))
