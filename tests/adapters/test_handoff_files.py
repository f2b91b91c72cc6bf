"""A parcel in the order of the target's form, with names that every machine takes."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace_adapters import registry
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.handoff.fields import SOURCES, Row
from marketplace_adapters.handoff.file_names import file_name
from marketplace_adapters.testing.samples import listing, service, variant
from marketplace_adapters.types import Handoff, ListingPayload

HANDOFFS = [code for code, one in registry.channels().items() if one.protocol == "handoff"]
NASTY = [
    'CON', 'Mắm tép: "đặc biệt" <hũ 250 g> | 50% ?*/..\\', "..", "   ", "😀", "Đ" * 200, "nul.txt", "=1+1", "a\tb\nc",
    "\u202egpj.exe", "Ｍắm",
]  # fmt: skip
SAFE = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
DEVICES = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


def _parcel(offered: ListingPayload, code: str) -> tuple[Handoff, zipfile.ZipFile]:
    adapter = HandoffAdapter(registry.channels()[code], {})
    parcel = adapter.publish(adapter.items(offered)[0])
    return parcel, zipfile.ZipFile(io.BytesIO(parcel.files[0].content))


def _texts(opened: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [one for one in opened.infolist() if one.filename.endswith(".txt")]


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return len(path) < 120 and all(
        SAFE.fullmatch(part) and part.partition(".")[0] not in DEVICES for part in parts
    )


@pytest.mark.parametrize("code", HANDOFFS)
@pytest.mark.parametrize("offered", [listing(), service()], ids=["goods", "service"])
def test_texts_and_sheet_follow_the_columns_of_the_channel(code, offered) -> None:
    columns = registry.channels()[code].columns

    _handoff, opened = _parcel(offered, code)

    row = Row(offered, offered.variants[0], registry.channels()[code], ())
    filled = [
        (number, column)
        for number, column in enumerate(columns, 1)
        if column.source != "photo_names" and SOURCES[column.source](row)
    ]
    texts = _texts(opened)[: len(filled)]
    numbers = [int(one.filename.rpartition("/")[2][:2]) for one in texts]
    labels = [one.comment.decode().split("\t")[1:] for one in texts]
    head = next(openpyxl.load_workbook(io.BytesIO(opened.read("1-bang-nhap.xlsx"))).active.iter_rows())
    assert numbers == [number for number, _ in filled]
    assert labels == [[column.source, column.label] for _, column in filled]
    assert [cell.value.removesuffix(" (bắt buộc)") for cell in head] == [column.label for column in columns]


@pytest.mark.parametrize("code", HANDOFFS)
def test_every_text_is_the_value_of_its_field(code) -> None:
    _handoff, opened = _parcel(listing(), code)

    row = Row(listing(), listing().variants[0], registry.channels()[code], ())
    for one in _texts(opened):
        _packing, source, _label = one.comment.decode().split("\t")
        assert opened.read(one).decode("utf-8-sig").replace("\r\n", "\n") == SOURCES[source](row)


@pytest.mark.parametrize("code", HANDOFFS)
def test_the_long_text_is_in_every_parcel_once(code) -> None:
    _handoff, opened = _parcel(listing(), code)

    sources = [one.comment.decode().split("\t")[1] for one in _texts(opened)]

    assert sources.count("introduction") == 1


def test_several_packings_have_a_folder_each_with_the_whole_form() -> None:
    two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g: to?", price_vnd=130_000)))

    _handoff, opened = _parcel(two, "thanh_hoa")

    folders = list(dict.fromkeys(one.filename.split("/")[1] for one in _texts(opened)))
    prices = [opened.read(one).decode("utf-8-sig") for one in _texts(opened) if "gia-goc" in one.filename]
    packings = {one.comment.decode().split("\t")[0] for one in _texts(opened)}
    assert folders == ["1-hu-250-g", "2-hu-500-g-to"]
    assert prices == ["70000", "130000"]
    assert packings == {"Hũ 250 g", "Hũ 500 g: to?"}


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("code", HANDOFFS)
def test_a_nasty_name_makes_no_nasty_file_name(code, name) -> None:
    many = (variant(label=name), variant(sku="TT-MT-500", label=name))

    handoff, opened = _parcel(listing(name=name if name.strip() else "x", variants=many), code)

    names = opened.namelist()
    assert [path for path in names if not _is_safe(path)] == []
    assert len({path.casefold() for path in names}) == len(names)
    assert _is_safe(handoff.files[0].name)


def test_the_parcel_is_named_after_product_place_and_sku() -> None:
    handoff, _opened = _parcel(listing(), "thanh_hoa")

    assert handoff.files[0].name == "ho-so-mam-tep-dong-u-thinh-gao-rang-thanh-hoa-tt-mt-250.zip"


@given(st.text(max_size=200))
@settings(max_examples=300)
def test_whatever_is_typed_a_file_name_is_empty_or_safe(text) -> None:
    name = file_name(text)

    assert name == "" or (
        re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) and name not in DEVICES and len(name) <= 50
    )


def test_words_are_not_cut_where_there_is_a_space_before() -> None:
    assert file_name("Dài × rộng × cao thùng gửi (cm)") == "dai-rong-cao-thung-gui-cm"
    assert file_name("Mắm tép đồng ủ thính gạo rang", 12) == "mam-tep-dong"


def test_photo_comments_name_the_picture_and_its_role() -> None:
    offered = replace(listing())

    _handoff, opened = _parcel(offered, "buudien")

    notes = [
        one.comment.decode().split("\t") for one in opened.infolist() if one.filename.startswith("3-anh/")
    ]
    assert notes == [[photo.key, photo.role] for photo in offered.photos]


def test_the_same_listing_gives_the_same_bytes() -> None:
    assert _parcel(listing(), "buudien")[0].files == _parcel(listing(), "buudien")[0].files
