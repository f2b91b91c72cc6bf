"""Argon2. Slow and hungry on purpose, so never inside a write transaction and never more than two at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ocop.accounts.models import User

# 64 MB each with the library's defaults: a burst of sign-ins waits here instead of filling the memory.
_TWO_AT_A_TIME = threading.BoundedSemaphore(2)
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    with _TWO_AT_A_TIME:
        return _hasher.hash(password)


def fits(password_hash: str, password: str) -> bool:
    with _TWO_AT_A_TIME:
        try:
            return _hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def owners_of(users: Iterable[User], password: str) -> list[User]:
    """Those of the users whose password this is. Takes as long when there is nobody to compare with."""
    hashes = [(user, user.password_hash) for user in users if user.password_hash]
    if not hashes:
        fits(_nobody(), password)
    return [user for user, password_hash in hashes if fits(password_hash, password)]


@cache
def _nobody() -> str:
    return hashed("a password that is never accepted, for timing only")
