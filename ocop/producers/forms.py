"""What people type about a producer, its papers and the people who work for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from flask import request
from wtforms import (
    BooleanField,
    FileField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from ocop.accounts.forms import PersonForm
from ocop.accounts.rules import Bundle, GroupKind, Role, longest_help
from ocop.db.base import today
from ocop.places import forms as places
from ocop.places import queries as place_queries
from ocop.producers.mapping import Helper
from ocop.producers.models import Producer
from ocop.producers.rules import (
    CertificateKind,
    ProducerKind,
    is_personal,
    normal_tax_code,
    public_number_problem,
    tax_code_problem,
)
from ocop.web.forms import BaseForm, DayField, at_most, optional, required
from ocop.web.wording import sentence


def one_of(label: str, choices: list[tuple[str, str]], **kw: Any) -> RadioField:
    """Radio buttons whose error speaks Vietnamese."""
    listed = v.AnyOf([value for value, _ in choices], message=sentence("field_choice"))
    return RadioField(label, [required(), listed], choices=offered(choices), validate_choice=False, **kw)


def offered(choices: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value=value, label=label) for value, label in choices]


def _sentences(prefix: str, values: type) -> list[tuple[str, str]]:
    return [(value.value, sentence(f"{prefix}_{value.value}")) for value in values]


class TaxCodeField(StringField):
    """A personal number of 12 digits is never written back into the page, not even the one just typed."""

    def _value(self) -> str:
        text = super()._value()
        return "" if is_personal(normal_tax_code(text)) else text

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = normal_tax_code(self.data or "")

    def pre_validate(self, form: Any) -> None:
        if problem := tax_code_problem(self.data or ""):
            raise v.ValidationError(sentence(f"tax_code_{problem}"))


class NumberToCall(StringField):
    """What stands already may stay: the demo's numbers are words, so that nobody calls them."""

    def pre_validate(self, form: Any) -> None:
        problem = public_number_problem(self.data or "")
        if problem and self.data != self.object_data:
            raise v.ValidationError(sentence(problem))


class VersionField(IntegerField):
    """The version the form was opened with."""

    widget = HiddenInput()


class ProducerForm(BaseForm):
    """One producer on one screen."""

    version = VersionField(validators=[optional()])
    kind = one_of("Loại cơ sở", _sentences("producer_kind", ProducerKind))
    name = StringField("Tên cơ sở", [required(), at_most(200)])
    representative = StringField("Người đại diện", [at_most(200)])
    tax_code = TaxCodeField(
        "Mã số thuế", [at_most(20)], render_kw={"inputmode": "numeric", "autocomplete": "off"}
    )
    drop_tax_code = BooleanField("Xóa mã số thuế đang ghi")
    old_address = StringField("Địa chỉ cũ (trước 01/07/2025)", [at_most(300)])
    commune_code = places.CommuneField("Xã, phường hiện nay")
    hamlet = StringField("Thôn, bản, số nhà", [at_most(200)])
    hotline = NumberToCall("Số điện thoại bán hàng", [at_most(30)], render_kw={"inputmode": "tel"})
    hotline_agreed = BooleanField(sentence("hotline_consent"))
    zalo = NumberToCall("Số Zalo", [at_most(30)], render_kw={"inputmode": "tel"})
    brand = StringField("Nhãn hiệu", [at_most(200)])
    story = TextAreaField("Câu chuyện", [at_most(5000)], render_kw={"rows": 6})
    closed_on = DayField("Ngừng hoạt động từ ngày", [optional()], render_kw={"inputmode": "numeric"})

    @property
    def tax_code_again(self) -> str:
        """What to say when the personal number just typed was kept out of the page that comes back."""
        lost = request.method == "POST" and is_personal(self.tax_code.data or "")
        return sentence("tax_code_again") if lost else ""

    @property
    def asks_for_places(self) -> bool:
        """Whether a button beside a field was pressed and not the one that saves."""
        return request.method == "POST" and bool({"find_commune", "find_old"} & request.form.keys())

    @property
    def facts(self) -> dict[str, Any]:
        """What services take. An empty tax code keeps a personal one, which the form never shows."""
        names = (
            "name",
            "representative",
            "old_address",
            "commune_code",
            "hamlet",
            "hotline",
            "zalo",
            "brand",
            "story",
        )
        found: dict[str, Any] = {name: self._fields[name].data or "" for name in names}
        return found | {"kind": ProducerKind(self.kind.data), "closed_on": self.closed_on.data}

    def tax_code_for(self, producer: Producer | None) -> str | None:
        """The code to store; None to keep what is stored."""
        if self.tax_code.data:
            return self.tax_code.data
        if producer is not None and is_personal(producer.tax_code) and not self.drop_tax_code.data:
            return None
        return ""


class Found:
    """What the commune picker of a form shows: the commune chosen, or what was searched for."""

    def __init__(self, form: ProducerForm) -> None:
        self.searched = request.form.get("commune_code_search", "")[:100]
        self.note = ""
        old = form.old_address.data or ""
        if "find_commune" in request.form and self.searched:
            self.results = places.found(self.searched)
        elif "find_old" in request.form or (request.method == "POST" and not form.commune_code.data and old):
            self.results = self._from_old(form, old)
        else:
            self.results = places.chosen(form.commune_code.data)

    def _from_old(self, form: ProducerForm, old: str) -> list[dict[str, str]]:
        suggestion = place_queries.old_addresses(old)
        if suggestion is None:
            self.note = sentence("old_address_unknown")
            return places.chosen(form.commune_code.data)
        names = [commune.full_name for commune in suggestion.communes]
        code = "old_address_split" if suggestion.split else "old_address_became"
        self.note = sentence(code, old=suggestion.old_label, new=" hoặc ".join(names[:4]))
        if not suggestion.split:
            form.commune_code.data = suggestion.communes[0].code
        return places.options(suggestion.communes)


class MoveForm(BaseForm):
    """Where a producer is now."""

    old_address = StringField("Địa chỉ cũ")  # what Found reads; not shown here
    commune_code = places.CommuneField("Nay ở xã, phường nào")
    hamlet = StringField("Thôn, bản, số nhà", [at_most(200)])
    why = one_of(
        "Vì sao",
        [("moved", "Cơ sở chuyển đi"), ("corrected", "Trước đây ghi nhầm xã")],
        default="moved",
    )

    @property
    def asks_for_places(self) -> bool:
        return "find_commune" in request.form


class MergeForm(BaseForm):
    """One commune goes up in another."""

    old_address = StringField("Địa chỉ cũ")
    old_code = SelectField("Xã, phường cũ", validate_choice=False)
    commune_code = places.CommuneField("Nhập vào xã, phường")
    asks_for_places = MoveForm.asks_for_places


class CertificateForm(BaseForm):
    version = VersionField(validators=[optional()])
    kind = one_of("Loại giấy", _sentences("certificate_kind", CertificateKind))
    listing_id = SelectField("Của sản phẩm nào", validate_choice=False)
    stars = SelectField(
        "Số sao (giấy OCOP)",
        choices=offered([("", "Không phải giấy OCOP"), ("3", "3 sao"), ("4", "4 sao"), ("5", "5 sao")]),
        validate_choice=False,
    )
    number = StringField("Số giấy, số quyết định", [at_most(100)])
    issuer = StringField("Nơi cấp", [at_most(200)])
    issued_on = DayField("Ngày cấp", [optional()], render_kw={"inputmode": "numeric"})
    expires_on = DayField("Ngày hết hạn", [optional()], render_kw={"inputmode": "numeric"})
    revoked_on = DayField("Bị thu hồi từ ngày", [optional()], render_kw={"inputmode": "numeric"})
    photos = FileField("Ảnh giấy", render_kw={"accept": "image/*"})

    def offer(self, products: dict[str, str]) -> CertificateForm:
        self.listing_id.choices = offered([("", "Của cả cơ sở"), *products.items()])
        return self

    @property
    def facts(self) -> dict[str, Any]:
        return {
            "kind": CertificateKind(self.kind.data),
            "listing_id": self.listing_id.data or None,
            "stars": int(self.stars.data) if self.stars.data in ("3", "4", "5") else None,
            "number": self.number.data or "",
            "issuer": self.issuer.data or "",
            "issued_on": self.issued_on.data,
            "expires_on": self.expires_on.data,
            "revoked_on": self.revoked_on.data,
        }


class ReassessmentForm(BaseForm):
    """The receipt of the dossier for a star's next term."""

    filed_on = DayField("Ngày nộp hồ sơ", [required()], render_kw={"inputmode": "numeric"})
    receipt = StringField("Số biên nhận", [required(), at_most(100)])
    photos = FileField("Ảnh biên nhận", render_kw={"accept": "image/*"})


class ResultForm(BaseForm):
    """A result that is no star; a new star is written down as a new paper."""

    ended_on = DayField("Ngày có kết quả", [required()], render_kw={"inputmode": "numeric"})


def _a_year_on() -> dt.date:
    return longest_help(today())


class HelpForm(BaseForm):
    """The owner asks for help: whom, for what, until when."""

    helper = one_of("Nhờ ai", [])
    bundle = one_of("Nhờ những việc gì", _sentences("bundle_choice", Bundle))
    valid_to = DayField("Đến hết ngày", [required()], default=_a_year_on, render_kw={"inputmode": "numeric"})

    @classmethod
    def among(cls, helpers: Sequence[Helper]) -> HelpForm:
        form = cls.from_request()
        form.helper.choices = offered((one.key, one.name) for one in helpers)
        form.helper.validators = [required()]  # whether it is one of them is asked by the service
        return form  # type: ignore[return-value]


class SignedForm(BaseForm):
    """What stands on the paper: its two boxes and its last day, with the picture that shows the signature."""

    may_publish = BooleanField("Đăng bán sau khi đọc lại cho tôi nghe")
    may_stamp = BooleanField("In tem đúng số gói")
    valid_to = DayField(
        "Có giá trị đến hết ngày", [required()], default=_a_year_on, render_kw={"inputmode": "numeric"}
    )
    photos = FileField("Ảnh phiếu đã ký", render_kw={"accept": "image/*", "capture": "environment"})


class HelpCodeForm(BaseForm):
    code = StringField(
        "Mã cơ sở đọc cho",
        [required(), at_most(40)],
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class RenewalForm(BaseForm):
    """Who signed the list at a meeting."""

    signed = SelectMultipleField(
        "Ai đã ký", coerce=str, widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    photos = FileField("Ảnh danh sách đã ký", render_kw={"accept": "image/*", "capture": "environment"})
    valid_to = DayField(
        "Gia hạn đến hết ngày", [required()], default=_a_year_on, render_kw={"inputmode": "numeric"}
    )


class GroupForm(BaseForm):
    kind = one_of("Loại tổ", _sentences("group_kind", GroupKind))
    name = StringField("Tên tổ", [required(), at_most(200)])
    hamlet = StringField("Thôn, bản", [at_most(200)])
    commune_code = SelectField("Xã, phường", validate_choice=False)

    @classmethod
    def within(cls, communes: Iterable[str], obj: object | None = None) -> GroupForm:
        form = cls.from_request(obj=obj)
        form.commune_code.choices = offered(
            (code, place_queries.full_address(code)) for code in sorted(communes)
        )
        return form  # type: ignore[return-value]

    @property
    def facts(self) -> dict[str, Any]:
        return {"kind": GroupKind(self.kind.data), "name": self.name.data, "hamlet": self.hamlet.data or ""}


class OfficialForm(PersonForm):
    """A new official and what they look after."""

    role = one_of(
        "Làm việc gì",
        [
            (Role.COMMUNE_OFFICER.value, "Cán bộ xã: giúp các cơ sở trong xã"),
            (Role.PROVINCE_OFFICER.value, "Cán bộ tỉnh: chỉ xem"),
            (Role.OPERATOR.value, "Người vận hành"),
        ],
    )
    commune_code = StringField("Xã, phường (cho cán bộ xã)")
    province_code = SelectField("Tỉnh, thành phố (cho cán bộ tỉnh)", validate_choice=False)

    @classmethod
    def with_provinces(cls) -> OfficialForm:
        form = cls.from_request()
        found = [(province.code, province.full_name) for province in place_queries.provinces()]
        form.province_code.choices = offered([("", "Chọn tỉnh"), *found])
        return form  # type: ignore[return-value]

    @property
    def scope_id(self) -> str:
        by_role = {
            Role.COMMUNE_OFFICER.value: self.commune_code.data,
            Role.PROVINCE_OFFICER.value: self.province_code.data,
        }
        return by_role.get(self.role.data) or ""
