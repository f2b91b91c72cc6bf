"""Settings from the environment. A wrong or missing one stops the program at start-up and is named."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class ConfigError(RuntimeError):
    """One or more settings cannot be used; the message names each of them."""


@dataclass(frozen=True)
class Config:
    """Everything the program may be told from outside.

    var         folder of all data: database, media, spool, secrets, marks
    database_url SQLAlchemy URL; embedded SQLite by default
    base_url    where this install answers on the web; printed stamps use the confirmed one in the database
    https       cookies are Secure and HSTS is sent
    demo        an empty database is filled with a demo commune
    help_phone  the one number shown for help on every page, may be empty
    """

    var: Path
    database_url: str
    base_url: str
    host: str
    port: int
    practice_port: int
    https: bool
    demo: bool
    help_phone: str
    trusted_proxies: int

    @property
    def media_dir(self) -> Path:
        return self.var / "media"

    @property
    def spool_dir(self) -> Path:
        return self.var / "spool"

    @property
    def secrets_dir(self) -> Path:
        return self.var / "secrets"

    @property
    def mark_file(self) -> Path:
        """High-water mark of roll numbers: outside database and backup on purpose."""
        return self.var / "marks" / "stamp-roll.mark"

    @property
    def practice_db(self) -> Path:
        return self.var / "practice" / "shop.db"

    @property
    def practice_url(self) -> str:
        return f"http://127.0.0.1:{self.practice_port}"


_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def load(env: Mapping[str, str] | None = None) -> Config:
    """Read the settings. Raises ConfigError naming every bad one at once."""
    env = os.environ if env is None else env
    problems: list[str] = []

    def whole(name: str, default: int, low: int, high: int) -> int:
        text = env.get(name, "")
        if not text:
            return default
        if text.isascii() and text.isdigit() and low <= int(text) <= high:
            return int(text)
        problems.append(f"{name} must be a whole number from {low} to {high}, not {text!r}")
        return default

    def flag(name: str, default: bool) -> bool:
        text = env.get(name)
        if text is None:
            return default
        if text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        problems.append(f"{name} must be 1 or 0, not {text!r}")
        return default

    var = Path(env.get("OCOP_VAR") or "var").resolve()
    port = whole("OCOP_PORT", 8000, 1, 65535)
    base_url = (env.get("OCOP_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    if not base_url.lower().startswith(("http://", "https://")):
        problems.append(f"OCOP_BASE_URL must begin with http:// or https://, not {base_url!r}")
    config = Config(
        var=var,
        database_url=env.get("OCOP_DATABASE_URL") or f"sqlite:///{var / 'ocop.db'}",
        base_url=base_url,
        host=env.get("OCOP_HOST") or "127.0.0.1",
        port=port,
        practice_port=whole("OCOP_PRACTICE_PORT", 8090, 1, 65535),
        https=base_url.lower().startswith("https://"),
        demo=flag("OCOP_DEMO", True),
        help_phone=env.get("OCOP_HELP_PHONE", ""),
        trusted_proxies=whole("OCOP_TRUSTED_PROXIES", 0, 0, 3),
    )
    if problems:
        raise ConfigError("; ".join(problems))
    return config
