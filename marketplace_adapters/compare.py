"""What differs between a listing and what stands at a marketplace. Pure: no network, no clock.

One rule before all others: never a false alarm. Where the page does not say (None), nothing differs; where shop
software only writes the same thing in another way (curly quotes, long dashes, capitals), neither.

| field   | codes                                                                                             |
|---------|---------------------------------------------------------------------------------------------------|
| name    | name_differs, name_tones_lost, name_cut, name_nfd*                                                |
| price   | price_differs, price_times_10/100/1000, price_part_10/100/1000, price_missing                      |
| photos  | photos_fewer, photos_more, photos_dead                                                            |
| stars   | stars_lapsed (shown, no longer ours), stars_missing, stars_differ                                 |
| stock   | sold_out_there, on_sale_there                                                                     |
| text    | text_missing, text_tones_lost, text_changed*, script_shown                                        |
| gtin    | gtin_differs                                                                                      |
| address | address_letters_lost*                                                                             |
| search  | not_found_by_name*, not_found_without_tones*                                                      |

Those with * are advice: true, but sending the listing again does not mend them, or a page may have its reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from marketplace_adapters import spelling
from marketplace_adapters.page.scanner import unescaped
from marketplace_adapters.page.visible import ocop_stars
from marketplace_adapters.types import Item, Observed, VariantPayload

_FACTORS = (1000, 100, 10)
CODES = frozenset(
    {
        *("name_differs", "name_tones_lost", "name_cut", "name_nfd"),
        *("price_differs", "price_missing"),
        *(f"price_{way}_{factor}" for way in ("times", "part") for factor in _FACTORS),
        *("photos_fewer", "photos_more", "photos_dead"),
        *("stars_lapsed", "stars_missing", "stars_differ"),
        *("sold_out_there", "on_sale_there"),
        *("text_missing", "text_tones_lost", "text_changed", "script_shown"),
        *("gtin_differs", "address_letters_lost", "not_found_by_name", "not_found_without_tones"),
    }
)
_SHORTEST_CUT = 10  # fewer letters than this in common is another name, not a cut one
_KEPT = 0.8  # of our words; below that the text there is another one
_CODE = re.compile(
    r"<\s*script|javascript:|document\s*\.\s*\w+|window\s*\.\s*\w+|\b(?:eval|alert)\s*\(|\bfunction\s*\(",
    re.I,
)


@dataclass(frozen=True)
class Difference:
    """`ours` and `there` as a person may read them: texts, or whole numbers (đồng, photos, stars)."""

    field: str
    ours: str | int
    there: str | int
    code: str
    severity: str = "wrong"


def differences(item: Item, observed: Observed, *, max_photos: int | None = None) -> tuple[Difference, ...]:
    """Everything that differs, what is wrong before what is advice. `max_photos`: as many as were ever sent."""
    found = [
        *_name(item, observed),
        *_price(item, observed),
        *_photos(item, observed, max_photos),
        *_stars(item, observed),
        *_stock(item, observed),
        *_text(item, observed),
        *_gtin(item, observed),
        *_address(item, observed),
        *_search(observed),
    ]
    return tuple(sorted(found, key=lambda one: one.severity != "wrong"))


def selling_price(variant: VariantPayload) -> int:
    """What a shopper pays, in đồng: the reduced price where there is one."""
    return variant.price_vnd if variant.sale_vnd is None else variant.sale_vnd


def is_for_sale(item: Item) -> bool:
    """Not paused, and some of it left; a stock nobody counts is never used up."""
    return not item.listing.paused and any(variant.stock != 0 for variant in item.variants)


def _name(item: Item, observed: Observed) -> Iterator[Difference]:
    ours, there = spelling.plain(unescaped(item.title)), spelling.plain(unescaped(observed.name))
    if not spelling.is_composed(observed.name):
        yield Difference("name", ours, there, "name_nfd", "advice")
    if ours.casefold() == there.casefold() or _same_spelling(ours, there):
        return
    seen = there.rstrip(" .").casefold()
    if spelling.folded(ours) == spelling.folded(there):
        code = "name_tones_lost"
    elif len(seen) >= _SHORTEST_CUT and ours.casefold().startswith(seen):
        code = "name_cut"
    else:
        code = "name_differs"
    yield Difference("name", ours, there, code)


def _same_spelling(ours: str, there: str) -> bool:
    return [spelling.spelled(word) for word in ours.split()] == [
        spelling.spelled(word) for word in there.split()
    ]


def _price(item: Item, observed: Observed) -> Iterator[Difference]:
    there, ours = observed.price_vnd, selling_price(item.variant)
    asked = [selling_price(variant) for variant in item.variants]
    if there is None or there in asked:
        return
    if there == 0:
        yield Difference("price", ours, 0, "price_missing")
        return
    for price in asked:
        for factor in _FACTORS:
            if there == price * factor:
                yield Difference("price", price, there, f"price_times_{factor}")
                return
            if price // factor == there and (price % factor == 0 or factor == _FACTORS[0]):
                yield Difference("price", price, there, f"price_part_{factor}")
                return
    yield Difference("price", ours, there, "price_differs")


def _photos(item: Item, observed: Observed, max_photos: int | None) -> Iterator[Difference]:
    sent = len(item.listing.photos[:max_photos])
    if observed.photo_count is not None and observed.photo_count != sent:
        code = "photos_fewer" if observed.photo_count < sent else "photos_more"
        yield Difference("photos", sent, observed.photo_count, code)
    if observed.dead_photos:
        yield Difference("photos", sent, observed.dead_photos, "photos_dead")


def _stars(item: Item, observed: Observed) -> Iterator[Difference]:
    ours, there = item.listing.stars or 0, observed.stars
    if there is None or there == ours:
        return
    if there in ocop_stars(f"{item.listing.name} {item.listing.short_text} {item.listing.story}"):
        return  # the page repeats what our own text tells
    code = "stars_lapsed" if not ours else "stars_differ" if there else "stars_missing"
    yield Difference("stars", ours, there, code)


def _stock(item: Item, observed: Observed) -> Iterator[Difference]:
    ours, there = is_for_sale(item), observed.in_stock
    if there is None or there == ours:
        return
    yield Difference("stock", int(ours), int(there), "sold_out_there" if ours else "on_sale_there")


def _text(item: Item, observed: Observed) -> Iterator[Difference]:
    if observed.text is None:
        return
    listing, there = item.listing, observed.text
    texts = [text for text in (listing.short_text, listing.story) if text.strip()]
    if stray := _stray_code(f"{listing.name} {' '.join(texts)}", there):
        yield Difference("text", "", stray, "script_shown")
    if not texts:
        return
    if not there.strip():
        yield Difference("text", spelling.plain(texts[0]), "", "text_missing")
        return
    seen = set(spelling.words(unescaped(there)))
    if _tones_lost([word for text in texts for word in spelling.words(text)], seen):
        yield Difference("text", spelling.plain(texts[0]), spelling.plain(there), "text_tones_lost")
        return
    for text in texts:
        if _kept(spelling.words(unescaped(text)), seen) < _KEPT:
            yield Difference("text", spelling.plain(text), spelling.plain(there), "text_changed", "advice")
            return


def _stray_code(ours: str, there: str) -> str:
    """A piece of program that shoppers see or their browser runs, and that we never wrote."""
    mine = {found[0].casefold() for found in _CODE.finditer(ours)}
    return next((found[0] for found in _CODE.finditer(there) if found[0].casefold() not in mine), "")


def _kept(ours: list[str], seen: set[str]) -> float:
    """How much of our words is there; a tone mark on the other vowel is the same word."""
    missing = [word for word in ours if word not in seen]
    if len(missing) > (1 - _KEPT) * len(ours):
        spelled = {spelling.spelled(word) for word in seen}
        missing = [word for word in missing if spelling.spelled(word) not in spelled]
    return 1 - len(missing) / len(ours) if ours else 1.0


def _tones_lost(ours: list[str], seen: set[str]) -> bool:
    """Whether most of our marked words stand there bare."""
    marked = [word for word in ours if not word.isascii()]
    bare = [word for word in marked if word not in seen and spelling.folded(word) in seen]
    return 2 * len(bare) > len(marked)


def _gtin(item: Item, observed: Observed) -> Iterator[Difference]:
    ours = [variant.gtin for variant in item.variants if variant.gtin]
    there = (observed.gtin or "").lstrip("0")
    if ours and there and there not in {gtin.lstrip("0") for gtin in ours}:
        yield Difference("gtin", ours[0], observed.gtin or "", "gtin_differs")


def _address(item: Item, observed: Observed) -> Iterator[Difference]:
    """Software that knows no đ, or no marks at all, drops those letters: mam-tep-ong for Mắm tép đồng."""
    slug = unquote(urlsplit(observed.url or "").path).rstrip("/").rpartition("/")[2]
    there = f"-{_hyphened(slug)}-"
    name = spelling.plain(item.title).casefold()
    right = f"-{_hyphened(spelling.folded(name))}-"
    broken = {
        f"-{_hyphened(spelling.folded(name.replace('đ', '')))}-",
        f"-{_hyphened(spelling.folded(name).replace('d', '') if 'đ' in name else right)}-",
        f"-{_hyphened(''.join(letter for letter in name if letter.isascii()))}-",
    } - {right}
    if right not in there and any(len(one) > 5 and one in there for one in broken):
        yield Difference("address", right.strip("-"), slug, "address_letters_lost", "advice")


def _hyphened(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")


def _search(observed: Observed) -> Iterator[Difference]:
    for asked, found in observed.found_by.items():
        if not found:
            small = spelling.plain(asked).casefold()
            bare = small == spelling.folded(asked) and small != spelling.plain(observed.name).casefold()
            code = "not_found_without_tones" if bare else "not_found_by_name"
            yield Difference("search", asked, "", code, "advice")
