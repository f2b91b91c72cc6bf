"""Listing -> fields of a seller's form, and back from the form as it is stored. Pure: no HTTP, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from marketplace_adapters.errors import ListingRejected, UnexpectedResponse
from marketplace_adapters.fields import SOURCES, Row
from marketplace_adapters.form_engine import FormEngine, FormField
from marketplace_adapters.seller_form.html import parsed
from marketplace_adapters.seller_form.pages import Form, Refusal
from marketplace_adapters.types import ChannelInfo, Item, ListingPayload, Notice, Observed, Problem

_STARS = re.compile(r"([1-5])\s*sao", re.IGNORECASE)
# Which box of ours to open for a refused field of theirs.
_OURS = {
    "title": "name", "category": "set_no", "introduction": "story", "gtin": "gtin", "price": "price_vnd",
    "sale_price": "sale_vnd", "packing": "net_content", "unit": "net_content", "stars_text": "stars",
}  # fmt: skip


def needed_names(engine: FormEngine) -> tuple[str, ...]:
    """The fields a product form must have before anything is sent. (A site may show its code field only on edits.)"""
    own = [engine.stock.field, engine.status.field, engine.images.field, engine.token]
    return (*(one.name for one in engine.fields), *own, *([engine.sku.field] if engine.sku.on_create else []))


def values(item: Item, channel: ChannelInfo, engine: FormEngine, form: Form) -> dict[str, str]:
    """Everything an edit sends, over what the form already says, as a browser would. Status and stock are decided
    elsewhere. Raises ListingRejected when a choice the site insists on cannot be made."""
    row = Row(item.listing, item.variant, channel, ())
    sent = dict(form.fields)
    for field in engine.fields:
        sent[field.name] = _value(field, row, form)
    sku = engine.sku
    if not sku.on_create:
        sent[sku.marker_field] += _paragraphs(marker(engine, item.sku), _format(engine, sku.marker_field))
    if sku.field in form.names:
        sent[sku.field] = item.sku
    return sent


def stock(engine: FormEngine, pieces: int | None) -> dict[str, str]:
    """None: nobody counts."""
    return {engine.stock.field: engine.stock.unknown if pieces is None else str(int(pieces))}


def marker(engine: FormEngine, sku: str) -> str:
    """The line by which a product is known as ours while the site gave it a code of its own."""
    return engine.sku.marker.format(sku=sku)


def carries(form: Form, engine: FormEngine, sku: str) -> bool:
    """Whether a stored product is ours: by its code, or by the marker as a whole line."""
    if form.fields.get(engine.sku.field, "").strip() == sku:
        return True
    if engine.sku.on_create:
        return False
    said = plain(form.fields.get(engine.sku.marker_field, ""), _format(engine, engine.sku.marker_field))
    return marker(engine, sku) in said.splitlines()


def too_long(listing: ListingPayload, channel: ChannelInfo, engine: FormEngine) -> Iterator[Problem]:
    """Texts the site would cut or choke on."""
    for variant in listing.variants:
        row = Row(listing, variant, channel, ())
        for field in engine.fields:
            length = len(SOURCES[field.source](row)) if field.source and field.longest else 0
            if length > field.longest:
                yield Problem(
                    "field_too_long",
                    {"field": field.name, "max": field.longest, "now": length},
                    _OURS.get(field.source, field.source),
                    effort=2,
                )


def refused(refusal: Refusal, engine: FormEngine) -> ListingRejected:
    """The site's validation messages as problems, each with the field it is about where the page says so."""
    sources = {field.name: field.source for field in engine.fields}
    ours = {
        engine.stock.field: "stock",
        engine.images.field.removesuffix("[]"): "photos",
        engine.sku.field: "sku",
    }
    paired = len(refusal.fields) == len(refusal.messages)
    problems = []
    for at, name in enumerate(refusal.fields or ("",)):
        said = refusal.messages[at] if paired else "; ".join(refusal.messages)
        field = ours.get(name) or _OURS.get(sources.get(name, ""), sources.get(name, ""))
        problems.append(Problem("field_refused", {"field": name, "said": said[:200]}, field))
    return ListingRejected(problems)


def observed(form: Form, engine: FormEngine, photos: int, dead: int, state: str, url: str | None) -> Observed:
    """What the stored product says."""

    def said(source: str) -> str | None:
        field = engine.by_source(source)
        return None if field is None else plain(form.fields.get(field.name, ""), field.format)

    stars, gtin, pieces = said("stars_text"), said("gtin"), form.fields.get(engine.stock.field, "")
    sale, price = _whole(said("sale_price")), _whole(said("price"))
    shown = _STARS.search(stars or "")
    return Observed(
        name=said("title") or "",
        price_vnd=sale or price,
        photo_count=photos,
        stars=None if stars is None else int(shown[1]) if shown else 0,
        url=url,
        state=state,
        in_stock=None if _whole(pieces) is None else bool(_whole(pieces)),
        text=said("introduction"),
        dead_photos=dead,
        gtin=None if gtin is None else re.sub(r"\D", "", gtin),
    )


def echo_notices(sent: Mapping[str, str], form: Form, engine: FormEngine) -> Iterator[Notice]:
    """Where the site stored something else than we said, although it answered "done"."""
    for field in engine.fields:
        said = plain(sent.get(field.name, ""), field.format)
        stored = plain(form.fields.get(field.name, ""), field.format)
        if field.name in sent and said != stored:
            yield Notice("echo_differs", {"field": field.name, "sent": said[:200], "got": stored[:200]})


def plain(value: str, kind: str) -> str:
    """A field's value as a reader sees it, one line per paragraph."""
    text = parsed(value).lines() if kind == "html" else value
    return "\n".join(line for line in (" ".join(one.split()) for one in text.splitlines()) if line)


def _value(field: FormField, row: Row, form: Form) -> str:
    said = field.value or str(SOURCES[field.source](row))
    said = field.values.get(said, said)
    if field.format == "choice":
        return _choice(field, said, form)
    return _paragraphs(said, field.format) if said else field.empty


def _choice(field: FormField, wanted: str, form: Form) -> str:
    """The value of the option that says so. What somebody chose there by hand stays when nothing fits."""
    options = form.options.get(field.name, ())
    for value, text in options:
        if value and (value == wanted or text.casefold() == wanted.casefold()):
            return value
    if kept := form.fields.get(field.name):
        return kept
    if field.source == "category":
        raise ListingRejected((Problem("category_missing", {"category": wanted}, "set_no", effort=2),))
    raise UnexpectedResponse("form_changed", missing=(f"{field.name}={wanted[:40]}",))


def _paragraphs(text: str, kind: str) -> str:
    """For an html field everything is escaped: a blank line makes a paragraph, a line break stays one."""
    if kind != "html":
        return text
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")) if block.strip()]
    return "".join("<p>" + escape(block, quote=False).replace("\n", "<br>") + "</p>" for block in blocks)


def _format(engine: FormEngine, name: str) -> str:
    return next((one.format for one in engine.fields if one.name == name), "text")


def _whole(text: str | None) -> int | None:
    """ "70000", or "70000.00" as some databases print it."""
    found = re.fullmatch(r"(\d{1,12})(?:\.0{1,2})?", (text or "").strip())
    return int(found[1]) if found else None
