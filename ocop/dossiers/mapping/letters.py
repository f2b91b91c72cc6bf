"""The reminder to a producer whose papers end, in the layout of an official letter."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ocop.dossiers.mapping import word
from ocop.dossiers.mapping.forms import place_and_day
from ocop.places import queries as places
from ocop.producers.models import Producer


@dataclass(frozen=True)
class LetterLine:
    """paper: its name, number and product. ends: as 21/11/2026. todo: what to do, with its days."""

    certificate_id: str
    paper: str
    ends: str
    todo: str


@dataclass(frozen=True)
class Letter:
    """office and place: as "Xã Hoạt Giang". lines: at least one, else there is nothing to write about."""

    place: str
    province: str
    producer: str
    address: str
    day: dt.date
    lines: tuple[LetterLine, ...]

    @property
    def place_and_day(self) -> str:
        return place_and_day(self.place, self.day)

    @property
    def opening(self) -> str:
        return (
            f"Ủy ban nhân dân {self.place[0].lower()}{self.place[1:]} thông báo để {self.producer} "
            "biết các giấy tờ dưới đây đã hoặc sắp hết hạn, và làm các việc sau:"
        )

    @property
    def closing(self) -> str:
        return (
            "Sao OCOP và chứng nhận chỉ được ghi trên nhãn, tem, bài đăng khi giấy còn hiệu lực. "
            "Nhãn, tem đã in có sao thì ngừng dùng từ ngày sau ngày hết hạn. "
            "Đã nộp hồ sơ thì mang biên nhận đến Ủy ban nhân dân để ghi vào hệ thống."
        )


def letter(producer: Producer, lines: tuple[LetterLine, ...], day: dt.date) -> Letter:
    commune = places.commune(producer.commune_code)
    address = places.full_address(producer.commune_code)
    return Letter(
        commune.full_name,
        places.province(commune.province_code).full_name,
        producer.name,
        f"{producer.hamlet}, {address}" if producer.hamlet else address,
        day,
        lines,
    )


def letter_file(one: Letter) -> bytes:
    """The letter as .docx; number, name and seal are the office's."""
    document = word.new_document("Thông báo giấy tờ sắp hết hạn")
    word.state_heading(
        document,
        ["ỦY BAN NHÂN DÂN", one.place.upper(), "―――――", "Số: ......../TB-UBND"],
        one.place_and_day,
    )
    word.line(document, "THÔNG BÁO", bold=True, align=word.CENTRE)
    word.line(document, "Về giấy chứng nhận OCOP và giấy tờ sắp hết hạn", bold=True, align=word.CENTRE)
    word.line(document, f"Kính gửi: {one.producer}", align=word.CENTRE)
    word.line(document, one.address, italic=True, align=word.CENTRE)
    word.line(document, one.opening, align=word.JUSTIFY)
    rows = [(str(at), x.paper, x.ends, x.todo) for at, x in enumerate(one.lines, 1)]
    word.grid(document, ("TT", "Giấy tờ", "Hết hạn", "Việc cần làm"), rows, (12, 60, 28, 65))
    word.line(document, one.closing, align=word.JUSTIFY)
    word.signatures(
        document,
        [["Nơi nhận", "Như trên; lưu hồ sơ"], ["TM. ỦY BAN NHÂN DÂN", "(ký, ghi rõ họ tên, đóng dấu)"]],
    )
    return word.saved(document)
