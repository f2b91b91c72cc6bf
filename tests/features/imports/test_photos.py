"""Photos of a ZIP find their products, and a ZIP that means harm finds nothing."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable

from sqlalchemy import Engine, select

from ocop.db.engine import open_session
from ocop.imports.models import ImportPhoto
from ocop.listings.models import Listing
from ocop.media.models import Media
from tests.browser_client import Browser
from tests.factories import picture
from tests.features.imports.flow import previewed, taken
from tests.features.imports.sheets import a_list, a_row, a_zip


def shots_of(engine: Engine) -> dict[str, list[str]]:
    with open_session(engine, read_only=True) as session:
        return {one.name: [photo.shot for photo in one.photos] for one in session.scalars(select(Listing))}


class ByMac(zipfile.ZipInfo):
    """A name in UTF-8 that does not say so, in pieces, as a Mac writes it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - as zipfile calls it
        return self.filename.encode(), self.flag_bits


def a_bomb(side: int = 12_000) -> bytes:
    """A PNG of some 17 kB that unpacks to side × side pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer, rows = zlib.compressobj(9), bytearray()
    for _ in range(side):
        rows += packer.compress(b"\0" + bytes(side // 8))
    rows += packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", bytes(rows)) + chunk(b"IEND", b"")


def test_photos_are_matched_by_column_by_folder_and_by_name(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_list(
        a_row(1, "Mắm tép đồng", "HTX Mẫu", photo="IMG_01.jpg; IMG_02"),
        a_row(2, "Chè lam", "HTX Mẫu"),
        a_row(3, "Kẹo lạc", "HTX Mẫu"),
    )
    photos = a_zip(
        [
            ("ảnh/IMG_02.JPG", picture(seed=2)),
            ("ảnh/IMG_01.jpg", picture(seed=1)),
            ("ảnh/che-lam-mat-sau.jpg", picture(seed=3)),
            ("ảnh/che lam 1.jpg", picture(seed=4)),
            (ByMac(unicodedata.normalize("NFD", "ảnh/Kẹo lạc/2.jpg")), picture(seed=5)),
            ("__MACOSX/ảnh/._IMG_01.jpg", b"Mac"),
            ("ảnh/họp xã.jpg", picture(seed=6)),
        ]
    )

    page = previewed(desk, worker, file, photos)
    page.form(action_contains="/lay").submit()
    worker()

    assert "5 ảnh đã ghép với sản phẩm, 1 ảnh không dùng được" in page.text
    assert "ảnh/họp xã.jpg: chưa biết là ảnh của sản phẩm nào" in page.text
    assert shots_of(engine) == {
        "Mắm tép đồng": ["front", "other"],
        "Chè lam": ["front", "back_label"],
        "Kẹo lạc": ["front"],
    }


def test_a_photo_that_is_none_keeps_no_row_out(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    photos = a_zip(
        [
            ("Mắm tép đồng/1.jpg", b"khong phai anh"),
            ("Mắm tép đồng/2.png", a_bomb()),
            ("Mắm tép đồng/3.jpg", picture()),
        ]
    )

    page = previewed(desk, worker, a_list(a_row(1, "Mắm tép đồng", "HTX Mẫu")), photos)
    page.form(action_contains="/lay").submit()
    worker()

    assert "1.jpg: không phải ảnh" in page.text
    assert "2.png: quá nhiều điểm ảnh" in page.text
    assert len(shots_of(engine)["Mắm tép đồng"]) == 1


def test_the_same_bytes_twice_for_one_producer_are_stored_once(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    photos = a_zip([("Mắm tép/1.jpg", picture()), ("Chè lam/1.jpg", picture())])

    taken(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mẫu"), a_row(2, "Chè lam", "HTX Mẫu")), photos)

    with open_session(engine, read_only=True) as session:
        assert len(session.scalars(select(Media)).all()) == 1
    assert shots_of(engine) == {"Mắm tép": ["front"], "Chè lam": ["front"]}


def test_names_that_climb_out_of_the_folder_are_only_names(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    photos = a_zip([("../../../etc/Mắm tép.jpg", picture()), ("/Mắm tép 2.jpg", picture(seed=1))])

    taken(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mẫu")), photos)

    with open_session(engine, read_only=True) as session:
        names = set(session.scalars(select(ImportPhoto.name)))
    assert names == {"etc/Mắm tép.jpg", "Mắm tép 2.jpg"}
    assert len(shots_of(engine)["Mắm tép"]) == 2


def test_a_zip_that_unpacks_to_far_more_than_photos_do_is_not_opened(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("Mắm tép.jpg", bytes(20_000_000))
    out.seek(0)
    out.name = "anh.zip"  # type: ignore[misc]

    page = previewed(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mẫu")), out)

    assert "bung ra lớn bất thường" in page.text
