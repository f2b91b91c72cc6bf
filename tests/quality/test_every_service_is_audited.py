"""A public service that takes (session, actor, …) leaves an audit entry: itself or through what it calls."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

OCOP = Path(__file__).parents[2] / "ocop"
FEATURES = (
    "media", "accounts", "producers", "listings", "publishing", "batches", "training", "imports", "reports",
    "dossiers", "portability", "desk",
)  # fmt: skip
# They write nothing, or write outside the audit on purpose.
EXCUSED = {
    "accounts": {"may_issue_first_code"},
    "producers": {"recoveries", "to_renew"},
    "publishing": {"check_read_aloud"},
    "imports": {"standing"},
    "training": {"clear"},  # class.reset and class.close, which call it, say how many rows went
    "desk": {"mark_seen"},  # the notice itself keeps when it was seen
    "batches": {"find_stamps"},
    "listings": {
        # one person's draft: outside the audit until it is saved (ARCHITECTURE §7)
        "save_draft", "add_photos", "move_photo", "press", "copy", "rebase", "discard_draft",
        "check_photos",
    },
}  # fmt: skip


def _functions(feature: str) -> dict[str, ast.FunctionDef]:
    files = [OCOP / feature / "services.py", *(OCOP / feature / "services").glob("*.py")]
    models = [OCOP / feature / "models.py"]
    return {
        node.name: node
        for file in files + models
        if file.is_file()
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
    }


def _calls(function: ast.FunctionDef) -> set[str]:
    """Names called inside; audit.record counts as "audit.record", other modules' functions by their name."""
    names = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value.id + "." if isinstance(node.func.value, ast.Name) else ""
            names |= {f"{owner}{node.func.attr}", node.func.attr}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names.add(node.func.id)
    return names


ALL = {feature: _functions(feature) for feature in FEATURES}
_DONE = {"audit.record", "audit.entry"}


def _is_audited(name: str, feature: str, seen: frozenset[tuple[str, str]] = frozenset()) -> bool:
    """A name means the feature's own function, else any other feature's."""
    places = [feature] if name in ALL[feature] else [other for other in FEATURES if name in ALL[other]]
    return any(_leaves_a_trace(name, place, seen) for place in places if (name, place) not in seen)


def _leaves_a_trace(name: str, feature: str, seen: frozenset[tuple[str, str]]) -> bool:
    called = _calls(ALL[feature][name])
    seen = seen | {(name, feature)}
    # What a function calls under its own name is another feature's: a service that hands on to one below.
    return bool(_DONE & called) or any(
        _is_audited(other, feature, seen) if other != name else _elsewhere(name, feature, seen)
        for other in called
    )


def _elsewhere(name: str, feature: str, seen: frozenset[tuple[str, str]]) -> bool:
    places = [other for other in FEATURES if other != feature and name in ALL[other]]
    return any(_leaves_a_trace(name, place, seen) for place in places if (name, place) not in seen)


def _public_services(feature: str) -> list[str]:
    return [
        name
        for name, function in ALL[feature].items()
        if not name.startswith("_") and {"session", "actor"} <= {a.arg for a in function.args.args}
    ]


@pytest.mark.parametrize("feature", FEATURES)
def test_each_public_service_leaves_an_audit_entry(feature: str) -> None:
    silent = {n for n in _public_services(feature) if not _is_audited(n, feature)} - EXCUSED.get(
        feature, set()
    )

    assert silent == set()


def test_the_rule_looks_at_real_services() -> None:
    assert sum(len(_public_services(f)) for f in FEATURES) > 30
