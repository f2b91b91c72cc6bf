"""Two people edited the same thing: every field that differs, with both values to choose from. Works without
JavaScript: the two values are radio buttons under the field's own name, and the choice is posted like the form."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any

from flask import render_template, request

from ocop.db.base import Versioned
from ocop.web.filters import day as written_day
from ocop.web.forms import BaseForm


def both_versions(
    form: BaseForm,
    saved: Versioned,
    mine: Mapping[str, Any],
    *,
    words: Callable[[str, Any], str],
    also: Mapping[str, str] | None = None,
) -> tuple[str, int]:
    """``mine``: field name -> the value wanted; ``saved`` holds the value that stands. ``words(name, value)``
    says how a person reads a value; ``also``: further fields to send along unchanged."""
    differing, same = [], dict(also or {})
    for name, wanted in mine.items():
        stands = getattr(saved, name)
        if wanted == stands:
            same[name] = written(wanted)
            continue
        sides = [
            {"key": "saved", "who": "Bản đã lưu", "value": written(stands), "text": words(name, stands)},
            {"key": "mine", "who": "Bản vừa gõ", "value": written(wanted), "text": words(name, wanted)},
        ]
        differing.append({"name": name, "label": form[name].label.text, "sides": sides})
    page = render_template(
        "producers/both_versions.html",
        differing=differing,
        same=same,
        version=saved.version,
        action=request.path,
    )
    return page, 409


def written(value: Any) -> str:
    """A value as a form field carries it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "y"
    if isinstance(value, dt.date):
        return written_day(value)
    return str(value.value if isinstance(value, enum.Enum) else value)
