"""What is wrong with a file from another install."""

from __future__ import annotations

from typing import Any


class Broken(Exception):
    """It is not taken. ``code`` names the sentence, without its prefix transfer_."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params
