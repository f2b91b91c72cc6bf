"""A person without an account: opens a link with a PIN, copies, answers. Over HTTP, on one phone, without cookies."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from PIL import Image
from sqlalchemy import select

from ocop.accounts.models import SignInAttempt, User
from ocop.db import secrets
from ocop.db.actor import NotAllowed, NotFound
from ocop.db.audit import AuditEntry
from ocop.db.base import utcnow
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings.models import Variant
from ocop.publishing import queries, services
from ocop.publishing.models import ClerkLink, Publication
from ocop.publishing.rules import State, parcel_path
from ocop.publishing.services import clerk_keys
from tests.browser_client import Browser
from tests.factories import a_listing, an_officer, an_owner, with_photos
from tests.features.publishing.conftest import Seller

URL = "https://nongsanantoanthanhhoa.vn/san-pham/mam-tep"
ZALO = "Mozilla/5.0 (Linux; Android 12; wv) Zalo android/12"
BOT = "Zalo-Preview/1.0 (+http://zalo.me)"


@pytest.fixture
def secret(config) -> bytes:
    return secrets.load(config.secrets_dir).session


@pytest.fixture
def handed_off(seller, channels, worker):
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    return post


class Phone(Browser):
    """A browser inside a chat program: names itself, keeps no cookie."""

    def __init__(self, app, engine, agent: str = ZALO) -> None:
        super().__init__(app, engine)
        self.client = app.test_client(use_cookies=False)
        self.client.environ_base["HTTP_USER_AGENT"] = agent

    def enter(self, link: ClerkLink, secret: bytes, *, pin: str | None = None, status: int = 200):
        door = self.open(f"/b/{services.address_of(link.id, secret)}")
        return door.form().fill(pin=pin or services.pin_of(link.id, secret)).submit(status=status)


@pytest.fixture
def phone(app, engine) -> Phone:
    return Phone(app, engine)


def a_link(session, actor, **of) -> ClerkLink:
    link = services.make_link(session, actor, **of)
    session.commit()
    return link


def an_officers_link(session, **of) -> ClerkLink:
    _user, officer = an_officer(session)
    return a_link(session, officer, commune_code="15286", **of)


def another_handed_off(session, config, channels, worker, place: str = "thanh_hoa") -> Publication:
    """Of another producer in the same commune."""
    _user, producer, actor = an_owner(session)
    listing = with_photos(session, a_listing(session, producer, name="Bánh gai lá dừa"), config.media_dir, 2)
    session.commit()
    (post,) = Seller(session, actor, listing).publish(channels[place])
    worker.run()
    return post


def newest_link(engine) -> ClerkLink:
    with open_session(engine, read_only=True) as session:
        return session.scalars(select(ClerkLink).order_by(ClerkLink.created_at.desc())).first()


def wrong(pin: str) -> str:
    return f"{(int(pin) + 1) % 1_000_000:06}"


def audited(engine, action: str) -> list[AuditEntry]:
    with open_session(engine, read_only=True) as session:
        return list(session.scalars(select(AuditEntry).where(AuditEntry.action == action)))


# The journey


def test_from_the_link_to_the_answer_without_account_and_without_cookies(
    session, seller, handed_off, phone, secret, ledger
):
    link = a_link(session, seller.actor, publication_id=handed_off.id, label="chị Mẫu bưu điện")

    page = phone.enter(link, secret)
    thanked = page.form("tra-loi").fill(answer="posted", url=URL).submit()

    told = ledger.post(handed_off)
    assert page.heading == seller.listing.name
    assert "70.000 đồng" in page.text and "Đăng sản phẩm mới" in page.text
    assert (told.state, told.url, told.wanted) == (State.POSTED_NO_LINK, URL, "look")
    assert "Đã ghi, cảm ơn" in thanked.text
    assert "Set-Cookie" not in page.response.headers and "Set-Cookie" not in thanked.response.headers


def test_the_texts_stand_in_the_order_of_the_targets_form(session, seller, handed_off, phone, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)

    page = phone.enter(link, secret)

    labels = [label.get_text() for label in page.html.select("[data-copy] label")]
    assert labels[:5] == ["Tên sản phẩm", "Mã sản phẩm", "Loại sản phẩm", "Danh mục", "Giới thiệu"]
    assert page.one("#chu-1")["value"] == seller.listing.name


def test_every_photo_opens_alone_and_the_zip_is_there(session, seller, handed_off, phone, secret):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    photos = [str(a["href"]) for a in page.html.select(".photo > a:first-child")]
    saved = phone.raw(str(page.html.select(".photo .button")[0]["href"]))

    opened = [phone.raw(photo) for photo in photos]
    parcel = phone.raw(str(page.html.select_one("a[href$='ho-so.zip']")["href"]))

    assert [Image.open(io.BytesIO(one.data)).format for one in opened] == ["JPEG", "JPEG"]
    assert all(len(one.data) <= 2_000_000 for one in opened)
    assert "attachment" in saved.headers["Content-Disposition"]
    assert "mam-tep-dong-u-thinh-gao-rang-hu-thuy-01-mat-truoc.jpg" in saved.headers["Content-Disposition"]
    assert "huong-dan.html" in zipfile.ZipFile(io.BytesIO(parcel.data)).namelist()


def test_downloads_work_for_a_program_with_another_name(
    session, app, engine, seller, handed_off, phone, secret
):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    fetched = Phone(app, engine, "Dalvik/2.1").raw(str(page.html.select_one(".photo > a")["href"]))

    assert fetched.status_code == 200


def test_several_packings_are_shown_one_at_a_time(session, channels, worker, seller, phone, secret):
    seller.listing.variants.append(
        Variant(sku="TEST-HU500", label="Hũ 500 g", net_content=500, net_unit="g", price_vnd=130_000)
    )
    session.commit()
    (post,) = seller.publish(channels["thanh_hoa"])
    worker.run()
    first = phone.enter(a_link(session, seller.actor, publication_id=post.id), secret)

    second = first.link("Hũ 500 g")

    assert "Hũ 250 g" in str(first.one("#chu-1")["value"])
    assert "Hũ 500 g" in str(second.one("#chu-1")["value"])
    assert "130.000 đồng" in first.text


@pytest.mark.parametrize(
    "answer, said, state",
    [
        ("posted_no_link", {}, State.POSTED_NO_LINK),
        ("returned", {"reason": "Ảnh nhãn mờ"}, State.REJECTED),
    ],
)
def test_the_other_answers(answer, said, state, session, seller, handed_off, phone, secret, ledger):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    page.form("tra-loi").fill(answer=answer, **said).submit()

    assert ledger.post(handed_off).state is state


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://vi-du.vn/san-pham/1", "//nongsanantoanthanhhoa.vn/a"]
)
def test_a_link_to_elsewhere_is_refused_at_its_field(url, session, seller, handed_off, phone, secret, ledger):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    again = page.form("tra-loi").fill(answer="posted", url=url).submit(status=422)

    assert "phải là trang sản phẩm" in again.one("#url-error").get_text()
    assert ledger.post(handed_off).state is State.HANDED_OFF


def test_the_same_answer_sent_twice_is_written_once(session, seller, handed_off, phone, secret, ledger):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    form = page.form("tra-loi").fill(answer="returned", reason="Ảnh nhãn mờ")

    form.submit()
    form.submit()

    assert ledger.outcomes(handed_off) == ["handed_off", "returned"]


# The door


def test_a_preview_bot_learns_nothing_and_changes_nothing(
    session, app, engine, seller, handed_off, secret, ledger
):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    bot = Phone(app, engine, BOT)

    page = bot.open(f"/b/{services.address_of(link.id, secret)}")

    session.refresh(link)
    assert page.heading == "Nhập mã mở"
    assert seller.listing.name not in page.text and seller.listing.producer.name not in page.text
    assert not page.html.select("meta[property]")
    assert "noindex" in page.response.headers["X-Robots-Tag"]
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert (link.opened_at, ledger.post(handed_off).handed_at) == (None, None)


def test_a_page_passed_on_from_the_address_bar_asks_for_the_pin(
    session, app, engine, seller, handed_off, phone, secret
):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    seen = Phone(app, engine, BOT).open(page.path)

    assert seen.heading == "Nhập mã mở"


def test_the_right_pin_marks_link_and_post_as_opened(
    session, engine, seller, handed_off, phone, secret, ledger
):
    link = a_link(session, seller.actor, publication_id=handed_off.id, label="chị Mẫu")

    phone.enter(link, secret)

    session.refresh(link)
    assert link.opened_at is not None and ledger.post(handed_off).handed_at is not None
    (opened,) = audited(engine, "open.clerk_link")
    assert (opened.user_id, opened.user_name) == (None, "người đăng, đường dẫn chị Mẫu")
    assert opened.producer_id == seller.actor.producer_id


def test_the_pin_may_be_typed_in_groups(session, seller, handed_off, phone, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    pin = services.pin_of(link.id, secret)

    page = phone.enter(link, secret, pin=f" {pin[:3]} {pin[3:]}")

    assert page.heading == seller.listing.name


def test_five_wrong_pins_lock_the_link_even_for_the_right_one(session, seller, handed_off, phone, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    pin = services.pin_of(link.id, secret)

    said = [
        phone.enter(link, secret, pin=wrong(pin), status=422).one("#pin-error").get_text() for _ in range(5)
    ]
    right = phone.enter(link, secret, status=422)

    assert "Còn thử được 4 lần" in said[0]
    assert "tạm khóa" in said[4] and "tạm khóa" in right.text


def test_the_lock_grows_and_a_right_pin_forgets_the_wrong_ones(session, engine, seller, handed_off, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    known = {"token": services.address_of(link.id, secret), "secret": secret}
    pin = services.pin_of(link.id, secret)
    waits = []
    for round_ in range(3):
        for n in range(5):
            with pytest.raises(Refused):
                services.open_link(engine, pin=wrong(pin), address=f"10.{round_}.{n}.1", **known)
        session.expire_all()
        waits.append(round((link.locked_until - utcnow()).total_seconds() / 60))
        link.locked_until = utcnow() - dt.timedelta(seconds=1)
        _forget_tries(session)

    services.open_link(engine, pin=pin, address="10.9.9.9", **known)

    session.expire_all()
    assert waits == [15, 30, 60]
    assert (link.wrong_pins, link.locked_until) == (0, None)


def _forget_tries(session) -> None:
    session.query(SignInAttempt).delete()
    session.commit()


def test_one_client_cannot_try_many_links(session, engine, seller, handed_off, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    for n in range(20):
        with pytest.raises(Refused):
            services.open_link(engine, token=f"{n:028}", pin="000000", address="10.1.1.1", secret=secret)

    with pytest.raises(Refused) as full:
        services.open_link(
            engine,
            token=services.address_of(link.id, secret),
            pin=services.pin_of(link.id, secret),
            address="10.1.1.1",
            secret=secret,
        )

    assert full.value.code == "clerk_locked"


def test_unknown_and_revoked_links_cannot_be_told_from_a_wrong_pin(
    session, seller, handed_off, phone, secret
):
    good = a_link(session, seller.actor, publication_id=handed_off.id)
    gone = a_link(session, seller.actor, publication_id=handed_off.id)
    services.revoke_link(session, seller.actor, link_id=gone.id)
    session.commit()
    tokens = [services.address_of(good.id, secret), services.address_of(gone.id, secret), "x" * 28]
    pins = [wrong(services.pin_of(good.id, secret)), services.pin_of(gone.id, secret), "123456"]

    doors = [phone.open(f"/b/{token}") for token in tokens]
    answers = [door.form().fill(pin=pin).submit(status=422) for door, pin in zip(doors, pins, strict=True)]

    assert len({_same(page) for page in doors}) == 1
    assert len({_same(page) for page in answers}) == 1
    assert "mã chưa đúng hoặc đường dẫn không còn dùng" in answers[0].text


def _same(page) -> str:
    """The page without its hidden keys and without what was typed."""
    for key in page.html.select("input"):
        key.extract()
    return str(page.html)


@pytest.mark.parametrize("token", ["x", "é" * 28, "%00", "a" * 5000])
def test_any_address_is_a_door(token, phone):
    page = phone.raw(f"/b/{token}")

    assert page.status_code in (200, 404)


def test_a_link_that_ran_out_says_so_only_to_who_knows_the_pin(session, seller, handed_off, phone, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    link.expires_at = utcnow() - dt.timedelta(minutes=1)
    session.commit()

    stranger = phone.enter(link, secret, pin=wrong(services.pin_of(link.id, secret)), status=422)
    clerk = phone.enter(link, secret, status=422)

    assert "hết hạn" not in stranger.text
    assert "nay đã hết hạn" in clerk.text and seller.listing.name not in clerk.text


def test_a_link_taken_back_closes_the_page_that_stands_open(
    session, seller, handed_off, phone, secret, ledger
):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    page = phone.enter(link, secret)
    photo = str(page.html.select_one(".photo > a")["href"])
    services.revoke_link(session, seller.actor, link_id=link.id)
    session.commit()

    again = phone.open(page.path)
    answered = page.form("tra-loi").fill(answer="posted", url=URL).submit()

    assert again.heading == answered.heading == "Nhập mã mở"
    assert phone.raw(photo).status_code == 404
    assert ledger.post(handed_off).state is State.HANDED_OFF


def test_a_key_ends_after_a_working_day_and_cannot_be_drawn_out(
    session, seller, handed_off, phone, secret, monkeypatch
):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    _b, token, key, post_id = page.path.strip("/").split("/")
    later = f"{int(key[:10]) + 9999:010}{key[10:]}"

    drawn_out = phone.open(f"/b/{token}/{later}/{post_id}")
    monkeypatch.setattr(clerk_keys, "utcnow", lambda: utcnow() + dt.timedelta(hours=13))
    over = phone.open(page.path)

    assert drawn_out.heading == over.heading == "Nhập mã mở"


def test_a_valid_link_opens_nothing_of_another_post(
    session, config, channels, worker, seller, handed_off, phone, secret, ledger
):
    other = another_handed_off(session, config, channels, worker)
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    mine, others = handed_off.id, other.id
    photo = str(page.html.select_one(".photo > a")["href"]).replace(mine, others)
    parcel = str(page.html.select_one("a[href$='ho-so.zip']")["href"]).replace(mine, others)
    form = page.form("tra-loi").fill(answer="posted", url=URL)
    form.tag["action"] = str(form.tag["action"]).replace(mine, others)

    statuses = [phone.raw(path).status_code for path in (page.path.replace(mine, others), photo, parcel)]
    form.submit(status=404)

    assert statuses == [404, 404, 404]
    assert ledger.post(other).state is State.HANDED_OFF


def test_a_form_of_one_link_is_not_taken_for_another(session, seller, handed_off, phone, secret):
    first = a_link(session, seller.actor, publication_id=handed_off.id)
    second = a_link(session, seller.actor, publication_id=handed_off.id)
    form = phone.open(f"/b/{services.address_of(first.id, secret)}").form().fill(pin="000000")
    form.tag["action"] = f"/b/{services.address_of(second.id, secret)}"

    form.submit(status=400)


def test_nothing_secret_is_in_the_database(session, engine, config, seller, handed_off, phone, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    page = phone.enter(link, secret)
    page.form("tra-loi").fill(answer="posted_no_link").submit()
    token, key = page.path.split("/")[2:4]

    with engine.connect() as raw:
        rows = [
            str(row) for table in ClerkLink.metadata.sorted_tables for row in raw.execute(select(table)).all()
        ]

    assert not [row for row in rows if token in row or key in row]
    assert not [row for row in rows if f"'{services.pin_of(link.id, secret)}'" in row]


# What is done by hand at the marketplace


def live(session, post: Publication, task: str, pause: str = "") -> None:
    session.refresh(post)
    post.state, post.url, post.clerk_task, post.pause = State.LIVE, URL, task, pause
    post.rest()
    session.commit()


@pytest.mark.parametrize(
    "task, before, words, after",
    [
        ("update", State.NEEDS_UPDATE, "Sửa bài đã đăng theo bản mới", (State.POSTED_NO_LINK, "look")),
        ("pause", State.LIVE, "Báo tạm hết hàng", (State.PAUSED, "look")),
        ("resume", State.PAUSED, "Mở bán lại", (State.POSTED_NO_LINK, "look")),
        ("remove", State.LIVE, "Gỡ bài", (State.WITHDRAWN, "none")),
    ],
)
def test_a_task_is_said_in_words_and_ends_when_it_is_done(
    task, before, words, after, session, seller, handed_off, phone, secret, ledger
):
    live(session, handed_off, task, "sold_out" if task in ("pause", "resume") else "")
    handed_off.state = before
    session.commit()
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    page.form("tra-loi").fill(answer="task_done").submit()

    told = ledger.post(handed_off)
    assert words in page.text
    assert ("70.000 đồng" in page.text) is (task in ("update", "resume"))
    assert (told.clerk_task, (told.state, told.wanted)) == ("", after)
    assert told.pause == ("sold_out" if task == "pause" else "")
    assert told.url == URL


def test_a_task_done_twice_is_done_once(session, seller, handed_off, phone, secret, ledger):
    live(session, handed_off, "pause", "season_over")
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    form = page.form("tra-loi").fill(answer="task_done")

    form.submit()
    form.submit()

    assert "Báo hết vụ" in page.text
    assert ledger.outcomes(handed_off).count("task_done") == 1


def test_a_second_task_done_soon_after_the_first_is_written_too(
    session, seller, handed_off, phone, secret, ledger
):
    live(session, handed_off, "pause", "sold_out")
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    page.form("tra-loi").submit("Đã làm xong")
    session.refresh(handed_off)
    handed_off.clerk_task = "remove"
    session.commit()

    phone.open(page.path).form("tra-loi").submit("Đã làm xong")

    assert ledger.outcomes(handed_off).count("task_done") == 2
    assert ledger.post(handed_off).state is State.WITHDRAWN


def test_an_address_typed_beside_no_address_yet_is_not_lost(
    session, seller, handed_off, phone, secret, ledger
):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    page.form("tra-loi").fill(answer="posted_no_link", url=URL).submit()

    assert (ledger.post(handed_off).url, ledger.outcomes(handed_off)[-1]) == (URL, "posted")


@pytest.mark.parametrize(
    "said, at, words",
    [
        ({}, "answer", "Chưa chọn câu trả lời"),
        ({"answer": "posted"}, "url", "Chưa có đường dẫn"),
        ({"answer": "returned"}, "reason", "Chưa ghi lý do"),
    ],
)
def test_half_an_answer_says_what_is_missing(said, at, words, session, seller, handed_off, phone, secret):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    again = page.form("tra-loi").fill(**said).submit(status=422)

    assert words in again.one(f"#{at}-error").get_text()


def test_the_thanks_are_where_the_browser_goes(session, seller, handed_off, phone, secret):
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    sent = page.form("tra-loi").fill(answer="posted_no_link").submit(status=303, follow=False)

    assert sent.response.headers["Location"].endswith("?xong=clerk_answered#main")


def test_a_new_version_says_which_boxes_changed_and_not_to_add_a_product(
    session, seller, handed_off, worker, phone, secret
):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    page = phone.enter(link, secret)
    page.form("tra-loi").fill(answer="posted", url=URL).submit()
    seller.listing.variants[0].price_vnd = 75_000
    session.commit()
    services.send_again(session, seller.actor, publication_id=handed_off.id)
    session.commit()
    worker.run()

    again = phone.open(page.path)

    assert "Sửa bài đã đăng theo bản mới" in again.text and "Đã đổi: Giá gốc ." in again.text
    assert [label.get_text(" ", strip=True) for label in again.html.select("[data-copy] label:has(b)")] == [
        "Giá gốc – đã đổi"
    ]
    assert "Thêm mới" not in again.text


def test_a_post_on_sale_offers_no_removing_to_the_clerk(session, seller, handed_off, phone, secret, ledger):
    live(session, handed_off, "")
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    form = page.form("tra-loi")
    form.values["answer"] = ["removed"]

    form.submit(status=422)

    assert ledger.post(handed_off).state is State.LIVE


# The queue of a commune


def test_the_queue_holds_what_waits_in_the_commune_oldest_first(
    session, config, channels, worker, seller, handed_off, phone, secret
):
    other = another_handed_off(session, config, channels, worker)
    _user, far, actor = an_owner(session, commune_code="14758")
    elsewhere = with_photos(session, a_listing(session, far, name="Chè xa xôi"), config.media_dir, 2)
    session.commit()
    Seller(session, actor, elsewhere).publish(channels["thanh_hoa"])
    seller.publish(channels["practice"])
    worker.run()

    page = phone.enter(an_officers_link(session, label="bưu cục"), secret)

    names = [h2.get_text() for h2 in page.html.select(".card h2")]
    assert names == [seller.listing.name, other.listing.name]
    assert page.heading == "Hồ sơ chờ đăng" and "2 đang chờ" in page.text
    assert "Chè xa xôi" not in page.text


def test_a_parcel_taken_from_the_queue_is_answered_and_counted(
    session, engine, config, channels, worker, seller, handed_off, phone, secret, ledger
):
    other = another_handed_off(session, config, channels, worker)
    desk = phone.enter(an_officers_link(session, label="bưu cục Mẫu"), secret)

    parcel = desk.form(other.id).submit()
    parcel.form("tra-loi").fill(answer="posted", url=URL).submit()
    after = phone.open(desk.path)

    assert parcel.heading == other.listing.name
    assert ledger.post(other).handed_at is not None and ledger.post(handed_off).handed_at is None
    assert "1 đang chờ" in after.text and "1 đã trả lời hôm nay" in after.text
    (answered,) = audited(engine, "answer.publication")
    assert (answered.user_id, answered.user_name) == (None, "người đăng, đường dẫn bưu cục Mẫu")
    assert answered.producer_id == other.listing.producer_id


def test_the_queue_says_what_is_to_do(session, config, channels, worker, seller, handed_off, phone, secret):
    (second,) = seller.publish(channels["buudien"])
    third = another_handed_off(session, config, channels, worker)
    live(session, second, "pause", "sold_out")
    services.record_answer(session, seller.actor, publication_id=handed_off.id, answer="posted_no_link")
    session.commit()

    page = phone.enter(an_officers_link(session), secret)

    said = {card.h2.get_text(): card.b.get_text() for card in page.html.select(".card")}
    assert said[third.listing.name] == "Đăng sản phẩm mới"
    assert {"Báo tạm hết hàng", "Gửi đường dẫn của bài đã đăng"} <= {
        b.get_text() for b in page.html.select(".card b")
    }


def test_a_queue_for_one_place_holds_only_that_place(
    session, channels, worker, seller, handed_off, phone, secret
):
    seller.publish(channels["buudien"])
    worker.run()

    page = phone.enter(an_officers_link(session, channel_id=channels["buudien"].id), secret)

    assert len(page.html.select(".card")) == 1 and channels["buudien"].name in page.text


def test_a_long_queue_has_pages_within_the_budget(
    session, config, channels, worker, seller, handed_off, phone, secret
):
    for number in range(24):
        listing = a_listing(
            session, seller.listing.producer, name=f"Sản phẩm có tên rất dài để thử số {number:02}"
        )
        session.add(
            Publication(
                listing=listing, channel=channels["buudien"], state=State.HANDED_OFF, state_since=utcnow()
            )
        )
    session.commit()

    first = phone.enter(an_officers_link(session), secret)
    second = first.link("Trang sau")

    assert len(first.html.select(".card")) == 20 and len(second.html.select(".card")) == 5
    assert "25 đang chờ" in first.text


# Who gives links out


def test_the_owner_gives_out_one_text_and_takes_it_back(
    session, engine, browser, seller, handed_off, secret, ledger, phone
):
    browser.sign_in(_user_of(engine, seller.actor), seller.actor.producer_id)
    page = browser.open(f"/ho-so/{handed_off.id}")

    made = page.form(button="Làm đường dẫn").fill(label="chị Mẫu").submit()
    link = newest_link(engine)
    message = made.one("#loi-1").get_text()
    handed = made.form("da-gui").submit()
    revoked = handed.form(f"{link.id}/thu-lai").submit()

    pin = services.pin_of(link.id, secret)
    assert message.startswith(
        f"Hồ sơ đăng {seller.listing.name} lên Sàn nông sản Thanh Hóa. Bấm để mở:\nhttp"
    )
    assert services.address_of(link.id, secret) in message and f"\nMã mở: {pin}\n" in message
    assert ledger.post(handed_off).handed_at is not None and "Đã ở tay người đăng" in handed.text
    assert "Đã thu lại" in revoked.text and pin not in revoked.text
    phone.enter(link, secret, status=422)


def _user_of(engine, actor) -> User:
    with open_session(engine, read_only=True) as session:
        return session.get_one(User, actor.user_id)


def test_links_are_for_those_who_may_publish(session, seller, handed_off, channels):
    _user, _producer, stranger = an_owner(session)
    _user, officer = an_officer(session)
    _user, far = an_officer(session, "14758")
    link = services.make_link(session, seller.actor, publication_id=handed_off.id)
    queue = services.make_link(session, officer, commune_code="15286")
    (by_machine,) = seller.publish(channels["practice"])

    for act in (
        lambda: services.make_link(session, stranger, publication_id=handed_off.id),
        lambda: services.make_link(session, officer, publication_id=handed_off.id),
        lambda: services.make_link(session, seller.actor, publication_id=by_machine.id),
        lambda: services.make_link(session, seller.actor, commune_code="15286"),
        lambda: services.make_link(session, far, commune_code="15286"),
        lambda: services.make_link(
            session, officer, commune_code="15286", channel_id=channels["practice"].id
        ),
        lambda: services.revoke_link(session, stranger, link_id=link.id),
        lambda: services.revoke_link(session, officer, link_id=link.id),
        lambda: services.revoke_link(session, far, link_id=queue.id),
        lambda: services.mark_handed(session, stranger, publication_id=handed_off.id),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            act()


def test_links_have_an_end_and_there_are_not_too_many(session, seller, handed_off):
    for days in (0, 91):
        with pytest.raises(Refused) as refused:
            services.make_link(session, seller.actor, publication_id=handed_off.id, days=days)
        assert refused.value.code == "clerk_days"
    while len(services_links(session, handed_off)) < 5:
        services.make_link(session, seller.actor, publication_id=handed_off.id)

    with pytest.raises(Refused) as refused:
        services.make_link(session, seller.actor, publication_id=handed_off.id)

    assert refused.value.code == "clerk_links_many"


def services_links(session, post):
    return queries.links_of(session, post)


def test_the_officer_makes_a_queue_link_and_prints_its_notice(
    session, engine, browser, channels, secret, phone
):
    user, _officer = an_officer(session)
    browser.sign_in(user)
    page = browser.open("/xa/hang-doi-dang")

    made = (
        page.form(button="Làm đường dẫn").fill(commune_code="15286", channel_id="", label="bưu cục").submit()
    )
    link = newest_link(engine)
    notice = made.link("In tờ dán")
    picture = browser.raw(str(notice.one("main img")["src"]))
    revoked = browser.open("/xa/hang-doi-dang").form("thu-lai").submit()

    pin = services.pin_of(link.id, secret)
    assert pin in made.text and pin not in notice.text
    assert services.address_of(link.id, secret) in notice.text
    assert picture.mimetype == "image/svg+xml" and b"<svg" in picture.data
    assert "Đã thu lại" in revoked.text
    phone.enter(link, secret, status=422)


def test_the_worker_gets_an_address_to_print_and_makes_no_second_link(session, engine, handed_off, secret):
    known = {"base_url": "https://vi-du.vn", "secret": secret}
    session.query(ClerkLink).delete()
    session.commit()

    address, picture = services.reply_address(engine, handed_off.id, **known)
    again, _picture = services.reply_address(engine, handed_off.id, **known)

    (link,) = session.scalars(select(ClerkLink)).all()
    assert address == again == f"https://vi-du.vn/b/{services.address_of(link.id, secret)}"
    assert Image.open(io.BytesIO(picture)).format == "PNG"


def test_the_guide_in_the_parcel_prints_address_and_qr_code_but_no_pin(
    session, config, engine, handed_off, secret
):
    link = newest_link(engine)
    found = queries.latest_parcel(session, handed_off.id)

    with zipfile.ZipFile(parcel_path(config.var, found.sha256)) as parcel:
        guide = parcel.read("huong-dan.html").decode()

    assert f"/b/{services.address_of(link.id, secret)}" in guide and "data:image/png;base64," in guide
    assert services.pin_of(link.id, secret) not in guide
    assert "xin cơ sở cho xem bản gốc" in guide


def test_a_paused_post_that_was_brought_up_to_date_stays_paused(
    session, seller, handed_off, phone, secret, ledger
):
    live(session, handed_off, "update", "sold_out")
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)

    page.form("tra-loi").fill(answer="task_done").submit()

    assert (ledger.post(handed_off).state, ledger.post(handed_off).pause) == (State.PAUSED, "sold_out")


def test_while_a_new_parcel_is_made_nothing_is_asked(session, seller, handed_off, phone, secret):
    live(session, handed_off, "update")
    handed_off.state = State.QUEUED
    session.commit()
    page = phone.enter(a_link(session, seller.actor, publication_id=handed_off.id), secret)
    queue = phone.enter(an_officers_link(session), secret)

    assert not page.html.select("[name=answer]")
    assert "Không còn hồ sơ nào chờ" in queue.text


def test_the_producer_writes_down_that_a_task_is_done(session, engine, browser, seller, handed_off, ledger):
    live(session, handed_off, "remove")
    browser.sign_in(_user_of(engine, seller.actor), seller.actor.producer_id)
    page = browser.open(f"/ho-so/{handed_off.id}")

    page.form("tra-loi").fill(answer="task_done").submit()

    assert "Người đăng cần làm: Gỡ bài" in page.text
    assert ledger.post(handed_off).state is State.WITHDRAWN


def test_somebody_signed_in_opens_the_link_like_anybody(session, engine, browser, seller, handed_off, secret):
    link = a_link(session, seller.actor, publication_id=handed_off.id)
    browser.sign_in(_user_of(engine, seller.actor), seller.actor.producer_id)
    door = browser.open(f"/b/{services.address_of(link.id, secret)}")

    page = door.form().fill(pin=services.pin_of(link.id, secret)).submit()
    page.form("tra-loi").fill(answer="posted_no_link").submit()

    (answered,) = audited(engine, "answer.publication")
    assert answered.user_id is None
