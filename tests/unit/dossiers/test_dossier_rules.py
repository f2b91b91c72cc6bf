"""What is read from dossier.toml and digital_criteria.toml."""

from __future__ import annotations

import pytest

from ocop.dossiers import rules
from ocop.producers.rules import CertificateKind
from ocop.web.wording import has_sentence


def test_every_set_has_its_items_and_tourism_no_labels():
    goods, tourism = ({one.code for one in rules.items(no)} for no in (9, 26))

    assert len(goods) == 15
    assert goods - tourism == {"declaration", "test", "codes"}


@pytest.mark.parametrize(
    ("set_no", "expected"),
    [
        (9, [("2.3", 3, 4), ("5.1", 5, 4), ("4.1", 5, 5)]),
        (21, [("2.2", 4, 4), ("5.1", 5, 4), ("4.1", 5, 5)]),
        (22, [("2.2", 5, 4), ("5.1", 5, 4), ("4.1", 5, 5)]),
        (24, [("2.2", 4, 5), ("5.1", 5, 4)]),
        (25, [("2.2", 4, 4), ("5.1", 5, 4)]),
        (26, []),
    ],
)
def test_the_digital_criteria_of_a_set_are_those_of_the_decision(set_no, expected):
    found = [(one.criterion, one.points, one.star) for one in rules.criteria(set_no)]

    assert found == expected


def test_every_kind_of_paper_has_a_name():
    assert [kind for kind in CertificateKind if not has_sentence(f"certificate_kind_{kind.value}")] == []
