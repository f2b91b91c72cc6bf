"""Fields that several forms of this feature use."""

from __future__ import annotations

from wtforms import RadioField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice

from ocop.web.forms import required
from ocop.web.wording import sentence

PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def one_of(label: str, choices: list[tuple[str, str]], **kw: object) -> RadioField:
    listed = v.AnyOf([value for value, _ in choices], message=sentence("field_choice"))
    shown = [SelectChoice(value, words) for value, words in choices]
    return RadioField(label, [required(), listed], choices=shown, validate_choice=False, **kw)
