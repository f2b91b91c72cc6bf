"""What people do with booths and posts. What the marketplace is told, the worker tells it (see work)."""

from ocop.publishing.services.answers import (
    adopt_link,
    expected_answers,
    is_answerable,
    record_answer,
    record_clerk_answer,
    removable,
)
from ocop.publishing.services.booths import open_own_booth, set_booth
from ocop.publishing.services.categories import ask_categories, assign_category, keep_categories
from ocop.publishing.services.clerk_keys import address_of, file_key, page_key, pin_of
from ocop.publishing.services.clerk_links import (
    LINK_DAYS,
    hand_out,
    last_day,
    link_behind,
    make_link,
    mark_handed,
    open_link,
    reply_address,
    revoke_link,
)
from ocop.publishing.services.connecting import (
    close_door,
    connect_channel,
    keep_exchanged,
    kept_settings,
    merged_settings,
    open_settings,
    try_connection,
)
from ocop.publishing.services.link_checks import adopt_checked, start_check, start_commune_check
from ocop.publishing.services.posts import (
    request_pause,
    request_publish,
    request_resume,
    request_withdraw,
    send_again,
    send_read_aloud,
)
from ocop.publishing.services.read_aloud import ReadAloudFirst
from ocop.publishing.services.seeding import practice_login, seed_channels

__all__ = [
    "ReadAloudFirst",
    "send_read_aloud",
    "open_own_booth",
    "merged_settings",
    "kept_settings",
    "keep_exchanged",
    "keep_categories",
    "close_door",
    "assign_category",
    "ask_categories",
    "LINK_DAYS",
    "adopt_checked",
    "adopt_link",
    "connect_channel",
    "is_answerable",
    "open_settings",
    "practice_login",
    "record_answer",
    "request_pause",
    "request_publish",
    "request_resume",
    "request_withdraw",
    "seed_channels",
    "send_again",
    "set_booth",
    "start_check",
    "start_commune_check",
    "try_connection",
    "address_of",
    "expected_answers",
    "file_key",
    "hand_out",
    "last_day",
    "link_behind",
    "make_link",
    "mark_handed",
    "open_link",
    "page_key",
    "pin_of",
    "record_clerk_answer",
    "reply_address",
    "revoke_link",
    "removable",
]
