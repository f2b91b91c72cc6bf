"""/xa/nhat-ky and /van-hanh/nhat-ky: who did what, for whom and when; on a page and as an Excel file."""

from __future__ import annotations

import io

from flask import render_template, request, send_file, url_for
from werkzeug.wrappers import Response as AnyResponse

from ocop.db.audit import AuditEntry
from ocop.db.base import VIETNAM
from ocop.desk.forms import LogForm
from ocop.desk.mapping.acts import Act, act
from ocop.desk.queries import log as queries
from ocop.desk.queries.names import names_of
from ocop.desk.views.blueprint import bp, page_number
from ocop.web import access
from ocop.web.spreadsheets import XLSX, table
from ocop.web.unit_of_work import db

_HEADINGS = ("Lúc", "Ai làm", "Làm cho", "Với tư cách", "Việc", "Mục", "Trước", "Sau")


@bp.get("/xa/nhat-ky")
@access.official
def log() -> tuple[str, int]:
    return _page("desk.log", "desk.log_file")


@bp.get("/xa/nhat-ky.xlsx")
@access.official
def log_file() -> AnyResponse:
    return _file()


@bp.get("/van-hanh/nhat-ky")
@access.operator
def whole_log() -> tuple[str, int]:
    return _page("desk.whole_log", "desk.whole_log_file")


@bp.get("/van-hanh/nhat-ky.xlsx")
@access.operator
def whole_log_file() -> AnyResponse:
    return _file()


def _page(endpoint: str, file_endpoint: str) -> tuple[str, int]:
    form, number = LogForm(request.args), page_number()
    right = form.validate()
    rows, more = queries.page(db(), access.actor(), form.search, number) if right else ([], False)
    asked = {key: value for key, value in request.args.items() if key != "trang" and value}
    page = render_template(
        "desk/log.html",
        form=form,
        acts=_acts(rows),
        page=number,
        before=url_for(endpoint, trang=number - 1, **asked),
        after=url_for(endpoint, trang=number + 1, **asked) if more else "",
        here=url_for(endpoint),
        file=url_for(file_endpoint, **asked),
    )
    return page, 200 if right else 422


def _acts(rows: list[AuditEntry]) -> list[Act]:
    names = names_of(db(), rows)
    return [act(row, names) for row in rows]


def _file() -> AnyResponse:
    form = LogForm(request.args)
    search = form.search if form.validate() else queries.Search()
    rows, _ = queries.page(db(), access.actor(), search, 1, queries.MOST_IN_A_FILE)
    lines = [line for one in _acts(rows) for line in _lines(one)]
    return send_file(
        io.BytesIO(table("Nhật ký", _HEADINGS, lines)), mimetype=XLSX, as_attachment=True,
        download_name="nhat-ky.xlsx",
    )  # fmt: skip


def _lines(one: Act) -> list[tuple[str, ...]]:
    """A row for each field that changed; one row for an act that changed none."""
    head = (f"{one.at.astimezone(VIETNAM):%d/%m/%Y %H:%M}", one.who, one.producer, one.helper, one.what)
    return [(*head, change.field, change.old, change.new) for change in one.changes] or [(*head, "", "", "")]
