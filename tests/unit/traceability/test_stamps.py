"""Stamp sheets, judged by what a camera reads from the printed page."""

import io
import runpy
import sys
import unicodedata
from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pytest
import zxingcpp
from PIL import ImageChops

from traceability.digital_link import stamp_uri
from traceability.layouts import layouts
from traceability.qr import TooLarge
from traceability.serials import StampKey, codes_for_range, grouped
from traceability.stamps import StampFace, write_sheet

KEY = StampKey("0", bytes(range(32)))
GTIN = "9521234000013"
LONG_FACE = StampFace(
    "Nước mắm cốt cá cơm than Ba Làng ủ chượp truyền thống mười tám tháng, chai thủy tinh 500 ml kèm hộp quà",
    "Hợp tác xã Dịch vụ nông nghiệp và Chế biến thủy sản Hải Thanh – Nghi Sơn (mẫu)",
    lot="HT-NGHISON-20261121-A",
    good_until=date(2027, 11, 21),
    date_style="best_before",
    stars=5,
)
FACE = StampFace(
    "Mắm tép hũ 250 g", "HTX Đồng Trũng (mẫu)", lot="MT-01", good_until=date(2027, 1, 2), stars=4
)
NAMES = sorted(layouts())


def pairs(count, *, gtin=None, base_url="https://tem.ocop.vn", roll=1):
    codes = codes_for_range(KEY, roll, 0, count - 1)
    return [(code, stamp_uri(base_url, code, gtin)) for code in codes]


def sheet(stamps, name, face=FACE, *, practice=False, **settings) -> pdfium.PdfDocument:
    out = io.BytesIO()
    write_sheet(out, face, stamps, layouts()[name], practice=practice, **settings)
    return pdfium.PdfDocument(out.getvalue())


def picture(page, dpi=300):
    return page.render(scale=dpi / 72).to_pil()


def cut_out(image, layout, place, dpi=300):
    x, y = layout.corner(place)
    mm = dpi / 25.4
    return image.crop((x * mm, y * mm, (x + layout.stamp[0]) * mm, (y + layout.stamp[1]) * mm))


def text_of(page) -> str:
    return page.get_textpage().get_text_bounded()


def read_in_order(document, name, dpi=300) -> list[str]:
    """What each place of each page says, place by place; an empty place says nothing."""
    layout, found = layouts()[name], []
    for page in document:
        image = picture(page, dpi)
        for place in range(layout.per_page):
            found += [symbol.text for symbol in zxingcpp.read_barcodes(cut_out(image, layout, place, dpi))]
    return found


@pytest.mark.parametrize("practice", [False, True])
@pytest.mark.parametrize("gtin", [None, GTIN])
@pytest.mark.parametrize("name", NAMES)
def test_every_stamp_reads_as_its_own_address(name, gtin, practice):
    stamps = pairs(max(3, layouts()[name].per_page), gtin=gtin)

    document = sheet(stamps, name, LONG_FACE, practice=practice)

    assert read_in_order(document, name) == [uri for _, uri in stamps]


def test_200_stamps_with_the_longest_host_read_back_in_order():
    stamps = pairs(200, base_url="https://" + "a" * 17 + ".vn")

    document = sheet(stamps, "tomy-145", LONG_FACE)

    assert len(document) == 4
    assert read_in_order(document, "tomy-145") == [uri for _, uri in stamps]


@pytest.mark.parametrize("name", NAMES)
def test_a_coarse_label_printer_of_203_dpi_still_makes_readable_stamps(name):
    stamps = pairs(min(6, layouts()[name].per_page), gtin=GTIN)

    document = sheet(stamps, name)
    image = picture(document[0], 203.2).convert("1", dither=0).convert("L")
    read = [
        symbol.text
        for place in range(len(stamps))
        for symbol in zxingcpp.read_barcodes(cut_out(image, layouts()[name], place, 203.2))
    ]

    assert read == [uri for _, uri in stamps]


@pytest.mark.parametrize("name", NAMES)
def test_what_the_stamp_says_can_be_read_as_text(name):
    stamps = pairs(1)

    said = text_of(sheet(stamps, name)[0])

    for words in ("Mắm tép", "HTX Đồng Trũng", "Lô MT-01", "HSD 02/01/2027", "OCOP", "tem.ocop.vn"):
        assert words in said.replace("\r\n", " ").replace("\xa0", " ")
    assert grouped(stamps[0][0]) in said
    assert "TEM MẪU" not in said
    assert ("Cơ sở tự khai." in said) == (name != "tomy-145")


@pytest.mark.parametrize("name", NAMES)
def test_practice_stamps_say_so_on_every_single_one(name):
    layout = layouts()[name]
    stamps = pairs(max(2, layout.per_page))

    real, practice = (sheet(stamps, name, practice=kind) for kind in (False, True))

    for page, real_page in zip(practice, real, strict=True):
        image, real_image = picture(page, 150), picture(real_page, 150)
        assert text_of(page).count("TEM MẪU") == layout.per_page
        for place in range(layout.per_page):
            one = ImageChops.difference(
                cut_out(image, layout, place, 150).convert("L"),
                cut_out(real_image, layout, place, 150).convert("L"),
            )
            left, top, right, bottom = one.point(lambda grey: 255 * (grey > 60)).getbbox()
            assert (right - left) * 25.4 / 150 > 0.6 * layout.practice.width
            assert (bottom - top) * 25.4 / 150 > 0.6 * layout.practice.height


def test_a_face_with_little_to_say_leaves_nothing_behind():
    said = text_of(sheet(pairs(1), "a4-3x8", StampFace("Chè", "HTX mẫu"))[0])

    assert not [
        word for word in ("Lô ", "HSD", "OCOP", "None", "trước") if word in said.replace("lô nào", "")
    ]


def test_a_best_before_date_is_not_called_a_use_by_date():
    said = text_of(sheet(pairs(1), "roll-50x30", LONG_FACE)[0])

    assert "Tốt nhất trước 21/11/2027" in said
    assert "HSD" not in said


@pytest.mark.parametrize("name", NAMES)
def test_a_lot_number_is_never_cut_however_long_the_rest(name):
    assert "HT-NGHISON-20261121-A" in text_of(sheet(pairs(1), name, LONG_FACE)[0])


@pytest.mark.parametrize("name", NAMES)
def test_long_names_put_no_ink_outside_their_stamp_or_on_the_quiet_zone(name):
    layout, dpi = layouts()[name], 300
    stamps = pairs(1, gtin=GTIN)
    shouted = {"product": LONG_FACE.product.upper(), "producer": LONG_FACE.producer.upper(), "lot": "L" * 20}
    wordy = replace(LONG_FACE, **shouted)

    image = picture(sheet(stamps, name, wordy, practice=True)[0], dpi).convert("L")
    mm = dpi / 25.4
    inside = cut_out(image, layout, 0)
    symbol = layout.symbol(41)
    quiet = 4 * layout.module(41)
    inner = (symbol.x + quiet, symbol.y + quiet, symbol.right - quiet, symbol.bottom - quiet)
    inside.paste(
        255, tuple(round(edge * mm + bleed) for edge, bleed in zip(inner, (-2, -2, 2, 2), strict=True))
    )
    edge = 0.4 * mm
    ring = inside.copy()
    ring.paste(255, (round(edge), round(edge), round(ring.width - edge), round(ring.height - edge)))
    around = inside.crop(
        (symbol.x * mm, symbol.y * mm, (symbol.right - 0.1) * mm, (symbol.bottom - 0.1) * mm)
    )

    assert around.getextrema()[0] > 250
    assert ring.getextrema()[0] > 250


def test_loose_marks_are_composed_before_they_reach_the_page():
    loose = StampFace(unicodedata.normalize("NFD", "Mắm tép Hậu Lộc"), "HTX mẫu")

    said = text_of(sheet(pairs(1), "a4-3x8", loose)[0])

    assert "Mắm tép Hậu Lộc" in said.replace("\r\n", " ")


@pytest.mark.parametrize("product", ["<b>& \\) Tj ET (", "a\x00b\nc", "%PDF endstream", "{lot} {}"])
def test_odd_characters_in_a_name_do_no_harm(product):
    stamps = pairs(2)

    assert read_in_order(sheet(stamps, "a4-3x8", StampFace(product, "HTX {copy}")), "a4-3x8") == [
        uri for _, uri in stamps
    ]


def test_stars_are_drawn_one_by_one():
    def ink(stars):
        face = StampFace("Chè", "HTX mẫu", stars=stars)
        image = picture(sheet(pairs(1), "a4-3x8", face)[0]).convert("L")
        return sum(cut_out(image, layouts()["a4-3x8"], 0).histogram()[:128])

    steps = [ink(stars + 1) - ink(stars) for stars in range(1, 5)]

    assert min(steps) > 0
    assert max(steps) < 1.2 * min(steps)


def test_a_partly_used_sheet_is_begun_at_its_first_free_place():
    layout = layouts()["a4-3x8"]
    stamps = pairs(5)

    document = sheet(stamps, "a4-3x8", start_at=23)
    image = picture(document[0])

    assert len(document) == 2
    assert not [place for place in range(22) if zxingcpp.read_barcodes(cut_out(image, layout, place))]
    assert read_in_order(document, "a4-3x8") == [uri for _, uri in stamps]


@pytest.mark.parametrize("start_at", [0, 25, -1])
def test_a_place_that_is_not_on_the_sheet_is_refused(start_at):
    with pytest.raises(ValueError, match="outside 1"):
        sheet(pairs(1), "a4-3x8", start_at=start_at)


def test_an_offset_moves_the_whole_sheet_right_and_down():
    def centre(offset):
        image = picture(sheet(pairs(1), "a4-3x8", offset_mm=offset)[0])
        at = zxingcpp.read_barcodes(image)[0].position.top_left
        return at.x, at.y

    before, after = centre((0, 0)), centre((2, -1.5))

    assert after[0] - before[0] == pytest.approx(2 * 300 / 25.4, abs=2)
    assert after[1] - before[1] == pytest.approx(-1.5 * 300 / 25.4, abs=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_reprint_shows_which_copy_it_is(name):
    said = text_of(sheet(pairs(1), name, copy_number=3)[0]).lower()

    assert "bản in 3" in said


@pytest.mark.parametrize("name", [name for name in NAMES if layouts()[name].note])
def test_every_page_of_a_sheet_names_its_roll_at_the_edge(name):
    document = sheet(pairs(layouts()[name].per_page + 1), name, roll=4711)

    said = [text_of(page) for page in document]

    assert len(said) == 2
    assert all("đợt tem 4711" in words.replace("\xa0", " ") for words in said)


def test_the_viewer_is_told_not_to_scale_and_the_same_sheet_is_the_same_file():
    files = [io.BytesIO(), io.BytesIO()]

    for file in files:
        write_sheet(file, FACE, pairs(3), layouts()["tomy-145"], practice=False)

    assert b"/PrintScaling /None" in files[0].getvalue()
    assert files[0].getvalue() == files[1].getvalue()


def test_stamps_are_taken_one_at_a_time_and_none_at_all_is_refused():
    out = io.BytesIO()

    pages = write_sheet(out, FACE, (pair for pair in pairs(25)), layouts()["a4-3x8"], practice=False)

    assert pages == 2
    with pytest.raises(ValueError, match="no stamps"):
        sheet([], "a4-3x8")


def test_a_host_too_long_for_the_symbol_is_refused_before_anything_is_written():
    out = io.BytesIO()

    with pytest.raises(TooLarge):
        write_sheet(out, FACE, pairs(1, base_url="https://" + "a" * 60), layouts()["a4-3x8"], practice=False)

    assert out.getvalue() == b""


def test_a_hundred_stamps_more_cost_less_than_a_kilobyte_each():
    def size(count):
        out = io.BytesIO()
        write_sheet(out, FACE, pairs(count), layouts()["tomy-145"], practice=False)
        return len(out.getvalue())

    assert (size(130) - size(65)) / 65 < 700


def test_sample_stamps_come_from_the_command_line(tmp_path, monkeypatch, capsys):
    out = tmp_path / "mau.pdf"
    arguments = ["--count", "30", "--host", "https://tem.ocop.vn", "--layout", "a4-3x8", "--out", str(out)]
    monkeypatch.setattr(sys, "argv", ["stamps", *arguments])
    monkeypatch.delitem(sys.modules, "traceability.stamps")

    runpy.run_module("traceability.stamps", run_name="__main__")

    document = pdfium.PdfDocument(out)
    assert len(set(read_in_order(document, "a4-3x8"))) == 30
    assert text_of(document[0]).count("TEM MẪU") == 24
    assert "30 tem mẫu, 2 trang" in capsys.readouterr().out
