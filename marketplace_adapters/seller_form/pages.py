"""What a site for sellers says on its pages: forms with their values, the list of products, messages. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from marketplace_adapters.form_engine import FormEngine
from marketplace_adapters.seller_form.html import Node, parsed

_CONTROLS = ("input", "textarea", "select")
_NOT_SENT = frozenset({"submit", "button", "reset", "image", "file"})
_LONGEST_MESSAGE = 200


@dataclass(frozen=True)
class Form:
    """A form as a browser would send it. `names` holds the file inputs too; `options`: (value, text) pairs."""

    fields: Mapping[str, str]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    names: frozenset[str]


@dataclass(frozen=True)
class ListRow:
    """One line of the seller's list. `slug`: empty where the list does not show it."""

    remote_id: str
    code: str
    name: str
    slug: str = ""


@dataclass(frozen=True)
class Refusal:
    """What a page with validation errors says: the refused fields and the messages."""

    fields: tuple[str, ...]
    messages: tuple[str, ...]


class Page:
    """A page that was read, and the path it was found at."""

    def __init__(self, html: str, path: str) -> None:
        self.html = html
        self.path = path

    @cached_property
    def tree(self) -> Node:
        return parsed(self.html)

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return tuple(_form(node) for node in self.tree.all("form"))

    @property
    def title(self) -> str:
        return next((node.text() for node in self.tree.all("title")), "")

    def form_with(self, *names: str) -> Form | None:
        """The form that has all these fields."""
        return next((form for form in self.forms if form.names.issuperset(names)), None)

    def images(self, path: str) -> tuple[str, ...]:
        """Addresses of the pictures below `path`, each once, in order; relative ones as seen from this page."""
        sources = (node.get("src") or node.get("data-src") for node in self.tree.all("img"))
        found = (urljoin(self.path, source) for source in sources if source)
        return tuple(dict.fromkeys(one for one in found if _path(one).startswith(path)))

    def has_link(self, path: str) -> bool:
        return any(_path(node.get("href")) == path for node in self.tree.all("a"))

    def has_line(self, text: str) -> bool:
        """Whether this stands on the page as a line of its own."""
        return " ".join(text.split()) in self.tree.lines().splitlines()

    def says(self, texts: Sequence[str]) -> bool:
        """Whether one of these sentences stands on the page, for people to read."""
        seen = self.tree.text()
        return any(text in seen for text in texts)


def rows(page: Page, engine: FormEngine) -> tuple[ListRow, ...] | None:
    """The products on one page of the list, None when the page has no such list."""
    wanted = (engine.list.code_column, engine.list.name_column)
    for table in page.tree.all("table"):
        lines = table.all("tr")
        head = [cell.text().casefold() for cell in lines[0].all("th")] if lines else []
        if all(one.casefold() in head for one in wanted):
            found = (_row(line, head, engine) for line in lines[1:])
            return tuple(row for row in found if row is not None)
    return None


def has_next(page: Page, engine: FormEngine, number: int) -> bool:
    """Whether the list goes on behind page `number`."""
    query = engine.list.page_query
    if not query:
        return False
    links = (urlsplit(node.get("href")).query for node in page.tree.all("a") if "?" in node.get("href"))
    return any(parse_qs(one).get(query) == [str(number + 1)] for one in links)


def refusal(page: Page, engine: FormEngine) -> Refusal | None:
    """What was refused, if the page says that something was."""
    boxes = page.tree.with_class(engine.error_class)
    marked = page.tree.with_class(engine.field_error_class) if engine.field_error_class else []
    messages = dict.fromkeys(line[:_LONGEST_MESSAGE] for box in boxes for line in box.lines().splitlines())
    names = dict.fromkeys(node.get("name") for box in marked for node in box.walk() if node.tag in _CONTROLS)
    fields = tuple(name.removesuffix("[]") for name in names if name)
    return Refusal(fields, tuple(messages)) if messages or fields else None


def _row(line: Node, head: list[str], engine: FormEngine) -> ListRow | None:
    cells = [cell.text() for cell in line.all("td")]
    if len(cells) != len(head):
        return None
    before, _, after = engine.paths.edit.partition("{id}")
    pattern = re.compile(re.escape(before) + r"(\d{1,18})" + re.escape(after))
    links = (pattern.fullmatch(_path(node.get("href"))) for node in line.all("a"))
    remote_id = next((found[1] for found in links if found), "")
    if not remote_id:
        return None

    def said(column: str) -> str:
        return cells[head.index(column.casefold())] if column.casefold() in head else ""

    columns = engine.list
    return ListRow(remote_id, said(columns.code_column), said(columns.name_column), said(columns.slug_column))


def _form(node: Node) -> Form:
    fields: dict[str, str] = {}
    options: dict[str, tuple[tuple[str, str], ...]] = {}
    names = set()
    for control in node.walk():
        name = control.get("name")
        if not name or control.tag not in _CONTROLS:
            continue
        names.add(name)
        if control.tag == "select":
            options[name] = tuple(
                (one.get("value") if "value" in one.attributes else one.text(), one.text())
                for one in control.all("option")
            )
        value = _value(control)
        if value is not None and "disabled" not in control.attributes:
            fields[name] = value
    return Form(fields, options, frozenset(names))


def _value(control: Node) -> str | None:
    """What a browser would send for the control; None for nothing."""
    if control.tag == "textarea":
        return control.raw_text().strip()
    if control.tag == "select":
        choices = control.all("option")
        chosen = next((one for one in choices if "selected" in one.attributes), next(iter(choices), None))
        if chosen is None:
            return None
        return chosen.get("value") if "value" in chosen.attributes else chosen.text()
    kind = control.get("type").lower()
    if kind in _NOT_SENT or (kind in ("checkbox", "radio") and "checked" not in control.attributes):
        return None
    return control.get("value")


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path)
    except ValueError:
        return ""
