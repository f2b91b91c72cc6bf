"""A verdict in the exact sentences of WORDING §3."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from ocop.db.base import VIETNAM
from ocop.public.mapping.goods import GoodsPage
from ocop.web.filters import day
from ocop.web.wording import has_sentence, sentence
from traceability.verdict import Verdict, VerdictCode

_KINDS = {
    VerdictCode.ACTIVE: "good",
    VerdictCode.EXPIRED: "stop",
    VerdictCode.RECALLED_OWN: "stop",
    VerdictCode.RECALLED_ORDER: "stop",
    VerdictCode.RECALL_CLOSED: "stop",
    VerdictCode.CHECKING: "info",
    VerdictCode.RESTORING: "info",
    VerdictCode.PRACTICE: "info",
    "service_down": "info",
}

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Words:
    """kind colours and draws the head of the page: good, wait, stop, info."""

    code: str
    kind: str
    headline: str
    text: str
    advice: str


def words(
    answer: Verdict, goods: GoodsPage | None, stamp: str, help_phone: str, translate: Translate = str
) -> Words:
    """The three lines of a verdict. ``stamp`` is the code in groups."""
    phone = goods.phone if goods and goods.dials else ""
    params = {name: _written(value) for name, value in answer.params.items()}
    params |= {
        "producer": goods.producer if goods else "",
        "stamp": stamp,
        "call": phone or translate(sentence("call_nobody")),
        "help": help_phone,
    }
    return plain_words(
        answer.code, params, phone=bool(phone), help_phone=bool(help_phone), translate=translate
    )


def plain_words(
    code: str,
    params: dict[str, str] | None = None,
    *,
    phone: bool = False,
    help_phone: bool = False,
    translate: Translate = str,
) -> Words:
    """Also for what is no verdict: too_fast, service_down. Without a number to call the advice names nobody."""
    advice = f"verdict_{code}_do"
    for missing, suffix in ((not phone, "_no_phone"), (not help_phone, "_no_help")):
        if missing and has_sentence(advice + suffix):
            advice += suffix
    said = [
        _say(name, params or {}, translate)
        for name in (f"verdict_{code}_head", f"verdict_{code}_text", advice)
    ]
    return Words(str(code), _KINDS.get(code, "wait"), *said)


def _say(code: str, params: dict[str, str], translate: Translate) -> str:
    """The msgid is the sentence with its places unfilled, so every place is first filled with its own name."""
    if not has_sentence(code):
        return ""
    return translate(sentence(code, **{name: f"{{{name}}}" for name in params})).format(**params)


def _written(value: object) -> str:
    if isinstance(value, dt.datetime):
        local = value.astimezone(VIETNAM)
        return f"{local.hour}:{local.minute:02}, {day(local)}"
    return day(value) if isinstance(value, dt.date) else str(value or "")
