"""A report on A4 paper: heading of an administrative document when it is frozen, bars, tables that go on over the
page, page numbers, and room for the digital signature."""

from __future__ import annotations

import io
import re
import unicodedata
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)

from ocop.reports.mapping.filling import Stamp
from ocop.reports.mapping.words import by_place, number_words, period_words, place_name, sections, signed
from ocop.reports.rules.figures import Figures, Number
from ocop.reports.rules.placeholders import PLACE_NUMBERS
from ocop.web.filters import day as written_day
from ocop.web.filters import number as written_number
from ocop.web.wording import sentence
from traceability.lettering import BOLD, REGULAR, width_of

_WIDTH = A4[0] - 45 * mm
_TEA, _SOFT = colors.HexColor("#1F6B4A"), colors.HexColor("#E3DCCB")
_INK, _HEAD = colors.HexColor("#23201B"), colors.HexColor("#EAF2F7")
_BARS = frozenset({"sao", "nhom", "tung_san", "giay"})
_BAR_WIDTH, _BAR_HEIGHT = 32 * mm, 3.2 * mm
_LINES_KEPT_TOGETHER = 10
_PLACES_PER_TABLE = 7  # figures beside each other on upright A4


def report_pdf(figures: Figures, stamp: Stamp, *, frozen: bool) -> bytes:
    """PDF bytes; the same report gives the same bytes. Only a frozen one has number, day and signature."""
    width_of("", REGULAR, 1)  # loads the fonts
    out = io.BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=27 * mm,
        rightMargin=18 * mm,
        topMargin=18 * mm,
        bottomMargin=18 * mm,
        title=f"{sentence('report_title')} – {figures.scope_name} – {period_words(figures.period)}",
        author=figures.scope_name,
        lang="vi",
        invariant=1,
    )
    story = [*_head(figures, stamp, frozen), *_tables(figures), *_place_tables(figures)]
    if frozen:
        story.append(_signature())
    document.build(story, canvasmaker=_Numbered)
    return out.getvalue()


class _Numbered(Canvas):
    """Pages that know how many there are."""

    def __init__(self, *args: object, **kw: object) -> None:
        super().__init__(*args, **kw)  # type: ignore[arg-type]
        self._pages: list[dict[str, object]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, 1):
            self.__dict__.update(page)
            self.setFont(REGULAR, 8.5)
            words = sentence("paper_page", page=number, pages=len(self._pages))
            self.drawRightString(A4[0] - 18 * mm, 10 * mm, words)
            super().showPage()
        super().save()


class _Bar(Flowable):
    """One bar, as long as its share of the longest beside it."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.width, self.height, self._share = _BAR_WIDTH, _BAR_HEIGHT, share

    def draw(self) -> None:
        self.canv.setFillColor(_SOFT)
        self.canv.rect(0, 0, self.width, self.height, stroke=0, fill=1)
        if self._share:
            self.canv.setFillColor(_TEA)
            self.canv.rect(0, 0, self.width * self._share, self.height, stroke=0, fill=1)


def _style(size: float = 10, *, bold: bool = False, side: int = TA_LEFT) -> ParagraphStyle:
    font = BOLD if bold else REGULAR
    return ParagraphStyle(
        f"{font}-{size}-{side}",
        fontName=font,
        fontSize=size,
        leading=size * 1.42,
        alignment=side,
        textColor=_INK,
    )


def _say(text: str, size: float = 10, *, bold: bool = False, side: int = TA_LEFT) -> Paragraph:
    # Room to write in by hand must not be folded into one space.
    kept = re.sub(" {2,}", lambda gap: "\N{NO-BREAK SPACE}" * len(gap[0]), unicodedata.normalize("NFC", text))
    return Paragraph(escape(kept), _style(size, bold=bold, side=side))


def _head(figures: Figures, stamp: Stamp, frozen: bool) -> list[Flowable]:
    middle = TA_CENTER
    story: list[Flowable] = []
    if frozen:
        left = [
            _say(sentence("paper_committee"), bold=True, side=middle),
            _say(figures.scope_name.upper(), bold=True, side=middle),
            _say(sentence("paper_number"), side=middle),
        ]
        right = [
            _say(sentence("paper_nation"), 9.5, bold=True, side=middle),
            Paragraph(f"<u>{sentence('paper_motto')}</u>", _style(bold=True, side=middle)),
            _say(
                sentence("paper_place_and_day", place=place_name(figures), year=figures.period.last.year),
                9.5,
                side=middle,
            ),
        ]
        story += [Table([[left, right]], colWidths=[_WIDTH * 0.4, _WIDTH * 0.6]), Spacer(0, 4 * mm)]
        story.append(_say(sentence("paper_report"), 14, bold=True, side=middle))
    story += [
        _say(sentence("paper_subject"), 12.5, bold=True, side=middle),
        _say(f"{figures.scope_name} – {period_words(figures.period)}", 11, bold=True, side=middle),
        _say(sentence("paper_compared", before=period_words(figures.before)), 9.5, side=middle),
        _say(sentence("paper_counted_on", day=written_day(figures.counted_on)), 9.5, side=middle),
    ]
    made = (
        sentence("paper_frozen", at=stamp.words, who=stamp.by)
        if frozen
        else sentence("paper_draft", at=stamp.words)
    )
    story.append(_say(made, 9.5, side=middle))
    if figures.sample:
        story.append(_say(sentence("paper_sample"), 10, bold=True, side=middle))
    return [*story, Spacer(0, 4 * mm)]


def _tables(figures: Figures) -> list[Flowable]:
    story: list[Flowable] = []
    for heading, note, lines in sections(figures):
        table = _table(heading, lines, with_bars=lines[0].section in _BARS)
        below = [_say(note, 8.5)] if note else []
        whole = len(lines) <= _LINES_KEPT_TOGETHER
        story += [KeepTogether([table, *below])] if whole else [table, *below]
        story.append(Spacer(0, 4 * mm))
    return story


def _table(heading: str, lines: list[Number], *, with_bars: bool) -> Table:
    words = ("now", "before", "change")
    head = [
        _say(heading, bold=True),
        *(_say(sentence(f"column_{w}"), 9, bold=True, side=TA_RIGHT) for w in words),
    ]
    longest = max((line.now for line in lines), default=0) or 1
    rows: list[list[Flowable | str]] = [[*head, ""] if with_bars else head]
    for line in lines:
        row: list[Flowable | str] = [
            _say(f"{line.words} (đồng)" if line.unit else line.words),
            *(
                _say(text, side=TA_RIGHT)
                for text in (written_number(line.now), written_number(line.before), signed(line.change))
            ),
        ]
        rows.append([*row, _Bar(line.now / longest)] if with_bars else row)
    figure = 22 * mm if with_bars else 31 * mm
    bar = [_BAR_WIDTH + 4 * mm] if with_bars else []
    return _ruled(rows, [_WIDTH - 3 * figure - sum(bar), figure, figure, figure, *bar])


def _place_tables(figures: Figures) -> list[Flowable]:
    story: list[Flowable] = []
    for former, tab, column in (
        (False, "tab_communes", "column_commune"),
        (True, "tab_former", "column_former"),
    ):
        if not former and len(figures.communes) < 2:
            continue
        places = by_place(figures, former, PLACE_NUMBERS)
        heads = number_words(figures, PLACE_NUMBERS)
        for start in range(0, len(PLACE_NUMBERS), _PLACES_PER_TABLE):
            part = slice(start, start + _PLACES_PER_TABLE)
            rows: list[list[Flowable | str]] = [
                [
                    _say(sentence(column), 8.5, bold=True),
                    *(_say(h, 7.5, bold=True, side=TA_RIGHT) for h in heads[part]),
                ]
            ]
            rows += [
                [_say(name, 8.5), *(_say(written_number(n), 8.5, side=TA_RIGHT) for n in counts[part])]
                for name, counts in places
            ]
            figure = (_WIDTH - 36 * mm) / (len(rows[0]) - 1)
            table = _ruled(rows, [36 * mm, *([figure] * (len(rows[0]) - 1))])
            story += [_title_of_table(sentence(tab)), table, Spacer(0, 4 * mm)]
    return story


def _title_of_table(text: str) -> Paragraph:
    style = _style(11, bold=True)
    style.keepWithNext, style.spaceAfter = 1, 1.5 * mm
    return Paragraph(escape(text), style)


def _ruled(rows: list[list[Flowable | str]], widths: list[float]) -> Table:
    """A table whose head comes again on every page it reaches."""
    look = TableStyle(
        [
            ("GRID", (0, 0), (-1, -1), 0.5, _INK),
            ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ]
    )
    return Table(rows, colWidths=widths, repeatRows=1, style=look)


def _signature() -> Flowable:
    left = [
        _say(sentence("paper_receivers"), 9.5, bold=True),
        _say(sentence("paper_receivers_1"), 9),
        _say(sentence("paper_receivers_2"), 9),
    ]
    right = [
        _say(sentence("paper_signer"), bold=True, side=TA_CENTER),
        Spacer(0, 3 * mm),
        _say(sentence("paper_signature_room"), 9, side=TA_CENTER),
        Spacer(0, 26 * mm),
    ]
    return KeepTogether(
        Table(
            [[left, right]],
            colWidths=[_WIDTH * 0.5, _WIDTH * 0.5],
            style=[("VALIGN", (0, 0), (-1, -1), "TOP")],
        )
    )
