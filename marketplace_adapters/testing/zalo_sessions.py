"""Zalo's OAuth v4 as a counterpart keeps it: pairs of tokens that end by a clock and replace each other."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

ACCESS_TOKEN_SECONDS = 90_000
REFRESH_TOKEN_SECONDS = 7_776_000


@dataclass
class _Session:
    """What one yes of the OA's owner opened: at any time one pair is good."""

    access: str = ""
    access_ends: float = 0
    refresh: str = ""
    refresh_ends: float = 0
    used: set[str] = field(default_factory=set)
    open: bool = True


class Sessions:
    """`exchanges` counts the pairs that were asked for over the line. Not thread-safe: the server holds its lock."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.exchanges = 0
        self._clock = clock
        self._codes: dict[str, str] = {}
        self._sessions: list[_Session] = []

    def begin(self) -> dict[str, str]:
        """The settings that a connected booth holds: a pair and when it ends."""
        session = self._opened()
        pair = self._next_pair(session)
        ends = {"expires_at": session.access_ends, "refresh_expires_at": session.refresh_ends}
        return {**pair, **{name: str(int(end)) for name, end in ends.items()}}

    def say_yes(self, challenge: str) -> str:
        """The owner agrees on the permission page: the code that comes back to the app."""
        code = secrets.token_urlsafe(12)
        self._codes[code] = challenge
        return code

    def end_all(self) -> None:
        for session in self._sessions:
            session.open = False

    def set_access_end(self, end: float) -> None:
        """Access tokens end then; refresh tokens stay good."""
        for session in self._sessions:
            session.access_ends = end

    def admits(self, token: str) -> bool:
        now = self._clock()
        return any(one.open and one.access == token and one.access_ends > now for one in self._sessions)

    def redeemed(self, code: str, verifier: str) -> dict[str, str] | None:
        """A first pair for a code and the proof that its asker asked for it; None refuses."""
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if self._codes.pop(code, None) != challenge:
            return None
        return self._exchanged(self._opened())

    def refreshed(self, token: str) -> dict[str, str] | None:
        """The next pair; None refuses. A token that was used before ends its session: two hold it, one is a thief."""
        for session in self._sessions:
            if token in session.used:
                session.open = False
                return None
            if session.open and token == session.refresh and session.refresh_ends > self._clock():
                return self._exchanged(session)
        return None

    def _opened(self) -> _Session:
        session = _Session()
        self._sessions.append(session)
        return session

    def _exchanged(self, session: _Session) -> dict[str, str]:
        self.exchanges += 1
        return {**self._next_pair(session), "expires_in": str(ACCESS_TOKEN_SECONDS)}

    def _next_pair(self, session: _Session) -> dict[str, str]:
        if session.refresh:
            session.used.add(session.refresh)
        session.access, session.refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        session.access_ends = self._clock() + ACCESS_TOKEN_SECONDS
        session.refresh_ends = self._clock() + REFRESH_TOKEN_SECONDS
        return {"access_token": session.access, "refresh_token": session.refresh}


def form_answer(sessions: Sessions, form: Mapping[str, str]) -> dict[str, str] | None:
    """The pair a form at the token address asks for; None refuses."""
    if form.get("grant_type") == "authorization_code":
        return sessions.redeemed(form.get("code", ""), form.get("code_verifier", ""))
    return sessions.refreshed(form.get("refresh_token", ""))
