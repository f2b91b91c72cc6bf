"""Money, contents of packs, counts and spans, as people write them in a cell."""

from __future__ import annotations

import re

from ocop.batches.rules import MOST_PER_ROLL, UNITS
from ocop.imports.rules.cells import Told, doubtful, wrong
from ocop.imports.rules.days import read_span
from ocop.listings.rules import price_is_strange, probable_price
from ocop.web.folding import fold

MOST_VND = 2_000_000_000
MOST_CONTENT = 1_000_000
_TIMES = {
    "k": 1_000,
    "nghin": 1_000,
    "ngan": 1_000,
    "ng": 1_000,
    "n": 1_000,
    "tr": 1_000_000,
    "trieu": 1_000_000,
}
_MONEY = re.compile(
    r"([0-9][0-9., ]*)\s?(k|nghin|ngan|ng|n|trieu|tr)?\s?(?:vnd|vnđ|dong|d|₫)?\.?\s?(?:(?:/|mot|moi|1)\s?[^0-9].*)?"
)
_IN_THOUSANDS = re.compile(r"nghin|ngan|1[., ]?000\s?(?:d\b|dong|vnd)|x\s?1[., ]?000")
_OPEN_PRICE = ("lien he", "thoa thuan", "theo thoi gia", "tuy loai", "tuy thoi diem")
_FIGURE = r"[0-9]{1,3}(?:[., ][0-9]{3})+(?![0-9])|[0-9]+(?:[.,][0-9]+)?"
_UNIT_WORDS = {
    "g": "g", "gr": "g", "gam": "g", "gram": "g", "gram.": "g", "kg": "kg", "ki lo": "kg", "kilogam": "kg", "can": "kg",
    "ml": "ml", "mililit": "ml", "l": "l", "lit": "l", "lits": "l", "m": "m", "met": "m", "chiec": "chiếc",
    "cai": "cái", "qua": "quả", "trai": "quả", "trung": "quả", "goi": "gói", "hop": "hộp", "bo": "bộ", "cay": "cây",
    "con": "con",
}  # fmt: skip
_WORD_IN_UNITS = "|".join(sorted((re.escape(word) for word in _UNIT_WORDS), key=len, reverse=True))
_CONTENT = re.compile(rf"({_FIGURE})\s?({_WORD_IN_UNITS})(?![a-z0-9])")
_SMALLER = {"kg": ("g", 1_000), "l": ("ml", 1_000)}
_MEASURED = frozenset(("g", "kg", "ml", "l", "m"))


def read_price(text: str, heading: str, key: str) -> Told:
    """{key: đồng}. Codes: price_unreadable, price_range, price_strange, price_unit, price_open."""
    said = fold(text).strip()
    if any(words in said for words in _OPEN_PRICE):
        return doubtful({}, "price_open", text=text[:40])
    if re.search(r"[0-9].*(?:-|–|den|~).*[0-9]", said):
        return wrong("price_range", text=text[:40])
    match = _MONEY.fullmatch(said)
    times = _TIMES.get((match[2] or "") if match else "", 1)
    amount = _amount(match[1], whole=times == 1) if match else None
    if amount is None:
        return wrong("price_unreadable", text=text[:40])
    if times == 1 and _IN_THOUSANDS.search(fold(heading)):
        if amount >= 10_000:
            return wrong("price_unit", text=text[:40])
        times = 1_000
    return _checked_price(round(amount * times), key)


def _checked_price(price: int, key: str) -> Told:
    if not 0 < price <= MOST_VND:
        return wrong("price_unreadable", text=str(price))
    if price_is_strange(price):
        return wrong("price_strange", price=price, probable=probable_price(price))
    return Told({key: price})


def _amount(text: str, *, whole: bool) -> float | None:
    """ "1.250.000", "1,250,000", "70 000", "70.000,00", "1,5"; a part of a đồng is a misunderstanding."""
    digits = text.strip(" .,").replace(" ", "")
    digits = re.sub(r"[.,]0{1,2}$", "", digits)
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+", digits):
        return float(re.sub(r"[.,]", "", digits))
    if re.fullmatch(r"[0-9]{1,15}", digits):
        return float(digits)
    if not whole and re.fullmatch(r"[0-9]{1,6}[.,][0-9]{1,3}", digits):
        return float(digits.replace(",", "."))
    return None


def read_net(text: str, heading: str) -> Told:
    """{"net_content", "net_unit", "label"} of "hũ 250 gram". Codes: net_unclear, net_no_unit, net_unreadable."""
    said = fold(text)
    found = [(figure, _UNIT_WORDS[word]) for figure, word in _CONTENT.findall(said)]
    label = text[:100] if re.search(r"[a-z]{2}", _CONTENT.sub(" ", said)) else ""
    if not found and re.fullmatch(_FIGURE, said.strip()):
        words = [word for word in re.findall(r"[a-z]+", fold(heading)) if word in _UNIT_WORDS]
        in_brackets = [word for word in words if f"({word}" in fold(heading).replace(" ", "")]
        if not in_brackets:
            return doubtful({}, "net_no_unit", text=text[:40])
        found = [(said.strip(), _UNIT_WORDS[in_brackets[0]])]
    measured = [one for one in found if one[1] in _MEASURED] or found
    if not measured:
        return Told({"label": label}) if label else wrong("net_unreadable", text=text[:40])
    if len(measured) > 1 or len(found) > 1:
        return doubtful({"label": text[:100]}, "net_unclear", text=text[:40])
    return _content(*measured[0], label, text)


def _content(figure: str, unit: str, label: str, text: str) -> Told:
    amount = _measure(figure, unit)
    if amount != int(amount) and unit in _SMALLER:
        unit, times = _SMALLER[unit]
        amount = round(amount * times, 6)
    if amount != int(amount) or not 0 < amount <= MOST_CONTENT:
        return wrong("net_unreadable", text=text[:40])
    return Told({"net_content": int(amount), "net_unit": unit, "label": label})


def _measure(figure: str, unit: str) -> float:
    """ "1.500" is 1500 g but 1,5 kg: nobody sells a pack of a ton and a half."""
    grouped = re.fullmatch(r"[1-9][0-9]{0,2}(?:[., ][0-9]{3})+", figure)
    if grouped and unit not in _SMALLER:
        return float(re.sub(r"[., ]", "", figure))
    digits = figure.replace(" ", "").replace(",", ".")
    return float(digits) if digits.count(".") <= 1 else float(digits.replace(".", ""))


def read_weight(text: str, heading: str) -> Told:
    """{"packed_weight_g"}; a bare figure is grams unless the heading says kg."""
    said = fold(text).strip()
    match = re.fullmatch(rf"({_FIGURE})\s?(g|gr|gam|gram|kg)?", said)
    if match is None:
        return wrong("figure_unreadable", text=text[:40])
    unit = _UNIT_WORDS.get(match[2] or "") or ("kg" if "kg" in fold(heading) else "g")
    grams = round(_measure(match[1], unit) * (1_000 if unit == "kg" else 1))
    return (
        Told({"packed_weight_g": grams})
        if 0 < grams <= 1_000_000
        else wrong("figure_unreadable", text=text[:40])
    )


def read_whole(text: str, key: str, *, least: int = 0, most: int = 10_000_000) -> Told:
    amount = _amount(fold(text), whole=True) if re.fullmatch(r"[0-9., ]+", text) else None
    if amount is None or not least <= amount <= most:
        return wrong("figure_unreadable", text=text[:40])
    return Told({key: int(amount)})


def read_quantity(text: str) -> Told:
    """{"quantity", "unit"} of "1.200 gói" or of a bare figure."""
    match = re.fullmatch(r"([0-9][0-9., ]*?)\s*([^\W\d_].*)?", text)
    told = read_whole(match[1], "quantity", least=1, most=MOST_PER_ROLL) if match else None
    if match is None or told is None or told.complaints:
        return wrong("figure_unreadable", text=text[:40])
    unit = known_unit(match[2] or "")
    return Told(told.values | ({"unit": unit} if unit else {}))


def known_unit(text: str) -> str:
    """One of the units lots are counted in, or ""."""
    words = fold(text).split()
    return next((unit for unit in UNITS if fold(unit) in words[:2]), "")


def read_shelf_life(text: str, heading: str) -> Told:
    """{"shelf_life_days"} of "12 tháng": a year is 365 days, a month 30."""
    span = read_span(text)
    bare = re.fullmatch(r"([0-9]{1,4})(?:\.0)?", text.strip())
    if bare and not span:
        unit = next(
            (name for name in ("thang", "nam", "ngay") if f"({name}" in fold(heading).replace(" ", "")), ""
        )
        span = read_span(f"{bare[1]} {unit}") if unit else None
    if span is None:
        return doubtful({}, "shelf_life_unreadable", text=text[:40])
    days = shelf_days(*span)
    return (
        Told({"shelf_life_days": days})
        if days <= 10_000
        else doubtful({}, "shelf_life_unreadable", text=text[:40])
    )


def shelf_days(count: int, unit: str) -> int:
    if unit == "months":
        return count // 12 * 365 + count % 12 * 30
    return count * {"days": 1, "weeks": 7, "years": 365}[unit]
