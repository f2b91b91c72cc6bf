"""A product as one picture, to be sent in a Zalo group or shown beside a link.

Everything is fitted: a long name gets smaller, then more lines, then an ellipsis, and never leaves its frame.
"""

from __future__ import annotations

import io
import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from marketplace_adapters.sharing.text import dong, words
from marketplace_adapters.types import ListingPayload

MOST_BYTES = 300_000
_QUALITIES = (90, 84, 76, 68, 58, 46, 34)
# Heights over and under the baseline in ems: Be Vietnam Pro with two marks on a capital (Ẳ, Ổ), drawn in whole pixels.
_ASCENT, _DESCENT = 1.26, 0.28
_PAPER, _INK, _SOFT, _TEA, _GOLD, _LINE = "#FBF8F1", "#23201B", "#5F584B", "#1F6B4A", "#8A5A12", "#E3DCCB"

_STAYS = "\N{NO-BREAK SPACE}"
_FINER = 4  # how much larger a shape is drawn before it is made small: Pillow's own edges are ragged

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


@dataclass(frozen=True)
class Card:
    """What the picture says; empty texts are left out. photo: JPEG or WebP bytes. qr_png: of the public page."""

    name: str
    price: str
    producer: str
    place: str
    phone: str = ""
    stars: int | None = None
    photo: bytes = b""
    qr_png: bytes = b""


@dataclass(frozen=True)
class Fonts:
    """TrueType files."""

    regular: Path
    bold: Path


@dataclass(frozen=True)
class Frame:
    """The places of a card. beside_qr: the right edge of what stands left of the symbol."""

    size: tuple[int, int]
    photo: Box
    name: Box
    price: Box
    star: Box
    maker: Box
    qr: Box
    beside_qr: int


@dataclass(frozen=True)
class Line:
    """One line of text as placed: `baseline` is (x, y) of its start, `box` what its ink covers."""

    text: str
    font: ImageFont.FreeTypeFont
    colour: str
    baseline: tuple[int, int]

    @property
    def box(self) -> Box:
        left, top, right, bottom = self.font.getbbox(self.text, anchor="ls")
        x, y = self.baseline
        return (int(x + left), int(y + top), int(x + right), int(y + bottom))


# Square for chats, wide for the picture beside a link (1.91 : 1).
FRAMES: Mapping[str, Frame] = {
    "square": Frame(
        (1080, 1080), photo=(0, 0, 1080, 580), name=(56, 600, 1024, 790), price=(56, 796, 1024, 886),
        star=(56, 890, 1024, 942), maker=(56, 946, 1024, 1056), qr=(824, 836, 1024, 1036), beside_qr=800,
    ),
    "wide": Frame(
        (1200, 630), photo=(0, 0, 590, 630), name=(630, 36, 1160, 276), price=(630, 284, 1160, 366),
        star=(630, 372, 1160, 420), maker=(630, 428, 1160, 594), qr=(1000, 434, 1160, 594), beside_qr=980,
    ),
}  # fmt: skip


def card_of(listing: ListingPayload, *, photo: bytes = b"", qr_png: bytes = b"") -> Card:
    """The card of a listing as it may be seen today: no star without a valid decision, no number without consent."""
    seller, prices = (
        listing.producer,
        [v.sale_vnd or v.price_vnd for v in listing.variants if v.price_vnd > 0],
    )
    price = dong(min(prices)) if prices else ""
    if len(set(prices)) > 1:
        price = _words()["from"].format(price=price)
    return Card(
        name=listing.name,
        price=words()["paused"] if listing.paused else price,
        producer=seller.name,
        place=", ".join(part for part in (seller.commune, seller.province) if part),
        phone=seller.phone,
        stars=listing.stars,
        photo=photo,
        qr_png=qr_png,
    )


def draw(card: Card, frame: Frame, fonts: Fonts) -> bytes:
    """A JPEG of the frame's size and at most MOST_BYTES."""
    picture = Image.new("RGB", frame.size, _PAPER)
    picture.paste(_photo(card.photo, frame.photo), frame.photo[:2])
    pen = ImageDraw.Draw(picture)
    for line in lines(card, frame, fonts):
        pen.text(line.baseline, line.text, font=line.font, fill=line.colour, anchor="ls")
    for corners in stars(card, frame):
        _smooth(picture, corners)
    if card.qr_png:
        side = frame.qr[2] - frame.qr[0]
        symbol = Image.open(io.BytesIO(card.qr_png), formats=("PNG",)).convert("RGB")
        picture.paste(symbol.resize((side, side), Image.Resampling.NEAREST), frame.qr[:2])
    return _jpeg(picture)


def lines(card: Card, frame: Frame, fonts: Fonts) -> Iterator[Line]:
    """Every line of text where it will stand."""
    yield from _fitted(card.name, frame.name, fonts.bold, _INK, largest=64, smallest=28)
    yield from _fitted(
        card.price, _beside(card, frame, frame.price), fonts.bold, _TEA, largest=60, smallest=26
    )
    maker = frame.maker
    if card.stars:
        said = _words()["stars"].format(stars=card.stars)
        left, top, right, bottom = _beside(card, frame, frame.star)
        row = (left + card.stars * (bottom - top) + 8, top, right, bottom)
        yield from _fitted(said, row, fonts.bold, _GOLD, largest=34, smallest=20)
    else:
        maker = (maker[0], frame.star[1], maker[2], maker[3])
    phone = card.phone.replace(" ", _STAYS)
    about = f"{_STAYS}· ".join(part for part in (card.producer, card.place, phone) if part)
    yield from _fitted(about, _beside(card, frame, maker), fonts.regular, _SOFT, largest=34, smallest=18)


def stars(card: Card, frame: Frame) -> list[list[tuple[float, float]]]:
    """Five-pointed stars as corner points: the font has none."""
    left, top, _, bottom = frame.star
    side = bottom - top
    return [
        _star(left + side * (place + 0.5), top + side / 2, side * 0.42) for place in range(card.stars or 0)
    ]


@cache
def _words() -> Mapping[str, str]:
    return tomllib.loads(Path(__file__).with_name("card.toml").read_text(encoding="utf-8"))


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _beside(card: Card, frame: Frame, box: Box) -> Box:
    """The box, less what the symbol needs."""
    overlaps = card.qr_png and box[3] > frame.qr[1]
    return (box[0], box[1], min(box[2], frame.beside_qr), box[3]) if overlaps else box


def _fitted(text: str, box: Box, path: Path, colour: str, *, largest: int, smallest: int) -> Iterator[Line]:
    """The largest size at which the text stays in the box; at the smallest it is cut."""
    left, top, right, bottom = box
    whole = unicodedata.normalize("NFC", " ".join(text.replace(_STAYS, "\0").split())).replace("\0", _STAYS)
    sizes = range(smallest, largest + 1, 2)

    def too_large(size: int) -> bool:
        return len(_wrapped(whole, path, size, right - left)) > _most_rows(box, size)

    size = sizes[max(bisect_left(sizes, True, key=too_large) - 1, 0)]
    rows, most = _wrapped(whole, path, size, right - left), _most_rows(box, size)
    if len(rows) <= most:
        rows = _evened(whole, rows, path, size, right - left)
    else:
        rows = [*rows[: most - 1], _ellipsis(" ".join(rows[most - 1 :]), path, size, right - left)]
    for place, row in enumerate(rows):
        baseline = top + (_ASCENT + place * (_ASCENT + _DESCENT)) * size
        yield Line(row, _font(path, size), colour, (left, int(baseline)))


def _most_rows(box: Box, size: int) -> int:
    return int((box[3] - box[1]) / (size * (_ASCENT + _DESCENT)))


@lru_cache(maxsize=20_000)
def _width(word: str, path: Path, size: int) -> float:
    return _font(path, size).getlength(word)


def _wrapped(text: str, path: Path, size: int, width: int) -> list[str]:
    """Broken at spaces; a word longer than a line is broken where the line ends."""
    rows: list[str] = []
    row, taken, space = "", 0.0, _width(" ", path, size)
    for word in text.split(" "):
        more = _width(word, path, size)
        if row and taken + space + more <= width:
            row, taken = f"{row} {word}", taken + space + more
            continue
        rows += [row] if row else []
        while more > width:
            head = _head(word, path, size, width)
            rows.append(head)
            word = word[len(head) :]
            more = _width(word, path, size)
        row, taken = word, more
    return [*rows, row] if row else rows


def _evened(text: str, rows: list[str], path: Path, size: int, width: int) -> list[str]:
    """The same number of lines, of about the same length: no single word is left for the last one."""
    longest_word = max(_width(word, path, size) for word in text.split(" "))
    narrower = int(width * 0.96)
    while len(rows) > 1 and narrower >= longest_word:
        tried = _wrapped(text, path, size, narrower)
        if len(tried) > len(rows):
            break
        rows, narrower = tried, int(narrower * 0.96)
    return rows


def _head(word: str, path: Path, size: int, width: int) -> str:
    """The longest beginning that fits, one letter at least."""
    lengths = range(1, len(word))
    return word[
        : max(bisect_left(lengths, True, key=lambda n: _width(word[: n + 1], path, size) > width) + 1, 1)
    ]


def _ellipsis(text: str, path: Path, size: int, width: int) -> str:
    while text and _width(f"{text}…", path, size) > width:
        text = text.rpartition(" ")[0] or text[:-1]
    return f"{text}…"


def _star(x: float, y: float, radius: float) -> list[tuple[float, float]]:
    points = []
    for corner in range(10):
        reach = radius * (1 if corner % 2 == 0 else 0.4)
        points.append((x + reach * sin(corner * pi / 5), y - reach * cos(corner * pi / 5)))
    return points


def _smooth(picture: Image.Image, corners: list[tuple[float, float]]) -> None:
    """Fill a shape with gold, its edges smooth."""
    xs, ys = [int(x) for x, _ in corners], [int(y) for _, y in corners]
    left, top, wide, high = min(xs) - 1, min(ys) - 1, max(xs) - min(xs) + 3, max(ys) - min(ys) + 3
    mask = Image.new("L", (wide * _FINER, high * _FINER))
    ImageDraw.Draw(mask).polygon([((x - left) * _FINER, (y - top) * _FINER) for x, y in corners], fill=255)
    picture.paste(_GOLD, (left, top), mask.resize((wide, high), Image.Resampling.LANCZOS))


def _photo(content: bytes, box: Box) -> Image.Image:
    """The photo cropped to its place; a plain field where there is none or it cannot be read."""
    size = (box[2] - box[0], box[3] - box[1])
    try:
        photo = Image.open(io.BytesIO(content), formats=("JPEG", "WEBP"))
        photo.draft("RGB", (size[0] * 2, size[1] * 2))
        return ImageOps.fit(photo.convert("RGB"), size, Image.Resampling.LANCZOS)
    except (UnidentifiedImageError, OSError):
        return Image.new("RGB", size, _LINE)


def _jpeg(picture: Image.Image) -> bytes:
    content = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        content = out.getvalue()
        if len(content) <= MOST_BYTES:
            break
    return content
