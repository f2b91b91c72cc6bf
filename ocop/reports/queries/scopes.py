"""Whose numbers: a commune an officer looks after, or a province."""

from __future__ import annotations

from dataclasses import dataclass

from ocop.accounts.rules import ScopeKind
from ocop.db.actor import Actor, NotFound
from ocop.places import queries as places


@dataclass(frozen=True, slots=True)
class Scope:
    """kind commune or province, id its code. key: how an address names it, "xa-15286" or "tinh-38"."""

    kind: ScopeKind
    id: str

    @property
    def key(self) -> str:
        return f"{'xa' if self.kind is ScopeKind.COMMUNE else 'tinh'}-{self.id}"

    @property
    def name(self) -> str:
        """ "Xã Hoạt Giang", "Tỉnh Thanh Hóa"."""
        if self.kind is ScopeKind.COMMUNE:
            return places.commune(self.id).full_name
        return places.province(self.id).full_name

    @property
    def province_name(self) -> str:
        code = places.commune(self.id).province_code if self.kind is ScopeKind.COMMUNE else self.id
        return places.province(code).full_name

    def communes(self) -> dict[str, str]:
        """Code -> name of the communes that count here."""
        if self.kind is ScopeKind.COMMUNE:
            return {self.id: self.name}
        return {commune.code: commune.full_name for commune in places.communes_of(self.id)}


def scopes(actor: Actor) -> list[Scope]:
    """What an official may report on, provinces first."""
    return [Scope(ScopeKind.PROVINCE, code) for code in sorted(actor.provinces)] + [
        Scope(ScopeKind.COMMUNE, code) for code in sorted(actor.communes)
    ]


def scope_named(actor: Actor, key: str = "") -> Scope:
    """The scope with this key, without one the first the actor has. Raises NotFound for any other."""
    mine = scopes(actor)
    found = next((scope for scope in mine if not key or scope.key == key), None)
    if found is None:
        raise NotFound()
    return found
