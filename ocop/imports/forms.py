"""A sheet with its pictures, and what a person says each column is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import FileField

from ocop.imports.rules import targets
from ocop.web.forms import BaseForm


class UploadForm(BaseForm):
    """The view hands the files over."""

    file = FileField("Tệp Excel", render_kw={"accept": ".xlsx,.csv"})
    photos = FileField("Ảnh, nén thành một tệp ZIP", render_kw={"accept": ".zip"})


def column_key(sheet: int, column: int) -> str:
    """The name of a column's field: cot-0-3."""
    return f"cot-{sheet}-{column}"


def sheet_key(sheet: int) -> str:
    return f"dung-{sheet}"


def said_columns(mapping: Mapping[str, Any], sent: Mapping[str, str]) -> list[dict[int, str] | None]:
    """Per sheet column -> target as sent ("" for none), None for a sheet to leave out. What was not sent stays as it
    was guessed."""
    said: list[dict[int, str] | None] = []
    for number, sheet in enumerate(mapping["sheets"]):
        if sheet_key(number) not in sent:
            said.append(None)
            continue
        columns = [int(at) for at in sheet["understood"]["headings"]]
        guessed = sheet["understood"]["columns"]
        said.append(
            {at: _target(sent.get(column_key(number, at)), guessed.get(str(at), "")) for at in columns}
        )
    return said


def _target(text: str | None, guessed: str) -> str:
    """A place in targets(), "" for none of them; anything else is as if nothing was sent."""
    if text is None:
        return guessed
    known = targets()
    if text.isascii() and text.isdigit() and len(text) < 4 and int(text) < len(known):
        return known[int(text)]
    return ""
