"""Opening a class, beginning it anew, closing it: who may, what is there afterwards, and what is left of it."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.accounts import services as accounts
from ocop.accounts.models import Grant, SignIn
from ocop.accounts.queries import actor_for, workplaces
from ocop.accounts.rules import Role
from ocop.config import Config
from ocop.db import secrets
from ocop.db.actor import NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import today
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings.models import Listing
from ocop.places.rules import PRACTICE_COMMUNES, is_practice
from ocop.producers import queries as producers
from ocop.producers.models import Certificate, Producer
from ocop.training import queries, services
from tests.browser_client import Browser
from tests.factories import a_producer, an_officer, an_operator, an_owner
from tests.features.training.conftest import Class


def _open(session: Session, config: Config, actor, pictures, **values):  # type: ignore[no-untyped-def]
    said = {
        "name": "Lớp", "held_on": today(), "place": "", "people": 3, "officers": 0, "volunteers": 0,
        "commune_code": "15286", "pictures": pictures,
        "secret": secrets.load(config.secrets_dir).session, **values,
    }  # fmt: skip
    return services.open_class(session, actor, **said)


def test_a_class_has_three_sample_producers_in_different_states(a_class: Class) -> None:
    samples = a_class.samples

    listings = a_class.session.scalars(select(Listing).order_by(Listing.created_at)).all()
    shots = [[photo.shot for photo in listing.photos] for listing in listings]
    lapsing = a_class.session.scalars(select(func.min(Certificate.expires_on))).one()

    assert [one.sample for one in samples] == [True, True, True]
    assert shots == [["front", "back_label", "making"], ["front"], ["front", "back_label"]]
    assert 0 < (lapsing - today()).days <= 30
    assert is_practice(a_class.commune)


def test_the_people_of_a_class_play_an_officer_a_volunteer_and_owners(a_class: Class) -> None:
    samples = a_class.samples

    officer = a_class.acting(Role.COMMUNE_OFFICER, samples[0])
    volunteer = a_class.acting(Role.VILLAGE_VOLUNTEER, samples[0])
    owner = a_class.acting(Role.PRODUCER_OWNER, samples[0])

    assert officer.communes == {a_class.commune} and officer.on_behalf and officer.may("publish")
    assert volunteer.on_behalf and volunteer.may("listing.edit") and not volunteer.may("publish")
    assert owner.may("grant.give") and not owner.on_behalf
    assert [one.user.name for one in a_class.held.learners] == [f"Học viên {n}" for n in range(1, 6)]


def test_two_classes_never_share_a_practice_commune(session: Session, config: Config, a_class: Class) -> None:
    other = _open(session, config, a_class.actor, a_class.pictures)

    assert other.practice_commune != a_class.commune
    assert {other.practice_commune, a_class.commune} <= set(PRACTICE_COMMUNES)


def test_when_every_practice_commune_is_lent_a_class_must_wait(
    session: Session, config: Config, a_class: Class, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = {a_class.commune: PRACTICE_COMMUNES[a_class.commune]}
    monkeypatch.setattr(queries, "PRACTICE_COMMUNES", only)

    with pytest.raises(Refused) as refused:
        _open(session, config, a_class.actor, a_class.pictures)

    assert refused.value.code == "class_no_commune"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"people": 41}, "class_too_many"),
        ({"people": 2, "officers": 2, "volunteers": 1}, "class_roles"),
        ({"people": 40, "officers": 11}, "class_too_many"),
    ],
)
def test_a_class_of_odd_numbers_is_refused_and_nothing_is_made(
    session: Session,
    config: Config,
    pictures,
    values,
    code,  # type: ignore[no-untyped-def]
) -> None:
    _user, actor = an_officer(session)

    with pytest.raises(Refused) as refused:
        _open(session, config, actor, pictures, **values)

    assert refused.value.code == code
    assert session.scalar(select(func.count()).select_from(Producer)) == 0


def test_an_owner_a_learner_and_an_officer_of_elsewhere_hold_no_class(
    session: Session, config: Config, a_class: Class
) -> None:
    _user, _producer, owner = an_owner(session)
    _user, elsewhere = an_officer(session, "14869")
    learner = a_class.acting(Role.COMMUNE_OFFICER)

    for actor in (owner, elsewhere, learner):
        with pytest.raises(NotFound):
            queries.one(session, actor, a_class.held.id)
        with pytest.raises(NotFound):
            _open(session, config, actor, a_class.pictures)
    with pytest.raises(NotFound):
        _open(session, config, learner, a_class.pictures, commune_code=a_class.commune)


def test_an_operator_holds_a_class_of_any_real_commune_and_never_of_a_practice_one(
    session: Session,
    config: Config,
    pictures,  # type: ignore[no-untyped-def]
) -> None:
    _user, operator = an_operator(session)

    held = _open(session, config, operator, pictures, commune_code="14869")
    with pytest.raises(Refused) as refused:
        _open(session, config, operator, pictures, commune_code="T0007")

    assert held.commune_code == "14869"
    assert refused.value.code == "field_commune"


def test_beginning_anew_lays_the_same_three_producers_and_keeps_everybody_signed_in(
    session: Session, config: Config, engine: Engine, a_class: Class
) -> None:
    key = secrets.load(config.secrets_dir).session
    owner = a_class.learner(Role.PRODUCER_OWNER)
    accounts.start_sign_in(session, user_id=owner.id, secret=key)
    a_producer(session, commune_code=a_class.commune, name="Cơ sở học viên tự thêm")
    session.commit()
    before = [one.id for one in a_class.samples]

    a_class.begin_anew()

    with open_session(engine, read_only=True) as fresh:
        now = fresh.scalars(select(Producer).where(Producer.commune_code == a_class.commune)).all()
        row = fresh.scalars(select(SignIn).where(SignIn.user_id == owner.id)).one()
        assert sorted(one.name for one in now) == sorted(one.name for one in a_class.samples)
        assert len(now) == 3 and not {one.id for one in now} & set(before)
        assert row.ended_at is None and row.producer_id in {one.id for one in now}
        assert actor_for(fresh, owner.id, row.producer_id).may("grant.give")
        assert list(workplaces(fresh, owner.id)) == [row.producer_id]


def test_beginning_anew_touches_nothing_of_anybody_else(
    session: Session, config: Config, a_class: Class
) -> None:
    _user, real, _actor = an_owner(session)
    other = _open(session, config, a_class.actor, a_class.pictures)
    session.commit()
    theirs = [one.id for one in queries.samples(session, other)]

    a_class.begin_anew()

    assert session.get(Producer, real.id) is not None
    assert [one.id for one in queries.samples(session, other)] == theirs


def test_the_trail_of_what_a_class_did_stays(session: Session, a_class: Class) -> None:
    sample = a_class.samples[0].id
    before = session.scalar(select(func.count()).where(AuditEntry.producer_id == sample))

    a_class.begin_anew()

    after = session.scalar(select(func.count()).where(AuditEntry.producer_id == sample))
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "class.reset")).one()
    assert 0 < before <= after
    assert entry.old["rows"]["producer"] == 3 and entry.user_id == a_class.actor.user_id


def test_closing_ends_sign_ins_rights_and_codes_and_frees_the_commune(
    session: Session, config: Config, engine: Engine, a_class: Class
) -> None:
    key = secrets.load(config.secrets_dir).session
    people = [one.user_id for one in a_class.held.learners]
    for user_id in people:
        accounts.start_sign_in(session, user_id=user_id, secret=key)
    session.commit()

    services.close_class(session, a_class.actor, class_id=a_class.held.id)
    session.commit()

    with open_session(engine, read_only=True) as fresh:
        assert fresh.scalars(select(SignIn).where(SignIn.ended_at.is_(None))).all() == []
        alive = select(Grant).where(Grant.user_id.in_(people), Grant.revoked_at.is_(None))
        assert fresh.scalars(alive).all() == []
        assert fresh.scalars(select(Producer)).all() == []
        assert all(accounts.latest_code(fresh, user_id) is None for user_id in people)
        assert queries.free_commune(fresh) == a_class.commune
        for user_id in people:
            with pytest.raises(NotFound):
                actor_for(fresh, user_id)


def test_a_closed_class_is_neither_begun_anew_nor_closed_again(session: Session, a_class: Class) -> None:
    services.close_class(session, a_class.actor, class_id=a_class.held.id)
    session.commit()

    for act in (
        a_class.begin_anew,
        lambda: services.close_class(session, a_class.actor, class_id=a_class.held.id),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "class_closed"


def test_a_practice_producer_never_moves_out_nor_a_real_one_in(session: Session, a_class: Class) -> None:
    _user, real, _actor = an_owner(session)

    for producer, code in ((a_class.samples[0], "15286"), (real, a_class.commune)):
        with pytest.raises(Refused) as refused:
            producer.commune_code = code
        assert refused.value.code == "practice_border"
    assert not producers.in_training(session, real.id) and producers.in_training(
        session, a_class.samples[0].id
    )


def test_an_officer_opens_a_class_prints_its_slips_and_a_learner_gets_in(
    session: Session,
    config: Config,
    browser: Browser,
    pictures,  # type: ignore[no-untyped-def]
) -> None:
    user, _actor = an_officer(session)
    browser.sign_in(user)

    form = browser.open("/tap-huan").link("Mở lớp").form(button="Mở lớp")
    page = form.fill(name="Lớp 40 người", people="40", officers="2", volunteers="3").submit("Mở lớp")
    slips = page.link("Phiếu đăng nhập")
    first = slips.html.select(".slip")[0]
    code = first.select_one(".stamp-code").get_text()
    picture = browser.raw(str(first.select_one("img")["src"]))
    learner = browser.another()
    inside = (
        learner.open(f"/lan-dau/{code.replace('-', '')}")
        .form()
        .fill(password="thuyền nan 77", again="thuyền nan 77")
        .submit()
    )

    assert len(slips.html.select(".slip")) == 40
    assert picture.mimetype == "image/svg+xml"
    assert "TẬP HUẤN – không bán thật" in inside.text


def test_a_slip_made_anew_shuts_out_who_had_the_old_password(
    session: Session, config: Config, browser: Browser, a_class: Class
) -> None:
    learner = a_class.held.learners[0]
    learner.user.password_hash = "x"
    session.commit()
    neighbour = browser.another().sign_in(learner.user)
    before = neighbour.raw("/thong-bao").status_code
    browser.sign_in(a_class.holder)

    page = browser.open(f"/tap-huan/{a_class.held.id}")
    slips = page.form("phieu-moi", button="In phiếu mới").submit()

    assert "Học viên 1" in slips.text
    assert (before, neighbour.raw("/thong-bao").status_code) == (200, 303)
    session.expire_all()
    assert learner.user.password_hash is None


def test_slips_another_person_issued_are_not_shown(
    session: Session, browser: Browser, a_class: Class
) -> None:
    colleague, _actor = an_officer(session)
    browser.sign_in(colleague)

    page = browser.open(f"/tap-huan/{a_class.held.id}/phieu")
    again = page.form(button="Làm phiếu mới").submit()

    assert page.html.select(".slip") == []
    assert len(again.html.select(".slip")) == 5


def test_buttons_begin_anew_and_close(session: Session, browser: Browser, a_class: Class) -> None:
    browser.sign_in(a_class.holder)
    before = {one.id for one in a_class.samples}
    session.commit()

    page = browser.open(f"/tap-huan/{a_class.held.id}").form("lam-lai").submit()
    session.expire_all()
    laid = {one.id for one in a_class.samples}
    session.commit()
    closed = page.form("dong").submit()

    assert "Đã bày lại dữ liệu mẫu" in page.text and not laid & before and len(laid) == 3
    assert "Đã đóng" in closed.text
    assert "xóa" in closed.link("Lớp thử").text


def test_the_band_is_on_the_pages_of_a_class_and_on_no_others(
    session: Session, browser: Browser, a_class: Class
) -> None:
    real, _producer, _actor = an_owner(session)

    pages = [
        browser.another().sign_in(a_class.learner(role)).open("/tai-khoan").text
        for role in (Role.COMMUNE_OFFICER, Role.VILLAGE_VOLUNTEER, Role.PRODUCER_OWNER)
    ]
    theirs = browser.another().sign_in(real).open("/san-pham").text
    holder = browser.another().sign_in(a_class.holder).open("/tap-huan").text

    assert all("TẬP HUẤN – không bán thật" in page for page in pages)
    assert "TẬP HUẤN – không bán thật" not in theirs + holder
