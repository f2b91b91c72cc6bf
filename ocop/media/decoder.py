"""Decodes one upload in a child process with hard limits, and writes the renditions.

Run as ``python -m ocop.media.decoder SOURCE FOLDER SHA256``. A picture is an attack until proven otherwise, so
the decoding happens where memory and CPU time end with the process. What comes out is always re-encoded: no
GPS, no metadata, no polyglot. Prints one JSON line: {"width", "height", "byte_size"} or {"refused": code}.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import warnings
from pathlib import Path

from ocop.media.rules import FORMATS, MAX_PIXELS, RENDITIONS, Rendition, rendition_file

_MEMORY = 900 * 1024 * 1024
_CPU_SECONDS = 20
_TWO_AT_A_TIME = threading.BoundedSemaphore(2)


class Undecodable(Exception):
    """Not a picture we take: code is not_image, too_many_pixels or broken_image."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode(source: Path, folder: Path, sha256: str) -> dict[str, int]:
    """Renditions of ``source`` below ``folder``; width, height and bytes of the large one.

    Raises Undecodable, and then leaves no file behind that was not there before. Two at a time: each may take
    hundreds of megabytes, further callers wait.
    """
    with _TWO_AT_A_TIME:
        return _decode(source, folder, sha256)


def _decode(source: Path, folder: Path, sha256: str) -> dict[str, int]:
    files = [folder / rendition_file(sha256, rendition.name) for rendition in RENDITIONS]
    missing = [file for file in files if not file.exists()]
    command = [sys.executable, "-m", "ocop.media.decoder", str(source), str(folder), sha256]
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    try:
        child = subprocess.run(  # noqa: S603 - our own interpreter, no shell, no user text
            command, capture_output=True, timeout=60, env=env, check=False
        )
        answer = json.loads(child.stdout or b"{}")
    except (subprocess.TimeoutExpired, ValueError):
        answer = {}
    if "width" not in answer:
        for file in missing:  # the same bytes may have been taken in before, by somebody else
            file.unlink(missing_ok=True)
        raise Undecodable(answer.get("refused", "broken_image"))
    return answer


def _limit() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _open(source: Path):  # type: ignore[no-untyped-def]
    """The picture upright and in plain RGB."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    head = source.open("rb").read(32)
    if head[4:8] == b"ftyp":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    try:
        image = Image.open(source, formats=FORMATS if head[4:8] == b"ftyp" else FORMATS[:3])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Undecodable("too_many_pixels") from None
    except Exception:
        raise Undecodable("not_image") from None
    if image.width * image.height > MAX_PIXELS:
        raise Undecodable("too_many_pixels")
    try:
        image.draft("RGB", (RENDITIONS[0].side, RENDITIONS[0].side))  # JPEG: decode only as large as needed
        image.load()
        image = _plain_colours(ImageOps.exif_transpose(image))
        if image.mode in ("RGBA", "LA", "P", "PA"):
            image = image.convert("RGBA")
            white = Image.new("RGBA", image.size, "white")
            image = Image.alpha_composite(white, image)
        image = image.convert("RGB")
    except Exception:
        raise Undecodable("broken_image") from None
    image.info.clear()  # comment and colour profile would be written again otherwise
    return image


def _plain_colours(image):  # type: ignore[no-untyped-def]
    """Eight bits a channel, in sRGB: a scanner's 16 bits are scaled, a phone's wide colours are brought over."""
    from PIL import ImageCms

    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "CMYK"):
        return image
    try:
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, io.BytesIO(profile), srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a broken profile: the numbers as they are


def _write(image, rendition: Rendition, target: Path) -> int:  # type: ignore[no-untyped-def]
    from PIL import Image, ImageOps

    if rendition.square:
        picture = ImageOps.fit(image, (rendition.side, rendition.side), Image.Resampling.LANCZOS)
    else:
        picture = image.copy()
        picture.thumbnail((rendition.side, rendition.side), Image.Resampling.LANCZOS)
    kind = "JPEG" if rendition.extension == "jpg" else "WEBP"
    extra = {"optimize": True} if kind == "JPEG" else {"method": 2}
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    for quality in range(rendition.quality, 20, -8):
        picture.save(partial, kind, quality=quality, **extra)  # no exif=: metadata never survives
        if rendition.max_bytes is None or partial.stat().st_size <= rendition.max_bytes:
            break
    partial.replace(target)
    return target.stat().st_size


def main(source: Path, folder: Path, sha256: str) -> dict[str, object]:
    try:
        image = _open(source)
        sizes = [_write(image, r, folder / rendition_file(sha256, r.name)) for r in RENDITIONS]
    except Undecodable as error:
        return {"refused": error.code}
    except MemoryError:
        return {"refused": "broken_image"}
    side = RENDITIONS[0].side
    scale = min(1.0, side / max(image.width, image.height))
    return {"width": round(image.width * scale), "height": round(image.height * scale), "byte_size": sizes[0]}


if __name__ == "__main__":
    _limit()
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])))
