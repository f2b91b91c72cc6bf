"""What changes producers, their papers and the people who work for them."""

from ocop.producers.services.certificates import (
    add_certificate,
    edit_certificate,
    mark_original_seen,
)
from ocop.producers.services.people import (
    add_member,
    add_official,
    add_owner,
    agree_to_recovery,
    ask_office,
    ask_recovery,
    record_paper,
    recoveries,
)
from ocop.producers.services.producer import create_producer, edit_producer, set_hotline_consent

__all__ = [
    "add_certificate",
    "add_member",
    "add_official",
    "add_owner",
    "agree_to_recovery",
    "ask_office",
    "ask_recovery",
    "create_producer",
    "edit_certificate",
    "edit_producer",
    "mark_original_seen",
    "record_paper",
    "recoveries",
    "set_hotline_consent",
]
