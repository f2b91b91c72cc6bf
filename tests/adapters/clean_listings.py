"""Listings as co-ops really write them, all in order: what must never raise an alarm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from marketplace_adapters.testing.samples import listing, photo, service, variant
from marketplace_adapters.types import ListingPayload, VariantPayload

_GOODS = (
    "Mắm tép đồng ủ thính gạo rang", "Bánh đa nem làng Đông", "Măng nứa rừng luộc phơi một nắng", "Đường phên mật mía",
    "Chè xanh Đồi Đầm sao tay", "Khăn dệt thổ cẩm nhuộm chàm", "Nước mắm cốt ủ chượp 24 tháng", "Gạo nếp hạt cau",
    "Miến dong riềng đỏ", "Mật ong hoa nhãn, bạc hà", "Rượu nếp cái hoa vàng", "Nem chua gói lá chuối",
)  # fmt: skip
_MORE = (
    "loại đặc biệt, đóng hũ thủy tinh", '"Hương quê" & bạn hữu', "– mẻ đầu mùa (vụ Đông Xuân)",
    "kiểu 3×4, cán dài 1/2 thước", "cay 100% tự nhiên", "‘nhà làm’ … ăn là nhớ",
    "của Hợp tác xã nông nghiệp, dịch vụ tổng hợp và xây dựng Đồng Đầm Đông Đô",
    "hoà tan, thuỷ sản khô", "mã số 25.000 hũ mỗi năm", "số 404 đường Đê", "không tìm thấy ở chợ",
)  # fmt: skip
_TEXTS = (
    "Làm thủ công, phơi nắng, không phẩm màu.",
    "Giá sỉ hỏi thêm; phí giao 30.000đ, đơn từ 500.000đ miễn phí & tặng quà.",
    'Bà con gọi là "đặc sản <quê>" từ năm 1986; 5 sao trong lòng khách.',
    "Thuỷ hải sản tươi, hoà quyện vị quê. Không còn bán lẻ dưới 2 hũ.",
    "Ăn 1 < 2 hũ thì chưa đã; A&B; 100% nguyên chất; &amp; còn nữa.",
)
_STORIES = (
    "Đồng trũng nhiều rong, con tép riu nhỏ mà béo.\n\nTép chìm, nước trong thì mắm chín.",
    "Năm 2023 được công nhận OCOP 4 sao.\nNăm sau làm tiếp hồ sơ 5 sao.",
    "Trước bán 70.000 đồng, nay 65.000 đồng/hũ.\r\n\r\nHết hàng là nghỉ.",
    "Đoạn kể rất dài. " * 60,
    "",
)
_COLOURS = ("#FBF8F1", "#EAF2F7", "#FFF4D6", "#E3DCCB", "#A32D1D", "#2F5D3A", "#123456", "#654321", "#ABCDEF")
_PHOTOS = tuple(
    photo("front" if at == 0 else "back_label" if at == 1 else "other", one, (160, 160))
    for at, one in enumerate(_COLOURS)
)
_GTINS = (None, None, "8938505974194", "8934563138165", "89385012")


def clean_listings(many: int, *, least_photos: int = 1) -> Iterator[ListingPayload]:
    """`many` listings, always the same ones. Prices 1.000 to 99.000.000 đồng; one to three packs; stock or none."""
    dice = Random(20261121)
    for number in range(many):
        base = service if number % 10 == 9 else listing
        made = base(
            name=f"{dice.choice(_GOODS)} {dice.choice(_MORE)} số {number}",
            short_text=dice.choice(_TEXTS),
            story=dice.choice(_STORIES),
            stars=dice.choice((None, 3, 4, 5)),
            photos=_PHOTOS[: max(least_photos, dice.choice((1, 2, 2, 3, 3, 4, 5, 9)))],
            paused=dice.random() < 0.1,
        )
        packs = tuple(_pack(dice, number, at, made) for at in range(dice.choice((1, 1, 1, 1, 1, 1, 2, 3))))
        if not made.stars:
            made = replace(made, ocop_decision="", ocop_expires_on=None)
        yield replace(made, variants=packs)


def _pack(dice: Random, number: int, at: int, made: ListingPayload) -> VariantPayload:
    price = dice.choice((1_000, 1_500, 45_500, 70_000, 99_000_000, dice.randrange(1_000, 2_000_000, 500)))
    return variant(
        sku=f"SACH-{number:03}-{at}",
        label=("Hũ 250 g", 'Túi "to" & nặng', "Thùng 12 hũ")[at],
        price_vnd=price,
        sale_vnd=dice.choice((None, None, price - 500)),
        stock=None if made.service else dice.choice((None, 0, 7, 180)),
        gtin=None if made.service else dice.choice(_GTINS),
    )
