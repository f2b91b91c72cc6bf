"""What a listing is, without database or web: its set, what its label must carry, and words that are fined."""

from ocop.listings.rules.claims import ClaimWord, ad_is_barred, answers_in_use, claim_words
from ocop.listings.rules.labels import LabelGap, label_gaps
from ocop.listings.rules.packs import (
    LOWEST_PLAUSIBLE_PRICE_VND,
    NET_UNITS,
    pack_label,
    price_is_strange,
    probable_price,
)
from ocop.listings.rules.photos import MAX_PHOTOS, SHOTS, default_shot
from ocop.listings.rules.product_sets import (
    LabelGroup,
    LabelItem,
    ProductSet,
    label_group_of,
    label_groups,
    product_set,
    product_sets,
)

__all__ = [
    "LOWEST_PLAUSIBLE_PRICE_VND",
    "MAX_PHOTOS",
    "NET_UNITS",
    "SHOTS",
    "ClaimWord",
    "LabelGap",
    "LabelGroup",
    "LabelItem",
    "ProductSet",
    "ad_is_barred",
    "claim_words",
    "default_shot",
    "label_gaps",
    "label_group_of",
    "label_groups",
    "pack_label",
    "price_is_strange",
    "probable_price",
    "product_set",
    "product_sets",
    "answers_in_use",
]
