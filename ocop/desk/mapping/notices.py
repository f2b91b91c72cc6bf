"""A notice as a line of a list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ocop.accounts.models import Notice
from ocop.accounts.rules import own_path
from ocop.web.wording import has_sentence, sentence


@dataclass(frozen=True)
class NoticeLine:
    id: str
    at: dt.datetime
    words: str
    href: str  # "" where there is nowhere to go
    new: bool


def notice_line(notice: Notice) -> NoticeLine:
    code = f"notice_{notice.code}"
    words = sentence(code if has_sentence(code) else "notice_unknown", **notice.params)
    href = own_path(notice.href) if notice.href else ""
    return NoticeLine(notice.id, notice.created_at, words, href, notice.seen_at is None)
