"""Whatever the audit trail can hold can be said in Vietnamese: every action, every field, every stored word."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from sqlalchemy import Enum

import ocop.app  # noqa: F401 - brings in every model
from ocop.db.base import Base
from ocop.desk.mapping.values import field_label, stored_word
from ocop.desk.rules import HIDDEN, HIDDEN_OF, NAMED_BY_ID, NOT_AUDITED, TOPICS, is_hidden
from ocop.web.wording import has_sentence, sentence
from tests.quality.audit_actions import OCOP, calls

AUDITED = {table for tables in TOPICS.values() for table in tables}
# Fields that show by another way than words for each value: a name instead of an id, a commune instead of a code.
BY_NAME = {*NAMED_BY_ID, "commune_code", "practice_commune"}


def _shown_fields() -> Iterator[tuple[str, str]]:
    for table in sorted(AUDITED):
        for column in Base.metadata.tables[table].columns:
            if not is_hidden(table, column.name):
                yield table, column.name


def test_every_action_that_is_recorded_can_be_read_from_the_code() -> None:
    unreadable = [call.where for call in calls() if None in call.actions or not call.actions]

    assert unreadable == []
    assert len(calls()) > 60


def test_every_recorded_action_has_a_sentence() -> None:
    actions = {str(action): call.where for call in calls() for action in call.actions}

    silent = {action: where for action, where in actions.items() if not has_sentence(f"act_{action}")}

    assert silent == {}


def test_every_field_of_an_audited_table_has_a_label_or_is_hidden() -> None:
    nameless = [
        f"{table}.{field}"
        for table, field in _shown_fields()
        if field_label(table, field) == sentence("noted_other")
    ]

    assert nameless == []


def test_every_key_written_out_in_a_call_has_a_label_or_is_hidden() -> None:
    keys = {(key, call.where) for call in calls() for key in call.fields}

    nameless = [
        (key, where)
        for key, where in keys
        if key not in HIDDEN and all(field_label(table, key) == sentence("noted_other") for table in AUDITED)
    ]

    assert nameless == []


def test_every_value_of_a_shown_list_of_words_has_a_word() -> None:
    silent = [
        f"{table}.{field}: {value}"
        for table, field in _shown_fields()
        if isinstance(kind := Base.metadata.tables[table].c[field].type, Enum)
        for value in kind.enums
        if not stored_word(table, field, value)
    ]

    assert silent == []


def test_every_table_belongs_to_one_topic_or_is_never_audited() -> None:
    found = Counter(table for tables in (*TOPICS.values(), NOT_AUDITED) for table in tables)

    assert found == Counter(dict.fromkeys(Base.metadata.tables, 1))
    assert all(has_sentence(f"topic_{topic}") for topic in TOPICS)


def test_what_is_hidden_exists() -> None:
    fields = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    full = {
        f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns
    }

    assert fields >= HIDDEN
    assert full >= HIDDEN_OF


def _notice_codes() -> Iterator[str]:
    """What stands as code= in every notify(…): a text, or the known beginning of one."""
    for file in sorted(OCOP.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            name = getattr(node, "func", None)
            called = getattr(name, "id", getattr(name, "attr", ""))
            if isinstance(node, ast.Call) and called == "notify":
                for keyword in node.keywords:
                    if keyword.arg == "code":
                        yield from _beginnings(keyword.value)


def _beginnings(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _beginnings(value.body)
        yield from _beginnings(value.orelse)
    elif isinstance(value, ast.JoinedStr) and isinstance(value.values[0], ast.Constant):
        yield str(value.values[0].value)


def test_every_notice_has_a_sentence() -> None:
    told = set(_notice_codes())

    silent = {code for code in told if not code.endswith("_") and not has_sentence(f"notice_{code}")}

    assert silent == set()
    assert told
