"""The format of one producer in one file, and what is taken in of such a file. Plain values only.

A file is a ZIP. Its rows are JSON lists under du-lieu/, one file a table, a row as {column: value}; manifest.json
names every other file with its size and SHA-256 and is written last.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

FORMAT = "ocop-len-san/co-so"
FORMAT_VERSION = 1  # raise it when an older program could no longer read what is written

MANIFEST = "manifest.json"
README = "DOC-TRUOC.txt"
LOG = "lich-su-thao-tac"
DIARY = "nhat-ky-lo"
EARLIER = "lich-su-noi-cu"
PICTURES = "anh"
POSTS = "du-lieu/bai-dang.json"

MOST_FILES = 3_000
MOST_BYTES = 2_000_000_000  # unpacked, all together
MOST_JSON = 40_000_000  # one file of rows
MOST_LOG = 60_000_000
MOST_ROWS = 50_000  # of one table
MOST_PICTURE = 12 * 1024 * 1024
MOST_RATIO = 200  # how far a file may blow up when it is unpacked; words and pictures stay far below


@dataclass(frozen=True)
class Part:
    """One table in the file. owner: the column that says whose a row is, and of which table. left_out: columns that
    mean nothing elsewhere (who, leases, versions). comes: whether an import makes rows of it, or only reports them."""

    file: str
    table: str
    owner: tuple[str, str]
    columns: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    comes: bool = True

    @property
    def path(self) -> str:
        return f"du-lieu/{self.file}.json"


PRODUCER = Part(
    "co-so", "producer", ("id", ""),
    (
        "id", "kind", "name", "tax_code", "representative", "commune_code", "hamlet", "old_address", "hotline",
        "zalo", "hotline_consent_at", "hotline_consent_by", "hotline_consent_text", "brand", "story", "sample",
        "closed_on", "former_commune", "created_at",
    ),
    ("version",),
)  # fmt: skip

# In an order in which every row comes after what it points at.
PARTS = (
    PRODUCER,
    Part(
        "noi-cu", "producer_place", ("producer_id", "producer"),
        ("id", "producer_id", "commune_code", "commune_name", "hamlet", "old_address", "until", "why", "changed_at"),
        ("changed_by",),
    ),
    Part(
        "anh", "media", ("producer_id", "producer"), ("id", "producer_id", "public", "created_at"),
        ("sha256", "width", "height", "byte_size", "created_by"),
    ),
    Part(
        "san-pham", "listing", ("producer_id", "producer"),
        (
            "id", "producer_id", "set_no", "label_group", "name", "short_text", "story", "brand", "standards",
            "origin", "ingredients", "usage", "storage", "warning", "technical", "ethanol", "shelf_life_days",
            "date_style", "other_trace_code", "word_acks", "archived_at", "created_at", "updated_at",
        ),
        ("version", "written_on_behalf"),
    ),
    Part(
        "loai-dong-goi", "variant", ("listing_id", "listing"),
        (
            "id", "listing_id", "position", "sku", "label", "net_content", "net_unit", "price_vnd", "wholesale_vnd",
            "packed_weight_g", "box_length_cm", "box_width_cm", "box_height_cm", "stock", "gtin", "frozen_at",
            "removed_at",
        ),
        ("version",),
    ),
    Part(
        "anh-san-pham", "listing_photo", ("listing_id", "listing"),
        ("id", "listing_id", "media_id", "position", "shot"),
    ),
    Part(
        "giay-to", "certificate", ("producer_id", "producer"),
        (
            "id", "producer_id", "listing_id", "kind", "number", "issuer", "issued_on", "expires_on", "stars",
            "media_id", "revoked_on", "reassessment_filed_on", "reassessment_receipt",
            "reassessment_media_id", "runs_until", "created_at",
        ),
        # An officer of this install has not held the original: whoever does says so anew.
        ("version", "original_seen_on", "original_seen_by"),
    ),
    Part(
        "giay-to-ho-so-sao", "dossier_paper", ("listing_id", "listing"),
        ("id", "listing_id", "item", "certificate_id", "added_at"), ("added_by",),
    ),
    Part(
        "lo", "batch", ("producer_id", "producer"),
        (
            "id", "producer_id", "variant_id", "lot_number", "made_on", "expires_on", "quantity", "unit", "note",
            "held_at", "recalled_at", "recall_reason", "recall_closed_at", "created_at",
        ),
        ("version",),
    ),
    Part(
        "nhat-ky-lo", "trace_event", ("batch_id", "batch"),
        (
            "id", "batch_id", "step", "happened_on", "place", "text", "recorded_by", "media_id", "corrects_id",
            "created_at",
        ),
    ),
    Part(
        "doanh-thu", "revenue", ("producer_id", "producer"),
        ("id", "producer_id", "month", "amount_vnd", "stated_at"), ("stated_by",),
    ),
    Part(
        "dot-tem", "stamp_roll", ("producer_id", "producer"),
        (
            "id", "key_version", "producer_id", "variant_id", "for_batch_id", "gtin", "base_url", "practice", "size",
            "copies", "note", "issued_at",
        ),
        ("issued_by",), comes=False,
    ),
    Part(
        "tem-kich-hoat", "stamp_range", ("roll_id", "stamp_roll"),
        ("id", "roll_id", "first", "last", "batch_id", "activated_at"), ("activated_by",), comes=False,
    ),
    Part(
        "tem-huy", "stamp_void", ("roll_id", "stamp_roll"),
        ("id", "roll_id", "first", "last", "reason", "voided_at"), ("voided_by",), comes=False,
    ),
    Part(
        "tem-in", "stamp_print", ("roll_id", "stamp_roll"),
        (
            "id", "roll_id", "first", "last", "layout", "start_at", "copy_number", "reason", "printed_at", "claims",
        ),
        ("printed_by",), comes=False,
    ),
    Part(
        "nho-lam-ho", "delegation", ("producer_id", "producer"),
        (
            "id", "producer_id", "helper_kind", "helper_id", "bundle", "valid_from", "valid_to", "given_how", "words",
            "media_id", "created_at", "revoked_at", "ended_why",
        ),
        ("given_by", "recorded_by", "revoked_by"), comes=False,
    ),
    Part(
        "doc-lai", "read_back", ("listing_id", "listing"),
        ("id", "listing_id", "listing_version", "words", "at"), ("user_id", "delegation_id", "channel_ids"),
        comes=False,
    ),
)  # fmt: skip

# What hangs on a producer and stays behind, with the reason.
STAYS = {
    "publication": "goes as bai-dang.json: place and link, for every install has booths of its own",
    "remote_item": "ids at marketplaces belong to this install's accounts",
    "attempt": "belongs to a post of this install",
    "parcel": "made anew for every post",
    "clerk_link": "addresses of this install",
    "channel": "holds keys of accounts: connected anew by the producer",
    "sending_turn": "the worker's own",
    "link_check": "looks of this install at pages",
    "checked_link": "looks of this install at pages",
    "listing_draft": "what one person typed and has not saved",
    "delegation_offer": "a code that opens this install",
    "notice": "said to people of this install",
    "producer_transfer": "its log goes along under lich-su-noi-cu/",
    "scan": "no person and no place in it, and its stamps stay with their keys",
}


def transfer_path(var: Path, transfer_id: str) -> Path:
    """Where a file waits that was sent by another install."""
    return var / "transfers" / f"{transfer_id}.zip"
