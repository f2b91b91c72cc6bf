"""Every action the code writes into the audit trail, read from the code itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

OCOP = Path(__file__).parents[2] / "ocop"


@dataclass(frozen=True)
class Call:
    """One audit.record(…) and the texts its action can be. None stands for what could not be read."""

    where: str
    actions: frozenset[str | None]
    fields: frozenset[str]  # keys of a dict written out as old= or new=


def calls() -> list[Call]:
    return [call for file in sorted(OCOP.rglob("*.py")) for call in _calls_in(file)]


@cache
def _constants() -> dict[str, list[str]]:
    """NAME = "text" at the top of any module."""
    found: dict[str, list[str]] = {}
    for file in OCOP.rglob("*.py"):
        for node in ast.parse(file.read_text("utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                for target in node.targets:
                    if isinstance(target, ast.Name) and isinstance(node.value.value, str):
                        found.setdefault(target.id, []).append(node.value.value)
    return found


def _calls_in(file: Path) -> Iterator[Call]:
    tree = ast.parse(file.read_text("utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in _own_nodes(function):
            if isinstance(node, ast.Call) and _is_record(node):
                where = f"{file.relative_to(OCOP)}:{node.lineno}"
                actions = frozenset(_texts(_action(node), function, tree))
                yield Call(where, actions, frozenset(_written_out(node)))


def _own_nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What stands in a function and in no function inside it."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(c for c in ast.iter_child_nodes(node) if not isinstance(c, ast.FunctionDef))


def _is_record(node: ast.Call) -> bool:
    target = node.func
    return (
        isinstance(target, ast.Attribute)
        and target.attr in ("record", "entry")
        and isinstance(target.value, ast.Name)
        and target.value.id == "audit"
    )


def _action(call: ast.Call) -> ast.expr:
    """record(session, actor, action, …) or entry(actor, action, …)."""
    named = [k.value for k in call.keywords if k.arg == "action"]
    return named[0] if named else call.args[2 if _callee(call) == "record" else 1]


def _written_out(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg in ("old", "new") and isinstance(keyword.value, ast.Dict):
            yield from (k.value for k in keyword.value.keys if isinstance(k, ast.Constant))


def _texts(value: ast.expr, function: ast.FunctionDef, tree: ast.Module) -> Iterator[str | None]:
    """What an expression can be: followed to local names and, for a parameter, to every call of the function."""
    if isinstance(value, ast.Constant):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body, function, tree)
        yield from _texts(value.orelse, function, tree)
    elif isinstance(value, ast.JoinedStr):
        yield from _joined(value, function, tree)
    elif isinstance(value, ast.Name):
        yield from _named(value.id, function, tree)
    elif isinstance(value, ast.Attribute):  # a constant of another module
        yield from _constants().get(value.attr) or [None]
    else:
        yield None


def _joined(value: ast.JoinedStr, function: ast.FunctionDef, tree: ast.Module) -> Iterator[str | None]:
    made: list[str] = [""]
    for part in value.values:
        inner = part.value if isinstance(part, ast.FormattedValue) else part
        texts = list(_texts(inner, function, tree))
        if None in texts:
            yield None
            return
        made = [head + str(text) for head in made for text in texts]
    yield from made


def _named(name: str, function: ast.FunctionDef, tree: ast.Module) -> Iterator[str | None]:
    assigned = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    for one in assigned:
        yield from _texts(one, function, tree)
    arguments = [a.arg for a in function.args.args]
    keyword_only = [a.arg for a in function.args.kwonlyargs]
    if not assigned and name in arguments + keyword_only:
        yield from _passed(name, function, tree)
    elif not assigned:  # of a loop: one of the actions this function spells out
        yield from _spelt_out(function) or [None]


def _spelt_out(function: ast.FunctionDef) -> list[str]:
    texts = [n.value for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [text for text in texts if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)]


def _passed(name: str, function: ast.FunctionDef, tree: ast.Module) -> Iterator[str | None]:
    found = False
    for caller in [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]:
        for node in _own_nodes(caller):
            if not (isinstance(node, ast.Call) and _callee(node) == function.name):
                continue
            given = [k.value for k in node.keywords if k.arg == name]
            place = [a.arg for a in function.args.args].index(name) if not given else 0
            if not given and place >= len(node.args):
                continue
            found = True
            yield from _texts(given[0] if given else node.args[place], caller, tree)
    if not found:
        yield None


def _callee(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
