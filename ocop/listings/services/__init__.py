"""Writing listings and drafts."""

from ocop.listings.services.drafts import (
    add_photos,
    copy,
    discard_draft,
    move_photo,
    press,
    rebase,
    save_draft,
    take_over,
)
from ocop.listings.services.saving import archive, restore, save_listing

__all__ = [
    "add_photos",
    "archive",
    "copy",
    "discard_draft",
    "move_photo",
    "press",
    "rebase",
    "restore",
    "save_draft",
    "save_listing",
    "take_over",
]
