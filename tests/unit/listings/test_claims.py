"""Fined words are pointed out; the same letters in plain talk are not."""

from __future__ import annotations

import unicodedata

import pytest

from ocop.listings.rules import ad_is_barred, answers_in_use, claim_words
from ocop.web.wording import has_sentence

PLAIN_TALK = [
    "khó nhất là lúc đảo bột",
    "thống nhất",
    "nhất là",
    "thứ nhất",
    "Cả thôn thống nhất làm chung, nhất là vụ tép.",
    "Thứ nhất chọn tép, thứ nhì chọn muối.",
    "Mỗi mẻ ủ ít nhất ba tháng, nhất định không vội.",
    "Sử dụng tốt nhất trước ngày ghi trên nắp.",
    "Dùng tốt nhất khi còn nóng.",
    "Vất vả nhất là những đêm kéo vó.",
    "Giá trị dinh dưỡng ghi trên nhãn.",
    "Ông từng làm quản trị hợp tác xã ở Quảng Trị.",
    "Sửa chữa chum vại trước mùa.",
    "Ruộng bón phân hữu cơ từ rơm rạ.",
    "Không bỏ thêm gì ngoài muối.",
    "Tháng một làm đất, số 12 đường làng.",
    "Thực phẩm này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh.",
    "Cây số 15 rẽ phải.",
    "Cháo vịt, chứ không phải trị giá bao nhiêu.",
    "",
]

CLAIMS = [
    ("Mắm ngon nhất xứ Thanh", "superlative", "ngon nhất"),
    ("ngon nhất là mắm nhà tôi", "superlative", "ngon nhất"),
    ("Ngon  NHẤT vùng", "superlative", "ngon nhất"),
    ("Sản phẩm duy nhất ở Việt Nam", "superlative", "duy nhất"),
    ("Chè số một Thái Nguyên", "superlative", "số một"),
    ("Chè số 1 Thái Nguyên", "superlative", "số 1"),
    ("Loại tốt nhất", "superlative", "tốt nhất"),
    ("Đậm đà nhất", "superlative", "đà nhất"),
    ("Nhất Việt Nam", "superlative", "nhất"),
    ("Uống vào chữa bệnh dạ dày", "healing", "chữa bệnh"),
    ("đặc trị ho", "healing", "đặc trị"),
    ("trị ho rất tốt", "healing", "trị"),
    ("mật ong chữa ho", "healing", "chữa"),
    ("dùng thay thuốc", "healing", "thay thuốc"),
    ("dùng thay thế thuốc tây", "healing", "thay thế thuốc"),
    ("rau VietGAP", "vietgap", "vietgap"),
    ("chè hữu cơ", "organic", "hữu cơ"),
    ("tép sạch không hoá chất", "free_from", "không hóa chất"),
    ("không dùng hóa chất", "free_from", "không dùng hóa chất"),
    ("không chất bảo quản", "free_from", "không chất bảo quản"),
    ("Đạt OCOP 4 sao", "ocop_mark", "đạt ocop"),
    ("cam kết 100% tự nhiên", "overpromise", "cam kết 100%"),
]


@pytest.mark.parametrize("text", PLAIN_TALK)
def test_plain_talk_is_left_alone(text):
    found = claim_words(text)

    words = [one.word for one in found]

    assert words == []


@pytest.mark.parametrize(("text", "code", "word"), CLAIMS)
def test_a_claim_is_pointed_out(text, code, word):
    found = claim_words(text)

    keys = [(one.code, one.word) for one in found]

    assert (code, word) in keys


@pytest.mark.parametrize(("text", "code", "word"), CLAIMS)
def test_decomposed_letters_are_read_the_same(text, code, word):
    decomposed = unicodedata.normalize("NFD", text)

    keys = [(one.code, one.word) for one in claim_words(decomposed)]

    assert (code, word) in keys


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rau VietGAP", "vietgap"),
        ("chè hữu cơ", "organic"),
        ("không chất bảo quản", "lab_test"),
        ("nước mắm Phú Quốc", "place_name_permit"),
        ("đạt OCOP 3 sao", "ocop"),
    ],
)
def test_a_valid_paper_silences_its_own_claim_only(text, kind):
    with_paper = claim_words(text, {kind})

    with_another = claim_words(text, {"food_safety"})

    assert with_paper == []
    assert len(with_another) == 1


def test_no_paper_silences_praise_or_healing():
    every_paper = {"vietgap", "organic", "lab_test", "ocop", "food_safety", "trademark"}

    codes = {one.code for one in claim_words("ngon nhất, chữa bệnh", every_paper)}

    assert codes == {"superlative", "healing"}


def test_words_of_healing_count_for_food_only():
    text = "Cao xoa trị đau mỏi"

    found = claim_words(text, food=False)

    assert found == []


@pytest.mark.parametrize("answer", ["paper", "no_claim"])
def test_an_answered_word_is_not_pointed_out_again(answer):
    text = "Mắm ngon nhất, duy nhất một nhà làm"

    left = claim_words(text, (), [f"superlative:ngon nhất|{answer}"])

    assert [one.word for one in left] == ["duy nhất"]


def test_an_answer_of_another_kind_counts_for_nothing():
    text = "Mắm ngon nhất"

    left = claim_words(text, (), ["superlative:ngon nhất|yes", "healing:ngon nhất|paper", "x"])

    assert [one.word for one in left] == ["ngon nhất"]


def test_answers_to_words_that_are_gone_are_forgotten():
    claims = claim_words("Mắm ngon nhất")

    kept = answers_in_use(["superlative:ngon nhất|paper", "superlative:duy nhất|paper", "rác"], claims)

    assert kept == ["superlative:ngon nhất|paper"]


def test_a_word_said_twice_is_pointed_out_once():
    text = "ngon nhất, ngon nhất, NGON NHẤT"

    found = claim_words(text)

    assert [one.word for one in found] == ["ngon nhất"]


def test_a_protected_name_says_that_the_list_was_not_checked():
    found = claim_words("Nước mắm Phú Quốc")

    verified = [(one.code, one.verified) for one in found]

    assert verified == [("protected_name", False)]


def test_every_kind_of_claim_has_its_sentence():
    codes = {code for _, code, _ in CLAIMS} | {"protected_name"}

    without = [code for code in codes if not has_sentence(f"claim_{code}")]

    assert without == []


def test_a_hundred_kilobytes_are_read_without_a_stall():
    text = "nhất là ngon nhất " * 6_000

    found = claim_words(text)

    assert [one.word for one in found] == ["ngon nhất"]


@pytest.mark.parametrize(
    ("set_no", "ethanol", "barred"),
    [
        (14, "29,5% thể tích", True),
        (14, "", True),
        (15, "12%", False),
        (15, "15 độ", True),
        (15, "14,9%", False),
        (15, "", False),
        (9, "40%", False),
    ],
)
def test_drink_from_fifteen_degrees_may_not_be_advertised(set_no, ethanol, barred):
    answer = ad_is_barred(set_no, ethanol)

    expected = barred

    assert answer is expected
