"""Opening a class."""

from __future__ import annotations

from flask import request
from wtforms import RadioField, StringField
from wtforms import validators as v
from wtforms.fields.choices import SelectChoice

from ocop.db.base import today
from ocop.places import forms as places
from ocop.places import queries as place_queries
from ocop.training.rules import MOST_OFFICERS, MOST_PEOPLE, MOST_VOLUNTEERS
from ocop.web.forms import BaseForm, DayField, WholeNumberField, at_most, required
from ocop.web.wording import sentence


class ClassForm(BaseForm):
    name = StringField("Tên lớp", [required(), at_most(200)])
    held_on = DayField("Ngày học", [required()], default=today, render_kw={"inputmode": "numeric"})
    place = StringField("Nơi học", [at_most(200)])
    people = WholeNumberField(
        "Số học viên", [required()], low=1, high=MOST_PEOPLE, default=12, render_kw={"inputmode": "numeric"}
    )
    officers = WholeNumberField(
        "Trong đó đóng vai cán bộ xã",
        [required()],
        high=MOST_OFFICERS,
        default=0,
        render_kw={"inputmode": "numeric"},
    )
    volunteers = WholeNumberField(
        "Trong đó đóng vai tình nguyện viên thôn",
        [required()],
        high=MOST_VOLUNTEERS,
        default=0,
        render_kw={"inputmode": "numeric"},
    )

    @property
    def searches(self) -> bool:
        """Whether the button beside the commune was pressed and not the one that opens the class."""
        return request.method == "POST" and "find_commune" in request.form


class OperatorClassForm(ClassForm):
    commune_code = places.CommuneField("Lớp của xã, phường nào")


class OfficeClassForm(ClassForm):
    """For officers: one of the communes they hold office in."""

    commune_code = RadioField("Lớp của xã, phường nào", validate_choice=False)

    def offer(self, codes: list[str]) -> OfficeClassForm:
        self.commune_code.choices = [
            SelectChoice(value=code, label=place_queries.full_address(code)) for code in codes
        ]
        self.commune_code.validators = [required(), v.AnyOf(codes, message=sentence("field_choice"))]
        if len(codes) == 1 and not self.commune_code.data:
            self.commune_code.data = codes[0]
        return self
