"""Argon2 with tiny costs: what these tests ask is who gets in, not how long a guess takes."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from ocop.accounts.services import passwords


@pytest.fixture(autouse=True, scope="package")
def quick_argon2():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()
