"""What the buttons inside the form do to what was typed."""

from __future__ import annotations

import pytest

from ocop.listings.rules import (
    MAX_PHOTOS,
    default_shot,
    drafting,
    pack_label,
    price_is_strange,
    probable_price,
)

A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


def test_only_what_belongs_to_the_form_is_kept():
    sent = {
        "name": ["Mắm"], "variants-0-price_vnd": ["70k"], "variants-0-evil": ["1"], "variants-99-label": ["x"],
        "csrf": ["a"], "once": ["b"], f"shot-{A}": ["front"], "shot-../x": ["front"], "press": ["publish"],
        "channels": ["c1", "c2"],
    }  # fmt: skip

    kept = drafting.known(sent)

    assert kept == {
        "name": ["Mắm"], "variants-0-price_vnd": ["70k"], f"shot-{A}": ["front"], "channels": ["c1", "c2"],
    }  # fmt: skip


def test_a_new_pack_stands_after_the_others_and_takes_their_unit():
    fields = {"variants-0-price_vnd": ["70000"], "variants-0-net_unit": ["ml"]}

    more = drafting.with_pack(fields)

    assert drafting.pack_numbers(more) == [0, 1]
    assert more["variants-1-net_unit"] == ["ml"]
    assert more["variants-1-price_vnd"] == [""]


def test_there_are_never_more_packs_than_a_page_holds():
    fields = {f"variants-{number}-price_vnd": ["1"] for number in range(drafting.MAX_PACKS)}

    more = drafting.with_pack(fields)

    assert more == fields


def test_taking_a_pack_out_moves_the_later_ones_up():
    fields = {f"variants-{n}-label": [str(n)] for n in range(3)} | {"variants-2-id": ["zz"], "name": ["Mắm"]}

    fewer = drafting.without_pack(fields, 1)

    assert fewer == {
        "name": ["Mắm"], "variants-0-label": ["0"], "variants-1-label": ["2"], "variants-1-id": ["zz"],
    }  # fmt: skip


@pytest.mark.parametrize("number", [0, 5])
def test_the_last_pack_and_an_unknown_one_stay(number):
    fields = {"variants-0-label": ["Hũ"]}

    same = drafting.without_pack(fields, number)

    assert same == fields


@pytest.mark.parametrize(
    ("action", "order"),
    [
        (f"up:{B}", [B, A, C]),
        (f"up:{A}", [A, B, C]),
        (f"down:{A}", [B, A, C]),
        (f"down:{C}", [A, B, C]),
        (f"remove:{B}", [A, C]),
        (f"order:{C},{A}", [C, A, B]),
        (f"order:{C},{C},zzz,{B}", [C, B, A]),
        ("up:unknown", [A, B, C]),
        (f"eat:{B}", [A, B, C]),
        ("", [A, B, C]),
    ],
)
def test_photos_move_as_the_button_says(action, order):
    before = [A, B, C]

    after = drafting.moved(before, action)

    assert after == order
    assert before == [A, B, C]


def test_what_a_photo_shows_follows_its_place_until_somebody_says_otherwise():
    sent = {f"shot-{A}": ["front"], f"shot-{B}": ["back_label"], f"shot-{C}": ["other"]}

    kept = drafting.with_shots(sent, [A, B, C])

    shown = [drafting.shot_of(kept, media_id, place) for place, media_id in enumerate([B, A, C])]
    assert shown == ["front", "back_label", "other"]


def test_a_shot_nobody_knows_counts_as_none():
    sent = {f"shot-{A}": ["<script>"]}

    shot = drafting.shot_of(drafting.with_shots(sent, [A]), A, 0)

    assert shot == "front"


def test_an_answer_to_a_question_not_asked_now_is_kept():
    before = {"technical": ["35 cm"], "ack": ["a|paper"], "name": ["Khăn"]}

    after = drafting.kept_over(before, {"name": ["Mắm"]})

    assert after == {"technical": ["35 cm"], "name": ["Mắm"]}


def test_a_draft_has_a_largest_size():
    small, big = {"story": ["x" * 200_000]}, {"story": ["x" * 200_000], "name": ["y"]}

    answers = (drafting.too_long(small), drafting.too_long(big))

    assert answers == (False, True)


def test_the_first_three_photos_have_their_task_and_the_rest_none():
    shots = [default_shot(place) for place in range(MAX_PHOTOS)]

    first, rest = shots[:3], set(shots[3:])

    assert first == ["front", "back_label", "making"]
    assert rest == {"other"}


@pytest.mark.parametrize(
    ("price", "strange"), [(85, True), (999, True), (1000, False), (0, False), (None, False)]
)
def test_a_price_below_a_thousand_is_asked_about(price, strange):
    answer = price_is_strange(price)

    expected = strange

    assert answer is expected


def test_the_probable_price_has_its_three_zeros():
    typed = 85

    meant = probable_price(typed)

    assert meant == 85_000


def test_a_pack_without_a_name_is_called_by_its_content():
    names = (pack_label(250, "g"), pack_label(None, "g"))

    expected = ("Gói 250 g", "")

    assert names == expected
