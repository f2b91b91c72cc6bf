"""A page taken apart: what it says to machines, and what it says to people, in reading order.

Nothing is executed or fetched. Work is bounded: so many letters, so many tags, so deep; what lies behind is not
read, and a broken page counts as far as it was understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from marketplace_adapters.page.scanner import Token, scan, unescaped

MOST_LETTERS = 3_000_000
_MOST_TOKENS = 60_000
_MOST_TEXT = 300_000
_MOST_DEPTH = 100
_VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    )
)
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "bdi",
        "big",
        "em",
        "font",
        "i",
        "ins",
        "label",
        "mark",
        "small",
        "span",
        "strong",
        "u",
    )
)
_AROUND = frozenset(("nav", "header", "footer", "aside"))
_ENDS_BEFORE = {  # elements people leave open, and what ends them
    "p": frozenset(("p", "div", "ul", "ol", "dl", "table", "section", "article", "h1", "h2", "h3", "h4", "form")),
    "li": frozenset(("li",)), "dt": frozenset(("dt", "dd")), "dd": frozenset(("dt", "dd")),
    "td": frozenset(("td", "th", "tr")), "th": frozenset(("td", "th", "tr")), "tr": frozenset(("tr",)),
}  # fmt: skip
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "select", "textarea"))
_OLD_PRICE = re.compile(r"\b(old|was|strike|line-through|original|compare)\b|gia-?cu|gia-?goc|\bdel\b")
_PRICE = re.compile(r"price|\bgia\b|gia-?ban|amount")
_HIDDEN = re.compile(r"display:\s*none|visibility:\s*hidden")


@dataclass
class Scope:
    """One microdata item: its type and what was said of it; offers and the like are scopes of their own."""

    type: str
    props: dict[str, list[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Words:
    """A run of text. `place`: around (menus and the like), old_price, price, h1, a heading, or main."""

    text: str
    place: str


@dataclass(frozen=True)
class Image:
    source: str
    alt: str
    around: bool


@dataclass
class Markup:
    """A page's parts. `json_ld` are parsed values; `metas` name -> values in order."""

    title: str = ""
    metas: dict[str, list[str]] = field(default_factory=dict)
    json_ld: list[Any] = field(default_factory=list)
    scopes: list[Scope] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    images: list[Image] = field(default_factory=list)
    canonical: str = ""

    def meta(self, *names: str) -> str:
        """The first value of the first of these names that has one."""
        return next(
            (value for name in names for value in self.metas.get(name, ()) if value.strip()), ""
        ).strip()


def take_apart(html: str) -> Markup:
    """Read a page as far as the bounds allow."""
    reader = _Reader()
    for token in islice(scan(html[:MOST_LETTERS]), _MOST_TOKENS):
        reader.take(token)
    return reader.page


def _json(script: str) -> Iterator[Any]:
    """JSON as shop templates write it: with line breaks in texts, a comma too many, or comment marks around."""
    text = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|/\*.{0,40}?\*/)|(?:-->|//\s*\]\]>)\s*$", "", script.strip())
    for attempt in (text, re.sub(r",(\s*[}\]])", r"\1", text)):
        try:
            yield json.loads(attempt, strict=False)
            return
        except (ValueError, RecursionError):
            continue


@dataclass
class _Open:
    """An element that is not closed yet."""

    tag: str
    place: str = ""
    hidden: bool = False
    scope: Scope | None = None
    prop: str = ""
    heard: list[str] = field(default_factory=list)


class _Reader:
    def __init__(self) -> None:
        self.page = Markup()
        self._open: list[_Open] = []
        self._letters = 0
        self._json_next = False

    def take(self, token: Token) -> None:
        """The next piece of the page."""
        if token.kind == "start":
            self._start(token.tag, token.attributes)
        elif token.kind == "end":
            self._close(token.tag)
        elif token.kind == "text":
            self._hear(token.text)
        elif token.tag == "title" and not any(element.tag == "svg" for element in self._open):
            self.page.title += unescaped(token.text[:500])
        elif token.tag == "script" and self._json_next:
            self.page.json_ld += _json(token.text)

    def _start(self, tag: str, said: dict[str, str]) -> None:
        if self._open and tag in _ENDS_BEFORE.get(self._open[-1].tag, ()):
            self._close(self._open[-1].tag)
        self._note(tag, said)
        element = self._element(tag, said)
        if tag not in _VOID:
            if len(self._open) < _MOST_DEPTH:
                self._open.append(element)
        elif element.prop:
            self._tell(element.prop, _value(said, ""))
        if tag not in _INLINE:
            self._add("\n")

    def _close(self, tag: str) -> None:
        at = next((at for at in range(len(self._open) - 1, -1, -1) if self._open[at].tag == tag), None)
        if at is None:
            return
        closed, self._open[at:] = self._open[at:], []
        for element in reversed(closed):
            if element.prop and element.scope is None and element.heard:
                self._tell(element.prop, " ".join("".join(element.heard).split()))
        if tag not in _INLINE:
            self._add("\n")

    def _hear(self, text: str) -> None:
        if any(element.hidden for element in self._open):
            return
        for element in self._open:
            if element.prop and len(element.heard) < 100:
                element.heard.append(text[:2000])
        self._add(text)

    def _note(self, tag: str, said: dict[str, str]) -> None:
        """What a tag says to machines."""
        if tag == "meta":
            name = (said.get("property") or said.get("name") or "").strip().casefold()
            self.page.metas.setdefault(name, []).append(said.get("content", ""))
        elif tag == "link" and said.get("rel", "").casefold() == "canonical":
            self.page.canonical = said.get("href", "")
        elif tag == "script":
            self._json_next = "ld+json" in said.get("type", "").casefold()
        elif tag == "img":
            self._see(said)

    def _see(self, said: dict[str, str]) -> None:
        names = ("data-large_image", "data-zoom-image", "data-src", "data-original", "data-lazy-src", "src")
        source = next((said[name] for name in names if said.get(name) and "data:" not in said[name][:5]), "")
        sides = [
            int(said[name]) for name in ("width", "height") if re.fullmatch("[0-9]{1,6}", said.get(name, ""))
        ]
        hidden = any(element.hidden for element in self._open)
        if source and not hidden and not any(side < 100 for side in sides):
            self.page.images.append(
                Image(source[:1000], said.get("alt", "")[:300], self._place() == "around")
            )

    def _element(self, tag: str, said: dict[str, str]) -> _Open:
        look = f"{said.get('class', '')} {said.get('id', '')}".casefold()
        place = (
            "around" if tag in _AROUND and not (tag == "header" and self._in_content())
            else "h1" if tag == "h1"
            else "heading" if tag in ("h2", "h3", "h4", "h5")
            else "old_price" if tag in ("s", "del", "strike") or (_PRICE.search(look) and _OLD_PRICE.search(look))
            else "price" if _PRICE.search(look) or said.get("itemprop") in ("price", "lowPrice", "offers")
            else ""
        )  # fmt: skip
        hidden = tag in _SILENT or "hidden" in said or bool(_HIDDEN.search(said.get("style", "")))
        element = _Open(tag, place, hidden, prop=said.get("itemprop", "").strip())
        if "itemscope" in said:
            element.scope = Scope(said.get("itemtype", "").strip())
            if element.prop:
                self._tell(element.prop, element.scope)
            else:
                self.page.scopes.append(element.scope)
        elif element.prop and _value(said, "\0") != "\0" and tag not in _VOID:
            self._tell(element.prop, _value(said, ""))
            element.prop = ""
        return element

    def _tell(self, prop: str, value: Any) -> None:
        """Say something of the innermost open item."""
        scope = next((one.scope for one in reversed(self._open) if one.scope is not None), None)
        if scope is not None and value != "":
            for name in prop.split():
                scope.props.setdefault(name, []).append(value)

    def _in_content(self) -> bool:
        return any(element.tag in ("main", "article", "section") for element in self._open)

    def _place(self) -> str:
        """The name beats menus, those beat an old price, that beats the rest, innermost first."""
        places = [element.place for element in reversed(self._open) if element.place]
        for strong in ("h1", "around", "old_price"):
            if strong in places:
                return strong
        return places[0] if places else "main"

    def _add(self, text: str) -> None:
        words, place = self.page.words, self._place()
        if text == "\n" and (not words or words[-1].text.endswith("\n")):
            return
        text = text[: _MOST_TEXT - self._letters]
        self._letters += len(text)
        if words and words[-1].place == place and len(words[-1].text) < 2000:
            words[-1] = Words(words[-1].text + text, place)
        else:
            words.append(Words(text, place))


def _value(said: dict[str, str], otherwise: str) -> str:
    """The value an attribute gives to an itemprop, instead of the text."""
    names = ("content", "href", "src", "datetime", "value")
    return next((said[name].strip() for name in names if name in said), otherwise)
