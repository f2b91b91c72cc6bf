"""/ho-so: the hand-off parcel of a post, for the producer: what is in it, the ZIP, and what the clerk answered."""

from __future__ import annotations

from flask import Response, current_app, render_template, send_file
from werkzeug.wrappers import Response as AnyResponse

from ocop.accounts.views import done
from ocop.db.actor import NotFound
from ocop.db.errors import Refused
from ocop.publishing import mapping, queries, services
from ocop.publishing.forms import AnswerForm, PostLinkForm
from ocop.publishing.models import Publication
from ocop.publishing.rules import parcel_path
from ocop.publishing.views import bp
from ocop.publishing.views.clerk_links import shown_link
from ocop.web import access
from ocop.web.unit_of_work import db


@bp.get("/ho-so/<publication_id>")
@access.producer("producer.view")
def parcel(publication_id: str) -> str:
    return _page(_handed_off(publication_id), AnswerForm())


@bp.get("/ho-so/<publication_id>/tai")
@access.producer("producer.view")
def download(publication_id: str) -> Response:
    found = queries.latest_parcel(db(), _handed_off(publication_id).id)
    path = parcel_path(current_app.config["OCOP"].var, found.sha256) if found else None
    if found is None or path is None or not path.is_file():
        raise NotFound()
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=found.file_name)


@bp.post("/ho-so/<publication_id>/tra-loi")
@access.producer("publish")
def answer(publication_id: str) -> AnyResponse | tuple[str, int]:
    publication = _handed_off(publication_id)
    form = AnswerForm.from_request()
    if form.sent_and_valid():
        try:
            said = form.said(publication.url)
            services.record_answer(db(), access.actor(), publication_id=publication.id, **said)
            return done("publishing.post", "post_answered", publication_id=publication.id)
        except Refused as refusal:
            form.refuse(refusal)
    return _page(publication, form), 422


def _handed_off(publication_id: str) -> Publication:
    publication = queries.publication(db(), access.actor(), publication_id)
    if not queries.by_hand(publication.channel):
        raise NotFound()
    return publication


def _page(publication: Publication, form: AnswerForm) -> str:
    found = queries.latest_parcel(db(), publication.id)
    path = parcel_path(current_app.config["OCOP"].var, found.sha256) if found else None
    mine = access.actor().may("publish")
    form.offer([*services.expected_answers(publication), *services.removable(publication)])
    return render_template(
        "publishing/parcel.html",
        post=publication,
        shown=queries.shown(publication),
        parcel=found,
        inside=mapping.parcel_contents(path) if path else None,
        form=form,
        link_form=PostLinkForm(),
        links=[shown_link(link) for link in queries.links_of(db(), publication)] if mine else [],
        task=queries.task_words(publication) if publication.clerk_task else "",
        may_publish=mine,
        may_answer=mine and services.is_answerable(publication),
    )
