"""A complete listing for tests: made-up producer, drawn photos, every field filled."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

from PIL import Image, ImageDraw

from marketplace_adapters.types import (
    CertificatePayload,
    ChannelInfo,
    ListingPayload,
    PhotoPayload,
    ProducerPayload,
    VariantPayload,
)


@cache
def picture(colour: str, size: tuple[int, int] = (640, 640)) -> bytes:
    """A small JPEG of one colour with a jar on it."""
    drawn = Image.new("RGB", size, colour)
    wide, high = size
    ImageDraw.Draw(drawn).rounded_rectangle(
        (wide * 0.3, high * 0.2, wide * 0.7, high * 0.85), 24, fill="#8A5A12"
    )
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=80)
    return out.getvalue()


def photo(role: str, colour: str, size: tuple[int, int] = (640, 640)) -> PhotoPayload:
    """A photo payload over `picture`."""
    content = picture(colour, size)
    digest = hashlib.sha256(content).hexdigest()
    public = f"https://htx-mau.example/anh/{digest[:16]}.jpg"
    return PhotoPayload(f"{role}-{digest[:8]}", digest, role, *size, len(content), lambda: content, public)


def variant(**changes: Any) -> VariantPayload:
    """A 250 g jar for 70.000 đồng."""
    jar = VariantPayload(
        sku="TT-MT-250", label="Hũ 250 g", net_content=250, net_unit="g", price_vnd=70_000,
        packed_weight_g=520, box_cm=(9, 9, 11), stock=180,
    )  # fmt: skip
    return replace(jar, **changes)


def listing(**changes: Any) -> ListingPayload:
    """A listing that lacks nothing on any shipped channel."""
    complete = ListingPayload(
        name="Mắm tép đồng ủ thính gạo rang",
        short_text="Mắm tép riu, muối với thính gạo rang, ủ gần ba tháng.",
        story="Đồng trũng nhiều rong, con tép riu nhỏ mà béo.\n\nTép chìm, nước trong thì mắm chín.",
        producer=ProducerPayload(
            name="HTX Mắm tép Đồng Trũng (mẫu)", kind="cooperative", representative="Người đại diện mẫu",
            phone="0237 000 000", address_new="thôn Mẫu 1, xã Hoạt Giang, tỉnh Thanh Hóa",
            address_old="thôn Mẫu 1, xã Yên Dương, huyện Hà Trung", commune="Xã Hoạt Giang",
            province="Tỉnh Thanh Hóa", tax_code_masked="2800******",
        ),
        variants=(variant(),),
        photos=(photo("front", "#FBF8F1"), photo("back_label", "#EAF2F7"), photo("making", "#FFF4D6")),
        brand="Đồng Trũng", origin="Việt Nam", ingredients="Tép riu (65%), muối ăn, thính gạo rang",
        usage="Pha với tỏi, ớt, chanh, đường.", storage="Nơi khô, mát.",
        warning="Có giáp xác: người dị ứng không dùng.",
        shelf_life_days=365, date_style="use_by", standards="TCCS 01:2025/MẪU", set_no=9, group_code="I",
        category="Tương, nước mắm, gia vị dạng lỏng khác", stars=3, ocop_decision="MẪU-01/QĐ-UBND",
        ocop_expires_on=date(2028, 7, 30), trace_code="MAU-TX-01",
        page_url="https://htx-mau.example/hang/mau000000001",
        certificates=(CertificatePayload("Giấy an toàn thực phẩm", "MẪU-ATTP-01", "cơ quan mẫu", date(2025, 6, 1),
                                         date(2028, 6, 1), photo("other", "#E3DCCB", (600, 850))),),
    )  # fmt: skip
    return replace(complete, **changes)


def service(**changes: Any) -> ListingPayload:
    """A community tourism service (set 26): no weight, no stock, no label."""
    stay = variant(
        sku="TT-HS-01",
        label="Một đêm",
        net_content=None,
        net_unit="",
        packed_weight_g=None,
        box_cm=None,
        stock=None,
    )
    offered = listing(
        name="Một đêm ở nhà sàn bản Mẫu", variants=(stay,), set_no=26, group_code="VI", service=True,
        photos=(photo("front", "#FBF8F1"), photo("making", "#FFF4D6")), category="Dịch vụ du lịch cộng đồng",
        ingredients="", storage="", shelf_life_days=None, date_style="", certificates=(),
    )  # fmt: skip
    return replace(offered, **changes)


def channel(protocol: str = "memory", **changes: Any) -> ChannelInfo:
    """A channel without rules of its own, on this machine's network."""
    bare = ChannelInfo("thu", "Sàn thử", protocol, date(2026, 11, 21), lan=True, training=True)
    return replace(bare, **changes)
