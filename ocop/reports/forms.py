"""Forms of reports: a template, and figures of revenue, one field a month or a producer."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import FileField, HiddenField

from ocop.web.forms import BaseForm, MoneyField

MOST_REVENUE = 10**12  # đồng in a month


class FreezeForm(BaseForm):
    noi = HiddenField()
    ky = HiddenField()


class TemplateForm(BaseForm):
    noi = HiddenField()
    file = FileField("Tệp mẫu (.xlsx, không quá 1 MB)", render_kw={"accept": ".xlsx"})


def amounts_form(labels: Mapping[str, str], stated: Mapping[str, int]) -> BaseForm:
    """A form with one money field for each name; ``stated`` is what stands there already."""
    fields = {
        name: MoneyField(
            label, high=MOST_REVENUE, default=stated.get(name), render_kw={"inputmode": "numeric"}
        )
        for name, label in labels.items()
    }
    return type("AmountsForm", (BaseForm,), fields).from_request()
