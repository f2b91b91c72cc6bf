"""Our product sets against the categories of a marketplace: asked for, assigned, used."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from marketplace_adapters import registry
from marketplace_adapters.types import RemoteCategory
from ocop.accounts.models import User
from ocop.db.audit import AuditEntry
from ocop.publishing import queries, services
from ocop.publishing.models import Channel
from tests.factories import a_listing, an_operator


@pytest.fixture
def operator(browser, session, channels):
    user, _actor = an_operator(session)
    return browser.sign_in(user)


def fresh(session, channel) -> Channel:
    session.expire_all()
    found = session.get_one(Channel, channel.id)
    _ = found.category_map, found.remote_categories
    session.commit()
    return found


def ask(operator, channel):
    return operator.open(f"/noi-dang/{channel.id}/danh-muc").form("/lay").submit()


def test_the_shops_own_categories_are_asked_for_and_offered(session, channels, operator):
    page = ask(operator, channels["practice"])

    names = [one["name"] for one in fresh(session, channels["practice"]).remote_categories]
    offered = [option.get_text() for option in page.html.select("select[name=category] option")]
    assert "Đã lấy danh mục của sàn" in page.text
    assert names and offered[1:] == names


def test_several_sets_go_into_one_category_at_once(session, channels, operator):
    page = ask(operator, channels["practice"])
    chosen = fresh(session, channels["practice"]).remote_categories[0]

    after = page.form(button="Đặt danh mục").fill(sets=["9", "14"], category=chosen["id"]).submit()

    channel = fresh(session, channels["practice"])
    assert channel.category_map == {"9": chosen, "14": chosen}
    assert {queries.info_of(channel).categories[no] for no in (9, 14)} == {chosen["name"]}
    assert f"→ {chosen['name']}" in after.text


def test_taking_a_set_out_leaves_the_others(session, channels, operator):
    practice = channels["practice"]
    practice.category_map = {"9": {"id": "1", "name": "A"}, "14": {"id": "1", "name": "A"}}
    practice.remote_categories = [{"id": "1", "name": "A"}]
    session.commit()
    form = operator.open(f"/noi-dang/{practice.id}/danh-muc").form(button="Đặt danh mục")

    form.fill(sets=["9"], category="").submit()

    assert fresh(session, practice).category_map == {"14": {"id": "1", "name": "A"}}


def test_goods_that_the_producers_have_stand_first_and_the_rest_is_folded(
    session, seller, channels, operator
):
    a_listing(session, seller.listing.producer, set_no=14)
    a_listing(session, seller.listing.producer, set_no=14)
    channels["practice"].remote_categories = [{"id": "1", "name": "A"}]
    session.commit()

    page = operator.open(f"/noi-dang/{channels['practice'].id}/danh-muc")

    values = [str(box["value"]) for box in page.html.select("input[name=sets]")]
    folded = [str(box["value"]) for box in page.html.select("details input[name=sets]")]
    assert values[:2] == ["14", "9"] and len(values) == 26
    assert folded == values[2:]


@pytest.mark.parametrize(
    "fields, words",
    [
        ({"category": "1"}, "Chưa đánh dấu loại hàng nào."),
        ({"sets": "99", "category": "1"}, "Chưa đánh dấu loại hàng nào."),
        ({"sets": "9", "category": "77"}, "Danh mục này không còn trên sàn."),
    ],
)
def test_a_choice_that_makes_no_sense_changes_nothing(fields, words, session, channels, operator):
    channels["practice"].remote_categories = [{"id": "1", "name": "A"}]
    session.commit()

    answer = operator.post(f"/noi-dang/{channels['practice'].id}/danh-muc", fields)

    assert answer.status_code == 422 and words in answer.get_data(as_text=True)
    assert fresh(session, channels["practice"]).category_map == {}


def test_where_nobody_tells_categories_a_name_is_copied_from_the_page(session, channels, operator):
    form = operator.open(f"/noi-dang/{channels['thanh_hoa'].id}/danh-muc").form()

    form.fill(sets=["9"], name="Gia vị, nước chấm").submit()

    channel = fresh(session, channels["thanh_hoa"])
    assert channel.category_map == {"9": {"id": "", "name": "Gia vị, nước chấm"}}
    assert queries.info_of(channel).categories[9] == "Gia vị, nước chấm"


def test_a_shop_that_does_not_answer_costs_nothing(session, channels, operator, shop):
    channels["practice"].remote_categories = [{"id": "1", "name": "A"}]
    session.commit()
    shop.faults.add("error_before", "GET", "/wc/v3/products/categories")

    answer = operator.post(f"/noi-dang/{channels['practice'].id}/danh-muc/lay")

    assert answer.status_code == 422 and "Danh mục cũ còn giữ" in answer.get_data(as_text=True)
    assert fresh(session, channels["practice"]).remote_categories == [{"id": "1", "name": "A"}]


def test_no_transaction_is_open_while_the_shop_is_asked(monkeypatch, session, channels, operator, engine):
    """Another writer gets through while the shop thinks: an open write lock would make it wait."""
    seen = []

    class Shop:
        def categories(self):
            with engine.begin() as other:
                other.exec_driver_sql("UPDATE channel SET contact = 'trong lúc chờ'")
            seen.append("written")
            return (RemoteCategory("5", "Gia vị"),)

    monkeypatch.setattr(registry, "make_adapter", lambda info, settings, **kw: Shop())

    ask(operator, channels["practice"])

    assert seen == ["written"]
    assert fresh(session, channels["practice"]).remote_categories == [{"id": "5", "name": "Gia vị"}]


def test_the_change_is_in_the_audit_with_old_and_new(session, channels, operator):
    practice = channels["practice"]
    practice.remote_categories = [{"id": "1", "name": "A"}]
    session.commit()
    form = operator.open(f"/noi-dang/{practice.id}/danh-muc").form(button="Đặt danh mục")

    form.fill(sets=["9"], category="1").submit()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "map_category.channel")).one()
    assert entry.old["category_map"] == {} and entry.new["category_map"] == {"9": {"id": "1", "name": "A"}}


def test_a_producer_maps_its_own_shop_and_not_the_shared_one(browser, session, seller, channels):
    user = session.get_one(User, seller.actor.user_id)
    own = services.open_own_booth(session, seller.actor, channel_id=channels["buudien"].id)
    session.commit()
    browser.sign_in(user, seller.actor.producer_id)

    page = browser.open(f"/gian-hang/{own.id}/danh-muc").form().fill(sets=["9"], name="Đặc sản").submit()

    assert "Đã đặt danh mục" in page.text
    assert browser.raw(f"/gian-hang/{channels['buudien'].id}/danh-muc").status_code == 404
    assert browser.raw(f"/noi-dang/{channels['buudien'].id}/danh-muc").status_code == 403
