"""A commune with a bit of everything, all on fixed days around the third quarter of 2026."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation
from ocop.accounts.rules import Bundle, HelperKind, Role, ScopeKind
from ocop.batches.models import Batch, Scan, StampRange, StampRoll
from ocop.db.audit import AuditEntry
from ocop.db.base import VIETNAM
from ocop.listings.models import Listing
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, ProducerKind
from ocop.publishing.models import Channel, CheckedLink, LinkCheck, Publication
from ocop.publishing.rules import BoothState, State
from ocop.reports.models import Revenue
from ocop.reports.queries import Scope
from ocop.reports.queries.counting import count
from ocop.reports.rules.figures import Figures
from ocop.reports.rules.periods import read_period
from ocop.training.models import TrainingClass
from tests.factories import a_delegation, a_grant, a_listing, a_producer, a_user

COMMUNE, NEIGHBOUR, PROVINCE = "15286", "15271", "38"
TODAY = dt.date(2026, 10, 5)


def at(day: int, month: int, year: int = 2026, hour: int = 9) -> dt.datetime:
    return dt.datetime(year, month, day, hour, tzinfo=VIETNAM)


def the_quarter(session: Session, *, key: str = "2026-Q3") -> Figures:
    return count(session, Scope(ScopeKind.COMMUNE, COMMUNE), read_period(key), TODAY)


def lay(session: Session) -> dict[str, Producer]:
    """Committed. coop: two products, one with four stars; household: helped, with a booth; closed; neighbour."""
    coop = a_producer(session, name="HTX Mắm Mẫu", former_commune="xã Yên Dương", created_at=at(1, 3, 2025))
    household = a_producer(session, name="Hộ Chè Mẫu", kind=ProducerKind.HOUSEHOLD, created_at=at(20, 8))
    closed = a_producer(
        session, name="Cơ sở Đã Nghỉ", created_at=at(1, 3, 2025), closed_on=dt.date(2026, 9, 1)
    )
    neighbour = a_producer(session, name="HTX Xã Bên", commune_code=NEIGHBOUR, created_at=at(1, 3, 2025))
    sauce = a_listing(session, coop, name="Mắm tép", created_at=at(1, 4, 2025))
    tea = a_listing(session, coop, name="Chè xanh", set_no=11, created_at=at(1, 5))
    a_listing(session, coop, name="Mắm cũ", created_at=at(1, 4, 2025), archived_at=at(1, 8))
    herb = a_listing(session, household, name="Trà lá", set_no=12, created_at=at(21, 8))
    a_listing(session, closed, name="Hàng đã nghỉ", created_at=at(1, 4, 2025))
    a_listing(session, neighbour, name="Hàng xã bên", created_at=at(1, 4, 2025))
    _papers(session, coop, household, sauce, tea, herb)
    _posts(session, household, sauce, tea, herb)
    _stamps(session, coop, sauce)
    _help(session, coop, household)
    _said(session, coop, household, neighbour)
    session.commit()
    return {"coop": coop, "household": household, "closed": closed, "neighbour": neighbour}


def _papers(
    session: Session, coop: Producer, household: Producer, sauce: Listing, tea: Listing, herb: Listing
) -> None:
    def paper(producer: Producer, kind: CertificateKind, number: str, **values: object) -> None:
        session.add(
            Certificate(
                producer_id=producer.id, kind=kind, number=number, created_at=at(1, 3, 2025), **values
            )
        )

    day = dt.date
    sauces, teas, herbs = {"listing_id": sauce.id}, {"listing_id": tea.id}, {"listing_id": herb.id}
    food, ocop = CertificateKind.FOOD_SAFETY, CertificateKind.OCOP
    paper(coop, ocop, "11/QĐ-MẪU", **sauces, stars=4, issued_on=day(2025, 1, 10), expires_on=day(2028, 1, 9))
    # Over its printed day, kept by a dossier filed in time.
    paper(coop, ocop, "12/QĐ-MẪU", **teas, stars=3, issued_on=day(2023, 9, 16), expires_on=day(2026, 9, 15),
          reassessment_filed_on=day(2026, 5, 10), runs_until=day(2027, 3, 14))  # fmt: skip
    paper(
        household,
        ocop,
        "13/QĐ-MẪU",
        **herbs,
        stars=3,
        issued_on=day(2023, 10, 21),
        expires_on=day(2026, 10, 20),
    )
    paper(coop, food, "AT-1", issued_on=day(2023, 6, 16), expires_on=day(2026, 6, 15))  # AT-2 took its place
    paper(coop, food, "AT-2", issued_on=day(2026, 6, 1), expires_on=day(2029, 5, 31))
    paper(household, food, "AT-3", issued_on=day(2023, 9, 2), expires_on=day(2026, 9, 1))
    paper(coop, CertificateKind.VIETGAP, "VG-1", issued_on=day(2024, 3, 2), expires_on=day(2027, 3, 1))


def _posts(session: Session, household: Producer, sauce: Listing, tea: Listing, herb: Listing) -> None:
    shops = {
        key: Channel(marketplace=key, name=key) for key in ("buudien", "thanh_hoa", "practice", "nguon_hang")
    }
    booth = Channel(
        marketplace="thanh_hoa", owner_producer_id=household.id, name="Gian hàng", booth=BoothState.OPEN,
        created_at=at(5, 9),
    )  # fmt: skip
    session.add_all([*shops.values(), booth])

    def post(
        listing: Listing, shop: str, state: State, confirmed: dt.datetime | None, since: dt.datetime
    ) -> None:
        url = f"https://{shop}.example/{listing.set_no}" if confirmed else ""
        session.add(
            Publication(
                listing=listing,
                channel=shops[shop],
                state=state,
                confirmed_at=confirmed,
                state_since=since,
                url=url,
            )  # fmt: skip
        )

    post(sauce, "buudien", State.LIVE, at(10, 4), at(10, 4))
    post(sauce, "practice", State.LIVE, at(11, 4), at(11, 4))
    post(sauce, "nguon_hang", State.LIVE, at(11, 4), at(11, 4))
    post(tea, "thanh_hoa", State.DRIFTED, at(5, 8), at(20, 9))
    post(tea, "buudien", State.WITHDRAWN, at(3, 5), at(10, 9))
    post(
        sauce, "thanh_hoa", State.WITHDRAWN, at(3, 5), at(2, 10)
    )  # taken down after the quarter: it stood then
    post(herb, "buudien", State.HANDED_OFF, None, at(10, 9))


def _stamps(session: Session, coop: Producer, sauce: Listing) -> None:
    variant = sauce.variants[0]
    lot = Batch(
        producer_id=coop.id,
        variant_id=variant.id,
        lot_number="MT-1",
        made_on=dt.date(2026, 7, 8),
        quantity=200,
    )
    session.add(lot)
    for roll, size, practice in ((1, 200, False), (2, 50, True)):
        session.add(
            StampRoll(
                id=roll, key_version="A", producer_id=coop.id, variant_id=variant.id, base_url="https://tem.example",
                practice=practice, size=size, issued_at=at(10, 7),
            )
        )  # fmt: skip
    session.flush()
    session.add(StampRange(roll_id=1, first=1, last=120, batch_id=lot.id, activated_at=at(12, 7)))
    days = (at(1, 8), at(2, 8), at(3, 8), at(3, 8, hour=10), at(30, 9, hour=23), at(1, 10, hour=0))
    for number, (index, when) in enumerate(zip((1, 2, 1, 3, 3, 4), days, strict=True)):
        session.add(
            Scan(key=f"{number:032x}", roll_id=1, index=index, at=when, device="d" * 16, verdict="active")
        )


def _help(session: Session, coop: Producer, household: Producer) -> None:
    a_grant(
        session, a_user(session), Role.PRODUCER_OWNER, ScopeKind.PRODUCER, coop.id, valid_from=dt.date(2025, 3, 1)
    )  # fmt: skip
    a_delegation(session, household, valid_from=dt.date(2026, 9, 1), valid_to=dt.date(2027, 8, 31))
    session.add(
        Delegation(
            producer_id=coop.id, helper_kind=HelperKind.OFFICE, helper_id=COMMUNE, bundle=Bundle.WRITE,
            valid_from=dt.date(2026, 5, 1), valid_to=dt.date(2027, 4, 30), revoked_at=at(15, 9),
        )
    )  # fmt: skip
    for when in (at(3, 9), at(4, 9), at(30, 9, hour=23), at(1, 10)):
        session.add(
            AuditEntry(
                at=when, user_name="Cán bộ mẫu", producer_id=household.id, on_behalf=True, action="mẫu",
                entity="listing", entity_id="x", old={}, new={},
            )
        )  # fmt: skip


def _said(session: Session, coop: Producer, household: Producer, neighbour: Producer) -> None:
    for producer, month, amount in (
        (coop, 6, 5_000_000), (coop, 7, 12_000_000), (coop, 8, 8_500_000), (household, 9, 3_000_000),
        (household, 10, 9_999), (neighbour, 8, 7_000_000),
    ):  # fmt: skip
        session.add(Revenue(producer_id=producer.id, month=dt.date(2026, month, 1), amount_vnd=amount))
    for commune, people in ((COMMUNE, 30), (NEIGHBOUR, 20)):
        session.add(
            TrainingClass(
                name="Lớp đưa hàng lên sàn", commune_code=commune, practice_commune="T0001",
                held_on=dt.date(2026, 8, 10), people=people, place="Nhà văn hóa",
            )
        )  # fmt: skip
    check = LinkCheck(commune_code=COMMUNE, file_name="danh-sach.xlsx", made_at=at(20, 9))
    for row, result in enumerate(("right", "dead", "other_price"), 1):
        check.links.append(
            CheckedLink(
                row=row, url=f"https://vi-du.example/{row}", product_name=f"Hàng {row}", result=result
            )
        )
    session.add(check)
