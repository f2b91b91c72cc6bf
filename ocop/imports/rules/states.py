"""The life of an import, without database or web."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    SENT = "sent"  # waits for the worker to read it
    ASKING = "asking"  # read; a person says which column is what
    CHECKING = "checking"  # the worker looks at every row
    PHOTOS = "photos"  # the worker takes the pictures of the ZIP in, one by one
    CHECKED = "checked"  # the preview is there; nothing is written yet
    APPLYING = "applying"  # the worker takes the good rows over, in one transaction
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"
    DISCARDED = "discarded"


# What the worker does something about, and what a person does.
AT_WORK = frozenset({ImportState.SENT, ImportState.CHECKING, ImportState.PHOTOS, ImportState.APPLYING})
OPEN = AT_WORK | {ImportState.ASKING, ImportState.CHECKED}
