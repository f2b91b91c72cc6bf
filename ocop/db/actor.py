"""Who acts, for whom, and what they may do: handed to every service and every scoped query."""

from __future__ import annotations

from dataclasses import dataclass


class NotAllowed(Exception):
    """The actor works for this producer but lacks the right. Shown as 403."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class NotFound(Exception):
    """No such thing, or not one of the producer the actor works for. Both look the same: 404."""


@dataclass(frozen=True)
class Actor:
    """producer_id is the producer worked for right now; rights are those the grants in force give on it.

    on_behalf is true when the right comes from a delegation (to the commune's office or a village group) and not
    from being the producer's own person; delegation_id then says which. communes and provinces are what an
    official may look at; groups are the village groups the person belongs to.
    """

    user_id: str | None
    name: str
    producer_id: str | None = None
    rights: frozenset[str] = frozenset()
    on_behalf: bool = False
    communes: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    operator: bool = False
    delegation_id: str | None = None
    groups: frozenset[str] = frozenset()

    def may(self, right: str) -> bool:
        return right in self.rights

    def require(self, right: str) -> str:
        """The producer's id when the actor may do this for it. Raises NotFound or NotAllowed."""
        if self.producer_id is None:
            raise NotFound()
        if right not in self.rights:
            raise NotAllowed(right)
        return self.producer_id

    def require_operator(self) -> None:
        if not self.operator:
            raise NotAllowed("operator")


SYSTEM = Actor(user_id=None, name="máy")
