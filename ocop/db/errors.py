"""Errors that cross layers by type. A service raises one; ``web/errors.py`` turns it into a page, once."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """A service will not do it. ``code`` names the sentence in ``web/wording/*.toml``; ``field`` the form field
    it belongs to, if any. Nothing was changed."""

    def __init__(self, code: str, *, field: str | None = None, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.params = params
