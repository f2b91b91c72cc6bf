"""What people type about booths, about posts that are there already, and about what a clerk answered."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, PasswordField, RadioField, StringField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import HiddenInput

from ocop.publishing.rules import BoothState
from ocop.web.forms import BaseForm, at_most, optional, required
from ocop.web.wording import sentence

_ANSWERS = ("posted", "posted_no_link", "returned", "removed")
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def _one_of(label: str, choices: list[tuple[str, str]], **kw: object) -> RadioField:
    listed = v.AnyOf([value for value, _ in choices], message=sentence("field_choice"))
    shown = [SelectChoice(value, words) for value, words in choices]
    return RadioField(label, [required(), listed], choices=shown, validate_choice=False, **kw)


class ConnectForm(BaseForm):
    """A shop of one's own. The password is never written back into the page."""

    base_url = StringField(
        "Địa chỉ cửa hàng", [required(), at_most(250)], render_kw={**_PLAIN, "inputmode": "url"}
    )
    username = StringField("Tên người dùng", [required(), at_most(100)], render_kw=_PLAIN)
    application_password = PasswordField(
        "Mật khẩu ứng dụng", [required(), at_most(200)], render_kw={"autocomplete": "off"}
    )

    def settings(self) -> dict[str, str]:
        return {
            "base_url": str(self.base_url.data).rstrip("/"),
            "username": str(self.username.data),
            "application_password": str(self.application_password.data),
        }


class BoothForm(BaseForm):
    """How far the opening of a booth has come, and whether it is offered."""

    version = IntegerField(widget=HiddenInput())
    booth = _one_of(
        "Gian hàng ở đây", [(state.value, sentence(f"booth_{state.value}")) for state in BoothState]
    )
    enabled = BooleanField("Cho đăng ở nơi này")


class AdoptForm(BaseForm):
    """A post that was online before us."""

    channel_id = RadioField("Bài đang ở đâu?", [required()], validate_choice=False)
    url = StringField(
        "Đường dẫn của bài", [required(), at_most(500)], render_kw={**_PLAIN, "inputmode": "url"}
    )

    def offer(self, places: list[tuple[str, str]]) -> None:
        """(channel id, name) of the booths without a post of this product."""
        self.channel_id.choices = [SelectChoice(value, words) for value, words in places]


class AnswerForm(BaseForm):
    """What the person who posts said."""

    answer = _one_of("Người đăng trả lời thế nào?", [(a, sentence(f"answer_{a}")) for a in _ANSWERS])
    url = StringField(
        "Đường dẫn của bài", [optional(), at_most(500)], render_kw={**_PLAIN, "inputmode": "url"}
    )
    reason = StringField("Lý do trả lại", [optional(), at_most(300)], render_kw={"autocomplete": "off"})
