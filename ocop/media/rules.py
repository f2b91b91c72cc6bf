"""Limits of what is taken in and the sizes that are kept. Plain values only."""

from __future__ import annotations

from dataclasses import dataclass

MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


@dataclass(frozen=True)
class Rendition:
    """side: longest side in px (square: both sides, cropped to the middle). max_bytes: quality drops until met."""

    name: str
    side: int
    extension: str
    quality: int
    square: bool = False
    max_bytes: int | None = None


# large is what channels get: JPEG under 1 MB meets the tightest limit known (Zalo 1 MB, Thanh Hóa form 2 MB).
RENDITIONS = (
    Rendition("large", 1600, "jpg", 86, max_bytes=1_000_000),
    Rendition("page", 960, "webp", 78),
    Rendition("small", 480, "webp", 70, max_bytes=45_000),
    Rendition("thumb", 200, "webp", 72, square=True),
)
BY_NAME = {r.name: r for r in RENDITIONS}


def rendition_file(sha256: str, name: str) -> str:
    """The path of a rendition below the media folder."""
    return f"{sha256[:2]}/{sha256}-{name}.{BY_NAME[name].extension}"
