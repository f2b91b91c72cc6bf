"""A counterpart for the Facebook adapter: one page, its photos and posts, one catalog; it stores, and it can misbehave.

    with GraphServer() as graph:
        graph.settings()                 # page and token, this server's address included
        graph.faults.add("lost_reply", "POST", "/feed")
        graph.refuse_next(190, 463)      # the next call meets this error code and subcode

What it takes from Graph: errors of HTTP 400 with a code, lists turned by cursor whose `next` carries the token,
unpublished photos that no list shows and that vanish with the post that showed them, posts whose photos cannot be
changed and that cannot be unpublished, catalog batches worked off a few looks later.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from threading import RLock
from typing import Any
from urllib.parse import parse_qsl

from marketplace_adapters.practice.faults import ACTS_FIRST, FaultPlan
from marketplace_adapters.practice.service import Answer, Handler, Service

_PAGE_SIZE = 3  # small, so that a test turns pages
_VERSIONED = re.compile(r"/v\d+\.\d/(.*)")


class _Refused(Exception):
    def __init__(self, code: int, message: str, subcode: int = 0) -> None:
        error = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
        self.answer = Answer(400, {"error": {**error, **({"error_subcode": subcode} if subcode else {})}})
        super().__init__(message)


@dataclass
class Post:
    """One post of the page."""

    id: str
    message: str
    photos: list[str]
    created: str
    published: bool = True


@dataclass
class _Batch:
    """A catalog batch that Meta works off later."""

    data: dict[str, Any]
    left: int
    errors: list[dict[str, Any]] = field(default_factory=list)
    done: bool = False


class _Handler(Handler):
    service: GraphServer

    def respond(self, body: bytes) -> None:
        fault = self.service.faults.take(self.command, self.route)
        if fault and fault not in ACTS_FIRST:
            self.fail(fault)
            return
        try:
            answer = Answer(
                200, self.service.answer(self.command, self.route, self.query, self.headers, body)
            )
        except _Refused as refused:
            answer = refused.answer
        if fault:
            self.fail(fault, answer)
        else:
            self.json(answer)

    def fail(self, fault: str, answer: Answer | None = None) -> None:
        """As Graph says it where it has words of its own."""
        if fault == "rate_limited":
            wait = self.service.faults.retry_after
            told = _Refused(32, "Page request limit reached").answer
            self.json(Answer(400, told.body, {"Retry-After": wait} if wait is not None else {}))
        elif fault == "expired_key":
            self.json(_Refused(190, "Session has expired", 463).answer)
        else:
            super().fail(fault, answer)


class GraphServer(Service):
    """Page and catalog of one co-op."""

    handler = _Handler

    def __init__(self, *, faults: FaultPlan | None = None) -> None:
        super().__init__(faults=faults)
        self.page_id, self.catalog_id = "100200300", "900800700"
        self.token, self.app_secret = "EAAtrang-bi-mat-0123456789", "bi-mat-ung-dung-fb"  # noqa: S105
        self.posts: dict[str, Post] = {}
        self.photos: dict[str, bytes] = {}
        self.handed = 0  # photos taken in, whatever became of them
        self.items: dict[str, dict[str, Any]] = {}
        self.looks_needed = 2  # at a batch, until it is worked off
        self.item_errors: list[str] = []
        self.page_published = True
        self._batches: dict[str, _Batch] = {}
        self._refusals: list[tuple[int, int]] = []
        self._number = 1000
        self._lock = RLock()

    def settings(self, **more: str) -> dict[str, str]:
        """What an adapter needs to talk to this server."""
        return {"page_id": self.page_id, "page_token": self.token, "api_url": self.base_url, **more}

    def refuse_next(self, code: int, subcode: int = 0) -> None:
        """The next call meets this error."""
        self._refusals.append((code, subcode))

    def with_line(self, line: str) -> list[Post]:
        """Posts with this line in their text, the oldest first."""
        with self._lock:
            found = [post for post in self.posts.values() if line in post.message.splitlines()]
            return sorted(found, key=lambda post: post.created)

    def add(self, message: str, photos: list[str] | None = None) -> Post:
        """A post, by hand or by a call."""
        with self._lock:
            number = self._next()
            post = Post(
                f"{self.page_id}_{number}", message, photos or [], f"2026-11-21T00:00:{number:09d}+0000"
            )
            self.posts[post.id] = post
            return post

    def answer(
        self, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> dict[str, Any]:
        """The answer to one request. Raises _Refused."""
        asked = dict(parse_qsl(query))
        sent = {**asked, **_sent(headers.get("Content-Type", ""), body)}
        with self._lock:
            self._admit(headers, sent)
            if self._refusals:
                code, subcode = self._refusals.pop(0)
                raise _Refused(code, f"error ordered by the test for {self.token}", subcode)
            found = _VERSIONED.fullmatch(path)
            return self._route(method, found[1] if found else "", sent)

    def _route(self, method: str, path: str, sent: dict[str, Any]) -> dict[str, Any]:
        node, _, edge = path.partition("/")
        acts = {
            ("GET", self.page_id, ""): self._page, ("GET", self.page_id, "published_posts"): self._list,
            ("POST", self.page_id, "photos"): self._take_photo, ("POST", self.page_id, "feed"): self._publish,
            ("GET", self.catalog_id, ""): lambda sent: {"id": self.catalog_id, "name": "Danh mục mẫu"},
            ("POST", self.catalog_id, "items_batch"): self._take_batch,
            ("GET", self.catalog_id, "check_batch_request_status"): self._look_at_batch,
        }  # fmt: skip
        if (method, node, edge) in acts:
            return acts[method, node, edge](sent)
        if node in self.posts and not edge:
            return self._one_post(method, self.posts[node], sent)
        raise _Refused(100, f"Object with ID '{node}' does not exist", 33)

    def _admit(self, headers: Mapping[str, str], sent: Mapping[str, Any]) -> None:
        if "access_token" in sent or headers.get("Authorization") != f"Bearer {self.token}":
            raise _Refused(190, "Invalid OAuth access token", 460)
        proof = sent.get("appsecret_proof")
        if proof is not None:
            right = hmac.new(self.app_secret.encode(), self.token.encode(), hashlib.sha256).hexdigest()
            if proof != right:
                raise _Refused(100, "Invalid appsecret_proof provided in the API argument")

    def _page(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        return {"id": self.page_id, "name": "HTX mẫu", "is_published": self.page_published}

    def _list(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        newest = sorted(
            (post for post in self.posts.values() if post.published),
            key=lambda post: post.created,
            reverse=True,
        )
        start = int(sent.get("after", 0))
        shown, end = newest[start : start + _PAGE_SIZE], start + _PAGE_SIZE
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(end)}}
        if end < len(newest):
            paging["next"] = f"{self.base_url}/v24.0/{self.page_id}/published_posts?access_token={self.token}"
        return {"data": [self._told(post) for post in shown], **({"paging": paging} if shown else {})}

    def _take_photo(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        content = sent.get("source")
        if sent.get("published") != "false" or not isinstance(content, bytes) or content[:2] != b"\xff\xd8":
            raise _Refused(324, "Missing or invalid image file")
        photo_id = str(self._next())
        self.photos[photo_id] = content
        self.handed += 1
        return {"id": photo_id}

    def _publish(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        names = sorted(
            (name for name in sent if name.startswith("attached_media[")), key=lambda name: int(name[15:-1])
        )
        photos = [json.loads(sent[name])["media_fbid"] for name in names]
        if not all(photo in self.photos for photo in photos):
            raise _Refused(100, "Param attached_media must hold valid photo ids")
        if not sent.get("message"):
            raise _Refused(100, "message is empty")
        return {"id": self.add(sent["message"], photos).id}

    def _one_post(self, method: str, post: Post, sent: Mapping[str, Any]) -> dict[str, Any]:
        if method == "GET":
            return self._told(post)
        if method == "DELETE":
            for photo in post.photos:
                self.photos.pop(photo, None)
            del self.posts[post.id]
            return {"success": True}
        if sent.get("is_published") == "false":
            raise _Refused(100, "Unpublishing a post is not supported")
        post.message = sent.get("message", post.message)
        return {"success": True}

    def _told(self, post: Post) -> dict[str, Any]:
        number = post.id.partition("_")[2]
        shown = [{"media_type": "photo", "target": {"id": photo}} for photo in post.photos]
        several = {"media_type": "album", "target": {}, "subattachments": {"data": shown}}
        return {
            "id": post.id, "message": post.message, "created_time": post.created, "is_published": post.published,
            "permalink_url": f"{self.base_url}/{self.page_id}/posts/{number}",
            **({"attachments": {"data": shown if len(shown) == 1 else [several]}} if shown else {}),
        }  # fmt: skip

    def _take_batch(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        (request,) = sent["requests"]
        data = request["data"]
        if sent.get("item_type") != "PRODUCT_ITEM" or not sent.get("allow_upsert") or not data.get("id"):
            raise _Refused(100, "item_type, allow_upsert and data.id are needed")
        errors = [{"message": message} for message in _wrong(data)]
        if errors:
            return {"handles": [], "validation_status": [{"retailer_id": data["id"], "errors": errors}]}
        handle = f"lo-{self._next()}"
        later = [{"id": data["id"], "message": message} for message in self.item_errors]
        self._batches[handle] = _Batch(data, self.looks_needed, later)
        return {"handles": [handle], "validation_status": []}

    def _look_at_batch(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        batch = self._batches.get(sent.get("handle", ""))
        if batch is None:
            raise _Refused(100, "Invalid handle")
        batch.left -= 1
        if batch.left > 0:
            return {"data": [{"handle": sent["handle"], "status": "in_progress", "errors_total_count": 0}]}
        if not batch.done and not batch.errors:
            merged = {**self.items.get(batch.data["id"], {}), **batch.data}
            self.items[batch.data["id"]] = {
                name: value for name, value in merged.items() if value is not None
            }
        batch.done = True
        told = {"handle": sent["handle"], "status": "finished", "errors_total_count": len(batch.errors)}
        return {"data": [{**told, "errors": batch.errors}]}

    def _next(self) -> int:
        self._number += 1
        return self._number


def _sent(media_type: str, body: bytes) -> dict[str, Any]:
    """The fields of a form, of JSON, or of a form with a file."""
    if media_type.startswith("application/json"):
        return json.loads(body)
    if not media_type.startswith("multipart/form-data"):
        return dict(parse_qsl(body.decode()))
    parsed = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {media_type}\r\n\r\n".encode() + body)
    fields: dict[str, Any] = {}
    for part in parsed.iter_parts():
        content = part.get_payload(decode=True)
        fields[part.get_param("name", header="content-disposition")] = (
            content if part.get_filename() else content.decode()
        )
    return fields


def _wrong(data: Mapping[str, Any]) -> list[str]:
    """What Meta says at once about an item's own fields."""
    wrong = []
    if "price" in data and not re.fullmatch(r"\d+ VND", str(data["price"])):
        wrong.append("price must be a number and an ISO currency")
    if data.get("availability") not in (None, "in stock", "out of stock"):
        wrong.append("availability is not one of the known")
    if len(str(data.get("description", ""))) > 5000 or "<p>" in str(data.get("description", "")):
        wrong.append("description must be plain text of at most 5000 characters")
    wrong += [f"{name} must be a public address" for name in ("link", "image_link")
              if name in data and not str(data[name]).startswith("https://")]  # fmt: skip
    return wrong
