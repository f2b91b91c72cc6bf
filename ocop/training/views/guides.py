"""/huong-dan: one page of paper for each kind of person. For everybody, signed in or not."""

from __future__ import annotations

from flask import g, render_template

from ocop.db.actor import NotFound
from ocop.training import rules
from ocop.training.views.blueprint import bp
from ocop.training.views.frame import kind_of
from ocop.web import access


@bp.get("/huong-dan")
@access.public
def guides() -> str:
    who = g.get("actor")
    return render_template("training/guides.html", guides=rules.guides(), has_tour=bool(who and kind_of(who)))


@bp.get("/huong-dan/<role>")
@access.public
def guide(role: str) -> str:
    found = rules.guides().get(role)
    if found is None:
        raise NotFound()
    return render_template("training/guide.html", guide=found)
