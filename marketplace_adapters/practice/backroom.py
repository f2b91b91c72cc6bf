"""What a shop knows besides products: its categories and its settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace_adapters.practice.refused import Refused

UNCATEGORIZED = {"id": 15, "name": "Uncategorized", "parent": 0}
# WordPress keeps names with their entities; a child names its parent.
CATEGORIES = (
    {"id": 16, "name": "Thực phẩm", "parent": 0},
    {"id": 17, "name": "Đồ uống", "parent": 0},
    {"id": 18, "name": "Dược liệu và sản phẩm từ dược liệu", "parent": 0},
    {"id": 19, "name": "Hàng thủ công mỹ nghệ", "parent": 0},
    {"id": 20, "name": "Sinh vật cảnh", "parent": 0},
    {"id": 21, "name": "Dịch vụ du lịch cộng đồng, du lịch sinh thái và điểm du lịch", "parent": 0},
    {"id": 22, "name": "Mắm, nước mắm &amp; gia vị", "parent": 16},
    {"id": 23, "name": "Mật ong", "parent": 16},
    {"id": 24, "name": "Trà &amp; cà phê", "parent": 17},
    {"id": 25, "name": "Trà khô", "parent": 24},
    {"id": 26, "name": "Chiếu cói, mây tre đan", "parent": 19},
)
SETTINGS = {
    "general/woocommerce_currency": "VND",
    "products/woocommerce_weight_unit": "kg",
    "products/woocommerce_dimension_unit": "cm",
}


def categories(search: str) -> list[dict[str, Any]]:
    """Categories whose name holds `search`, as the list call shows them."""
    return [
        dict(one) for one in (UNCATEGORIZED, *CATEGORIES) if search.casefold() in str(one["name"]).casefold()
    ]


def category(one: Mapping[str, Any]) -> dict[str, Any]:
    """The category a product really gets: an unknown id is silently the default one."""
    known = next((have for have in CATEGORIES if have["id"] == one.get("id")), UNCATEGORIZED)
    return {"id": known["id"], "name": known["name"]}


def setting(settings: Mapping[str, str], group: str, name: str) -> dict[str, str]:
    """One setting. Raises Refused."""
    if f"{group}/{name}" not in settings:
        raise Refused(404, "rest_setting_setting_invalid", "Invalid setting.")
    return {"id": name, "value": settings[f"{group}/{name}"]}
