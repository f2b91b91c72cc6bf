"""From a sheet to producers and products, over HTTP and with the real worker."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.batches.models import Batch
from ocop.db.audit import AuditEntry
from ocop.db.engine import open_session
from ocop.imports.models import DataImport, ImportRow
from ocop.imports.rules import ImportState
from ocop.listings.models import Listing, Variant
from ocop.producers.models import Certificate, Producer
from tests.browser_client import Browser
from tests.factories import an_officer
from tests.features.imports.flow import previewed, sent, taken
from tests.features.imports.sheets import a_list, a_row, a_workbook, three_producers


def count(engine: Engine, model: type) -> int:
    with open_session(engine, read_only=True) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_three_new_producers_with_two_products_each_are_three_presses_away(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    page = taken(desk, worker, three_producers())

    assert page.heading == "Đã lấy 6 dòng"
    assert page.text.count("In phiếu nhờ làm hộ") == 3
    assert (count(engine, Producer), count(engine, Listing), count(engine, Variant)) == (3, 6, 6)


def test_nothing_is_written_before_somebody_says_take(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    page = previewed(desk, worker, three_producers())

    assert "3 cơ sở mới" in page.text
    assert "6 sản phẩm mới" in page.text
    assert count(engine, Producer) == count(engine, Listing) == 0


def test_the_page_of_a_sheet_under_way_loads_itself_again(desk: Browser) -> None:
    page = desk.open("/xa/nhap-excel").form(button="Gửi tệp").fill(file=three_producers()).submit()

    assert page.one("meta[http-equiv=refresh]")
    assert "Máy đang mở tệp" in page.text


def test_everything_the_row_says_is_in_the_product(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    row = a_row(
        1, "Mắm tép đồng", "HTX Mắm tép Mẫu", stars=3, decision="715/QĐ-UBND", issued="12/05/2026", price="1.250.000 đ"
    )  # fmt: skip

    taken(desk, worker, a_list(row))

    with open_session(engine, read_only=True) as session:
        producer = session.scalars(select(Producer)).one()
        listing = session.scalars(select(Listing)).one()
        paper = session.scalars(select(Certificate)).one()
        assert (producer.name, producer.commune_code) == ("HTX Mắm tép Mẫu", "15286")
        assert producer.hotline_consent_at is None
        assert (listing.producer_id, listing.set_no, listing.written_on_behalf) == (producer.id, 9, True)
        assert [(one.price_vnd, one.net_content) for one in listing.variants] == [(1_250_000, 250)]
        assert re.fullmatch(r"[A-Z]{4}-[0-9A-HJKMNP-TV-Z]{8}", listing.variants[0].sku)
        assert (paper.listing_id, paper.stars, paper.number) == (listing.id, 3, "715/QĐ-UBND")
        assert paper.expires_on is not None


def test_each_thing_has_its_entry_in_the_audit_under_its_producer(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    taken(desk, worker, a_list(a_row(1, "Mắm tép đồng", "HTX Mắm tép Mẫu")))

    with open_session(engine, read_only=True) as session:
        producer = session.scalars(select(Producer)).one()
        entries = session.scalars(select(AuditEntry).where(AuditEntry.producer_id == producer.id)).all()
        actions = {entry.action for entry in entries}
        said = set(session.scalars(select(AuditEntry.action).where(AuditEntry.entity == "data_import")))
    assert actions == {"producer.create", "listing.create", "variant.create"}
    assert {entry.user_name for entry in entries} == {"Cán bộ mẫu"}
    assert said == {"import.send", "import.columns", "import.take", "import.apply"}


def test_all_errors_are_told_at_once_by_row_and_column_and_the_good_rows_are_taken(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_list(
        a_row(1, "Mắm tép đồng", "HTX Mắm tép Mẫu"),
        a_row(2, "Miến dong", "HTX Miến Mẫu", stars=3, decision="9/QĐ", issued="31/02/2026"),
        a_row(3, "Chè lam", "HTX Chè Mẫu", phone="12"),
    )

    page = previewed(desk, worker, file)
    wrong = page.text
    page.form(action_contains="/lay").submit()
    worker()

    assert "1 dòng đúng" in wrong
    assert 'Dòng 4, cột "Ngày cấp": 31/02/2026 không có trong lịch.' in wrong
    assert 'Dòng 5, cột "Điện thoại"' in wrong
    assert count(engine, Producer) == count(engine, Listing) == 1


def test_the_wrong_rows_come_back_as_a_file_that_can_be_put_right_and_sent_again(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_list(a_row(1, "Mắm tép", "HTX Mẫu"), a_row(2, "Chè lam", "HTX Chè Mẫu", phone="12"))
    page = previewed(desk, worker, file)

    answer = desk.raw(f"{page.path}/loi.xlsx")
    again = io.BytesIO(answer.data)
    again.name = "dong-loi.xlsx"
    second = previewed(desk, worker, again)

    assert "1 dòng lỗi" in second.text
    assert "Chè lam" not in second.text.split("Vài dòng sẽ lấy")[-1]


def test_the_same_list_sent_again_adds_nothing(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    taken(desk, worker, three_producers())

    page = previewed(desk, worker, three_producers())

    assert "6 dòng đã có nên bỏ qua" in page.text
    assert not page.html.select("form[action$='/lay']")


def test_two_rows_of_one_product_are_two_packs_and_a_third_that_says_the_same_is_an_error(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_list(
        a_row(1, "Mắm tép đồng", "HTX Mẫu", net="hũ 250 g", price=70000),
        a_row(2, "Mắm tép đồng", "HTX Mẫu", net="hũ 500 g", price=130000),
        a_row(3, "MẮM TÉP ĐỒNG", "HTX Mẫu", net="hũ 250 g", price=75000),
    )

    page = previewed(desk, worker, file)
    page.form(action_contains="/lay").submit()
    worker()

    assert "đã có ở dòng 3" in page.text
    with open_session(engine, read_only=True) as session:
        listing = session.scalars(select(Listing)).one()
        assert [pack.price_vnd for pack in listing.variants] == [70_000, 130_000]


def test_sheets_of_one_file_lean_on_each_other_in_any_order(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_workbook(
        ("Lô", [
            ("Số lô", "Tên sản phẩm", "Chủ thể", "Ngày sản xuất", "Số lượng", "Đơn vị tính"),
            ("MT-01", "Mắm tép đồng", "HTX Mẫu", "01/11/2026", 120, "hũ"),
        ]),
        ("Sản phẩm", [
            ("Tên sản phẩm", "Chủ thể", "Bộ sản phẩm", "Quy cách", "Giá bán"),
            ("Mắm tép đồng", "HTX Mẫu", 9, "hũ 250 g", 70000),
        ]),
        ("Cơ sở", [
            ("Tên cơ sở", "Người đại diện", "Số điện thoại"),
            ("HTX Mẫu", "Nguyễn Thị Mẫu", "0912345678"),
        ]),
    )  # fmt: skip

    page = taken(desk, worker, file)

    assert page.heading == "Đã lấy 3 dòng"
    with open_session(engine, read_only=True) as session:
        lot = session.scalars(select(Batch)).one()
        assert (lot.lot_number, lot.quantity, lot.variant.listing.name) == ("MT-01", 120, "Mắm tép đồng")
        assert session.scalars(select(Producer)).one().representative == "Nguyễn Thị Mẫu"


def test_a_column_nobody_understood_is_given_its_meaning(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    file = a_workbook(
        ("Tờ 1", [("Tên sản phẩm", "Chủ thể", "Xyz"), ("Mắm tép", "HTX Mẫu", "Câu chuyện mẫu")])
    )
    page = sent(desk, worker, file)
    select_name = str(page.one("select[name^=cot-]")["name"])
    option = next(o for o in page.html.select("select option") if o.get_text() == "Câu chuyện")

    page.form(button="Đúng, xem thử").fill(**{select_name: str(option["value"])}).submit("Đúng, xem thử")
    worker()

    with open_session(engine, read_only=True) as session:
        row = session.scalars(select(ImportRow)).one()
        assert row.values["records"][1]["values"]["story"] == "Câu chuyện mẫu"


def test_a_column_understood_wrongly_is_changed(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    page = sent(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mẫu")))
    opened = page.form(button="Đúng, xem thử").submit("cột Tên sản phẩm", status=422)

    name = str(opened.one("select[name^=cot-]")["name"])
    form = opened.form(button="Đúng, xem thử").fill(**{name: "-"})
    refused = form.submit("Đúng, xem thử", status=422)

    assert "chưa có cột tên cơ sở hoặc tên sản phẩm" in refused.text


def test_discarding_leaves_nothing_and_the_worker_stops(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    page = previewed(desk, worker, three_producers())

    page = page.form(action_contains="/khong-lay").submit()
    worker()

    assert "Không lấy dòng nào" in page.text
    assert count(engine, Producer) == count(engine, ImportRow) == 0


def test_a_sheet_that_is_none_fails_with_a_sentence(desk: Browser, worker: Callable[..., None]) -> None:
    broken = three_producers()
    data = broken.getvalue()[:2_000]
    file = io.BytesIO(data)
    file.name = "hong.xlsx"

    page = sent(desk, worker, file)

    assert "Máy chưa nhập được tệp này" in page.text
    assert "Máy chưa mở được tệp này" in page.text


def test_an_import_of_another_commune_is_not_there(
    desk: Browser, worker: Callable[..., None], session: Session
) -> None:
    page = previewed(desk, worker, three_producers())
    stranger, _ = an_officer(session, "15292")
    other = desk.another().sign_in(stranger)

    answers = {other.raw(page.path).status_code, other.raw(f"{page.path}/loi.xlsx").status_code}
    for action in ("cot", "lay", "khong-lay", "hoi-lai", "bo"):
        answers.add(other.post(f"{page.path}/{action}").status_code)

    assert answers == {404}


def test_the_template_is_read_back_without_a_question(desk: Browser, worker: Callable[..., None]) -> None:
    template = io.BytesIO(desk.raw("/xa/nhap-excel/mau.xlsx").data)
    template.name = "mau.xlsx"

    page = sent(desk, worker, template)

    assert "Dưới dòng tiêu đề không có dòng nào" in page.text or "chưa thấy dòng tiêu đề" in page.text


def test_what_changed_between_preview_and_taking_is_shown_again(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    first = previewed(desk, worker, three_producers())
    second = previewed(desk, worker, three_producers())
    first.form(action_contains="/lay").submit()
    worker()

    second.form(action_contains="/lay").submit()
    worker()
    page = desk.open(second.path)

    assert "vừa có thay đổi" in page.text
    assert count(engine, Producer) == 3
    with open_session(engine, read_only=True) as session:
        states = set(session.scalars(select(DataImport.state)))
    assert states == {ImportState.APPLIED, ImportState.CHECKED}
