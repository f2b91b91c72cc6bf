"""One's own producer on one screen: /co-so."""

from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from sqlalchemy import select

from ocop.db.audit import AuditEntry
from ocop.db.base import EditConflict
from ocop.places import queries as places
from ocop.producers import queries, services
from ocop.producers.mapping import public_phone
from ocop.producers.models import Producer
from tests.factories import a_delegation, a_group, a_user
from tests.features.producers.made import an_owner

PERSONAL = "038012345678"


@pytest.fixture
def owner(session):
    return an_owner(session, name="HTX Mẫu Đồng Trũng", commune_code="15286")


@pytest.fixture
def page(browser, owner):
    browser.sign_in(owner[0])
    return browser.open("/co-so")


def stored(session, producer):
    """What the database holds now, with no transaction left open."""
    session.expire_all()
    found = session.get(Producer, producer.id)
    session.commit()
    return found


def test_what_is_typed_is_saved_with_its_old_and_new_values_in_the_audit(page, owner, session):
    said = page.form("co-so").fill(name="HTX Mẫu Mới", brand="Tép Mẫu", story="Một câu chuyện thật.").submit()

    saved = stored(session, owner[1])
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "producer.edit")).one()
    assert (saved.name, saved.brand, saved.version) == ("HTX Mẫu Mới", "Tép Mẫu", 2)
    assert entry.old["name"] == "HTX Mẫu Đồng Trũng"
    assert entry.new["name"] == "HTX Mẫu Mới"
    assert "Đã lưu cơ sở." in said.text


def test_a_number_that_nobody_can_call_may_stay_but_not_be_typed(page, owner, session, browser):
    owner[1].hotline = "số mẫu, không gọi được"
    session.commit()

    saved = browser.open("/co-so").form("co-so").fill(name="HTX Mẫu Mới").submit()
    refused = browser.open("/co-so").form("co-so").fill(hotline="gọi cho tôi").submit(status=422)

    assert "Đã lưu cơ sở." in saved.text
    assert "Số điện thoại chưa đúng." in refused.text
    assert stored(session, owner[1]).hotline == "số mẫu, không gọi được"


def test_vietnamese_typed_decomposed_is_stored_composed(page, owner, session):
    page.form("co-so").fill(name=unicodedata.normalize("NFD", "Hợp tác xã Mẫu Hoạt Giang")).submit()

    assert stored(session, owner[1]).name == unicodedata.normalize("NFC", "Hợp tác xã Mẫu Hoạt Giang")


def test_a_personal_tax_code_is_on_no_screen_not_even_the_form_it_was_typed_into(
    page, owner, session, browser
):
    after = page.form("co-so").fill(tax_code=PERSONAL).submit()
    again = browser.open("/co-so")
    refused = again.form("co-so").fill(tax_code="038099999999", name="").submit(status=422)

    assert stored(session, owner[1]).tax_code == PERSONAL
    for seen in (after, again, refused):
        html = seen.response.get_data(as_text=True)
        assert PERSONAL not in html
        assert "038099999999" not in html
    assert "•••••••••678" in again.text
    assert "Gõ lại mã rồi hãy lưu." in refused.text
    assert "Gõ lại mã rồi hãy lưu." not in again.text


def test_an_empty_field_keeps_a_personal_tax_code_and_a_tick_removes_it(page, owner, session, browser):
    page.form("co-so").fill(tax_code=PERSONAL).submit()
    browser.open("/co-so").form("co-so").fill(name="HTX Mẫu Khác").submit()
    kept = stored(session, owner[1]).tax_code
    browser.open("/co-so").form("co-so").fill(drop_tax_code="y").submit()

    assert kept == PERSONAL
    assert stored(session, owner[1]).tax_code == ""


def test_a_personal_tax_code_is_masked_in_the_audit(page, session):
    page.form("co-so").fill(tax_code=PERSONAL).submit()

    rows = str([(e.old, e.new) for e in session.scalars(select(AuditEntry))])
    assert PERSONAL not in rows
    assert "•••••••••678" in rows


def test_a_wrong_digit_in_a_firms_tax_code_gets_one_sentence(page):
    refused = page.form("co-so").fill(tax_code="0100109107").submit(status=422)

    assert "Mã số thuế sai một chữ số" in refused.text
    assert refused.one("#tax_code")["value"] == "0100109107"


def test_a_hotline_is_public_only_after_a_recorded_consent(page, owner, session, browser):
    page.form("co-so").fill(hotline="0912 000 888").submit()
    before = public_phone(stored(session, owner[1]))
    browser.open("/co-so").form("co-so").fill(hotline_agreed="y").submit()

    saved = stored(session, owner[1])
    assert before == ""
    assert public_phone(saved) == "0912 000 888"
    assert saved.hotline_consent_by == owner[0].name
    assert saved.hotline_consent_text.startswith("Đồng ý cho hiện số này")
    assert abs(saved.hotline_consent_at - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_another_number_needs_another_consent(session, owner):
    actor = owner[2]
    services.edit_producer(session, actor, version=None, hotline="0912000888")
    services.set_hotline_consent(session, actor, agreed=True, wording="Đồng ý cho hiện số này.")
    services.edit_producer(session, actor, version=None, hotline="0912000999")

    assert public_phone(stored(session, owner[1])) == ""


def test_consent_is_taken_back_by_removing_the_tick(page, owner, session, browser):
    page.form("co-so").fill(hotline="0912 000 888", hotline_agreed="y").submit()
    browser.open("/co-so").form("co-so").fill(hotline_agreed=None).submit()

    assert public_phone(stored(session, owner[1])) == ""


def test_a_commune_is_found_without_javascript(page):
    found = page.form("co-so").fill(commune_code_search="hoat giang").submit("Tìm", status=422)
    code = next(i["value"] for i in found.html.select("input[name=commune_code]"))

    saved = found.form("co-so").fill(commune_code=code).submit()

    assert "Hoạt Giang" in saved.text


def test_an_old_address_is_offered_its_commune_of_today(page):
    form = page.form("co-so").fill(old_address="thôn Trung, xã Hà Dương, huyện Hà Trung, Thanh Hóa")
    offered = form.submit("Tìm xã mới theo địa chỉ cũ", status=422)

    choices = offered.html.select("input[name=commune_code]")
    assert choices
    assert "nay thuộc" in offered.text


def test_an_old_commune_that_was_split_is_asked_about(page):
    split = next(unit for unit in places._places().old_units if unit.split and unit.name)
    address = f"{split.kind} {split.name}, {split.district.kind} {split.district.name}, {split.district.province.name}"

    asked = page.form("co-so").fill(old_address=address).submit("Tìm xã mới theo địa chỉ cũ", status=422)

    offered = {i["value"] for i in asked.html.select("input[name=commune_code]")}
    assert set(split.new_codes) <= offered
    assert len(offered) > 1
    assert "đã chia" in asked.text


def test_a_commune_code_nobody_knows_is_refused(page):
    form = page.form("co-so")
    form.values["commune_code"] = ["99999"]

    refused = form.submit(status=422)

    assert "Chưa chọn xã" in refused.text


def test_two_people_who_edit_at_once_see_both_versions_and_choose(page, owner, session, browser):
    form = page.form("co-so").fill(name="Tên của tôi", brand="Nhãn của tôi")
    services.edit_producer(
        session, owner[2], version=None, name="Tên của người kia", story="Chuyện của người kia"
    )
    session.commit()

    both = form.submit(status=409)
    choice = both.form("co-so")
    mine = {r["name"] for r in both.html.select("input[type=radio]")}
    choice.fill(name="Tên của người kia", story="Chuyện của người kia").submit("Lưu các mục đã chọn")

    saved = stored(session, owner[1])
    assert mine == {"name", "brand", "story"}
    assert "Tên của tôi" in both.text and "Tên của người kia" in both.text
    assert (saved.name, saved.brand, saved.story) == (
        "Tên của người kia",
        "Nhãn của tôi",
        "Chuyện của người kia",
    )


def test_the_page_of_both_versions_holds_no_personal_tax_code(page, owner, session, browser):
    page.form("co-so").fill(tax_code=PERSONAL).submit()
    form = browser.open("/co-so").form("co-so").fill(name="Tên của tôi", tax_code="038011111111")
    services.edit_producer(session, owner[2], version=None, name="Tên của người kia")
    session.commit()

    both = form.submit(status=409)
    both.form("co-so").submit("Lưu các mục đã chọn")

    html = both.response.get_data(as_text=True)
    assert PERSONAL not in html and "038011111111" not in html
    assert stored(session, owner[1]).tax_code == PERSONAL
    assert stored(session, owner[1]).name == "Tên của tôi"


def test_a_service_refuses_an_edit_of_an_older_version(session, owner):
    services.edit_producer(session, owner[2], version=1, name="Một")

    with pytest.raises(EditConflict):
        services.edit_producer(session, owner[2], version=1, name="Hai")


def test_nothing_but_the_fields_people_fill_in_can_be_set(page, owner, session):
    form = page.form("co-so")
    form.values |= {"sample": ["1"], "id": ["x"], "hotline_consent_by": ["kẻ lạ"]}
    form.fill(name="HTX Mẫu Mới").submit()

    saved = stored(session, owner[1])
    assert (saved.id, saved.sample, saved.hotline_consent_by) == (owner[1].id, False, "")
    with pytest.raises(TypeError):
        services.edit_producer(session, owner[2], version=None, sample=True)


def test_script_in_a_name_is_shown_as_text(page, browser):
    page.form("co-so").fill(name="<script>alert(1)</script>", brand='"><img src=x onerror=alert(1)>').submit()

    again = browser.open("/co-so")

    assert not again.html.select("script:not([src])")
    assert again.one("#name")["value"] == "<script>alert(1)</script>"


def test_a_volunteer_does_not_open_the_producers_own_page(browser, owner, session):
    helper = a_user(session)
    a_delegation(session, owner[1], a_group(session, helper))
    session.commit()
    browser.sign_in(helper, owner[1].id)

    assert browser.raw("/co-so").status_code == 403
    assert browser.post("/co-so", {"name": "x"}).status_code == 403


def test_an_actor_reads_only_the_producer_worked_for(session, owner):
    _, other, _ = an_owner(session)

    assert queries.current(session, owner[2]).id == owner[1].id
    assert other.id not in {p.id for p in queries.visible(session, owner[2])}
