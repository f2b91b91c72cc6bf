"""From the cells of one row to the things it tells of: a producer, a product, its papers, a lot."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from ocop.imports.rules.addresses import read_address
from ocop.imports.rules.fields import FIELDS, RowKind
from ocop.imports.rules.figures import known_unit, shelf_days
from ocop.imports.rules.product_sets import read_set
from ocop.imports.rules.sheets import Record
from ocop.imports.rules.words import begins_with
from ocop.producers.rules import OF_A_PRODUCT, CertificateKind, ProducerKind, months_later

if TYPE_CHECKING:
    from ocop.imports.rules.reading import Row

_PLACE = ("address", "hamlet", "commune", "district", "province")
_OCOP_NEEDS = ("number", "issued_on", "stars")


def producer(row: Row) -> Record | None:
    """kind, name, tax_code, representative, commune_code, hamlet, old_address, former_commune, hotline, zalo."""
    if not row.has("producer"):
        _require(row, RowKind.PRODUCER)
        return None
    reference = row.understood.refers(RowKind.PRODUCER)
    values = dict(row.told.get("producer", {}))
    for key in _PLACE:
        values.pop(key, None)
    _require(row, RowKind.PRODUCER)
    if reference:
        guessed = begins_with(values.get("name", ""), "producer_kinds")
        values |= {"kind": guessed} if guessed else {}
    else:
        values |= _place(row)
        _kind_of_producer(row, values)
    return Record(RowKind.PRODUCER, values, reference)


def _place(row: Row) -> dict[str, Any]:
    parts = {key: cell.text for key in _PLACE if (cell := row.cell(f"producer.{key}"))}
    told = read_address(parts, row.setting)
    at = next((f"producer.{key}" for key in ("address", "commune", "district", "hamlet") if key in parts), "")
    for code, severity, params in told.complaints:
        row.complain(at or "producer.address", code, severity, **params)
    return told.values


def _kind_of_producer(row: Row, values: dict[str, Any]) -> None:
    if "kind" in values or row.wrong_at("producer.kind"):
        return
    guessed = begins_with(values.get("name", ""), "producer_kinds")
    values["kind"] = guessed or ProducerKind.HOUSEHOLD.value
    if guessed is None and "name" in values:
        row.complain("producer.name", "kind_guessed", "warning", name=values["name"][:60])


def listing(row: Row) -> Record | None:
    """name, set_no and the other facts of a listing; of its pack label, net_content, net_unit, price_vnd, …; photos."""
    if not row.has("listing"):
        if RowKind.LOT in row.understood.kinds:
            _require(row, RowKind.LISTING)
        return None
    reference = row.understood.refers(RowKind.LISTING)
    values = dict(row.told.get("listing", {}))
    said_set, said_group = values.pop("set", ""), values.pop("group", "")
    _require(row, RowKind.LISTING)
    if values.get("name"):
        told = read_set(said_set, said_group, values["name"])
        values |= told.values
        at = "listing.set" if said_set else "listing.group" if said_group else "listing.name"
        for code, severity, params in () if reference else told.complaints:
            row.complain(at, code, severity, **params)
    return Record(RowKind.LISTING, values, reference)


def certificate(row: Row, group: str) -> Record | None:
    """kind, number, issuer, issued_on, expires_on, stars."""
    if not row.has(group):
        return None
    values = dict(row.told.get(group, {}))
    _kind_of_paper(row, group, values)
    if values.get("issued_on") or row.understood.kind is not RowKind.CERTIFICATE:
        _soften(row, group, values)
    _days(row, group, values, "issued_on", "expires_on")
    if not _complete(row, group, values):
        return None
    if CertificateKind(values["kind"]) in OF_A_PRODUCT and not row.cell("listing.name"):
        row.complain("listing.name", "paper_needs_product")
    return Record(RowKind.CERTIFICATE, values)


def _kind_of_paper(row: Row, group: str, values: dict[str, Any]) -> None:
    if ":" in group:
        values["kind"] = group.partition(":")[2]
    elif "kind" not in values:
        values["kind"] = CertificateKind.OCOP.value


def _complete(row: Row, group: str, values: dict[str, Any]) -> bool:
    """Whether there is a paper to write down. Beside a product a paper that lacks something is only left out; in a
    list of papers it is an error."""
    if row.wrong_at("certificate.kind") and not values.get("number"):
        return False
    ocop = values["kind"] == CertificateKind.OCOP.value
    needed = _OCOP_NEEDS if ocop else ("number",)
    lacking = [key for key in needed if not values.get(key) and not row.wrong_at(f"{group}.{key}")]
    unclear = any(row.wrong_at(f"{group}.{key}") and not values.get(key) for key in needed)
    unclear = unclear or any(row.is_error_at(f"{group}.{key}") for key in needed)
    if row.understood.kind is not RowKind.CERTIFICATE:
        if lacking and not unclear:
            row.complain(f"{group}.{lacking[0]}", "paper_incomplete", "warning")
    else:
        for key in lacking:
            row.complain(f"{group}.{key}", "required")
    return not lacking and not unclear


def _soften(row: Row, group: str, values: dict[str, Any]) -> None:
    """ "Năm công nhận: 2025" is no error where the decision beside it names the day; else it keeps only the paper
    out, not the product."""
    cell = row.cell(f"{group}.issued_on")
    for problem in list(row.problems):
        if cell is None or problem.column_index != cell.column or problem.code != "date_needs_day":
            continue
        row.problems.remove(problem)
        if not values.get("issued_on"):
            row.problems.append(cell.problem("paper_needs_day", "warning", **problem.params))


def _days(row: Row, group: str, values: dict[str, Any], begin: str, end: str) -> None:
    """The last day from a span, and both days looked at together."""
    first = dt.date.fromisoformat(values[begin]) if values.get(begin) else None
    for key in (begin, end):
        span = values.pop(f"{key}_after", None)
        if span is None:
            continue
        if key == begin or first is None:
            row.complain(f"{group}.{key}", "date_unreadable", text=row.cells[f"{group}.{key}"].text[:40])
        else:
            values[end] = _after(first, *span).isoformat()
    last = dt.date.fromisoformat(values[end]) if values.get(end) else None
    if first and last and last < first:
        row.complain(f"{group}.{end}", "ends_early", first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")
    if first and row.setting.today and first > row.setting.today:
        row.complain(f"{group}.{begin}", "date_future", day=f"{first:%d/%m/%Y}")
    elif group != "lot" and last and row.setting.today and last < row.setting.today:
        row.complain(f"{group}.{end}", "paper_expired", "warning", day=f"{last:%d/%m/%Y}")


def _after(first: dt.date, count: int, unit: str) -> dt.date:
    """The last day of a span: the day before it is over. No span of ours reaches past 2200."""
    months = {"months": 1, "years": 12}.get(unit)
    if months:
        return months_later(first, min(count * months, 1_200)) - dt.timedelta(days=1)
    return first + dt.timedelta(days=min(shelf_days(count, unit), 36_500))


def lot(row: Row) -> Record | None:
    """lot_number, made_on, expires_on, quantity, unit, note."""
    if RowKind.LOT not in row.understood.kinds:
        return None
    values = dict(row.told.get("lot", {}))
    _require(row, RowKind.LOT)
    _days(row, "lot", values, "made_on", "expires_on")
    pack = row.told.get("listing", {}).get("label", "")
    values.setdefault("unit", known_unit(pack) or "gói")
    return Record(RowKind.LOT, values)


def _require(row: Row, kind: RowKind) -> None:
    """A column that is there must say something; a column that is not is said once, of the sheet."""
    told = row.told.get(kind.value, {})
    for one in FIELDS[kind]:
        at = row.understood.column_of.get(one.target) if one.required else None
        if at is None or one.key in told or f"{one.key}_after" in told:
            continue
        if not any(problem.column_index == at for problem in row.problems):
            row.complain(one.target, "required")
