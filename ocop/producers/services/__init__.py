"""What changes producers, their papers and the people who work for them."""

from ocop.producers.services.certificates import (
    add_certificate,
    edit_certificate,
    mark_original_seen,
)
from ocop.producers.services.help import (
    MOST_AT_ONE_MEETING,
    accept_code,
    ask_for_help,
    helper,
    helpers,
    offer_help,
    record_signed,
    renew_help,
    renew_together,
    to_renew,
)
from ocop.producers.services.moving import merge_communes, move_producer
from ocop.producers.services.people import (
    add_member,
    add_official,
    add_owner,
    add_volunteer,
    agree_to_recovery,
    ask_recovery,
    recoveries,
)
from ocop.producers.services.producer import create_producer, edit_producer, set_hotline_consent
from ocop.producers.services.reassessments import end_reassessment, record_reassessment

__all__ = [
    "MOST_AT_ONE_MEETING",
    "accept_code",
    "add_certificate",
    "add_member",
    "add_official",
    "add_owner",
    "add_volunteer",
    "agree_to_recovery",
    "ask_for_help",
    "ask_recovery",
    "create_producer",
    "edit_certificate",
    "edit_producer",
    "end_reassessment",
    "helper",
    "helpers",
    "mark_original_seen",
    "merge_communes",
    "move_producer",
    "offer_help",
    "record_signed",
    "record_reassessment",
    "recoveries",
    "renew_help",
    "renew_together",
    "set_hotline_consent",
    "to_renew",
]
