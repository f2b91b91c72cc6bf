"""What the page about columns shows: what is understood as words, a list to choose from only where somebody asks for
it or nothing was understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ocop.imports.forms import column_key, sheet_key
from ocop.imports.rules import RowKind, Understood, spec, targets
from ocop.web.wording import sentence

MOST_LISTS = 6  # a page with more is too heavy for a telephone; the others wait behind their button


def choices() -> list[tuple[str, list[tuple[int, str]]]]:
    """(kind of thing, [(place in targets, label)]) for the lists."""
    groups: dict[str, list[tuple[int, str]]] = {sentence(f"import_kind_{kind}"): [] for kind in RowKind}
    for at, target in enumerate(targets()):
        groups[sentence(f"import_kind_{spec(target).kind}")].append((at, spec(target).label))
    return list(groups.items())


def shown(
    mapping: Mapping[str, Any], said: Sequence[dict[int, str] | None] | None, opened: Sequence[str]
) -> list[dict[str, Any]]:
    """Per sheet: number, name, key, use, rows, kinds, columns [{key, heading, examples, at, label, open}]."""
    sheets = []
    lists = MOST_LISTS
    for number, sheet in enumerate(mapping["sheets"]):
        understood = Understood.from_json(sheet["understood"])
        mine = said[number] if said is not None else None
        found = understood.columns if mine is None else mine
        columns = []
        for at in sorted(understood.headings.keys() - {understood.number_column}):
            key, target = column_key(number, at), found.get(at, "")
            asks = key in opened or (not target and at in understood.unknown and said is None)
            lists -= asks
            columns.append(
                {
                    "key": key,
                    "heading": understood.headings[at],
                    "examples": sheet["examples"].get(str(at), []),
                    "at": targets().index(target) if target else None,
                    "label": spec(target).label if target else "",
                    "open": asks and lists >= 0,
                }
            )
        sheets.append(
            {
                "name": sheet["name"],
                "key": sheet_key(number),
                "use": sheet["use"] if said is None else mine is not None,
                "rows": sheet["rows"],
                "kinds": [sentence(f"import_kind_{kind}").lower() for kind in understood.kinds],
                "columns": columns,
            }
        )
    return sheets
