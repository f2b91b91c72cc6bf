"""The product catalog behind a page: one item per SKU, brought up to date in batches that Meta works off later."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from marketplace_adapters.errors import ListingRejected, OutcomeUnknown, UnexpectedResponse
from marketplace_adapters.facebook.client import GraphClient
from marketplace_adapters.types import Notice, Problem

_STATUS_FIELDS = "handle,status,errors_total_count,errors,ids_of_invalid_requests"
_FAILED = ("error", "canceled", "failed")


class Catalog:
    """Writes by SKU are repeatable, so nothing has to be looked up first."""

    def __init__(self, client: GraphClient, catalog_id: str) -> None:
        self._client = client
        self._id = catalog_id
        self.polls = 8
        self.pause_seconds = 2.0

    def name(self) -> str:
        """The catalog's name; raises what keeps the page from it."""
        return str(self._client.get(self._id, fields="id,name").get("name", ""))

    def put(self, data: Mapping[str, Any]) -> tuple[Notice, ...]:
        """Make or change the item `data["id"]`; what is not named stays. A notice while Meta is still at work.

        Raises ListingRejected `catalog_refused` with Meta's own words.
        """
        request = {"method": "UPDATE", "data": dict(data)}
        fields = {"item_type": "PRODUCT_ITEM", "allow_upsert": True, "requests": [request]}
        answer = self._client.post_json(f"{self._id}/items_batch", fields)
        for told in answer.get("validation_status") or ():
            if told.get("errors"):
                raise _refused(told["errors"])
        handles = answer.get("handles")
        if not isinstance(handles, list) or not handles:
            raise OutcomeUnknown("reply_unreadable", status=200)
        return self._ended(str(handles[0]))

    def _ended(self, handle: str) -> tuple[Notice, ...]:
        for at in range(self.polls):
            if at:
                time.sleep(self.pause_seconds)
            answer = self._client.get(
                f"{self._id}/check_batch_request_status",
                handle=handle,
                load_ids_of_invalid_requests="true",
                fields=_STATUS_FIELDS,
            )
            told = (answer.get("data") or [{}])[0]
            if told.get("errors_total_count") or told.get("errors") or told.get("ids_of_invalid_requests"):
                raise _refused(told.get("errors") or [])
            if told.get("status") == "finished":
                return ()
            if told.get("status") in _FAILED:
                raise UnexpectedResponse("catalog_failed", status=told["status"])
        return (Notice("catalog_in_progress", {"handle": handle[:80]}),)


def _refused(errors: list[Any]) -> ListingRejected:
    said = "; ".join(str(one.get("message", "")) for one in errors if isinstance(one, dict))
    return ListingRejected((Problem("catalog_refused", {"said": said[:200]}),))
