"""A page that shows every component in each state, for whoever changes the look. Nothing in it is real."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, render_template
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice

from ocop.db.actor import NotFound
from ocop.web import access
from ocop.web.forms import BaseForm, MoneyField, WholeNumberField, required

bp = Blueprint("gallery", __name__, url_prefix="/gallery")

_PAGES = (
    "index", "forms", "drawings", "today", "new_listing", "publications", "scan", "scan_recalled", "sign_in",
)  # fmt: skip
_COMMUNES = [
    {
        "code": "15286",
        "name": "Xã Hoạt Giang",
        "province": "Tỉnh Thanh Hóa",
        "was": "xã Yên Dương, huyện Hà Trung",
    },
    {"code": "15271", "name": "Xã Hà Trung", "province": "Tỉnh Thanh Hóa", "was": ""},
]


def _choices(*pairs: tuple[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in pairs]


class SampleForm(BaseForm):
    name = StringField("Tên sản phẩm", [required()])
    price = MoneyField("Giá bán", [required()], low=1000, render_kw={"inputmode": "numeric"})
    net_content = WholeNumberField("Trong gói có", render_kw={"inputmode": "numeric"})
    phone = StringField("Số điện thoại", render_kw={"inputmode": "tel"})
    story = TextAreaField("Câu chuyện")
    storage = TextAreaField("Cách bảo quản")
    group = SelectField(
        "Loại hàng này là gì?", choices=_choices(("9", "Mắm, nước mắm, tương"), ("11", "Chè búp, chè khô"))
    )
    kind = RadioField(
        "Cơ sở là",
        [required()],
        choices=_choices(("cooperative", "Hợp tác xã"), ("household", "Hộ gia đình")),
    )
    where = RadioField(
        "Bán ở đâu", choices=_choices(("all", "Mọi nơi"), ("near", "Chỉ gần nhà")), default="all"
    )
    consent = BooleanField("Đồng ý cho người mua thấy số này", [v.InputRequired("Đánh dấu nếu đồng ý.")])
    commune = StringField("Xã, phường", [required()])


class SampleSignIn(BaseForm):
    phone = StringField("Số điện thoại", render_kw={"inputmode": "tel", "autocomplete": "username"})
    password = PasswordField("Mật khẩu", render_kw={"autocomplete": "current-password"})


@bp.get("/<page>")
@access.signed_in
def show(page: str) -> str:
    if page not in _PAGES:
        raise NotFound()
    wrong = SampleForm(MultiDict({"name": "", "price": "85", "kind": ""}))
    wrong.validate()
    return render_template(
        f"gallery/{page}.html",
        form=SampleForm(None, commune="15286"),
        wrong_form=wrong,
        communes=_COMMUNES,
        sign_in_form=SampleSignIn(),
        today=dt.date(2026, 11, 21),
    )
