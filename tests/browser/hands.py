"""A person at a phone: opens pages, types, presses – and every act is counted and every page looked at."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, Playwright

PHONE = {"width": 360, "height": 640}
OWNER = "0400 000 001"
_QUIET = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def launched(playwright: Playwright) -> Browser:
    """The Chromium of this machine. Fails, never skips, where there is none."""
    return playwright.chromium.launch(executable_path=_chromium(), args=list(_QUIET))


def without_cookies(chromium: BrowserType, profile: Path, *, javascript: bool = True) -> BrowserContext:
    """A phone as inside a chat program: its browser takes no cookie and saves no file."""
    settings = profile / "Default" / "Preferences"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"profile": {"default_content_setting_values": {"cookies": 2}}}))
    return chromium.launch_persistent_context(
        profile,
        executable_path=_chromium(),
        args=list(_QUIET),
        viewport=PHONE,
        java_script_enabled=javascript,
        accept_downloads=False,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
    )


def _chromium() -> str:
    found = shutil.which("chromium")
    assert found, "the browser tests need the package chromium"
    return found


@dataclass
class Hands:
    """One phone. presses: every select, tick, link and button; typed: fields; picks: visits to the gallery.

    opened: the paths of the pages, in order; hosts: every server that was asked for anything.
    troubles: console errors (a breach of the content policy is one), script errors and pages wider than the screen.
    """

    context: BrowserContext
    page: Page = field(init=False)
    presses: int = 0
    typed: int = 0
    picks: int = 0
    opened: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        self.page.on("load", lambda page: self._came_to(page))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(f"console on {self.page.url}: {message.text}")

    def _came_to(self, page: Page) -> None:
        self.opened.append(urlsplit(page.url).path)

    def look(self) -> None:
        """The page may not be wider than the phone."""
        widths = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        if widths[0] > widths[1]:
            self.troubles.append(f"{self.page.url} is {widths[0]} px wide on a screen of {widths[1]} px")

    def open(self, url: str) -> Page:
        self.page.goto(url, wait_until="load")
        self.look()
        return self.page

    def press(self, target: Locator) -> None:
        """A tap on a button, a link or a tick."""
        self.presses += 1
        target.click()
        self.page.wait_for_load_state("load")
        self.look()

    def choose(self, target: Locator, label: str) -> None:
        self.presses += 1
        target.select_option(label=label)

    def type(self, label: str, text: str) -> None:
        """Into a field that must be empty: what stands there already was not typed."""
        target = self.page.get_by_label(label, exact=True)
        assert target.input_value() == "", f"{label} was filled in before"
        self.typed += 1
        target.fill(text)

    def pick(self, label: str, files: list[Any]) -> None:
        """One visit to the phone's gallery, several pictures ticked there."""
        self.picks += 1
        self.page.locator(f"input[type=file][aria-label='{label}']").set_input_files(files)

    def sign_in(self, url: str, phone: str, password: str) -> None:
        self.open(f"{url}/dang-nhap")
        self.sign_in_here(phone, password)

    def sign_in_here(self, phone: str, password: str) -> None:
        """On the page of the front door, which is open already."""
        self.page.get_by_label("Số điện thoại").fill(phone)
        self.page.get_by_label("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(lambda address: "/dang-nhap" not in address)

    def start_counting(self) -> None:
        self.presses = self.typed = self.picks = 0
        self.opened = [urlsplit(self.page.url).path]
