"""The practice marketplace's second face: a site that can only be used through its seller's web form.

Modelled on a provincial exchange of 2022 (Laravel), with its flaws: photos named by the second, stars typed by hand,
price 0 shown as "Liên hệ", the same code taken twice, markup kept as it comes, errors shown by sending you back.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from marketplace_adapters.practice import form_pages, shopfront
from marketplace_adapters.practice.access import Door
from marketplace_adapters.practice.form_store import HIDDEN, SHOWN, WAITING, FormStore
from marketplace_adapters.practice.store import slugify

PAGE_SIZE = 10
LONGEST_PHOTO_BYTES = 4_000 * 1024
SESSION_SECONDS = 7_200
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
_COOKIE = "san_tap_session"
_STYLE = Path(__file__).with_name("form.css")
_SAVED = {True: "Tạo mới sản phẩm thành công!", False: "Thay đổi thông tin thành công."}


@dataclass(frozen=True)
class Manners:
    """How such sites differ. The model of 2022 does all four.

    `own_codes`: a new product gets SP00001, whatever is sent. `photos_replaced`: photos of an edit take the place of
    all earlier ones. `photos_unseen`: the edit page shows none. `open_to_all`: the address is made of the name, and
    its page opens whatever the status.
    """

    own_codes: bool = False
    photos_replaced: bool = False
    photos_unseen: bool = False
    open_to_all: bool = False


LIKE_2022 = Manners(True, True, True, True)


@dataclass(frozen=True)
class FormReply:
    status: int
    body: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Session:
    token: str
    until: float
    signed_in: bool = False
    flash: dict[str, Any] = field(default_factory=dict)


class FormFace:
    """Answers `/shop/…` and the shoppers' pages of that site. `door()` gives the pair that may sell."""

    def __init__(self, store: FormStore, door: Callable[[], Door], manners: Manners) -> None:
        self.store = store
        self.manners = manners
        self._door = door
        self._sessions: dict[str, _Session] = {}

    def end_sessions(self) -> None:
        """Everybody has to sign in again, as after a restart of the site."""
        self._sessions.clear()

    def public(self, route: str, query: str) -> FormReply | None:
        """A page or photo for shoppers; None when the address is not one of this face."""
        if found := re.fullmatch(r"/san-pham-bm/([a-z0-9-]{1,100})", route):
            product = self._by_address(found[1])
            return self._product(product) if product else _missing()
        if found := re.fullmatch(r"/anh-bm/([\w-]{1,60})/(\w{1,20}\.\w{3,4})", route):
            content = self.store.image(found[1], found[2])
            return FormReply(200, content, "image/jpeg") if content else _missing()
        if route == "/shop/bieu-mau.css":
            return FormReply(
                200, _STYLE.read_bytes(), "text/css; charset=utf-8", {"Cache-Control": "max-age=300"}
            )
        if route == "/tim-kiem-bm":
            words = parse_qs(query).get("tu-khoa", [""])[0].casefold()
            found = [
                one for one in self.store.products(status=SHOWN) if words in one["fields"]["name"].casefold()
            ]
            return self._shelf("Kết quả tìm kiếm", found)
        return (
            self._shelf("Gian hàng biểu mẫu", self.store.products(status=SHOWN)) if route == "/shop" else None
        )

    def seller(
        self, method: str, route: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> FormReply:
        """A page of the seller's side, `/shop/…`. Every answer carries the session's cookies."""
        key, session = self._session(headers.get("cookie", ""))
        fields, files = _sent(headers.get("content-type", ""), body) if method == "POST" else ({}, [])
        if method == "POST" and not hmac.compare_digest(
            fields.get("_token", "").encode(), session.token.encode()
        ):
            reply = _html(shopfront.message("419", "Trang đã hết hạn."), 419)
        elif route == "/shop/login":
            key, session, reply = self._sign_in(method, fields, key, session)
        elif not session.signed_in:
            reply = _to("/shop/login")
        else:
            reply = self._products(method, route, query, fields, files, session)
        # two cookies, one with a comma in its date, as the model sends them
        cookies = {
            "Set-Cookie": f"{_COOKIE}={key}; Path=/; HttpOnly; SameSite=Lax",
            "set-cookie": "XSRF-TOKEN=x; expires=Wed, 01-Jan-2048 00:00:00 GMT; Max-Age=7200; path=/",
        }
        return FormReply(reply.status, reply.body, reply.media_type, {**reply.headers, **cookies})

    def _sign_in(
        self, method: str, fields: Mapping[str, str], key: str, session: _Session
    ) -> tuple[str, _Session, FormReply]:
        if method != "POST":
            return key, session, _html(form_pages.sign_in(session.token, session.flash.pop("error", "")))
        door = self._door()
        pair = (fields.get("username", ""), fields.get("password", ""))
        given, right = ("\0".join(one).encode() for one in (pair, (door.user, door.password)))
        if not hmac.compare_digest(given, right):
            session.flash["error"] = "Tên đăng nhập hoặc mật khẩu sai."
            return key, session, _to("/shop/login")
        self._sessions.pop(key, None)
        key, session = self._new_session()
        session.signed_in = True
        return key, session, _to("/shop/product")

    def _products(
        self, method: str, route: str, query: str, fields: Mapping[str, str], files: list[tuple[str, bytes]],
        session: _Session,
    ) -> FormReply:  # fmt: skip
        if route == "/shop/product":
            return (
                self._save(None, fields, files, session) if method == "POST" else self._list(query, session)
            )
        if route == "/shop/product/create":
            return self._form(None, session)
        found = re.fullmatch(r"/shop/product/(\d{1,18})(/edit)?", route)
        product = self.store.product(int(found[1])) if found else None
        if product is None:
            return _missing()
        if method != "POST":
            return self._form(product, session)
        if fields.get("_method") not in ("PATCH", "PUT"):
            return _html(shopfront.message("405", "Không làm được."), 405)
        return self._save(product, fields, files, session)

    def _list(self, query: str, session: _Session) -> FormReply:
        number = parse_qs(query).get("page", ["1"])[0]
        at = max(int(number), 1) if number.isascii() and number.isdigit() and len(number) < 7 else 1
        everything = self.store.products()
        shown = everything[(at - 1) * PAGE_SIZE : at * PAGE_SIZE]
        more = at * PAGE_SIZE < len(everything)
        return _html(form_pages.product_list(shown, at, more, session.flash.pop("done", "")))

    def _form(self, product: Mapping[str, Any] | None, session: _Session) -> FormReply:
        flash, session.flash = session.flash, {}
        stored = (
            {**product["fields"], "product_code": product["code"], "status": product["status"]}
            if product
            else {}
        )
        code_field = ("readonly" if product else "") if self.manners.own_codes else "text"
        page = form_pages.product_form(
            {**stored, **flash.get("old", {})},
            session.token,
            product=product,
            code_field=code_field,
            images=() if self.manners.photos_unseen or not product else self._images(product),
            errors=flash.get("errors"),
            done=flash.get("done", ""),
        )
        return _html(page)

    def _save(
        self, product: Mapping[str, Any] | None, fields: Mapping[str, str], files: list[tuple[str, bytes]],
        session: _Session,
    ) -> FormReply:  # fmt: skip
        back = f"/shop/product/{product['id']}/edit" if product else "/shop/product/create"
        if errors := dict(_errors(fields, files, new=product is None)):
            session.flash = {
                "errors": errors,
                "old": {name: fields.get(name, "") for name in form_pages.ALL_FIELDS},
            }
            return _to(back)
        code = fields.get("product_code", "").strip()
        if product is None and (self.manners.own_codes or not code):
            code = self.store.next_code()
        names = [self.store.put_image(_folder(code), extension, content) for extension, content in files]
        kept = {
            name: fields.get(name, "")
            for name in form_pages.ALL_FIELDS
            if name not in ("product_code", "status")
        }
        if product is None:
            slug = slugify(fields["name"])
            self.store.add(code, self._status(fields["status"], ""), slug, kept, names)
        else:
            before = [] if self.manners.photos_replaced and names else product["images"]
            status = self._status(fields["status"], product["status"])
            self.store.change(product["id"], code, status, kept, [*before, *names])
        session.flash = {"done": _SAVED[product is None]}
        return _to(back)

    @staticmethod
    def _status(asked: str, before: str) -> str:
        """Whoever wants to be on sale waits for the reviewer, unless the product is on sale already."""
        return asked if asked == HIDDEN or (asked, before) == (SHOWN, SHOWN) else WAITING

    def _product(self, product: Mapping[str, Any]) -> FormReply:
        """The page of a product; like its model it shows others below, with their photos."""
        others = [one for one in self.store.products(status=SHOWN) if one["id"] != product["id"]][:3]
        near = [photo for one in others for photo in self._images(one)[:1]]
        return _html(form_pages.public_product(product, self._images(product), near))

    def _by_address(self, words: str) -> dict[str, Any] | None:
        if self.manners.open_to_all:
            return self.store.by_slug(words)
        product = self.store.product(int(words)) if re.fullmatch(r"\d{1,18}", words) else None
        return product if product and product["status"] == SHOWN else None

    def _address(self, product: Mapping[str, Any]) -> str:
        return f"/san-pham-bm/{product['slug'] if self.manners.open_to_all else product['id']}"

    def _images(self, product: Mapping[str, Any]) -> list[str]:
        return [f"/anh-bm/{_folder(product['code'])}/{name}" for name in product["images"]]

    def _shelf(self, title: str, products: list[dict[str, Any]]) -> FormReply:
        return _html(form_pages.shelf(title, products, {one["id"]: self._address(one) for one in products}))

    def _session(self, cookie: str) -> tuple[str, _Session]:
        try:
            key = SimpleCookie(cookie)[_COOKIE].value
        except (CookieError, KeyError):
            key = ""
        session = self._sessions.get(key)
        if session is None or session.until < self.store.clock():
            return self._new_session()
        session.until = self.store.clock() + SESSION_SECONDS
        return key, session

    def _new_session(self) -> tuple[str, _Session]:
        now = self.store.clock()
        self._sessions = {key: one for key, one in list(self._sessions.items())[-500:] if one.until >= now}
        key = secrets.token_urlsafe(24)
        self._sessions[key] = _Session(secrets.token_urlsafe(24), now + SESSION_SECONDS)
        return key, self._sessions[key]


def _errors(
    fields: Mapping[str, str], files: list[tuple[str, bytes]], *, new: bool
) -> Iterator[tuple[str, str]]:
    """Laravel-like rules; each message belongs to one field."""
    name = fields.get("name", "").strip()
    if not name:
        yield "name", "Tên sản phẩm không được để trống."
    elif len(name) > 255:
        yield "name", "Tên sản phẩm không được dài quá 255 ký tự."
    for price, label in (("price", "Giá gốc"), ("sale_off", "Giá khuyến mãi"), ("amount", "Số lượng")):
        if not re.fullmatch(r"\d{0,12}", fields.get(price, "")):
            yield price, f"{label} phải là số nguyên."
    if fields.get("type_product_id") not in form_pages.CATEGORY_VALUES:
        yield "type_product_id", "Danh mục không được để trống."
    if fields.get("type") not in form_pages.TYPES:
        yield "type", "Loại sản phẩm không được để trống."
    if fields.get("status") not in (SHOWN, HIDDEN, WAITING):
        yield "status", "Trạng thái không được để trống."
    if new and not files:
        yield "images", "Ảnh không được để trống."
    if any(len(content) > LONGEST_PHOTO_BYTES or not content.startswith(_MAGIC) for _, content in files):
        yield "images", "Ảnh phải là jpeg, png, jpg, gif, svg và không quá 4000 KB."


def _sent(content_type: str, body: bytes) -> tuple[dict[str, str], list[tuple[str, bytes]]]:
    """The fields, and the files as (extension, bytes), of either kind of form."""
    boundary = re.search(r'multipart/form-data;.*boundary="?([^";\s]{1,100})', content_type)
    if not boundary:
        plain = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: given[-1] for name, given in plain.items()}, []
    fields: dict[str, str] = {}
    files = []
    for part in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        said = head.decode("utf-8", "replace")
        name = re.search(r'name="([^"]*)"', said)
        file_name = re.search(r'filename="([^"]*)"', said)
        content = content.removesuffix(b"\r\n")
        if file_name and content:
            files.append((re.sub(r"\W", "", file_name[1].rpartition(".")[2])[:4] or "bin", content))
        elif name and not file_name:
            fields[name[1]] = content.decode("utf-8", "replace")
    return fields, files


def _folder(code: str) -> str:
    return re.sub(r"[^\w-]", "_", code)[:60] or "_"


def _html(page: str, status: int = 200) -> FormReply:
    return FormReply(status, page.encode(), headers={"Cache-Control": "no-store"})


def _to(path: str) -> FormReply:
    return FormReply(302, headers={"Location": path})


def _missing() -> FormReply:
    return _html(shopfront.message("Không có trang này", "Sản phẩm chưa được duyệt hoặc đã gỡ."), 404)
