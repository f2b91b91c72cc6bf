"""Which protocols exist and which marketplaces speak them.

A protocol is code, imported at its first use. A marketplace is one TOML file in `channels/`; reading one is
strict, so a typing error there stops the program at start with the file and the key, not at a sale.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

from marketplace_adapters.base import MarketplaceAdapter
from marketplace_adapters.checks import BY_CODE
from marketplace_adapters.form_engine import FormEngine, read_engine
from marketplace_adapters.tokens import TokenKeeper
from marketplace_adapters.types import SEVERITIES, ChannelInfo, FormColumn, ImageLimits, Rule

CHANNELS_FOLDER = Path(__file__).parent / "channels"
PROTOCOLS: Mapping[str, str] = {
    "facebook": "marketplace_adapters.facebook.adapter:FacebookAdapter",
    "feed": "marketplace_adapters.feed.adapter:FeedAdapter",
    "handoff": "marketplace_adapters.handoff.adapter:HandoffAdapter",
    "memory": "marketplace_adapters.memory.adapter:MemoryAdapter",
    "seller_form": "marketplace_adapters.seller_form.adapter:SellerFormAdapter",
    "woocommerce": "marketplace_adapters.woocommerce.adapter:WooCommerceAdapter",
    "zalo_oa": "marketplace_adapters.zalo_oa.adapter:ZaloOaAdapter",
}
_KEYS = {
    "name": str, "protocol": str, "last_checked": date, "site": str, "hosts": list, "enabled": bool,
    "training": bool, "lan": bool, "note": str, "rules": dict, "categories": dict, "images": dict,
    "columns": list, "steps": list, "booth_columns": list, "doors": list, "at_once": int, "search": str,
    "form": dict,
}  # fmt: skip
_REQUIRED = ("name", "protocol", "last_checked", "images")


class ChannelFileError(ValueError):
    """A channel file is wrong; the message names the file and the key."""


def protocols() -> tuple[str, ...]:
    """Names of every protocol this library can speak."""
    return tuple(PROTOCOLS)


def adapter_class(protocol: str) -> type[MarketplaceAdapter]:
    """The class behind a protocol name; KeyError for an unknown one."""
    module, _, name = PROTOCOLS[protocol].partition(":")
    return getattr(import_module(module), name)


def make_adapter(
    channel: ChannelInfo, settings: Mapping[str, str], *, keeper: TokenKeeper | None = None
) -> MarketplaceAdapter:
    """An adapter for the booth. `keeper` stores settings that change while they are used (tokens.py)."""
    return adapter_class(channel.protocol)(channel, settings, keeper)


def make_checker(channel: ChannelInfo) -> MarketplaceAdapter:
    """An adapter that is good for `check` alone, for a booth whose settings are not at hand: it reaches nobody."""
    kind = adapter_class(channel.protocol)
    known = {"base_url": channel.site or "https://khong-noi.invalid", "page_id": "0"}
    return kind(channel, {name: known.get(name, "-") for name in kind.required_settings})


@cache
def channels() -> Mapping[str, ChannelInfo]:
    """Every shipped marketplace by its code (the file's name), in alphabetical order."""
    return load_channels(CHANNELS_FOLDER)


def load_channels(folder: Path) -> dict[str, ChannelInfo]:
    """Read a folder of channel files. Raises ChannelFileError."""
    return {path.stem: load_channel(path) for path in sorted(folder.glob("*.toml"))}


def load_channel(path: Path) -> ChannelInfo:
    """Read and validate one channel file. Raises ChannelFileError."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ChannelFileError(f"{path.name}: not TOML: {error}") from error
    try:
        return _channel(path.stem, raw)
    except (KeyError, TypeError, ValueError) as error:
        raise ChannelFileError(f"{path.name}: {error}") from error


def _channel(code: str, raw: dict[str, Any]) -> ChannelInfo:
    for key in _REQUIRED:
        _expect(key in raw, f"{key!r} is missing")
    for key, value in raw.items():
        _expect(key in _KEYS, f"{key!r} is not a known key")
        _expect(isinstance(value, _KEYS[key]), f"{key!r} must be a {_KEYS[key].__name__}")
    for protocol in (raw["protocol"], *raw.get("doors", ())):
        _expect(protocol in PROTOCOLS, f"protocol {protocol!r} is not one of {sorted(PROTOCOLS)}")
    plain = {
        key: raw[key]
        for key in (
            "name",
            "protocol",
            "last_checked",
            "site",
            "enabled",
            "training",
            "lan",
            "note",
            "at_once",
            "search",
        )
        if key in raw
    }
    return ChannelInfo(
        code=code,
        **plain,
        hosts=tuple(_host(host) for host in raw.get("hosts", ())),
        rules={name: _rule(name, fact) for name, fact in raw.get("rules", {}).items()},
        categories=_categories(raw.get("categories", {})),
        images=ImageLimits(**raw["images"]),
        columns=tuple(_column(column) for column in raw.get("columns", ())),
        booth_columns=tuple(_booth_column(column) for column in raw.get("booth_columns", ())),
        doors=tuple(raw.get("doors", ())),
        steps=tuple(_step(step) for step in raw.get("steps", ())),
        form=_form(raw),
    )


def _form(raw: dict[str, Any]) -> FormEngine | None:
    """Read here so that a typing error in a form stops the program at start too."""
    speaks = "seller_form" in (raw["protocol"], *raw.get("doors", ()))
    _expect(not speaks or "form" in raw, "'form' is missing")
    return read_engine(raw["form"]) if "form" in raw else None


def _rule(code: str, fact: dict[str, Any]) -> Rule:
    _expect(code in BY_CODE, f"rules.{code}: no check has this code")
    for key in ("verified", "last_checked", "source"):
        _expect(key in fact, f"rules.{code}: {key!r} is missing")
    unknown = set(fact) - {"verified", "last_checked", "source", "limit", "severity"}
    _expect(not unknown, f"rules.{code}: {sorted(unknown)} not known")
    _expect(isinstance(fact["verified"], bool), f"rules.{code}: verified must be true or false")
    _expect(isinstance(fact["last_checked"], date), f"rules.{code}: last_checked must be a date")
    _expect(
        fact.get("severity") in (None, *SEVERITIES), f"rules.{code}: severity must be one of {SEVERITIES}"
    )
    limit = fact.get("limit")
    limit = tuple(limit) if isinstance(limit, list) else limit
    return Rule(code, limit, fact["verified"], fact["last_checked"], fact["source"], fact.get("severity"))


def _categories(raw: dict[str, str]) -> dict[int, str]:
    categories = {int(set_no): name for set_no, name in raw.items()}
    _expect(all(1 <= set_no <= 26 for set_no in categories), "categories: product sets are numbered 1 to 26")
    return categories


def _host(raw: str) -> str:
    _expect(
        raw == raw.lower() and not set("/: @") & set(raw),
        f"hosts: {raw!r} must be a bare name like buudien.vn",
    )
    return raw


def _step(raw: str) -> str:
    """A step names parts of the parcel by their keys in handoff/words.toml."""
    from marketplace_adapters.handoff.fields import words

    known = {*words()["names"], "category"}
    unknown = {name for _, name, _, _ in Formatter().parse(raw) if name is not None} - known
    _expect(not unknown, f"steps: {sorted(unknown)} not known, only {sorted(known)}")
    return raw


def _column(raw: dict[str, Any]) -> FormColumn:
    from marketplace_adapters.handoff.fields import SOURCES

    column = FormColumn(**raw)
    _expect(column.source in SOURCES, f"columns: {column.label!r}: source {column.source!r} is not known")
    return column


def _booth_column(raw: dict[str, Any]) -> FormColumn:
    from marketplace_adapters.handoff.dossier import known_source

    column = FormColumn(**raw)
    _expect(known_source(column.source), f"booth_columns: {column.label!r}: source {column.source!r} unknown")
    return column


def _expect(condition: bool, problem: str) -> None:
    if not condition:
        raise ValueError(problem)
