"""Forty months on the calendar: every transition of a paper, wherever anybody meets it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ocop.batches import queries as batches
from ocop.batches.models import StampPrint
from ocop.config import Config
from ocop.db.engine import open_session
from ocop.dossiers import queries as dossiers
from ocop.producers import queries as papers
from ocop.producers import services as producing
from ocop.producers.rules import CertificateKind
from ocop.publishing import services as publishing
from tests.features.dossiers.years import Seen, Years, date

DAY = dt.timedelta(days=1)
BEGIN = date("2026-12-01")
END = date("2030-04-01")  # forty months on
LAST = date("2029-08-14")  # of a star issued on 15/08/2026: 36 months
STAR = "OCOP 4 sao – Quyết định 15/QĐ-UBND, ngày 15/08/2026, đến 14/08/2029. Của sản phẩm này. Cơ sở tự khai."
WAITING = (
    "OCOP 4 sao – Giấy OCOP 15/QĐ-UBND ghi hạn 14/08/2029; cơ sở đã nộp hồ sơ đánh giá lại ngày 01/08/2029, "
    "biên nhận BN-07, đang chờ kết quả. Của sản phẩm này. Cơ sở tự khai."
)
NEW = "OCOP 4 sao – Quyết định 99/QĐ-UBND, ngày 10/12/2029, đến 09/12/2032. Của sản phẩm này. Cơ sở tự khai."
PACKED = (
    "Lô này đóng gói ngày 01/12/2026, khi giấy OCOP 15/QĐ-UBND còn hiệu lực. Giấy nay đã hết hạn ngày {day}."
)
PREPARE = "info: Soạn dần hồ sơ. Nộp từ 15/02/2029 đến 16/04/2029."
FILE_NOW = "wait: Nộp hồ sơ đánh giá lại từ 15/02/2029 đến 16/04/2029."
LATE = "wait: Đã qua thời gian nộp hồ sơ (15/02/2029 đến 16/04/2029). Nộp ngay, chậm nhất 14/08/2029."
WAIT = "info: Chờ kết quả. Giấy còn tính đến 10/02/2030 nếu chưa có kết quả."
GONE = "stop: Ngừng dùng sao trên nhãn, tem, bài đăng. Làm hồ sơ đánh giá mới."

Start = Callable[[CertificateKind], Years]


@pytest.fixture
def start(session: Session, engine: Engine, config: Config, app: Flask) -> Start:
    return lambda kind: Years(session, engine, config, app, kind)


@pytest.fixture
def star(start: Start) -> Years:
    years = start(CertificateKind.OCOP)
    with years.on(BEGIN):
        years.begin(number="15/QĐ-UBND", issued_on=date("2026-08-15"), expires_on=None)
    return years


IN_FORCE = Seen(STAR, STAR, 4, True, True, ("live", "posted_no_link"), "", "")


def with_task(bucket: str, task: str, seen: Seen = IN_FORCE) -> Seen:
    return dataclasses.replace(seen, bucket=bucket, task=task)


def gone(day: str, posts: tuple[str, str] = ("live", "needs_update")) -> Seen:
    return Seen("", PACKED.format(day=day), None, False, False, posts, "expired", GONE)


UNTIL_FILED = [
    ("2026-12-01", IN_FORCE),
    ("2028-08-13", IN_FORCE),
    ("2028-08-14", with_task("months_12", PREPARE)),
    ("2029-02-13", with_task("months_12", PREPARE)),
    ("2029-02-14", with_task("months_6", PREPARE.replace("info", "wait"))),
    ("2029-02-15", with_task("window", FILE_NOW)),
    ("2029-04-16", with_task("window", FILE_NOW)),
    ("2029-04-17", with_task("months_6", LATE)),
    ("2029-05-14", with_task("months_3", LATE)),
    ("2029-07-14", with_task("months_1", LATE)),
]


def walk(years: Years, timetable: list[tuple[str, Seen]]) -> None:
    for day, expected in timetable:
        assert years.seen(date(day)) == expected, day


def test_a_star_nobody_renews_vanishes_everywhere_on_the_day_after_its_last(star: Years) -> None:
    walk(star, [*UNTIL_FILED, ("2029-08-14", with_task("months_1", LATE))])

    walk(star, [("2029-08-15", gone("14/08/2029")), ("2030-04-01", gone("14/08/2029"))])

    assert star.stamps_to_stop(LAST) == []
    assert star.stamps_to_stop(LAST + DAY) == [30]  # 50 printed, 20 on goods


def test_a_star_filed_in_time_runs_on_to_the_end_of_its_days_and_then_vanishes(star: Years) -> None:
    waiting = dataclasses.replace(IN_FORCE, page=WAITING, stamp=WAITING, bucket="waiting", task=WAIT)
    walk(star, UNTIL_FILED)

    with star.on(date("2029-08-01")):
        star.file(date("2029-08-01"))

    walk(star, [(day, waiting) for day in ("2029-08-01", "2029-08-14", "2029-08-15", "2030-02-10")])
    walk(star, [("2030-02-11", gone("10/02/2030")), ("2030-04-01", gone("10/02/2030"))])
    assert (star.stamps_to_stop(date("2030-02-10")), star.stamps_to_stop(END)) == ([], [30])


def test_a_new_star_takes_the_place_of_the_one_that_waited(star: Years) -> None:
    with star.on(date("2029-08-01")):
        star.file(date("2029-08-01"))
    with star.on(date("2029-12-10")):
        star.add(number="99/QĐ-UBND", issued_on=date("2029-12-10"), expires_on=None)

    renewed = star.seen(date("2029-12-10"))

    # the post a person put up still names the old decision, which ended the day before
    assert renewed == Seen(NEW, NEW, 4, True, True, ("live", "needs_update"), "", "")
    with star.on(date("2029-12-11")):
        star.answer("task_done")
    posted = dataclasses.replace(renewed, posts=("live", "posted_no_link"))
    walk(star, [(day, posted) for day in ("2030-02-11", "2030-04-01")])
    assert star.stamps_to_stop(END) == []  # the same stars again: what was printed is right again


def test_every_single_day_all_surfaces_say_the_same(star: Years) -> None:

    with star.on(date("2029-08-01")):
        star.file(date("2029-08-01"))
    told = []
    with open_session(star.engine, read_only=True) as session:
        printed = session.get_one(StampPrint, star.print_id)
        for number in range((END - BEGIN).days + 1):
            day = BEGIN + number * DAY
            counts = papers.star_of(session, star.shop.listing.id, day) is not None
            rows = dossiers.radar(session, [star.shop.producer.id], day)
            bucket = rows[0].bucket.value if rows else ""
            assert (bucket == "expired") == (not counts), day
            changes = not told or told[-1][1] != bucket
            if changes or number % 7 == 0:
                assert star.in_payload(session, day) == counts, day
                assert (batches.star_for_face(session, printed.roll, day) is not None) == counts, day
            if changes:
                told.append((f"{day}", bucket))

    assert told == [
        ("2026-12-01", ""),
        ("2028-08-14", "months_12"),
        ("2029-02-14", "months_6"),
        ("2029-02-15", "window"),
        ("2029-04-17", "months_6"),
        ("2029-05-14", "months_3"),
        ("2029-07-14", "months_1"),
        ("2029-08-01", "waiting"),
        ("2030-02-11", "expired"),
    ]


def test_vietgap_leaves_every_surface_and_comes_back_with_a_new_paper(start: Start) -> None:
    years = start(CertificateKind.VIETGAP)
    with years.on(BEGIN):
        years.begin(number="VG-1", issued_on=BEGIN, expires_on=date("2028-05-31"))
    line = "Giấy VietGAP: Giấy VG-1, đến 31/05/2028. Cơ sở tự khai."
    in_force = Seen(line, line, None, True, True, ("live", "posted_no_link"), "", "")
    renew = "Làm lại giấy trước ngày 31/05/2028, rồi ghi giấy mới vào đây."
    late = "stop: Giấy hết hiệu lực 31/05/2028. Ngừng ghi trên nhãn, bài đăng. Có giấy mới thì ghi vào đây."

    walk(
        years,
        [
            ("2027-05-30", in_force),
            ("2027-05-31", with_task("months_12", f"info: {renew}", in_force)),
            ("2027-11-30", with_task("months_6", f"wait: {renew}", in_force)),
            ("2028-02-29", with_task("months_3", f"wait: {renew}", in_force)),
            ("2028-04-30", with_task("months_1", f"wait: {renew}", in_force)),
            ("2028-05-31", with_task("months_1", f"wait: {renew}", in_force)),
            ("2028-06-01", Seen("", "", None, False, False, ("live", "needs_update"), "expired", late)),
        ],
    )

    with years.on(date("2028-09-01")):
        years.answer("task_done")
        years.add(number="VG-2", issued_on=date("2028-09-01"), expires_on=date("2030-08-31"))
    again = years.seen(date("2028-09-01"))
    assert (again.feed, again.payload, again.bucket) == (True, True, "")
    assert again.page == "Giấy VietGAP: Giấy VG-2, đến 31/08/2030. Cơ sở tự khai."


def test_food_without_its_safety_paper_is_hidden_until_there_is_a_new_one(start: Start) -> None:
    years = start(CertificateKind.FOOD_SAFETY)
    with years.on(BEGIN):
        years.begin(number="ATTP-1", issued_on=BEGIN, expires_on=date("2028-12-31"))
    line = "Giấy an toàn thực phẩm: Giấy ATTP-1, đến 31/12/2028. Cơ sở tự khai."
    in_force = Seen(line, line, None, True, True, ("live", "posted_no_link"), "", "")
    renew = "wait: Làm lại giấy trước ngày 31/12/2028. Hết hạn thì sản phẩm tạm ẩn khỏi nơi bán."
    lapsed = "stop: Giấy hết hiệu lực 31/12/2028: sản phẩm tạm ẩn khỏi nơi bán. Có giấy mới thì ghi vào đây."

    walk(
        years,
        [
            ("2027-12-30", in_force),
            ("2028-06-30", with_task("months_6", renew, in_force)),
            ("2028-12-31", with_task("months_1", renew, in_force)),
            (
                "2029-01-01",
                Seen("hidden", "", None, False, False, ("suspended", "needs_update"), "expired", lapsed),
            ),
        ],
    )

    with years.on(date("2029-02-01")):
        years.add(number="ATTP-2", issued_on=date("2029-02-01"), expires_on=date("2031-01-31"))
        years.shop.do(publishing.send_again, publication_id=years.posts[0])
    back = years.seen(date("2029-02-02"))
    assert (back.page, back.feed, back.payload, back.posts[0], back.bucket) == (
        "Giấy an toàn thực phẩm: Giấy ATTP-2, đến 31/01/2031. Cơ sở tự khai.",
        True,
        True,
        "live",
        "",
    )


def test_a_revoked_star_vanishes_the_same_day(star: Years) -> None:

    with star.on(date("2027-03-01")):
        star.shop.do(
            producing.edit_certificate,
            certificate_id=star.papers[0],
            version=None,
            revoked_on=date("2027-03-01"),
        )

    seen = star.seen(date("2027-03-01"))

    assert seen == Seen("", "", None, False, False, ("live", "needs_update"), "revoked", GONE)
    assert star.stamps_to_stop(date("2027-03-01")) == [30]
