"""Each guide is exactly one page of A4: printed by the real browser, and the pages counted."""

from __future__ import annotations

import pypdfium2
import pytest
from playwright.sync_api import Browser

from ocop.training.rules import guides
from tests.journeys.running import Town

A4_POINTS = (595, 842)


@pytest.mark.parametrize("role", list(guides()))
def test_a_guide_is_one_page_of_a4(chromium: Browser, town: Town, role: str) -> None:
    page = chromium.new_page()
    page.goto(f"{town.url}/huong-dan/{role}")

    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))

    (sheet,) = printed
    assert tuple(round(side) for side in sheet.get_size()) == A4_POINTS
    words = " ".join(sheet.get_textpage().get_text_bounded().split())
    assert guides()[role]["title"] in words
    assert guides()[role]["remember"][-1] in words
    page.close()
