"""Words that are fined when no paper stands behind them: found and pointed out, never a bar (claim_words.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ocop.web.folding import one_style

_FILE = Path(__file__).parent.parent / "claim_words.toml"
_ANSWERS = ("paper", "no_claim")  # có giấy tờ | không phải lời quảng cáo


@dataclass(frozen=True)
class ClaimWord:
    """word: as found, in lower case with the word before it where that makes it a claim ("ngon nhất").
    code: which kind of claim; claim_<code> names the sentence. verified: False where the list was not checked."""

    word: str
    code: str
    verified: bool = True

    @property
    def key(self) -> str:
        """What an answer to this word is stored under, before "|paper" or "|no_claim"."""
        return f"{self.code}:{self.word}"


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text("utf-8"))


def claim_words(
    text: str, valid_kinds: Iterable[str] = (), acks: Iterable[str] = (), *, food: bool = True
) -> list[ClaimWord]:
    """Fined words in a text, each once, in the order of the list.

    valid_kinds: kinds of paper in force for this product (`CertificateKind` values). acks: answers given, as
    "<key>|paper" or "<key>|no_claim"; an answered word is left out. food: whether words of healing are barred.
    """
    plain = one_style(text).lower()
    kinds = {str(kind) for kind in valid_kinds}
    answered = {ack.rpartition("|")[0] for ack in acks if ack.rpartition("|")[2] in _ANSWERS}
    found: dict[str, ClaimWord] = {}
    for code, rule in _data().items():
        if not isinstance(rule, dict) or "phrases" not in rule:
            continue
        if kinds & set(rule.get("needs", ())) or (rule.get("only_food") and not food):
            continue
        for word in _words_of(code, plain):
            claim = ClaimWord(word, code, rule.get("verified", True))
            if claim.key not in answered:
                found.setdefault(claim.key, claim)
    return list(found.values())


def answers_in_use(acks: Iterable[str], claims: Iterable[ClaimWord]) -> list[str]:
    """The answers that still speak of a word in the text; the others are forgotten."""
    keys = {claim.key for claim in claims}
    return [ack for ack in acks if ack.rpartition("|")[0] in keys and ack.rpartition("|")[2] in _ANSWERS]


def _words_of(code: str, plain: str) -> list[str]:
    """Phrases of one rule in a text, exceptions taken out first, longer phrases before shorter ones."""
    praised, exceptions, phrases = _patterns(code)
    words = []
    if praised is not None:
        words = [" ".join(match.split()) for match in praised.findall(plain)]
        plain = praised.sub(" · ", plain)
    if exceptions is not None:
        plain = exceptions.sub(" · ", plain)
    return words + [" ".join(match.split()) for match in phrases.findall(plain)]


@cache
def _patterns(code: str) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None, re.Pattern[str]]:
    rule = _data()[code]
    exceptions = rule.get("except", ())
    praised = None
    if "praise" in rule:
        # "tốt nhất trước ngày…" is how a date is written, so those exceptions hold for praise as well
        allowed = [e for e in exceptions if any(e.startswith(f"{p} nhất ") for p in rule["praise"])]
        not_allowed = "".join(f"(?!{_spaced(e)}\\b)" for e in allowed)
        praised = re.compile(rf"\b{not_allowed}(?:{_any(rule['praise'])})\s+nhất\b")
    return (
        praised,
        re.compile(rf"\b(?:{_any(exceptions)})\b") if exceptions else None,
        _whole(rule["phrases"]),
    )


def _whole(phrases: Iterable[str]) -> re.Pattern[str]:
    # a lone "nhất" says little: the word before it is shown too
    lone = r"(?:\w+\s+)?nhất|" if "nhất" in phrases else ""
    return re.compile(rf"(?<!\w)(?:{lone}{_any(phrases)})(?!\w)")


def _any(phrases: Iterable[str]) -> str:
    return "|".join(_spaced(phrase) for phrase in sorted(phrases, key=len, reverse=True))


def _spaced(phrase: str) -> str:
    return r"\s+".join(re.escape(word) for word in phrase.split())


def ad_is_barred(set_no: int, ethanol: str) -> bool:
    """Whether goods may not be advertised at all: drink of 15 degrees or more. Unknown strength of white
    spirit counts as strong; of other drinks as weak."""
    if set_no not in (14, 15):
        return False
    figures = [float(f.replace(",", ".")) for f in re.findall(r"\d{1,3}(?:[.,]\d+)?", ethanol)]
    if not figures:
        return set_no == 14
    return max(figures) >= _data()["strong_drink"]["from_percent"]
