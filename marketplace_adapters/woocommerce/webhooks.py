"""Calls of the shop to us when a product changes.

WooCommerce signs the raw body: header `X-WC-Webhook-Signature` is base64(HMAC-SHA256(secret, body)). When a
webhook is made, the shop first sends an unsigned ping, the form `webhook_id=<number>`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping

from marketplace_adapters.errors import OutcomeUnknown, UnexpectedResponse
from marketplace_adapters.http_base import UNREADABLE
from marketplace_adapters.woocommerce.client import ShopClient

TOPICS = ("product.updated", "product.deleted")  # `created` is what we do ourselves
_PING = re.compile(rb"webhook_id=\d{1,18}")
_NAME = "OCOP"


def register(client: ShopClient, delivery_url: str, secret: str) -> None:
    """One active webhook per topic with this address and secret; what is there already is taken over."""
    existing = client.get("webhooks", per_page=100)
    if not isinstance(existing, list):
        raise UnexpectedResponse("reply_unreadable", status=200)
    ours = {one.get("topic"): one for one in existing if one.get("delivery_url") == delivery_url}
    for topic in TOPICS:
        fields = {"name": f"{_NAME} {topic}", "secret": secret, "status": "active"}
        if topic in ours:
            answer = client.write("PUT", f"webhooks/{int(ours[topic]['id'])}", fields)
        else:
            answer = client.write(
                "POST", "webhooks", {**fields, "topic": topic, "delivery_url": delivery_url}
            )
        if not isinstance(answer, dict) or answer.get("delivery_url") != delivery_url:
            raise OutcomeUnknown("echo_mismatch", field="delivery_url")


def is_ping(body: bytes) -> bool:
    """The shop only tries the address; it says nothing."""
    return _PING.fullmatch(body.strip()) is not None


def verify(secret: str, body: bytes, signature: str) -> bool:
    """Whether the shop made this call. Takes the same time for every wrong signature."""
    right = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    return bool(secret) and hmac.compare_digest(right, signature.strip().encode())


def subject(body: bytes, headers: Mapping[str, str]) -> str | None:
    """The remote id of the product it speaks of; None when it is about something else. `headers` in lower case."""
    if headers.get("x-wc-webhook-resource", "product") != "product":
        return None
    try:
        told = json.loads(body)
    except UNREADABLE:
        return None
    remote_id = told.get("id") if isinstance(told, dict) else None
    return str(remote_id) if isinstance(remote_id, int) and not isinstance(remote_id, bool) else None
