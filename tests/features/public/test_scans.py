"""A scan over HTTP: addresses on stamps, headers, what is asked of the database, what is noted."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from ocop.batches import services
from ocop.config import Config
from ocop.public.queries import stamp as stamp_queries
from ocop.public.services.limiter import Limiter
from ocop.public.views.blueprint import ScanPoint
from ocop.web import static_files
from tests.browser_client import Browser
from tests.features.batches.stamping import Shop
from traceability.serials import grouped

WEIRD = [
    "A",
    "ẶẶẶẶẶẶẶẶẶẶẶẶẶ",
    "%00",
    "A" * 300,
    "..%2F..%2Fetc%2Fpasswd",
    "<script>alert(1)</script>",
    "A0000-0000-00000",
    "٣" * 13,
    "%F0%9F%90%9F",
    "A B C D",
    "' OR 1=1 --",
]


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Everything that reaches the driver meanwhile."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _noted(config: Config) -> list[str]:
    files = sorted(config.spool_dir.glob("scans-*.tsv"))
    return [line for file in files for line in file.read_text("ascii").splitlines()]


@pytest.mark.parametrize("path", ["/T/{code}", "/01/09521234000013/21/{code}", "/01/no-number/21/{code}"])
def test_a_printed_address_leads_to_the_stamps_page_without_a_query(
    shop: Shop, browser: Browser, engine: Engine, path: str
) -> None:
    code = shop.code(shop.roll())

    with statements(engine) as seen:
        response = browser.raw(path.format(code=code))

    assert response.status_code == 307
    assert response.headers["Location"] == f"/t/{code}"
    assert seen == []


@pytest.mark.parametrize("code", WEIRD)
def test_a_printed_address_with_nonsense_stays_on_our_own_host(browser: Browser, code: str) -> None:
    response = browser.raw(f"/T/{code}")

    assert response.status_code == 307
    assert re.fullmatch(r"/t/[A-Za-z0-9%._~-]+", response.headers["Location"])


@pytest.mark.parametrize("code", WEIRD)
def test_a_mistyped_code_is_answered_without_any_query(
    shop: Shop, browser: Browser, engine: Engine, config: Config, code: str
) -> None:
    with statements(engine) as seen:
        page = browser.open(f"/t/{code}", status=404)

    assert page.heading == "Không tìm thấy số tem này"
    assert seen == []
    assert _noted(config) == []


def test_an_address_with_a_line_break_in_it_is_no_address_at_all(browser: Browser) -> None:
    answers = [browser.raw(f"/{way}/A%0d%0aX-Evil:1") for way in ("T", "t")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not any("X-Evil" in answer.headers for answer in answers)


def test_one_wrong_character_anywhere_costs_no_query(shop: Shop, browser: Browser, engine: Engine) -> None:
    code = shop.code(shop.roll())
    wrong = [code[:i] + ("7" if code[i] != "7" else "8") + code[i + 1 :] for i in range(1, len(code))]

    with statements(engine) as seen:
        answers = [browser.raw(f"/t/{text}").status_code for text in wrong]

    assert answers == [404] * 12
    assert seen == []


def test_guessing_at_random_reaches_the_database_about_once_in_65536(
    shop: Shop, browser: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    point: ScanPoint = browser.app.extensions["ocop.scan_point"]
    monkeypatch.setattr(point.limiter, "most", 1_000)
    guesses = [f"{shop.key.version}{i:012}" for i in range(300)]

    with statements(engine) as seen:
        answers = {browser.raw(f"/t/{text}").status_code for text in guesses}

    assert answers == {404}
    assert len(seen) <= 4  # at most one lucky guess and its few statements


def test_never_issued_and_mistyped_look_exactly_alike(shop: Shop, browser: Browser) -> None:
    never_issued, mistyped = shop.code(99), "A" + "0" * 12

    pages = [browser.raw(f"/t/{code}") for code in (never_issued, mistyped)]
    bodies = [
        page.text.replace(code, "…") for page, code in zip(pages, (never_issued, mistyped), strict=True)
    ]

    assert [page.status_code for page in pages] == [404, 404]
    assert bodies[0] == bodies[1]


def test_a_code_is_read_in_small_letters_with_dashes_and_with_look_alikes(
    shop: Shop, browser: Browser
) -> None:
    roll = shop.roll(200)
    code = next(c for i in range(1, 200) if {"0", "1"} <= set(c := shop.code(roll, i)))
    ways = [code.lower(), grouped(code), grouped(code).lower(), code.replace("0", "o").replace("1", "l")]

    pages = [browser.open(f"/t/{way}") for way in ways]

    assert {page.heading for page in pages} == {"Tem chưa được kích hoạt"}
    assert {page.one(".stamp-code").get_text() for page in pages} == {grouped(code)}


def test_the_page_sets_no_cookie_and_tells_nobody_where_one_came_from(shop: Shop, browser: Browser) -> None:
    response = browser.raw(f"/t/{shop.code(shop.roll())}")

    assert "Set-Cookie" not in response.headers
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "noindex" in response.headers["X-Robots-Tag"]


def test_somebody_signed_in_is_not_looked_up_on_a_scan_page(
    shop: Shop, browser: Browser, engine: Engine
) -> None:
    browser.sign_in(shop.user, shop.producer.id)

    with statements(engine) as seen:
        browser.raw("/t/A0000000000000")

    assert seen == []


def test_an_unchanged_page_is_304_and_the_scan_is_noted_all_the_same(
    shop: Shop, browser: Browser, config: Config
) -> None:
    code = shop.code(shop.roll())
    first = browser.raw(f"/t/{code}")

    again = browser.raw(f"/t/{code}", headers={"If-None-Match": first.headers["ETag"]})
    lines = _noted(config)

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")
    assert len(lines) == 2
    assert len({line.split("\t")[0] for line in lines}) == 2


def test_a_changed_state_is_no_longer_304(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    first = browser.raw(f"/t/{shop.code(roll)}")
    shop.do(services.recall, batch_id=shop.batch_id, reason="nắp phồng")

    again = browser.raw(f"/t/{shop.code(roll)}", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 200
    assert "thu hồi" in again.text


def test_a_machine_asking_with_head_is_answered_and_not_counted(
    shop: Shop, browser: Browser, config: Config
) -> None:
    code = shop.code(shop.roll())

    response = browser.client.head(f"/t/{code}")

    assert (response.status_code, response.data) == (200, b"")
    assert _noted(config) == []


def test_the_page_and_its_style_weigh_no_more_than_8_kilobytes(shop: Shop, browser: Browser) -> None:
    roll = shop.roll()
    shop.activate(roll)
    style = (static_files.FOLDER / "css/public.css").read_bytes()

    response = browser.raw(f"/t/{shop.code(roll)}", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"
    assert b"<h1>" in gzip.decompress(response.data)
    assert len(response.data) + len(gzip.compress(style)) <= 8_000
    assert len(response.data) <= 3_000


def test_the_page_asks_nothing_of_the_reader_and_loads_nothing_from_elsewhere(
    shop: Shop, browser: Browser
) -> None:
    roll = shop.roll()

    page = browser.open(f"/t/{shop.code(roll)}")
    loaded = [t.get("src") or t.get("href") for t in page.html.select("[src], link[href]")]

    assert not page.html.select("input, script, iframe")
    assert all(str(address).startswith("/") for address in loaded)


def test_a_line_in_the_spool_holds_no_address_and_no_browser_name(
    shop: Shop, browser: Browser, config: Config
) -> None:
    roll = shop.roll()
    agent = {"User-Agent": "DienThoaiMau/1.0"}

    browser.raw(f"/t/{shop.code(roll, 4)}", headers=agent, environ_base={"REMOTE_ADDR": "203.0.113.77"})
    browser.raw(f"/t/{shop.code(roll, 4)}", headers=agent, environ_base={"REMOTE_ADDR": "203.0.113.78"})
    lines = [line.split("\t") for line in _noted(config)]

    assert [line[2:4] + line[5:] for line in lines] == [[str(roll.id), "4", "inactive"]] * 2
    assert len({line[4] for line in lines}) == 1  # neighbours with one kind of phone are one device
    assert not re.search(r"203\.0|DienThoai", str(lines))


def test_the_sixty_first_scan_of_a_minute_is_asked_to_wait(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    point: ScanPoint = browser.app.extensions["ocop.scan_point"]
    monkeypatch.setattr(point.limiter, "clock", lambda: 0.0)
    code = shop.code(shop.roll())
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}

    answers = [browser.raw(f"/t/{code}").status_code for _ in range(60)]
    page = browser.open(f"/t/{code}", status=429)
    other = browser.raw(f"/t/{code}", environ_base=elsewhere)

    assert set(answers) == {200}
    assert page.heading == "Quét quá nhanh, xin đợi một phút"
    assert page.response.headers["Retry-After"] == "60"
    assert other.status_code == 200
    assert isinstance(point.limiter, Limiter)


def test_a_forged_forwarding_header_does_not_get_past_the_limit(
    shop: Shop, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    point: ScanPoint = browser.app.extensions["ocop.scan_point"]
    monkeypatch.setattr(point.limiter, "most", 1)
    monkeypatch.setattr(point.limiter, "clock", lambda: 0.0)
    code = shop.code(shop.roll())

    answers = [
        browser.raw(f"/t/{code}", headers={"X-Forwarded-For": f"192.0.{i}.1"}).status_code for i in range(3)
    ]

    assert answers == [200, 429, 429]


def test_a_typed_number_leads_to_its_page(shop: Shop, browser: Browser) -> None:
    code = shop.code(shop.roll())

    page = browser.open(f"/tra-tem?so={grouped(code).lower()}")

    assert page.path == f"/t/{code}"
    assert page.heading == "Tem chưa được kích hoạt"


def test_a_badly_typed_number_comes_back_to_its_field_without_a_query(
    browser: Browser, engine: Engine
) -> None:
    with statements(engine) as seen:
        page = browser.open("/tra-tem?so=a7k2-9mxz", status=404)

    assert page.heading == "Số tem nhập chưa đúng"
    assert page.one("input[name=so]")["value"] == "a7k2-9mxz"
    assert seen == []


def test_a_well_typed_number_that_was_never_issued_asks_to_look_again(shop: Shop, browser: Browser) -> None:
    page = browser.open(f"/tra-tem?so={shop.code(50)}", status=404)

    assert page.heading == "Số tem nhập chưa đúng"


def test_a_page_for_typing_waits_with_an_empty_field(browser: Browser) -> None:
    page = browser.open("/tra-tem")

    assert page.heading == "Tra số tem"
    assert page.one("input[name=so]")["value"] == ""


class TestWhileTheDatabaseIsSilent:
    @pytest.fixture
    def silence(self, engine: Engine) -> Iterator[list[bool]]:
        """While switched on, every statement fails as one does on a locked database."""
        on = [False]

        def refuse(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            if on[0]:
                raise OperationalError(statement, {}, Exception("database is locked"))

        event.listen(engine, "before_cursor_execute", refuse)
        yield on
        event.remove(engine, "before_cursor_execute", refuse)

    def test_a_stamp_of_a_lot_seen_before_is_answered_from_memory_and_counted(
        self, shop: Shop, browser: Browser, config: Config, silence: list[bool]
    ) -> None:
        roll = shop.roll()
        shop.activate(roll)
        browser.open(f"/t/{shop.code(roll, 1)}")

        silence[0] = True
        page = browser.open(f"/t/{shop.code(roll, 9)}")

        assert page.heading == "Tem có trong hệ thống, đã kích hoạt"
        assert shop.listing.name in page.text
        assert len(_noted(config)) == 2

    def test_a_stamp_never_seen_says_only_that_nothing_can_be_looked_up(
        self, shop: Shop, browser: Browser, silence: list[bool]
    ) -> None:
        roll = shop.roll()

        silence[0] = True
        page = browser.open(f"/t/{shop.code(roll)}", status=503)

        assert page.heading == "Lúc này chưa tra được"
        assert "việc này không nói gì về hàng" in page.text

    def test_the_database_is_asked_again_after_a_rest(
        self, shop: Shop, browser: Browser, silence: list[bool], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stamp_queries, "DATABASE_REST_SECONDS", 0.0)
        roll = shop.roll()
        silence[0] = True
        browser.open(f"/t/{shop.code(roll)}", status=503)

        silence[0] = False
        page = browser.open(f"/t/{shop.code(roll)}")

        assert page.heading == "Tem chưa được kích hoạt"

    def test_a_writer_that_locks_the_database_does_not_stop_a_scan(
        self, shop: Shop, browser: Browser, engine: Engine
    ) -> None:
        roll = shop.roll()

        with engine.connect() as connection:  # begins with BEGIN IMMEDIATE
            connection.exec_driver_sql("UPDATE stamp_roll SET note = 'dài lâu'")
            page = browser.open(f"/t/{shop.code(roll)}")
            connection.rollback()

        assert page.heading == "Tem chưa được kích hoạt"


def test_scans_are_noted_in_a_folder_of_their_own(shop: Shop, browser: Browser, config: Config) -> None:
    browser.raw(f"/t/{shop.code(shop.roll())}")

    files = [Path(file).name for file in config.spool_dir.iterdir()]

    assert len(files) == 1
    assert re.fullmatch(r"scans-\d{8}-\d+-[0-9a-f]{8}\.tsv", files[0])
