"""HTML as a small tree: enough to find forms, tables and messages in pages that no schema describes.

Forgiving as browsers are: an end tag without a start is ignored, cells and rows end each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from marketplace_adapters.page.scanner import scan, unescaped

_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_ENDS: dict[str, frozenset[str]] = {
    "td": frozenset({"td", "th"}), "th": frozenset({"td", "th"}), "tr": frozenset({"tr", "td", "th"}),
    "option": frozenset({"option"}), "li": frozenset({"li"}), "p": frozenset({"p"}),
}  # fmt: skip
_WALLS = frozenset({"td", "th", "table", "form", "body"})
_BLOCKS = frozenset({
    "p", "div", "li", "tr", "td", "th", "br", "h1", "h2", "h3", "h4", "dt", "dd", "ul", "ol", "table", "section",
    "article", "option",
})  # fmt: skip
_UNSEEN = frozenset({"script", "style", "template"})
_MOST_TOKENS = 100_000
_MOST_DEPTH = 300  # what is nested deeper stands beside: a page of nothing but <b> would hold us for minutes


@dataclass
class Node:
    """An element; `parts` are texts and elements in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    parts: list[Node | str] = field(default_factory=list)

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")

    def walk(self) -> Iterator[Node]:
        """The element and everything inside it, in reading order. No recursion: pages may be nested as they like."""
        todo: list[Node] = [self]
        while todo:
            current = todo.pop()
            yield current
            todo.extend(part for part in reversed(current.parts) if isinstance(part, Node))

    def all(self, tag: str, wanted: Callable[[Node], bool] = lambda node: True) -> list[Node]:
        return [node for node in self.walk() if node.tag == tag and wanted(node)]

    def with_class(self, name: str) -> list[Node]:
        return [node for node in self.walk() if name in node.get("class").split()]

    def lines(self) -> str:
        """The text a reader sees, one line per block."""
        said: list[str] = []
        todo: list[Node | str] = [self]
        while todo:
            current = todo.pop()
            if isinstance(current, str):
                said.append(current)
            elif current.tag not in _UNSEEN:
                block = current.tag in _BLOCKS
                todo.extend(["\0", *reversed(current.parts), "\0"] if block else reversed(current.parts))
        flat = "".join(said).split("\0")
        return "\n".join(line for line in (" ".join(one.split()) for one in flat) if line)

    def text(self) -> str:
        """The text in one line."""
        return " ".join(self.lines().split())

    def raw_text(self) -> str:
        """Every character inside, as <textarea> needs it."""
        return "".join(part for node in self.walk() for part in node.parts if isinstance(part, str))


class _Builder:
    def __init__(self) -> None:
        self.root = Node("#page")
        self.open = [self.root]

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _ENDS:
            self._end(_ENDS[tag], stop=frozenset({"table", "ul", "ol", "select", "form", "body"}))
        node = Node(tag, attributes)
        self.open[-1].parts.append(node)
        if tag not in _VOID and len(self.open) < _MOST_DEPTH:
            self.open.append(node)

    def end(self, tag: str) -> None:
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag == tag:
                del self.open[at:]
                return
            if self.open[at].tag in _WALLS and tag not in ("tr", "tbody", "thead", *_WALLS):
                return  # a stray </a> in a cell ends nothing outside the cell

    def text(self, text: str) -> None:
        self.open[-1].parts.append(text)

    def _end(self, tags: frozenset[str], stop: frozenset[str]) -> None:
        for at in range(len(self.open) - 1, 0, -1):
            if self.open[at].tag in stop:
                return
            if self.open[at].tag in tags:
                del self.open[at:]
                self._end(tags, stop)
                return


def parsed(html: str) -> Node:
    """A page as a tree."""
    builder = _Builder()
    for token in islice(scan(html), _MOST_TOKENS):
        if token.kind == "start":
            builder.start(token.tag, token.attributes)
        elif token.kind == "end":
            builder.end(token.tag)
        else:
            code = token.kind == "raw" and token.tag in ("script", "style")
            builder.text(token.text if code or token.kind == "text" else unescaped(token.text))
    return builder.root
