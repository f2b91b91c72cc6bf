"""Sessions, caches, methods, logs, uploads: how the program behaves towards browsers it must not trust."""

from __future__ import annotations

import logging
import struct
import threading
import zlib

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ocop.app import create_app
from ocop.batches.models import Scan
from ocop.batches.rules import scan_line
from ocop.config import Config
from ocop.db.engine import open_session
from ocop.media import decoder
from ocop.media.rules import RENDITIONS, rendition_file
from tests.browser_client import Browser
from tests.factories import a_photo, an_owner, an_upload
from tests.features.security.conftest import Tenant


def test_v16_2_5_an_error_of_the_database_names_no_value_that_was_being_stored(engine: Engine) -> None:
    with open_session(engine) as session, pytest.raises(IntegrityError) as error:
        session.execute(
            text("INSERT INTO user_account (id, name, phone) VALUES (:id, NULL, :phone)"),
            {"id": "x", "phone": "+84912999888"},
        )

    assert "912999888" not in str(error.value)


def test_v14_2_1_an_error_while_a_code_link_is_opened_does_not_put_the_code_into_the_log(
    config: Config, engine: Engine, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(config, engine)
    monkeypatch.setitem(app.view_functions, "accounts.first_time_link", _breaking(app))
    caplog.set_level(logging.DEBUG)

    answer = app.test_client().get("/lan-dau/ABCDEFGH")

    assert answer.status_code == 500
    assert "unhandled" in caplog.text
    assert "ABCDEFGH" not in caplog.text


def _breaking(app: Flask):
    def view(code: str) -> str:
        raise RuntimeError("defect")

    view.__access__ = app.view_functions["accounts.first_time_link"].__access__  # type: ignore[attr-defined]
    return view


def test_v7_4_1_a_cookie_is_worth_nothing_after_signing_out_and_a_new_one_comes_with_each_sign_in(
    ours: Tenant, engine: Engine
) -> None:
    old = ours.browser.client.get_cookie("ocop")
    assert old is not None

    ours.browser.post("/dang-xuat")
    ours.browser.client.set_cookie("ocop", old.value)

    assert ours.browser.raw("/san-pham").status_code == 303
    assert "/dang-nhap" in ours.browser.raw("/san-pham").headers["Location"]


def test_v3_5_1_autosave_needs_the_hidden_key_of_this_very_sign_in(ours: Tenant, browser: Browser) -> None:
    fields = {"listing_key": ours.id("listing"), "name": "x"}
    foreign = {"csrf": browser.keys()["csrf"]}

    statuses = [
        ours.browser.client.post("/nhap", data={**fields, **more}).status_code for more in ({}, foreign)
    ]

    assert statuses == [400, 400]
    own = {"csrf": ours.browser.keys()["csrf"]}
    assert ours.browser.client.post("/nhap", data={**fields, **own}).status_code == 200


def test_a_sending_twice_key_of_one_person_answers_nobody_else_and_no_other_form(
    ours: Tenant, browser: Browser, session: Session
) -> None:
    stranger, _producer, _actor = an_owner(session)
    keys = ours.browser.keys()
    made = {"name": "Bà Một", "phone": "0912444555"}
    ours.browser.client.post("/nguoi-cung-dung/them", data={**keys, **made})
    browser.sign_in(stranger)
    theirs = {**browser.keys(), "once": keys["once"]}

    by_stranger = browser.client.post("/nguoi-cung-dung/them", data={**theirs, "name": "", "phone": ""})
    other_form = ours.browser.client.post("/nguoi-cung-dung/nho-lam-ho", data={**keys, "name": ""})

    assert by_stranger.status_code == 422
    assert other_form.status_code == 422


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE"])
def test_v3_5_3_no_method_but_post_changes_anything_or_tells_a_stranger_anything(
    app: Flask, engine: Engine, ours: Tenant, browser: Browser, method: str
) -> None:
    before = _everything(engine)
    paths = [
        str(rule).replace("<listing_id>", ours.id("listing")).replace("<batch_id>", ours.id("batch"))
        for rule in app.url_map.iter_rules()
        if rule.arguments <= {"listing_id", "batch_id"}
    ]

    by_owner = [ours.browser.client.open(path, method=method, buffered=True).status_code for path in paths]
    by_stranger = [browser.client.open(path, method=method, buffered=True) for path in paths]

    assert max(by_owner) < 500
    assert _everything(engine) == before
    assert not [answer for answer in by_stranger if b"HTX M" in answer.data]


def _everything(engine: Engine) -> str:
    from ocop.db.base import Base

    with open_session(engine, read_only=True) as session:
        return repr([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def test_v14_3_2_every_page_of_a_signed_in_person_is_kept_by_no_cache(app: Flask, ours: Tenant) -> None:
    plain = [str(r) for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and not r.arguments]
    private = f"/anh-rieng/{ours.id('private_media')}-thumb.webp"
    anonymous = {"/tra-tem", "/healthz"}

    kept = {p: ours.browser.raw(p).headers.get("Cache-Control") for p in {*plain, private} - anonymous}

    assert set(kept.values()) == {"no-store"}, kept
    assert ours.browser.another().raw(private).status_code in (303, 401, 404)


def test_v15_3_4_a_made_up_forwarded_address_does_not_open_a_new_bucket(
    ours: Tenant, browser: Browser
) -> None:
    address = f"/t/{ours.id('stamp')}"

    statuses = [
        browser.raw(
            address, headers={"X-Forwarded-For": f"203.0.{n}.9", "X-Real-IP": f"203.0.{n}.9"}
        ).status_code
        for n in range(70)
    ]

    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_v16_4_1_a_browser_that_calls_itself_two_lines_writes_one(
    config: Config, ours: Tenant, browser: Browser
) -> None:
    for agent in ("a\tb", "x" * 5000, "é\x0b\x1b[31m", "0\t0\t0"):
        browser.raw(f"/t/{ours.id('stamp')}", headers={"User-Agent": agent})

    lines = b"".join(file.read_bytes() for file in config.spool_dir.glob("*.tsv")).splitlines()

    assert len(lines) == 4
    assert all(scan_line(line) for line in lines)
    assert Scan.__tablename__ == "scan"


@pytest.mark.parametrize(
    "where",
    [
        "//evil.example",
        "/\\evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "\\\\evil",
        "http://evil",
        "/%0d%0aX: y",
    ],
)
def test_v3_7_2_choosing_a_producer_leads_back_to_this_site_only(ours: Tenant, where: str) -> None:
    answer = ours.browser.post("/chon-co-so", {"id": ours.world.producer_id, "tiep": where})

    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/", where) and not answer.headers["Location"].startswith(
        ("//", "/\\")
    )
    assert "X" not in answer.headers


def _bomb(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    rows = zlib.compress(b"\x00" * ((width // 8 + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "data",
    [
        _bomb(12_000, 12_000),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a/*" + b"x" * 99,
        b"%PDF-1.4 /JS",
        b"PK\x03\x04" + b"\x00" * 99,
    ],
    ids=["bomb", "svg", "html", "gif", "pdf", "zip"],
)
def test_v5_2_3_what_is_no_photo_is_refused_over_http_and_leaves_no_file(
    config: Config, ours: Tenant, data: bytes
) -> None:
    before = sorted(config.media_dir.rglob("*"))

    answer = ours.browser.client.post(
        "/nhap/anh",
        data={**ours.browser.keys(), "photos": an_upload("../../x.png", data)},
        headers={"X-Requested-With": "fetch"},
    )

    assert answer.status_code == 422
    assert answer.mimetype == "text/plain"
    left = [path for path in sorted(config.media_dir.rglob("*")) if path.is_file() and path not in before]
    assert left == []


def test_a_picture_that_cannot_be_decoded_again_keeps_what_stands_of_it(
    session: Session, config: Config, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes sent a second time while the machine is out of breath must not take the first away."""
    _user, producer, _actor = an_owner(session)
    media = a_photo(session, producer, config.media_dir)
    broken = tmp_path / "again.jpg"
    broken.write_bytes(b"no picture")

    with pytest.raises(decoder.Undecodable):
        decoder.decode(broken, config.media_dir, media.sha256)

    assert all((config.media_dir / rendition_file(media.sha256, one.name)).is_file() for one in RENDITIONS)


def test_v15_2_2_no_more_than_two_pictures_are_decoded_at_once(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, lock, go = 0, 0, threading.Lock(), threading.Event()

    class Done:
        stdout = b'{"refused": "not_image"}'

    def slow(*_args: object, **_kw: object) -> Done:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        go.wait(0.1)
        with lock:
            running -= 1
        return Done()

    monkeypatch.setattr(decoder.subprocess, "run", slow)

    def one() -> None:
        with pytest.raises(decoder.Undecodable):
            decoder.decode(tmp_path / "x", tmp_path, "a" * 64)

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 2


def test_v5_2_1_a_request_beyond_the_limit_is_refused_and_ten_megabytes_in_a_field_too(
    ours: Tenant,
) -> None:
    keys = ours.browser.keys()

    field = ours.browser.client.post("/nhap", data={**keys, "story": "x" * 10_000_000})
    draft = ours.browser.client.post("/nhap", data={**keys, "story": "x" * 300_000})

    assert field.status_code == 413
    assert draft.status_code in (413, 422)


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"]
)
def test_v5_2_1_nobody_makes_the_program_read_much_without_having_signed_in(
    browser: Browser, kind: str
) -> None:
    answer = browser.client.post("/dang-nhap", data=b"&a=1" * 1_000_000, content_type=kind)

    assert answer.status_code in (400, 413)
    if kind.startswith("application"):
        assert answer.status_code == 413
