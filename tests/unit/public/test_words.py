"""Every state's three lines, word for word, and the words that must never be said."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from pathlib import Path

import pytest

from ocop.public.mapping.english import translator
from ocop.public.mapping.goods import GoodsPage
from ocop.public.mapping.words import words
from ocop.web import wording
from traceability.verdict import LotFacts, RecallFacts, StampFacts, VerdictCode, verdict

TODAY = dt.date(2026, 11, 21)
THEN = dt.datetime(2026, 11, 20, 2, 5, tzinfo=dt.UTC)
GOODS = GoodsPage(
    producer="HTX Mẫu", address="", old_address="", phone="0237 111 222", zalo="", closed_on=None
)
STAMP = "A7K2-9MXZ-4TB0H"
LOT = LotFacts("MT-260912")

_BARRED = (
    "hàng thật|hàng giả|hàng nhái|chính hãng|đã xác thực|được bảo đảm|an toàn tuyệt đối|cam kết 100%|đã kiểm định|"
    "xã xác nhận|nhà nước bảo hộ|hộ chiếu số|nhãn điện tử|tem bộ công an|lừa đảo|vi phạm|nghi ngờ|đáng ngờ"
)


def facts(**values: object) -> StampFacts:
    return dataclasses.replace(StampFacts(activated_on=dt.date(2026, 11, 1), lot=LOT), **values)


def lot(**values: object) -> LotFacts:
    return dataclasses.replace(LOT, **values)


STATES = {
    VerdictCode.ACTIVE: (
        facts(),
        "Tem có trong hệ thống, đã kích hoạt",
        "Tem của HTX Mẫu, lô MT-260912, kích hoạt ngày 01/11/2026. "
        "Thông tin dưới đây do cơ sở khai và chịu trách nhiệm.",
        "So số tem, tên hàng và hạn dùng với bao bì đang cầm. Tem không thay cho việc kiểm tra chất lượng.",
    ),
    VerdictCode.INACTIVE: (
        facts(activated_on=None),
        "Tem chưa được kích hoạt",
        "Tem này của HTX Mẫu, nhưng cơ sở chưa báo đã dán lên hàng. Có thể cơ sở quên bước này.",
        "Gọi 0237 111 222, đọc số tem A7K2-9MXZ-4TB0H để hỏi.",
    ),
    VerdictCode.VOID: (
        facts(voided_on=TODAY),
        "Tem này cơ sở đã hủy",
        "HTX Mẫu báo hủy tem ngày 21/11/2026; tem hủy không dùng để dán lên hàng.",
        "Nếu tem đang ở trên hàng, gọi 0237 111 222 và đọc số tem.",
    ),
    VerdictCode.UNKNOWN_SCANNED: (
        facts(mistyped=True),
        "Không tìm thấy số tem này",
        "Hệ thống không có số vừa quét. Có thể tem thuộc hệ thống khác, hoặc mã mờ nên máy đọc sai. "
        "Chỉ từ điều này chưa nói được gì về hàng.",
        "Xem tên, địa chỉ, số điện thoại trên nhãn và hỏi nơi bán.",
    ),
    VerdictCode.UNKNOWN_TYPED: (
        facts(mistyped=True, typed=True),
        "Số tem nhập chưa đúng",
        "Số tem có 13 ký tự, chia ba nhóm. Không có chữ I, L, O, U.",
        "Xem lại từng nhóm rồi nhập lại.",
    ),
    VerdictCode.EXPIRED: (
        facts(lot=lot(good_until=dt.date(2026, 11, 20))),
        "Hàng đã quá hạn sử dụng (20/11/2026)",
        "Tem của HTX Mẫu, lô MT-260912.",
        "Không nên dùng. Nếu vừa mua, báo nơi bán hoặc gọi 0237 111 222.",
    ),
    VerdictCode.PAST_BEST_BEFORE: (
        facts(lot=lot(good_until=dt.date(2026, 11, 20), date_style="best_before")),
        'Đã qua ngày "sử dụng tốt nhất trước" (20/11/2026)',
        "Tem của HTX Mẫu, lô MT-260912. Sau ngày này chất lượng có thể giảm.",
        "Xem kỹ trước khi dùng; hỏi nơi bán hoặc 0237 111 222.",
    ),
    VerdictCode.CHECKING: (
        facts(lot=lot(hold_since=THEN)),
        "Cơ sở đang kiểm tra lô này",
        "Từ 9:05, 20/11/2026, HTX Mẫu tạm ngừng bán lô MT-260912 để kiểm tra. Chưa có kết quả.",
        "Nếu đã mua, nên tạm chưa dùng; gọi 0237 111 222.",
    ),
    VerdictCode.RECALLED_OWN: (
        facts(lot=lot(recall=RecallFacts("own", THEN, "nắp phồng"))),
        "Lô này đang được cơ sở thu hồi – xin ngừng dùng",
        "HTX Mẫu thông báo thu hồi lô MT-260912 từ 9:05, 20/11/2026. Lý do cơ sở nêu: nắp phồng.",
        "Giữ lại bao bì, gọi 0237 111 222 để trả hàng hoặc được hướng dẫn.",
    ),
    VerdictCode.RECALLED_ORDER: (
        facts(
            lot=lot(
                recall=RecallFacts(
                    "order",
                    THEN,
                    document_number="01/QĐ-MẪU",
                    document_date=dt.date(2026, 11, 19),
                    authority="cơ quan mẫu",
                )
            )
        ),
        "Lô này thu hồi theo văn bản của cơ quan – xin ngừng dùng",
        "Văn bản 01/QĐ-MẪU, ngày 19/11/2026, cơ quan mẫu.",
        "Giữ lại bao bì, gọi 0237 111 222.",
    ),
    VerdictCode.RECALL_CLOSED: (
        facts(lot=lot(recall=RecallFacts("own", THEN, closed_on=TODAY))),
        "Lô này đã thu hồi xong ngày 21/11/2026",
        "Hàng còn sót của lô MT-260912 không nên dùng.",
        "Gọi 0237 111 222 nếu vẫn còn giữ hàng.",
    ),
    VerdictCode.MANY_PLACES: (
        facts(first_scanned_on=dt.date(2026, 11, 2), many_places_published_on=TODAY),
        "Số tem này được quét ở nhiều nơi",
        "Quét lần đầu ngày 02/11/2026. Có thể nhiều người cùng quét một gói; cũng có thể số tem có trên nhiều gói.",
        "So số tem in dưới mã với số trên trang, xem tem có dấu bóc dán; thấy lạ thì gọi 0237 111 222.",
    ),
    VerdictCode.RESTORING: (
        facts(roll_known=False),
        "Hệ thống đang khôi phục hồ sơ của tem này",
        "Số tem đúng quy cách của hệ thống; thông tin lô chưa hiện được. Chưa kết luận gì về hàng.",
        "Quét lại sau; cần gấp gọi 0237 000 000.",
    ),
    VerdictCode.PRACTICE: (
        facts(practice=True),
        "TEM MẪU – không dùng cho hàng bán",
        "Tem in để tập huấn, trình diễn.",
        "Thấy tem này trên hàng bán, báo 0237 000 000.",
    ),
}


def test_there_is_a_sample_of_every_state() -> None:
    assert set(STATES) == set(VerdictCode)


@pytest.mark.parametrize("code", list(STATES))
def test_a_state_says_its_sentences_word_for_word(code: VerdictCode) -> None:
    known, head, text, advice = STATES[code]

    said = words(verdict(known, TODAY), GOODS, STAMP, "0237 000 000")

    assert said.code == code
    assert (said.headline, said.text, said.advice) == (head, text, advice)


@pytest.mark.parametrize("code", list(STATES))
def test_without_a_number_to_call_the_shop_is_asked_and_only_once(code: VerdictCode) -> None:
    known = STATES[code][0]

    said = words(verdict(known, TODAY), dataclasses.replace(GOODS, phone=""), STAMP, "")

    assert "  " not in said.advice
    assert not re.search(r"(gọi|báo) *[.,;]", said.advice)
    assert said.advice.lower().count("nơi bán") <= 1


@pytest.mark.parametrize("code", list(STATES))
def test_every_state_has_an_english_headline_text_and_advice(code: VerdictCode) -> None:
    answer = verdict(STATES[code][0], TODAY)

    vietnamese = words(answer, GOODS, STAMP, "0237 000 000")
    english = words(answer, GOODS, STAMP, "0237 000 000", translator("en"))

    assert english.headline != vietnamese.headline
    assert english.text != vietnamese.text
    assert english.advice != vietnamese.advice
    assert "{" not in english.headline + english.text + english.advice


ENGLISH = {
    VerdictCode.ACTIVE: "Stamp on record, activated by the producer",
    VerdictCode.INACTIVE: "Stamp not yet activated",
    VerdictCode.VOID: "Stamp cancelled by the producer",
    VerdictCode.UNKNOWN_SCANNED: "No record of this stamp number",
    VerdictCode.UNKNOWN_TYPED: "Number not recognised, please re-enter",
    VerdictCode.EXPIRED: "Past its use-by date",
    VerdictCode.PAST_BEST_BEFORE: "Past its best-before date",
    VerdictCode.CHECKING: "The producer is checking this batch",
    VerdictCode.RECALLED_OWN: "Batch recalled by the producer, please stop using it",
    VerdictCode.RECALLED_ORDER: "Batch recalled by order of an authority, please stop using it",
    VerdictCode.RECALL_CLOSED: "Recall of this batch completed",
    VerdictCode.MANY_PLACES: "This number has been scanned in several places",
    VerdictCode.RESTORING: "Record being restored",
    VerdictCode.PRACTICE: "Training stamp, not for sale",
}


@pytest.mark.parametrize("code", list(VerdictCode))
def test_the_english_headline_is_the_agreed_one(code: VerdictCode) -> None:
    answer = verdict(STATES[code][0], TODAY)

    said = words(answer, GOODS, STAMP, "0237 000 000", translator("en"))

    assert said.headline.partition(" (")[0] == ENGLISH[code]


def test_no_sentence_about_stamps_judges_goods_or_people() -> None:
    folder = Path(wording.__file__).with_name("wording")
    said = {
        f"{name}: {code}": text.lower()
        for name in ("public", "batches")
        for code, text in tomllib.loads((folder / f"{name}.toml").read_text("utf-8")).items()
    }

    barred = [where for where, text in said.items() if re.search(_BARRED, text)]

    assert barred == []
