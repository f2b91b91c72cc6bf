"""The steps of an import as an officer takes them."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser_client import Browser, Page


def sent(desk: Browser, worker: Callable[..., None], file: object, photos: object | None = None) -> Page:
    """The page of the columns, for a sheet that was just sent in."""
    form = desk.open("/xa/nhap-excel").form(button="Gửi tệp").fill(file=file)
    if photos is not None:
        form.fill(photos=photos)
    waiting = form.submit("Gửi tệp")
    worker()
    return desk.open(waiting.path)


def previewed(desk: Browser, worker: Callable[..., None], file: object, photos: object | None = None) -> Page:
    page = sent(desk, worker, file, photos).form(button="Đúng, xem thử").submit("Đúng, xem thử")
    worker()
    return desk.open(page.path)


def taken(desk: Browser, worker: Callable[..., None], file: object, photos: object | None = None) -> Page:
    page = previewed(desk, worker, file, photos)
    page = page.form(action_contains="/lay").submit()
    worker()
    return desk.open(page.path)
