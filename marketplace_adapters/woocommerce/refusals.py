"""WooCommerce's and WordPress's own error codes, as our named errors (codes recorded from 11.0.1)."""

from __future__ import annotations

from typing import Any

from marketplace_adapters.errors import (
    AuthenticationError,
    ConfigurationError,
    ListingRejected,
    MarketplaceError,
    RemoteListingNotFound,
)
from marketplace_adapters.http_base import Reply
from marketplace_adapters.types import Problem

_GONE = {
    "woocommerce_rest_product_invalid_id",
    "woocommerce_rest_already_trashed",
    "woocommerce_rest_invalid_id",
}
_CREDENTIAL = {
    "woocommerce_rest_authentication_error": "wrong_key",
    "invalid_username": "unknown_user",
    "invalid_email": "unknown_user",
    "incorrect_password": "wrong_password",
    "application_passwords_disabled": "application_passwords_off",
    "application_passwords_disabled_for_user": "application_passwords_off",
    "rest_not_logged_in": "credential_not_seen",
}


class SkuTaken(ListingRejected):
    """The shop already holds this SKU. `resource_id` is None when it would not say where (trash, lost race)."""

    def __init__(self, resource_id: int | None) -> None:
        self.resource_id = resource_id
        super().__init__((Problem("sku_taken_remotely", {"remote_id": resource_id}, "sku"),))


class StaleImage(ListingRejected):
    """A media id we remembered no longer exists in the shop."""

    def __init__(self) -> None:
        super().__init__((Problem("photo_gone_remotely", {}, "photos"),))


class PhotoRefused(ListingRejected):
    """The media library will never take these bytes, although it answers with HTTP 500."""

    def __init__(self, remote_code: str) -> None:
        super().__init__((Problem("photo_refused", {"remote_code": remote_code}, "photos"),))


def explain(reply: Reply, envelope: dict[str, Any]) -> MarketplaceError | None:
    """The named error of a known code; None leaves it to the HTTP status."""
    code = envelope["code"]
    data = envelope.get("data") if isinstance(envelope.get("data"), dict) else {}
    if code in _GONE:
        return RemoteListingNotFound(remote_code=code)
    if code in _CREDENTIAL or (code == "rest_cannot_create" and reply.status < 500):
        # Said with 400 where the role lacks one right of several, with 401 or 403 otherwise.
        return AuthenticationError(_CREDENTIAL.get(code, ""), remote_code=code, status=reply.status)
    if code == "product_invalid_sku":
        resource_id = data.get("resource_id")
        return SkuTaken(resource_id if isinstance(resource_id, int) and resource_id > 0 else None)
    if code == "woocommerce_rest_product_not_created":
        return SkuTaken(None)
    if code == "product_invalid_global_unique_id":
        return ListingRejected(
            (Problem("gtin_taken_remotely", {"remote_id": data.get("resource_id")}, "gtin"),)
        )
    if code == "woocommerce_product_invalid_image_id":
        return StaleImage()
    if code.startswith("rest_upload_"):
        return PhotoRefused(code)
    if code == "rest_no_route":
        return ConfigurationError(["base_url"], "not_woocommerce")
    if code == "rest_invalid_param":
        return ListingRejected(_refused_fields(data))
    return None


def _refused_fields(data: dict[str, Any]) -> tuple[Problem, ...]:
    params = data.get("params")
    named = params if isinstance(params, dict) else {"": ""}
    return tuple(
        Problem("field_refused", {"field": name, "said": str(why)[:200]}, name) for name, why in named.items()
    )
