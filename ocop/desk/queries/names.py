"""What the things in audit entries are called: one query for each table that occurs, however many entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from ocop.accounts.models import Delegation, DelegationOffer, Grant, HelpingGroup, OneTimeCode, User
from ocop.accounts.rules import HelperKind
from ocop.batches.models import Batch, StampPrint, StampRange, StampRoll, StampVoid, TraceEvent
from ocop.db.audit import AuditEntry
from ocop.desk.rules import NAMED_BY_ID
from ocop.dossiers.models import DossierPaper
from ocop.imports.models import DataImport
from ocop.listings.models import Listing, Variant
from ocop.places import queries as places
from ocop.places.rules import UnknownPlace
from ocop.portability.models import Transfer
from ocop.producers.mapping import certificate_name
from ocop.producers.models import Certificate, Producer, ProducerPlace
from ocop.publishing.models import Channel, ClerkLink, LinkCheck, Publication, ReadBack
from ocop.reports.models import Report, ReportTemplate, Revenue
from ocop.training.models import TrainingClass
from ocop.web.wording import sentence

_NONE = literal("")
# Table -> (wording for the two parts or "" for the first alone, statement of id and two parts).
_PARTS: dict[str, tuple[str, Select[Any]]] = {
    "producer": ("", select(Producer.id, Producer.name, _NONE)),
    "producer_place": ("", select(ProducerPlace.id, Producer.name, _NONE).join(Producer)),
    "listing": ("", select(Listing.id, Listing.name, _NONE)),
    "read_back": ("", select(ReadBack.id, Listing.name, _NONE).join(Listing)),
    "variant": ("thing_two", select(Variant.id, Listing.name, Variant.label).join(Listing)),
    "publication": (
        "thing_post",
        select(Publication.id, Listing.name, Channel.name)
        .join(Publication.listing)
        .join(Publication.channel),
    ),
    "channel": ("", select(Channel.id, Channel.name, _NONE)),
    "clerk_link": ("", select(ClerkLink.id, ClerkLink.label, _NONE)),
    "link_check": ("", select(LinkCheck.id, LinkCheck.file_name, _NONE)),
    "batch": ("thing_batch", select(Batch.id, Batch.lot_number, _NONE)),
    "trace_event": ("thing_batch", select(TraceEvent.id, Batch.lot_number, _NONE).join(Batch)),
    "stamp_roll": ("thing_stamp_roll", select(StampRoll.id, StampRoll.id, _NONE)),
    "stamp_print": ("thing_stamp_roll", select(StampPrint.id, StampPrint.roll_id, _NONE)),
    "stamp_range": ("thing_stamp_roll", select(StampRange.id, StampRange.roll_id, _NONE)),
    "stamp_void": ("thing_stamp_roll", select(StampVoid.id, StampVoid.roll_id, _NONE)),
    "user_account": ("", select(User.id, User.name, _NONE)),
    "access_grant": ("", select(Grant.id, User.name, _NONE).join(Grant.user)),
    "one_time_code": ("", select(OneTimeCode.id, User.name, _NONE).join(OneTimeCode.user)),
    "helping_group": ("", select(HelpingGroup.id, HelpingGroup.name, _NONE)),
    "data_import": ("", select(DataImport.id, DataImport.file_name, _NONE)),
    "producer_transfer": ("", select(Transfer.id, Transfer.file_name, _NONE)),
    "report": ("", select(Report.id, Report.title, _NONE)),
    "report_template": ("", select(ReportTemplate.id, ReportTemplate.file_name, _NONE)),
    "revenue": ("thing_month", select(Revenue.id, Revenue.month, _NONE)),
    "training_class": ("", select(TrainingClass.id, TrainingClass.name, _NONE)),
}


def names_of(session: Session, entries: Sequence[AuditEntry]) -> dict[tuple[str, str], str]:
    """(table, id) -> name, for every thing, producer and consent these entries speak of."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        wanted[entry.entity].add(entry.entity_id)
        wanted["producer"].add(entry.producer_id or "")
        wanted["delegation"].add(entry.delegation_id or "")
        for field, table in NAMED_BY_ID.items():
            wanted[table].update(
                v for v in (entry.old.get(field), entry.new.get(field)) if isinstance(v, str)
            )
    names: dict[tuple[str, str], str] = {}
    for table, ids in wanted.items():
        if ids - {""}:
            names |= _of_table(session, table, ids - {""})
    return names


def _of_table(session: Session, table: str, ids: set[str]) -> dict[tuple[str, str], str]:
    if table in _PARTS:
        return _parted(session, table, ids)
    if table in ("certificate", "dossier_paper"):
        return _papers(session, table, ids)
    if table in ("delegation", "delegation_offer"):
        model = Delegation if table == "delegation" else DelegationOffer
        rows = session.scalars(select(model).where(model.id.in_(ids)))
        helpers = helper_names(session, rows)
        return {(table, key): name for key, name in helpers.items()}
    return {}


def _parted(session: Session, table: str, ids: set[str]) -> dict[tuple[str, str], str]:
    code, statement = _PARTS[table]
    key = statement.exported_columns.values()[0]
    keys: Iterable[Any] = {int(one) for one in ids if one.isdigit()} if table == "stamp_roll" else ids
    rows = session.execute(statement.where(key.in_(keys)))
    return {
        (table, str(id_)): sentence(code, one=one, two=two)
        if code and (two or code != "thing_two")
        else str(one)
        for id_, one, two in rows
    }


def _papers(session: Session, table: str, ids: set[str]) -> dict[tuple[str, str], str]:
    if table == "certificate":
        found = [(row.id, row) for row in session.scalars(select(Certificate).where(Certificate.id.in_(ids)))]
    else:
        found = session.execute(
            select(DossierPaper.id, Certificate)
            .join(Certificate, Certificate.id == DossierPaper.certificate_id)
            .where(DossierPaper.id.in_(ids))
        )
    return {(table, id_): certificate_name(row) for id_, row in found}


def helper_names(session: Session, asked: Iterable[Delegation | DelegationOffer]) -> dict[str, str]:
    """id of a delegation -> "UBND Xã Hoạt Giang", the group's name or the person's."""
    rows = list(asked)
    known = _names(session, User, [r.helper_id for r in rows if r.helper_kind is HelperKind.PERSON])
    known |= _names(session, HelpingGroup, [r.helper_id for r in rows if r.helper_kind is HelperKind.GROUP])
    return {r.id: known.get(r.helper_id) or office_name(r.helper_id) for r in rows}


def _names(session: Session, model: Any, ids: list[str]) -> dict[str, str]:
    rows = session.execute(select(model.id, model.name).where(model.id.in_(ids))) if ids else ()
    return {id_: name for id_, name in rows}


def office_name(commune_code: str) -> str:
    """ "UBND xã Hoạt Giang"; the code itself for a commune that is no more."""
    try:
        place = places.commune(commune_code)
    except UnknownPlace:
        return commune_code
    return sentence("helper_office", place=f"{place.kind.lower()} {place.name}")
