"""What an imported product and its producer look like to those who go on with them."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.imports.models import DataImport
from ocop.listings.models import Listing
from ocop.producers.models import Certificate, Producer
from ocop.publishing import queries as publishing
from ocop.publishing import services
from ocop.publishing.models import Channel
from tests.browser_client import Browser
from tests.features.imports.flow import previewed, sent, taken
from tests.features.imports.sheets import a_list, a_row, a_workbook

NUMBER = "038012345678"


def a_household(*, phone: str = "0912345678") -> io.BytesIO:
    """A household with its owner's number as its tax code, written twice: as the code and on its registration."""
    return a_workbook(
        ("Cơ sở", [("Tên cơ sở", "Mã số thuế", "Điện thoại", "CCCD"), ("Hộ Mẫu", f"'{NUMBER}", phone, f"'{NUMBER}")]),
        ("Giấy tờ", [
            ("Tên cơ sở", "Loại giấy", "Số giấy", "Ngày cấp"),
            ("Hộ Mẫu", "Đăng ký kinh doanh", f"'{NUMBER}", "12/05/2025"),
        ]),
    )  # fmt: skip


def test_a_product_without_a_price_is_taken_and_every_channel_names_the_missing_price(
    desk: Browser, worker: Callable[..., None], session: Session, config: Config
) -> None:
    services.seed_channels(session, config)
    session.commit()
    taken(desk, worker, a_list(a_row(1, "Mắm tép đồng", "HTX Mẫu", price=""), a_row(2, "Chè lam", "HTX Mẫu")))

    listings = {one.name: one for one in session.scalars(select(Listing))}
    channels = session.scalars(select(Channel)).all()
    gaps = {
        name: publishing.readiness(session, listing, channels, today()) for name, listing in listings.items()
    }

    assert channels
    assert listings["Mắm tép đồng"].variants[0].price_vnd is None
    for channel in channels:
        said = {gap.sentence for gap in gaps["Mắm tép đồng"][channel.id] if gap.field == "price_vnd"}
        assert said == {"Loại đóng gói thứ 1 chưa có giá bán. Gõ giá bằng đồng."}
        assert not [gap for gap in gaps["Chè lam"][channel.id] if gap.code == "price_missing"]


def test_a_personal_tax_code_is_stored_and_shown_on_no_page_of_the_import_and_in_no_audit(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    pages = [sent(desk, worker, a_household())]
    pages.append(previewed(desk, worker, a_household()))
    pages.append(taken(desk, worker, a_household()))

    with open_session(engine, read_only=True) as session:
        stored = session.scalars(select(Producer)).one().tax_code
        registered = session.scalars(select(Certificate)).one().number
        told = repr([(one.old, one.new) for one in session.scalars(select(AuditEntry))])
        noted = repr([one.mapping for one in session.scalars(select(DataImport))])
    assert (stored, registered) == (NUMBER, NUMBER)
    assert "•••••••••678" in pages[0].text
    assert not [page for page in pages if NUMBER in str(page.html)]
    assert NUMBER not in told
    assert "•••••••••678" in told
    assert NUMBER not in noted


def test_a_personal_tax_code_is_hidden_in_the_file_of_wrong_rows_which_can_still_be_sent_again(
    desk: Browser, worker: Callable[..., None], engine: Engine
) -> None:
    page = previewed(desk, worker, a_household(phone="12"))
    answer = desk.raw(f"{page.path}/loi.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    for row in book.worksheets[0].iter_rows(min_row=2):
        for cell in row:
            cell.value = "0912345678" if cell.value == "12" else cell.value
    again = io.BytesIO()
    book.save(again)
    again.seek(0)
    again.name = "dong-loi.xlsx"  # type: ignore[misc]

    page = previewed(desk, worker, again)

    assert not [text for text in cells if NUMBER in text]
    assert "•••••••••678" in cells
    assert "số cá nhân đã bị che nên máy bỏ trống" in page.text
    assert "1 cơ sở mới" in page.text
