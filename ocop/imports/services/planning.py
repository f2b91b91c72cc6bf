"""What would become of the rows of an import: the preview is this, and taking them over stores exactly this.

Nothing here is in a session or writes. The facts are checked by the same functions the services of each feature
use; here is only what concerns many rows at once: what is there already, and what two rows say of one thing.
A row is taken whole or not at all.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ocop.batches.services import lots
from ocop.db.actor import Actor
from ocop.db.audit import AuditEntry
from ocop.db.base import Base, new_id
from ocop.db.bulk import row_of
from ocop.db.errors import Refused
from ocop.imports.queries.surroundings import Surroundings
from ocop.imports.rules import RowKind, product_key
from ocop.imports.rules.words import begins_with
from ocop.imports.services.known import KnownListing, KnownPack, KnownProducer, Register, paper_key
from ocop.listings.rules import MAX_PHOTOS
from ocop.listings.rules.drafting import FIELDS, PACK_FIELDS
from ocop.listings.services import saving
from ocop.media import services as media
from ocop.media.services import TakenIn
from ocop.producers.rules import OF_A_PRODUCT, CertificateKind, ProducerKind, normal_tax_code
from ocop.producers.services import certificates
from ocop.producers.services import producer as producers

# The order in which rows are looked at: who, what, its papers, its lots, wherever they stand in the file.
_TURN = {kind: at for at, kind in enumerate(RowKind)}
_PRODUCER_FACTS = (
    "kind", "name", "tax_code", "representative", "commune_code", "hamlet", "old_address", "hotline", "zalo",
    "brand", "story",
)  # fmt: skip
_COUNTED = ("producer", "listing", "variant", "certificate", "batch", "listing_photo")

ActorFor = Callable[[str | None], Actor]  # who acts for a producer that was there before; None: for a new one


@dataclass(frozen=True, slots=True)
class RowFacts:
    """A row as it was understood. records, problems: as JSON; photos: pictures of it that were taken in, with what
    they show."""

    id: str
    position: int
    row: int
    records: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    photos: tuple[tuple[TakenIn, str], ...] = ()

    @property
    def turn(self) -> tuple[int, int]:
        told = [_TURN[RowKind(one["kind"])] for one in self.records if not one["reference"]]
        return min(told, default=len(_TURN)), self.position

    def record(self, kind: RowKind) -> dict[str, Any] | None:
        return next((one for one in self.records if one["kind"] == kind), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """result: good | known | bad. problems: those of the cells, then those found here."""

    row_id: str
    result: str
    problems: list[dict[str, Any]]


@dataclass(slots=True)
class Made:
    """One main thing with what hangs on it, ready to be stored: (table, row of it), and what the audit says."""

    row_id: str
    position: int
    things: list[tuple[str, dict[str, Any]]]
    entries: list[dict[str, Any]]


@dataclass
class Plan:
    """verdicts: of every row. made: what to store, by the id of the main thing."""

    verdicts: list[Verdict] = field(default_factory=list)
    made: dict[str, Made] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by verdict, and new things by table."""
        rows = Counter(verdict.result for verdict in self.verdicts)
        things = Counter(table for made in self.made.values() for table, _row in made.things)
        return {name: rows[name] for name in ("good", "known", "bad")} | {
            name: things[name] for name in _COUNTED
        }


def plan(around: Surroundings, rows: Iterable[RowFacts], actor_for: ActorFor, *, to_store: bool) -> Plan:
    """What to make of these rows in these surroundings, on behalf of these actors. to_store False: only to look at,
    the rows of the tables stay empty, which takes half the time."""
    planner = _Planner(around, actor_for, to_store)
    for row in sorted(rows, key=lambda one: one.turn):
        planner.look_at(row)
    return planner.plan


class _WrongRow(Exception):
    """The row cannot be taken: code of the sentence, and the column it is about."""

    def __init__(self, code: str, target: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.target, self.params = code, target, params


class _Planner:
    def __init__(self, around: Surroundings, actor_for: ActorFor, to_store: bool) -> None:
        self.plan = Plan()
        self._around, self._actor_for, self._to_store = around, actor_for, to_store
        self._register = Register.of(around)

    def look_at(self, row: RowFacts) -> None:
        problems = list(row.problems)
        made: list[_Change] = []
        if not _has_error(problems):
            looked_at = _Row(self._around, self._actor_for, self._register, row, self._to_store)
            try:
                made = looked_at.changes()
            except _WrongRow as wrong:
                problems.append(_problem(wrong, "error"))
            problems += [_problem(doubt, "warning") for doubt in looked_at.doubts]
        bad = _has_error(problems)
        for change in () if bad else made:
            change.keep(self.plan.made)
        result = "bad" if bad else "good" if made else "known"
        self.plan.verdicts.append(Verdict(row.id, result, problems))


@dataclass(slots=True)
class _Change:
    """Something a row makes; it counts only when the whole row does. settle: what the register learns then."""

    thing_id: str
    made: Made
    settle: Callable[[], None]

    def keep(self, plan: dict[str, Made]) -> None:
        before = plan.get(self.thing_id)
        if before is not None:  # a later row told more of the same thing
            self.made.row_id, self.made.position = before.row_id, before.position
        plan[self.thing_id] = self.made
        self.settle()


class _Row:
    """One row, against what is known so far."""

    def __init__(
        self, around: Surroundings, actor_for: ActorFor, register: Register, row: RowFacts, to_store: bool
    ) -> None:
        self._around, self._actor_for, self._register, self._row = around, actor_for, register, row
        self._to_store = to_store
        self._changes: list[_Change] = []
        self.doubts: list[_WrongRow] = []  # what a person should look at, though the row is taken

    def changes(self) -> list[_Change]:
        """What the row makes; none when everything it tells of is there. Raises _WrongRow."""
        producer = self._producer()
        listing = self._listing(producer)
        for record in self._row.records:
            if record["kind"] == RowKind.CERTIFICATE:
                self._certificate(producer, listing, record["values"])
        lot = self._row.record(RowKind.LOT)
        if lot is not None:
            self._lot(producer, listing, lot["values"])
        return self._changes

    def _add(
        self,
        main: Base,
        things: Sequence[Base],
        entries: Callable[[], Sequence[AuditEntry]],
        settle: Callable[[], None],
    ) -> None:
        made = Made(
            self._row.id,
            self._row.position,
            [(thing.__tablename__, row_of(thing) if self._to_store else {}) for thing in things],
            [row_of(entry) for entry in entries()] if self._to_store else [],
        )
        self._changes.append(_Change(main.id, made, settle))  # type: ignore[attr-defined]

    def _producer(self) -> KnownProducer:
        record = self._row.record(RowKind.PRODUCER)
        if record is None or not record["values"].get("name"):
            raise _WrongRow("import_no_producer", "producer.name")
        values = record["values"]
        tax_code = normal_tax_code(values.get("tax_code") or "")
        found = self._register.meant(values["name"], tax_code)
        if len(found) > 1:
            raise _WrongRow("import_two_producers", "producer.name", name=values["name"])
        if found and tax_code and found[0].tax_code and found[0].tax_code != tax_code:
            raise _WrongRow("import_other_tax_code", "producer.tax_code", name=found[0].name)
        if found and found[0].barred:
            raise _WrongRow("import_has_people", "producer.name", name=found[0].name)
        if found and not found[0].new:
            return found[0]
        if not found and record["reference"]:
            self.doubts.append(_WrongRow("import_only_named", "producer.name", name=values["name"]))
        return self._drafted_producer(values, found[0] if found else None)

    def _drafted_producer(self, values: dict[str, Any], before: KnownProducer | None) -> KnownProducer:
        """A new one; or one of an earlier row that this row tells more about."""
        told = {name: values[name] for name in _PRODUCER_FACTS if values.get(name)}
        fields = {**told, **(before.fields if before else {})}
        if before is not None and fields == before.fields:
            return before
        kind = fields.get("kind") or begins_with(fields["name"], "producer_kinds") or ProducerKind.HOUSEHOLD
        said = {**fields, "kind": ProducerKind(kind), "commune_code": self._around.commune_code}
        with _Told("producer"):
            draft = producers.drafted(**said)
        draft.former_commune = values.get("former_commune") or ""
        draft.id = before.id if before else new_id()
        known = before or KnownProducer(draft.id, draft.name, draft.tax_code, new=True)

        def settle() -> None:
            known.fields = fields
            if before is None:
                self._register.add(known)
            elif draft.tax_code and not known.tax_code:
                known.tax_code = draft.tax_code
                self._register.by_tax_code[draft.tax_code] = known

        self._add(draft, [draft], lambda: [producers.drafted_entry(self._actor_for(None), draft)], settle)
        return known

    def _listing(self, producer: KnownProducer) -> KnownListing | None:
        record = self._row.record(RowKind.LISTING)
        if record is None or not record["values"].get("name"):
            return None
        values = record["values"]
        known = producer.listings.get(product_key(values["name"]))
        if known is None and record["reference"]:
            raise _WrongRow("import_no_product", "listing.name", name=values["name"])
        pack = {name: values[name] for name in PACK_FIELDS if values.get(name) not in (None, "")}
        if known is None:
            return self._drafted_listing(producer, values, pack, None)
        if not known.new or record["reference"]:
            return known
        if any(other.is_like(pack) for other in known.packs):
            told_more = {RowKind.LOT, RowKind.CERTIFICATE} & {one["kind"] for one in self._row.records}
            if told_more or known.row == self._row.row:
                return known
            raise _WrongRow("import_product_twice", "listing.name", name=known.name, row=known.row)
        return self._drafted_listing(producer, values, pack, known)

    def _drafted_listing(
        self,
        producer: KnownProducer,
        values: dict[str, Any],
        pack: dict[str, Any],
        before: KnownListing | None,
    ) -> KnownListing:
        """A new product; or one more pack of one of an earlier row."""
        told = {name: values[name] for name in FIELDS if values.get(name) not in (None, "")}
        fields = before.fields if before else told
        packs = [*(before.pack_values if before else ()), {"id": new_id(), **pack}]
        self._check_gtin(producer, pack)
        pictures, photos = self._pictures(producer, before)
        with _Told("listing"):
            draft = saving.drafted(
                producer.id, listing_id=before.id if before else new_id(), prefix=self._around.prefix, fields=fields,
                variants=packs, photo_ids=photos, on_behalf=True,
            )  # fmt: skip
        known = KnownListing(
            draft.id, draft.name, draft.set_no, draft.shelf_life_days,
            [KnownPack(one.id, one.label, one.net_content, one.net_unit) for one in draft.variants],
            before.row if before else self._row.row, fields, packs, photos,
        )  # fmt: skip

        def settle() -> None:
            producer.listings[product_key(known.name)] = known
            producer.gtins.update({one.gtin: known.name for one in draft.variants if one.gtin})

        self._changes += pictures
        things = [draft, *draft.variants, *draft.photos]
        self._add(draft, things, lambda: saving.drafted_entries(self._acting(producer), draft), settle)
        return known

    def _check_gtin(self, producer: KnownProducer, pack: dict[str, Any]) -> None:
        other = producer.gtins.get(pack.get("gtin") or "")
        if other is not None:
            raise _WrongRow("gtin_used", "listing.gtin", gtin=pack["gtin"], name=other)

    def _pictures(
        self, producer: KnownProducer, before: KnownListing | None
    ) -> tuple[list[_Change], list[tuple[str, str]]]:
        """Rows of pictures that are new for this producer, and all photos of the product as (media id, shot)."""
        photos = list(before.photos) if before else []
        new: list[_Change] = []
        for taken, shot in self._row.photos:
            media_id = producer.pictures.get(taken.sha256)
            if media_id is None and len(photos) < MAX_PHOTOS:
                picture, entry = media.drafted(self._acting(producer), taken, producer_id=producer.id)
                media_id = picture.id
                made = Made(self._row.id, self._row.position, [("media", row_of(picture))], [row_of(entry)])
                new.append(
                    _Change(picture.id, made, _remembering(producer.pictures, taken.sha256, picture.id))
                )
            if (
                media_id is not None
                and len(photos) < MAX_PHOTOS
                and media_id not in {one for one, _ in photos}
            ):
                photos.append((media_id, shot))
        return new, photos

    def _certificate(
        self, producer: KnownProducer, listing: KnownListing | None, values: dict[str, Any]
    ) -> None:
        kind = CertificateKind(values["kind"])
        own = listing if kind in OF_A_PRODUCT else None
        key = paper_key(own.id if own else None, kind.value, values.get("number") or "")
        if key in producer.papers:
            return
        facts = {"number": "", "issuer": "", **_with_days(values, "issued_on", "expires_on"), "kind": kind}
        facts = {
            name: facts.get(name) for name in ("kind", "number", "issuer", "issued_on", "expires_on", "stars")
        }
        with _Told("certificate"):
            draft = certificates.drafted(
                producer.id, row_id=new_id(), listing_id=own.id if own else None, media_id=None, **facts
            )
        acting = self._acting(producer)
        self._add(
            draft,
            [draft],
            lambda: [certificates.drafted_entry(acting, draft)],
            lambda: producer.papers.add(key),
        )

    def _lot(self, producer: KnownProducer, listing: KnownListing | None, values: dict[str, Any]) -> None:
        number = values.get("lot_number") or ""
        if listing is None:
            raise _WrongRow("import_lot_of_what", "listing.name", lot=number)
        if number in producer.lots:
            if producer.lots[number] == 0:
                return
            raise _WrongRow("import_lot_twice", "lot.lot_number", lot=number, row=producer.lots[number])
        pack = self._pack_of(listing, number)
        facts = _with_days(values, "made_on", "expires_on")
        facts = {name: value for name, value in facts.items() if value is not None}
        for name in ("made_on", "quantity"):
            if name not in facts:
                raise _WrongRow("import_lot_lacks", f"lot.{name}", lot=number)
        with _Told("lot"):
            draft = lots.drafted(
                producer.id, pack.id, set_no=listing.set_no, shelf_life_days=listing.shelf_life_days,
                **{"expires_on": None, **facts},
            )  # fmt: skip
        draft.id = new_id()
        row = self._row.row
        acting = self._acting(producer)
        self._add(
            draft,
            [draft],
            lambda: [lots.drafted_entry(acting, draft)],
            lambda: producer.lots.update({number: row}),
        )

    def _pack_of(self, listing: KnownListing, lot_number: str) -> KnownPack:
        """The pack a lot is of: the one of the content the row tells, or the only one."""
        record = self._row.record(RowKind.LISTING)
        values = record["values"] if record else {}
        fitting = listing.packs
        if len(fitting) > 1:
            fitting = [one for one in fitting if one.is_like(values)]
        if len(fitting) != 1:
            raise _WrongRow("import_lot_which_pack", "listing.net", lot=lot_number, name=listing.name)
        return fitting[0]

    def _acting(self, producer: KnownProducer) -> Actor:
        """In the audit every entry stands under its producer, a new one's too."""
        who = self._actor_for(None if producer.new else producer.id)
        return dataclasses.replace(who, producer_id=producer.id)


class _Told:
    """Turns what a service refuses into what is wrong with the row, at the column that says it."""

    def __init__(self, group: str) -> None:
        self._group = group

    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Refused):
            target = (
                _COLUMN_OF.get(error.code)
                or _COLUMN_OF.get(error.field or "")
                or f"{self._group}.{error.field}"
            )
            raise _WrongRow(error.code, target, **error.params) from None


# Where a sheet says what a service asks for, when the names differ.
_COLUMN_OF = {
    "price_missing": "listing.price",
    "variants": "listing.gtin",
    "set_no": "listing.set",
    "commune_code": "producer.commune",
    "listing_id": "listing.name",
    "variant_id": "listing.name",
}


def _problem(wrong: _WrongRow, severity: str) -> dict[str, Any]:
    return {"code": wrong.code, "target": wrong.target, "params": wrong.params, "severity": severity}


def _has_error(problems: Iterable[dict[str, Any]]) -> bool:
    return any(one["severity"] == "error" for one in problems)


def _remembering(known: dict[str, str], key: str, value: str) -> Callable[[], None]:
    return lambda: known.update({key: value})


def _with_days(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """With the days, ISO text in JSON, as dates."""
    return values | {name: dt.date.fromisoformat(values[name]) for name in names if values.get(name)}
