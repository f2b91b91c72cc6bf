"""Single-use tokens of a channel, kept in the database: one worker at a time exchanges them.

    claim the channel's token lease, commit -> exchange with no transaction open -> store encrypted, release, commit

The others wait and find the new ones. A worker that dies in between leaves a lease that runs out.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.fernet import Fernet
from sqlalchemy import ColumnElement, Engine, or_, update

from marketplace_adapters.errors import MarketplaceUnavailable
from marketplace_adapters.http_base import DEADLINE_SECONDS
from marketplace_adapters.tokens import Settings
from ocop.db.engine import open_session
from ocop.publishing.models import Channel
from ocop.publishing.services import open_settings

_LEASE = dt.timedelta(seconds=2 * DEADLINE_SECONDS)  # longer than one exchange can take
WAIT_SECONDS = 20.0
_POLL_SECONDS = 0.1


@dataclass(frozen=True)
class ChannelKeeper:
    """A TokenKeeper of one channel. clock gives aware UTC instants."""

    engine: Engine
    channel_id: str
    cipher: Fernet
    clock: Callable[[], dt.datetime]
    wait_seconds: float = WAIT_SECONDS

    def renewed(self, stale: Settings, refresh: Callable[[Settings], Settings]) -> Settings:
        """See TokenKeeper."""
        deadline = time.monotonic() + self.wait_seconds
        while (mine := self._claim()) is None:
            if time.monotonic() >= deadline:
                raise MarketplaceUnavailable("token_busy")
            time.sleep(_POLL_SECONDS)
        try:
            kept, stored = self._read()
            if dict(stale) != stored:
                return stored
            fresh = {**stored, **refresh(dict(stored))}
            changed = {"settings_encrypted": self._sealed(fresh), "token_renewed_at": self.clock()}
            if self._write(Channel.settings_encrypted == kept, **changed):
                return fresh
            return self._read()[1]  # somebody connected the channel anew meanwhile: theirs count
        finally:
            self._write(Channel.token_lease == mine, token_lease=None, token_lease_until=None)

    def _claim(self) -> str | None:
        mine, now = secrets.token_hex(16), self.clock()
        free = or_(Channel.token_lease_until.is_(None), Channel.token_lease_until < now)
        claimed = self._write(free, token_lease=mine, token_lease_until=now + _LEASE)
        return mine if claimed else None

    def _read(self) -> tuple[bytes | None, dict[str, str]]:
        with open_session(self.engine, read_only=True) as session:
            channel = session.get_one(Channel, self.channel_id)
            return channel.settings_encrypted, open_settings(channel, self.cipher)

    def _sealed(self, settings: Settings) -> bytes:
        return self.cipher.encrypt(json.dumps(dict(settings)).encode())

    def _write(self, only: ColumnElement[bool], **values: object) -> bool:
        """Past the channel's version: no form that a person has open is spoilt by it."""
        mine = update(Channel).where(Channel.id == self.channel_id, only).values(**values)
        with open_session(self.engine) as session:
            done = session.execute(mine.execution_options(synchronize_session=False))
            session.commit()
            return done.rowcount == 1
