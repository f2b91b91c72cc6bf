"""Stamp sheets as PDF: QR, what the goods are, and the number a shopper compares.

What is the same on every stamp of a run is drawn once and referred to. The QR is a 1-bit image mask with
four samples a module: vector modules come out too dark on laser and label printers, coarse masks blurred
in some viewers.

    python -m traceability.stamps --count 200 --host https://tem.example.vn --layout a4-3x8 --out mau.pdf
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from math import atan2, cos, degrees, pi, sin
from typing import BinaryIO, Literal
from urllib.parse import urlsplit

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from traceability import lettering, qr
from traceability.digital_link import stamp_uri
from traceability.layouts import Box, Layout, Slot, layouts, words
from traceability.serials import StampKey, codes_for_range, grouped

_FACE = "face"
_PRACTICE_FILL = (1.0, 0.82, 0.80)
_PRACTICE_LINE = (0.78, 0.10, 0.10)
_NOTE_GREY = 0.35
_CAPITAL_HEIGHT = 0.74  # of Be Vietnam Pro, in ems


@dataclass(frozen=True, slots=True)
class StampFace:
    """What a run of stamps says besides its numbers.

    ``good_until`` is the last good day and ``date_style`` how it is worded; ``stars`` (1–5) only while the
    OCOP certificate of this very product is valid: the caller knows, the stamp does not.
    """

    product: str
    producer: str
    lot: str | None = None
    good_until: date | None = None
    date_style: Literal["use_by", "best_before"] = "use_by"
    stars: int | None = None


def write_sheet(
    out_file: BinaryIO | str,
    face: StampFace,
    stamps: Iterable[tuple[str, str]],
    layout: Layout,
    *,
    practice: bool,
    start_at: int = 1,
    offset_mm: tuple[float, float] = (0, 0),
    copy_number: int = 1,
    roll: int | None = None,
) -> int:
    """Draw ``(code, uri)`` pairs in order, row by row, and return the number of pages.

    ``practice`` prints "TEM MẪU" across every stamp. ``start_at`` is the first free place (1 …) of a partly
    used sheet; ``offset_mm`` moves everything right and down for printers that feed askew; ``copy_number``
    counts reprints; ``roll`` is named at the edge of the page, for whoever must set a lost mark anew.
    ValueError for a place outside the sheet or no stamps, qr.TooLarge for a host too long.
    """
    if not 1 <= start_at <= layout.per_page:
        raise ValueError(f"start_at {start_at} is outside 1 … {layout.per_page}")
    sheet = _Sheet(out_file, face, layout, practice, offset_mm, copy_number, roll)
    place = start_at - 1
    for code, uri in stamps:
        sheet.draw(place, code, uri)
        place += 1
    if place == start_at - 1:
        raise ValueError("no stamps to draw")
    sheet.save()
    return -(-place // layout.per_page)


class _Sheet:
    """A PDF being drawn. Layout is in mm from the top left, PDF in points from the bottom left."""

    def __init__(
        self,
        out_file: BinaryIO | str,
        face: StampFace,
        layout: Layout,
        practice: bool,
        offset_mm: tuple[float, float],
        copy_number: int,
        roll: int | None,
    ) -> None:
        self.roll = roll
        self.layout = layout
        self.offset = offset_mm
        self.copy_number = copy_number
        self.page = 0
        size = (layout.page[0] * mm, layout.page[1] * mm)
        self.canvas = Canvas(out_file, pagesize=size, pageCompression=1, invariant=1, lang="vi")
        self.canvas.setTitle(f"{lettering.tidy(face.product)} – {layout.name}")
        self.canvas.setViewerPreference("PrintScaling", "None")
        self.serial_slots = [slot for slot in layout.slots if slot.field in ("serial", "host")]
        self._draw_face(face, practice)

    def draw(self, place: int, code: str, uri: str) -> None:
        page, place_on_page = divmod(place, self.layout.per_page)
        if page + 1 != self.page:
            self._turn_to(page + 1)
        x, y = self.layout.corner(place_on_page)
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(
            (x + self.offset[0]) * mm,
            (self.layout.page[1] - y - self.layout.stamp[1] - self.offset[1]) * mm,
        )
        canvas.doForm(_FACE)
        self._draw_symbol(qr.matrix(uri))
        texts = {"serial": grouped(code), "host": urlsplit(uri).netloc.lower()}
        for slot in self.serial_slots:
            self._write(slot, texts[slot.field], self.layout.stamp[1])
        canvas.restoreState()

    def save(self) -> None:
        self.canvas.showPage()
        self.canvas.save()

    def _turn_to(self, page: int) -> None:
        if self.page:
            self.canvas.showPage()
        self.page = page
        if self.layout.note is None:
            return
        note = words()["note"].format(layout=self.layout.name, copy=self.copy_number, page=page)
        if self.roll is not None:
            note += words()["note_roll"].format(roll=self.roll)
        self.canvas.setFillGray(_NOTE_GREY)
        self._write(Slot("note", self.layout.note, size=7), note, self.layout.page[1])
        self.canvas.setFillGray(0)

    def _draw_face(self, face: StampFace, practice: bool) -> None:
        texts = _texts(face, self.copy_number)
        self.canvas.beginForm(_FACE)
        if practice:
            self._draw_practice_words()
        self.canvas.setFillGray(0)
        for slot in (*self.layout.column_for(texts.keys()), *self.layout.slots):
            if slot.field == "stars":
                self._draw_stars(slot, texts["stars"], face.stars)
            elif slot.field in texts:
                self._write(slot, texts[slot.field], self.layout.stamp[1])
        self.canvas.endForm()

    def _write(self, slot: Slot, text: str, full_height: float) -> None:
        """``full_height``: of the stamp or page the slot is in, to turn its y upside down."""
        fitted = _fitted(slot, text)
        self.canvas.setFont(fitted.font, fitted.size)
        top = (full_height - slot.box.y) * mm
        for line, baseline in zip(fitted.lines, fitted.baselines(), strict=True):
            if slot.align == "right":
                self.canvas.drawRightString(slot.box.right * mm, top - baseline, line)
            else:
                self.canvas.drawString(slot.box.x * mm, top - baseline, line)

    def _draw_symbol(self, rows: list[list[bool]]) -> None:
        """A mask paints where its bits are 0. One module is one hex digit wide and four rows high."""
        across = len(rows) + 2 * qr.QUIET_ZONE
        module = self.layout.module(across)
        box = self.layout.symbol(across)
        side = len(rows) * module * mm
        x = (box.x + qr.QUIET_ZONE * module) * mm
        y = (self.layout.stamp[1] - box.y - qr.QUIET_ZONE * module) * mm - side
        samples = 4 * len(rows)
        padding = "F" * (len(rows) % 2)
        lines = ["".join("0" if dark else "F" for dark in row) + padding for row in rows]
        data = "\n".join(line for line in lines for _ in range(4))
        self.canvas.addLiteral(
            f"q {side:.4f} 0 0 {side:.4f} {x:.4f} {y:.4f} cm "
            f"BI /W {samples} /H {samples} /BPC 1 /IM true /F /AHx ID\n{data}>\nEI Q"
        )

    def _draw_stars(self, slot: Slot, text: str, stars: int) -> None:
        """The word, then filled stars as shapes: the font has none."""
        canvas, size = self.canvas, slot.size
        baseline = (self.layout.stamp[1] - slot.box.y) * mm - size
        canvas.setFont(lettering.BOLD, size)
        canvas.drawString(slot.box.x * mm, baseline, text)
        radius = 0.46 * size
        x = slot.box.x * mm + lettering.width_of(text, lettering.BOLD, size) + 0.35 * size + radius
        for _ in range(stars):
            self._draw_star(x, baseline + _CAPITAL_HEIGHT / 2 * size, radius)
            x += 2.15 * radius

    def _draw_star(self, x: float, y: float, radius: float) -> None:
        path = self.canvas.beginPath()
        for corner in range(10):
            reach = radius if corner % 2 == 0 else 0.4 * radius
            angle = pi / 2 + corner * pi / 5
            move = path.lineTo if corner else path.moveTo
            move(x + reach * cos(angle), y + reach * sin(angle))
        path.close()
        self.canvas.drawPath(path, stroke=0, fill=1)

    def _draw_practice_words(self) -> None:
        """Large, aslant, under the text and beside the QR. Outlined, so a 1-bit printer cannot lose it."""
        canvas, box, text = self.canvas, self.layout.practice, words()["practice"]
        angle = atan2(box.height, box.width)
        size = _slanted_size(box, text, angle)
        canvas.saveState()
        middle = (box.x + box.width / 2) * mm, (self.layout.stamp[1] - box.y - box.height / 2) * mm
        canvas.translate(*middle)
        canvas.rotate(degrees(angle))
        canvas.setFont(lettering.BOLD, size)
        canvas.setFillColorRGB(*_PRACTICE_FILL)
        canvas.setStrokeColorRGB(*_PRACTICE_LINE)
        canvas.setLineWidth(0.03 * size)
        width = lettering.width_of(text, lettering.BOLD, size)
        canvas.drawString(-width / 2, -_CAPITAL_HEIGHT / 2 * size, text, mode=2)
        canvas.restoreState()


def _slanted_size(box: Box, text: str, angle: float) -> float:
    """The largest size in points at which the slanted text stays inside the box, marks included."""
    long, tall = lettering.width_of(text, lettering.BOLD, 1), 2 * lettering.ascent(text) - _CAPITAL_HEIGHT
    across = long * cos(angle) + tall * sin(angle)
    upward = long * sin(angle) + tall * cos(angle)
    return min(box.width * mm / across, box.height * mm / upward)


def _texts(face: StampFace, copy_number: int) -> dict[str, str]:
    """What each slot says; a field that has nothing to say is absent."""
    say = words()
    texts = {"product": face.product, "producer": face.producer, "foot": say["foot"]}
    if face.lot:
        texts["lot"] = say["lot"].format(lot=face.lot)
    if face.good_until:
        texts["date"] = say[face.date_style].format(date=f"{face.good_until:%d/%m/%Y}")
    if face.stars:
        texts["stars"] = say["ocop"]
    if copy_number > 1:
        texts["copy"] = say["copy"].format(copy=copy_number)
    return texts


def _fitted(slot: Slot, text: str) -> lettering.Lettering:
    font = lettering.BOLD if slot.bold else lettering.REGULAR
    room = {"font": font, "width": slot.box.width * mm, "height": slot.box.height * mm, "largest": slot.size}
    if slot.overflow == "cut":
        return lettering.fit(text, smallest=slot.smallest, **room)
    whole = lettering.fit_whole(text, **room)
    if slot.overflow == "omit" and whole.size < slot.smallest:
        return lettering.Lettering(font, slot.smallest, ())
    return whole


def _sample_face() -> StampFace:
    return StampFace(
        product="Mắm tép đồng ủ thính gạo rang, hũ thủy tinh",
        producer="HTX Mắm tép Đồng Trũng (mẫu)",
        lot="MT-251001",
        good_until=date(2027, 11, 21),
        stars=4,
    )


def main(arguments: list[str] | None = None) -> None:
    """Draw practice stamps of an invented product, with a key that is public and never used for goods."""
    parser = argparse.ArgumentParser(prog="python -m traceability.stamps", description=main.__doc__)
    parser.add_argument("--count", type=int, default=65)
    parser.add_argument("--host", required=True, help="base URL, for example https://tem.example.vn")
    parser.add_argument("--layout", choices=sorted(layouts()), default="tomy-145")
    parser.add_argument("--out", required=True, help="the PDF to write")
    options = parser.parse_args(arguments)
    if not 1 <= options.count <= 1 << 20:
        parser.error("--count is between 1 and 1048576")
    key = StampKey("0", bytes(32))
    codes = codes_for_range(key, 0, 0, options.count - 1)
    stamps = ((code, stamp_uri(options.host, code)) for code in codes)
    pages = write_sheet(options.out, _sample_face(), stamps, layouts()[options.layout], practice=True)
    print(f"{options.out}: {options.count} tem mẫu, {pages} trang")


if __name__ == "__main__":
    main()
