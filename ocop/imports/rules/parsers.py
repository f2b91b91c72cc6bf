"""Who reads which cell: columns.toml names a parser, here it stands. (text, heading, key) -> Told."""

from __future__ import annotations

import re
from collections.abc import Callable

from ocop.accounts.rules import phone_number, shown_phone
from ocop.imports.rules.cells import Told, digits_of, doubtful, wrong
from ocop.imports.rules.days import day_inside, read_day, read_span
from ocop.imports.rules.figures import (
    known_unit,
    read_net,
    read_price,
    read_quantity,
    read_shelf_life,
    read_weight,
    read_whole,
)
from ocop.imports.rules.personal import MASK
from ocop.imports.rules.words import begins_with, found_in, new_prefix
from ocop.producers.rules import normal_tax_code, public_number_problem, tax_code_problem
from ocop.web.folding import fold
from traceability.gs1 import gtin_problem, lot_problem

LONGEST_FIGURE = 200  # what is longer than this is no number, no day, no price
_STARS_IN_WORDS = {"mot": 1, "hai": 2, "ba": 3, "bon": 4, "tu": 4, "nam": 5}
_NUMBER_WORD = re.compile(r"(?i)^(?:(?:quyết định|qđ|giấy chứng nhận|gcn)\s+)?số\s*[:.]?\s+|^số\s*:\s*")
_NO_STARS = re.compile(r"tiem nang|chua|khong|cho danh gia|dang danh gia|du kien")
_MORE_NUMBERS = re.compile(r"\s*(?:[/;,]|\s-\s|\shoac\s|\shoặc\s|\n)\s*")


def _phone(text: str, _heading: str, key: str) -> Told:
    numbers = [part for part in _MORE_NUMBERS.split(text) if len(re.findall(r"[0-9]", part)) >= 4]
    digits = _digits(numbers[0]) if numbers else ""
    today = _of_today(digits)
    first = _number(today or digits)
    if first is None:
        return wrong("phone_shape", text=text[:40])
    said = [code for code, so in (("phone_old", today), ("phone_second", len(numbers) > 1)) if so]
    return Told({key: first}, tuple((code, "warning", {"kept": first}) for code in said))


def _digits(text: str) -> str:
    digits = re.sub(r"[\s().\-'_]", "", digits_of(text.strip()))
    return re.sub(r"(?i)^(?:đt|sđt|dt|sdt|tel|zalo)[:.]*", "", digits)


def _of_today(digits: str) -> str | None:
    """0362345678 for 01662345678: eleven digits, as mobiles had until 2018; None for any other number."""
    old = re.fullmatch(r"(?:\+?84|0084|0)?(1[0-9]{2})([0-9]{7})", digits)
    prefix = new_prefix(f"0{old[1]}") if old else None
    return f"{prefix}{old[2]}" if old and prefix else None


def _number(digits: str) -> str | None:
    """0912 345 678 for 912345678, 84912345678, +84 912…; a hotline of its own kind stays as typed."""
    if re.fullmatch(r"84[2-9][0-9]{8,9}", digits):
        digits = f"+{digits}"
    elif re.fullmatch(r"[35789][0-9]{8}|2[0-9]{9}", digits):
        digits = f"0{digits}"  # Excel ate the zero
    if number := phone_number(digits):
        return shown_phone(number)
    special = re.fullmatch(r"1[89]00[0-9]{4,6}", digits)
    return digits if special and not public_number_problem(digits) else None


def _tax_code(text: str, _heading: str, _key: str) -> Told:
    if MASK in text:  # out of a file of ours, which shows no personal number
        return doubtful({}, "tax_code_masked")
    code = normal_tax_code(digits_of(text.strip("'")))
    if re.fullmatch(r"[0-9]{9}(?:-[0-9]{3})?|[0-9]{11}", code):
        code = f"0{code}"  # Excel ate the zero; the check digit tells whether that is so
    if problem := tax_code_problem(code):
        return wrong(f"tax_code_{problem}")
    return Told({"tax_code": code})


def _gtin(text: str, _heading: str, _key: str) -> Told:
    digits = re.sub(r"[\s\-.']", "", digits_of(text))
    problem = gtin_problem(digits)
    return wrong("gtin_wrong", text=text[:40]) if problem else Told({"gtin": digits})


def _stars(text: str, _heading: str, _key: str) -> Told:
    """{"stars": 3..5}; nothing for "tiềm năng"; a star below three has no certificate."""
    said = fold(text)
    if _NO_STARS.search(said):
        return doubtful({}, "stars_none", text=text[:40])
    figures = re.findall(r"[0-9]+(?:[.,][0-9]+)?", said)
    words = [_STARS_IN_WORDS[word] for word in said.split() if word in _STARS_IN_WORDS]
    signs = sum(text.count(sign) for sign in "*★⭐☆✩✭")
    stars = int(float(figures[0].replace(",", "."))) if len(figures) == 1 else (words or [signs])[0]
    if len(figures) > 1 or not 1 <= stars <= 5 or (figures and float(figures[0].replace(",", ".")) != stars):
        return wrong("stars_unknown", text=text[:40])
    return Told({"stars": stars}) if stars >= 3 else doubtful({}, "stars_low", stars=stars)


def _decision(text: str, _heading: str, key: str) -> Told:
    """{"number"} and, of "715/QĐ-UBND ngày 12/5/2026", {"issued_on"} too."""
    text = _NUMBER_WORD.sub("", digits_of(text)) or text
    inside = day_inside(text)
    if inside is None:
        return Told({"number": text[:100]})
    number, day = inside
    told = read_day(day, "issued_on")
    return Told({"number": number[:100]} | told.values, told.complaints) if number else told


def _day(text: str, _heading: str, key: str) -> Told:
    """A day; a span ("36 tháng") or "không thời hạn" is left to whoever knows the first day."""
    if span := read_span(text):
        return Told({f"{key}_after": list(span)})
    if re.search(r"(?:khong|vo) (?:xac dinh )?thoi han|vinh vien|lau dai", fold(text)):
        return Told({key: None})
    return read_day(text, key)


def _producer_kind(text: str, _heading: str, _key: str) -> Told:
    kind = begins_with(text, "producer_kinds") or found_in(text, "producer_kinds")
    return Told({"kind": kind}) if kind else wrong("kind_unknown", text=text[:40])


def _certificate_kind(text: str, _heading: str, _key: str) -> Told:
    kind = found_in(text, "certificate_kinds")
    return Told({"kind": kind}) if kind else wrong("certificate_kind_unknown", text=text[:40])


def _person(text: str, _heading: str, key: str) -> Told:
    return Told({key: re.sub(r"(?i)^(?:ông|bà|ong|ba|anh|chị|chi)[:.]?\s+(?=\S+\s)", "", text)})


def _lot_number(text: str, _heading: str, key: str) -> Told:
    number = digits_of(text)
    problem = lot_problem(number)
    return wrong(f"lot_{problem}", text=text[:40]) if problem else Told({key: number})


def _unit(text: str, _heading: str, key: str) -> Told:
    unit = known_unit(text)
    return Told({key: unit}) if unit else doubtful({}, "unit_unknown", text=text[:40])


def _photos(text: str, _heading: str, key: str) -> Told:
    """File names; folders before them are dropped."""
    names = [re.split(r"[\\/]", part.strip())[-1].strip() for part in re.split(r"[;,|\n]", text)]
    return Told({key: [name[:200] for name in names if name][:20]})


def _text(text: str, _heading: str, key: str) -> Told:
    return Told({key: text})


_PRICE_KEYS = {"price": "price_vnd", "wholesale": "wholesale_vnd"}

PARSERS: dict[str, Callable[[str, str, str], Told]] = {
    "text": _text,
    "name": _text,
    "person": _person,
    "place": _text,
    "set": _text,
    "group": _text,
    "phone": _phone,
    "tax_code": _tax_code,
    "gtin": _gtin,
    "stars": _stars,
    "decision": _decision,
    "day": _day,
    "producer_kind": _producer_kind,
    "certificate_kind": _certificate_kind,
    "lot_number": _lot_number,
    "unit": _unit,
    "photos": _photos,
    "price": lambda text, heading, key: read_price(text, heading, _PRICE_KEYS[key]),
    "net": lambda text, heading, key: read_net(text, heading),
    "weight": lambda text, heading, key: read_weight(text, heading),
    "whole": lambda text, heading, key: read_whole(text, key),
    "quantity": lambda text, heading, key: read_quantity(text),
    "shelf_life": lambda text, heading, key: read_shelf_life(text, heading),
}

WORDS = frozenset(("text", "name", "place", "photos", "person"))  # those that may be long
