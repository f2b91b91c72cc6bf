"""What people say about booths: how far the opening has come, and which of our goods go where there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from marketplace_adapters.types import RemoteCategory
from ocop.publishing.forms.fields import PLAIN, one_of
from ocop.publishing.rules import BoothState
from ocop.web.forms import BaseForm, at_most
from ocop.web.wording import sentence


class BoothForm(BaseForm):
    """How far the opening of a booth has come, whether it is offered, and whom one talks to there."""

    version = IntegerField(widget=HiddenInput())
    booth = one_of(
        "Gian hàng ở đây", [(state.value, sentence(f"booth_{state.value}")) for state in BoothState]
    )
    contact = StringField("Người nhận hồ sơ, người đăng giúp", [at_most(200)], render_kw=PLAIN)
    enabled = BooleanField("Cho đăng ở nơi này")

    @property
    def facts(self) -> dict[str, Any]:
        """What set_booth is told."""
        return {
            "booth": BoothState(self.booth.data),
            "contact": self.contact.data or "",
            "enabled": bool(self.enabled.data),
        }


class CategoryForm(BaseForm):
    """Tick product sets, then choose the category they go into."""

    sets = SelectMultipleField(
        "Loại hàng", coerce=str, widget=ListWidget(), option_widget=CheckboxInput(), validate_choice=False
    )
    category = SelectField("Danh mục trên sàn", validate_choice=False)
    name = StringField("Tên danh mục ghi trên trang của sàn", [at_most(200)], render_kw=PLAIN)

    def offer(self, sets: Sequence[tuple[str, str]], categories: Sequence[RemoteCategory]) -> None:
        """sets: (number, words with what is assigned now). categories: those the marketplace told us."""
        self.sets.choices = [SelectChoice(value, words) for value, words in sets]
        none = SelectChoice("", "Không đặt – theo tên loại hàng")
        self.category.choices = [none, *(SelectChoice(one.id, one.name) for one in categories)]

    def chosen_sets(self) -> list[int]:
        return [int(value) for value in self.sets.data or () if value.isascii() and value.isdigit()]
