"""The morning's work as sentences, and as one text for a Zalo group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ocop.desk.rules import DIGEST_LENGTH, without_numbers_of_persons
from ocop.web.filters import day, number
from ocop.web.wording import sentence

_LONGEST_LINE = 160


def item_sentence(code: str, params: dict[str, object]) -> str:
    return sentence(f"morning_{code}", **params)


def digest(title: str, date: dt.date, groups: Sequence[tuple[str, int, Sequence[str]]]) -> str:
    """Plain text of at most DIGEST_LENGTH letters: what waits, kind by kind, gravest first.

    groups: (kind, how many there are, lines of the first of them). As many of each kind are told as fit, so that
    thirty recalls do not hide a refusal; the last line counts the others. No line holds a telephone number or a
    person's number, wherever somebody may have typed one.
    """
    head = sentence("digest_head", place=title, day=day(date))
    if not groups:
        return f"{head}\n{sentence('digest_nothing')}"
    most = max(len(lines) for _, _, lines in groups)
    texts = (_told(head, groups, each) for each in range(most, -1, -1))
    return next((text for text in texts if len(text) <= DIGEST_LENGTH), head)


def _told(head: str, groups: Sequence[tuple[str, int, Sequence[str]]], each: int) -> str:
    parts, left = [head], 0
    for kind, total, lines in groups:
        first = [f"- {_line(line)}" for line in lines[:each]]
        parts.append("\n".join([f"{sentence(f'morning_{kind}_head')} ({number(total)})", *first]))
        left += total - len(first)
    if left:
        parts.append(sentence("digest_more", count=number(left)))
    return "\n\n".join(parts)


def _line(text: str) -> str:
    line = without_numbers_of_persons(text)
    return line if len(line) <= _LONGEST_LINE else f"{line[: _LONGEST_LINE - 1].rstrip()}…"
