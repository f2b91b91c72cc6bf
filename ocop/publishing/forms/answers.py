"""What people type about posts that are there already, and about what a clerk answered."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, StringField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice

from ocop.publishing.forms.fields import PLAIN
from ocop.web.forms import BaseForm, at_most, optional, required
from ocop.web.wording import sentence


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

    answer = RadioField(
        "Người đăng trả lời thế nào?", [v.InputRequired(sentence("answer_missing"))], validate_choice=False
    )
    url = StringField(
        "Đường dẫn của bài", [optional(), at_most(500)], render_kw={**PLAIN, "inputmode": "url"}
    )
    reason = StringField("Lý do trả lại", [optional(), at_most(300)], render_kw={"autocomplete": "off"})

    def said(self, known_url: str) -> dict[str, str]:
        """As services.record_answer takes it. Who ticks "no address yet" and has typed one all the same, has one;
        known_url: what stood in the field before."""
        answer, url = self.answer.data or "", (self.url.data or "").strip()
        if answer == "posted_no_link" and url not in ("", known_url):
            answer = "posted"
        return {"answer": answer, "url": url, "reason": self.reason.data or ""}

    def offer(self, answers: Sequence[str]) -> None:
        """Codes of what may be said now; whether one of them was, the service says."""
        self.answer.choices = [SelectChoice(one, sentence(f"answer_{one}")) for one in answers]
