"""What people type about links for those who post by hand, and behind them."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, StringField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice

from ocop.publishing.forms.fields import PLAIN
from ocop.web.forms import BaseForm, WholeNumberField, at_most, required
from ocop.web.wording import sentence


class PinForm(BaseForm):
    """The six digits that came with the address."""

    pin = StringField(
        "Mã mở (sáu chữ số)",
        [required(), v.Regexp(r"\A\s*(?:[0-9]\s*){6}\Z", message=sentence("clerk_pin_form"))],
        render_kw={**PLAIN, "inputmode": "numeric", "maxlength": "12"},
    )


class PostLinkForm(BaseForm):
    """A link for one post."""

    label = StringField("Gửi cho ai", [at_most(80)], render_kw={"autocomplete": "off"})


class QueueLinkForm(BaseForm):
    """A link for the queue of a commune. "": every place where a person posts."""

    commune_code = RadioField("Xã", [required()], validate_choice=False)
    channel_id = RadioField("Nơi đăng", validate_choice=False)
    label = StringField("Gửi cho ai", [required(), at_most(80)], render_kw={"autocomplete": "off"})
    days = WholeNumberField("Dùng mấy ngày", [required()], low=1, high=90, render_kw={"inputmode": "numeric"})

    def offer(self, communes: list[tuple[str, str]], channels: list[tuple[str, str]]) -> None:
        """(value, words) of each."""
        self.commune_code.choices = [SelectChoice(value, words) for value, words in communes]
        self.channel_id.choices = [SelectChoice(value, words) for value, words in channels]

    def wishes(self) -> dict[str, Any]:
        """As services.make_link takes them."""
        return {
            "commune_code": self.commune_code.data,
            "channel_id": self.channel_id.data or None,
            "label": self.label.data or "",
            "days": self.days.data,
        }
