"""What phones, scanners and attackers really send, through the real child process.

tiny.heic was made for this test with pillow-heif: 64 × 48, left half red, right half blue.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from ocop.db.errors import Refused
from ocop.media.decoder import Undecodable, decode
from ocop.media.rules import MAX_BYTES, RENDITIONS, rendition_file
from ocop.media.services import take_in

RED, BLUE = (200, 40, 30), (20, 60, 200)


def _halves(mode: str = "RGB", size: tuple[int, int] = (400, 200)) -> Image.Image:
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def _bytes(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _decoded(folder: Path, data: bytes) -> tuple[dict[str, int], dict[str, Image.Image]]:
    source, sha256 = folder / "upload", hashlib.sha256(data).hexdigest()
    source.write_bytes(data)
    answer = decode(source, folder / "kept", sha256)
    pictures = {}
    for rendition in RENDITIONS:
        with Image.open(folder / "kept" / rendition_file(sha256, rendition.name)) as picture:
            picture.load()
            pictures[rendition.name] = picture
    return answer, pictures


def _near(pixel: tuple[int, ...], colour: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 40 for a, b in zip(pixel[:3], colour, strict=True))


def _all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted((folder / "kept").rglob("*.*")))


def test_a_photo_taken_upright_stands_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to look at it
    data = _bytes(_halves(), "JPEG", exif=exif)

    answer, pictures = _decoded(tmp_path, data)

    large = pictures["large"]
    assert (answer["width"], answer["height"]) == (200, 400)
    assert _near(large.getpixel((100, 50)), RED)
    assert _near(large.getpixel((100, 350)), BLUE)


def test_where_it_was_taken_and_all_other_words_are_gone(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "HANGDIENTHOAI"
    exif.get_ifd(0x8825).update({1: "N", 2: (20.0, 3.0, 4.0), 3: "E", 4: (105.0, 47.0, 1.0)})
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = _bytes(_halves(), "JPEG", exif=exif, comment=b"GHICHU", icc_profile=icc)

    _answer, pictures = _decoded(tmp_path, data)

    kept = _all_bytes(tmp_path)
    assert b"HANGDIENTHOAI" in data and b"GHICHU" in data
    assert all(word not in kept for word in (b"HANGDIENTHOAI", b"GHICHU", b"Exif", b"ICC_PROFILE"))
    assert all(not picture.getexif() for picture in pictures.values())


def test_a_broken_colour_profile_does_not_cost_the_photo(tmp_path):
    data = _bytes(_halves(), "JPEG", icc_profile=b"khong phai ho so mau")

    _answer, pictures = _decoded(tmp_path, data)

    assert _near(pictures["large"].getpixel((50, 100)), RED)


def _bomb(side: int) -> bytes:
    """A one-bit PNG of side × side, all of one colour: huge when unpacked, a few kilobytes on the way."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((side // 8 + 1) * side), 9)

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _svg() -> bytes:
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


BAD = {
    "a bomb of 144 megapixels": (_bomb(12_000), "too_many_pixels"),
    "a JPEG cut in the middle": (_bytes(_halves(), "JPEG")[:1500], "broken_image"),
    "a PNG cut in the middle": (_bytes(_halves(), "PNG")[:400], "broken_image"),
    "a page renamed .jpg": (b"<!doctype html><script>alert(1)</script>", "not_image"),
    "an SVG": (_svg(), "not_image"),
    "a GIF": (_bytes(_halves("P"), "GIF"), "not_image"),
    "a TIFF": (_bytes(_halves(), "TIFF"), "not_image"),
    "an empty file": (b"", "not_image"),
    "a head and no body": (b"\xff\xd8\xff\xe0" + b"\0" * 40, "not_image"),
    "a film that says it is HEIC": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 64, "not_image"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_is_refused_and_leaves_nothing(tmp_path, name):
    data, code = BAD[name]

    with pytest.raises(Undecodable) as refusal:
        _decoded(tmp_path, data)

    assert refusal.value.code == code
    assert [file for file in (tmp_path / "kept").rglob("*") if file.is_file()] == []


def test_the_bomb_is_small_on_the_way(tmp_path):
    side = 12_000

    size = len(_bomb(side))

    assert size < 20_000


def test_forty_megapixels_are_the_most(tmp_path):
    just_over = _bomb(6_328)

    with pytest.raises(Undecodable) as refusal:
        _decoded(tmp_path, just_over)

    assert refusal.value.code == "too_many_pixels"


def test_a_file_that_is_also_an_archive_comes_out_as_a_picture_only(tmp_path):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("virus.txt", "BENTRONG")
    data = _bytes(_halves(), "JPEG") + archive.getvalue()

    _decoded(tmp_path, data)

    assert zipfile.is_zipfile(tmp_path / "upload")
    assert b"PK\x03\x04" not in _all_bytes(tmp_path)


def test_a_photo_of_an_iphone_is_read(tmp_path):
    data = Path(__file__).with_name("tiny.heic").read_bytes()

    answer, pictures = _decoded(tmp_path, data)

    assert (answer["width"], answer["height"]) == (64, 48)
    assert _near(pictures["large"].getpixel((12, 24)), RED)
    assert _near(pictures["large"].getpixel((52, 24)), BLUE)


@pytest.mark.parametrize(
    ("name", "data", "left", "right"),
    [
        ("CMYK JPEG", _bytes(_halves("CMYK"), "JPEG"), RED, BLUE),
        ("grey JPEG", _bytes(_halves("L"), "JPEG"), (87, 87, 87), (64, 64, 64)),
        ("palette PNG", _bytes(_halves("P"), "PNG"), RED, BLUE),
        ("lossless WebP", _bytes(_halves(), "WEBP", lossless=True), RED, BLUE),
        ("progressive JPEG", _bytes(_halves(), "JPEG", progressive=True), RED, BLUE),
        ("one-bit PNG", _bytes(Image.new("1", (400, 200), 1), "PNG"), (255,) * 3, (255,) * 3),
    ],
)
def test_every_kind_of_colour_comes_out_true(tmp_path, name, data, left, right):
    source = data

    _answer, pictures = _decoded(tmp_path, source)

    large = pictures["large"]
    assert large.mode == "RGB"
    assert _near(large.getpixel((50, 100)), left)
    assert _near(large.getpixel((350, 100)), right)


def test_a_scan_in_sixteen_bits_is_neither_white_nor_black(tmp_path):
    grey = Image.new("I;16", (60, 40), 32_768)

    _answer, pictures = _decoded(tmp_path, _bytes(grey, "PNG"))

    assert _near(pictures["large"].getpixel((30, 20)), (128, 128, 128))


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_see_through_parts_become_white_paper(tmp_path, mode):
    image = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    options: dict[str, object] = {}
    if mode == "P":
        image = image.convert("RGB").quantize(4)
        options = {"transparency": image.getpixel((0, 0))}
    else:
        image = image.convert(mode)

    _answer, pictures = _decoded(tmp_path, _bytes(image, "PNG", **options))

    assert _near(pictures["large"].getpixel((30, 20)), (255, 255, 255))


def test_of_a_moving_picture_the_first_frame_is_kept(tmp_path):
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, BLUE)]
    data = _bytes(frames[0], "WEBP", save_all=True, append_images=frames[1:], duration=100, lossless=True)

    _answer, pictures = _decoded(tmp_path, data)

    assert _near(pictures["large"].getpixel((30, 20)), RED)
    assert not getattr(pictures["page"], "is_animated", False)


def test_every_size_that_channels_ask_for_is_made(tmp_path):
    data = _bytes(Image.effect_noise((3000, 2000), 90).convert("RGB"), "JPEG", quality=90)

    answer, pictures = _decoded(tmp_path, data)

    sizes = {name: picture.size for name, picture in pictures.items()}
    assert sizes == {"large": (1600, 1067), "page": (960, 640), "small": (480, 320), "thumb": (200, 200)}
    assert answer["byte_size"] <= 1_000_000


def test_a_byte_over_the_limit_is_refused_before_it_is_looked_at(tmp_path):
    upload = io.BytesIO(b"\xff" * (MAX_BYTES + 1))

    with pytest.raises(Refused) as refusal:
        take_in(tmp_path, upload, ordinal=2)

    assert (refusal.value.code, refusal.value.params) == ("photo_too_large", {"ordinal": 2})
    assert list(tmp_path.iterdir()) == []


def test_taking_in_leaves_no_original(tmp_path):
    data = _bytes(_halves(), "PNG")

    taken = take_in(tmp_path, io.BytesIO(data))

    left = [file.name for file in tmp_path.rglob("*") if file.is_file()]
    assert sorted(left) == sorted(Path(rendition_file(taken.sha256, r.name)).name for r in RENDITIONS)
