"""Every layout fits its paper, keeps parts apart and prints modules a phone can read."""

from itertools import combinations

import pytest

from traceability.layouts import Box, layouts, words
from traceability.qr import QUIET_ZONE

EVERY = list(layouts().values())
ids = [layout.name for layout in EVERY]
DOT = 25.4 / 203
VERSIONS = {3: 29 + 2 * QUIET_ZONE, 4: 33 + 2 * QUIET_ZONE}
FIELDS = {"producer", "product", "stars", "lot", "date"}


def apart(one: Box, other: Box) -> bool:
    return (
        one.right <= other.x + 1e-9
        or other.right <= one.x + 1e-9
        or one.bottom <= other.y + 1e-9
        or other.bottom <= one.y + 1e-9
    )


def parts(layout) -> list[Box]:
    fixed = [slot.box for slot in layout.slots]
    return [layout.qr, *[line.box for line in layout.column_for(FIELDS)], *fixed]


def test_the_three_layouts_are_there_with_their_counts():
    found = {name: (layout.columns, layout.rows, layout.stamp) for name, layout in layouts().items()}

    assert found == {
        "tomy-145": (5, 13, (38, 21)),
        "a4-3x8": (3, 8, (64, 34)),
        "roll-50x30": (1, 1, (50, 30)),
    }


@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_the_grid_fits_the_page_with_equal_margins(layout):
    last = layout.corner(layout.per_page - 1)

    for axis in (0, 1):
        rest = layout.page[axis] - last[axis] - layout.stamp[axis]
        assert layout.margin[axis] >= 0
        assert rest == pytest.approx(layout.margin[axis])


@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_stamps_run_row_by_row_and_never_overlap(layout):
    boxes = [Box(*layout.corner(place), *layout.stamp) for place in range(layout.per_page)]

    assert boxes == sorted(boxes, key=lambda box: (box.y, box.x))
    assert all(apart(one, other) for one, other in combinations(boxes, 2))


@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_every_part_is_inside_the_stamp_and_clear_of_the_others(layout):
    found = parts(layout)

    for box in found:
        assert box.x >= 0.5
        assert box.y >= 0.5
        assert box.right <= layout.stamp[0] - 0.5
        assert box.bottom <= layout.stamp[1] - 0.5
    assert all(apart(one, other) for one, other in combinations(found, 2))


@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_the_practice_words_stay_off_the_symbol_and_inside_the_stamp(layout):
    assert apart(layout.practice, layout.qr)
    assert layout.practice.right <= layout.stamp[0]
    assert layout.practice.bottom <= layout.stamp[1]


@pytest.mark.parametrize("across", VERSIONS.values(), ids=VERSIONS.keys())
@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_a_printed_module_is_at_least_three_dots_of_a_203_dpi_printer(layout, across):
    assert layout.module(across) >= 3 * DOT


@pytest.mark.parametrize("across", VERSIONS.values(), ids=VERSIONS.keys())
@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_the_symbol_with_its_quiet_zone_stays_in_its_box(layout, across):
    symbol = layout.symbol(across)

    assert symbol.width == pytest.approx(across * layout.module(across))
    assert layout.qr.x <= symbol.x
    assert layout.qr.y <= symbol.y
    assert symbol.right <= layout.qr.right + 1e-9
    assert symbol.bottom <= layout.qr.bottom + 1e-9


@pytest.mark.parametrize("across", VERSIONS.values(), ids=VERSIONS.keys())
def test_on_a_label_printer_every_module_is_whole_dots(across):
    layout = layouts()["roll-50x30"]

    for length in (layout.module(across), layout.symbol(across).x, layout.symbol(across).y):
        assert (length * layout.dots_per_mm) == pytest.approx(round(length * layout.dots_per_mm))


@pytest.mark.parametrize("layout", EVERY, ids=ids)
def test_a_line_that_is_not_needed_leaves_its_room_to_the_product(layout):
    full = {line.field: line.box for line in layout.column_for(FIELDS)}
    bare = {line.field: line.box for line in layout.column_for({"producer", "product"})}

    assert bare["product"].height > full["product"].height
    assert bare["product"].bottom == pytest.approx(layout.column.bottom)
    assert full["date"].bottom == pytest.approx(layout.column.bottom)


@pytest.mark.parametrize("layout", [one for one in EVERY if one.note], ids=lambda one: one.name)
def test_the_note_is_in_the_margin(layout):
    assert layout.note.bottom <= layout.margin[1]
    assert layout.note.y >= 4
    assert layout.note.right <= layout.page[0]


def test_the_foot_is_where_there_is_room_for_it():
    having = {layout.name for layout in EVERY if "foot" in {slot.field for slot in layout.slots}}

    assert having == {"a4-3x8", "roll-50x30"}
    assert words()["foot"] == "Quét để xem hàng của ai, lô nào. Cơ sở tự khai."
