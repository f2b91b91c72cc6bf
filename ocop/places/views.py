"""The answer to typing a commune's name: a ready list of radio buttons."""

from __future__ import annotations

import re

from flask import Blueprint, render_template, request

from ocop.db.actor import NotFound
from ocop.places import forms
from ocop.web import access

bp = Blueprint("places", __name__)


@bp.get("/noi/tim")
@access.public
def find() -> str:
    """q: what was typed. name (or ten): the form field the radio buttons belong to."""
    name = request.args.get("ten") or request.args.get("name") or "commune_code"
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", name):
        raise NotFound()
    searched = request.args.get("q", "")[:100]
    return render_template("places/options.html", name=name, results=forms.found(searched), searched=searched)
