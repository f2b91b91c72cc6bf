"""What people type about booths."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, PasswordField, StringField
from wtforms.widgets import HiddenInput

from ocop.publishing.forms.fields import PLAIN, one_of
from ocop.publishing.rules import BoothState
from ocop.web.forms import BaseForm, at_most, required
from ocop.web.wording import sentence


class ConnectForm(BaseForm):
    """A shop of one's own. The password is never written back into the page."""

    base_url = StringField(
        "Địa chỉ cửa hàng", [required(), at_most(250)], render_kw={**PLAIN, "inputmode": "url"}
    )
    username = StringField("Tên người dùng", [required(), at_most(100)], render_kw=PLAIN)
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
    booth = one_of(
        "Gian hàng ở đây", [(state.value, sentence(f"booth_{state.value}")) for state in BoothState]
    )
    enabled = BooleanField("Cho đăng ở nơi này")
