"""Bỏ cả lần nhập này: what an import made goes, exactly that, as long as nothing rests on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ocop.accounts.rules import Role, ScopeKind
from ocop.config import Config
from ocop.db.base import Base, utcnow
from ocop.db.engine import open_session
from ocop.imports.models import DataImport, ImportRow
from ocop.imports.rules import ImportState
from ocop.listings.models import Listing
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind
from ocop.publishing import services as publishing
from ocop.publishing.models import Publication
from ocop.publishing.rules import State
from tests.browser_client import Browser, Page
from tests.factories import a_delegation, a_grant, a_listing, a_producer, a_user, picture
from tests.features.imports.flow import previewed, taken
from tests.features.imports.sheets import a_list, a_row, a_zip, three_producers

# What an import leaves behind on purpose: that it was, and what was done.
KEPT = {"data_import", "import_row", "import_photo", "audit_entry", "sent_form", "sign_in"}


def rows(engine: Engine) -> dict[str, list[str]]:
    """Every row of every table an undone import must leave as it was."""
    with open_session(engine, read_only=True) as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
            if table.name not in KEPT
        }


def undone(page: Page, status: int = 200) -> Page:
    return page.link("Bỏ cả lần nhập này").form(action_contains="/bo").submit(status=status)


def test_undoing_leaves_every_table_as_it_was(
    desk: Browser, worker: Callable[..., None], engine: Engine, session: Session
) -> None:
    there = a_producer(session, name="HTX Có Trước")
    a_listing(session, there)
    session.commit()
    before = rows(engine)
    file = a_list(
        a_row(1, "Chè lam", "HTX Có Trước", stars=4, decision="9/QĐ-UBND", issued="01/02/2026"),
        a_row(2, "Mắm tép", "HTX Mới", stars=3, decision="10/QĐ-UBND", issued="01/02/2026"),
    )
    page = taken(desk, worker, file, a_zip([("Mắm tép/1.jpg", picture())]))
    between = rows(engine)

    page = undone(page)

    assert "Đã bỏ cả lần nhập" in page.text
    assert between != before
    assert rows(engine) == before
    with open_session(engine, read_only=True) as session:
        assert session.scalars(select(DataImport)).one().state is ImportState.UNDONE


def test_what_was_edited_since_is_named_and_asked_for_once_more(
    desk: Browser, worker: Callable[..., None], engine: Engine, session: Session
) -> None:
    page = taken(desk, worker, three_producers())
    before = page.link("Bỏ cả lần nhập này")
    listing = session.scalars(select(Listing).where(Listing.name == "Chè lam")).one()
    listing.story = "Sửa sau khi nhập"
    session.commit()

    asked = before.form(action_contains="/bo").submit(status=422)
    still = engine_count(engine, Listing)
    gone = asked.form(action_contains="/bo").submit("kể cả phần đã sửa")

    assert "Chè lam" in asked.text
    assert still == 6
    assert "Đã bỏ cả lần nhập" in gone.text
    assert engine_count(engine, Listing) == engine_count(engine, Producer) == 0


def engine_count(engine: Engine, model: type) -> int:
    with open_session(engine, read_only=True) as session:
        return len(session.scalars(select(model)).all())


def _publish(session: Session, config: Config, producer: Producer, listing: Listing) -> None:
    channel = publishing.seed_channels(session, config)[0]
    session.add(Publication(listing=listing, channel=channel, state=State.QUEUED))


def _delegate(session: Session, config: Config, producer: Producer, listing: Listing) -> None:
    a_delegation(session, producer)


def _give_owner(session: Session, config: Config, producer: Producer, listing: Listing) -> None:
    a_grant(session, a_user(session), Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)


def _add_product(session: Session, config: Config, producer: Producer, listing: Listing) -> None:
    a_listing(session, producer)


def _add_paper(session: Session, config: Config, producer: Producer, listing: Listing) -> None:
    session.add(Certificate(producer_id=producer.id, kind=CertificateKind.FOOD_SAFETY, number="MẪU-1"))


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (_publish, "đã đăng lên sàn hoặc gửi bưu điện"),
        (_delegate, "đã nhờ làm hộ"),
        (_give_owner, "đã có người dùng riêng"),
        (_add_product, "đã có thêm sản phẩm khác"),
        (_add_paper, "đã có thêm giấy tờ khác"),
    ],
)
def test_what_rests_on_it_stands_in_the_way_and_is_named(
    happens: Callable[[Session, Config, Producer, Listing], None],
    words: str,
    desk: Browser,
    worker: Callable[..., None],
    engine: Engine,
    session: Session,
    config: Config,
) -> None:
    page = taken(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mới")))
    asked = page.link("Bỏ cả lần nhập này")
    happens(session, config, session.scalars(select(Producer)).one(), session.scalars(select(Listing)).one())
    session.commit()

    refused = asked.form(action_contains="/bo").submit(status=422)

    assert words in refused.text
    assert not refused.html.select("form[action$='/bo']")
    assert engine_count(engine, Producer) == 1


def test_an_own_person_without_a_word_to_the_office_keeps_the_row_out(
    desk: Browser, worker: Callable[..., None], session: Session
) -> None:
    producer, owner = a_producer(session, name="HTX Có Người"), a_user(session)
    owner.password_hash = "x"
    a_grant(session, owner, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)
    session.commit()

    alone = previewed(desk, worker, a_list(a_row(1, "Chè lam", "HTX Có Người")))
    a_delegation(session, producer)
    session.commit()
    asked = previewed(desk, worker, a_list(a_row(1, "Chè lam", "HTX Có Người")))

    assert "đã có người dùng. Nhờ cơ sở cho phép xã làm hộ trước" in alone.text
    assert "1 dòng đúng" in asked.text


def test_what_a_producer_got_stays_once_it_took_its_word_back(
    desk: Browser, worker: Callable[..., None], engine: Engine, session: Session
) -> None:
    producer, owner = a_producer(session, name="HTX Có Người"), a_user(session)
    owner.password_hash = "x"
    a_grant(session, owner, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, producer.id)
    given = a_delegation(session, producer)
    session.commit()
    page = taken(desk, worker, a_list(a_row(1, "Chè lam", "HTX Có Người")))
    asked = page.link("Bỏ cả lần nhập này")
    given.revoked_at = utcnow()
    session.commit()

    refused = asked.form(action_contains="/bo").submit(status=422)

    assert "HTX Có Người không còn nhờ xã này làm hộ" in refused.text
    assert engine_count(engine, Listing) == 1


def test_what_a_producer_got_stays_once_it_is_in_another_commune(
    desk: Browser, worker: Callable[..., None], engine: Engine, session: Session
) -> None:
    producer = a_producer(session, name="HTX Dọn Đi")
    session.commit()
    page = taken(desk, worker, a_list(a_row(1, "Chè lam", "HTX Dọn Đi")))
    asked = page.link("Bỏ cả lần nhập này")
    producer.commune_code = "14758"
    session.commit()

    asked.form(action_contains="/bo").submit(status=422)

    assert engine_count(engine, Listing) == 1


def test_after_ninety_days_the_sheet_is_forgotten_and_can_still_be_undone(
    desk: Browser, worker: Callable[..., None], engine: Engine, config: Config
) -> None:
    page = taken(desk, worker, a_list(a_row(1, "Mắm tép", "HTX Mới")), a_zip([("x/1.jpg", picture())]))
    zip_before = list((config.var / "imports").iterdir())

    worker(dt.timedelta(days=91))
    with open_session(engine, read_only=True) as session:
        kept = [bool(one) for one in session.scalars(select(DataImport.content))]
        left = session.scalars(select(ImportRow)).all()
    gone = undone(desk.open(page.path))

    assert len(zip_before) == 1
    assert (kept, left, list((config.var / "imports").iterdir())) == ([False], [], [])
    assert "Đã bỏ cả lần nhập" in gone.text
    assert engine_count(engine, Producer) == 0
