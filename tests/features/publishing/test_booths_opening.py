"""Mở gian hàng: the two files as a spreadsheet reads them, what the page says is missing, and a booth of one's own."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from sqlalchemy import select

from marketplace_adapters import registry
from marketplace_adapters.handoff.dossier import Supplier, form_of, known_source, lines, words
from ocop.accounts.models import User
from ocop.accounts.rules import Bundle
from ocop.db.base import today
from ocop.db.errors import Refused
from ocop.producers.models import Certificate
from ocop.producers.rules import CertificateKind
from ocop.publishing import queries, services
from ocop.publishing.models import Channel
from ocop.publishing.rules import BoothState
from tests.factories import a_delegation, a_group, a_listing, a_user, an_operator

THANH_HOA_FORM = [
    "Tên đăng nhập", "Mật khẩu", "Email", "Điện thoại", "Ảnh đại diện", "Ảnh giấy tờ 1", "Ảnh giấy tờ 2",
    "Tên gian hàng", "Xã", "Xóm", "Loại gian hàng", "Mã số thuế", "Số chứng minh nhân dân", "Loại giấy tờ",
    "Số giấy", "Nơi cấp", "Ngày cấp", "Huyện", "Ngành quản lý", "Người đại diện", "Quy mô", "Website", "Fanpage",
    "Bản đồ", "Mô tả",
]  # fmt: skip
PERSONAL = "038204012345"
FIRM = "2801234564"


@pytest.fixture
def signed_in(browser, session, seller, channels):
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    return browser.sign_in(user, seller.actor.producer_id)


def a_paper(session, seller, kind, number, **values) -> Certificate:
    values = {"issued_on": today() - dt.timedelta(days=30), "issuer": "UBND huyện (mẫu)", **values}
    paper = Certificate(producer_id=seller.actor.producer_id, kind=kind, number=number, **values)
    session.add(paper)
    session.commit()
    return paper


def pages(browser, path):
    answer = browser.raw(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="')
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def boxes(book) -> dict[str, tuple[str | None, str | None]]:
    rows = list(book["Hồ sơ"].iter_rows(min_row=6, values_only=True))
    return {label: (value, note) for label, value, note in rows}


def test_the_dossier_for_thanh_hoa_is_its_own_form_box_by_box(session, seller, channels, signed_in):
    seller.listing.producer.tax_code = FIRM
    a_paper(session, seller, CertificateKind.BUSINESS_REGISTRATION, "ĐK-07/MẪU")

    book = pages(signed_in, f"/gian-hang/{channels['thanh_hoa'].id}/ho-so-nha-cung-cap")

    assert list(boxes(book)) == THANH_HOA_FORM
    assert boxes(book)["Mã số thuế"][0] == FIRM
    assert boxes(book)["Số giấy"][0] == "ĐK-07/MẪU"
    assert boxes(book)["Tên gian hàng"][0] == seller.listing.producer.name
    assert boxes(book)["Mật khẩu"][0] is None and "Bắt buộc" in boxes(book)["Mật khẩu"][1]


def test_an_identity_number_never_gets_into_the_dossier(session, seller, channels, signed_in):
    seller.listing.producer.tax_code = PERSONAL
    a_paper(session, seller, CertificateKind.BUSINESS_REGISTRATION, PERSONAL)

    book = pages(signed_in, f"/gian-hang/{channels['thanh_hoa'].id}/ho-so-nha-cung-cap")

    values = [str(cell.value) for page in book for row in page.iter_rows() for cell in row]
    assert not [value for value in values if PERSONAL in value]
    assert boxes(book)["Mã số thuế"][0].endswith("345")
    assert boxes(book)["Số chứng minh nhân dân"] == (
        None,
        "Bắt buộc. Tự điền trên trang của sàn. Máy không giữ số này",
    )


def test_a_supplier_with_an_unmasked_personal_number_cannot_be_made():
    with pytest.raises(ValueError, match="12-digit"):
        Supplier(name="Hộ mẫu", tax_code=PERSONAL)


@pytest.mark.parametrize("place", ["buudien", "thai_nguyen", "voso"])
def test_a_form_nobody_has_seen_is_the_general_one_and_says_so(place, channels, signed_in):
    book = pages(signed_in, f"/gian-hang/{channels[place].id}/ho-so-nha-cung-cap")

    assert list(boxes(book)) == [box["label"] for box in words()["general"]]
    assert "Chưa kiểm chứng" in book["Hồ sơ"]["A3"].value


def test_every_box_of_every_channel_file_has_a_known_source():
    sources = {(info.code, box.source) for info in registry.channels().values() for box in form_of(info)[0]}

    assert len(sources) > 20
    assert not [one for one in sources if not known_source(one[1])]


def test_papers_that_count_today_go_along_and_lapsed_ones_do_not(session, seller, channels, signed_in):
    a_paper(session, seller, CertificateKind.FOOD_SAFETY, "ATTP-1", expires_on=today())
    a_paper(session, seller, CertificateKind.VIETGAP, "VG-1", expires_on=today() - dt.timedelta(days=1))

    book = pages(signed_in, f"/gian-hang/{channels['buudien'].id}/ho-so-nha-cung-cap")

    numbers = [row[1] for row in book["Giấy tờ"].iter_rows(min_row=2, values_only=True)]
    assert numbers == ["ATTP-1"]


def quoted(book) -> list[dict[str, object]]:
    rows = list(book["Báo giá"].iter_rows(values_only=True))
    head = next(at for at, row in enumerate(rows) if row[0] == "STT")
    lines_ = [row for row in rows[head + 1 :] if isinstance(row[0], int)]
    return [dict(zip(rows[head], row, strict=True)) for row in lines_]


def test_the_quotation_lists_every_pack_with_amounts_as_numbers(session, seller, channels, signed_in):
    book = pages(signed_in, f"/gian-hang/{channels['buudien'].id}/bao-gia")

    (line,) = quoted(book)
    assert list(line) == list(words()["quotation"]["columns"].values())
    assert line["Giá bán (đồng)"] == 70_000 and line["Cân cả bao bì khi gửi (g)"] == 520
    assert (line["Quy cách đóng gói"], line["Trong gói có"], line["Hạn dùng (ngày)"]) == (
        "Hũ 250 g",
        "250 g",
        365,
    )
    assert line["Mã hàng"] == seller.listing.variants[0].sku
    assert line["Thuế GTGT"] is None and line["Giá khuyến mại (đồng)"] is None


@pytest.mark.parametrize("left, shown", [(0, "OCOP 4 sao"), (-1, None)])
def test_stars_stand_in_the_quotation_only_while_their_paper_counts(
    left, shown, session, seller, channels, signed_in
):
    until = today() + dt.timedelta(days=left)
    a_paper(
        session,
        seller,
        CertificateKind.OCOP,
        "QĐ-1/MẪU",
        stars=4,
        listing_id=seller.listing.id,
        expires_on=until,
    )

    book = pages(signed_in, f"/gian-hang/{channels['buudien'].id}/bao-gia")

    assert quoted(book)[0]["Hạng OCOP"] == shown


def test_only_the_chosen_products_are_quoted_and_never_anybody_elses(session, seller, channels, signed_in):
    other = a_listing(session, seller.listing.producer, name="Chè lam mật mía")
    session.commit()

    book = pages(signed_in, f"/gian-hang/{channels['buudien'].id}/bao-gia?sp={other.id}&sp=khongcocaiay")

    assert [line["Tên sản phẩm"] for line in quoted(book)] == ["Chè lam mật mía"]


def test_no_cell_of_either_file_is_a_formula(session, seller, channels, signed_in):
    seller.listing.name = '=HYPERLINK("http://xau.vn","bấm")'
    seller.listing.producer.representative = "+84 là đầu số"
    session.commit()

    books = [
        pages(signed_in, f"/gian-hang/{channels['thanh_hoa'].id}/{file}")
        for file in ("ho-so-nha-cung-cap", "bao-gia")
    ]

    cells = [cell for book in books for page in book for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {"'" + seller.listing.name, "'+84 là đầu số"} <= {cell.value for cell in cells}


def test_the_wholesale_price_is_in_no_file(session, seller, channels, signed_in):
    seller.listing.variants[0].wholesale_vnd = 41_237
    session.commit()

    book = pages(signed_in, f"/gian-hang/{channels['buudien'].id}/bao-gia")

    assert not [c for row in book["Báo giá"].iter_rows() for c in row if "41237" in str(c.value)]


def test_the_page_lists_what_is_missing_with_the_field_where_it_is_typed(
    session, seller, channels, signed_in
):
    seller.listing.shelf_life_days = None
    session.commit()

    page = signed_in.open(f"/gian-hang/{channels['thanh_hoa'].id}/mo")

    links = {
        str(a["href"]): a.find_parent("li").get_text(" ", strip=True) for a in page.html.select(".gaps a")
    }
    assert "Chưa có mã số thuế" in links["/co-so#tax_code"]
    assert "Chưa có số điện thoại" in links["/co-so#hotline"]
    assert "Chưa đủ giấy đăng ký" in links["/giay-to"]
    assert "chưa có hạn dùng" in links[f"/san-pham/{seller.listing.id}#gia-va-goi"]
    assert "Tự điền trên trang của sàn: Tên đăng nhập, Mật khẩu" in page.text


def test_the_anchors_of_missing_facts_are_fields_of_their_pages(channels, signed_in):
    page = signed_in.open(f"/gian-hang/{channels['thanh_hoa'].id}/mo")

    anchors = [str(a["href"]).partition("#") for a in page.html.select(".gaps a") if "#" in a["href"]]
    dead = [path + mark + name for path, mark, name in anchors if not signed_in.open(path).html.find(id=name)]
    assert anchors and not dead


def test_a_complete_supplier_misses_nothing_but_what_a_person_must_fill():
    from marketplace_adapters.types import CertificatePayload

    paper = CertificatePayload("Giấy đăng ký", "1", "UBND", today(), None)
    full = Supplier(
        "HTX",
        "Hợp tác xã",
        FIRM,
        "Bà Mẫu",
        "0900 000 000",
        "thôn 1",
        "Xã A",
        "B",
        "thôn 1, Xã A",
        paper=paper,
    )

    missing = {
        info.code: [box.label for box in lines(full, info) if box.missing]
        for info in registry.channels().values()
    }

    assert not any(missing.values()), missing


def test_a_helper_who_may_not_publish_gets_no_file(browser, session, seller, channels):
    volunteer = a_user(session)
    a_delegation(session, seller.listing.producer, a_group(session, volunteer), Bundle.WRITE)
    session.commit()
    browser.sign_in(volunteer, seller.actor.producer_id)

    page = browser.open("/gian-hang")

    assert "Hồ sơ và báo giá" not in page.text
    assert browser.raw(f"/gian-hang/{channels['buudien'].id}/bao-gia").status_code == 403


def test_a_producer_opens_its_own_booth_and_it_stands_in_place_of_the_shared_one(
    session, seller, channels, signed_in
):
    channels["buudien"].booth = BoothState.NONE
    session.commit()

    page = signed_in.open("/gian-hang").form(f"/gian-hang/{channels['buudien'].id}/rieng").submit()

    own = session.scalars(select(Channel).where(Channel.owner_producer_id.is_not(None))).one()
    offered = queries.channel_choices(session, seller.actor)
    assert page.heading == "Hồ sơ mở gian hàng" and "Đã gửi hồ sơ" in page.text
    assert own.booth is BoothState.APPLIED
    assert own.id in {c.id for c in offered} and channels["buudien"].id not in {c.id for c in offered}
    assert "Đã gửi hồ sơ" in signed_in.open("/gian-hang").text


def test_while_only_the_shared_booth_is_open_it_stays_on_offer(session, seller, channels):
    own = services.open_own_booth(session, seller.actor, channel_id=channels["buudien"].id)
    session.commit()

    before = {c.id for c in queries.channel_choices(session, seller.actor)}
    services.set_booth(session, seller.actor, channel_id=own.id, booth=BoothState.OPEN)
    after = {c.id for c in queries.channel_choices(session, seller.actor)}

    assert channels["buudien"].id in before and own.id not in before
    assert own.id in after and channels["buudien"].id not in after


def test_opening_twice_is_one_booth(session, seller, channels):
    first = services.open_own_booth(session, seller.actor, channel_id=channels["buudien"].id)

    second = services.open_own_booth(session, seller.actor, channel_id=channels["buudien"].id)

    assert first.id == second.id


@pytest.mark.parametrize("place, code", [("practice", "own_booth_not_here"), ("voso", "publish_channel_off")])
def test_a_booth_is_opened_only_where_papers_open_one(place, code, session, seller, channels):
    with pytest.raises(Refused) as refused:
        services.open_own_booth(session, seller.actor, channel_id=channels[place].id)

    assert refused.value.code == code


def test_the_card_says_since_when_what_comes_next_and_whom_to_ask(browser, session, seller, channels):
    operator, _actor = an_operator(session)
    owner = session.get_one(User, seller.actor.user_id)
    channels["thai_nguyen"].booth = BoothState.NONE
    session.commit()
    browser.sign_in(operator)
    form = browser.open(f"/noi-dang/{channels['thai_nguyen'].id}").form()
    form.fill(booth="waiting", contact="Bưu cục mẫu, chị Mẫu", enabled="y").submit()
    browser.sign_in(owner, seller.actor.producer_id)

    page = browser.open("/gian-hang")

    assert f"Chờ duyệt từ {today():%d/%m/%Y}" in page.text
    assert "Chờ sàn duyệt. Được duyệt thì sửa trạng thái thành đã mở." in page.text
    assert "Bưu cục mẫu, chị Mẫu" in page.text


def test_a_producer_with_very_many_products_still_gets_a_small_page_and_all_of_them_quoted(
    session, seller, channels, signed_in
):
    for number in range(70):
        a_listing(
            session, seller.listing.producer, name=f"Mắm tép đồng ủ thính số {number}", shelf_life_days=None
        )
    session.commit()

    page = signed_in.open(f"/gian-hang/{channels['thanh_hoa'].id}/mo")
    book = pages(signed_in, f"/gian-hang/{channels['thanh_hoa'].id}/bao-gia")

    assert "Báo giá có đủ 71 sản phẩm." in page.text and "và 60 chỗ khác" in page.text
    assert len(quoted(book)) == 71
