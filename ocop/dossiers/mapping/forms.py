"""Mẫu 01 (registration) and the evidence list of Mẫu 02, filled from data.

The layout is ours: the decision's own file was not at hand. What a person must write by hand (sex, people, points)
is left blank, and the office is told so at the head.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ocop.accounts.rules import phone_number, shown_phone
from ocop.dossiers.mapping import word
from ocop.dossiers.mapping.evidence import Dossier, Evidence
from ocop.listings.mapping import packs, story_of
from ocop.listings.models import Listing, Variant
from ocop.listings.rules import product_set
from ocop.places import queries as places
from ocop.producers.mapping import certificate_name, kind_word
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import CertificateKind, masked_tax_code
from ocop.web.filters import day as written

OUR_LAYOUT = (
    "Bố cục do phần mềm soạn từ dữ liệu cơ sở đã ghi, theo nội dung Mẫu {form} Phụ lục III Quyết định 26/2026/QĐ-TTg; "
    "không phải tệp mẫu chính thức. Nơi nhận yêu cầu đúng tệp mẫu thì chép nội dung sang. Cơ sở đọc lại trước khi ký."
)
_BY_HAND = "................ (để trống, ghi tay)"


@dataclass(frozen=True)
class Registration:
    """What stands on Mẫu 01. again: the product has or had a star, so this is a re-assessment."""

    producer: tuple[tuple[str, str], ...]
    product: tuple[tuple[str, str], ...]
    again: bool
    place: str


def registration(
    listing: Listing, papers: Sequence[Certificate], *, whole_tax_code: bool = False
) -> Registration:
    """``whole_tax_code``: a person's number is written out instead of masked; for the producer's own people who
    ticked it."""
    stars = [
        one
        for one in papers
        if one.kind is CertificateKind.OCOP and one.listing_id == listing.id and one.stars
    ]
    last = max(stars, key=lambda one: one.issued_on or dt.date.min, default=None)
    return Registration(
        tuple(_producer(listing.producer, papers, whole_tax_code)),
        tuple(_product(listing, last)),
        last is not None,
        places.commune(listing.producer.commune_code).full_name,
    )


def _producer(
    producer: Producer, papers: Sequence[Certificate], whole_tax_code: bool
) -> list[tuple[str, str]]:
    tax_code = producer.tax_code if whole_tax_code else masked_tax_code(producer.tax_code)
    register = next((one for one in papers if one.kind is CertificateKind.BUSINESS_REGISTRATION), None)
    address = places.full_address(producer.commune_code)
    return [
        ("Tên chủ thể", producer.name),
        ("Loại hình", kind_word(producer)),
        ("Địa chỉ", f"{producer.hamlet}, {address}" if producer.hamlet else address),
        ("Mã số thuế", tax_code),
        ("Giấy đăng ký kinh doanh", _register(register, whole_tax_code)),
        ("Điện thoại", shown_phone(phone_number(producer.hotline) or producer.hotline)),
        ("Người đại diện theo pháp luật", producer.representative),
        ("Giới tính người đại diện", _BY_HAND),
        ("Dân tộc người đại diện", _BY_HAND),
    ]


def _register(paper: Certificate | None, whole: bool) -> str:
    if paper is None:
        return ""
    number = paper.number if whole else masked_tax_code(paper.number)
    parts = [f"số {number}" if number else "", f"ngày {written(paper.issued_on)}" if paper.issued_on else ""]
    parts.append(f"nơi cấp {paper.issuer}" if paper.issuer else "")
    return ", ".join(part for part in parts if part)


def _product(listing: Listing, last: Certificate | None) -> list[tuple[str, str]]:
    kind = product_set(listing.set_no)
    before = f"{last.stars} sao, {last.number}, hết hạn {written(last.expires_on)}" if last else "chưa có"
    return [
        ("Tên sản phẩm", listing.name),
        ("Ngành", kind.group_name),
        ("Nhóm", kind.annex1_group),
        ("Phân nhóm", kind.annex1_name),
        ("Bộ tiêu chí số", str(kind.no)),
        ("Quy cách đóng gói", "; ".join(_pack(one) for one in packs(listing))),
        ("Nhãn hiệu", listing.brand or listing.producer.brand),
        ("Tiêu chuẩn áp dụng", listing.standards),
        ("Thành phần", listing.ingredients),
        ("Mô tả", listing.short_text),
        ("Câu chuyện sản phẩm", story_of(listing)),
        ("Kết quả OCOP đã có", before),
    ]


def _pack(variant: Variant) -> str:
    content = f"{variant.net_content} {variant.net_unit}" if variant.net_content else ""
    return variant.label if content in variant.label else ", ".join(x for x in (variant.label, content) if x)


def registration_file(form: Registration, day: dt.date) -> bytes:
    """Mẫu 01 as .docx."""
    document = word.new_document("Phiếu đăng ký đánh giá, phân hạng sản phẩm OCOP")
    word.state_heading(document, ["Mẫu số 01", "(nội dung theo Phụ lục III)"], place_and_day(form.place, day))
    word.line(document, "PHIẾU ĐĂNG KÝ", bold=True, align=word.CENTRE)
    word.line(document, "Đánh giá, phân hạng sản phẩm OCOP", bold=True, align=word.CENTRE)
    word.line(document, OUR_LAYOUT.format(form="01"), italic=True, align=word.JUSTIFY)
    word.line(document, f"Kính gửi: Ủy ban nhân dân {form.place}", align=word.CENTRE)
    word.line(document, "I. Chủ thể", bold=True)
    word.pairs(document, form.producer)
    word.line(document, "II. Sản phẩm đăng ký", bold=True)
    word.pairs(document, form.product)
    word.line(document, "III. Đăng ký", bold=True)
    first, again = ("☐", "☒") if form.again else ("☒", "☐")
    word.line(document, f"{first} Đánh giá lần đầu    {again} Đánh giá lại    ☐ Đánh giá nâng hạng")
    word.line(document, "Hạng sao đăng ký: ☐ 3 sao   ☐ 4 sao   ☐ 5 sao")
    word.line(
        document,
        "Chủ thể chịu trách nhiệm về tính trung thực của hồ sơ và các minh chứng kèm theo.",
        align=word.JUSTIFY,
    )
    word.signatures(document, [[""], ["ĐẠI DIỆN CHỦ THỂ", "(ký, ghi rõ họ tên, đóng dấu nếu có)"]])
    return word.saved(document)


def evidence_file(dossier: Dossier, day: dt.date) -> bytes:
    """The evidence list of Mẫu 02 as .docx: items in the order of the criteria, each with its papers; then the
    papers by number, each once wherever it serves."""
    listing = dossier.listing
    document = word.new_document("Danh mục minh chứng hồ sơ OCOP", landscape=True)
    place = places.commune(listing.producer.commune_code).full_name
    word.state_heading(document, ["Kèm theo Mẫu số 02", "(báo cáo tự đánh giá)"], place_and_day(place, day))
    word.line(document, "DANH MỤC MINH CHỨNG", bold=True, align=word.CENTRE)
    word.line(document, f"Sản phẩm: {listing.name}", align=word.CENTRE)
    word.line(document, f"Chủ thể: {listing.producer.name}", align=word.CENTRE)
    word.line(document, OUR_LAYOUT.format(form="02"), italic=True, align=word.JUSTIFY)
    rows = [
        (str(at), row.item.name, "\n".join(_said(one) for one in row.evidence) or "Chưa có", "")
        for at, row in enumerate(dossier.rows, 1)
    ]
    word.grid(document, ("TT", "Nội dung", "Minh chứng", "Ghi chú"), rows, (12, 80, 125, 35))
    word.line(document, "Giấy tờ kèm theo, theo số minh chứng", bold=True)
    papers = [
        (
            str(number),
            certificate_name(one),
            masked_tax_code(one.number),
            one.issuer,
            written(one.issued_on),
            _until(one),
        )
        for number, one in sorted(dossier.papers.items())
    ]
    headings = ("MC", "Loại giấy", "Số", "Nơi cấp", "Ngày cấp", "Có hạn đến")
    word.grid(document, headings, papers, (12, 65, 65, 55, 27, 28))
    word.signatures(document, [[""], ["ĐẠI DIỆN CHỦ THỂ", "(ký, ghi rõ họ tên)"]])
    return word.saved(document)


def _said(one: Evidence) -> str:
    head = f"MC {one.number}: " if one.number else ""
    return f"{head}{one.words}{f' ({one.url})' if one.url else ''}"


def _until(paper: Certificate) -> str:
    return written(paper.expires_on) or "không ghi"


def place_and_day(place: str, day: dt.date) -> str:
    """ "Xã Hoạt Giang" -> "Hoạt Giang, ngày 05 tháng 01 năm 2027" (Mục I Phụ lục I NĐ 30/2020)."""
    return f"{place.split(' ', 1)[-1]}, ngày {day:%d} tháng {day:%m} năm {day.year}"
