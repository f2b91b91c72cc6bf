"""A list of links: a file, or lines that are pasted."""

from __future__ import annotations

from wtforms import FileField, TextAreaField
from wtforms import validators as v

from ocop.publishing.forms.fields import PLAIN
from ocop.web.forms import BaseForm
from ocop.web.wording import sentence


class LinkListForm(BaseForm):
    """One of the two is enough; the view hands the file over."""

    file = FileField("Tệp Excel", render_kw={"accept": ".xlsx,.csv"})
    lines = TextAreaField(
        "Hoặc dán đường dẫn, mỗi dòng một bài",
        [v.Length(max=200_000, message=sentence("field_too_long", max=200_000))],
        render_kw={**PLAIN, "rows": 5},
    )
