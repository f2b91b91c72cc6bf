"""A running town with the demo commune, and phones to visit it with. Engines are needed here, and never skipped."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.hands import PHONE, Hands, launched
from tests.journeys.running import Town


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The whole program with the demo commune, on free ports."""
    town = Town(tmp_path_factory.mktemp("town") / "var", demo=True).start()
    yield town
    town.press_ctrl_c()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        yield browser
        browser.close()


@pytest.fixture
def a_phone(chromium: Browser) -> Iterator[Callable[..., Hands]]:
    """Makes phones of 360 × 640. After the test none may have seen a console error or too wide a page."""
    phones: list[Hands] = []

    def make(*, javascript: bool = True) -> Hands:
        context = chromium.new_context(
            viewport=PHONE, java_script_enabled=javascript, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh"
        )
        phones.append(Hands(context))
        return phones[-1]

    yield make
    troubles = [trouble for phone in phones for trouble in phone.troubles]
    for phone in phones:
        phone.context.close()
    assert troubles == []
