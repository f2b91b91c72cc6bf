"""What people do with booths and posts. What the marketplace is told, the worker tells it (see work)."""

from ocop.publishing.services.answers import adopt_link, is_answerable, record_answer
from ocop.publishing.services.booths import (
    connect_channel,
    open_settings,
    practice_login,
    seed_channels,
    set_booth,
    try_connection,
)
from ocop.publishing.services.posts import request_publish, request_withdraw, send_again

__all__ = [
    "adopt_link",
    "connect_channel",
    "is_answerable",
    "open_settings",
    "practice_login",
    "record_answer",
    "request_publish",
    "request_withdraw",
    "seed_channels",
    "send_again",
    "set_booth",
    "try_connection",
]
