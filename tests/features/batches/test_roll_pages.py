"""Rolls on their pages: taking numbers, the PDF, activation with codes, cancelling, the stamp host."""

from __future__ import annotations

import re

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from ocop.batches.models import StampPrint, StampRange, StampRoll, StampVoid
from ocop.db import install
from ocop.listings.models import Variant
from tests.browser_client import Browser
from tests.factories import an_operator, an_owner
from tests.features.batches.stamping import BASE_URL, Shop, confirm_host
from traceability.serials import grouped


@pytest.fixture
def owner(browser: Browser, shop: Shop) -> Browser:
    return browser.sign_in(shop.user, shop.producer.id)


def _decoded(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        bitmap = page.render(scale=300 / 72)
        codes = zxingcpp.read_barcodes(bitmap.to_pil(), formats=zxingcpp.BarcodeFormat.QRCode)
        found += [code.text for code in codes]
        bitmap.close()
        page.close()
    document.close()
    return found


def _print(owner: Browser, roll_id: int, **values: str) -> bytes:
    response = owner.open(f"/tem/{roll_id}").form("/in").fill(**values).submit(follow=False, status=303)
    with owner.raw(response.response.headers["Location"]) as sheet:
        assert sheet.mimetype == "application/pdf"
        return sheet.data


def _row(session: Session, model: type, key: object) -> object:
    session.rollback()  # a new look, and no lock left behind
    row = session.get_one(model, key, populate_existing=True)
    session.commit()
    return row


def test_numbers_are_taken_for_the_lot_one_comes_from(session: Session, shop: Shop, owner: Browser) -> None:
    page = owner.open(f"/lo/{shop.batch_id}").link("Lấy số tem")

    page = page.form().submit("Lấy số tem")
    roll = session.scalars(select(StampRoll)).one()

    assert page.heading == f"Đợt tem {roll.id}"
    assert (roll.size, roll.for_batch_id, roll.practice) == (400, shop.batch_id, True)
    assert "TEM MẪU" in page.text


def test_more_than_the_lot_is_refused_in_the_agreed_words(shop: Shop, owner: Browser) -> None:
    form = owner.open(f"/tem/lay-so?lo={shop.batch_id}").form()

    page = form.fill(size="500").submit("Lấy số tem", status=422)

    assert "Lô này còn 400 gói chưa có tem, không lấy được 500. Sửa số gói hoặc lấy 400." in page.text


@pytest.mark.parametrize("gone", [True, False])
def test_with_the_mark_gone_or_broken_the_page_says_whom_to_call(
    shop: Shop, owner: Browser, gone: bool
) -> None:
    shop.mark.path.unlink() if gone else shop.mark.path.write_bytes(b"1")

    page = owner.open(f"/tem/lay-so?lo={shop.batch_id}").form().submit("Lấy số tem", status=422)

    assert "Gọi người vận hành." in page.text


def test_every_stamp_of_a_sheet_decodes_to_its_own_address(
    session: Session, shop: Shop, owner: Browser
) -> None:
    confirm_host(session)
    roll = shop.roll(70)

    found = _decoded(_print(owner, roll.id))

    assert sorted(found) == sorted(f"{BASE_URL}/T/{shop.code(roll, i)}" for i in range(1, 71))


def test_a_pack_with_a_gtin_prints_a_digital_link(session: Session, shop: Shop, owner: Browser) -> None:
    confirm_host(session)
    shop.change(Variant, shop.listing.variants[0].id, gtin="9521234000013")
    roll = shop.roll(2)

    found = _decoded(_print(owner, roll.id, layout="a4-3x8"))

    assert sorted(found) == sorted(f"{BASE_URL}/01/09521234000013/21/{shop.code(roll, i)}" for i in (1, 2))


def test_a_practice_sheet_is_marked_across_and_a_real_one_is_not(
    session: Session, shop: Shop, owner: Browser
) -> None:
    confirm_host(session)
    texts = []
    for practice in (True, False):
        document = pypdfium2.PdfDocument(_print(owner, shop.roll(1, practice=practice).id))
        texts.append(document[0].get_textpage().get_text_range())
        document.close()

    assert ["TEM MẪU" in text for text in texts] == [True, False]
    assert all("HTX Mắm tép" in text for text in texts)


def test_the_number_under_the_code_is_printed_in_groups(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(1, practice=True)

    document = pypdfium2.PdfDocument(_print(owner, roll.id, layout="a4-3x8"))
    text = document[0].get_textpage().get_text_range()
    document.close()

    assert grouped(shop.code(roll)) in text


def test_a_cancelled_stamp_is_left_out_of_a_later_print(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(5, practice=True)
    shop.void(roll, 2, 3)

    found = _decoded(_print(owner, roll.id, layout="a4-3x8"))

    assert sorted(uri[-13:] for uri in found) == sorted(shop.code(roll, i) for i in (1, 4, 5))


def test_printing_again_asks_why_and_counts_the_copy(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(5, practice=True)
    _print(owner, roll.id)
    form = owner.open(f"/tem/{roll.id}").form("/in")

    refused = form.submit(status=422)
    _print(owner, roll.id, reason="giấy kẹt")
    prints = session.scalars(select(StampPrint).order_by(StampPrint.copy_number)).all()

    assert "Ghi vì sao in lại." in refused.text
    assert [(p.copy_number, p.reason) for p in prints] == [(1, ""), (2, "giấy kẹt")]
    assert _row(session, StampRoll, roll.id).copies == 2


def test_the_second_part_of_a_roll_is_not_a_second_copy(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(20, practice=True)
    _print(owner, roll.id, first="1", last="10")

    _print(owner, roll.id)
    second = session.scalars(select(StampPrint).where(StampPrint.first == 11)).one()

    assert (second.last, second.copy_number) == (20, 1)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"last": "21"}, "chỉ có tem 1 đến 20"),
        ({"first": "5", "last": "4"}, "chỉ có tem 1 đến 20"),
        ({"start_at": "66"}, "Tờ giấy này có 65 ô"),
    ],
)
def test_a_print_that_cannot_be_is_named(
    shop: Shop, owner: Browser, values: dict[str, str], said: str
) -> None:
    roll = shop.roll(20)

    page = owner.open(f"/tem/{roll.id}").form("/in").fill(**values).submit(status=422)

    assert said in page.text


def test_another_paper_chosen_on_the_same_page_is_no_repetition(shop: Shop, owner: Browser) -> None:
    roll = shop.roll(4, practice=True)
    form = owner.open(f"/tem/{roll.id}").form("/in")
    first = form.fill(layout="tomy-145").submit(follow=False, status=303).response.headers["Location"]

    again = form.submit(follow=False, status=303).response.headers["Location"]
    other = form.fill(layout="a4-3x8").submit(status=422)

    assert again == first
    assert "Vì sao in lại?" in other.text


def test_a_file_never_holds_more_than_somebody_waits_for(shop: Shop, owner: Browser) -> None:
    roll = shop.roll(5_000, batch_id=None)

    form = owner.open(f"/tem/{roll.id}").form("/in")
    page = form.fill(last="1001").submit(status=422)

    assert form.tag.select_one("input[name=last]")["value"] == "1000"
    assert "nhiều nhất 1000 tem" in page.text


def test_no_transaction_is_open_while_the_sheet_is_drawn(
    shop: Shop, owner: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    roll = shop.roll(1, practice=True)
    location = (
        owner.open(f"/tem/{roll.id}")
        .form("/in")
        .submit(follow=False, status=303)
        .response.headers["Location"]
    )
    seen: list[int] = []
    drawn = "ocop.batches.services.draw_sheet"
    monkeypatch.setattr(drawn, lambda *_: seen.append(engine.pool.checkedout()) or b"%PDF-")

    with owner.raw(location) as response:
        status = response.status_code

    assert (status, seen) == (200, [0])


def test_the_first_real_print_locks_host_and_pack(session: Session, shop: Shop, owner: Browser) -> None:
    confirm_host(session)
    roll = shop.roll(1)

    _print(owner, roll.id)

    assert _row(session, install.Install, 1).stamp_base_url_locked_at is not None
    assert _row(session, Variant, shop.listing.variants[0].id).frozen_at is not None


def test_a_practice_print_locks_nothing_of_the_host(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(1, practice=True)

    _print(owner, roll.id)

    assert _row(session, install.Install, 1).stamp_base_url_locked_at is None


def test_a_real_roll_cannot_be_printed_while_no_host_is_confirmed(shop: Shop, owner: Browser) -> None:
    roll = shop.roll(1)

    page = owner.open(f"/tem/{roll.id}").form("/in").submit(status=422)

    assert "chưa được xác nhận" in page.text
    assert "bản in 1" not in page.text


def test_a_sheet_is_only_for_the_people_of_its_producer(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(1, practice=True)
    location = (
        owner.open(f"/tem/{roll.id}")
        .form("/in")
        .submit(follow=False, status=303)
        .response.headers["Location"]
    )
    stranger, producer, _ = an_owner(session)
    session.commit()
    other = owner.another().sign_in(stranger, producer.id)

    answers = [other.raw(location).status_code, other.raw(f"/tem/{roll.id}").status_code]
    nobody = owner.another().raw(location).status_code

    assert answers == [404, 404]
    assert nobody == 303


def test_a_run_is_activated_by_its_first_and_last_code(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(20, batch_id=None)
    form = owner.open("/tem/kich-hoat").form()

    scanned = f"{BASE_URL}/T/{shop.code(roll, 16)}"
    page = form.fill(first=grouped(shop.code(roll, 3)).lower(), last=scanned).submit("Kích hoạt tem")
    bound = session.scalars(select(StampRange)).one()

    assert (bound.first, bound.last, bound.batch_id) == (3, 16, shop.batch_id)
    assert "đã kích hoạt cho lô MT-1" in page.text


def test_coming_from_a_roll_its_open_stamps_and_its_lot_are_filled_in(
    session: Session, shop: Shop, owner: Browser
) -> None:
    shop.lot("MT-YOUNGER")
    roll = shop.roll(20)

    owner.open(f"/tem/{roll.id}").link("Kích hoạt tem").form().submit("Kích hoạt tem")
    bound = session.scalars(select(StampRange)).one()

    assert (bound.first, bound.last, bound.batch_id) == (1, 20, shop.batch_id)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("A000-0000-00000", "", "Số tem chưa đúng."),
        ("12", "", "Chưa rõ đợt tem nào."),
        ("", "", "Mục này còn trống."),
    ],
)
def test_a_wrong_code_is_named_at_its_field(
    shop: Shop, owner: Browser, first: str, last: str, said: str
) -> None:
    page = owner.open("/tem/kich-hoat").form().fill(first=first, last=last).submit(status=422)

    assert said in page.text


def test_codes_of_two_rolls_are_not_one_run(session: Session, shop: Shop, owner: Browser) -> None:
    one, other = shop.roll(5), shop.roll(5)

    form = owner.open("/tem/kich-hoat").form().fill(first=shop.code(one), last=shop.code(other))
    page = form.submit("Kích hoạt tem", status=422)

    assert "hai đợt khác nhau" in page.text
    assert session.scalars(select(StampRange)).all() == []


def test_a_torn_stamp_is_cancelled_by_its_code(session: Session, shop: Shop, owner: Browser) -> None:
    roll = shop.roll(5)

    form = owner.open("/tem/huy").form().fill(first=shop.code(roll, 4), reason="Rách, mờ")
    form.submit("Hủy tem hỏng")
    void = session.scalars(select(StampVoid)).one()

    assert (void.first, void.last, void.reason) == (4, 4, "Rách, mờ")


def test_the_list_of_rolls_says_what_waits(shop: Shop, owner: Browser) -> None:
    roll = shop.roll(20)
    shop.change(StampRoll, roll.id, copies=1)
    shop.activate(roll, 1, 12)

    page = owner.open("/tem")

    assert "8 tem chưa kích hoạt" in page.text


class TestStampHost:
    @pytest.fixture
    def operator(self, session: Session, browser: Browser) -> Browser:
        user, _ = an_operator(session)
        session.commit()
        return browser.sign_in(user)

    @pytest.mark.parametrize(
        "url",
        [
            "http://tem.example.vn",
            "https://192.0.2.7",
            "https://localhost",
            "https://may.local",
            "https://xin-chao.trycloudflare.com",
            "https://ten-mien-dai-qua-muc.example.vn",
            "https://tem.example.vn/duong",
            "tem.example.vn",
        ],
    )
    def test_an_address_that_will_not_last_is_refused(
        self, session: Session, operator: Browser, url: str
    ) -> None:
        page = operator.open("/van-hanh/tem").form("/van-hanh/tem").fill(base_url=url).submit(status=422)

        assert "Chưa đổi gì." in page.text
        assert _row(session, install.Install, 1).stamp_base_url == ""

    def test_an_address_counts_only_when_its_test_page_was_seen(
        self, session: Session, operator: Browser
    ) -> None:
        page = operator.open("/van-hanh/tem").form("/van-hanh/tem").fill(base_url=BASE_URL).submit()
        seen_elsewhere = operator.raw("/trang-thu", base_url="https://khac.example.vn").text
        seen = operator.raw("/trang-thu", base_url=BASE_URL).text

        wrong = page.form("xac-nhan").fill(seen=_figures(seen_elsewhere)).submit(status=422)
        unconfirmed = _row(session, install.Install, 1).stamp_base_url_confirmed_at
        right = page.form("xac-nhan").fill(seen=_figures(seen)).submit()

        assert "Sáu chữ số chưa khớp." in wrong.text
        assert unconfirmed is None
        assert "Từ giờ tem in ra là tem thật." in right.text

    def test_another_address_has_to_be_confirmed_anew(self, session: Session, operator: Browser) -> None:
        confirm_host(session)

        operator.open("/van-hanh/tem").form("/van-hanh/tem").fill(base_url="https://moi.example.vn").submit()

        assert _row(session, install.Install, 1).stamp_base_url_confirmed_at is None

    def test_after_the_first_real_print_nothing_changes_the_address(
        self, session: Session, shop: Shop, operator: Browser
    ) -> None:
        confirm_host(session)
        owner = operator.another().sign_in(shop.user, shop.producer.id)
        _print(owner, shop.roll(1).id)

        page = operator.open("/van-hanh/tem")
        answer = operator.post("/van-hanh/tem", {"base_url": "https://moi.example.vn"})

        assert not page.html.select("input[name=base_url]")
        assert answer.status_code == 422
        assert _row(session, install.Install, 1).stamp_base_url == BASE_URL

    def test_the_page_is_the_operator_s_alone(self, shop: Shop, browser: Browser) -> None:
        browser.sign_in(shop.user, shop.producer.id)

        assert browser.raw("/van-hanh/tem").status_code == 403


def _figures(html: str) -> str:
    found = re.search(r"(\d{3}) (\d{3})</b>", html)
    assert found
    return found.group(1) + found.group(2)


def test_statements_are_not_counted_per_stamp(shop: Shop, owner: Browser, engine: Engine) -> None:
    counts = []
    for size in (10, 300):
        seen: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_rest: object, into: list[str] = seen) -> None:
            into.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        owner.open(f"/tem/lay-so?lo={shop.batch_id}").form().fill(size=str(size)).submit()
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(seen))

    assert counts[1] <= counts[0] + 2
