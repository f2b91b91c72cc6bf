"""Finding the heading of a sheet: which row it is, and what each column means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from ocop.imports.rules.fields import counting_headings, ignored_headings, spec, targets
from ocop.imports.rules.sheets import Area, Row, Sheet, Understood
from ocop.web.folding import fold, tidy

ROWS_LOOKED_AT = 40
_LONGEST_HEADING = 150
_LONGEST_SUBHEADING = 60
_LONGEST_TITLE = 500
_SHORTEST_INSIDE = 4
_WIDEST_MERGE = 200
_EXACT, _BEGINS, _HOLDS = 3, 2, 1
_ENOUGH_BEGIN = 3
_NO_HEADING = (0, 0)
_LOT_NUMBER, _PRODUCER_NAME, _PERSON = "lot.lot_number", "producer.name", "producer.representative"
_MARKED_COMPULSORY = re.compile(r"\s*\(?\*+\)?$")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

Fit = tuple[int, int, int]  # how it fits, letters that fit, place in the file (earlier is better)
Found = dict[int, tuple[Fit, str]]


def understand(sheet: Sheet) -> Understood:
    """What the columns of a sheet mean. header_row is None and columns empty when nothing looks like a heading."""
    rows = sheet.rows[:ROWS_LOOKED_AT]
    best_score, best = _NO_HEADING, None
    for at in range(len(rows)):
        for last, texts in _ways_to_read(rows, at, sheet.merged):
            found = _meanings(texts)
            if (score := _score(found)) > best_score:
                best_score, best = score, (last, texts, found, rows[:at])
    if best is None:
        return Understood(None, {}, title=" ".join(map(_title, rows[:1])))
    return _understood(*best)


def _understood(last: int, texts: list[str], found: Found, above: Sequence[Row]) -> Understood:
    columns = {at: target for at, (_, target) in sorted(found.items())}
    keys = {at: heading_key(text) for at, text in enumerate(texts) if text}
    left_out = counting_headings() | ignored_headings()
    return Understood(
        header_row=last,
        columns=columns,
        unknown={at: texts[at] for at, key in keys.items() if at not in columns and key not in left_out},
        headings={at: _MARKED_COMPULSORY.sub("", texts[at]) for at in keys},
        title=" ".join(filter(None, map(_title, above)))[:_LONGEST_TITLE],
        number_column=next((at for at, key in keys.items() if key in counting_headings()), None),
    )


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """A heading as it is compared: "Giá bán\\n(đồng) (*)" -> "gia ban"."""
    bare = _IN_BRACKETS.sub(" ", fold(text[:_LONGEST_HEADING]))
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _ways_to_read(rows: Sequence[Row], at: int, merged: Iterable[Area]) -> Iterable[tuple[int, list[str]]]:
    """(last row, text by column): this row alone, then with the row under it as a second line of the heading."""
    number, cells = rows[at]
    yield number, [tidy(cell) for cell in cells]
    if at + 1 >= len(rows) or rows[at + 1][0] > number + 1 or sum(1 for cell in cells if cell.strip()) < 2:
        return
    below, lower = rows[at + 1]
    if _looks_like_second_line(cells, lower):
        yield below, _joined(_spread(number, cells, merged), lower)


def _spread(number: int, cells: Sequence[str], merged: Iterable[Area]) -> list[str]:
    """A row with the text of every merged area that begins in it in all columns of that area."""
    spread = list(cells)
    for area in merged:
        if area.top == number and area.left < len(cells) and area.right < _WIDEST_MERGE:
            spread.extend([""] * (area.right + 1 - len(spread)))
            spread[area.left : area.right + 1] = [cells[area.left]] * (area.right + 1 - area.left)
    return spread


def _looks_like_second_line(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """Short words, some under the gap that a heading over several columns leaves; elsewhere only known headings."""

    def gap(at: int) -> bool:
        return at >= len(upper) or not upper[at].strip()

    said = [(at, cell) for at, cell in enumerate(lower) if cell.strip()]
    if not any(gap(at) for at, _ in said):
        return False
    if any(len(cell) > _LONGEST_SUBHEADING or not re.search(r"[^\W\d_]", cell) for _, cell in said):
        return False
    alone = [cell for at, cell in said if not gap(at) and (at + 1 >= len(upper) or not gap(at + 1))]
    return all(any(fit[0] == _EXACT for fit in _fits(heading_key(cell)).values()) for cell in alone)


def _joined(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """ "Quyết định" over "Số" and "Ngày" -> "Số Quyết định", "Ngày Quyết định"."""
    texts, above = [], ""
    for at in range(max(len(upper), len(lower))):
        over = tidy(upper[at]) if at < len(upper) else ""
        under = tidy(lower[at]) if at < len(lower) else ""
        above = over or (above if under else "")
        texts.append(" ".join(filter(None, (under, above if under != above else ""))))
    return texts


def _score(found: Found) -> tuple[int, int]:
    """How much is understood; nothing without a column that names something, or without one sure heading."""
    fits = [fit[0] for fit, _ in found.values()]
    sure = _EXACT in fits or fits.count(_BEGINS) >= _ENOUGH_BEGIN
    if not sure or not any(spec(target).names for _, target in found.values()):
        return _NO_HEADING
    return sum(fits), len(fits)


def _meanings(texts: Sequence[str]) -> Found:
    """Column -> (how sure, target), the surest first; each target once, unless many columns may hold it."""
    keys = [heading_key(text) for text in texts]
    lots = any(_fits(key).get(_LOT_NUMBER, (0, 0, 0))[0] == _EXACT for key in keys)
    left_out = counting_headings() | (frozenset() if lots else ignored_headings())
    offers = [
        (_in_lots(fit, target) if lots else fit, -at, target)
        for at, key in enumerate(keys)
        if key not in left_out
        for target, fit in _fits(key).items()
        if lots or not target.startswith("lot.")
    ]
    found: Found = {}
    for fit, minus_at, target in sorted(offers, reverse=True):
        taken = any(target == other for _, other in found.values()) and not spec(target).many
        if -minus_at not in found and not taken:
            found[-minus_at] = fit, target
    return _with_names(found)


def _with_names(found: Found) -> Found:
    """In a list of households the person is the producer."""
    targets_found = {target for _, target in found.values()}
    if _PRODUCER_NAME in targets_found or _PERSON not in targets_found:
        return found
    return {at: (fit, _PRODUCER_NAME if target == _PERSON else target) for at, (fit, target) in found.items()}


def _in_lots(fit: Fit, target: str) -> Fit:
    """In a list of lots "Ngày hết hạn" is the lot's, not a paper's."""
    return (fit[0], fit[1], 1) if target.startswith("lot.") else fit


@lru_cache(maxsize=4096)
def _fits(key: str) -> dict[str, Fit]:
    """All that a heading may mean, and how well."""
    found: dict[str, Fit] = {}
    uncounted = re.sub(r" [0-9]{1,2}$", "", key)
    for words, target, order in _synonyms():
        fit = (_how(uncounted if spec(target).many else key, words), len(words), order)
        if fit[0] and fit > found.get(target, (0, 0, 0)):
            found[target] = fit
    return found


def _how(key: str, words: str) -> int:
    if key == words:
        return _EXACT
    if any(letter.isdigit() for letter in key):
        return 0  # "OCOP 3 sao" is data
    if key.startswith(f"{words} "):
        return _BEGINS
    return _HOLDS if len(words) >= _SHORTEST_INSIDE and f" {words} " in f" {key} " else 0


@cache
def _synonyms() -> tuple[tuple[str, str, int], ...]:
    return tuple(
        (words, target, -order) for order, target in enumerate(targets()) for words in spec(target).synonyms
    )


def _title(row: Row) -> str:
    return " ".join(dict.fromkeys(tidy(cell) for cell in row[1] if cell.strip()))
