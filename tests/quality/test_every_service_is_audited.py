"""A public service that takes (session, actor, …) leaves an audit entry: itself or through what it calls."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

OCOP = Path(__file__).parents[2] / "ocop"
FEATURES = ("media", "accounts", "producers", "listings", "publishing", "batches")
# They write nothing, or write outside the audit on purpose.
EXCUSED = {
    "accounts": {"may_issue_first_code"},
    "producers": {"recoveries"},
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
EVERYWHERE = {name: function for functions in ALL.values() for name, function in functions.items()}


def _is_audited(name: str, seen: frozenset[str] = frozenset()) -> bool:
    function = EVERYWHERE.get(name)
    if function is None or name in seen:
        return False
    called = _calls(function)
    return "audit.record" in called or any(_is_audited(other, seen | {name}) for other in called)


def _public_services(feature: str) -> list[str]:
    return [
        name
        for name, function in ALL[feature].items()
        if not name.startswith("_") and {"session", "actor"} <= {a.arg for a in function.args.args}
    ]


@pytest.mark.parametrize("feature", FEATURES)
def test_each_public_service_leaves_an_audit_entry(feature: str) -> None:
    silent = {n for n in _public_services(feature) if not _is_audited(n)} - EXCUSED.get(feature, set())

    assert silent == set()


def test_the_rule_looks_at_real_services() -> None:
    assert sum(len(_public_services(f)) for f in FEATURES) > 30
