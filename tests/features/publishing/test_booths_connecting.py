"""Settings of booths: one form per protocol, secrets that never come back, the door that needs an agreement."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from marketplace_adapters import registry
from marketplace_adapters.errors import AuthenticationError, MarketplaceUnavailable
from marketplace_adapters.types import Capability, Notice, ShopFacts
from marketplace_adapters.woocommerce import diagnosis
from ocop.accounts.models import User
from ocop.db import secrets
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.db.errors import Refused
from ocop.publishing import queries, services
from ocop.publishing.forms.connecting import ASKED, asked_of
from ocop.publishing.models import Attempt, Channel, Publication
from ocop.publishing.queries.booths import KEY_LASTS, KEY_WARNING
from ocop.publishing.rules import BoothState, State
from ocop.web.wording import has_sentence, sentence
from tests.factories import an_operator, an_owner

PASSWORD = "mat khau rieng 2026"


class FakeAdapter:
    """A marketplace that takes any settings, exchanges tokens when told to and then fails when told to."""

    capabilities = frozenset({Capability.TEST_CONNECTION, Capability.WATCH})
    name, exchanged, failure, unwatched = "Trang mẫu", {}, None, None
    warnings: tuple[Notice, ...] = ()
    watched: list[tuple[str, str]] = []

    def __init__(self, info, settings, keeper) -> None:
        self.info, self.settings, self.keeper = info, dict(settings), keeper

    def test_connection(self) -> ShopFacts:
        if self.exchanged:
            self.keeper.renewed(self.settings, lambda _stored: self.exchanged)
        if self.failure is not None:
            raise self.failure
        return ShopFacts(self.name, "VND", "kg", self.warnings)

    def watch(self, callback_url, secret) -> None:
        if self.unwatched is not None:
            raise self.unwatched
        self.watched.append((callback_url, secret))


@pytest.fixture
def market(monkeypatch):
    """Every adapter that a connection asks for is this one; a test sets its class attributes."""
    kind = type("Market", (FakeAdapter,), {"watched": []})
    monkeypatch.setattr(
        registry, "make_adapter", lambda info, settings, *, keeper=None: kind(info, settings, keeper)
    )
    return kind


@pytest.fixture
def cipher(config):
    return Fernet(secrets.load(config.secrets_dir).channel)


@pytest.fixture
def signed_in(browser, session, seller, channels):
    user = session.get_one(User, seller.actor.user_id)
    session.commit()
    return browser.sign_in(user, seller.actor.producer_id)


@pytest.fixture
def operator(browser, session, channels):
    user, _actor = an_operator(session)
    return browser.sign_in(user)


def kept(session, cipher, **wanted) -> dict[str, str]:
    session.expire_all()
    found = session.scalars(select(Channel).filter_by(**wanted)).one()
    settings = services.open_settings(found, cipher)
    session.commit()
    return settings


def connectable() -> list[str]:
    return [
        name
        for name in registry.protocols()
        if registry.adapter_class(name).required_settings and name != "memory"
    ]


@pytest.mark.parametrize("protocol", connectable())
def test_each_protocol_is_asked_for_all_it_needs_and_nothing_it_does_not_know(protocol):
    kind = registry.adapter_class(protocol)

    asked = ASKED[protocol]

    assert set(kind.required_settings) <= set(asked)
    assert set(asked) <= {*kind.required_settings, *kind.optional_settings}
    assert {name for name, one in asked.items() if one.secret} == set(kind.secret_settings)


def test_keys_for_plain_http_are_only_asked_for_on_the_local_network():
    shop = registry.channels()["woocommerce"]

    away, near = asked_of(shop), asked_of(replace(shop, lan=True))

    assert "consumer_key" not in away and "consumer_secret" not in away
    assert {"consumer_key", "consumer_secret"} <= set(near)


def test_every_code_of_the_shops_diagnosis_has_its_own_sentence():
    table = re.findall(r"^\| ([a-z_, ]+?) +\| [A-Z]", diagnosis.__doc__ or "", re.MULTILINE)
    codes = {code for row in table for code in row.split(", ")}
    warnings = re.findall(r"[a-z]+(?:_[a-z]+)+", (diagnosis.__doc__ or "").partition("Warnings:")[2])

    assert len(codes) > 15 and len(warnings) > 3
    silent = [code for code in codes if not has_sentence(f"connect_{code}")]
    assert set(silent) <= {"unreachable", "connection_lost"}  # both are "chưa trả lời"
    assert not [code for code in warnings if not has_sentence(f"connect_warning_{code}")]


def test_a_zalo_account_is_connected_in_dry_run_with_its_own_name(session, cipher, market, signed_in):
    market.name, market.warnings = "HTX Đồng Trũng", (Notice("dry_run"),)
    form = signed_in.open("/gian-hang/noi-voi/zalo_oa").form()

    page = form.fill(app_id="123", app_secret=PASSWORD, access_token="a1", refresh_token="r1").submit()

    assert form.values["dry_run"] == ["y"]
    assert "HTX Đồng Trũng" in page.text and "Đang chạy thử" in page.text
    assert kept(session, cipher, marketplace="zalo_oa")["dry_run"] == "1"
    assert PASSWORD not in page.response.get_data(as_text=True)


def connect_zalo(session, seller, cipher, **more) -> Channel:
    settings = {
        "app_id": "123",
        "app_secret": "s",
        "access_token": "a1",
        "refresh_token": "r1",
        "dry_run": "1",
    }
    made = services.connect_channel(
        session, seller.actor, marketplace="zalo_oa", settings={**settings, **more}, cipher=cipher
    )
    session.commit()
    return made


def test_unticking_the_dry_run_needs_no_secret_typed_again(session, seller, cipher, market, signed_in):
    channel = connect_zalo(session, seller, cipher, expires_at="99")
    form = signed_in.open(f"/gian-hang/{channel.id}/ket-noi").form()

    form.fill(dry_run=None).submit()

    assert form.values["app_id"] == ["123"] and form.values["app_secret"] == [""]
    now = kept(session, cipher, marketplace="zalo_oa")
    assert (now["dry_run"], now["refresh_token"], now["expires_at"]) == ("0", "r1", "99")


def test_new_tokens_drop_what_was_noted_of_the_old_ones(session, seller, cipher, market, signed_in):
    channel = connect_zalo(session, seller, cipher, expires_at="99")

    signed_in.open(f"/gian-hang/{channel.id}/ket-noi").form().fill(
        access_token="a2", refresh_token="r2"
    ).submit()

    now = kept(session, cipher, marketplace="zalo_oa")
    assert (now["access_token"], now["refresh_token"], now["app_secret"]) == ("a2", "r2", "s")
    assert "expires_at" not in now


def test_tokens_exchanged_by_the_test_are_the_ones_that_are_kept(session, seller, cipher, market, signed_in):
    market.exchanged = {"access_token": "a9", "refresh_token": "r9"}
    channel = connect_zalo(session, seller, cipher)

    signed_in.open(f"/gian-hang/{channel.id}/ket-noi").form().submit()

    assert kept(session, cipher, marketplace="zalo_oa")["refresh_token"] == "r9"


def test_a_test_that_fails_after_an_exchange_does_not_lose_the_new_token(
    session, seller, cipher, market, signed_in
):
    market.exchanged, market.failure = {"refresh_token": "r9"}, MarketplaceUnavailable()
    channel = connect_zalo(session, seller, cipher)

    page = signed_in.open(f"/gian-hang/{channel.id}/ket-noi").form().submit(status=422)

    assert "chưa trả lời" in page.text
    assert kept(session, cipher, marketplace="zalo_oa")["refresh_token"] == "r9"


def test_a_secret_never_follows_to_another_address(session, seller, cipher, signed_in):
    settings = {"base_url": "https://cu.vn", "username": "chu", "application_password": PASSWORD}
    channel = services.connect_channel(
        session, seller.actor, marketplace="woocommerce", settings=settings, cipher=cipher
    )
    session.commit()

    page = (
        signed_in.open(f"/gian-hang/{channel.id}/ket-noi")
        .form()
        .fill(base_url="https://la.vn")
        .submit(status=422)
    )

    assert sentence("connect_settings_missing") in page.text
    assert kept(session, cipher, marketplace="woocommerce") == settings


@pytest.mark.parametrize(
    "marketplace, error, words",
    [
        ("zalo_oa", AuthenticationError(), "Zalo không nhận mã này"),
        ("facebook", AuthenticationError(), "Facebook không nhận mã truy cập trang này"),
        ("woocommerce", AuthenticationError("read_only"), "chỉ xem, không sửa được sản phẩm"),
        ("woocommerce", AuthenticationError("clock_skew", seconds=700), "lệch nhau 700 giây"),
        ("woocommerce", MarketplaceUnavailable("never_heard_of", field="x"), "chưa trả lời"),
    ],
)
def test_what_stands_in_the_way_is_said_in_its_own_words(marketplace, error, words, market):
    market.failure = error

    with pytest.raises(Refused) as refused:
        services.try_connection(marketplace, {})

    assert words in sentence(refused.value.code, **refused.value.params)


def test_an_odd_weight_unit_is_a_warning_and_not_an_error(market, monkeypatch):
    monkeypatch.setattr(market, "test_connection", lambda self: ShopFacts("Shop", "USD", "lbs", ()))

    tried = services.try_connection("woocommerce", {})

    assert [warning.code for warning in tried.warnings] == ["weight_unit_odd"]


@pytest.fixture
def with_a_door(monkeypatch):
    """The Thanh Hóa exchange with its seller form as a second door, whatever its file says today."""
    info = registry.channels()["thanh_hoa"]
    monkeypatch.setitem(registry.channels(), "thanh_hoa", replace(info, doors=("seller_form",)))


def test_without_the_agreement_the_door_stays_shut(session, channels, market, with_a_door, operator):
    form = operator.open(f"/noi-dang/{channels['thanh_hoa'].id}/ket-noi").form()
    filled = form.fill(username="htx", password=PASSWORD, agreed="y")

    page = filled.submit(status=422)

    session.refresh(channels["thanh_hoa"])
    assert sentence("connect_not_agreed") in page.text
    assert channels["thanh_hoa"].protocol == "" and channels["thanh_hoa"].settings_encrypted is None


def test_with_account_and_agreement_the_exchange_is_reached_through_its_form(
    session, cipher, channels, market, with_a_door, operator
):
    form = operator.open(f"/noi-dang/{channels['thanh_hoa'].id}/ket-noi").form()

    form.fill(username="htx", password=PASSWORD, agreed="y", agreed_on="20/11/2026").submit()

    channel = channels["thanh_hoa"]
    again = operator.open(f"/noi-dang/{channel.id}/ket-noi")
    session.refresh(channel)
    assert "Người đánh dấu: Người vận hành mẫu." in again.text
    assert queries.info_of(channel).protocol == "seller_form"
    assert (channel.agreed_on.isoformat(), bool(channel.agreed_by)) == ("2026-11-20", True)
    assert services.open_settings(channel, cipher)["base_url"] == registry.channels()["thanh_hoa"].site
    assert queries.info_of(channel).hosts == registry.channels()["thanh_hoa"].hosts


def test_unticking_goes_back_to_the_hand_off_and_forgets_the_account(
    session, channels, market, with_a_door, operator
):
    path = f"/noi-dang/{channels['thanh_hoa'].id}/ket-noi"
    operator.open(path).form().fill(
        username="htx", password=PASSWORD, agreed="y", agreed_on="20/11/2026"
    ).submit()

    page = operator.open(path).form().fill(agreed=None).submit()

    session.refresh(channels["thanh_hoa"])
    assert "Đã thôi đăng bằng tài khoản" in page.text
    assert queries.info_of(channels["thanh_hoa"]).protocol == "handoff"
    assert channels["thanh_hoa"].settings_encrypted is None and channels["thanh_hoa"].agreed_on is None


def test_a_protocol_without_an_agreement_on_the_row_is_not_believed(session, channels, with_a_door):
    channels["thanh_hoa"].protocol = "seller_form"

    assert queries.info_of(channels["thanh_hoa"]).protocol == "handoff"


def test_an_operator_adds_a_place_for_everybody(session, seller, market, operator, cipher):
    market.name = "Trang OCOP xã mẫu"
    page = operator.open("/noi-dang/them").link("Facebook")

    after = page.form().fill(page_id="1001", page_token=PASSWORD).submit()

    shared = session.scalars(select(Channel).where(Channel.marketplace == "facebook")).one()
    assert "Trang OCOP xã mẫu" in after.text
    assert shared.owner_producer_id is None and shared.booth is BoothState.OPEN
    assert shared.id in {one.id for one in queries.channel_choices(session, seller.actor)}


@pytest.mark.parametrize("marketplace", ["practice", "buudien", "khong-co"])
def test_what_needs_no_settings_has_no_settings_page(marketplace, signed_in):
    signed_in.open(f"/gian-hang/noi-voi/{marketplace}", status=404)


def test_the_audit_names_who_ticked_the_agreement_and_no_secret(
    session, channels, market, with_a_door, operator
):
    operator.open(f"/noi-dang/{channels['thanh_hoa'].id}/ket-noi").form().fill(
        username="htx", password=PASSWORD, agreed="y", agreed_on="20/11/2026"
    ).submit()

    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "connect.channel")).one()
    assert entry.new["protocol"] == "seller_form" and entry.new["agreed_by"] == entry.user_id
    assert PASSWORD not in repr(entry.new)


@pytest.mark.parametrize("days_before, shown", [(1, False), (-1, True)])
def test_a_zalo_key_is_announced_fourteen_days_before_three_months(
    days_before, shown, session, seller, cipher, signed_in
):
    channel = connect_zalo(session, seller, cipher)
    due = utcnow() - KEY_LASTS + KEY_WARNING
    channel.token_renewed_at = due + days_before * (KEY_WARNING / 14)
    session.commit()

    page = signed_in.open("/gian-hang")

    assert ("Chìa khóa Zalo sắp hết hạn" in page.text) is shown


def test_a_marketplace_that_is_left_alone_says_until_when(session, channels, signed_in):
    channels["practice"].closed_until = utcnow() + KEY_WARNING
    channels["practice"].failures = 5
    session.commit()

    page = signed_in.open("/gian-hang")

    assert "Sàn chưa trả lời Máy gửi lại từ" in page.text


def test_the_last_trouble_is_told_while_calls_do_not_get_through(session, seller, channels, signed_in):
    post = Publication(listing=seller.listing, channel=channels["practice"], state=State.FAILED)
    post.attempts.append(Attempt(action="publish", outcome="rate_limited"))
    channels["practice"].failures = 1
    session.add(post)
    session.commit()

    troubled = signed_in.open("/gian-hang")
    channels["practice"].failures = 0
    session.commit()
    well = signed_in.open("/gian-hang")

    assert "Sàn tập dượt bảo chờ một lúc." in troubled.text
    assert "bảo chờ một lúc" not in well.text


def test_the_trouble_of_another_producer_is_not_told(session, browser, seller, channels):
    post = Publication(listing=seller.listing, channel=channels["practice"], state=State.FAILED)
    post.attempts.append(Attempt(action="publish", outcome="rate_limited"))
    channels["practice"].failures = 1
    session.add(post)
    user, producer, _actor = an_owner(session)

    page = browser.sign_in(user, producer.id).open("/gian-hang")

    assert "bảo chờ một lúc" not in page.text
