"""Text stays inside its slot, whole words only, with every mark of Vietnamese."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

import traceability
from traceability import lettering

FONTS = Path(traceability.__file__).parent / "fonts"
VOWELS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VIETNAMESE = sorted(
    {
        spelled
        for letter in [vowel + tone for vowel in VOWELS for tone in TONES] + list("bcdđghklmnpqrstvx")
        for spelled in (
            unicodedata.normalize("NFC", letter),
            unicodedata.normalize("NFC", letter.upper()),
        )
    }
)
LONG = "Nước mắm cốt cá cơm than ủ chượp truyền thống mười tám tháng, chai thủy tinh 500 ml kèm hộp quà"

names = st.text(alphabet="aăâ ẳỡộ ẲỔ nghđ 0123 ,.", min_size=1, max_size=120)
room = st.floats(20, 200)


def fitted(text, width, height, largest=12.0, smallest=5.0):
    return lettering.fit(
        text, font=lettering.BOLD, width=width, height=height, largest=largest, smallest=smallest
    )


def words_of(text):
    return text.replace("\N{NO-BREAK SPACE}", " ").split()


@pytest.mark.parametrize("file", ["BeVietnamPro-Regular.ttf", "BeVietnamPro-Bold.ttf"])
def test_no_letter_reaches_above_or_below_the_line_it_is_given(file):
    font = ImageFont.truetype(FONTS / file, 1000)
    for letter in VIETNAMESE + list("gjpqy0123456789-–…()%₫,;"):
        _, top, _, bottom = font.getbbox(letter, anchor="ls")
        assert -top <= 1000 * lettering.ascent(letter), letter
        assert bottom <= 1000 * 0.25, letter


def test_there_are_134_letters_with_marks_and_the_font_has_each():
    font = ImageFont.truetype(FONTS / "BeVietnamPro-Regular.ttf", 100)
    missing = font.getmask("\uffff").getbbox(), bytes(font.getmask("\uffff"))

    assert sum(not letter.isascii() for letter in VIETNAMESE) == 134
    assert all((font.getmask(one).getbbox(), bytes(font.getmask(one))) != missing for one in VIETNAMESE)


def test_the_fonts_come_with_their_licence():
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text()


@given(names, room, room)
def test_fitted_text_never_overruns_and_never_breaks_a_word(text, width, height):
    found = fitted(text, width, height)

    for line in found.lines:
        assert lettering.width_of(line, lettering.BOLD, found.size) <= width + 1e-6
    if found.lines:
        assert found.baselines()[-1] + 0.25 * found.size <= height + 1e-6
        assert found.baselines()[0] >= lettering.ascent(found.lines[0]) * found.size - 1e-6
    shown = words_of(" ".join(found.lines))
    whole = words_of(lettering.tidy(text))
    if shown != whole:
        assert not shown or shown[-1].endswith("…")
        assert all(one == other for one, other in zip(shown[:-1], whole, strict=False))


def test_short_text_keeps_the_largest_size_on_one_line():
    found = fitted("Mắm tép", 200, 40)

    assert (found.size, found.lines) == (12.0, ("Mắm tép",))


def test_longer_text_is_wrapped_and_shrunk_before_anything_is_cut():
    found = fitted(LONG, 150, 45)

    assert 5.0 <= found.size < 12.0
    assert len(found.lines) > 1
    assert words_of(" ".join(found.lines)) == LONG.split()


def test_text_too_long_for_the_smallest_size_is_cut_after_a_word():
    found = fitted(LONG, 70, 14)
    shown = " ".join(found.lines)

    assert found.size == 5.0
    assert shown.endswith("…")
    assert LONG.startswith(shown[:-1])
    assert LONG[len(shown) - 1] in " ,"


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_no_text_makes_no_lines(text):
    assert fitted(text, 60, 30).lines == ()


def test_one_word_wider_than_the_slot_is_not_broken():
    assert fitted("A" * 200, 60, 30).lines == ("…",)


def test_lines_come_out_about_equally_long():
    lines = fitted("Mắm tôm ẩm thực xứ Thanh sấy dẻo", 100, 30).lines
    widths = [lettering.width_of(line, lettering.BOLD, 1) for line in lines]

    assert len(lines) == 2
    assert min(widths) > 0.7 * max(widths)


def test_a_number_stays_with_its_unit():
    lines = fitted("Mắm tép đồng hũ 250 g", 90, 40).lines

    assert any("250\N{NO-BREAK SPACE}g" in line for line in lines)


def test_loose_marks_are_composed_and_spaces_tidied():
    loose = unicodedata.normalize("NFD", "  Mắm  tép\tHậu Lộc ")

    assert lettering.tidy(loose) == "Mắm tép Hậu Lộc"
    assert unicodedata.is_normalized("NFC", fitted(loose, 200, 40).lines[0])


@given(st.text(alphabet="ABC-019Ẳộ ", min_size=1, max_size=60), room, room)
def test_a_number_is_shrunk_and_keeps_every_character(text, width, height):
    found = lettering.fit_whole(text, font=lettering.REGULAR, width=width, height=height, largest=20)

    assert found.lines == (lettering.tidy(text),)
    assert lettering.width_of(found.lines[0], lettering.REGULAR, found.size) <= width + 1e-6
    assert found.baselines()[0] - lettering.ascent(found.lines[0]) * found.size >= -1e-6
    assert found.baselines()[0] + 0.25 * found.size <= height + 1e-6


def test_numbers_side_by_side_stand_on_one_line_whatever_their_size():
    box = {"font": lettering.REGULAR, "width": 40, "height": 10, "largest": 8}

    short, long = (lettering.fit_whole(text, **box) for text in ("MT-01", "MT-01-2026-11-21-LONG"))

    assert short.size > long.size
    assert short.baselines() == pytest.approx(long.baselines())
