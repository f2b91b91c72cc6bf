"""Ten thousand rows in one go: the worker stays small, and others wait for the database less than two seconds.

Each run is a process of its own, so that what it took of memory can be asked of the kernel (VmHWM; ru_maxrss would
count what it was forked from). Times are printed; the machine decides them, so none is asserted.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ocop.config import Config
from ocop.db.engine import open_session
from ocop.imports import services
from ocop.imports.models import DataImport, ImportPhoto
from ocop.imports.rules import ImportState
from ocop.listings.models import Listing
from ocop.producers.models import Certificate, Producer
from tests.factories import an_officer
from tests.features.imports.sheets import a_list, a_row, a_zip
from tests.features.imports.test_photos import a_bomb
from tests.journeys.test_import_kills import press

ROWS = 10_000
MOST_MEGABYTES = 300
ROOT = Path(__file__).parents[2]

_WORKER = """
import json, os, resource, sys, time
from ocop import app  # as the worker's process, which knows every feature
from ocop.config import load
from ocop.db import engine, secrets
from ocop.imports import work
from ocop.imports.services import applying
from ocop.imports.work import leases
from ocop.jobs.worker import run_until_idle

held = {}
real_mine, real_kept = leases.mine, leases.kept
def mine(session, ticket):
    found = real_mine(session, ticket)
    held["since"], held["wall"], held["state"] = time.process_time(), time.monotonic(), ticket.state.value
    return found
def kept(session, data):
    real_kept(session, data)
    taken = time.process_time() - held["since"]
    held[held["state"]] = max((taken, time.monotonic() - held["wall"]), held.get(held["state"], (0, 0)))
leases.mine, leases.kept = mine, kept
config = load()
began = time.monotonic()
steps = work.steps(config, secrets.load(config.secrets_dir))
run_until_idle(engine.make_engine(config.database_url), steps[:1], rounds=10_000)
peak = [int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")]
children = resource.getrusage(resource.RUSAGE_CHILDREN)
longest = {
    state: {"cpu": round(held[state][0], 2), "wall": round(held[state][1], 2)}
    for state in ("sent", "checking", "photos", "applying") if state in held
}
seconds = {"wall": round(time.monotonic() - began, 1), "cpu": round(time.process_time(), 1)}
seconds["child_cpu"] = round(children.ru_utime + children.ru_stime, 2)
print(json.dumps({"worker_mb": peak[0], "child_mb": children.ru_maxrss // 1024, **seconds, "lock_held": longest}))
"""


def work(config: Config) -> dict:
    """Let a worker process do all there is to do; what it took."""
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "OCOP_VAR": str(config.var), "OCOP_DEMO": "0"}
    done = subprocess.run([sys.executable, "-c", _WORKER], env=env, cwd=ROOT, capture_output=True, check=True)
    return json.loads(done.stdout)


def sent(session: Session, config: Config, content: bytes, photos: BinaryIO | None = None) -> tuple:
    _user, officer = an_officer(session)
    data = services.send(
        session, officer, commune_code="15286", file_name="danh-sach.xlsx", content=content,
        photos_name="anh.zip", photos=photos, folder=config.var / "imports",
    )  # fmt: skip
    session.commit()
    return officer, data.id


def test_ten_thousand_rows_fit_into_three_hundred_megabytes(
    session: Session, engine: Engine, config: Config
) -> None:
    rows = [
        a_row(
            at + 1, f"Mắm tép đồng số {at}", f"HTX Mẫu số {at // 2}", stars=3, decision=f"{at}/QĐ-UBND",
            issued="12/05/2026",
        )
        for at in range(ROWS)
    ]  # fmt: skip
    officer, import_id = sent(session, config, a_list(*rows).getvalue())
    took = []

    while True:
        took.append(work(config))
        if press(engine, officer, import_id) is ImportState.APPLIED:
            break
    print("\nten thousand rows:", *took, sep="\n  ")

    assert max(one["worker_mb"] for one in took) < MOST_MEGABYTES
    assert max(one["child_mb"] for one in took) < MOST_MEGABYTES
    with open_session(engine, read_only=True) as session:
        made = [
            session.scalar(select(func.count()).select_from(one)) for one in (Producer, Listing, Certificate)
        ]
    assert made == [ROWS // 2, ROWS, ROWS]


def test_a_workbook_that_swells_is_refused_before_it_takes_memory(
    session: Session, engine: Engine, config: Config
) -> None:
    """A quarter of a megabyte that unpacks to sixty of XML."""
    out = io.BytesIO()
    base = a_list(a_row(1, "Mắm tép", "HTX Mẫu"))
    with zipfile.ZipFile(base) as small, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for entry in small.infolist():
            data = small.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                cells = b'<row r="9"><c r="A9" t="inlineStr"><is><t>Mam</t></is></c></row>' * 900_000
                data = data.replace(b"</sheetData>", cells + b"</sheetData>")
            packed.writestr(entry.filename, data)
    _officer, import_id = sent(session, config, out.getvalue())

    took = work(config)
    print(f"\nbomb of {len(out.getvalue())} bytes:", took)

    with open_session(engine, read_only=True) as session:
        data = session.get(DataImport, import_id)
    assert data is not None
    assert (data.state, data.reason) == (ImportState.FAILED, "sheet_too_much")
    assert max(took["worker_mb"], took["child_mb"]) < MOST_MEGABYTES


def test_a_picture_that_swells_is_refused_before_it_takes_memory(
    session: Session, engine: Engine, config: Config
) -> None:
    """A PNG of some kilobytes that unpacks to 144 million points, in a ZIP; its product is not kept out."""
    bomb = a_bomb()
    sheet, photos = a_list(a_row(1, "Mắm tép", "HTX Mẫu")), a_zip([("Mắm tép/1.png", bomb)])
    officer, import_id = sent(session, config, sheet.getvalue(), photos)
    work(config)
    press(engine, officer, import_id)

    took = work(config)
    print(f"\npicture bomb of {len(bomb)} bytes:", took)

    with open_session(engine, read_only=True) as session:
        data = session.get(DataImport, import_id)
        photo = session.scalars(select(ImportPhoto)).one()
    assert data is not None
    assert (data.state, data.counts["good"]) == (ImportState.CHECKED, 1)
    assert (photo.problem, photo.sha256) == ("photo_too_many_pixels", "")
    assert max(took["worker_mb"], took["child_mb"]) < MOST_MEGABYTES
