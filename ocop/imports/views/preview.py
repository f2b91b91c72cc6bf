"""What would become of the rows, all that is wrong with them at once, and afterwards what was made of them."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from ocop.db.errors import Refused
from ocop.imports import queries
from ocop.imports.mapping.problems import said_with_place
from ocop.imports.models import DataImport, ImportRow
from ocop.imports.rules import ImportState, Understood
from ocop.imports.rules.personal import without_personal_number
from ocop.imports.rules.states import AT_WORK
from ocop.web import spreadsheets
from ocop.web.unit_of_work import db
from ocop.web.wording import has_sentence, sentence

ROWS_ON_A_PAGE = 50
GOOD_ROWS_SHOWN = 10
_KINDS = ("producer", "listing", "certificate", "batch")


def page(data: DataImport) -> str:
    """Before anything is written."""
    at = min(max(1, request.args.get("trang", 1, int)), 10_000)
    understood = _understood(data)
    bad = queries.rows(db(), data.id, "bad", at, ROWS_ON_A_PAGE)
    good = queries.rows(db(), data.id, "good", 1, GOOD_ROWS_SHOWN)
    return render_template(
        "imports/preview.html",
        data=data,
        news=_news(data),
        bad=[(row, _sentences(row, understood, len(understood) > 1)) for row in bad],
        good=[(_heading_of(row), _sentences(row, understood, len(understood) > 1)) for row in good],
        photos=queries.photo_counts(db(), data.id) if data.photos_name else None,
        odd_photos=[(one.name, photo_words(one)) for one in queries.odd_photos(db(), data.id)],
        changed=sentence(data.reason) if has_sentence(data.reason) else "",
        page=at,
        pages=-(-data.counts.get("bad", 0) // ROWS_ON_A_PAGE),
    )


def result(data: DataImport) -> str:
    """After it: every producer with its next step."""
    at = min(max(1, request.args.get("trang", 1, int)), 10_000)
    producers = queries.producers_made(db(), data.id, at)
    ids = [producer.id for producer in producers]
    listings = queries.listings_made(db(), data.id, ids)
    return render_template(
        "imports/result.html",
        data=data,
        news=_news(data),
        producers=[(producer, listings[producer.id]) for producer in producers],
        helped=queries.helped(db(), data.commune_code, ids),
        page=at,
        more=len(producers) == queries.THINGS_ON_A_PAGE,
    )


def progress(data: DataImport) -> dict[str, Any]:
    """What the page of an import that is under way, or over, says."""
    opening = data.state is ImportState.CHECKING and not data.total
    at = ImportState.SENT if opening else data.state
    words = sentence(f"import_at_{at}", done=data.progress, total=data.total)
    failed = data.state is ImportState.FAILED
    return {
        "words": words,
        "busy": data.state in AT_WORK,
        "reason": sentence(data.reason) if failed and has_sentence(data.reason) else "",
    }


def one_line(data: DataImport) -> str:
    """How an import stands, in the list of all."""
    return sentence(
        f"import_line_{data.state}", good=data.counts.get("good", 0), bad=data.counts.get("bad", 0)
    )


def refusal(error: Refused) -> str:
    return sentence(error.code, **error.params)


def photo_words(photo: Any) -> str:
    if photo.row_id is None:
        return sentence("import_photo_unused")
    return sentence(photo.problem if photo.problem.startswith("import_") else f"import_{photo.problem}")


def bad_rows(data: DataImport) -> Response:
    """The rows that are not taken, as they were sent, with what is wrong in one more column."""
    understood = _understood(data)
    rows = queries.bad_rows(db(), data.id)
    width = max((len(row.cells) for row in rows), default=0)
    first = next((understood[row.sheet].headings for row in rows if row.sheet in understood), {})
    headings = [
        sentence("import_row_column"),
        *[first.get(at, "") for at in range(width)],
        sentence("import_error"),
    ]
    lines = [
        [
            row.row,
            *_shown(row, understood),
            *[""] * (width - len(row.cells)),
            " ".join(_sentences(row, understood, False)),
        ]
        for row in rows
    ]
    return Response(
        spreadsheets.table(sentence("import_bad_tab"), headings, lines),
        mimetype=spreadsheets.XLSX,
        headers={"Content-Disposition": 'attachment; filename="dong-loi.xlsx"'},
    )


def _shown(row: ImportRow, understood: dict[str, Understood]) -> list[str]:
    columns = understood[row.sheet].columns if row.sheet in understood else {}
    return [without_personal_number(text, columns.get(at, "")) for at, text in enumerate(row.cells)]


def _understood(data: DataImport) -> dict[str, Understood]:
    return {
        sheet["name"][:40]: Understood.from_json(sheet["understood"])
        for sheet in data.mapping.get("sheets", ())
        if sheet["use"]
    }


def _sentences(row: ImportRow, understood: dict[str, Understood], named: bool) -> list[str]:
    """What is wrong with a row, errors first."""
    problems = sorted(row.problems, key=lambda one: one["severity"] != "error")
    sheet = understood.get(row.sheet)
    place = f"{row.sheet}, " if named else ""
    return [place + said_with_place(row.row, _at_column(problem, sheet)) for problem in problems]


def _at_column(problem: dict[str, Any], sheet: Understood | None) -> dict[str, Any]:
    """With the heading of the column: what was found over many rows at once names only what it is about."""
    target = problem.get("target", "")
    if not target or sheet is None:
        return problem
    at = next((at for at, other in sheet.columns.items() if other == target), None)
    return {**problem, "column": sheet.headings.get(at, "") if at is not None else ""}


def _heading_of(row: ImportRow) -> str:
    """ "Mắm tép – HTX Đồng Trũng"."""
    told = {one["kind"]: one["values"] for one in row.values["records"]}
    names = [told.get(kind, {}).get("name", "") for kind in ("listing", "producer")]
    return " – ".join(name for name in names if name)


def _news(data: DataImport) -> list[tuple[int, str]]:
    """(how many, of what) an import makes."""
    return [
        (data.counts.get(kind, 0), sentence(f"import_new_{kind}")) for kind in _KINDS if data.counts.get(kind)
    ]
