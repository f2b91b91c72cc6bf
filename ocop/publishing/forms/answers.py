"""What people type about posts that are there already, and about what a clerk answered."""

from __future__ import annotations

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from ocop.publishing.forms.fields import PLAIN, one_of
from ocop.web.forms import BaseForm, at_most, optional, required
from ocop.web.wording import sentence

_ANSWERS = ("posted", "posted_no_link", "returned", "removed")


class AdoptForm(BaseForm):
    """A post that was online before us."""

    channel_id = RadioField("Bài đang ở đâu?", [required()], validate_choice=False)
    url = StringField(
        "Đường dẫn của bài", [required(), at_most(500)], render_kw={**PLAIN, "inputmode": "url"}
    )

    def offer(self, places: list[tuple[str, str]]) -> None:
        """(channel id, name) of the booths without a post of this product."""
        self.channel_id.choices = [SelectChoice(value, words) for value, words in places]


class AnswerForm(BaseForm):
    """What the person who posts said."""

    answer = one_of("Người đăng trả lời thế nào?", [(a, sentence(f"answer_{a}")) for a in _ANSWERS])
    url = StringField(
        "Đường dẫn của bài", [optional(), at_most(500)], render_kw={**PLAIN, "inputmode": "url"}
    )
    reason = StringField("Lý do trả lại", [optional(), at_most(300)], render_kw={"autocomplete": "off"})
