"""Lots on their pages: making, putting right, diary, hold, recall."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.batches import services
from ocop.batches.models import Batch, TraceEvent
from ocop.db.audit import AuditEntry
from ocop.db.base import EditConflict, today
from ocop.db.errors import Refused
from tests.browser_client import Browser
from tests.factories import a_listing, an_owner, an_upload
from tests.features.batches.stamping import Shop


@pytest.fixture
def owner(browser: Browser, shop: Shop) -> Browser:
    return browser.sign_in(shop.user, shop.producer.id)


def _batch(session: Session, batch_id: str) -> Batch:
    session.rollback()  # a new look, and no lock left behind
    batch = session.get_one(Batch, batch_id, populate_existing=True)
    session.commit()
    return batch


def test_a_lot_is_made_with_number_and_dates_already_there(
    session: Session, shop: Shop, owner: Browser
) -> None:
    page = owner.open("/lo").link("Thêm lô")

    page = page.form().fill(quantity="96").submit("Lưu lô")
    batch = session.scalars(select(Batch).where(Batch.quantity == 96)).one()

    assert page.heading == f"Lô MT-{today():%y%m%d}"
    assert (batch.made_on, batch.expires_on) == (today(), today() + dt.timedelta(days=365))
    assert batch.unit == "hũ"  # the pack is called "Hũ 250 g"
    assert "Lô này còn 96 hũ chưa có tem" in page.text


def test_with_several_kinds_of_pack_the_kind_is_asked_first(
    session: Session, shop: Shop, owner: Browser
) -> None:
    a_listing(session, session.merge(shop.producer), name="Bánh gai", shelf_life_days=10)
    session.commit()

    page = owner.open("/lo/moi")
    form = page.link("Bánh gai").form()

    assert page.heading == "Lô mới: hàng nào?"
    assert form.values["lot_number"] == [f"BG-{today():%y%m%d}"]
    assert form.values["expires_on"] == [f"{today() + dt.timedelta(days=10):%d/%m/%Y}"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lot_number": "MT-1"}, "Đã có lô MT-1."),
        ({"lot_number": "Mẻ số 1"}, "Số lô chỉ dùng chữ không dấu"),
        ({"lot_number": ""}, "Mục này còn trống."),
        ({"made_on": "31/02/2026"}, "Không có ngày này trong lịch."),
        ({"made_on": "01/01/2099"}, "Ngày làm chưa tới."),
        ({"expires_on": "01/01/2020"}, "Hạn dùng trước ngày làm."),
        ({"made_on": "01/01/2026", "expires_on": "02/01/2027"}, "muộn nhất là 01/01/2027"),
        ({"quantity": "0"}, "Số phải từ 1 trở lên."),
        ({"quantity": "nhiều"}, "Chỉ viết số"),
    ],
)
def test_a_slip_in_a_lot_is_named_at_its_field(owner: Browser, values: dict[str, str], said: str) -> None:
    form = owner.open("/lo/moi").form().fill(quantity="10").fill(**values)

    page = form.submit("Lưu lô", status=422)

    assert said in page.text


def test_a_service_gets_no_lot(session: Session, shop: Shop) -> None:
    service = a_listing(session, session.merge(shop.producer), name="Ngủ nhà sàn", set_no=26)
    session.commit()

    with pytest.raises(Refused, match="not_stampable"):
        shop.lot("NS-1", variant_id=service.variants[0].id)


def test_number_and_dates_stay_once_stamps_are_taken(shop: Shop) -> None:
    shop.roll(10)
    values = {
        "batch_id": shop.batch_id,
        "version": None,
        "made_on": today(),
        "expires_on": today() + dt.timedelta(days=300),
        "unit": "gói",
    }

    with pytest.raises(Refused, match="lot_is_printed"):
        shop.do(services.edit_batch, lot_number="MT-X", quantity=400, **values)
    with pytest.raises(Refused, match="fewer_packs_than_stamps"):
        shop.do(services.edit_batch, lot_number="MT-1", quantity=9, **values)

    assert shop.do(services.edit_batch, lot_number="MT-1", quantity=10, **values).quantity == 10


def test_the_second_writer_of_a_lot_is_told(shop: Shop) -> None:
    with pytest.raises(EditConflict):
        shop.do(
            services.edit_batch,
            batch_id=shop.batch_id,
            version=99,
            lot_number="MT-1",
            made_on=today(),
            expires_on=None,
            quantity=5,
            unit="gói",
        )


def test_a_lot_is_edited_on_its_page_and_the_audit_keeps_both_values(
    session: Session, shop: Shop, owner: Browser
) -> None:
    form = owner.open(f"/lo/{shop.batch_id}/sua").form()

    form.fill(quantity="350").submit("Lưu lô")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "edit.batch")).one()

    assert (entry.old["quantity"], entry.new["quantity"]) == (400, 350)
    assert _batch(session, shop.batch_id).quantity == 350


def test_the_first_diary_is_three_buttons(session: Session, shop: Shop, owner: Browser) -> None:
    for button, text in (
        ("Làm hàng", "Ủ chum số 4"),
        ("Đóng gói", "Đóng hũ"),
        ("Xuất hàng", "Gửi chợ huyện cũ"),
    ):
        page = owner.open(f"/lo/{shop.batch_id}").link(f"Ghi: {button}")
        page.form().fill(text=text).submit("Ghi vào sổ")

    events = session.scalars(select(TraceEvent).order_by(TraceEvent.created_at)).all()
    page = owner.open(f"/lo/{shop.batch_id}")

    assert [event.step for event in events] == ["production", "packing", "dispatch"]
    assert {event.place for event in events} == {"thôn Mẫu 1, Xã Hoạt Giang, tỉnh Thanh Hóa"}
    assert {event.recorded_by for event in events} == {shop.user.name}
    assert "Ủ chum số 4" in page.text


def test_a_diary_line_may_carry_a_picture(session: Session, shop: Shop, owner: Browser) -> None:
    form = owner.open(f"/lo/{shop.batch_id}/nhat-ky").form()

    form.fill(photo=an_upload()).submit("Ghi vào sổ")
    event = session.scalars(select(TraceEvent)).one()

    assert event.media_id is not None


def test_a_file_that_is_no_picture_leaves_no_diary_line(session: Session, shop: Shop, owner: Browser) -> None:
    form = owner.open(f"/lo/{shop.batch_id}/nhat-ky").form()

    page = form.fill(photo=an_upload(data=b"khong phai anh")).submit("Ghi vào sổ", status=422)

    assert "không phải ảnh" in page.text
    assert session.scalars(select(TraceEvent)).all() == []


def test_a_correction_is_a_new_line_and_the_old_one_stays(
    session: Session, shop: Shop, owner: Browser
) -> None:
    owner.open(f"/lo/{shop.batch_id}/nhat-ky").form().fill(text="chín phút").submit("Ghi vào sổ")

    page = owner.open(f"/lo/{shop.batch_id}").link("Sửa : Làm hàng")
    page = page.form().fill(text="mười phút").submit("Ghi vào sổ")
    old, new = session.scalars(select(TraceEvent).order_by(TraceEvent.created_at)).all()
    session.commit()

    assert (old.text, new.text, new.corrects_id) == ("chín phút", "mười phút", old.id)
    assert "đã sửa ở dòng khác" in page.text
    with pytest.raises(Refused, match="event_corrected_already"):
        shop.do(
            services.add_event,
            batch_id=shop.batch_id,
            step="production",
            happened_on=today(),
            corrects_id=old.id,
        )


def test_hold_and_sell_again_with_one_press_each(session: Session, shop: Shop, owner: Browser) -> None:
    held = owner.open(f"/lo/{shop.batch_id}").form("tam-ngung").submit()
    on_hold = _batch(session, shop.batch_id).held_at

    sold = held.form("ban-lai").submit()

    assert on_hold is not None
    assert "Tạm ngừng bán" in held.text
    assert _batch(session, shop.batch_id).held_at is None
    assert "Lô này còn 400 gói chưa có tem" in sold.text


def test_a_recall_is_explained_before_it_is_made_and_closed_with_one_press(
    session: Session, shop: Shop, owner: Browser
) -> None:
    page = owner.open(f"/lo/{shop.batch_id}").link("Thu hồi lô")
    empty = page.form().submit("Thu hồi lô", status=422)

    recalled = page.form().fill(reason="nắp phồng").submit("Thu hồi lô")
    closed = recalled.form("thu-hoi-xong").submit()

    assert "Mục này còn trống" in empty.text
    assert "Lô này đang thu hồi" in recalled.text
    assert "Đã thu hồi xong" in closed.text
    assert _batch(session, shop.batch_id).recall_reason == "nắp phồng"


@pytest.mark.parametrize("path", ["", "/sua", "/nhat-ky", "/thu-hoi"])
def test_another_producer_s_lot_is_not_found(
    session: Session, shop: Shop, browser: Browser, path: str
) -> None:
    stranger, producer, _ = an_owner(session)
    session.commit()

    page = browser.sign_in(stranger, producer.id).open(f"/lo/{shop.batch_id}{path}", status=404)

    assert "không thuộc cơ sở đang làm" in page.text
