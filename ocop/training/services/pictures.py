"""Pictures of the sample products (classes and demo), drawn by the program: no photograph of anybody or anything real.

Each picture is a square JPEG: an object on a table. Front, back with label, and the making of it.
"""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

import traceability

_SIDE = 1400
_FONTS = Path(traceability.__file__).parent / "fonts"

Colour = tuple[int, int, int]
_WALL: tuple[Colour, ...] = ((240, 232, 214), (231, 236, 226), (238, 226, 210), (228, 233, 236))
_TABLE: tuple[Colour, ...] = ((181, 142, 98), (160, 122, 84), (193, 160, 118))
_INK: Colour = (52, 44, 36)
_PAPER: Colour = (252, 248, 238)
_CLAY: Colour = (146, 92, 62)
_STRAW: Colour = (205, 172, 108)

# What each demo product looks like: container, colour of what is inside, how it is made.
_LOOKS: dict[str, tuple[str, Colour, str]] = {
    "mam-tep": ("jar", (168, 84, 60), "urns"),
    "che-lam": ("packet", (186, 132, 62), "tray"),
    "mang-kho": ("pouch", (206, 172, 104), "racks"),
    "khan-tho-cam": ("cloth", (120, 42, 58), "loom"),
    "nem-chua": ("leaves", (72, 118, 62), "tray"),
    "che-bup": ("pouch", (66, 92, 56), "hills"),
    "mien-dong": ("pouch", (214, 206, 182), "racks"),
    "banh-chung": ("cake", (58, 104, 58), "pot"),
    "thanh-long": ("fruit", (196, 48, 92), "hills"),
    "ca-thinh": ("pouch", (176, 120, 62), "urns"),
}


def draw(product: str, name: str, maker: str, lines: list[str]) -> list[tuple[str, bytes]]:
    """(shot, JPEG bytes) of the front, the back with its label and the making of a demo product."""
    container, colour, making = _LOOKS[product]
    seed = random.Random(product)  # noqa: S311 - the same picture every time is the point
    front = _scene(seed)
    _CONTAINERS[container](front, colour, name)
    back = _scene(seed)
    _back_label(back, colour, name, maker, lines)
    work = _scene(seed)
    _MAKING[making](work, colour, seed)
    return [("front", _jpeg(front)), ("back_label", _jpeg(back)), ("making", _jpeg(work))]


def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    face = "BeVietnamPro-Bold.ttf" if bold else "BeVietnamPro-Regular.ttf"
    return ImageFont.truetype(str(_FONTS / face), size)


def _mix(a: Colour, b: Colour, part: float) -> Colour:
    return tuple(round(x + (y - x) * part) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def _scene(seed: random.Random) -> Image.Image:
    """A wall with soft light from the left and a wooden table."""
    wall, table = seed.choice(_WALL), seed.choice(_TABLE)
    image = Image.new("RGB", (_SIDE, _SIDE), wall)
    draw = ImageDraw.Draw(image)
    for x in range(0, _SIDE, 4):
        draw.rectangle((x, 0, x + 3, 960), fill=_mix(_mix(wall, (255, 255, 255), 0.35), wall, x / _SIDE))
    for y in range(960, _SIDE, 4):
        draw.rectangle(
            (0, y, _SIDE, y + 3), fill=_mix(_mix(table, (255, 255, 255), 0.18), table, (y - 960) / 440)
        )
    for board in range(5):
        y = 990 + board * 92
        draw.line((0, y, _SIDE, y + 10), fill=_mix(table, _INK, 0.22), width=4)
    return image


def _shadow(image: Image.Image, box: tuple[int, int, int, int]) -> None:
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse(box, fill=120)
    image.paste(Image.new("RGB", image.size, _INK), mask=mask.filter(ImageFilter.GaussianBlur(26)))


def _rounded(image: Image.Image, box: tuple[int, int, int, int], radius: int, colour: Colour) -> None:
    """A body with light from the left: darker to the right, a bright edge on the left."""
    left, top, right, bottom = box
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius, fill=255)
    body = Image.new("RGB", image.size, colour)
    draw = ImageDraw.Draw(body)
    for x in range(left, right, 3):
        part = (x - left) / (right - left)
        light = _mix(colour, (255, 255, 255), 0.28 * (1 - part) ** 2)
        draw.rectangle((x, top, x + 2, bottom), fill=_mix(light, _INK, 0.26 * part**2))
    image.paste(body, mask=mask)


def _label(image: Image.Image, box: tuple[int, int, int, int], name: str, accent: Colour) -> None:
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(box, 14, fill=_PAPER, outline=accent, width=5)
    left, top, right, _bottom = box
    draw.rectangle((left + 5, top + 26, right - 5, top + 40), fill=accent)
    y = top + 64
    for line in _wrap(name, _font(46, bold=True), right - left - 60)[:4]:
        draw.text(((left + right) / 2, y), line, fill=_INK, font=_font(46, bold=True), anchor="ma")
        y += 62
    draw.text(
        ((left + right) / 2, y + 10), "hàng mẫu", fill=_mix(_INK, _PAPER, 0.35), font=_font(34), anchor="ma"
    )


def _wrap(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _jar(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (420, 1120, 1080, 1230))
    _rounded(image, (440, 420, 960, 1190), 110, _mix(colour, (255, 255, 255), 0.10))
    _rounded(image, (440, 560, 960, 1190), 100, colour)
    _rounded(image, (470, 330, 930, 450), 26, (206, 176, 92))
    _label(image, (470, 680, 930, 1080), name, (31, 107, 74))


def _pouch(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (360, 1150, 1080, 1260))
    _rounded(image, (400, 240, 1000, 1220), 40, _mix(colour, _PAPER, 0.45))
    draw = ImageDraw.Draw(image)
    for y in range(262, 330, 14):
        draw.line((410, y, 990, y), fill=_mix(colour, _INK, 0.25), width=4)
    _rounded(image, (460, 880, 940, 1160), 60, colour)  # the window that shows what is inside
    for x in range(480, 920, 22):
        draw.line((x, 900, x + 34, 1140), fill=_mix(colour, (255, 255, 255), 0.28), width=5)
    _label(image, (450, 420, 950, 820), name, (31, 107, 74))


def _packet(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (240, 1110, 1180, 1240))
    _rounded(image, (260, 560, 1140, 1180), 34, _mix(colour, _PAPER, 0.30))
    for i in range(4):
        _rounded(
            image, (190 + i * 60, 1150 - i * 6, 400 + i * 60, 1270 - i * 6), 18, _mix(colour, _INK, 0.05 * i)
        )
    _label(image, (420, 640, 1060, 1060), name, (163, 45, 29))


def _cloth(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (200, 1130, 1220, 1270))
    _rounded(image, (220, 300, 1180, 1210), 12, colour)
    draw = ImageDraw.Draw(image)
    bands = ((214, 168, 60), (240, 232, 214), (36, 84, 110), (60, 110, 70))
    for row, y in enumerate(range(340, 1180, 84)):
        shade = bands[row % len(bands)]
        for x in range(240, 1160, 56):
            draw.polygon(
                [(x, y + 28), (x + 28, y), (x + 56, y + 28), (x + 28, y + 56)], outline=shade, width=7
            )
    for x in range(226, 1180, 16):
        draw.line((x, 1206, x + 5, 1262), fill=_mix(colour, _PAPER, 0.3), width=4)
    _label(image, (760, 980, 1130, 1180), " ".join(name.split()[:2]), (120, 42, 58))


def _leaves(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (180, 1120, 1240, 1260))
    draw = ImageDraw.Draw(image)
    for row in range(3):
        for column in range(4 - row):
            x, y = 230 + column * 240 + row * 120, 980 - row * 190
            _rounded(
                image,
                (x, y, x + 215, y + 200),
                30,
                _mix(colour, (255, 255, 255), 0.07 * ((row + column) % 3)),
            )
            draw.line((x + 105, y, x + 105, y + 200), fill=(222, 202, 140), width=9)
            draw.line((x, y + 100, x + 215, y + 100), fill=(222, 202, 140), width=9)
    _label(image, (470, 180, 930, 480), name, (31, 107, 74))


def _cake(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (270, 1130, 1130, 1260))
    _rounded(image, (300, 460, 1100, 1210), 30, colour)
    draw = ImageDraw.Draw(image)
    for x in (500, 700, 900):
        draw.line((x, 462, x, 1208), fill=(226, 206, 150), width=12)
    for y in (650, 840, 1030):
        draw.line((302, y, 1098, y), fill=(226, 206, 150), width=12)
    _label(image, (450, 250, 950, 560), name, (163, 45, 29))


def _fruit(image: Image.Image, colour: Colour, name: str) -> None:
    _shadow(image, (170, 1110, 1240, 1270))
    draw = ImageDraw.Draw(image)
    for x, y in ((220, 780), (560, 820), (880, 770), (390, 520), (740, 510)):
        for i in range(7):
            draw.polygon(
                [(x + 30 + i * 36, y + 40), (x + 60 + i * 36, y + 60), (x + 20 + i * 42, y - 46)],
                fill=(92, 142, 70),
            )
        _rounded(image, (x, y, x + 320, y + 400), 160, colour)
    _label(image, (840, 1030, 1280, 1300), " ".join(name.split()[:4]), (31, 107, 74))


def _back_label(image: Image.Image, colour: Colour, name: str, maker: str, lines: list[str]) -> None:
    """The back of a pack, its printed label filling the picture as a channel wants to see it."""
    _shadow(image, (200, 1230, 1220, 1330))
    _rounded(image, (170, 110, 1230, 1290), 36, _mix(colour, _PAPER, 0.40))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((240, 190, 1160, 1220), 16, fill=_PAPER, outline=_INK, width=4)
    y = 225
    for line in _wrap(name, _font(50, bold=True), 840)[:2]:
        draw.text((280, y), line, fill=_INK, font=_font(50, bold=True))
        y += 64
    for text in [*lines, f"Chịu trách nhiệm: {maker}", "Ảnh vẽ, dùng để trình diễn."]:
        for line in _wrap(text, _font(44), 840):
            if y < 1165:
                draw.text((280, y + 12), line, fill=_INK, font=_font(44))
            y += 62


def _urns(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    for x, size in ((120, 1.0), (520, 1.15), (950, 0.9)):
        width, height = int(340 * size), int(460 * size)
        top = 1180 - height
        _shadow(image, (x - 10, 1120, x + width + 30, 1230))
        _rounded(image, (x, top, x + width, 1190), 130, _CLAY)
        _rounded(image, (x + 50, top - 50, x + width - 50, top + 40), 30, _mix(_CLAY, _INK, 0.25))
        _rounded(image, (x + 30, top - 96, x + width - 30, top - 36), 28, _STRAW)


def _racks(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    for row in range(4):
        top = 300 + row * 210
        draw.polygon([(140, top + 150), (1260, top + 150), (1180, top), (220, top)], fill=_STRAW)
        for _ in range(220):
            x, y = seed.randint(230, 1150), seed.randint(top + 12, top + 130)
            draw.line(
                (x, y, x + seed.randint(-46, 46), y + seed.randint(4, 22)),
                fill=_mix(colour, _PAPER, seed.random() / 2),
                width=6,
            )
        draw.line((140, top + 152, 1260, top + 152), fill=_mix(_STRAW, _INK, 0.4), width=10)


def _tray(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    _shadow(image, (130, 1050, 1270, 1250))
    draw = ImageDraw.Draw(image)
    draw.ellipse((130, 420, 1270, 1200), fill=_STRAW, outline=_mix(_STRAW, _INK, 0.45), width=22)
    for row in range(5):
        for column in range(6):
            x, y = 290 + column * 140, 540 + row * 110
            if (x + 50 - 700) ** 2 / 490**2 + (y + 40 - 810) ** 2 / 320**2 < 1:
                _rounded(image, (x, y, x + 110, y + 80), 14, _mix(colour, _PAPER, seed.random() / 4))


def _loom(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    wood = (118, 80, 50)
    for x in (180, 1160):
        _rounded(image, (x, 200, x + 60, 1260), 12, wood)
    for y in (230, 640, 1120):
        _rounded(image, (160, y, 1240, y + 54), 12, wood)
    for x in range(260, 1150, 14):
        draw.line((x, 284, x, 640), fill=_PAPER, width=4)
    _rounded(image, (256, 694, 1150, 1120), 6, colour)
    for y in range(720, 1110, 48):
        draw.line((258, y, 1148, y), fill=(214, 168, 60) if y // 48 % 2 else (240, 232, 214), width=9)


def _hills(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    for layer in range(5):
        green = _mix((152, 176, 140), (44, 92, 58), layer / 4)
        top = 420 + layer * 170
        draw.ellipse((-500 + layer * 160 % 500, top, 1300 + layer * 90, top + 1500), fill=green)
        for i in range(16):
            y = top + 40 + i * 34
            draw.arc(
                (-400 + layer * 130 % 480, y, 1250 + layer * 80, y + 1400),
                200,
                330,
                fill=_mix(green, _INK, 0.22),
                width=7,
            )


def _pot(image: Image.Image, colour: Colour, seed: random.Random) -> None:
    draw = ImageDraw.Draw(image)
    for x in range(300, 1100, 90):
        draw.polygon([(x, 1240), (x + 90, 1240), (x + 46, seed.randint(1020, 1130))], fill=(222, 128, 44))
    _rounded(image, (300, 480, 1100, 1110), 60, (74, 72, 70))
    draw.ellipse((300, 420, 1100, 560), fill=(104, 102, 98))
    for x in range(380, 1000, 160):
        _rounded(image, (x, 430, x + 130, 530), 12, colour)
    for x in (520, 700, 880):
        draw.arc((x, 130, x + 120, 300), 90, 270, fill=_PAPER, width=12)
        draw.arc((x - 20, 250, x + 100, 420), 270, 90, fill=_PAPER, width=12)


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


_CONTAINERS: dict[str, Callable[[Image.Image, Colour, str], None]] = {
    "jar": _jar,
    "pouch": _pouch,
    "packet": _packet,
    "cloth": _cloth,
    "leaves": _leaves,
    "cake": _cake,
    "fruit": _fruit,
}
_MAKING: dict[str, Callable[[Image.Image, Colour, random.Random], None]] = {
    "urns": _urns,
    "racks": _racks,
    "tray": _tray,
    "loom": _loom,
    "hills": _hills,
    "pot": _pot,
}
