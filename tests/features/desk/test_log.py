"""The log searched by officers and the operator: who, for whom, what from what to what, when."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from ocop.accounts.queries import actor_for
from ocop.db import audit
from ocop.db.audit import AuditEntry
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from tests.browser_client import Browser, Page
from tests.factories import a_delegation, a_listing, a_producer, an_officer, an_operator, an_owner
from tests.features.desk.commune import ELSEWHERE

PAGE = "/xa/nhat-ky"


def _acts(page: Page) -> list[str]:
    return [" ".join(act.get_text(" ").split()) for act in page.html.select("ol.acts > li")]


def _entry(session: Session, producer: Producer, thing: Listing | Producer, **values: object) -> AuditEntry:
    entry = AuditEntry(
        **{
            "user_id": "nguoinaodo01", "user_name": "Chị Mẫu", "producer_id": producer.id,
            "action": "listing.edit", "entity": thing.__tablename__, "entity_id": thing.id,
            "old": {}, "new": {}, **values,
        }
    )  # fmt: skip
    session.add(entry)
    session.flush()
    return entry


def test_an_act_is_told_with_both_names_and_every_field(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session, name="HTX Đồng Trũng")
    a_delegation(session, producer)
    listing = a_listing(session, producer, name="Mắm tép")
    actor = actor_for(session, officer.id, producer.id)
    audit.record(
        session, actor, "variant.edit", listing.variants[0],
        old={"price_vnd": 65_000, "stock": None, "frozen_at": None, "version": 1},
        new={"price_vnd": 70_000, "stock": 12, "frozen_at": "2026-11-22T02:00:00+00:00", "version": 2},
    )  # fmt: skip
    session.commit()

    (act,) = _acts(browser.sign_in(officer).open(PAGE))

    assert "Cán bộ mẫu (UBND xã Hoạt Giang, làm hộ) cho HTX Đồng Trũng" in act
    assert "Sửa loại đóng gói Mắm tép, Hũ 250 g" in act
    assert "giá bán: từ 65.000 đồng thành 70.000 đồng" in act
    assert "số hàng đang có: 12" in act
    assert "version" not in act
    assert "frozen" not in act


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("producer.kind", "household", "cooperative", "loại: từ Hộ sản xuất thành Hợp tác xã"),
        ("producer.commune_code", "15271", "15286", "xã: từ Xã Hà Trung thành Xã Hoạt Giang"),
        ("producer.closed_on", None, "2026-11-21", "ngừng hoạt động từ: 21/11/2026"),
        ("producer.brand", "Tép", "", "bỏ thương hiệu"),
        ("producer.tax_code", "", "038123456789", "mã số thuế: •••••••••789"),
        ("listing.story", "a", "Một câu chuyện dài " * 9, "viết lại câu chuyện"),
        ("listing.photos", [["a", "front"]], [["a", "front"], ["b", "other"]], "số ảnh: từ 1 thành 2"),
        ("listing.short_text", "", "Gọi 0912 345 678 nhé", "dòng giới thiệu: Gọi •••678 nhé"),
        ("user_account.phone", "+84912345678", "+84987654321", "số điện thoại: từ •••678 thành •••321"),
        ("publication.state", "draft", "queued", "trạng thái: từ Đang soạn thành Chờ gửi"),
        ("channel.enabled", False, True, "đang dùng: từ không thành có"),
        ("access_grant.role", None, "producer_member", "vai: người cùng dùng"),
    ],
)
def test_values_are_said_as_people_say_them(
    session: Session, browser: Browser, field: str, old: Any, new: Any, said: str
) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session)
    table, name = field.split(".")
    _entry(session, producer, producer, entity=table, entity_id="x", old={name: old}, new={name: new})
    session.commit()

    (act,) = _acts(browser.sign_in(officer).open(PAGE))

    assert said in act


def test_an_act_nobody_wrote_a_sentence_for_is_shown_all_the_same(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session)
    _entry(session, producer, producer, action="strange.thing", entity="strange", new={"odd": "x"})
    session.commit()

    (act,) = _acts(browser.sign_in(officer).open(PAGE))

    assert "Việc khác (strange.thing)" in act
    assert "mục khác: x" in act


def test_an_officer_finds_only_what_was_done_for_producers_in_reach(
    session: Session, browser: Browser
) -> None:
    officer, _ = an_officer(session)
    ours, theirs = a_producer(session), a_producer(session, commune_code=ELSEWHERE, name="HTX nơi khác")
    for producer in (ours, theirs):
        _entry(session, producer, producer, action="producer.edit")
    _entry(session, ours, ours, producer_id=None, action="user.create", entity="user_account")
    _entry(session, ours, ours, action="sign_in.start", entity="user_account")
    session.commit()
    browser.sign_in(officer)

    page = browser.open(PAGE)
    asked = browser.open(f"{PAGE}?co_so={theirs.id}")

    assert len(_acts(page)) == 1
    assert "HTX nơi khác" not in page.text
    assert _acts(asked) == []


def test_an_operator_finds_everything(session: Session, browser: Browser) -> None:
    operator, _ = an_operator(session)
    producer = a_producer(session, commune_code=ELSEWHERE)
    _entry(session, producer, producer, action="producer.edit")
    _entry(session, producer, producer, producer_id=None, action="user.create", entity="user_account")
    session.commit()
    browser.sign_in(operator)

    acts = [act.split(" ", 1)[1] for act in _acts(browser.open("/van-hanh/nhat-ky"))]

    assert [act.split(" cho ")[0] for act in acts if act.startswith("Chị Mẫu")] == [
        "Chị Mẫu Thêm người dùng",
        "Chị Mẫu",
    ]
    assert browser.raw(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ("", 3),
        ("nguoi=can+bo+mau", 1),
        ("nguoi=Bưu+cục", 1),
        ("nguoi=khong+co+ai", 0),
        ("co_so=doi+suong", 2),
        ("loai=producer", 2),
        ("loai=products&co_so=doi", 1),
        ("tu=21/11/2026", 2),
        ("den=20/11/2026", 1),
        ("tu=21/11/2026&den=21/11/2026", 1),
    ],
)
def test_the_search_is_by_person_producer_kind_and_day(
    session: Session, browser: Browser, asked: str, count: int
) -> None:
    officer, _ = an_officer(session)
    one, two = a_producer(session, name="HTX Đồng Trũng"), a_producer(session, name="HTX Đồi Sương")
    by_officer = {"user_id": officer.id, "user_name": officer.name}
    by_clerk = {"user_id": None, "user_name": "người đăng, Bưu cục A"}
    # 0:30 on the 21st, 23:30 on the 20th and 8:00 on the 22nd in Việt Nam
    _entry(session, one, one, at=_at("20T17:30"), **by_officer)
    _entry(session, two, two, at=_at("20T16:30"))
    _entry(session, two, a_listing(session, two), at=_at("22T01:00"), **by_clerk)
    session.commit()

    page = browser.sign_in(officer).open(f"{PAGE}?{asked}")

    assert len(_acts(page)) == count


def _at(moment: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-11-{moment}:00+00:00")


def test_a_day_that_is_none_is_told_and_nothing_is_found(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)

    page = browser.sign_in(officer).open(f"{PAGE}?tu=32/13/2026", status=422)

    assert "Không có ngày này trong lịch." in page.text


def test_the_log_is_paged_and_keeps_what_was_asked(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(
        session, name="Hợp tác xã sản xuất và dịch vụ nông nghiệp tổng hợp Đồng Trũng Hà Trung"
    )
    long = {
        "storage": "Để nơi khô ráo, thoáng mát, tránh ánh nắng",
        "usage": "Pha tỏi ớt chanh đường rồi chấm",
    }
    for _ in range(30):
        listing = a_listing(session, producer)
        _entry(session, producer, listing, old=dict.fromkeys(long, "Như cũ, đã ghi trên nhãn"), new=long)
    session.commit()

    first = browser.sign_in(officer).open(f"{PAGE}?loai=products")
    second = first.link("Cũ hơn")

    assert (len(_acts(first)), len(_acts(second))) == (25, 5)
    assert second.link("Mới hơn").html.select("option[selected]")[0]["value"] == "products"


def test_the_excel_file_has_a_row_for_each_field_and_no_formula(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session, name="=HYPERLINK(1)")
    _entry(
        session, producer, producer, action="producer.edit", user_name="+Chị Mẫu",
        old={"brand": "A", "story": "x"}, new={"brand": "=1+1", "story": "y"},
    )  # fmt: skip
    _entry(session, producer, producer, action="producer.create")
    session.commit()

    answer = browser.sign_in(officer).raw(f"{PAGE}.xlsx?loai=producer")
    sheet = load_workbook(io.BytesIO(answer.data)).active

    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["Lúc", "Ai làm", "Làm cho", "Với tư cách", "Việc", "Mục", "Trước", "Sau"]
    assert len(rows) == 4
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert rows[2][5] == "thương hiệu" or rows[2][5] == "câu chuyện"


def test_a_producer_s_own_people_have_no_log_of_the_commune(session: Session, browser: Browser) -> None:
    user, _, _ = an_owner(session)
    browser.sign_in(user)

    assert [browser.raw(f"{PAGE}{end}").status_code for end in ("", ".xlsx")] == [403, 403]


def test_kinds_stand_for_the_words_they_have_elsewhere(session: Session, browser: Browser) -> None:
    officer, _ = an_officer(session)
    producer = a_producer(session)
    new = {"kind": CertificateKind.OCOP.value, "number": "038123456789", "stars": 4}
    _entry(
        session, producer, producer, action="certificate.add", entity="certificate", entity_id="x", new=new
    )
    session.commit()

    (act,) = _acts(browser.sign_in(officer).open(PAGE))

    assert "loại: Giấy OCOP" in act
    assert "số giấy: •••••••••789" in act
    assert ProducerKind.HOUSEHOLD.value not in act
