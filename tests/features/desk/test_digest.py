"""The morning as one text for the commune's Zalo group."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ocop.desk.rules import DIGEST_LENGTH
from ocop.publishing.rules import State
from tests.browser_client import Browser, Page
from tests.factories import a_delegation, a_group, a_listing, a_producer, an_officer
from tests.features.desk.commune import a_lot, a_place, a_post, a_sheet, ago, one_of_everything

PAGE = "/xa/hom-nay/nhom-zalo"


def _text(page: Page) -> str:
    return page.one("#digest").get_text().strip()


def test_the_text_says_what_waits_for_producers_and_nothing_of_the_office_s_own(
    session: Session, browser: Browser
) -> None:
    user, _ = an_officer(session)
    one_of_everything(session, a_producer(session, name="HTX Đồng Trũng"), a_place(session))
    a_sheet(session)
    session.commit()

    text = _text(browser.sign_in(user).open(PAGE))

    assert text.startswith("VIỆC CHỜ – Xã Hoạt Giang, ")
    assert "Lô đang thu hồi (1)\n- HTX Đồng Trũng: Lô MT-1 đang thu hồi từ" in text
    assert "- HTX Đồng Trũng: Bánh gai: Sàn Thanh Hóa chưa trả lời 4 ngày." in text
    assert "mất mật khẩu" not in text
    assert "xlsx" not in text
    assert "soạn dở" not in text


def test_no_number_of_a_person_gets_into_the_group(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    producer = a_producer(session, name="Hộ bà Mẫu 0912 345 678", tax_code="038123456789")
    a_lot(session, a_listing(session, producer, name="Mắm 038123456789"), "MT-1", recalled_at=ago(days=1))
    a_post(session, a_listing(session, producer, name="Tép +84 912345678"), a_place(session), State.REJECTED)
    session.commit()

    text = _text(browser.sign_in(user).open(PAGE))

    assert "•••678" in text
    assert "345" not in text
    assert "0381" not in text


def test_the_text_fits_one_message_and_counts_what_it_leaves_out(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    place = a_place(session)
    for number in range(40):
        producer = a_producer(session, name=f"Hợp tác xã dịch vụ nông nghiệp tổng hợp số {number}")
        a_post(session, a_listing(session, producer), place, State.REJECTED)
    session.commit()

    text = _text(browser.sign_in(user).open(PAGE))

    told = text.count("\n- ")
    assert len(text) <= DIGEST_LENGTH
    assert told > 10
    assert text.endswith(f"… và {40 - told} việc nữa, xem trên OCOP Lên Sàn.")


def test_many_of_one_kind_do_not_hide_the_others(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    place = a_place(session)
    for number in range(30):
        one_of_everything(session, a_producer(session, name=f"HTX dịch vụ tổng hợp {number}"), place)
    session.commit()

    text = _text(browser.sign_in(user).open(PAGE))

    told = [part.split("\n") for part in text.split("\n\n")[1:-1]]
    assert len(text) <= DIGEST_LENGTH
    assert [part[0] for part in told] == [
        "Lô đang thu hồi (30)", "Bài đăng cần sửa (30)", "Lô tạm ngừng bán (30)",
        "Giấy tờ hết hạn, sắp hết hạn (30)", "Hồ sơ chưa được trả lời (30)",
    ]  # fmt: skip
    assert {len(part) for part in told} == {len(told[0])}
    assert len(told[0]) > 3


def test_the_officer_ticks_what_goes_in(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    one_of_everything(session, a_producer(session), a_place(session))
    session.commit()

    text = _text(browser.sign_in(user).open(f"{PAGE}?viec=papers&viec=recoveries"))

    assert "Giấy tờ hết hạn" in text
    assert "thu hồi" not in text
    assert "mất mật khẩu" not in text


def test_a_group_is_told_of_the_producers_that_asked_it(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)
    group = a_group(session, name="Tổ công nghệ số thôn Trung")
    place = a_place(session)
    for name in ("HTX Nhờ Tổ", "HTX Không Nhờ"):
        producer = a_producer(session, name=name)
        a_post(session, a_listing(session, producer), place, State.REJECTED)
        if name == "HTX Nhờ Tổ":
            a_delegation(session, producer, group)
    session.commit()

    text = _text(browser.sign_in(user).open(f"{PAGE}?to={group.id}"))

    assert text.startswith("VIỆC CHỜ – Tổ công nghệ số thôn Trung")
    assert "HTX Nhờ Tổ" in text
    assert "HTX Không Nhờ" not in text


def test_a_quiet_day_says_so(session: Session, browser: Browser) -> None:
    user, _ = an_officer(session)

    text = _text(browser.sign_in(user).open(PAGE))

    assert text.endswith("Không có việc nào đang chờ.")
