"""A page as tags and texts, in one pass.

The standard library's parser goes over an unfinished tag or comment again and again; a hostile page of one
megabyte would hold it for minutes. Here every letter is looked at a fixed number of times.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")
_NAME = re.compile(r"/?([a-zA-Z][^\s/>]{0,60})")
_ATTRIBUTE = re.compile(r"""([^\s=/"'>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_RAW = {name: re.compile(rf"</{name}\b", re.I) for name in ("script", "style", "textarea", "title")}
_LONGEST_TAG = 20_000
_MOST_QUOTED = 8  # a ">" inside quotes ends no tag; so many of them are waited for


@dataclass(frozen=True)
class Token:
    """`kind`: start, end, text, or raw (what stands in a script, style, textarea or title)."""

    kind: str
    tag: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)


def scan(html: str) -> Iterator[Token]:
    """Tokens in order. A tag, comment or script that never ends takes the rest of the page with it."""
    at = 0
    while (opening := _OPENING.search(html, at)) is not None:
        if opening.start() > at:
            yield Token("text", text=unescaped(html[at : opening.start()]))
        end = _end(html, opening.start())
        if end < 0:
            return
        name = _NAME.match(html, opening.end())
        at = end
        if name is None:
            continue
        tag = name[1].casefold()
        if html[opening.end()] == "/":
            yield Token("end", tag)
            continue
        yield Token(
            "start", tag, attributes=_attributes(html[name.end() : min(end - 1, name.end() + _LONGEST_TAG)])
        )
        if tag in _RAW:
            closing = _RAW[tag].search(html, at)
            stop = closing.start() if closing else len(html)
            yield Token("raw", tag, html[at:stop])
            at = stop
    if at < len(html):
        yield Token("text", text=unescaped(html[at:]))


def unescaped(text: str) -> str:
    """Text with its entities resolved; a number too big for any letter stays as it is written."""
    try:
        return unescape(text)
    except ValueError:
        return text


def _end(html: str, start: int) -> int:
    """The place behind a tag or comment; -1 when it never ends."""
    if html.startswith("<!--", start):
        end = html.find("-->", start + 4)
        return end + 3 if end >= 0 else -1
    first = end = html.find(">", start)
    for _ in range(_MOST_QUOTED):
        if end < 0 or end - start > _LONGEST_TAG or _balanced(html[start:end]):
            break
        end = html.find(">", end + 1)
    return (end if 0 <= end - start <= _LONGEST_TAG else first) + 1 if first >= 0 else -1


def _balanced(tag: str) -> bool:
    """Whether no quoted value is still open; apostrophes inside double quotes are letters."""
    rest = re.sub(r'"[^"]*"', "", tag)
    return '"' not in rest and re.sub(r"'[^']*'", "", rest).count("'") == 0


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in _ATTRIBUTE.findall(text):
        plain = value[1:-1] if value[:1] in ("'", '"') else value
        found.setdefault(name.casefold(), unescaped(plain))
    return found
