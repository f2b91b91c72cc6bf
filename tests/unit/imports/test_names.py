"""When two names mean one."""

from __future__ import annotations

import pytest

from ocop.imports.rules import same_producer, same_product


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("HTX Mắm tép Mẫu", "Hợp tác xã mắm tép  MẪU"),
        ("HTX DVNN Mẫu", "Hợp tác xã dịch vụ nông nghiệp Mẫu"),
        ("Công ty TNHH Mẫu", "Cty trách nhiệm hữu hạn Mẫu"),
        ("Hộ KD Mẫu Hoà", "Hộ kinh doanh Mẫu Hòa"),
        ("HTX Mau Mot", "HTX Mẫu Một"),
    ],
)
def test_one_producer(one: str, other: str) -> None:
    assert same_producer(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [("HTX Mẫu Má", "HTX Mẫu Mạ"), ("HTX Mẫu", "Hộ Mẫu"), ("HTX Mẫu 1", "HTX Mẫu 2")]
)
def test_two_producers(one: str, other: str) -> None:
    assert not same_producer(one, other)


def test_a_product_is_one_however_it_is_spaced() -> None:
    assert same_product("Mắm tép - Mẫu", "mắm tép mẫu")
    assert not same_product("Mắm tép", "Mắm tôm")
