"""Questions about channels, readiness and publications, in the actor's scope."""

from ocop.publishing.queries.channels import (
    channel,
    channel_choices,
    info_of,
    is_connected,
    own_channel,
    own_channels,
    shared_channels,
)
from ocop.publishing.queries.publications import (
    BoardEntry,
    attempts_of,
    board,
    latest_parcel,
    locked,
    places_without_post,
    post_of,
    publication,
    publications_of,
)
from ocop.publishing.queries.readiness import papers_of, readiness
from ocop.publishing.queries.states import Shown, reason_sentence, shown
from ocop.publishing.rules import Gap

__all__ = [
    "BoardEntry",
    "Gap",
    "Shown",
    "attempts_of",
    "board",
    "channel",
    "channel_choices",
    "info_of",
    "is_connected",
    "latest_parcel",
    "own_channel",
    "own_channels",
    "locked",
    "papers_of",
    "places_without_post",
    "post_of",
    "publication",
    "publications_of",
    "readiness",
    "reason_sentence",
    "shared_channels",
    "shown",
]
