"""An error answer in WordPress's envelope."""

from __future__ import annotations

from typing import Any

from marketplace_adapters.practice.service import Answer


class Refused(Exception):
    """Raised wherever a call is turned down; `answer` is what the caller gets."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(code)
        self.answer = Answer(status, {"code": code, "message": message, "data": {"status": status, **data}})
