"""A producer goes out in one file and comes in from one."""

from ocop.portability.services.exporting import export, record_export
from ocop.portability.services.importing import (
    apply,
    discard,
    forget_file,
    read_pictures,
    receive,
    store,
)

__all__ = ["apply", "discard", "export", "forget_file", "read_pictures", "receive", "record_export", "store"]
