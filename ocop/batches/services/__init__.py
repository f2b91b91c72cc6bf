"""What people do to lots and stamps."""

from ocop.batches.services.diary import add_event
from ocop.batches.services.host import confirm_host, lock_host, propose_host
from ocop.batches.services.lots import close_recall, create_batch, edit_batch, hold, recall, unhold
from ocop.batches.services.printing import draw_sheet, record_print
from ocop.batches.services.stamps import activate, find_stamps, issue_roll, void

__all__ = [
    "activate",
    "add_event",
    "close_recall",
    "confirm_host",
    "create_batch",
    "draw_sheet",
    "edit_batch",
    "find_stamps",
    "hold",
    "issue_roll",
    "lock_host",
    "propose_host",
    "recall",
    "record_print",
    "unhold",
    "void",
]
