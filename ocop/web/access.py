"""Who may open a view. Every view wears exactly one of these marks; one without a mark answers 500 and a test
lists it. The mark speaks of the kind of person; whose thing it is, is decided in the query layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g, request

from ocop.db.actor import Actor, NotAllowed

View = TypeVar("View", bound=Callable[..., Any])


class SignInFirst(Exception):
    """Nobody is signed in and the page is not public."""


@dataclass(frozen=True)
class Access:
    """kind: anonymous | public | signed_in | producer | official | operator. right: what a producer page asks for.
    once: the form must carry a sending-twice key (everything that changes data, but autosave).
    stays: the answer is a file, so the page stays open and can be sent again with other answers.
    address: the part of the path that is the key to the page; its forms are tied to it and to no cookie."""

    kind: str
    right: str = ""
    once: bool = True
    stays: bool = False
    address: str = ""


def _mark(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.__access__ = access  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Anybody, signed in or not."""
    return _mark(Access("public"))(view)


def anonymous(view: View) -> View:
    """Scan pages and pictures: nobody is even looked up, no cookie is read or set."""
    return _mark(Access("anonymous"))(view)


def by_address(part: str) -> Callable[[View], View]:
    """Anybody who has the address: nothing here rests on a cookie, so that a browser inside a chat program that
    keeps none works, and there is no standing permission for another site to ride on (no CSRF). What such a
    view does twice must be harmless by itself: a key for sending twice would store the address."""
    return _mark(Access("public", once=False, address=part))


def signed_in(view: View) -> View:
    return _mark(Access("signed_in"))(view)


def producer(right: str, *, once: bool = True, stays: bool = False) -> Callable[[View], View]:
    """Somebody working for a producer with this right on it."""
    return _mark(Access("producer", right, once, stays))


def official(view: View) -> View:
    """Somebody with a commune or province to look after."""
    return _mark(Access("official"))(view)


def operator(view: View) -> View:
    return _mark(Access("operator"))(view)


def actor() -> Actor:
    """The person of this request. Raises SignInFirst when there is none."""
    who: Actor | None = g.get("actor")
    if who is None:
        raise SignInFirst()
    return who


def access_of(endpoint: str | None) -> Access | None:
    view = current_app.view_functions.get(endpoint or "")
    return getattr(view, "__access__", None)


def enforce() -> None:
    """Before each request: the mark against the actor."""
    if request.endpoint in (None, "static"):
        return
    access = access_of(request.endpoint)
    if access is None:
        raise RuntimeError(f"view {request.endpoint} does not say who may open it")
    if access.kind in ("public", "anonymous"):
        return
    who = actor()
    if access.kind == "operator":
        who.require_operator()
    elif access.kind == "official" and not (who.communes or who.provinces):
        raise NotAllowed("official")
    elif access.kind == "producer":
        who.require(access.right)
