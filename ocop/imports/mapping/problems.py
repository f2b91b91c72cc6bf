"""From the code of a problem to the sentence a person reads. The one place that says row and column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocop.web.filters import number
from ocop.web.wording import has_sentence, sentence


def said(problem: Mapping[str, Any]) -> str:
    """What is wrong, without the place. ``problem`` is `Problem.to_json()`; codes without a sentence of their own
    under "row_…" are taken as they are."""
    code = f"row_{problem['code']}" if has_sentence(f"row_{problem['code']}") else problem["code"]
    return sentence(code, **{name: _written(name, value) for name, value in problem["params"].items()})


def said_with_place(row: int, problem: Mapping[str, Any]) -> str:
    """'Dòng 14, cột "Ngày cấp": 31/02/2026 không có trong lịch.'"""
    if not problem.get("column"):
        return sentence("row_only", row=row, said=said(problem))
    return sentence("row_place", row=row, column=problem["column"], said=said(problem))


def _written(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " hoặc ".join(map(str, value))
    return number(value) if name in ("price", "probable", "most") else str(value)
