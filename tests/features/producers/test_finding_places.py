"""The fragment behind the commune picker."""

from __future__ import annotations

from bs4 import BeautifulSoup


def found(browser, **query):
    answer = browser.raw("/noi/tim", query_string=query)
    return answer, BeautifulSoup(answer.get_data(as_text=True), "html5lib")


def test_words_without_marks_find_communes_as_radio_buttons(browser):
    answer, html = found(browser, q="hoat giang", ten="noi_lam")

    assert answer.status_code == 200
    assert {i["name"] for i in html.select("input[type=radio]")} == {"noi_lam"}
    assert "Hoạt Giang" in html.get_text()


def test_the_old_name_of_a_district_lists_its_communes(browser):
    _, html = found(browser, q="quan hoa", name="commune_code")

    assert "Hồi Xuân" in html.get_text()
    assert "trước là" in html.get_text()


def test_what_is_not_found_is_said_and_shown_as_text(browser):
    answer, html = found(browser, q="<b>khongcogi</b>")

    assert "Không thấy xã nào" in html.get_text()
    assert b"<b>khongcogi" not in answer.data


def test_a_field_name_that_is_no_name_is_refused(browser):
    answer, _ = found(browser, q="hoat", ten='x"><script>')

    assert answer.status_code == 404


def test_looking_for_a_place_sets_no_cookie(browser):
    answer, _ = found(browser, q="hoat giang")

    assert "Set-Cookie" not in answer.headers
