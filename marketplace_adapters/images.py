"""Photos made to fit a channel: upright JPEG without metadata, within its bytes and its longest side."""

from __future__ import annotations

import io

from PIL import Image, ImageOps, UnidentifiedImageError

from marketplace_adapters.types import ImageLimits

_QUALITIES = (88, 80, 70, 60, 50, 40)
_SMALLEST_SIDE = 320


class BrokenPhoto(ValueError):
    """The bytes are not a photo we can read."""


def fitted_jpeg(content: bytes, limits: ImageLimits) -> bytes:
    """JPEG bytes of at most `limits.max_bytes`. Quality goes down first, then size. Same input, same output.

    Raises BrokenPhoto for unreadable bytes, or when even a thumbnail would be too heavy.
    """
    try:
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "WEBP")))
        picture = _on_white(picture)
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise BrokenPhoto(str(error)) from error
    side = min(limits.max_side, max(picture.size))
    while side >= min(_SMALLEST_SIDE, max(picture.size)):
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        for quality in _QUALITIES:
            out = _jpeg(small, quality)
            if len(out) <= limits.max_bytes:
                return out
        side = side * 3 // 4
    raise BrokenPhoto(f"does not fit into {limits.max_bytes} bytes")


def _on_white(picture: Image.Image) -> Image.Image:
    """JPEG has no transparency; a cut-out product stands on white, not on black."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture).convert("RGB")
    return picture.convert("RGB")


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
