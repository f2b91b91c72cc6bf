"""The base form and the fields that read what people really type: dots in prices, dates as on paper."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from flask import request
from wtforms import Field, Form, IntegerField, StringField, ValidationError
from wtforms import validators as v
from wtforms.widgets import TextInput

from ocop.db.errors import Refused
from ocop.web.folding import without_piled_marks
from ocop.web.wording import sentence


def clean(text: str | None) -> str | None:
    """NFC, outer space dropped, control characters but newline dropped. Vietnamese typed on iOS arrives as NFD."""
    if text is None:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFC", without_piled_marks(text))
    text = text.replace("\r\n", "\n").replace("Ð", "Đ")
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C").strip()


class BaseForm(Form):
    """A form filled from this request. CSRF and the sending-twice key are checked before any view runs."""

    class Meta:
        locales = False

        def bind_field(self, form: Form, unbound: Any, options: dict[str, Any]) -> Field:
            filters = list(unbound.kwargs.get("filters", ()))
            if issubclass(unbound.field_class, StringField):
                filters.insert(0, clean)
            return unbound.bind(form=form, filters=filters, **options)

    @classmethod
    def from_request(cls, obj: object | None = None, **defaults: Any) -> BaseForm:
        return cls(request.form if request.method == "POST" else None, obj=obj, **defaults)

    def sent_and_valid(self) -> bool:
        return request.method == "POST" and self.validate()

    def refuse(self, refusal: Refused) -> None:
        """Show a service's refusal at its field, or above the form."""
        text = sentence(refusal.code, **refusal.params)
        field = self._fields.get(refusal.field or "")
        if field is None:
            self.form_errors.append(text)
        else:
            field.errors = [*field.errors, text]


def required() -> v.InputRequired:
    return v.InputRequired(sentence("field_required"))


def optional() -> v.Optional:
    return v.Optional()


def at_most(length: int) -> v.Length:
    return v.Length(max=length, message=sentence("field_too_long", max=length))


_YEARS = range(1900, 2200)  # a slip of the finger beyond them would break every sum with that day
_LONGEST_FIGURE = 40  # characters; the patterns below take long over a flood of spaces or dots


class DayField(Field):
    """A date as people write it: 21/11/2026, 21-11-26, 21.11.2026, or a browser's 2026-11-21."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data.day:02}/{self.data.month:02}/{self.data.year}" if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (clean(valuelist[0]) or "") if valuelist else ""
        self.data = read_day(text) if text else None


def read_day(text: str) -> dt.date:
    """Raises ValueError with a Vietnamese sentence."""
    match = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if match:
        year, month, day = (int(part) for part in match.groups())
    else:
        match = re.fullmatch(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})", text)
        if match is None:
            raise ValueError(sentence("field_date"))
        day, month, year = (int(part) for part in match.groups())
        year += 2000 if year < 100 else 0
    try:
        if year not in _YEARS:
            raise ValueError(year)
        return dt.date(year, month, day)
    except ValueError:
        raise ValueError(sentence("field_date_impossible")) from None


class WholeNumberField(IntegerField):
    """250, 1.250 or 1 250; empty is None."""

    widget = TextInput()

    def __init__(
        self, label: str = "", validators: Any = None, *, low: int = 0, high: int = 10**9, **kw: Any
    ) -> None:
        super().__init__(label, validators, **kw)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = (clean(valuelist[0]) or "") if valuelist else ""
        if len(text) > _LONGEST_FIGURE:
            raise ValueError(sentence("field_number"))
        self.data = self._read(text) if text else None

    def _read(self, text: str) -> int:
        digits = re.sub(r"(?<=\d)[. \u00a0,](?=\d{3}(?!\d))", "", text)
        if not re.fullmatch(r"[0-9]{1,15}", digits):
            raise ValueError(sentence("field_number"))
        return int(digits)

    def pre_validate(self, form: Form) -> None:
        if self.data is None:
            return
        if self.data < self.low:
            raise ValidationError(sentence("field_too_small", low=self.low))
        if self.data > self.high:
            raise ValidationError(sentence("field_too_big", high=self.high))


class MoneyField(WholeNumberField):
    """A price in đồng: 70000, 70.000, 70,000, 70.000 đ, 70k. Always a whole number of đồng."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:,}".replace(",", ".") if self.data is not None else ""

    def _read(self, text: str) -> int:
        text = re.sub(r"\s*(đồng|đ|vnđ|vnd|₫)\.?$", "", text.lower()).strip()
        thousand = re.fullmatch(r"(\d{1,7})\s*k", text)
        if thousand:
            return int(thousand.group(1)) * 1000
        try:
            return super()._read(text)
        except ValueError:
            raise ValueError(sentence("field_money")) from None
