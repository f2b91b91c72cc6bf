"""Files that are not what they say: refused with a sentence, before anything is made, and nothing of them is kept."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ocop.db.actor import NotAllowed
from ocop.db.engine import open_session
from ocop.db.errors import Refused
from ocop.listings.models import Listing
from ocop.portability import services
from ocop.portability.models import Transfer
from ocop.portability.rules import MANIFEST, transfer_path
from ocop.producers.models import Producer
from tests.factories import picture
from tests.features.portability.conftest import Full, Install

Files = dict[str, bytes]


def _unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def _packed(files: Files, *, sums: bool = True) -> bytes:
    """A ZIP of these files; with ``sums`` its manifest fits them, as a forger would make it."""
    if sums:
        manifest = json.loads(files[MANIFEST])
        manifest["files"] = [
            {"path": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in files.items()
            if name != MANIFEST
        ]
        files = {**files, MANIFEST: json.dumps(manifest).encode()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return out.getvalue()


def _edited(data: bytes, file: str, change: Callable[[list[dict[str, Any]]], None]) -> bytes:
    files = _unpacked(data)
    rows = json.loads(files[f"du-lieu/{file}.json"])
    change(rows)
    files[f"du-lieu/{file}.json"] = json.dumps(rows).encode()
    return _packed(files)


def _refused(install: Install, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        install.take_in(data)
    return refused.value.code


def _nothing_was_made(install: Install) -> None:
    with open_session(install.engine, read_only=True) as session:
        assert session.scalar(select(func.count()).select_from(Producer)) == 0
    assert list((install.config.var / "transfers").glob("*")) in (
        [],
        [*install.config.var.glob("transfers/*.zip")],
    )


@pytest.fixture
def out(full: Full, here: Install) -> bytes:
    return here.export(full.producer.id)


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06" + bytes(18), b"khong phai zip", picture()])
def test_something_else_is_refused(elsewhere: Install, data: bytes) -> None:
    assert _refused(elsewhere, data) == "transfer_not_ours"
    assert list((elsewhere.config.var / "transfers").glob("*")) == []


def test_a_file_changed_on_the_way_is_refused_by_its_sum(elsewhere: Install, out: bytes) -> None:
    files = _unpacked(out)
    files["du-lieu/san-pham.json"] = files["du-lieu/san-pham.json"].replace("tép".encode(), "bò ".encode())

    assert _refused(elsewhere, _packed(files, sums=False)) == "transfer_changed"


@pytest.mark.parametrize("change", ["more", "less"])
def test_a_file_too_many_or_too_few_is_refused(elsewhere: Install, out: bytes, change: str) -> None:
    files = _unpacked(out)
    if change == "more":
        files["anh/la.jpg"] = b"x"
    else:
        del files["du-lieu/lo.json"]

    assert _refused(elsewhere, _packed(files, sums=False)) == "transfer_changed"


@pytest.mark.parametrize("name", ["../lo.json", "/etc/x", "a/b/c/d.json", "du-lieu/lo .json", "C:\\x"])
def test_a_name_that_leads_elsewhere_is_refused(elsewhere: Install, out: bytes, name: str) -> None:
    files = {**_unpacked(out), name: b"x"}

    assert _refused(elsewhere, _packed(files)) == "transfer_odd_names"


def test_a_bomb_is_refused_before_it_is_unpacked(elsewhere: Install, out: bytes) -> None:
    files = {**_unpacked(out), "anh/000000000000.jpg": bytes(11_000_000)}
    many = {**_unpacked(out), **{f"anh/{number:012}.jpg": b"" for number in range(3_001)}}

    assert _refused(elsewhere, _packed(files)) == "transfer_too_big"
    assert _refused(elsewhere, _packed(many)) == "transfer_too_big"


def test_a_file_of_a_newer_program_is_refused(elsewhere: Install, out: bytes) -> None:
    files = _unpacked(out)
    files[MANIFEST] = files[MANIFEST].replace(b'"format_version": 1', b'"format_version": 2')

    assert _refused(elsewhere, _packed(files)) == "transfer_newer_format"


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("san-pham", {"set_no": 99}),
        ("san-pham", {"set_no": "9"}),
        ("san-pham", {"name": "x" * 201}),
        ("san-pham", {"name": None}),
        ("san-pham", {"date_style": "bao giờ cũng được"}),
        ("san-pham", {"producer_id": "zzzzzzzzzzzz"}),
        ("san-pham", {"created_at": "2026-01-01T00:00:00"}),
        ("loai-dong-goi", {"price_vnd": -1}),
        ("loai-dong-goi", {"price_vnd": 10**12}),
        ("loai-dong-goi", {"gtin": "8930000000000"}),
        ("giay-to", {"stars": 9}),
        ("giay-to", {"kind": "tự đặt"}),
        ("giay-to", {"expires_on": "31/02/2026"}),
        ("lo", {"quantity": 0}),
        ("lo", {"variant_id": "zzzzzzzzzzzz"}),
        ("nhat-ky-lo", {"step": "phù phép"}),
        ("doanh-thu", {"amount_vnd": -5}),
        ("co-so", {"kind": "công ty ma"}),
        ("co-so", {"sample": 1}),
    ],
)
def test_a_value_no_form_would_take_is_refused(
    elsewhere: Install, out: bytes, file: str, values: dict[str, Any]
) -> None:
    forged = _edited(out, file, lambda rows: rows[0].update(values))

    assert _refused(elsewhere, forged) == "transfer_odd_value"
    _nothing_was_made(elsewhere)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.append(dict(rows[0])),  # two producers, or one id twice
        lambda rows: rows.clear(),
        lambda rows: rows[0].update(operator=True),
        lambda rows: rows[0].pop("name"),
    ],
)
def test_rows_that_are_too_many_or_too_few_are_refused(
    elsewhere: Install, out: bytes, change: Callable[[list[dict[str, Any]]], None]
) -> None:
    assert _refused(elsewhere, _edited(out, "co-so", change)) == "transfer_odd_rows"


def test_a_lot_number_that_is_there_twice_makes_nothing(elsewhere: Install, out: bytes) -> None:
    def double(rows: list[dict[str, Any]]) -> None:
        rows.append({**rows[0], "id": "0" * 12})

    assert _refused(elsewhere, _edited(out, "lo", double)) == "transfer_odd_rows"
    _nothing_was_made(elsewhere)


@pytest.mark.parametrize(
    ("code", "refusal"), [("99999", "transfer_no_such_place"), ("T0001", "transfer_from_a_class")]
)
def test_a_producer_of_no_place_here_or_of_a_class_is_refused(
    elsewhere: Install, out: bytes, code: str, refusal: str
) -> None:
    forged = _edited(out, "co-so", lambda rows: rows[0].update(commune_code=code))

    assert _refused(elsewhere, forged) == refusal


def test_a_picture_that_is_none_makes_nothing(elsewhere: Install, out: bytes) -> None:
    files = _unpacked(out)
    name = next(name for name in files if name.startswith("anh/"))
    files[name] = b"<svg onload=alert(1)>"

    assert _refused(elsewhere, _packed(files)) == "photo_not_image"
    _nothing_was_made(elsewhere)


def test_a_link_to_somewhere_else_is_left_out_and_the_rest_comes(elsewhere: Install, out: bytes) -> None:
    forged = _edited(out, "bai-dang", lambda rows: [row.update(url="https://xau.example/x") for row in rows])

    made = elsewhere.take_in(forged)

    assert json.loads(_unpacked(elsewhere.export(made))["du-lieu/bai-dang.json"]) == []


def test_control_letters_are_dropped_and_markup_stays_text(elsewhere: Install, out: bytes) -> None:
    forged = _edited(out, "san-pham", lambda rows: rows[0].update(name="Mắm\u202e tép\x00 <script>"))

    made = elsewhere.take_in(forged)

    (row,) = json.loads(_unpacked(elsewhere.export(made))["du-lieu/san-pham.json"])
    assert row["name"] == "Mắm tép <script>"


def test_an_id_that_no_address_could_carry_becomes_one_of_ours(elsewhere: Install, out: bytes) -> None:
    def odd(rows: list[dict[str, Any]]) -> None:
        rows[0]["id"] = "../xa?a=1#b"

    made = elsewhere.take_in(_edited(out, "anh-san-pham", odd))

    ids = [row["id"] for row in json.loads(_unpacked(elsewhere.export(made))["du-lieu/anh-san-pham.json"])]
    assert ids
    assert all(one.isalnum() and len(one) == 12 for one in ids)


def test_what_came_from_elsewhere_is_read_out_before_a_helper_passes_it_on(
    elsewhere: Install, out: bytes
) -> None:
    made = elsewhere.take_in(out)

    with open_session(elsewhere.engine, read_only=True) as session:
        found = session.scalars(select(Listing).where(Listing.producer_id == made)).all()
    assert found
    assert all(one.written_on_behalf for one in found)


def test_a_file_is_taken_over_once(session: Session, elsewhere: Install, out: bytes) -> None:
    transfer_id = elsewhere.receive(out)
    var, media_dir = elsewhere.config.var, elsewhere.config.media_dir
    contents, pictures = services.read_pictures(var, media_dir, transfer_id=transfer_id)
    with open_session(elsewhere.engine) as there:
        said = {"transfer_id": transfer_id, "var": var, "contents": contents, "pictures": pictures}
        services.apply(there, elsewhere.operator, **said)

        with pytest.raises(Refused) as twice:
            services.apply(there, elsewhere.operator, **said)
        with pytest.raises(Refused) as away:
            services.discard(there, elsewhere.operator, transfer_id=transfer_id)

    assert twice.value.code == away.value.code == "transfer_done"


def test_only_an_operator_takes_in_and_only_the_owner_takes_away(
    session: Session, full: Full, elsewhere: Install, out: bytes
) -> None:
    transfer_id = elsewhere.receive(out)
    member = type(full.actor)(full.user.id, "x", full.producer.id, frozenset({"producer.view"}))

    with pytest.raises(NotAllowed):
        services.record_export(session, member)
    with pytest.raises(NotAllowed):
        services.record_export(session, full.actor, producer_id=full.producer.id)
    with open_session(elsewhere.engine) as there, pytest.raises(NotAllowed):
        services.discard(there, full.actor, transfer_id=transfer_id)

    with open_session(elsewhere.engine, read_only=True) as there:
        assert there.get_one(Transfer, transfer_id).discarded_at is None
    assert transfer_path(elsewhere.config.var, transfer_id).exists()
