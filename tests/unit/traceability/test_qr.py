"""QR symbols: small, in explicit segments, and readable."""

import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from traceability import qr
from traceability.digital_link import lot_uri, stamp_uri

CODE = "1ENFFQWP77EP2"
GTIN = "9521234000013"
LONGEST = "https://" + "a" * 17 + ".vn"


def picture(rows: list[list[bool]]) -> Image.Image:
    side = len(rows) + 2 * qr.QUIET_ZONE
    image = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + qr.QUIET_ZONE, y + qr.QUIET_ZONE), 0)
    return image.resize((side * 4, side * 4), Image.Resampling.NEAREST)


def read(image: Image.Image) -> list[tuple[str, str]]:
    return [(found.text, found.ec_level) for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize("base_url", ["https://tem.ocop.vn", LONGEST, "http://192.168.100.100:8000"])
@pytest.mark.parametrize("gtin", [None, GTIN])
def test_a_symbol_reads_as_its_address_with_error_correction_m(base_url, gtin):
    uri = stamp_uri(base_url, CODE, gtin)

    assert read(picture(qr.matrix(uri))) == [(uri, "M")]


def test_the_longest_host_still_makes_the_versions_a_phone_can_read():
    assert qr.version_of(stamp_uri(LONGEST, CODE)) == 3
    assert qr.version_of(stamp_uri(LONGEST, CODE, GTIN)) == 4
    assert qr.version_of(lot_uri(LONGEST, GTIN, "MT-251001")) <= 4


def test_explicit_segments_make_a_smaller_symbol_than_bytes_alone():
    uri = stamp_uri(LONGEST, CODE)

    as_bytes = qr.QRCode(error_correction=qr.ERROR_CORRECT_M)
    as_bytes.add_data(qr.QRData(uri.encode(), mode=qr.MODE_8BIT_BYTE))

    assert qr.version_of(uri) < as_bytes.best_fit()


def test_all_capitals_need_no_bytes_and_fit_a_smaller_symbol():
    assert qr.version_of(stamp_uri("https://tem.ocop.vn", CODE, all_capitals=True)) == 2


def test_the_size_is_that_of_the_version():
    rows = qr.matrix(stamp_uri(LONGEST, CODE, GTIN))

    assert len(rows) == 33
    assert {len(row) for row in rows} == {33}


@pytest.mark.parametrize(
    "uri",
    [
        stamp_uri("https://" + "a" * 40 + ".vn", CODE),
        stamp_uri("https://" + "a" * 40 + ".vn", CODE, GTIN),
        "https://tem.ocop.vn/" + "a" * 3000,
    ],
)
def test_an_address_that_makes_too_big_a_symbol_is_refused(uri):
    for draw in (qr.matrix, qr.version_of, qr.svg):
        with pytest.raises(qr.TooLarge):
            draw(uri)


def test_an_address_without_gtin_may_not_take_version_4():
    base_url = "https://" + "a" * 19 + ".vn"

    with pytest.raises(qr.TooLarge):
        qr.version_of(stamp_uri(base_url, CODE))
    assert qr.version_of(stamp_uri(base_url, CODE, GTIN)) == 4


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet="abcXYZ019:/.-%é ", min_size=1, max_size=30))
def test_any_short_text_reads_back_whatever_its_segments(text):
    found = zxingcpp.read_barcodes(picture(qr.matrix("x:" + text)))

    assert [symbol.bytes.decode() for symbol in found] == ["x:" + text]


def test_the_svg_shows_the_same_modules_as_the_matrix():
    uri = stamp_uri("https://tem.ocop.vn", CODE)
    root = ET.fromstring(qr.svg(uri))

    runs = root[1].get("d").split("z")[:-1]
    dark = set()
    for run in runs:
        start, length = run.removeprefix("M").split("v")[0].split("h")
        x, y = map(int, start.split())
        dark |= {(x - 4 + step, y - 4) for step in range(int(length))}

    assert root.get("viewBox") == "0 0 37 37"
    assert dark == {(x, y) for y, row in enumerate(qr.matrix(uri)) for x, on in enumerate(row) if on}
