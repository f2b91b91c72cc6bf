"""The calls a shop would make: who asked for them, and what such a call looks like, signed.

The practice shop stores the wish and makes the call on demand; it never calls anybody by itself.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from marketplace_adapters.practice.refused import Refused
from marketplace_adapters.practice.store import Store

_TOPICS = ("product.created", "product.updated", "product.deleted", "product.restored")


def create(store: Store, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Store a wish. Raises Refused."""
    topic, address = str(fields.get("topic", "")), str(fields.get("delivery_url", ""))
    if topic not in _TOPICS:
        raise Refused(
            400, "woocommerce_rest_invalid_webhook_topic", "Webhook topic is required and must be valid."
        )
    if not address.startswith(("http://", "https://")):
        raise Refused(
            400, "woocommerce_rest_invalid_webhook_delivery_url", "Webhook delivery URL must be valid."
        )
    return shown(store.add_webhook(topic, address, str(fields.get("secret", ""))))


def change(store: Store, hook_id: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Change state or secret. Raises Refused."""
    changes = {name: str(fields[name]) for name in ("status", "secret", "delivery_url") if name in fields}
    changed = store.change_webhook(hook_id, changes)
    if changed is None:
        raise Refused(400, "woocommerce_rest_shop_webhook_invalid_id", "ID is invalid.")
    return shown(changed)


def shown(hook: Mapping[str, Any]) -> dict[str, Any]:
    """What the list tells: never the secret."""
    return {name: value for name, value in hook.items() if name != "secret"}


def delivery(product: Mapping[str, Any], topic: str, secret: str) -> tuple[dict[str, str], bytes]:
    """The headers and body of a call about a product."""
    told = {"id": product["id"]} if topic == "product.deleted" else dict(product)
    body = json.dumps(told, ensure_ascii=False).encode()
    seal = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    resource, _, event = topic.partition(".")
    headers = {
        "Content-Type": "application/json", "X-WC-Webhook-Topic": topic, "X-WC-Webhook-Resource": resource,
        "X-WC-Webhook-Event": event, "X-WC-Webhook-Signature": seal,
    }  # fmt: skip
    return headers, body
