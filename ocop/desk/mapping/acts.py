"""One entry of the audit as a person reads it: when, who, for whom, what, and which field from what to what."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ocop.db.audit import AuditEntry
from ocop.desk.mapping.values import Names, field_label, value_words
from ocop.desk.rules import is_hidden
from ocop.web.wording import has_sentence, sentence

_LONG = 60  # a text longer than this was rewritten; nobody reads it twice in one line


@dataclass(frozen=True)
class Change:
    """One field from what to what; "" for nothing."""

    field: str
    old: str
    new: str

    @property
    def words(self) -> str:
        return self._said("change_both", "change_filled", "change_rewritten", "change_emptied")

    def of(self, thing: str) -> str:
        """The same as a sentence of its own, about a thing."""
        return self._said("act_one_change", "act_one_filled", "act_one_rewritten", "act_one_emptied", thing)

    def _said(self, both: str, filled: str, rewritten: str, emptied: str, thing: str = "") -> str:
        code = both if self.old and self.new else filled if self.new else emptied
        if max(len(self.old), len(self.new)) > _LONG and self.new:
            code = rewritten
        return sentence(code, field=self.field, old=self.old, new=self.new, thing=thing)


@dataclass(frozen=True)
class Act:
    """helper: in the name of which office or group it was done, "" for the producer's own people and officials."""

    at: dt.datetime
    who: str
    producer: str
    helper: str
    what: str
    changes: tuple[Change, ...]

    @property
    def line(self) -> str:
        """All of it in one sentence."""
        return (
            f"{self.what}: {'; '.join(change.words for change in self.changes)}"
            if self.changes
            else self.what
        )


def act(entry: AuditEntry, names: Names) -> Act:
    """``names``: see queries.names.names_of."""
    thing = names.get((entry.entity, entry.entity_id), "")
    changes = _changes(entry, names)
    return Act(
        at=entry.at,
        who=entry.user_name,
        producer=names.get(("producer", entry.producer_id or ""), ""),
        helper=names.get(("delegation", entry.delegation_id or ""), "") if entry.on_behalf else "",
        what=_what(entry, thing),
        changes=changes,
    )


def plain_line(entry: AuditEntry, names: Names) -> str:
    """For the producer: what was done; an edit of one field says it outright."""
    told = act(entry, names)
    thing = names.get((entry.entity, entry.entity_id), "")
    is_edit = bool(entry.old) and entry.action.startswith(("edit.", "listing.edit", "variant.edit"))
    if is_edit and len(told.changes) == 1 and thing:
        return told.changes[0].of(thing)
    return told.line if entry.old else told.what


def _what(entry: AuditEntry, thing: str) -> str:
    code = f"act_{entry.action}"
    if not has_sentence(code):
        return sentence("act_unknown", action=entry.action, thing=thing).strip()
    return sentence(code, thing=thing).strip().rstrip(":").rstrip()


def _changes(entry: AuditEntry, names: Names) -> tuple[Change, ...]:
    found = []
    for field in dict.fromkeys((*entry.new, *entry.old)):
        if is_hidden(entry.entity, field):
            continue
        old = value_words(entry.entity, field, entry.old.get(field), names)
        new = value_words(entry.entity, field, entry.new.get(field), names)
        if old != new:
            found.append(Change(field_label(entry.entity, field), old, new))
    return tuple(found)
