"""A seller's web form as data: the `[form]` table of a channel file, read strictly.

Everything a site may do differently stands there: paths, field names, limits, values, and the words by which its
answers are known. The code of `seller_form/` knows only what all such sites share: sign in, a list, a form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from string import Formatter
from typing import Any, get_args, get_origin, get_type_hints

from marketplace_adapters.fields import SOURCES
from marketplace_adapters.types import STATES

FORMATS = ("text", "html", "choice")
IMAGE_PAGES = ("edit", "public")
_METHODS = ("", "PUT", "PATCH")
_LONGEST_PACE_SECONDS = 10


@dataclass(frozen=True)
class SignIn:
    """The page where a seller signs in, known again by its password field."""

    path: str
    user_field: str
    password_field: str


@dataclass(frozen=True)
class FormPaths:
    """Where things are, below the base URL. `{id}`: the product's number; `{slug}`: its words in the address.

    `update_method`: what `_method` says on an edit; empty for a plain POST. `public` may hold `{id}` or `{slug}`.
    """

    list: str
    new: str
    create: str
    edit: str
    update: str
    public: str
    update_method: str = "PUT"


@dataclass(frozen=True)
class ProductList:
    """The seller's own list: a table known by the words in its head. `page_query`: empty where it is one page."""

    code_column: str
    name_column: str
    slug_column: str = ""
    page_query: str = ""
    most_pages: int = 50


@dataclass(frozen=True)
class SkuField:
    """Where our SKU stands.

    `on_create`: the site takes it from the form of a new product. Where it makes a code of its own instead
    (`auto_code`, a pattern), ours is put in by the first edit, and until then the product is known as ours by the
    line `marker` (with `{sku}`) at the end of the field `marker_field`.
    """

    field: str
    on_create: bool = True
    auto_code: str = ""
    marker_field: str = ""
    marker: str = ""


@dataclass(frozen=True)
class StockField:
    """Pieces for sale. `unknown`: what is sent when nobody counts."""

    field: str
    unknown: str = ""


@dataclass(frozen=True)
class StatusField:
    """`states`: what each value means to us (live, in_review, draft)."""

    field: str
    shown: str
    hidden: str
    states: Mapping[str, str]


@dataclass(frozen=True)
class ImageField:
    """How photos are taken.

    `replaces`: photos sent with an edit take the place of all earlier ones, so they must travel together, and each
    under an extension of its own where files are named by the second. Otherwise one photo a request.
    `pace_seconds`: from one request with photos to the next. `page`: whose <img> below `path` are the product's;
    `{code}` in it is the product's code, so that other products' photos on the same page are told apart.
    """

    field: str
    path: str
    page: str = "edit"
    replaces: bool = False
    pace_seconds: float = 0.0
    extensions: tuple[str, ...] = ("jpg",)


@dataclass(frozen=True)
class FormField:
    """One field of the product form: a source of `fields.SOURCES`, or always the same `value`.

    `format`: text, html (paragraphs) or choice (an option, by its text or value; `values` translates first).
    `empty`: what is sent for "nothing". `longest`: characters the site stores, 0 for as many as there are.
    """

    name: str
    source: str = ""
    value: str = ""
    format: str = "text"
    empty: str = ""
    longest: int = 0
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FormEngine:
    """`token`: the hidden field against forged requests. `success`: words of the "done" message.
    `error_class`: the CSS class of the box that says what was refused; `field_error_class`: of a refused field."""

    source: str
    verified: bool
    sign_in: SignIn
    paths: FormPaths
    list: ProductList
    sku: SkuField
    stock: StockField
    status: StatusField
    images: ImageField
    fields: tuple[FormField, ...]
    success: tuple[str, ...]
    token: str = "_token"  # noqa: S105 - a field's name
    error_class: str = "alert-danger"
    field_error_class: str = "has-error"

    def by_source(self, source: str) -> FormField | None:
        """The field that carries this payload value."""
        return next((one for one in self.fields if one.source == source), None)


def read_engine(raw: Any) -> FormEngine:
    """The `[form]` table as a checked value. Raises ValueError naming the key."""
    engine = _read(FormEngine, raw, "form")
    for name, allowed in _PLACEHOLDERS.items():
        _check_path(f"form.paths.{name}", getattr(engine.paths, name), allowed)
    _check_path("form.sign_in.path", engine.sign_in.path, set())
    _check_path("form.images.path", engine.images.path, {"code"}, needed=False)
    _check_choices(engine)
    _check_fields(engine)
    _check_sku(engine)
    return engine


_PLACEHOLDERS: Mapping[str, set[str]] = {
    "list": set(), "new": set(), "create": set(), "edit": {"id"}, "update": {"id"}, "public": {"id", "slug"},
}  # fmt: skip


def _check_path(where: str, path: str, allowed: set[str], *, needed: bool = True) -> None:
    used = {name for _, name, _, _ in Formatter().parse(path) if name is not None}
    _expect(bool(re.fullmatch(r"/[^/\s?#\\][^\s?#\\]*", path)), f"{where}: must be a path on the site itself")
    _expect(used <= allowed, f"{where}: {sorted(used - allowed)} cannot be filled in")
    _expect(bool(used) or not (allowed and needed), f"{where}: needs one of {sorted(allowed)}")


def _check_choices(engine: FormEngine) -> None:
    status, images = engine.status, engine.images
    _expect(engine.paths.update_method in _METHODS, f"form.paths.update_method: not one of {_METHODS}")
    _expect(
        "{slug}" not in engine.paths.public or bool(engine.list.slug_column),
        "form.list.slug_column is missing",
    )
    _expect(1 <= engine.list.most_pages <= 200, "form.list.most_pages: 1 to 200")
    unknown = set(status.states.values()) - set(STATES)
    _expect(not unknown, f"form.status.states: {sorted(unknown)} not of {STATES}")
    _expect(status.states.get(status.hidden) == "draft", "form.status.hidden: must mean draft")
    _expect(status.shown in status.states, "form.status.shown: its state is missing")
    _expect(images.page in IMAGE_PAGES, f"form.images.page: not one of {IMAGE_PAGES}")
    _expect(0 <= images.pace_seconds <= _LONGEST_PACE_SECONDS, "form.images.pace_seconds: 0 to 10")
    _expect(bool(images.extensions), "form.images.extensions: at least one")
    _expect(
        len(set(images.extensions)) == len(images.extensions), "form.images.extensions: one is there twice"
    )
    for extension in images.extensions:
        _expect(extension.lower() in ("jpg", "jpeg"), f"form.images.extensions: {extension!r} is no JPEG")
    _expect(bool(engine.success) and all(engine.success), "form.success: no words")


def _check_fields(engine: FormEngine) -> None:
    names = [one.name for one in engine.fields]
    own = [engine.sku.field, engine.stock.field, engine.status.field, engine.images.field, engine.token]
    twice = sorted({name for name in [*names, *own] if [*names, *own].count(name) > 1})
    _expect(not twice, f"form.fields: {twice} given twice")
    for one in engine.fields:
        where = f"form.fields: {one.name!r}"
        _expect(bool(one.source) != bool(one.value), f"{where}: needs a source or a value")
        _expect(not one.source or one.source in SOURCES, f"{where}: source {one.source!r} is not known")
        _expect(one.format in FORMATS, f"{where}: format {one.format!r} is not one of {FORMATS}")
        _expect(one.longest >= 0, f"{where}: longest is below 0")
    for source in ("title", "price"):
        _expect(engine.by_source(source) is not None, f"form.fields: no field for {source!r}")


def _check_sku(engine: FormEngine) -> None:
    sku = engine.sku
    if sku.on_create:
        return
    marked = next((one for one in engine.fields if one.name == sku.marker_field), None)
    _expect(marked is not None and marked.format != "choice", "form.sku.marker_field: not a field for text")
    _expect(sku.marker.count("{sku}") == 1, "form.sku.marker: needs {sku}")
    try:
        re.compile(sku.auto_code)
    except re.error as error:
        raise ValueError(f"form.sku.auto_code: {error}") from error
    _expect(bool(sku.auto_code), "form.sku.auto_code is missing")


def _read(kind: type, raw: Any, where: str) -> Any:
    """A table as a frozen dataclass: every key known, every value of its type, nothing missing."""
    _expect(isinstance(raw, dict), f"{where}: must be a table")
    hints = get_type_hints(kind)
    for name in raw:
        _expect(name in hints, f"{where}.{name}: not a known key")
    for one in fields(kind):
        needed = one.default is MISSING and one.default_factory is MISSING
        _expect(not needed or one.name in raw, f"{where}.{one.name} is missing")
    return kind(**{name: _value(hints[name], value, f"{where}.{name}") for name, value in raw.items()})


def _value(hint: Any, value: Any, where: str) -> Any:
    if is_dataclass(hint):
        return _read(hint, value, where)
    if get_origin(hint) is tuple:
        _expect(isinstance(value, list), f"{where}: must be a list")
        return tuple(_value(get_args(hint)[0], one, where) for one in value)
    if get_origin(hint) is Mapping:
        _expect(isinstance(value, dict), f"{where}: must be a table")
        return {key: _value(str, one, f"{where}.{key}") for key, one in value.items()}
    if hint is float and type(value) is int:
        return float(value)
    _expect(type(value) is hint, f"{where}: must be a {hint.__name__}")
    return value


def _expect(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(problem)
