"""The radar, a letter, a product's dossier and its files, and what more stars need, as people meet them."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import docx
import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.models import Notice
from ocop.accounts.rules import Role, ScopeKind
from ocop.batches import services as stamping
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.dossiers import queries
from ocop.dossiers.models import DossierPaper
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, Standing
from tests.factories import a_grant, a_listing, a_producer, a_user, an_officer, an_owner
from tests.features.batches.stamping import Shop, a_shop, confirm_host
from tests.features.public.selling import put_up

DAY = dt.timedelta(days=1)


def a_paper(session: Session, producer: Producer, kind: CertificateKind, **values: Any) -> Certificate:
    paper = Certificate(producer_id=producer.id, kind=kind, **{"number": f"{kind.value}-MẪU", **values})
    session.add(paper)
    session.commit()
    return paper


def a_star(session: Session, producer: Producer, listing_id: str, days: int, **values: Any) -> Certificate:
    """A star that ends so many days from now."""
    return a_paper(
        session,
        producer,
        CertificateKind.OCOP,
        listing_id=listing_id,
        stars=3,
        issued_on=today() - 900 * DAY,
        expires_on=today() + days * DAY,
        **values,
    )


def text_of(content: bytes) -> str:
    """All words of a .docx, tables too."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.fixture
def owner(session):
    return an_owner(session, name="HTX Mẫu Đồng Trũng", representative="Người Mẫu")


@pytest.fixture
def listing(session, owner):
    listing = a_listing(session, owner[1], name="Mắm tép mẫu")
    session.commit()
    return listing


# The radar


def test_the_radar_shows_an_officer_the_commune_and_the_province_all_its_communes(
    session, owner, listing, browser
):
    a_star(session, owner[1], listing.id, 150)
    other = a_producer(session, name="HTX Xã khác", commune_code="15349")
    a_paper(session, other, CertificateKind.VIETGAP, expires_on=today() - DAY)
    officer, _ = an_officer(session)
    province = a_user(session, "Cán bộ tỉnh")
    a_grant(session, province, Role.PROVINCE_OFFICER, ScopeKind.PROVINCE, "38")
    session.commit()

    commune_page = browser.sign_in(officer).open("/xa/giay-to").text
    province_page = browser.sign_in(province).open("/xa/giay-to").text

    assert "HTX Mẫu Đồng Trũng" in commune_page and "HTX Xã khác" not in commune_page
    assert "HTX Mẫu Đồng Trũng" in province_page and "HTX Xã khác" in province_page
    assert province_page.index("HTX Xã khác") < province_page.index("HTX Mẫu Đồng Trũng")  # expired first


def test_a_radar_row_spells_its_dates_out(session, owner, listing, browser):
    star = a_star(session, owner[1], listing.id, 150)
    officer, _ = an_officer(session)

    page = browser.sign_in(officer).open("/xa/giay-to")

    opens, closes = star.expires_on - 180 * DAY, star.expires_on - 120 * DAY
    assert f"Nộp hồ sơ đánh giá lại từ {opens:%d/%m/%Y} đến {closes:%d/%m/%Y}." in page.text
    assert f"hạn {star.expires_on:%d/%m/%Y}, còn 150 ngày" in page.text


def test_the_radar_can_be_narrowed_to_a_bucket_and_saved_as_a_sheet(session, owner, listing, browser):
    a_star(session, owner[1], listing.id, 150)
    a_paper(session, owner[1], CertificateKind.VIETGAP, number="=1+1", expires_on=today() - DAY)
    officer, _ = an_officer(session)
    browser.sign_in(officer)

    narrowed = browser.open("/xa/giay-to?loc=window").text
    sheet = load_workbook(io.BytesIO(browser.raw("/xa/giay-to.xlsx").data)).active
    rows = [[cell.value or "" for cell in row] for row in sheet.iter_rows(min_row=2)]

    assert "Mắm tép mẫu" in narrowed and "VietGAP" not in narrowed
    assert [row[5] for row in rows] == ["Hết hạn", "Đang cửa sổ nộp hồ sơ"]
    assert rows[1][0] == "HTX Mẫu Đồng Trũng" and rows[1][4] == "Mắm tép mẫu"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_what_a_newer_paper_replaced_or_nobody_works_with_is_left_out(session, owner, listing):
    a_star(session, owner[1], listing.id, -1)
    newer = a_star(session, owner[1], listing.id, 100)
    newer.issued_on = today() - 10 * DAY
    closed = a_producer(session, closed_on=today())
    a_paper(session, closed, CertificateKind.VIETGAP, expires_on=today())
    session.commit()

    rows = queries.radar(session, [owner[1].id, closed.id], today())

    assert [(row.certificate.id, row.bucket) for row in rows] == [(newer.id, Standing.MONTHS_6)]


# The receipt


def test_an_officer_notes_the_receipt_the_office_gave(session, owner, listing, browser):
    star = a_star(session, owner[1], listing.id, 100)
    officer, _ = an_officer(session)
    form = browser.sign_in(officer).open(f"/xa/giay-to/{star.id}/nop-lai").form("nop-lai")

    page = form.fill(filed_on=f"{today():%d/%m/%Y}", receipt="BN-9").submit()

    session.refresh(star)
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate.reassessment"))
    assert (star.reassessment_receipt, star.runs_until) == ("BN-9", star.expires_on + 180 * DAY)
    assert "biên nhận BN-9, đang chờ kết quả" in page.text
    assert (entry.user_id, entry.producer_id, entry.on_behalf) == (officer.id, owner[1].id, False)


def test_a_receipt_of_after_the_last_day_is_refused_with_the_day(session, owner, listing, browser):
    star = a_star(session, owner[1], listing.id, -5)
    form = browser.sign_in(owner[0]).open(f"/giay-to/{star.id}/nop-lai").form("nop-lai")

    page = form.fill(filed_on=f"{today():%d/%m/%Y}", receipt="BN-9").submit(status=422)

    session.refresh(star)
    assert f"Nộp sau ngày hết hạn {star.expires_on:%d/%m/%Y}" in page.text
    assert (star.reassessment_filed_on, star.runs_until) == (None, None)


def test_a_result_that_is_no_star_ends_the_waiting_that_day(session, owner, listing, browser):
    star = a_star(session, owner[1], listing.id, -5)
    star.reassessment_filed_on, star.reassessment_receipt = star.expires_on - DAY, "BN-9"
    star.runs_until = star.expires_on + 180 * DAY
    session.commit()
    form = browser.sign_in(owner[0]).open(f"/giay-to/{star.id}/nop-lai").form("co-ket-qua")

    form.fill(ended_on=f"{today():%d/%m/%Y}").submit()

    session.refresh(star)
    (row,) = queries.radar(session, [owner[1].id], today() + DAY)
    assert (star.runs_until, star.reassessment_filed_on) == (today(), None)
    assert row.bucket is Standing.EXPIRED


# The letter


def test_a_letter_names_what_ends_and_goes_out_once_noted(session, owner, listing, browser):
    star = a_star(session, owner[1], listing.id, 100)
    a_paper(
        session, owner[1], CertificateKind.VIETGAP, expires_on=today() + 300 * DAY
    )  # a year ahead: not yet
    officer, _ = an_officer(session)
    page = browser.sign_in(officer).open(f"/xa/co-so/{owner[1].id}/thong-bao")
    file = text_of(browser.raw(f"/xa/co-so/{owner[1].id}/thong-bao.docx").data)

    after = page.form("thong-bao").submit()

    (notice,) = session.scalars(select(Notice).where(Notice.code == "paper_reminder"))
    (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "reminder.send"))
    for words in ("THÔNG BÁO", "Kính gửi: HTX Mẫu Đồng Trũng", "TM. ỦY BAN NHÂN DÂN", "Mắm tép mẫu"):
        assert words in page.text and words in file, words
    assert "VietGAP" not in file
    assert (notice.producer_id, notice.href) == (owner[1].id, "/giay-to")
    assert entry.new == {"papers": [star.id]}
    assert f"Lần trước gửi ngày {today():%d/%m/%Y}" in after.text.replace(f"{today().day}/", f"{today():%d}/")


def test_no_letter_goes_out_about_nothing(session, owner, browser):
    officer, _ = an_officer(session)
    browser.sign_in(officer)

    page = browser.open(f"/xa/co-so/{owner[1].id}/thong-bao")
    answer = browser.post(f"/xa/co-so/{owner[1].id}/thong-bao", {})

    assert "Chưa có gì phải thông báo" in page.text
    assert answer.status_code == 422
    assert session.scalars(select(Notice)).all() == []


# The dossier


def test_a_paper_serves_its_own_items_and_by_hand_any_other(session, owner, listing, browser):
    a_paper(session, owner[1], CertificateKind.FOOD_SAFETY, number="ATTP-1")
    page = browser.sign_in(owner[0]).open(f"/san-pham/{listing.id}/ho-so-ocop")
    paper = session.scalars(select(Certificate)).one()
    session.commit()  # a session that may write keeps others waiting

    after = page.form("ho-so-ocop").fill(certificate_id=paper.id, item="quality").submit()

    found = {row.item.code: row for row in queries.dossier(session, listing, today(), base_url="").rows}
    session.commit()
    assert "Có 2 trên 15 mục minh chứng" in page.text  # food safety, and the story
    assert "Có 3 trên 15 mục minh chứng" in after.text
    assert [one.number for one in (*found["production"].evidence, *found["quality"].evidence)] == [1, 1]
    taken = after.form("bo-giay").submit()
    assert "Có 2 trên 15 mục minh chứng" in taken.text
    assert session.scalars(select(DossierPaper)).all() == []


def test_without_its_gate_paper_the_page_says_the_dossier_is_sent_back(session, owner, listing, browser):
    a_paper(session, owner[1], CertificateKind.FOOD_SAFETY, number="ATTP-1", expires_on=today() - DAY)

    page = browser.sign_in(owner[0]).open(f"/san-pham/{listing.id}/ho-so-ocop")

    assert "Thiếu giấy này thì hồ sơ bị trả." in page.text
    assert "ATTP-1 (hết hiệu lực, cần giấy mới)" in page.text


def test_form_01_is_filled_from_data_and_leaves_people_to_the_pen(session, owner, listing, browser):
    owner[1].tax_code = "038012345678"
    session.commit()
    browser.sign_in(owner[0])

    content = browser.raw(f"/san-pham/{listing.id}/mau-01.docx").data
    ticked = text_of(browser.raw(f"/san-pham/{listing.id}/mau-01.docx?du_ma=1").data)

    text = text_of(content)
    for words in (
        "Ngành: Thực phẩm",
        "Nhóm: Gia vị",
        "Phân nhóm: Tương, nước mắm, gia vị dạng lỏng khác",
        "Tên chủ thể: HTX Mẫu Đồng Trũng",
        "Tên sản phẩm: Mắm tép mẫu",
        "Dân tộc người đại diện: ................ (để trống, ghi tay)",
        "Mã số thuế: •••••••••678",
        "không phải tệp mẫu chính thức",
        "☒ Đánh giá lần đầu",
    ):
        assert words in text, words
    assert "038012345678" not in text and "038012345678" in ticked
    fonts = docx.Document(io.BytesIO(content)).styles["Normal"].element.rPr.rFonts
    assert set(fonts.attrib.values()) == {"Times New Roman"}


def test_an_official_never_gets_the_whole_personal_number(session, owner, listing, browser):
    owner[1].tax_code = "038012345678"
    officer, _ = an_officer(session)

    browser.sign_in(officer)
    file = text_of(browser.raw(f"/xa/san-pham/{listing.id}/mau-01.docx?du_ma=1").data)

    assert "038012345678" not in file and "•••••••••678" in file


def test_the_evidence_list_numbers_each_paper_once(session, owner, listing, browser):
    paper = a_paper(session, owner[1], CertificateKind.FOOD_SAFETY, number="ATTP-1", issuer="cơ quan mẫu")
    session.add(DossierPaper(listing_id=listing.id, item="quality", certificate_id=paper.id))
    session.commit()
    browser.sign_in(owner[0])

    document = docx.Document(io.BytesIO(browser.raw(f"/san-pham/{listing.id}/mau-02.docx").data))

    evidence, papers = document.tables[1], document.tables[2]
    said = {row.cells[1].text: row.cells[2].text for row in evidence.rows[1:]}
    assert said["Giấy chứng nhận đủ điều kiện sản xuất, an toàn thực phẩm"].startswith("MC 1: ")
    assert said["Hệ thống quản lý chất lượng: VietGAP, hữu cơ, HACCP, ISO"].startswith("MC 1: ")
    assert said["Giải thưởng"] == "Chưa có"
    assert [row.cells[2].text for row in papers.rows[1:]] == ["ATTP-1"]


def test_papers_kept_for_the_dossier_are_shown_to_no_shopper(session, owner, listing, config, browser):
    from ocop.publishing.mapping import payload
    from ocop.publishing.queries import papers_of

    a_paper(session, owner[1], CertificateKind.LABOUR, number="LD-KIN")
    a_paper(session, owner[1], CertificateKind.SALES, number="HD-KIN", expires_on=today() - DAY)
    put_up(session, listing)

    page = browser.open(f"/hang/{listing.id}").text

    assert "KIN" not in page
    assert payload(listing, papers_of(session, listing), day=today(), media_dir=None).certificates == ()


# What more stars need


@pytest.fixture
def shop(session, engine, config, app) -> Shop:
    return a_shop(session, engine, config, app)


def test_stars_are_told_from_what_was_written_stamped_and_sold(session, shop, browser):
    path = f"/san-pham/{shop.listing.id}/len-sao"
    before = browser.sign_in(shop.user).open(path).text
    shop.activate(shop.roll())
    put_up(session, session.merge(shop.listing), "thanh_hoa", url="https://ocopthanhhoa.vn/x")

    after = browser.open(path).text

    assert before.count("Chưa có") >= 3 and "Lấy số tem, in, dán" in before
    assert "Tiêu chí 2.3 – 3 điểm" in before and "không lên được 5 sao" in before
    assert "tem truy xuất đã dán lên hàng" in after and "Quét tem là đọc được câu chuyện" in after


def test_practice_stamps_count_for_nothing(session, shop):
    shop.activate(shop.roll(practice=True))

    assert [step.met for step in queries.steps(session, session.merge(shop.listing))] == [False, False, False]


@pytest.mark.parametrize(("set_no", "count"), [(9, 3), (22, 3), (24, 2), (25, 2), (26, 0)])
def test_sets_differ_in_the_criteria_they_have(session, owner, browser, set_no, count):
    listing = a_listing(session, owner[1], set_no=set_no)
    session.commit()

    page = browser.sign_in(owner[0]).open(f"/san-pham/{listing.id}/len-sao")

    assert page.text.count("Tiêu chí ") == count
    assert ("không có tiêu chí số" in page.text) == (count == 0)


# Printed matter to stop using


def test_stamps_whose_stars_are_gone_are_listed_for_the_producer_and_the_officer(session, shop, browser):
    confirm_host(session)
    star = a_star(session, shop.producer, shop.listing.id, 100)
    roll = shop.roll(60)
    shop.do(stamping.record_print, roll_id=roll.id, first=1, last=50, layout="a4-3x8")
    shop.activate(roll, 1, 20)
    shop.void(roll, 21, 25)
    officer, _ = an_officer(session)
    star.expires_on = today() - DAY
    session.commit()

    line = f"Đợt {roll.id}, tem 1 đến 50 (3 tờ): còn 25 tem chưa dán, đừng dán nữa."

    assert line in browser.sign_in(shop.user).open("/tem-ngung-dung").text
    assert "Còn 25 tem có sao phải ngừng dùng" in browser.open("/tem").text
    assert "Còn 25 tem đã in có sao" in browser.open("/").text
    assert line in browser.sign_in(officer).open("/xa/giay-to").text


def test_a_bucket_nobody_knows_asks_for_every_paper(browser, session):
    officer, _ = an_officer(session)
    browser.sign_in(officer)

    page = browser.open("/xa/giay-to?loc=ARM4J8GTRVNBK")
    sheet = browser.raw("/xa/giay-to.xlsx?loc=ARM4J8GTRVNBK")

    assert page.heading == "Giấy sắp hết hạn"
    assert sheet.status_code == 200
