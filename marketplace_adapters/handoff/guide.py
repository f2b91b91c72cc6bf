"""`huong-dan.html`: the checklist a clerk prints or reads on a phone. One file, no outside parts, no script."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from marketplace_adapters.facts import day
from marketplace_adapters.handoff.fields import dotted, words
from marketplace_adapters.types import CertificatePayload, ChannelInfo, Item, ListingPayload

_STYLE = Path(__file__).with_name("guide.css")


def guide(item: Item, channel: ChannelInfo, steps: Sequence[str], contents: Sequence[str]) -> str:
    """A complete HTML page in Vietnamese; everything from the listing is escaped."""
    said = words()["guide"]
    listing = item.listing
    parts = [
        f"<h1>{escape(listing.name)}</h1>",
        _lines(_facts(listing, channel)),
        f"<h2>{escape(said['steps'])}</h2>",
        _list("ol", [f'<span class="box"></span>{escape(step)}' for step in steps]),
        f"<h2>{escape(said['variants'])}</h2>",
        _list("ul", [escape(_price(variant.label or variant.sku, variant)) for variant in item.variants]),
        f"<h2>{escape(said['contents'])}</h2>",
        _list("ul", [f"<code>{escape(name)}</code>" for name in contents]),
        f"<h2>{escape(said['papers'])}</h2>",
        _papers(listing.certificates),
        _reply(item),
        f'<p class="small">{escape(said["checked"].format(date=day(channel.last_checked)))}</p>',
    ]
    title = escape(f"{said['title']} – {listing.name}")
    style = _STYLE.read_text(encoding="utf-8")
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>\n<style>\n{style}</style></head>\n<body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _facts(listing: ListingPayload, channel: ChannelInfo) -> list[str]:
    said = words()["guide"]
    lines = [
        said["for_channel"].format(channel=channel.name),
        said["seller"].format(producer=listing.producer.name),
    ]
    if listing.producer.phone:
        lines.append(said["phone"].format(phone=listing.producer.phone))
    if channel.note:
        lines.append(said["note"].format(note=channel.note))
    return lines


def _price(label: str, variant) -> str:
    return words()["guide"]["price"].format(label=label, price=dotted(variant.sale_vnd or variant.price_vnd))


def _papers(papers: Sequence[CertificatePayload]) -> str:
    said = words()["guide"]
    shown = [paper for paper in papers if paper.redacted is not None]
    if not shown:
        return f"<p>{escape(said['no_papers'])}</p>"
    return _list("ul", [escape(_paper(paper)) for paper in shown])


def _paper(paper: CertificatePayload) -> str:
    pattern = words()["guide"]["paper_until" if paper.expires_on else "paper"]
    until = day(paper.expires_on) if paper.expires_on else ""
    return pattern.format(kind=paper.kind, number=paper.number, issuer=paper.issuer, until=until)


def _reply(item: Item) -> str:
    if not item.reply_url:
        return ""
    link = escape(item.reply_url, quote=True)
    picture = ""
    if item.reply_qr_png:
        data = base64.b64encode(item.reply_qr_png).decode()
        picture = f'<img alt="" width="160" height="160" src="data:image/png;base64,{data}">'
    return f'<p class="reply">{escape(words()["guide"]["reply"])}<br><a href="{link}">{link}</a>{picture}</p>'


def _lines(lines: Sequence[str]) -> str:
    return "<p>" + "<br>".join(map(escape, lines)) + "</p>"


def _list(tag: str, entries: Sequence[str]) -> str:
    return f"<{tag}>" + "".join(f"<li>{entry}</li>" for entry in entries) + f"</{tag}>"
