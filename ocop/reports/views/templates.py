"""/bao-cao/mau: the office's own workbook, and every word it may hold."""

from __future__ import annotations

from contextlib import closing

from flask import Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.errors import Refused
from ocop.reports import decoder, queries, services
from ocop.reports.forms import TemplateForm
from ocop.reports.mapping.default_template import default_template
from ocop.reports.mapping.filling import known_names, list_columns, meanings
from ocop.reports.views.blueprint import Answer, asked_scope, bp, live, now
from ocop.web import access
from ocop.web.spreadsheets import XLSX
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

_SHOWN = 12  # cells named one by one


@bp.get("/bao-cao/mau")
@access.official
def template() -> str:
    return _page(TemplateForm(noi=asked_scope().key))


@bp.post("/bao-cao/mau")
@access.official
def use_template() -> Answer:
    form = TemplateForm.from_request()
    try:
        name, content = _sent()
        found = _look(content)
        scope = asked_scope().key
        services.keep_template(db(), access.actor(), scope_key=scope, file_name=name, content=content)
        said = "template_kept_shapes" if found.drops_shapes else "template_kept"
        return done("reports.template", said, noi=scope)
    except Refused as refusal:
        form.refuse(refusal)
    except _Unfit as unfit:
        form.file.errors = unfit.sentences
    return _page(form), 422


@bp.post("/bao-cao/mau/bo")
@access.official
def drop_template() -> AnyResponse:
    scope = asked_scope().key
    services.remove_template(db(), access.actor(), scope_key=scope)
    return done("reports.template", "template_removed", noi=scope)


@bp.get("/bao-cao/mau.xlsx")
@access.official
def template_file() -> Response:
    """The template in use, to look at and to change."""
    own = queries.template(db(), asked_scope())
    return Response(
        own.content if own else default_template(),
        mimetype=XLSX,
        headers={"Content-Disposition": 'attachment; filename="mau-bao-cao.xlsx"'},
    )


class _Unfit(Exception):
    def __init__(self, sentences: list[str]) -> None:
        super().__init__()
        self.sentences = sentences


def _sent() -> tuple[str, bytes]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused("template_missing", field="file")
    with closing(file):  # a larger one lies in a file of its own until then
        return file.filename, file.read(decoder.MOST_BYTES + 1)


def _look(content: bytes) -> decoder.Template:
    """Raises Refused, or _Unfit with a sentence for each cell that cannot be filled."""
    found = decoder.look(content, known_names(key for _, key, _, _ in queries.lines()))
    wrong = [sentence(one.code, cell=one.cell, text=one.text) for one in found.wrong]
    if len(wrong) > _SHOWN:
        wrong[_SHOWN:] = [sentence("template_more_unknown", count=len(wrong) - _SHOWN)]
    if not wrong and not found.names:
        wrong = [sentence("template_empty")]
    if wrong:
        raise _Unfit(wrong)
    return found


def _page(form: TemplateForm) -> str:
    scope, figures = asked_scope(), live()
    texts, numbers, lists = meanings(figures, now())
    return render_template(
        "reports/template.html",
        form=form,
        scope=scope,
        choices=queries.scopes(access.actor()),
        own=queries.template(db(), scope),
        texts=texts,
        numbers=[one for one in numbers if not one.name.startswith(("san_pham_bo_", "bai_dang_san_"))],
        lists=[one for one in lists if not one.name.startswith(("san_pham_bo_", "bai_dang_san_"))],
        columns=list_columns,
    )
