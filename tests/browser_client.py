"""A browser for tests: it opens pages over WSGI, follows redirects, fills forms from the page itself, and
checks every page it opens against the house rules (language, one h1, labels, unique ids, sizes, no inline code).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.datastructures import FileMultiDict
from werkzeug.test import TestResponse

from ocop.accounts import services as accounts
from ocop.accounts.models import User
from ocop.db.engine import open_session
from ocop.web import cookies

PAGE_BUDGET = 30_000  # bytes of HTML of a signed-in page


class Browser:
    """One person's browser. ``open`` and ``Form.submit`` return a checked Page."""

    def __init__(self, app: Flask, engine: Engine) -> None:
        self.app, self.engine = app, engine
        self.client: FlaskClient = app.test_client()

    def another(self) -> Browser:
        """A second browser with its own cookies."""
        return Browser(self.app, self.engine)

    def sign_in(self, user: User, producer_id: str | None = None) -> Browser:
        """Signed in as from the sign-in page, without the cost of argon2."""
        secret = self.app.extensions["ocop.secrets"].session
        with open_session(self.engine) as session:
            token = accounts.start_sign_in(session, user_id=user.id, producer_id=producer_id, secret=secret)
            session.commit()
        with self.app.test_request_context():
            name, _ = cookies._names()
        self.client.set_cookie(name, token)
        return self

    def open(self, path: str, *, status: int = 200, follow: bool = True, **kw: Any) -> Page:
        response = self.client.get(path, follow_redirects=follow, buffered=True, **kw)
        return self._page(response, status)

    def raw(self, path: str, **kw: Any) -> TestResponse:
        """A GET without following redirects and without checks."""
        return self.client.get(path, buffered=True, **kw)

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, keys_at: str = "/khoa-form", **kw: Any
    ) -> TestResponse:
        """A POST with valid hidden keys to any route, as for a route whose form is on another page."""
        return self.client.post(path, data={**self.keys(keys_at), **(data or {})}, **kw)

    def keys(self, page: str = "/khoa-form") -> dict[str, str]:
        """The hidden fields of a form, taken from a page that holds one."""
        soup = BeautifulSoup(self.client.get(page).data, "html5lib")
        return {str(i["name"]): str(i["value"]) for i in soup.select("input[type=hidden]")}

    def _page(self, response: TestResponse, status: int) -> Page:
        assert response.status_code == status, (
            f"{response.request.path}: {response.status}\n{_text(response)[:1500]}"
        )
        page = Page(self, response)
        if response.mimetype == "text/html" and not 300 <= response.status_code < 400:
            page.check()
        return page


def _text(response: TestResponse) -> str:
    return BeautifulSoup(response.data, "html5lib").get_text(" ", strip=True)


@dataclass
class Page:
    browser: Browser
    response: TestResponse
    html: BeautifulSoup = field(init=False)

    def __post_init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.html = BeautifulSoup(self.response.data, "html5lib")

    @property
    def path(self) -> str:
        return self.response.request.path

    @property
    def text(self) -> str:
        """All words of the page, white space folded."""
        return " ".join(self.html.get_text(" ").split())

    @property
    def heading(self) -> str:
        heading = self.html.find("h1")
        return " ".join(heading.get_text(" ").split()) if heading else ""

    def one(self, selector: str) -> Tag:
        found = self.html.select(selector)
        assert len(found) == 1, f"{self.path}: {len(found)} elements match {selector}"
        return found[0]

    def link(self, words: str) -> Page:
        """Follow the link that says these words."""
        found = [a for a in self.html.select("a[href]") if words in " ".join(a.get_text(" ").split())]
        assert found, f"{self.path}: no link says {words!r}"
        return self.browser.open(str(found[0]["href"]))

    def form(self, action_contains: str | None = None, *, button: str | None = None) -> Form:
        """The form whose action holds a text, or which has a button that says these words, or the only one."""
        forms = self.html.select("main form[method=post], body form[method=post]")
        forms = list({id(f): f for f in forms}.values())
        if action_contains is not None:
            forms = [f for f in forms if action_contains in str(f.get("action", ""))]
        if button is not None:
            forms = [f for f in forms if any(button in b.get_text() for b in f.select("button"))]
        elif action_contains is None:
            forms = [
                f
                for f in forms
                if str(f.get("action", "")) not in ("/dang-xuat", "/khoa-may", "/huong-dan/tiep")
            ]
        assert forms, f"{self.path}: no such form ({action_contains!r}, {button!r})"
        return Form(self, forms[0])

    def check(self) -> None:
        """The house rules for every page."""
        where, html = self.path, self.html
        assert html.html is not None and html.html.get("lang") in ("vi", "en"), f"{where}: no lang"
        headings = html.find_all("h1")
        assert len(headings) == 1, f"{where}: {len(headings)} h1"
        title = " ".join(html.title.get_text().split()) if html.title else ""
        assert self.heading and title.startswith(self.heading), (
            f"{where}: title {title!r}, h1 {self.heading!r}"
        )
        ids = [str(tag["id"]) for tag in html.select("[id]")]
        assert len(ids) == len(set(ids)), f"{where}: ids twice: {sorted(i for i in ids if ids.count(i) > 1)}"
        self._check_labels(set(ids))
        for image in html.select("img"):
            assert all(image.has_attr(a) for a in ("alt", "width", "height")), f"{where}: {image}"
        for script in html.select("script"):
            inline_data = script.get("type") == "application/ld+json"
            assert script.get("src") or inline_data, f"{where}: inline script"
        assert not html.select("style, [style]"), f"{where}: inline style {html.select('[style]')[:1]}"
        handlers = [a for tag in html.find_all(True) for a in tag.attrs if a.startswith("on")]
        assert not handlers, f"{where}: inline handlers {handlers}"
        for form in html.select("form[method=post]"):
            for name in ("csrf", "once"):
                assert form.select(f"input[name={name}]"), (
                    f"{where}: form {form.get('action')} without {name}"
                )
        assert len(self.response.data) <= PAGE_BUDGET, f"{where}: {len(self.response.data)} bytes"

    def _check_labels(self, ids: set[str]) -> None:
        labelled = {str(label["for"]) for label in self.html.select("label[for]")}
        assert labelled <= ids, f"{self.path}: labels for nothing: {labelled - ids}"
        for control in self.html.select("input, select, textarea"):
            if control.get("type") in ("hidden", "submit", "button"):
                continue
            named = control.get("id") in labelled or control.get("aria-label") or control.find_parent("label")
            assert named, f"{self.path}: no label for {control}"


class Form:
    """A form of a page with the values it holds; ``fill`` changes some, ``submit`` sends as a browser would."""

    def __init__(self, page: Page, tag: Tag) -> None:
        self.page, self.tag = page, tag
        self.values: dict[str, list[Any]] = {}
        for control in tag.select("input, select, textarea"):
            self._read(control)

    def _read(self, control: Tag) -> None:
        name, kind = str(control.get("name", "")), str(control.get("type", ""))
        if not name or control.has_attr("disabled") or kind in ("file", "submit", "button"):
            return
        if kind in ("checkbox", "radio"):
            if control.has_attr("checked"):
                self.values.setdefault(name, []).append(str(control.get("value", "on")))
            return
        if control.name == "select":
            options = control.select("option[selected]") or control.select("option")[:1]
            self.values.setdefault(name, []).extend(str(o.get("value", o.get_text())) for o in options)
            return
        value = control.get_text() if control.name == "textarea" else str(control.get("value", ""))
        self.values.setdefault(name, []).append(value)

    def fill(self, **values: Any) -> Form:
        """Set fields by name; a field that is not on the page is an error. None clears, a list gives several."""
        names = {str(c.get("name")) for c in self.tag.select("input, select, textarea")}
        for name, value in values.items():
            assert name in names, f"{self.page.path}: no field {name!r} among {sorted(names)}"
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = list(value) if isinstance(value, list | tuple) else [value]
        return self

    def submit(self, button: str | None = None, *, status: int = 200, follow: bool = True) -> Page:
        """Press the button that says these words (or the first one) and follow the redirect."""
        data = FileMultiDict()
        for name, values in self.values.items():
            for value in values:
                if hasattr(value, "read"):
                    data.add_file(name, value, filename=getattr(value, "name", "tep"))
                else:
                    data.add(name, str(value))
        pressed = self._button(button)
        if pressed is not None and pressed.get("name"):
            data.add(str(pressed["name"]), str(pressed.get("value", "")))
        action = str((pressed.get("formaction") if pressed else None) or self.tag.get("action") or "")
        target = urljoin(self.page.response.request.full_path.rstrip("?"), action)
        response = self.page.browser.client.post(target, data=data, follow_redirects=follow)
        return self.page.browser._page(response, status)

    def _button(self, words: str | None) -> Tag | None:
        buttons = self.tag.select("button:not([type=button])")
        if words is None:
            return buttons[0] if buttons else None
        found = [b for b in buttons if words in " ".join(b.get_text(" ").split())]
        assert found, f"{self.page.path}: no button says {words!r}"
        return found[0]
