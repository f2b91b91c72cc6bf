"""The cookies of one site, kept in memory for one sign-in. They go to no other host: nobody asks them anywhere else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

# Several Set-Cookie headers arrive as one, joined by commas; a comma inside a date is not followed by "name=".
_BETWEEN = re.compile(r",\s*(?=[^;,=\s]+=)")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{0,4096}")
_MOST = 50


class Cookies:
    """Names and values; expired ones are dropped, attributes beyond the life span do not concern one host."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def take(self, set_cookie: str) -> None:
        """Keep what a `Set-Cookie` header gives (also several joined into one)."""
        for one in _BETWEEN.split(set_cookie):
            pair, *attributes = one.split(";")
            name, _, value = pair.strip().partition("=")
            value = value.strip().removeprefix('"').removesuffix('"')
            if not (_NAME.fullmatch(name) and _VALUE.fullmatch(value)):
                continue
            self._kept.pop(name, None)
            if not _ended(attributes) and len(self._kept) < _MOST:
                self._kept[name] = value

    def header(self) -> dict[str, str]:
        pairs = "; ".join(f"{name}={value}" for name, value in self._kept.items())
        return {"Cookie": pairs} if pairs else {}


def _ended(attributes: list[str]) -> bool:
    said = {
        name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in attributes)
    }
    if "max-age" in said:
        return not re.fullmatch(r"[1-9]\d*", said["max-age"])
    try:
        until = parsedate_to_datetime(said.get("expires", "").replace("-", " "))
    except (TypeError, ValueError):
        return False
    return until.replace(tzinfo=until.tzinfo or UTC) <= datetime.now(UTC)
