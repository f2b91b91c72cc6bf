"""Choosing a commune: what the picker (templates/components/commune_picker.html) is fed with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import StringField, ValidationError

from ocop.places import queries
from ocop.places.rules import Commune, UnknownPlace
from ocop.web.forms import BaseForm
from ocop.web.wording import sentence


class CommuneField(StringField):
    """The five-digit code of a commune of today."""

    def pre_validate(self, form: BaseForm) -> None:
        try:
            queries.commune(self.data or "")
        except UnknownPlace:
            raise ValidationError(sentence("field_commune")) from None


def option(commune: Commune, was: str = "") -> dict[str, str]:
    """One line of the picker."""
    province = queries.province(commune.province_code).name
    return {"code": commune.code, "name": commune.full_name, "province": province, "was": was}


def options(communes: Iterable[Commune]) -> list[dict[str, str]]:
    return [option(commune) for commune in communes]


def found(text: str, limit: int = 20) -> list[dict[str, str]]:
    """What the picker shows for words typed; an old name is shown beside the commune it became part of."""
    return [option(match.commune, match.old_label) for match in queries.search(text, limit=limit)]


def chosen(code: str | None) -> list[dict[str, Any]]:
    """The commune chosen so far as the picker's only line; nothing for an unknown code."""
    try:
        return [option(queries.commune(code or ""))]
    except UnknownPlace:
        return []
