"""The picture that is shared: everything stays inside its frame, and nothing is said that does not count today."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from PIL import Image

import traceability
from marketplace_adapters.sharing.card import (
    FRAMES,
    MOST_BYTES,
    Box,
    Card,
    Fonts,
    card_of,
    draw,
    lines,
    stars,
)
from marketplace_adapters.sharing.portal import portal_text
from marketplace_adapters.testing.samples import listing, variant

_FOLDER = Path(traceability.__file__).with_name("fonts")
FONTS = Fonts(_FOLDER / "BeVietnamPro-Regular.ttf", _FOLDER / "BeVietnamPro-Bold.ttf")
_WORDS = (
    "Mắm tép đồng ủ thính gạo rang Nước mắm cá cơm than ủ chượp Ẩm Ổi Ẳ Ữ Ộ trà hoa vàng ướp sen Tây Hồ bánh gai "
    "Tứ Trụ miến dong Bình Liêu nghiêng khuỷu nghệ bột nguyên chất kẹo lạc giấy dó 250 g (hũ) chân không xứ Thanh"
)
_SYLLABLES = _WORDS.split()


def _long_names() -> list[str]:
    """200 names of 60 to 200 characters, the longest a listing may have, some of one endless word."""
    dice = random.Random(3)
    names = []
    for number in range(200):
        name = (
            "".join(dice.choices(_SYLLABLES, k=40))
            if number % 20 == 0
            else " ".join(dice.choices(_SYLLABLES, k=60))
        )
        names.append(name[: dice.randint(60, 200)].strip())
    return names


LONG_NAMES = _long_names()


def _symbol() -> bytes:
    out = io.BytesIO()
    qrcode.make("https://mau.example/hang/mau000000001", border=2).save(out, "PNG")
    return out.getvalue()


def _inside(inner: Box, outer: Box) -> bool:
    return inner[0] >= outer[0] - 4 and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


def _apart(a: Box, b: Box) -> bool:
    return a[3] <= b[1] or b[3] <= a[1] or a[2] <= b[0] or b[2] <= a[0]


@pytest.fixture(scope="module")
def card() -> Card:
    sold = listing()
    return card_of(sold, photo=sold.photos[0].open(), qr_png=_symbol())


@pytest.fixture(scope="module", params=FRAMES)
def placed(card: Card, request: pytest.FixtureRequest) -> tuple[str, list[list[tuple[str, Box]]]]:
    """(shape, for each long name every line with the field its ink covers)."""
    frame = FRAMES[request.param]
    cards = (replace(card, name=name, producer=f"HTX {name}") for name in LONG_NAMES)
    return request.param, [[(line.text, line.box) for line in lines(one, frame, FONTS)] for one in cards]


def test_two_hundred_long_names_stay_inside_the_frame(
    placed: tuple[str, list[list[tuple[str, Box]]]],
) -> None:
    wide, high = FRAMES[placed[0]].size

    outside = [text for one in placed[1] for text, box in one if not _inside(box, (40, 0, wide - 36, high))]

    assert len(placed[1]) == 200
    assert outside == []


def test_no_line_touches_another_the_photo_or_the_symbol(
    placed: tuple[str, list[list[tuple[str, Box]]]],
) -> None:
    frame = FRAMES[placed[0]]

    touching = []
    for one in placed[1]:
        fields = [*one, ("photo", frame.photo), ("symbol", frame.qr)]
        touching += [(a, b) for at, (a, box) in enumerate(one) for b, other in fields[at + 1 :]
                     if not _apart(box, other)]  # fmt: skip

    assert touching == []


@pytest.mark.parametrize("shape", FRAMES)
def test_the_margin_that_is_drawn_is_empty(card: Card, shape: str) -> None:
    frame, paper = FRAMES[shape], (251, 248, 241)

    for name in LONG_NAMES[:3]:
        picture = Image.open(io.BytesIO(draw(replace(card, name=name, photo=b""), frame, FONTS)))
        top = frame.photo[3] + 10 if shape == "square" else 0
        seen = picture.crop((frame.size[0] - 30, top, *frame.size)).getextrema()

        assert all(abs(edge - shade) < 9 for pair, shade in zip(seen, paper, strict=True) for edge in pair)


@pytest.mark.parametrize("shape", FRAMES)
def test_a_name_that_fits_is_said_whole(card: Card, shape: str) -> None:
    words = " ".join(line.text for line in lines(card, FRAMES[shape], FONTS)).replace("\xa0", " ")

    assert "Mắm tép đồng ủ thính gạo rang 70.000 đồng OCOP 3 sao" in words
    assert "HTX Mắm tép Đồng Trũng (mẫu) · Xã Hoạt Giang, Tỉnh Thanh Hóa · 0237 000 000" in words


@pytest.mark.parametrize("shape", FRAMES)
def test_the_picture_has_its_size_is_light_and_its_symbol_is_read(card: Card, shape: str) -> None:
    noise = Image.effect_noise((1600, 1200), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=90)

    content = draw(replace(card, photo=out.getvalue()), FRAMES[shape], FONTS)
    picture = Image.open(io.BytesIO(content))

    assert (picture.format, picture.size) == ("JPEG", FRAMES[shape].size)
    assert len(content) <= MOST_BYTES
    read = [found.text for found in zxingcpp.read_barcodes(picture)]
    assert read == ["https://mau.example/hang/mau000000001"]


def test_without_a_valid_decision_there_is_no_star() -> None:
    card = card_of(listing(stars=None, ocop_decision="", ocop_expires_on=None))

    said = " ".join(line.text for line in lines(card, FRAMES["square"], FONTS))

    assert stars(card, FRAMES["square"]) == []
    assert "OCOP" not in said
    assert "sao" not in said


def test_as_many_stars_are_drawn_as_the_decision_says() -> None:
    assert len(stars(card_of(listing(stars=5)), FRAMES["wide"])) == 5


def test_several_prices_are_said_from_the_lowest_and_a_pause_instead_of_a_price() -> None:
    packs = (variant(), variant(sku="B", price_vnd=130_000, sale_vnd=60_000))

    assert card_of(listing(variants=packs)).price == "từ 60.000 đồng"
    assert card_of(listing(paused=True)).price == "Tạm hết hàng"


@pytest.mark.parametrize("broken", [b"", b"not a picture", b"\xff\xd8\xff\xe0"])
def test_a_missing_photo_leaves_a_plain_field(card: Card, broken: bytes) -> None:
    picture = Image.open(io.BytesIO(draw(replace(card, photo=broken), FRAMES["wide"], FONTS)))

    assert picture.size == (1200, 630)


def test_loose_marks_are_composed_before_they_are_drawn(card: Card) -> None:
    loose = replace(card, name="Ma\u0306\u0301m te\u0301p")

    first = next(iter(lines(loose, FRAMES["wide"], FONTS)))

    assert first.text == "Mắm tép"


def test_the_text_for_a_portal_tells_the_facts_and_where_to_read_more() -> None:
    text = portal_text(listing(), url="https://mau.example/hang/mau000000001")

    assert text.startswith("Mắm tép đồng ủ thính gạo rang\n\n")
    assert "Giá (Hũ 250 g): 70.000 đồng" in text
    assert "Thành phần: Tép riu (65%), muối ăn, thính gạo rang" in text
    assert text.endswith("https://mau.example/hang/mau000000001")
