"""The process in which a sheet is read: it hands everything back, and what it cannot bear ends with it."""

from __future__ import annotations

import pytest

from ocop.db.errors import Refused
from ocop.imports.decoder import limited, read
from tests.features.imports.sheets import three_producers


def test_a_sheet_comes_back_from_the_process_as_it_was_read() -> None:
    content = three_producers().getvalue()

    found = limited.read_limited(content, "danh-sach.xlsx")

    assert found == read(content, "danh-sach.xlsx")


def test_what_the_process_refuses_is_refused_here() -> None:
    with pytest.raises(Refused) as refused:
        limited.read_limited(b"%PDF-1.7", "../danh sách.xlsx")

    assert (refused.value.code, refused.value.field) == ("sheet_not_a_sheet", "file")


def test_a_process_that_dies_means_that_the_sheet_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited.sys, "executable", "/bin/false")

    with pytest.raises(Refused) as refused:
        limited.read_limited(b"a,b", "a.csv")

    assert refused.value.code == "sheet_too_much"
