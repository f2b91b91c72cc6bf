"""Nothing goes out in a producer's name that was not read out to it, whichever way a helper asks for it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from marketplace_adapters.practice import PracticeServer
from ocop.accounts.models import User
from ocop.accounts.queries import actor_for
from ocop.db.actor import Actor, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings import services as listings
from ocop.listings.mapping import packs
from ocop.listings.models import Listing, Variant
from ocop.publishing import queries, services
from ocop.publishing.models import Channel, Publication, ReadBack
from ocop.publishing.queries.public_side import has_public_page
from ocop.publishing.rules import State
from ocop.publishing.services import ReadAloudFirst
from tests.browser_client import Browser, Page
from tests.factories import a_delegation, an_officer
from tests.features.publishing.conftest import Ledger, Seller, Worker, approve


@dataclass
class Helper:
    """A commune officer whom the seller asked to write and publish."""

    session: Session
    user: User
    actor: Actor
    browser: Browser
    seller: Seller

    def reads(self, *channels: Channel, task: str = "publish") -> list[Publication]:
        """Read out what stands there now, and hear yes."""
        listing = self.seller.listing
        posts = services.send_read_aloud(
            self.session, self.actor, listing_id=listing.id, version=listing.version,
            words="\n".join(queries.read_aloud_lines(listing)), channel_ids=[one.id for one in channels], task=task,
        )  # fmt: skip
        self.session.commit()
        return posts

    def edits(self, **fields: object) -> None:
        _edit(self.session, self.actor, self.seller.listing, **fields)

    @property
    def product(self) -> str:
        return f"/san-pham/{self.seller.listing.id}"


def _edit(session: Session, actor: Actor, listing: Listing, **fields: object) -> None:
    kept = [{"id": one.id, "price_vnd": one.price_vnd} for one in packs(listing)]
    listings.save_listing(session, actor, listing_id=listing.id, fields=fields, variants=kept)
    session.commit()


@pytest.fixture
def helper(session: Session, seller: Seller, app: Flask, engine: Engine) -> Helper:
    producer = seller.listing.producer
    producer.hotline, producer.hotline_consent_at = "0912345678", utcnow()
    user, _looking = an_officer(session)
    a_delegation(session, producer)
    session.commit()
    actor = actor_for(session, user.id, producer.id)
    session.commit()
    return Helper(session, user, actor, Browser(app, engine).sign_in(user, producer.id), seller)


def _posts(engine: Engine) -> list[Publication]:
    with open_session(engine, read_only=True) as session:
        return list(session.scalars(select(Publication)))


def _presses_publish(helper: Helper, *channels: Channel) -> Page:
    page = helper.browser.open(helper.product)
    return page.form(button="Gửi bản mới").fill(channels=[one.id for one in channels]).submit("Gửi bản mới") if (
        "Gửi bản mới" in page.text
    ) else page.form(button="Đăng bán").fill(channels=[one.id for one in channels]).submit("Đăng bán")  # fmt: skip


# The words


def test_one_kind_of_pack_is_read_as_one_sentence(helper: Helper) -> None:
    listing = helper.seller.listing
    listing.name = "Mắm tép đồng"

    lines = queries.read_aloud_lines(listing)

    assert lines == [
        "Mắm tép đồng, 70.000 đồng một hũ, trong gói có 250 g, hạn dùng 365 ngày, số gọi công khai 0912 345 678. "
        "Đúng chưa ạ?"
    ]


def test_several_kinds_of_pack_are_read_one_line_each(helper: Helper) -> None:
    listing = helper.seller.listing
    listing.name = "Mắm tép đồng"
    listing.variants.append(
        Variant(
            sku="T-2", label="Hộp quà 2 hũ", net_content=1500, net_unit="g", price_vnd=1_250_000, position=1
        )
    )

    lines = queries.read_aloud_lines(listing)

    assert lines == [
        "Mắm tép đồng,",
        "70.000 đồng một hũ, trong gói có 250 g,",
        "1.250.000 đồng một hộp quà 2 hũ, trong gói có 1.500 g, hạn dùng 365 ngày, số gọi công khai 0912 345 678. "
        "Đúng chưa ạ?",
    ]


def test_what_nobody_filled_in_is_not_read(helper: Helper) -> None:
    listing = helper.seller.listing
    listing.name, listing.shelf_life_days = "Khăn dệt", None
    listing.producer.hotline_consent_at = None
    pack = listing.variants[0]
    pack.label, pack.net_content = "", None

    lines = queries.read_aloud_lines(listing)

    assert lines == ["Khăn dệt, 70.000 đồng. Đúng chưa ạ?"]


def test_a_pack_named_by_its_content_alone_is_a_goi(helper: Helper) -> None:
    listing = helper.seller.listing
    listing.variants[0].label = "250g"

    lines = queries.read_aloud_lines(listing)

    assert "70.000 đồng một gói, trong gói có 250 g" in lines[0]


# The service


def test_a_helper_publishes_nothing_that_was_not_read_out(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    with pytest.raises(ReadAloudFirst) as refused:
        services.request_publish(
            helper.session, helper.actor, listing=helper.seller.listing, channel_ids=[channels["practice"].id]
        )

    helper.session.rollback()
    assert refused.value.code == "read_aloud_first"
    assert _posts(engine) == []


def test_what_was_read_out_goes_out_and_says_who_read_it_to_whom(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer, engine: Engine
) -> None:
    helper.reads(channels["practice"])

    worker.run()

    with open_session(engine, read_only=True) as session:
        noted = session.scalars(select(ReadBack)).one()
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "read_back.agree"))
    assert (noted.user_id, noted.delegation_id) == (helper.user.id, helper.actor.delegation_id)
    assert noted.words.endswith(f"Đúng chưa ạ?\n{channels['practice'].name}")
    assert (entry.on_behalf, entry.delegation_id) == (True, helper.actor.delegation_id)
    assert len(shop.store.products()[0]) == 1


def test_a_later_edit_voids_what_was_read(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer
) -> None:
    (post,) = helper.reads(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=5).run()
    helper.edits(short_text="Mắm mới.")

    with pytest.raises(ReadAloudFirst):
        services.send_again(helper.session, helper.actor, publication_id=post.id)

    helper.session.rollback()
    assert helper.reads(channels["practice"])[0].wanted == "update"


def test_a_place_that_was_not_named_must_be_read_out_too(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    helper.reads(channels["practice"])
    both = [channels["practice"].id, channels["thanh_hoa"].id]

    with pytest.raises(ReadAloudFirst):
        services.request_publish(
            helper.session, helper.actor, listing=helper.seller.listing, channel_ids=both
        )


def test_the_same_version_is_sent_again_without_reading_it_twice(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    (post,) = helper.reads(channels["practice"])

    again = services.send_again(helper.session, helper.actor, publication_id=post.id)

    assert again.state is State.QUEUED


def test_a_number_that_became_public_since_is_read_out_too(
    helper: Helper, channels: dict[str, Channel], session: Session
) -> None:
    helper.seller.listing.producer.hotline_consent_at = None
    session.commit()
    helper.reads(channels["practice"])
    helper.seller.listing.producer.hotline_consent_at = utcnow()
    session.commit()

    with pytest.raises(ReadAloudFirst):
        services.request_publish(
            session, helper.actor, listing=helper.seller.listing, channel_ids=[channels["practice"].id]
        )


def test_words_that_no_longer_stand_there_are_not_agreed_to(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    listing = helper.seller.listing
    version, words = listing.version, "\n".join(queries.read_aloud_lines(listing))
    _edit(helper.session, helper.seller.actor, listing, name="Tên khác")

    with pytest.raises(Refused) as refused:
        services.send_read_aloud(
            helper.session, helper.actor, listing_id=listing.id, version=version, words=words,
            channel_ids=[channels["practice"].id],
        )  # fmt: skip

    helper.session.rollback()
    assert refused.value.code == "read_aloud_changed"
    assert _posts(engine) == []


def test_a_parcel_for_the_post_office_is_read_out_first(helper: Helper, channels: dict[str, Channel]) -> None:
    with pytest.raises(ReadAloudFirst):
        services.request_publish(
            helper.session,
            helper.actor,
            listing=helper.seller.listing,
            channel_ids=[channels["thanh_hoa"].id],
        )


def test_a_clerk_sees_no_price_that_the_producer_has_not_heard(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    (post,) = helper.reads(channels["buudien"])
    heard = queries.prices(post)

    helper.edits(short_text="Mắm mới.")

    assert heard
    assert queries.prices(post) == []


def test_selling_again_is_read_out_first_unless_that_version_was(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer
) -> None:
    helper.seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=5).run()
    services.request_pause(helper.session, helper.actor, listing_id=helper.seller.listing.id, kind="sold_out")
    helper.session.commit()
    worker.run()

    with pytest.raises(ReadAloudFirst) as refused:
        services.request_resume(helper.session, helper.actor, listing_id=helper.seller.listing.id)

    helper.session.rollback()
    assert refused.value.task == "resume"
    assert helper.reads(channels["practice"], task="resume")[0].wanted == "resume"


def test_adopting_a_post_that_is_online_sends_nothing_and_asks_nothing(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    post = services.adopt_link(
        helper.session, helper.actor, listing_id=helper.seller.listing.id,
        channel_id=channels["thanh_hoa"].id, url=f"{queries.info_of(channels['thanh_hoa']).site}/san-pham/1",
    )  # fmt: skip

    assert post.adopted


def test_the_producers_own_people_never_read_anything_out(
    seller: Seller, channels: dict[str, Channel], engine: Engine
) -> None:
    (post,) = seller.publish(channels["practice"])

    assert post.state is State.QUEUED
    with open_session(engine, read_only=True) as session:
        assert session.scalars(select(ReadBack)).all() == []


# The worker: what changed between the yes and the sending does not go out either


def test_an_edit_after_the_yes_and_before_the_sending_stays_at_home(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer, ledger: Ledger
) -> None:
    (post,) = helper.reads(channels["practice"])
    helper.edits(name="Tên chưa ai nghe")

    worker.run()

    stopped = ledger.post(post)
    assert (stopped.state, stopped.wanted, stopped.reason_code) == (State.FAILED, "none", "not_read_aloud")
    assert shop.store.products()[0] == []
    assert "chưa nghe đọc lại" in queries.shown(stopped).sub


def test_a_helpers_edit_does_not_ride_on_what_the_owner_asked_for(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer, ledger: Ledger
) -> None:
    (post,) = helper.seller.publish(channels["practice"])
    helper.edits(name="Tên chưa ai nghe")
    worker.run()
    stopped = ledger.post(post).reason_code

    helper.seller.publish(channels["practice"])
    worker.run()

    assert stopped == "not_read_aloud"
    assert [one["name"] for one in shop.store.products()[0]] == [
        "Tên chưa ai nghe"
    ]  # the owner sent it herself


def test_the_owners_own_edit_still_goes_out_with_what_she_asked_for(
    seller: Seller, channels: dict[str, Channel], worker: Worker, shop: PracticeServer
) -> None:
    seller.publish(channels["practice"])
    _edit(seller.session, seller.actor, seller.listing, name="Tên mới của chủ")

    worker.run()

    assert [one["name"] for one in shop.store.products()[0]] == ["Tên mới của chủ"]


def test_the_public_page_shows_no_words_of_a_helper_that_the_producer_has_not_heard(
    helper: Helper, channels: dict[str, Channel], worker: Worker, browser: Browser
) -> None:
    listing = helper.seller.listing
    helper.seller.publish(channels["nguon_hang"])
    worker.run()
    before = browser.raw(f"/hang/{listing.id}").status_code
    helper.edits(name="Tên chưa ai nghe")
    unheard = browser.raw(f"/hang/{listing.id}").status_code
    seen = has_public_page(helper.session, listing)
    helper.session.commit()

    helper.reads(channels["nguon_hang"])

    assert (before, unheard, seen) == (200, 404, False)
    assert "Tên chưa ai nghe" in browser.open(f"/hang/{listing.id}").text


# The page


def test_pressing_publish_leads_to_a_page_to_read_from_and_yes_sends_it(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    page = _presses_publish(helper, channels["practice"])
    nothing_yet = _posts(engine)
    words = queries.read_aloud_lines(helper.seller.listing)[0]
    helper.session.commit()

    board = page.form("doc-lai").submit("Đúng, đăng bán")

    assert page.path.endswith("/doc-lai")
    assert words in page.text
    assert f"Đăng ở: {channels['practice'].name}." in page.text
    assert nothing_yet == []
    assert not page.html.select("nav, header, footer")
    assert [str(b.get_text(strip=True)) for b in page.html.select(".button")] == ["Đúng, đăng bán", "Sửa"]
    assert board.path == "/bai-dang"
    assert f"Cán bộ {helper.user.name} đã đọc lại và được đồng ý lúc" in board.text
    assert [post.requested_on_behalf for post in _posts(engine)] == [True]


def test_the_product_is_saved_before_it_is_read_out(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    page = helper.browser.open(helper.product)

    page.form(button="Đăng bán").fill(name="Mắm tép mới", channels=[channels["practice"].id]).submit(
        "Đăng bán"
    )

    with open_session(engine, read_only=True) as session:
        listing = session.get_one(Listing, helper.seller.listing.id)
        assert (listing.name, listing.written_on_behalf) == ("Mắm tép mới", True)


def test_sua_leads_back_to_the_product_and_sends_nothing(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    page = _presses_publish(helper, channels["practice"])

    back = page.link("Sửa")

    assert back.path == helper.product
    assert _posts(engine) == []


def test_a_product_changed_while_it_was_read_is_read_again(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    page = _presses_publish(helper, channels["practice"])
    helper.session.expire_all()
    _edit(helper.session, helper.seller.actor, helper.seller.listing, name="Mắm tép chủ vừa sửa")

    again = page.form("doc-lai").submit("Đúng, đăng bán", status=422)

    assert "Đọc lại câu dưới đây" in again.text
    assert "Mắm tép chủ vừa sửa, 70.000 đồng" in again.text
    assert _posts(engine) == []


def test_every_other_button_that_sends_leads_to_the_same_page(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer, engine: Engine
) -> None:
    (post,) = helper.seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=5).run()
    helper.edits(short_text="Mắm mới.")

    from_board = helper.browser.open("/bai-dang").form(button="Gửi bản mới").submit("Gửi bản mới")
    from_post = helper.browser.open(f"/bai-dang/{post.id}").form("/gui").submit()
    from_board.form("doc-lai").submit("Đúng, đăng bán")
    worker.run()

    assert from_board.path == from_post.path == f"{helper.product}/doc-lai"
    assert [one.sent_version for one in _posts(engine)] == [helper.seller.listing.version]


def test_selling_again_from_the_board_leads_to_the_same_page(
    helper: Helper, channels: dict[str, Channel], worker: Worker, shop: PracticeServer, engine: Engine
) -> None:
    helper.seller.publish(channels["practice"])
    worker.run()
    approve(shop)
    worker.later(seconds=5).run()
    helper.browser.open("/bai-dang").form(button="Tạm hết hàng").submit("Tạm hết hàng")
    worker.run()

    page = helper.browser.open("/bai-dang").form(button="Bán lại").submit("Bán lại")
    board = page.form("doc-lai").submit("Đúng, bán lại")

    assert f"Bán lại ở: {channels['practice'].name}." in page.text
    assert board.path == "/bai-dang"
    assert [post.wanted for post in _posts(engine)] == ["resume"]


def test_a_place_that_misses_something_is_named_after_the_yes(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    helper.seller.listing.variants[0].box_length_cm = None
    helper.session.commit()
    chosen = [channels["practice"], channels["thanh_hoa"]]
    gaps = queries.readiness(helper.session, helper.seller.listing, chosen, utcnow().date())
    helper.session.commit()
    short = [one for one in chosen if any(gap.severity == "blocking" for gap in gaps[one.id])]
    page = _presses_publish(helper, *chosen)

    after = page.form("doc-lai").submit("Đúng, đăng bán")

    assert len(_posts(engine)) == len(chosen) - len(short)
    assert after.path == ("/bai-dang" if not short else helper.product)


def test_the_page_is_not_there_for_the_producers_own_people(
    helper: Helper, channels: dict[str, Channel], seller: Seller, session: Session
) -> None:
    owner = session.get_one(User, seller.actor.user_id)
    session.commit()
    browser = helper.browser.another().sign_in(owner, seller.actor.producer_id)
    place = channels["practice"].id

    read = browser.raw(f"{helper.product}/doc-lai?noi={place}")
    said = browser.post(f"{helper.product}/doc-lai", {"noi": place, "version": "1"})

    assert (read.status_code, said.status_code) == (404, 404)


def test_a_yes_without_any_words_on_the_page_counts_for_nothing(
    helper: Helper, channels: dict[str, Channel], engine: Engine
) -> None:
    answer = helper.browser.post(
        f"{helper.product}/doc-lai",
        {"noi": channels["practice"].id, "version": str(helper.seller.listing.version)},
    )

    assert answer.status_code == 422
    assert _posts(engine) == []


def test_a_helper_shares_only_what_the_producer_has_heard(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    before = helper.browser.open(f"{helper.product}/chia-se").text
    helper.edits(name="Tên chưa ai nghe")

    page = helper.browser.open(f"{helper.product}/chia-se")
    card = helper.browser.raw(f"{helper.product}/the-vuong.jpg")

    assert "Chưa chia sẻ được" not in before
    assert "chưa đọc lại cho cơ sở nghe" in page.text
    assert "Tên chưa ai nghe" not in page.html.select_one("main .notice").get_text()
    assert card.status_code == 404


def test_the_board_says_when_the_product_was_changed_after_the_reading(
    helper: Helper, channels: dict[str, Channel]
) -> None:
    helper.reads(channels["practice"])
    helper.edits(short_text="Mắm mới.")

    page = helper.browser.open(helper.product)

    assert "Sau lần đọc đó sản phẩm đã sửa." in page.text


def test_nobody_reads_out_a_product_of_another_producer(helper: Helper, channels: dict[str, Channel]) -> None:
    with pytest.raises(NotFound):
        services.send_read_aloud(
            helper.session, helper.actor, listing_id="khongcogi123", version=1, words="x",
            channel_ids=[channels["practice"].id],
        )  # fmt: skip
