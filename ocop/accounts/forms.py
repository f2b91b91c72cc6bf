"""What people type about themselves and each other."""

from __future__ import annotations

from wtforms import BooleanField, Field, HiddenField, PasswordField, StringField, ValidationError
from wtforms.widgets import TelInput

from ocop.accounts.rules import MAX_PASSWORD, PIN_LENGTH, phone_number, shown_phone
from ocop.web.forms import BaseForm, at_most, clean, required
from ocop.web.wording import sentence


class PhoneField(Field):
    """A Vietnamese number however it is written; its data is +84…."""

    widget = TelInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return shown_phone(self.data) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (clean(valuelist[0]) or "") if valuelist else ""
        self.data = phone_number(text) if text else None
        if text and self.data is None:
            raise ValueError(sentence("field_phone"))


_PHONE = {"autocomplete": "username", "inputmode": "tel"}
_NEW = {"autocomplete": "new-password", "minlength": 8}


class SignInForm(BaseForm):
    phone = PhoneField("Số điện thoại", [required()], render_kw=_PHONE)
    password = PasswordField(
        "Mật khẩu", [required(), at_most(MAX_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )
    shared_machine = BooleanField("Máy dùng chung: tự khóa sau 10 phút")
    tiep = HiddenField()


class NewPassword(BaseForm):
    """A password chosen anew, typed twice."""

    password = PasswordField("Mật khẩu mới", [required(), at_most(MAX_PASSWORD)], render_kw=_NEW)
    again = PasswordField("Gõ lại mật khẩu mới", [required(), at_most(MAX_PASSWORD)], render_kw=_NEW)

    def validate_again(self, field: Field) -> None:
        if self.password.data != field.data:
            raise ValidationError(sentence("password_differs"))


class LinkForm(NewPassword):
    """First sign-in from the link: the code stands in the address."""


class CodeForm(NewPassword):
    """First sign-in or recovery from the code on paper."""

    phone = PhoneField("Số điện thoại", [required()], render_kw=_PHONE)
    code = StringField(
        "Mã trên giấy",
        [required(), at_most(40)],
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"},
    )


class ChangePasswordForm(NewPassword):
    old_password = PasswordField(
        "Mật khẩu đang dùng",
        [required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class PersonForm(BaseForm):
    name = StringField("Họ và tên", [required(), at_most(200)], render_kw={"autocomplete": "off"})
    phone = PhoneField("Số điện thoại", [required()], render_kw={"autocomplete": "off", "inputmode": "tel"})


_PIN = {"inputmode": "numeric", "autocomplete": "off", "maxlength": PIN_LENGTH}


class PinForm(BaseForm):
    """Go on at a locked machine; sign_in says as whom."""

    sign_in = HiddenField()
    pin = PasswordField("Mã PIN 6 số", [required(), at_most(PIN_LENGTH)], render_kw=_PIN)
    tiep = HiddenField()


class NewPinForm(BaseForm):
    pin = PasswordField("Mã PIN mới, 6 số", [required(), at_most(PIN_LENGTH)], render_kw=_PIN)
    old_password = PasswordField(
        "Mật khẩu đang dùng",
        [required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class OwnForm(BaseForm):
    """One's own name and phone; the password proves who sits there."""

    name = StringField("Họ và tên", [required(), at_most(200)], render_kw={"autocomplete": "name"})
    phone = PhoneField("Số điện thoại", [required()], render_kw=_PHONE)
    old_password = PasswordField(
        "Mật khẩu đang dùng",
        [required(), at_most(MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
