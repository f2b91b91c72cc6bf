"""Nonsense in any field, path or parameter is answered with a page, soon, and never with an error of ours."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from ocop.web.folding import fold
from ocop.web.forms import BaseForm, MoneyField, WholeNumberField, clean
from tests.browser_client import Browser
from tests.features.security.conftest import Tenant

_QUICK = 2.0  # CPU seconds; what it guards against takes minutes

ODD_NUMBERS = ("²", "٣", "9" * 30, "9" * 5000, "-1", "0", "1e309", "true", "\x00", "1" + " " * 3000 + "2")


def _cpu(act: object) -> float:
    start = time.process_time()
    act()  # type: ignore[operator]
    return time.process_time() - start


def test_v3_5_1_a_hidden_key_with_letters_no_key_has_is_a_stale_form_and_not_a_fault(
    browser: Browser,
) -> None:
    keys = browser.keys()

    answer = browser.client.post("/dang-nhap", data={**keys, "csrf": "ố" * 32})

    assert answer.status_code == 400


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_v1_4_2_a_roll_number_nobody_can_have_is_not_found(ours: Tenant, number: str) -> None:
    statuses = {
        path: ours.browser.raw(path, query_string=query).status_code
        for path, query in {
            f"/tem/{number}": {},
            f"/tem/{number}/in/{ours.id('print')}.pdf": {},
            "/tem/kich-hoat": {"cuon": number},
            "/tem/huy": {"cuon": number},
        }.items()
    }

    assert {status for status in statuses.values()} <= {200, 404}, statuses


@pytest.mark.parametrize("number", ODD_NUMBERS)
@pytest.mark.parametrize("button", ["remove_pack:{}", "price:{}:70000", "price:0:{}", "{}"])
def test_v2_2_1_a_button_with_an_odd_number_leaves_the_screen_usable(
    ours: Tenant, button: str, number: str
) -> None:
    here = f"/san-pham/{ours.id('listing')}"

    answer = ours.browser.post(here, {"name": "Mắm", "press": button.format(number)})
    again = ours.browser.raw(here)

    assert answer.status_code == 303
    assert again.status_code == 200


@pytest.mark.parametrize("number", ODD_NUMBERS)
@pytest.mark.parametrize(
    "field",
    ["version", "set_no", "variants-0-price_vnd", "variants-0-stock", "shelf_life_days", "copied_from"],
)
def test_v2_2_1_an_odd_number_in_a_draft_leaves_every_page_of_the_product_usable(
    ours: Tenant, field: str, number: str
) -> None:
    here = f"/san-pham/{ours.id('listing')}"

    for press in ("draft", "save"):
        assert ours.browser.post(here, {"name": "Mắm", field: number, "press": press}).status_code == 303
        for page in (here, f"{here}?xem=1", f"{here}/hai-ban"):
            assert ours.browser.raw(page).status_code in (200, 404), (press, page)


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_v2_2_1_an_odd_page_number_shows_some_page(ours: Tenant, number: str) -> None:
    statuses = {
        path: ours.browser.raw(path, query_string={"trang": number}).status_code
        for path in ("/san-pham", "/bai-dang", "/bai-dang/manh")
    }

    assert set(statuses.values()) == {200}, statuses


DAYS = ("1/1/1", "1/1/0001", "31/12/9999", "01/01/9998", "31.02.2026", "٣/٣/٢٠٢٦", "0001-01-01", "9999-12-31")


@pytest.mark.parametrize("day", DAYS)
def test_v2_2_3_a_day_at_the_end_of_time_is_refused_or_kept_but_never_a_fault(ours: Tenant, day: str) -> None:
    listing, lot = ours.id("listing"), ours.id("batch")
    paper = {"kind": "ocop", "listing_id": listing, "stars": "4", "number": "1/QĐ", "issued_on": day}
    sent = {
        "/giay-to/moi": {**paper, "expires_on": ""},
        f"/giay-to/{ours.id('certificate')}": {**paper, "version": "1", "revoked_on": day},
        f"/lo/{lot}/sua": {
            "lot_number": "X1", "made_on": day, "expires_on": day, "quantity": "5", "unit": "hũ", "version": "1",
        },
        f"/lo/{lot}/ghi": {"step": "packing", "happened_on": day, "place": "kho"},
        "/nguoi-cung-dung/nho-lam-ho": {"helper": "office", "bundle": "write", "valid_to": day},
    }  # fmt: skip

    statuses = {path: ours.browser.post(path, fields).status_code for path, fields in sent.items()}
    pages = [
        ours.browser.raw(p).status_code for p in ("/", "/giay-to", f"/lo/{lot}", f"/t/{ours.id('stamp')}")
    ]

    assert set(statuses.values()) <= {303, 404, 409, 422}, statuses
    assert set(pages) == {200}


class _Figures(BaseForm):
    price = MoneyField()
    stock = WholeNumberField()


@pytest.mark.parametrize(
    "text", ["1" + " " * 60_000 + "x", "1" + "." * 60_000, "1 000" * 20_000, "9" * 100_000]
)
def test_v1_2_9_a_flood_in_a_figure_is_refused_at_once(app: Flask, text: str) -> None:
    from werkzeug.datastructures import MultiDict

    def fill() -> None:
        form = _Figures(MultiDict({"price": text, "stock": text}))
        assert not form.validate()

    with app.test_request_context():
        seconds = _cpu(fill)

    assert seconds < _QUICK


@pytest.mark.parametrize("tidy", [clean, fold])
def test_v1_2_9_a_hundred_thousand_marks_on_one_letter_are_put_into_order_at_once(tidy) -> None:
    seconds = _cpu(lambda: tidy("a" + "\u0327\u0301" * 50_000))

    assert seconds < _QUICK
