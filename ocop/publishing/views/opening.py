"""Mở gian hàng: what is still missing, the supplier dossier and the quotation of one producer for one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, render_template, request, url_for

from marketplace_adapters.handoff.dossier import Line, form_of, lines, quotation_gaps
from marketplace_adapters.handoff.dossier_sheets import dossier as dossier_file
from marketplace_adapters.handoff.dossier_sheets import quotation as quotation_file
from marketplace_adapters.types import ListingPayload
from ocop.db.base import today
from ocop.publishing import queries
from ocop.publishing.views import bp
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import has_sentence, sentence

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAPER = "paper_"
_MOST_TICKS = 60  # a page stays small; a producer with more goods quotes them all
_MOST_GAPS = 10
# Where each fact of the dossier is typed; the others are always there.
_TYPED_AT = {
    "tax_code": "tax_code",
    "representative": "representative",
    "phone": "hotline",
    "hamlet": "hamlet",
    "brand": "brand",
    "story": "story",
}


@bp.get("/gian-hang/<channel_id>/mo")
@access.producer("publish")
def opening(channel_id: str) -> str:
    channel = queries.channel(db(), access.actor(), channel_id)
    info = queries.info_of(channel)
    boxes = lines(queries.supplier(db(), access.actor(), today()), info)
    products = queries.products_to_quote(db(), access.actor(), today())
    product_gaps = [gap for key, one in products.items() for gap in _product_gaps(key, one)]
    return render_template(
        "publishing/opening.html",
        channel=channel,
        booth_words=sentence(f"booth_{channel.booth.value}"),
        own_form=form_of(info)[1],
        missing=list(_gaps([box for box in boxes if box.missing])),
        could_be_added=list(_gaps([box for box in boxes if not (box.required or box.value or box.by_hand)])),
        by_hand=[box.label for box in boxes if box.by_hand],
        products=products,
        ticks=len(products) <= _MOST_TICKS,
        product_gaps=product_gaps[:_MOST_GAPS],
        more_gaps=len(product_gaps[_MOST_GAPS:]),
    )


@bp.get("/gian-hang/<channel_id>/ho-so-nha-cung-cap")
@access.producer("publish")
def dossier(channel_id: str) -> Response:
    channel = queries.channel(db(), access.actor(), channel_id)
    supplier = queries.supplier(db(), access.actor(), today())
    name = f"ho-so-nha-cung-cap-{channel.marketplace.replace('_', '-')}.xlsx"
    return _download(dossier_file(supplier, queries.info_of(channel)), name)


@bp.get("/gian-hang/<channel_id>/bao-gia")
@access.producer("publish")
def quotation(channel_id: str) -> Response:
    """`sp`: ids of the products to quote; none means all."""
    channel = queries.channel(db(), access.actor(), channel_id)
    supplier = queries.supplier(db(), access.actor(), today())
    products = queries.products_to_quote(db(), access.actor(), today(), request.args.getlist("sp"))
    content = quotation_file(supplier, list(products.values()), queries.info_of(channel), today())
    return _download(content, f"bao-gia-{channel.marketplace.replace('_', '-')}-{today():%Y%m%d}.xlsx")


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _gaps(boxes: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """Each missing fact once, with the field where it is put right; papers are one gap together."""
    said = set()
    for box in boxes:
        source = "paper" if box.source.startswith(_PAPER) else box.source
        code = f"opening_lacks_{source}"
        if code in said or not has_sentence(code):
            continue
        said.add(code)
        yield {"sentence": sentence(code), "href": _where(source), "link": "Điền"}


def _where(source: str) -> str:
    if source == "paper":
        return url_for("producers.certificates")
    if source == "products":
        return url_for("publishing.new_product")
    return url_for("producers.edit", _anchor=_TYPED_AT.get(source, "name"))


def _product_gaps(listing_id: str, listing: ListingPayload) -> Iterator[dict[str, Any]]:
    for code in quotation_gaps(listing):
        yield {
            "sentence": sentence(f"quotation_lacks_{code}", product=listing.name),
            "href": url_for("publishing.product", listing_id=listing_id, _anchor="gia-va-goi"),
            "link": "Sửa",
        }
