"""The life of an import, without database or web."""

from __future__ import annotations

from enum import StrEnum


class ImportState(StrEnum):
    SENT = "sent"  # waits for the worker to read it
    ASKING = "asking"  # read; a person says which column is what
    CHECKING = "checking"  # the worker looks at every row
    CHECKED = "checked"  # the preview is there; nothing is written yet
    APPLYING = "applying"  # the worker takes the good rows over, in one transaction
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"
    DISCARDED = "discarded"
