"""What a page says to people: the price beside the name, the stars, whether it is sold out.

A page shows many prices (other goods, delivery, the old one) and many stars (buyers' votes). What cannot be told
apart surely gives None, never a guess.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from marketplace_adapters import spelling
from marketplace_adapters.page.markup import Markup, Words

_MONEY = r"(?:₫|đồng\b|đ\b|vnđ\b|vnd\b)"
_NUMBER = r"\d{1,3}(?:(?:\.\d{3})+|(?:,\d{3})+|(?:[ \xa0]\d{3})+)|\d{2,9}"
_PRICE = re.compile(
    rf"(?<![\d.,])(?:{_MONEY}\s?(?P<after>{_NUMBER})|(?P<before>{_NUMBER})(?:[.,]0{{1,2}})?\s?{_MONEY}"
    rf"|giá[^\d\n]{{0,15}}(?P<said>\d{{1,3}}(?:[.,]\d{{3}})+))(?!\d)",
    re.I,
)
_FROM = re.compile(rf"({_NUMBER})\s?(?:{_MONEY})?\s*(?:[-–—]|đến)\s*$", re.I)
_NO_PRICE = re.compile(r"(?:giá|giá bán)\s*:?\s*liên hệ", re.I)
_NOT_THE_PRICE = re.compile(
    r"\b(?:phí|ship|vận chuyển|giảm|tiết kiệm|đơn\s*(?:hàng)?\s*từ|trên|voucher|mã|hoàn|tặng|cũ|gốc|niêm yết|cọc)\b"
    r"[^\d\n]{0,20}$",
    re.I,
)
_OTHER_GOODS = re.compile(
    r"(san pham|hang|dac san) (lien quan|tuong tu|cung loai|khac|cung co so|goi y|da xem|moi)"
    r"|co the (ban|ba con|quy khach)? ?(se )?(thich|quan tam)|goi y cho|related products|you may also|da xem gan day"
)
_AMBIGUOUS_WITHIN = 40
_MOST_PRICES = 2000
_COUNT = {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5}
_STARS = (
    re.compile(
        r"ocop(?:\s*năm)?(?:\s*20\d\d)?(?:(?!đánh|bình|nhận xét|\. )[^\d★☆]){0,20}([1-5])\s*(?:sao|★|\*)",
        re.I,
    ),
    re.compile(r"(?<![\d.,])([1-5])\s*sao\s*[-–(]?\s*(?:của\s*)?ocop", re.I),
    re.compile(r"ocop[^\w★☆]{0,12}(★{1,5})(?!★)", re.I),
    re.compile(r"(?<![★☆])(★{1,5})☆{0,4}[^\w★☆]{0,6}ocop", re.I),
    re.compile(r"ocop[^\d★☆]{0,12}?\b(một|hai|ba|bốn|năm)\s+sao", re.I),
)
_LABEL = r"(?:(?:tinh trang|trang thai|kho|ton kho)\s*:?\s*)?"
_SOLD_OUT = re.compile(_LABEL + r"(?:tam )?(?:het hang|het vu|ngung ban|sold out|out of stock)\W*")
_ON_SALE = re.compile(_LABEL + r"(?:con hang|in stock)\W*")


@dataclass(frozen=True)
class Visible:
    """As Observed; `text` is what the page says of its product, other goods and menus left out."""

    name: str
    price_vnd: int | None
    stars: int | None
    in_stock: bool | None
    text: str


def visible(page: Markup, name: str = "") -> Visible:
    """`name`: the product's, where the page's words for machines gave one."""
    heading = " ".join(next((words.text for words in page.words if words.place == "h1"), "").split())
    main = [
        Words(spelling.composed(words.text), words.place) for words in page.words if words.place != "around"
    ]
    main = main[: next((at for at, words in enumerate(main) if _begins_others(words)), len(main))]
    text = "".join(words.text for words in main)
    alts = "\n".join(image.alt for image in page.images if not image.around)
    return Visible(
        name=heading,
        price_vnd=_price(main, spelling.composed(heading or name)),
        stars=_only(ocop_stars(f"{text}\n{alts}")),
        in_stock=_in_stock(text),
        text=text,
    )


def _begins_others(words: Words) -> bool:
    line = spelling.folded(words.text)
    return words.place == "heading" and len(line) < 60 and _OTHER_GOODS.search(line) is not None


@dataclass(frozen=True)
class _Price:
    dong: int
    start: int
    end: int
    place: str


def _price(main: list[Words], name: str) -> int | None:
    """The only price, else the one that follows the name; None where two stand side by side."""
    text, places = "", []
    for words in main:
        places.append((len(text), words.place))
        text += words.text
    found = [
        price
        for price in _prices(text, places)
        if not _NOT_THE_PRICE.search(text[max(0, price.start - 40) : price.start])
    ]
    if len({price.dong for price in found}) <= 1:
        return found[0].dong if found else _said_to_ask(text, main)
    anchor = _after_name(text, places, name)
    if anchor is None:
        return None
    following = [price for price in found if price.start >= anchor] or found[::-1]
    first = following[0]
    rivals = (one for one in following[1:] if abs(one.start - first.end) <= _AMBIGUOUS_WITHIN)
    return first.dong if all(one.dong == first.dong for one in rivals) else None


def _prices(text: str, places: list[tuple[int, str]]) -> Iterator[_Price]:
    starts = [start for start, _ in places]
    for found in islice(_PRICE.finditer(text), _MOST_PRICES):
        place = places[bisect_right(starts, found.start()) - 1][1]
        kind = str(found.lastgroup)
        lowest = _FROM.search(text[max(0, found.start(kind) - 40) : found.start(kind)])
        number = re.sub(r"\D", "", lowest[1] if lowest else found[kind])
        if place != "old_price" and 0 < len(number) <= 10:
            yield _Price(int(number), found.start(kind), found.end(), place)


def _said_to_ask(text: str, main: list[Words]) -> int | None:
    """0 where the page says "Liên hệ" in the price's place."""
    asked = any(
        words.place == "price" and spelling.folded(words.text).strip(" :.") == "lien he" for words in main
    )
    return 0 if asked or _NO_PRICE.search(text) else None


def _after_name(text: str, places: list[tuple[int, str]], name: str) -> int | None:
    heading = next((start for start, place in places if place == "h1"), None)
    at = text.find(name) if name else -1
    return heading if heading is not None else at if at >= 0 else None


def ocop_stars(text: str) -> set[int]:
    """Every number of OCOP stars a text speaks of."""
    line = " ".join(text.split())
    said = {found[1].casefold() for pattern in _STARS for found in pattern.finditer(line)}
    return {int(one) if one.isdigit() else _COUNT.get(one) or len(one) for one in said}


def _only(counts: set[int]) -> int | None:
    return counts.pop() if len(counts) == 1 else None


def _in_stock(text: str) -> bool | None:
    """Only whole lines count: "Tạm hết hàng", "Tình trạng: Còn hàng"."""
    lines = [spelling.folded(line) for line in text.split("\n") if 0 < len(line.strip()) < 50]
    said = {False for line in lines if _SOLD_OUT.fullmatch(line)} | {
        True for line in lines if _ON_SALE.fullmatch(line)
    }
    return said.pop() if len(said) == 1 else None
