"""A counterpart for the Zalo OA adapter: keeps articles, works on them for a while, and can misbehave.

    with ZaloServer() as zalo:
        zalo.settings()                  # app, secret and a fresh pair of tokens, addresses included
        zalo.processing = 3              # so many requests until a write is worked off; None: never by itself
        zalo.faults.add("lost_reply", "POST", "/article/create")

What it takes from Zalo: HTTP 200 with an error number, tokens in headers, create -> token -> verify -> id, ten
articles a list and no texts in it, a refresh token for one exchange whose second use ends the session.
It fetches no photo; it looks whether an address could be fetched.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

from marketplace_adapters.practice.faults import ACTS_FIRST, FaultPlan
from marketplace_adapters.practice.service import Answer, Handler, Service
from marketplace_adapters.testing.zalo_sessions import Sessions, form_answer

_PHOTO = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?/[!-~]*")


class _Refused(Exception):
    def __init__(self, number: int, message: str) -> None:
        self.answer = Answer(200, {"error": number, "message": message})
        super().__init__(message)


@dataclass
class _Write:
    """A create or update that Zalo works on. `article_id` is given from the start, and told at the end."""

    article_id: str
    fields: dict[str, Any]
    left: int | None
    done: bool = False


class _Handler(Handler):
    service: ZaloServer

    def respond(self, body: bytes) -> None:
        fault = self.service.faults.take(self.command, self.route)
        if fault and fault not in ACTS_FIRST:
            self.fail(fault)
            return
        try:
            answer = self.service.answer(self.command, self.route, self.query, self.headers, body)
        except _Refused as refused:
            answer = refused.answer
        if fault:
            self.fail(fault, answer)
        else:
            self.json(answer)

    def fail(self, fault: str, answer: Answer | None = None) -> None:
        """As Zalo says it where it has words of its own."""
        if fault == "rate_limited":
            wait = self.service.faults.retry_after
            headers = {"Retry-After": wait} if wait is not None else {}
            self.json(Answer(200, {"error": -32, "message": "Rate limit reached"}, headers))
        elif fault == "expired_key":
            self.service.sessions.end_all()
            self.json(Answer(200, {"error": -216, "message": "Access token is invalid"}))
        else:
            super().fail(fault, answer)


class ZaloServer(Service):
    """One OA and one app. `clock` gives Unix seconds; tokens end by it."""

    handler = _Handler

    def __init__(self, *, faults: FaultPlan | None = None, clock: Callable[[], float] = time.time) -> None:
        super().__init__(faults=faults)
        self.clock = clock
        self.app_id, self.app_secret, self.oa_id = "1234567890", "bi-mat-ung-dung-zalo", "4567890123"
        self.processing: int | None = 2
        self.verified = True
        self.error_next: dict[str, int] = {}  # path -> error number, once
        self.unfetchable: set[str] = set()
        self.deaf_to_status = False  # takes an update, and leaves shown what was shown
        self.articles: dict[str, dict[str, Any]] = {}
        self.photos: set[str] = set()  # every address it was ever handed
        self.sessions = Sessions(clock)
        self._writes: dict[str, _Write] = {}
        self._lock = RLock()

    def settings(self, **more: str) -> dict[str, str]:
        """What an adapter needs to talk to this server, with the pair of a fresh session."""
        with self._lock:
            pair = self.sessions.begin()
        own = {"app_id": self.app_id, "app_secret": self.app_secret, "dry_run": "0"}
        return {**own, **pair, "api_url": self.base_url, "oauth_url": self.base_url, **more}

    def finish(self) -> None:
        """Work off everything that waits."""
        with self._lock:
            for write in self._writes.values():
                write.left = 0
            self._tick()

    def with_sku(self, sku: str) -> list[dict[str, Any]]:
        """Articles with this SKU line, those still worked on included."""
        with self._lock:
            waiting = [one.fields for one in self._writes.values() if not one.done and one.left != -1]
            fresh = [fields for fields in waiting if fields["id"] not in self.articles]
            return [one for one in (*self.articles.values(), *fresh) if _has_line(one, f"Mã hàng: {sku}")]

    def add(self, fields: Mapping[str, Any]) -> str:
        """An article that somebody wrote by hand."""
        with self._lock:
            article_id = secrets.token_hex(10)
            at = len(self.articles) + 1
            self.articles[article_id] = {**fields, "id": article_id, "create_date": at}
            return article_id

    def answer(self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The answer to one request. Raises _Refused."""
        with self._lock:
            if number := self.error_next.pop(path, 0):
                raise _Refused(number, f"error ordered by the test for {headers.get('access_token')}")
            if path == "/v4/oa/access_token":
                return self._token(headers, dict(parse_qsl(body.decode())))
            self._admit(headers)
            acts = {
                ("GET", "/v2.0/oa/getoa"): self._oa, ("GET", "/v2.0/article/getslice"): self._slice,
                ("GET", "/v2.0/article/getdetail"): self._detail, ("POST", "/v2.0/article/create"): self._create,
                ("POST", "/v2.0/article/update"): self._update, ("POST", "/v2.0/article/remove"): self._remove,
                ("POST", "/v2.0/article/verify"): self._verify,
            }  # fmt: skip
            act = acts.get((method, path))
            if act is None:
                return Answer(404, {"error": -209, "message": "API is not support"})
            asked = dict(parse_qsl(query)) if method == "GET" else json.loads(body)
            return Answer(200, {"error": 0, "message": "Success", "data": act(asked)})

    def _oa(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"oaid": self.oa_id, "name": "OA xã Hoạt Giang (mẫu)", "is_verified": self.verified}

    def _slice(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        if asked.get("type") not in ("normal", "video"):
            raise _Refused(-201, "type accept only 2 value normal and video.")
        if int(asked.get("limit", 0)) > 10:
            raise _Refused(-201, "maximum limit is 10")
        self._tick()
        newest = list(reversed(self.articles.values()))[int(asked.get("offset", 0)) :][: int(asked["limit"])]
        told = ("id", "type", "title", "status", "create_date")
        return {
            "medias": [{name: one.get(name) for name in told} for one in newest],
            "total": len(self.articles),
        }

    def _detail(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        return dict(self._article(asked))

    def _create(self, asked: dict[str, Any]) -> dict[str, Any]:
        _refuse_wrong(asked)
        article_id = secrets.token_hex(10)
        return self._accept(article_id, {**asked, "id": article_id, "create_date": len(self._writes) + 1})

    def _update(self, asked: dict[str, Any]) -> dict[str, Any]:
        there = self._article(asked)
        if any(one.article_id == there["id"] and not one.done for one in self._writes.values()):
            raise _Refused(-214, "Article is being processing")
        _refuse_wrong(asked)
        if self.unfetchable & set(_photos(asked)):
            raise _Refused(-201, "photo_url is invalid")
        kept = {"status": there["status"]} if self.deaf_to_status else {}
        return self._accept(there["id"], {**there, **asked, **kept})

    def _remove(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        del self.articles[self._article(asked)["id"]]
        return {}

    def _verify(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        write = self._writes.get(str(asked.get("token")))
        if write is None:
            raise _Refused(-201, "token is invalid")
        self._tick()
        if write.left == -1:
            raise _Refused(-200, "Upload media failed")
        if not write.done:
            raise _Refused(-214, "Article is being processing")
        return {"id": write.article_id}

    def _accept(self, article_id: str, fields: dict[str, Any]) -> dict[str, Any]:
        token = secrets.token_urlsafe(24)
        self.photos.update(_photos(fields))
        self._writes[token] = _Write(article_id, fields, self.processing)
        return {"token": token}

    def _tick(self) -> None:
        """A little time passes: every verify and every list brings open work nearer to its end."""
        for write in self._writes.values():
            if write.done or write.left in (None, -1):
                continue
            if write.left == 0:
                self._finish(write)
            else:
                write.left -= 1

    def _finish(self, write: _Write) -> None:
        if self.unfetchable & set(_photos(write.fields)):
            write.left = -1
            return
        write.done = True
        self.articles[write.article_id] = write.fields

    def _article(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        found = self.articles.get(str(asked.get("id")))
        if found is None:
            raise _Refused(-201, "id is invalid")
        return found

    def _admit(self, headers: Mapping[str, str]) -> None:
        if not self.sessions.admits(headers.get("access_token") or ""):
            raise _Refused(-216, "Access token is invalid")

    def _token(self, headers: Mapping[str, str], form: Mapping[str, str]) -> Answer:
        if headers.get("secret_key") != self.app_secret or form.get("app_id") != self.app_id:
            raise _Refused(-14004, "Invalid secret key")
        pair = form_answer(self.sessions, form)
        if pair is None:
            raise _Refused(-14014, "Invalid code or refresh token")
        return Answer(200, pair)


def _refuse_wrong(article: Mapping[str, Any]) -> None:
    for name, most in (("title", 150), ("author", 50), ("description", 300)):
        if not 0 < len(str(article.get(name, ""))) <= most:
            raise _Refused(-201, f"{name} allow 1 to {most} characters")
    cover = article.get("cover")
    if not isinstance(cover, dict) or cover.get("cover_type") != "photo" or cover.get("status") != "show":
        raise _Refused(-201, "cover value is invalid")
    if not all(_PHOTO.fullmatch(url) for url in _photos(article)):
        raise _Refused(-201, "photo_url is invalid")
    if not article.get("body") or article.get("status") not in ("show", "hide"):
        raise _Refused(-201, "body or status is invalid")


def _photos(article: Mapping[str, Any]) -> list[str]:
    images = [str(block.get("url")) for block in article["body"] if block.get("type") == "image"]
    return [str(article["cover"].get("photo_url")), *images]


def _has_line(article: Mapping[str, Any], line: str) -> bool:
    return any(block.get("content") == line for block in article["body"])
