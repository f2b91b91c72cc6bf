"""What a scan shows. Anonymous: nobody is looked up, no cookie is read or set, nothing is written to the database.

A code that does not check is answered before any query. Every scan of a code that does is noted in the spool,
also when the answer is 304.
"""

from __future__ import annotations

import gzip
import hashlib
from urllib.parse import quote, urlencode

from flask import Response, current_app, redirect, render_template, request

from ocop.db.base import today
from ocop.public.mapping.english import translator
from ocop.public.mapping.goods import GoodsPage
from ocop.public.mapping.words import Words, plain_words, words
from ocop.public.queries.stamp import DatabaseSilent, Found
from ocop.public.rules import client_prefix, device_mark
from ocop.public.views.blueprint import bp, scan_point
from ocop.web import access
from traceability.serials import MistypedCode, StampNumber, decode, grouped, normalise
from traceability.verdict import StampFacts, Verdict, VerdictCode, verdict

_NOT_FOUND = {VerdictCode.UNKNOWN_SCANNED, VerdictCode.UNKNOWN_TYPED}


@bp.get("/T/<path:code>")
@bp.get("/01/<gtin>/21/<path:code>")
@access.anonymous
def printed(code: str, gtin: str = "") -> Response:
    """The addresses on stamps. A unit code under a GTIN stands for itself, whatever the GTIN."""
    return redirect(f"/t/{quote(code, safe='')}", 307)


@bp.get("/t/<path:code>")
@access.anonymous
def stamp(code: str) -> Response:
    if _too_fast():
        return _sorry("too_fast", 429, 60)
    typed = "go" in request.args
    try:
        number = decode(scan_point().keys, code)
    except MistypedCode:
        return _answer(verdict(StampFacts(mistyped=True, typed=typed), today()), None, code)
    try:
        found = scan_point().desk.look_up(number, typed=typed)
    except DatabaseSilent:
        _note(number, "service_down")
        return _sorry("service_down", 503, 60)
    answer = verdict(found.facts, today())
    _note(number, answer.code)
    return _answer(answer, found, normalise(code))


@bp.get("/tra-tem")
@access.anonymous
def look_up() -> Response:
    """A number typed by hand: a good one leads to its page, a bad one back to the field."""
    text = request.args.get("so", "").strip()
    if text and _too_fast():
        return _sorry("too_fast", 429, 60)
    if not text:
        return _page("public/look_up.html", 200, words=None, typed="")
    try:
        decode(scan_point().keys, text)
    except MistypedCode:
        unknown = plain_words(VerdictCode.UNKNOWN_TYPED, translate=translator(_lang()))
        return _page("public/look_up.html", 404, words=unknown, typed=text[:40])
    return redirect(f"/t/{quote(normalise(text), safe='')}?go=1", 303)


def _too_fast() -> bool:
    return scan_point().limiter.too_fast(client_prefix(request.remote_addr))


def _note(number: StampNumber, code: str) -> None:
    """One line in the spool. HEAD is a machine asking whether the page is there, not somebody scanning."""
    if request.method != "GET":
        return
    agent = request.headers.get("User-Agent", "")[:300]
    device = device_mark(scan_point().device_secret, today(), client_prefix(request.remote_addr), agent)
    scan_point().spool.add(roll=number.roll, index=number.index, device=device, verdict=str(code))


def _lang() -> str:
    return "en" if request.args.get("en") == "1" else "vi"


def _answer(answer: Verdict, found: Found | None, code: str) -> Response:
    goods = found.goods if found else None
    translate = translator(_lang())
    help_phone = _help_phone()
    shown = words(answer, goods, grouped(code), help_phone, translate)
    exercise = ""
    if answer.code is VerdictCode.PRACTICE and found is not None:
        exercise = _exercise(found.facts, goods)
    return _page(
        "public/stamp.html",
        404 if answer.code in _NOT_FOUND else 200,
        words=shown,
        goods=goods,
        code=code if goods else "",
        exercise=exercise,
    )


def _exercise(facts: StampFacts, goods: GoodsPage | None) -> str:
    """On a practice stamp: what a real one would say now, so that people can practise all steps."""
    real = StampFacts(activated_on=facts.activated_on, voided_on=facts.voided_on, lot=facts.lot)
    return words(verdict(real, today()), goods, "", "", translator(_lang())).headline


def _sorry(code: str, status: int, seconds: int) -> Response:
    response = _page("public/stamp.html", status, words=plain_words(code, translate=translator(_lang())))
    response.headers["Retry-After"] = str(seconds)
    return response


def _help_phone() -> str:
    return current_app.config["OCOP"].help_phone


def _page(
    template: str, status: int, *, words: Words | None, goods: GoodsPage | None = None, **values: str
) -> Response:
    """The page with its headers: asked for anew at every scan, 304 when nothing changed, never who came from where."""
    lang = _lang()
    body = render_template(
        template,
        words=words,
        goods=goods,
        lang=lang,
        _=translator(lang),
        other_language=_other_language(lang),
        **values,
    ).encode()
    response = Response(body, status, mimetype="text/html")
    response.set_etag(hashlib.sha256(body).hexdigest()[:20], weak=True)
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response.vary.add("Accept-Encoding")
    if status == 200:
        response.make_conditional(request)
    if response.status_code == status and "gzip" in request.accept_encodings:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _other_language(lang: str) -> dict[str, str]:
    """The same page in the other language."""
    kept = {name: request.args[name] for name in ("so", "go") if name in request.args}
    if lang == "en":
        return {"href": _here(kept), "lang": "vi", "text": "Tiếng Việt"}
    return {"href": _here({**kept, "en": "1"}), "lang": "en", "text": "English"}


def _here(query: dict[str, str]) -> str:
    return quote(request.path) + (f"?{urlencode(query)}" if query else "")
