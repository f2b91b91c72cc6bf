"""The numbers of a quarter, each from its list; what is expected was counted by hand from a_quarter.lay."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ocop.accounts.rules import ScopeKind
from ocop.producers.models import Producer
from ocop.reports.queries import Scope
from ocop.reports.queries.counting import count
from ocop.reports.rules.figures import total
from ocop.reports.rules.periods import read_period, span
from tests.factories import a_listing, a_producer
from tests.features.reports import a_quarter
from tests.features.reports.a_quarter import at

# key: (third quarter, second quarter); whatever is not named is nought in both.
EXPECTED = {
    "san_pham_tong": (3, 4),
    "san_pham_co_sao": (3, 2),
    "san_pham_sao_4": (1, 1),
    "san_pham_sao_3": (2, 1),
    "san_pham_chua_sao": (0, 2),
    "san_pham_nhom_1": (3, 4),
    "san_pham_bo_9": (1, 3),
    "san_pham_bo_11": (1, 1),
    "san_pham_bo_12": (1, 0),
    "san_pham_len_san": (2, 2),
    "bai_dang_tong": (3, 3),
    "bai_dang_moi": (1, 3),
    "bai_dang_san_buudien": (1, 2),
    "bai_dang_san_thanh_hoa": (2, 1),
    "bai_dang_nguon_hang": (1, 1),
    "bai_dang_san_tap": (1, 1),
    "giay_ocop": (3, 2),
    "giay_con_han": (2, 2),
    "giay_12": (0, 1),
    "giay_6": (1, 0),
    "giay_3": (0, 1),
    "giay_1": (1, 0),
    "giay_cho_danh_gia_lai": (1, 0),
    "giay_het_han": (1, 0),
    "tem_cap": (200, 0),
    "tem_kich_hoat": (120, 0),
    "luot_quet": (5, 0),
    "tem_duoc_quet": (3, 0),
    "tem_mau": (50, 0),
    "co_so_tong": (2, 2),
    "ho_tong": (1, 0),
    "co_so_tai_khoan": (1, 1),
    "co_so_duoc_giup": (1, 1),
    "viec_lam_ho": (3, 0),
    "co_so_gian_hang": (1, 0),
    "ho_gian_hang": (1, 0),
    "doanh_thu": (23_500_000, 5_000_000),
    "co_so_khai_doanh_thu": (2, 1),
    "lop_tap_huan": (1, 0),
    "nguoi_tap_huan": (30, 0),
    "kiem_ke_ghi": (3, 0),
    "kiem_ke_dung": (2, 0),
}


@pytest.fixture
def laid(session: Session) -> dict[str, Producer]:
    return a_quarter.lay(session)


def test_every_number_of_the_quarter_is_the_one_counted_by_hand(session: Session, laid: Any) -> None:
    figures = a_quarter.the_quarter(session)

    found = {one.key: (one.now, one.before) for one in figures.numbers if one.now or one.before}

    assert found == EXPECTED


def test_every_number_is_the_sum_of_its_own_list(session: Session, laid: Any) -> None:
    figures = a_quarter.the_quarter(session)

    assert {one.key: one.now for one in figures.numbers} == {
        one.key: total(figures.facts(one.key)) for one in figures.numbers
    }


def test_evidence_names_the_post_its_place_its_day_and_its_address(session: Session, laid: Any) -> None:
    (fact,) = a_quarter.the_quarter(session).facts("bai_dang_moi")

    assert (fact.name, fact.producer, fact.kind) == ("Chè xanh", "HTX Mắm Mẫu", "Sàn nông sản Thanh Hóa")
    assert (fact.day, fact.link) == ("2026-08-05", "https://thanh_hoa.example/11")


def test_what_a_marketplace_has_not_confirmed_is_not_on_sale(session: Session, laid: Any) -> None:
    figures = a_quarter.the_quarter(session)

    assert "Trà lá" not in {fact.name for fact in figures.facts("bai_dang_tong")}


def test_the_province_adds_its_communes_and_says_which(session: Session, laid: Any) -> None:
    province = Scope(ScopeKind.PROVINCE, a_quarter.PROVINCE)

    figures = count(session, province, read_period("2026-Q3"), a_quarter.TODAY)

    assert figures.by_commune("san_pham_tong") == {"15286": 3, "15271": 1}
    assert figures.communes == {"15286": "Xã Hoạt Giang", "15271": "Xã Hà Trung"}
    number = figures.number("nguoi_tap_huan")
    assert number is not None
    assert number.now == 50


def test_products_by_commune_of_old_leave_the_unknown_apart(session: Session, laid: Any) -> None:
    figures = a_quarter.the_quarter(session)

    assert figures.by_former("san_pham_tong") == {"xã Yên Dương": 2, "": 1}


def test_another_commune_counts_nothing_of_this_one(session: Session, laid: Any) -> None:
    neighbour = Scope(ScopeKind.COMMUNE, a_quarter.NEIGHBOUR)

    figures = count(session, neighbour, read_period("2026-Q3"), a_quarter.TODAY)

    assert {fact.producer for facts in figures.lists.values() for fact in facts} == {"HTX Xã Bên", ""}


def test_practice_communes_count_in_no_province(session: Session) -> None:
    practice = a_producer(session, commune_code="T0001", created_at=at(1, 3, 2025))
    a_listing(session, practice, created_at=at(1, 4, 2025))
    session.commit()

    both = [
        count(session, scope, read_period("2026-Q3"), a_quarter.TODAY).number("san_pham_tong")
        for scope in (Scope(ScopeKind.PROVINCE, "38"), Scope(ScopeKind.COMMUNE, "T0001"))
    ]

    assert [one.now for one in both if one] == [0, 1]


def test_sample_producers_are_counted_and_said(session: Session, laid: dict[str, Producer]) -> None:
    before = a_quarter.the_quarter(session).sample
    laid["coop"].sample = True
    session.commit()

    after = a_quarter.the_quarter(session)

    assert (before, after.sample) == (False, True)
    number = after.number("co_so_tong")
    assert number is not None
    assert number.now == 2


def test_a_period_that_is_not_over_is_counted_as_of_today(session: Session, laid: Any) -> None:
    figures = count(
        session, Scope(ScopeKind.COMMUNE, a_quarter.COMMUNE), read_period("2026"), dt.date(2026, 8, 10)
    )

    assert figures.counted_on == dt.date(2026, 8, 10)
    number = figures.number("co_so_tong")
    assert number is not None
    assert number.now == 2  # the household came on 20/08; the one that closed was still open


def test_any_days_may_be_a_period(session: Session, laid: Any) -> None:
    days = span(dt.date(2026, 8, 3), dt.date(2026, 8, 3))

    figures = count(session, Scope(ScopeKind.COMMUNE, a_quarter.COMMUNE), days, a_quarter.TODAY)

    number = figures.number("luot_quet")
    assert number is not None
    assert (number.now, number.before) == (2, 1)
