"""/san-pham/…/ho-so-ocop: a product's dossier, its files and what more stars need; officials see the same, to read."""

from __future__ import annotations

from flask import Response, current_app, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.dossiers import mapping, queries, services
from ocop.dossiers.forms import PutPaperForm
from ocop.dossiers.rules import last_checked
from ocop.dossiers.views.blueprint import bp, file
from ocop.listings.models import Listing
from ocop.listings.rules import product_set
from ocop.producers import queries as producers
from ocop.producers.rules import is_personal
from ocop.web import access
from ocop.web.unit_of_work import db
from ocop.web.wording import sentence

Answer = str | AnyResponse | tuple[str, int]


@bp.get("/san-pham/<listing_id>/ho-so-ocop")
@access.producer("producer.view")
def dossier(listing_id: str) -> str:
    return _page(queries.own_listing(db(), access.actor(), listing_id), official=False)


@bp.post("/san-pham/<listing_id>/ho-so-ocop")
@access.producer("certificate.edit")
def put_paper(listing_id: str) -> Answer:
    form = PutPaperForm.from_request()
    try:
        services.put_paper(
            db(),
            access.actor(),
            listing_id=listing_id,
            item=form.item.data or "",
            certificate_id=form.certificate_id.data or "",
        )
        return done("dossiers.dossier", "dossier_paper", listing_id=listing_id)
    except Refused as refusal:
        listing = queries.own_listing(db(), access.actor(), listing_id)
        return _page(listing, official=False, refused=sentence(refusal.code, **refusal.params)), 422


@bp.post("/ho-so-ocop/bo-giay/<link_id>")
@access.producer("certificate.edit")
def take_paper(link_id: str) -> AnyResponse:
    listing_id = services.take_paper(db(), access.actor(), link_id=link_id)
    return done("dossiers.dossier", "dossier_paper", listing_id=listing_id)


@bp.get("/san-pham/<listing_id>/len-sao")
@access.producer("producer.view")
def stars(listing_id: str) -> str:
    return _stars_page(queries.own_listing(db(), access.actor(), listing_id), official=False)


@bp.get("/san-pham/<listing_id>/mau-01.docx")
@access.producer("producer.view")
def registration(listing_id: str) -> Response:
    listing = queries.own_listing(db(), access.actor(), listing_id)
    whole = "du_ma" in request.args and access.actor().may("certificate.edit")
    return _registration(listing, whole_tax_code=whole)


@bp.get("/san-pham/<listing_id>/mau-02.docx")
@access.producer("producer.view")
def evidence(listing_id: str) -> Response:
    return _evidence(queries.own_listing(db(), access.actor(), listing_id))


@bp.get("/xa/co-so/<producer_id>/ho-so-ocop")
@access.official
def office_dossiers(producer_id: str) -> str:
    producer = producers.in_reach(db(), access.actor(), producer_id)
    found = [_dossier(one) for one in queries.listings_in_reach(db(), producer)]
    return render_template("dossiers/office_dossiers.html", producer=producer, dossiers=found)


@bp.get("/xa/san-pham/<listing_id>/ho-so-ocop")
@access.official
def office_dossier(listing_id: str) -> str:
    return _page(queries.listing_in_reach(db(), access.actor(), listing_id), official=True)


@bp.get("/xa/san-pham/<listing_id>/len-sao")
@access.official
def office_stars(listing_id: str) -> str:
    return _stars_page(queries.listing_in_reach(db(), access.actor(), listing_id), official=True)


@bp.get("/xa/san-pham/<listing_id>/mau-01.docx")
@access.official
def office_registration(listing_id: str) -> Response:
    return _registration(queries.listing_in_reach(db(), access.actor(), listing_id), whole_tax_code=False)


@bp.get("/xa/san-pham/<listing_id>/mau-02.docx")
@access.official
def office_evidence(listing_id: str) -> Response:
    return _evidence(queries.listing_in_reach(db(), access.actor(), listing_id))


def _dossier(listing: Listing) -> mapping.Dossier:
    return queries.dossier(db(), listing, today(), base_url=current_app.config["OCOP"].base_url)


def _page(listing: Listing, *, official: bool, refused: str = "") -> str:
    found = _dossier(listing)
    return render_template(
        "dossiers/dossier.html",
        dossier=found,
        listing=listing,
        kind=product_set(listing.set_no),
        official=official,
        may_edit=not official and access.actor().may("certificate.edit"),
        form=PutPaperForm().offer(found),
        personal_code=is_personal(listing.producer.tax_code),
        refused=refused,
        last_checked=last_checked(),
    )


def _stars_page(listing: Listing, *, official: bool) -> str:
    return render_template(
        "dossiers/stars.html",
        listing=listing,
        steps=queries.steps(db(), listing),
        star=producers.star_of(db(), listing.id, today()),
        official=official,
    )


def _registration(listing: Listing, *, whole_tax_code: bool) -> Response:
    papers = producers.certificates_of(db(), listing.producer_id, listing.id)
    form = mapping.registration(listing, papers, whole_tax_code=whole_tax_code)
    return file(mapping.registration_file(form, today()), mapping.DOCX, "mau-01-phieu-dang-ky.docx")


def _evidence(listing: Listing) -> Response:
    return file(
        mapping.evidence_file(_dossier(listing), today()), mapping.DOCX, "mau-02-danh-muc-minh-chung.docx"
    )
