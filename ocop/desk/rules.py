"""What of the audit trail is shown and what is kept back, and which work of a morning is graver. Plain values only."""

from __future__ import annotations

import re

# The kinds of work of an officer's morning, gravest first.
KINDS = (
    "recalls", "refusals", "unread", "holds", "papers", "parcels", "help", "imports", "parcels_ready",
    "recoveries", "drafts",
)  # fmt: skip
ANSWER_DAYS = 3  # a parcel nobody has answered for so long
HELP_DAYS = 60  # a delegation that ends within so many days is to be asked for again
PAPER_DAYS = 180  # QĐ 26/2026: a star is assessed again from 180 days before its last day
LAPSED_DAYS = 365  # a paper that ended longer ago is history, not this morning's work
# What an officer may well tell a whole Zalo group; the others speak of persons or of the office's own work.
FOR_THE_GROUP = frozenset({"recalls", "refusals", "holds", "papers", "parcels", "help"})
DIGEST_LENGTH = 2000  # letters a Zalo message takes

# Which tables an officer looks at under one word. Every audited table stands in exactly one of them.
TOPICS: dict[str, frozenset[str]] = {
    "products": frozenset({"listing", "variant", "listing_draft", "read_back", "media"}),
    "posts": frozenset({"publication", "channel", "clerk_link", "link_check"}),
    "lots": frozenset({"batch", "trace_event", "stamp_roll", "stamp_print", "stamp_range", "stamp_void"}),
    "papers": frozenset({"certificate", "dossier_paper"}),
    "producer": frozenset({"producer", "producer_place", "revenue"}),
    "help": frozenset({"delegation", "delegation_offer", "helping_group"}),
    "people": frozenset({"user_account", "access_grant", "one_time_code"}),
    "sheets": frozenset({"data_import", "producer_transfer", "report", "report_template", "training_class"}),
    "install": frozenset({"install"}),
}
# Kept by machines, or told by the entry itself: no act of a person ends here.
NOT_AUDITED = frozenset({
    "attempt", "audit_entry", "checked_link", "discarded_roll", "import_photo", "import_row",
    "imported_thing", "listing_photo", "notice", "parcel", "remote_item", "scan", "sending_turn", "sent_form",
    "sign_in", "sign_in_attempt", "spool_position", "training_learner",
})  # fmt: skip

# Fields nobody reads: ids and stamps the entry says itself, what the machine keeps for its own use, secrets.
HIDDEN = frozenset({
    "activated_at", "activated_by", "added_at", "added_by", "agreed_by", "approved_by", "at", "byte_size",
    "changed_at", "changed_by", "claims", "closed_until", "code_hash", "connected_at", "content",
    "created_at", "created_by", "delegation_id", "differences", "due_at", "evidence", "failures", "frozen_at",
    "given_by", "height", "helper_kind", "id", "issued_at", "issued_by", "key_version", "lease_token",
    "lease_until", "listing_version", "locked_until", "made_at", "made_by", "made_by_name", "mapping",
    "media_id", "numbers", "paper_media_id", "password_hash", "pin_hash", "position", "printed_at",
    "printed_by", "producer_id", "progress", "public", "queued_at", "reason_params", "reassessment_media_id",
    "remote_categories", "requested_by", "requested_on_behalf", "revoked_by", "roll_id", "sample", "scope_id",
    "scope_kind", "seen", "sent_claims", "sent_version", "settings_encrypted", "sha256", "sku", "start_at",
    "state_since", "stated_at", "stated_by", "token_lease", "token_lease_until", "token_renewed_at", "tour",
    "tries", "updated_at", "user_id", "version", "voided_at", "voided_by", "width", "wrong_pins",
})  # fmt: skip
HIDDEN_OF = frozenset({
    "batch.variant_id", "certificate.original_seen_by", "channel.marketplace", "channel.owner_producer_id",
    "clerk_link.opened_at", "clerk_link.publication_id", "data_import.reason", "data_import.taken_by",
    "delegation.recorded_by", "delegation.words", "delegation_offer.used_at", "dossier_paper.listing_id",
    "install.prefix", "listing.word_acks", "listing.written_on_behalf", "listing_draft.data",
    "listing_draft.listing_key", "listing_draft.media_ids", "listing_draft.saved_at",
    "producer.hotline_consent_text", "producer_transfer.facts", "producer_transfer.history",
    "publication.asked_version", "publication.channel_id", "publication.confirmed_at",
    "publication.listing_id", "publication.looked_at", "publication.reason_code", "publication.sent_at",
    "publication.wanted", "read_back.channel_ids", "read_back.listing_id", "stamp_roll.base_url",
    "stamp_roll.gtin", "trace_event.batch_id", "trace_event.corrects_id", "variant.listing_id",
})  # fmt: skip

# Fields that hold the id of a row whose name can be said instead.
NAMED_BY_ID = {
    "listing_id": "listing",
    "batch_id": "batch",
    "for_batch_id": "batch",
    "variant_id": "variant",
    "channel_id": "channel",
    "certificate_id": "certificate",
    "helper_id": "helping_group",  # of an office it is the commune's code
}
# Numbers that reach one person: only their last digits are ever shown here.
PHONES = frozenset({"phone", "hotline", "zalo"})

_NUMBER_OF_A_PERSON = re.compile(
    r"(?<!\d)(?:(?:\+84|0)(?:[ .\-]?\d){8,10}|\d{12})(?!\d)"  # a telephone, or an identity number
)


def is_hidden(table: str, field: str) -> bool:
    """Whether a field of an audit entry is for machines only."""
    return field in HIDDEN or f"{table}.{field}" in HIDDEN_OF


def topic_of(table: str) -> str:
    """The topic a table belongs to; "" for one that is not audited."""
    return next((topic for topic, tables in TOPICS.items() if table in tables), "")


def without_numbers_of_persons(text: str) -> str:
    """Telephone numbers and twelve-digit identity numbers keep their last three digits only."""
    return _NUMBER_OF_A_PERSON.sub(lambda found: masked(found[0]), text)


def masked(number: str) -> str:
    """ "0912 345 678" -> "•••678"; a number of fewer than six digits is hidden whole."""
    digits = re.sub(r"\D", "", number)
    return f"•••{digits[-3:]}" if len(digits) >= 6 else "•••" if digits else number
