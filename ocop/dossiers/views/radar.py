"""/xa/giay-to: papers that end in an official's communes, as a page and as a sheet."""

from __future__ import annotations

from flask import Response, render_template, request

from ocop.batches import queries as batches
from ocop.db.base import today
from ocop.dossiers import queries
from ocop.dossiers.mapping import paper_words
from ocop.dossiers.queries import RadarRow
from ocop.dossiers.views.blueprint import bp, file
from ocop.places import queries as places
from ocop.producers import queries as producers
from ocop.producers.mapping import STATES
from ocop.web import access, spreadsheets
from ocop.web.filters import day as written
from ocop.web.folding import fold
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

PER_PAGE = 25

_HEADINGS = (
    "Cơ sở", "Xã, phường", "Thôn, bản", "Giấy tờ", "Sản phẩm", "Tình trạng", "Ngày hết hạn", "Còn tính đến",
    "Nộp hồ sơ từ", "Nộp hồ sơ đến", "Đã nộp ngày", "Biên nhận", "Việc cần làm",
)  # fmt: skip


@bp.get("/xa/giay-to")
@access.official
def radar() -> str:
    who, page = access.actor(), max(request.args.get("trang", 1, int), 1)
    everything = queries.radar(db(), who, today())
    rows = _wanted(everything)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return render_template(
        "dossiers/radar.html",
        rows=shown,
        counts=queries.counted(everything),
        bucket=_bucket(),
        text=request.args.get("q", "")[:100],
        page=page,
        pages=-(-len(rows) // PER_PAGE),
        total=len(rows),
        paper_words=paper_words,
        look=STATES,
        communes=who.communes,
        reminded=queries.last_reminded(db(), {row.producer.id for row in shown}),
        stamps=batches.stamps_to_stop(db(), producers.reach(who), today()),
    )


@bp.get("/xa/giay-to.xlsx")
@access.official
def radar_sheet() -> Response:
    rows = _wanted(queries.radar(db(), access.actor(), today()))
    content = spreadsheets.table("Giấy tờ", _HEADINGS, (_cells(row) for row in rows))
    return file(content, spreadsheets.XLSX, f"giay-to-{today():%Y-%m-%d}.xlsx")


def _bucket() -> str:
    """The bucket asked for in the address; anything else asks for all."""
    asked = request.args.get("loc", "")
    return asked if asked in {bucket.value for bucket in queries.BUCKETS} else ""


def _wanted(rows: list[RadarRow]) -> list[RadarRow]:
    """Those of the bucket and the words asked for in the address."""
    bucket, text = _bucket(), fold(request.args.get("q", "")[:100])
    return [
        row
        for row in rows
        if (not bucket or row.bucket.value == bucket)
        and text in fold(f"{row.producer.name} | {row.product} | {row.producer.hamlet}")
    ]


def _cells(row: RadarRow) -> tuple[str, ...]:
    return (
        row.producer.name,
        places.commune(row.producer.commune_code).full_name,
        row.producer.hamlet,
        paper_words(row.certificate),
        row.product,
        sentence(f"radar_{row.bucket.value}"),
        written(row.ends_on),
        written(row.counts_until),
        written(row.opens),
        written(row.closes),
        written(row.certificate.reassessment_filed_on),
        row.certificate.reassessment_receipt,
        row.todo_words,
    )
