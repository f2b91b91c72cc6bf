"""The one form of a product. It is filled from what was sent or from a draft alike: both hold what was typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms import validators as v

from ocop.db.errors import Refused
from ocop.listings.rules import (
    MAX_PHOTOS,
    NET_UNITS,
    ProductSet,
    price_is_strange,
    probable_price,
    product_set,
)
from ocop.listings.rules.drafting import FIELDS, MAX_PACKS, PACK_FIELDS, Fields, is_figure, known
from ocop.media.services import TakenIn, take_in
from ocop.web.filters import number
from ocop.web.forms import BaseForm, MoneyField, WholeNumberField, at_most, optional, required
from ocop.web.wording import sentence
from traceability.gs1 import gtin_problem

_DATE_STYLES = {
    "use_by": "Hạn sử dụng",
    "best_before": "Sử dụng tốt nhất trước",
    "none": "Không ghi hạn",
}
_FIGURE = {"inputmode": "numeric"}


def _no_spaces(text: str | None) -> str:
    return "".join((text or "").split()).replace("-", "")


def _text(label: str, length: int, **kw: Any) -> StringField:
    return StringField(label, [optional(), at_most(length)], render_kw=kw)


def _lines(label: str, length: int, rows: int = 3) -> TextAreaField:
    return TextAreaField(label, [optional(), at_most(length)], render_kw={"rows": rows})


def _figure(label: str, low: int, high: int) -> WholeNumberField:
    return WholeNumberField(label, [optional()], low=low, high=high, render_kw=_FIGURE)


def _choice(label: str, choices: Any, default: str) -> SelectField:
    right = v.AnyOf(list(choices), sentence("field_choice"))
    return SelectField(label, [right], choices=choices, default=default, validate_choice=False)


class ContentField(WholeNumberField):
    """How much is in a pack; half a kilo too much is 1500 g."""

    def _read(self, text: str) -> int:
        try:
            return super()._read(text)
        except ValueError:
            raise ValueError(sentence("net_content_whole")) from None


class PackForm(BaseForm):
    """One kind of pack."""

    id = HiddenField()
    price_vnd = MoneyField("Giá bán", [required()], low=1, high=2_000_000_000, render_kw=_FIGURE)
    price_sure = BooleanField("Giá này đúng")
    net_content = ContentField("Trong gói có", [optional()], low=1, high=1_000_000, render_kw=_FIGURE)
    net_unit = _choice("Đơn vị", list(NET_UNITS), "g")
    stock = _figure("Số gói đang có", 0, 10_000_000)
    packed_weight_g = _figure("Cân cả bao bì khi gửi", 1, 1_000_000)
    label = _text("Tên loại đóng gói", 100)
    box_length_cm = _figure("Dài", 1, 1_000)
    box_width_cm = _figure("Rộng", 1, 1_000)
    box_height_cm = _figure("Cao", 1, 1_000)
    gtin = StringField("Mã vạch", [optional()], filters=[_no_spaces], render_kw=_FIGURE)
    wholesale_vnd = MoneyField("Giá bán buôn", [optional()], low=1, high=2_000_000_000, render_kw=_FIGURE)

    def validate_price_vnd(self, field: MoneyField) -> None:
        if price_is_strange(field.data) and not self.price_sure.data:
            price, probable = number(field.data), number(probable_price(field.data))
            raise v.ValidationError(sentence("price_strange", price=price, probable=probable))

    def validate_gtin(self, field: StringField) -> None:
        problem = gtin_problem(field.data or "")
        if problem:
            raise v.ValidationError(sentence(f"gtin_{problem}"))

    def validate_wholesale_vnd(self, field: MoneyField) -> None:
        if field.data and self.price_vnd.data and field.data > self.price_vnd.data:
            raise v.ValidationError(sentence("price_above_retail"))

    @property
    def asks_about_price(self) -> bool:
        """Whether the page shows the tick "Giá này đúng" and the button with the probable price."""
        return price_is_strange(self.price_vnd.data)

    def values(self) -> dict[str, Any]:
        """The pack as save_listing wants it."""
        values = {name: getattr(self, name).data for name in PACK_FIELDS}
        return {
            **values,
            "id": self.id.data or None,
            "label": self.label.data or "",
            "gtin": self.gtin.data or None,
        }


class ListingForm(BaseForm):
    """A product and its packs."""

    version = HiddenField()
    copied_from = HiddenField()
    name = StringField("Tên sản phẩm", [required(), at_most(200)], render_kw={"autocomplete": "off"})
    set_no = WholeNumberField(
        "Loại hàng này là gì?", [v.InputRequired(sentence("set_unknown"))], low=1, high=26
    )
    label_group = StringField("Nhãn ghi theo loại nào?")
    short_text = TextAreaField("Nói ngắn gọn về hàng", [optional(), at_most(300)], render_kw={"rows": 2})
    variants = FieldList(FormField(PackForm), min_entries=1, max_entries=MAX_PACKS)
    ingredients = _lines("Thành phần", 2_000, rows=2)
    shelf_life_days = _figure("Hạn dùng tính từ lúc đóng gói", 1, 10_000)
    date_style = _choice("Trên nhãn ghi", _DATE_STYLES, "use_by")
    usage = _lines("Cách dùng", 2_000, rows=2)
    storage = _lines("Cách bảo quản", 2_000, rows=2)
    warning = _lines("Cảnh báo", 2_000, rows=2)
    technical = _lines("Thông số kỹ thuật", 2_000, rows=2)
    ethanol = _text("Độ cồn", 40)
    origin = _text("Xuất xứ", 200)
    standards = _text("Tiêu chuẩn áp dụng", 300)
    brand = _text("Nhãn hiệu", 200)
    story = _lines("Câu chuyện sản phẩm", 8_000, rows=5)
    other_trace_code = _text("Tem truy xuất khác đang dùng", 200)

    @classmethod
    def of(cls, fields: Fields) -> ListingForm:
        return cls(MultiDict(fields))

    @property
    def product_set(self) -> ProductSet | None:
        """The set chosen so far."""
        return product_set(self.set_no.data) if self.set_no.data in range(1, 27) else None

    def validate_label_group(self, field: StringField) -> None:
        its_set = self.product_set
        if its_set and its_set.label_choices and field.data not in its_set.label_choices:
            raise v.ValidationError(sentence("label_group_choice"))

    def asks(self, name: str) -> bool:
        """Whether goods of this set are asked this. Before a set is chosen everything but what is rare."""
        its_set = self.product_set
        return name in its_set.questions if its_set else name not in ("technical", "ethanol")

    def listing_fields(self) -> dict[str, Any]:
        """The listing as save_listing wants it; what this set is not asked stays empty."""
        values = {name: getattr(self, name).data for name in FIELDS}
        for name, value in values.items():
            if name not in ("set_no", "shelf_life_days") and not isinstance(value, str):
                values[name] = ""
        its_set = self.product_set
        if its_set:
            for name in ("ingredients", "usage", "storage", "technical", "ethanol", "other_trace_code"):
                if name not in its_set.questions:
                    values[name] = ""
            if "shelf_life_days" not in its_set.questions:
                values["shelf_life_days"], values["date_style"] = None, "none"
            if values["label_group"] not in its_set.label_choices:
                values["label_group"] = ""
        return values

    def packs(self) -> list[dict[str, Any]]:
        return [entry.form.values() for entry in self.variants]

    def opened_with(self) -> int | None:
        """The version the page was opened with; None for a new product."""
        text = self.version.data or ""
        return int(text) if is_figure(text) else None


def sent_fields() -> Fields:
    """What this request's form holds, as typed."""
    return known(dict(request.form.lists()))


def sent_photos(folder: Path) -> tuple[list[TakenIn], list[Refused]]:
    """The pictures of this request, re-encoded below ``folder``, and one refusal for each that is none. Decoding
    takes time, so call this before the session is first used."""
    files = [file for file in request.files.getlist("photos") if file.filename]
    taken: list[TakenIn] = []
    refused: list[Refused] = []
    for ordinal, file in enumerate(files[:MAX_PHOTOS], 1):
        try:
            taken.append(take_in(folder, file.stream, ordinal=ordinal))
        except Refused as refusal:
            refused.append(refusal)
    if len(files) > MAX_PHOTOS:
        refused.append(Refused("photos_too_many", field="photos", max=MAX_PHOTOS))
    return taken, refused
