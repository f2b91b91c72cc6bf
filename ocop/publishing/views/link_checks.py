"""/kiem-ke and /xa/kiem-ke: links that are said to be online, what each really shows, and taking them up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from marketplace_adapters import registry
from ocop.accounts.views import done
from ocop.db.errors import Refused
from ocop.listings import queries as listings
from ocop.places import queries as places
from ocop.publishing import decoder, services
from ocop.publishing.forms.link_checks import LinkListForm
from ocop.publishing.models import CheckedLink, LinkCheck
from ocop.publishing.queries import link_checks
from ocop.publishing.views import bp
from ocop.web import access, spreadsheets
from ocop.web.filters import dong
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

Answer = str | AnyResponse | tuple[str, int]
ROWS_ON_A_PAGE = 25


@bp.route("/kiem-ke", methods=["GET", "POST"])
@access.producer("publish")
def check_links() -> Answer:
    def start(file_name: str, links: list[decoder.SaidLink]) -> AnyResponse:
        check = services.start_check(db(), access.actor(), file_name=file_name, links=links)
        return redirect(url_for("publishing.checked_links", check_id=check.id), 303)

    return _take_in(
        start, lambda: link_checks.checks_of_producer(db(), access.actor()), "publishing.checked_links"
    )


@bp.route("/xa/kiem-ke", methods=["GET", "POST"])
@access.official
def check_commune_links() -> Answer:
    mine = sorted(access.actor().communes)
    commune_code = request.form.get("commune_code") or (mine[0] if mine else "")

    def start(file_name: str, links: list[decoder.SaidLink]) -> AnyResponse:
        check = services.start_commune_check(
            db(), access.actor(), commune_code=commune_code, file_name=file_name, links=links
        )
        return redirect(url_for("publishing.commune_checked_links", check_id=check.id), 303)

    communes = [(code, places.commune(code).full_name) for code in mine]
    return _take_in(
        start,
        lambda: link_checks.checks_of_communes(db(), access.actor()),
        "publishing.commune_checked_links",
        communes=communes,
        may_start=bool(mine),
    )


@bp.get("/kiem-ke/mau.xlsx")
@access.signed_in
def link_list_form() -> Response:
    form = spreadsheets.table(sentence("list_tab"), _columns("list_columns"), [])
    return _sheet(form, "danh-sach-duong-dan.xlsx")


@bp.get("/kiem-ke/<check_id>")
@access.producer("producer.view")
def checked_links(check_id: str) -> str:
    check, links = link_checks.links_of_producer(db(), access.actor(), check_id)
    return _result(check, links, may_adopt=access.actor().may("publish"), back="publishing.check_links")


@bp.post("/kiem-ke/<check_id>/nhan")
@access.producer("publish")
def adopt_checked(check_id: str) -> AnyResponse:
    chosen = {
        name.removeprefix("hang-"): value
        for name, value in request.form.items()
        if name.startswith("hang-") and value
    }
    taken, _left = services.adopt_checked(db(), access.actor(), check_id=check_id, chosen=chosen)
    notice = "links_adopted" if taken else "links_none_adopted"
    return done("publishing.checked_links", notice, check_id=check_id)


@bp.get("/xa/kiem-ke/<check_id>")
@access.official
def commune_checked_links(check_id: str) -> str:
    check, links = link_checks.links_of_commune(db(), access.actor(), check_id)
    return _result(check, links, may_adopt=False, back="publishing.check_commune_links")


@bp.get("/xa/kiem-ke/<check_id>/ket-qua.xlsx")
@access.official
def commune_check_sheet(check_id: str) -> Response:
    _check, links = link_checks.links_of_commune(db(), access.actor(), check_id)
    rows = [
        (link.row, link.producer_name, link.product_name, link.url, _place(link), _said(link))
        for link in links
    ]
    sheet = spreadsheets.table(sentence("list_tab"), _columns("list_result_columns"), rows)
    return _sheet(sheet, "ket-qua-kiem-ke.xlsx")


def _take_in(
    start: Callable[[str, list[decoder.SaidLink]], AnyResponse],
    past: Callable[[], list[LinkCheck]],
    shown_at: str,
    *,
    communes: list[tuple[str, str]] | None = None,
    may_start: bool = True,
) -> Answer:
    form = LinkListForm.from_request()
    if form.sent_and_valid():
        try:
            return start(*_given(form))
        except Refused as refusal:
            form.refuse(refusal)
    page = render_template(
        "publishing/link_checks.html",
        form=form,
        past=[(check, link_checks.tally(check.links)) for check in past()],
        shown_at=shown_at,
        communes=communes or [],
        may_start=may_start,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _given(form: LinkListForm) -> tuple[str, list[decoder.SaidLink]]:
    """(a name for the list, its links): of the file when there is one, else of the pasted lines."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.filename, decoder.links_of_file(file.filename, file.read())
    if not form.lines.data:
        raise Refused("list_empty", field="file")
    return sentence("list_pasted"), decoder.links_of_text(form.lines.data)


def _result(check: LinkCheck, links: list[CheckedLink], *, may_adopt: bool, back: str) -> str:
    page = min(max(1, request.args.get("trang", 1, int)), 1000)
    rows = links[(page - 1) * ROWS_ON_A_PAGE : page * ROWS_ON_A_PAGE]
    own = [(one.id, one.name) for one in listings.mine(db(), access.actor())] if may_adopt else []
    return render_template(
        "publishing/link_check.html",
        check=check,
        tally=link_checks.tally(links),
        rows=[_row(link, may_adopt=may_adopt) for link in rows],
        products=own,
        page=page,
        pages=-(-len(links) // ROWS_ON_A_PAGE),
        back=back,
        result_words=lambda code: sentence(f"link_count_{code}"),
    )


def _row(link: CheckedLink, *, may_adopt: bool) -> dict[str, Any]:
    takeable = link.result in link_checks.ONLINE_RESULTS and link.channel_id is not None
    return {
        "link": link,
        "kind": _KINDS.get(link.result, "wait"),
        "words": sentence(f"link_{link.result or 'waiting'}"),
        "said": _said(link),
        "place": _place(link),
        "adopted": bool(link.params.get("adopted")),
        "may_adopt": may_adopt and takeable and not link.params.get("adopted"),
    }


_KINDS = {
    "right": "good",
    "dead": "stop",
    "other_price": "wait",
    "lapsed_star": "wait",
    "other_product": "stop",
}


def _said(link: CheckedLink) -> str:
    """One sentence of what the look found."""
    known = link.params
    if link.result == "dead":
        return sentence(f"link_said_dead_{known.get('why', 'gone')}")
    if link.result == "other_price":
        return sentence("link_said_other_price", ours=dong(known["ours"]), there=dong(known["there"]))
    if link.result in ("lapsed_star", "other_product"):
        return sentence(f"link_said_{link.result}", stars=known.get("stars"), name=known.get("name", ""))
    return sentence(f"link_said_{link.result or 'waiting'}")


def _place(link: CheckedLink) -> str:
    info = link_checks.marketplace_of(link.url)
    return info.name if info and info.code in registry.channels() else ""


def _columns(code: str) -> list[str]:
    return sentence(code).split(" | ")


def _sheet(content: bytes, name: str) -> Response:
    return Response(
        content, mimetype=spreadsheets.XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
