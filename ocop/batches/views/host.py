"""The operator's page for the address printed on stamps, and the page that proves the address reaches us."""

from __future__ import annotations

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from ocop.batches import services
from ocop.batches.forms import HostForm, HostSeenForm
from ocop.batches.services.host import check_number
from ocop.batches.views.blueprint import bp, config, secrets
from ocop.db import install
from ocop.db.errors import Refused
from ocop.web import access
from ocop.web.unit_of_work import db


def _page(host: HostForm | None = None, seen: HostSeenForm | None = None) -> tuple[str, int]:
    row = install.get(db())
    page = render_template(
        "batches/host.html",
        install=row,
        host=host or HostForm(base_url=row.stamp_base_url or config().base_url),
        seen=seen or HostSeenForm(),
        test_url=row.stamp_base_url + url_for("batches.host_test"),
    )
    return page, 422 if host or seen else 200


@bp.get("/van-hanh/tem")
@access.operator
def stamp_host() -> Any:
    return _page()


@bp.post("/van-hanh/tem")
@access.operator
def propose_host() -> Any:
    form = HostForm.from_request()
    if form.sent_and_valid():
        try:
            services.propose_host(db(), access.actor(), base_url=form.base_url.data)
            return redirect(url_for("batches.stamp_host"), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(host=form)


@bp.post("/van-hanh/tem/xac-nhan")
@access.operator
def confirm_host() -> Any:
    form = HostSeenForm.from_request()
    if form.sent_and_valid():
        try:
            services.confirm_host(db(), access.actor(), seen=form.seen.data, secret=secrets().session)
            return redirect(url_for("batches.stamp_host"), 303)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(seen=form)


@bp.get("/trang-thu")
@access.anonymous
def host_test() -> Response:
    """Opened through the proposed address it shows six figures that only this install can show there."""
    shown = check_number(request.host, secrets().session)
    response = make_response(render_template("batches/host_test.html", shown=shown, host=request.host))
    response.headers["Cache-Control"] = "no-store"
    return response
