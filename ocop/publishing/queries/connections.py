"""How a connection that does not work is said: from an adapter's error to the sentence a person can act on."""

from __future__ import annotations

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    MarketplaceError,
    MarketplaceUnavailable,
)
from marketplace_adapters.types import ChannelInfo
from ocop.db.errors import Refused
from ocop.web.wording import has_sentence


def connection_refusal(error: MarketplaceError, info: ChannelInfo) -> Refused:
    """The sentence of this very code, for this kind of marketplace where it has its own words, else of its sort."""
    sort, fields = _sort(error, info)
    for code in (f"{error.code}_{info.protocol}", error.code, f"{sort}_{info.protocol}"):
        if has_sentence(f"connect_{code}"):
            sort = code
            break
    said = {name: error.params[name] for name in ("seconds",) if name in error.params}
    return Refused(f"connect_{sort}", field=fields, **said)


def _sort(error: MarketplaceError, info: ChannelInfo) -> tuple[str, str | None]:
    kind = registry.adapter_class(info.protocol)
    first = kind.required_settings[0]
    if isinstance(error, ConfigurationError):
        one = error.settings[0] if len(error.settings) == 1 else None
        return "bad_url", one if error.code != "settings_missing" else None
    if isinstance(error, AuthenticationError):
        field = "username" if error.code == "unknown_user" else next(iter(kind.secret_settings), first)
        return "credential_refused", field
    if isinstance(error, MarketplaceUnavailable):
        return "unavailable", first
    return "unexpected", first
