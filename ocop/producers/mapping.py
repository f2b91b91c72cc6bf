"""A producer and its papers in the words and forms that pages and channels show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from ocop.accounts.models import Delegation, HelpingGroup, User
from ocop.accounts.rules import Bundle, HelperKind, phone_number, shown_phone
from ocop.places import queries as places
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import (
    OLD_ADDRESS_SHOWN_UNTIL,
    CertificateKind,
    Standing,
    ToDo,
    is_replaced,
    last_day,
    masked_tax_code,
    standing,
    to_do,
    window,
)
from ocop.web.filters import day as written_day
from ocop.web.wording import sentence


def address_lines(producer: Producer, day: dt.date) -> tuple[str, str]:
    """(the address of today, a note on what older packaging may say or "" after 01/07/2027).

    ("Thôn Trung, Xã Hoạt Giang, tỉnh Thanh Hóa", "bao bì in trước 01/07/2025 có thể ghi: xã Yên Dương, …").
    """
    new = places.full_address(producer.commune_code)
    if producer.hamlet:
        new = f"{producer.hamlet}, {new}"
    shown = producer.old_address and day <= OLD_ADDRESS_SHOWN_UNTIL
    return new, sentence("old_address_note", address=producer.old_address) if shown else ""


def public_phone(producer: Producer) -> str:
    """The number shoppers may call; "" unless publishing it was agreed to and recorded."""
    if not producer.hotline or producer.hotline_consent_at is None:
        return ""
    return shown_phone(phone_number(producer.hotline) or producer.hotline)


def shown_tax_code(producer: Producer) -> str:
    """What may stand on a page or in a parcel: a personal number is masked."""
    return masked_tax_code(producer.tax_code)


def kind_word(producer: Producer) -> str:
    return sentence(f"producer_kind_{producer.kind.value}")


@dataclass(frozen=True)
class Paper:
    """A certificate as a line of a list. ``state`` is a kind of the state component; a person's ``number`` is
    masked. ``todo``: what to do next about it, with its days, or ""."""

    certificate: Certificate
    number: str
    name: str
    product: str
    state: str
    standing: str
    todo: str = ""
    may_file: bool = False  # a dossier for the next term may be noted down


STATES = {
    Standing.VALID: "good",
    Standing.ENDLESS: "good",
    Standing.MONTHS_12: "good",
    Standing.MONTHS_6: "wait",
    Standing.MONTHS_3: "wait",
    Standing.MONTHS_1: "wait",
    Standing.WINDOW: "wait",
    Standing.WAITING: "info",
    Standing.NOT_YET: "info",
    Standing.EXPIRED: "stop",
    Standing.REVOKED: "stop",
}


def paper(
    certificate: Certificate, day: dt.date, products: dict[str, str], *, replaced: bool = False
) -> Paper:
    """``products``: id -> name of the producer's products. ``replaced``: a newer paper took its place."""
    how = standing(certificate, day)
    return Paper(
        certificate=certificate,
        number=masked_tax_code(certificate.number),
        name=certificate_name(certificate),
        product=products.get(certificate.listing_id or "", ""),
        state="off" if replaced else STATES[how],
        standing=sentence("standing_replaced") if replaced else standing_words(certificate, day),
        todo="" if replaced else todo_words(certificate, day),
        may_file=not replaced and may_note_reassessment(certificate, day),
    )


def papers(rows: Sequence[Certificate], day: dt.date, products: dict[str, str]) -> list[Paper]:
    """All papers of a producer as a list: those in use first, then those a newer one replaced."""
    made = [paper(row, day, products, replaced=is_replaced(row, rows)) for row in rows]
    return sorted(made, key=lambda one: one.state == "off")


def standing_words(certificate: Certificate, day: dt.date) -> str:
    """How a paper stands on a day, its date spelt out."""
    how = standing(certificate, day)
    on = {Standing.NOT_YET: certificate.issued_on, Standing.REVOKED: certificate.revoked_on}.get(
        how, certificate.expires_on
    )
    if how is Standing.EXPIRED:
        on = last_day(certificate)
    if how is Standing.WAITING:
        return waiting_words(certificate)
    return sentence(f"standing_{how.value}", day=written_day(on))


def waiting_words(certificate: Certificate) -> str:
    """What stands wherever a paper counts only because the dossier for its next term was handed in."""
    return sentence(
        "paper_waiting",
        number=certificate.number,
        expires=written_day(certificate.expires_on),
        filed=written_day(certificate.reassessment_filed_on),
        receipt=certificate.reassessment_receipt,
    )


def todo_words(certificate: Certificate, day: dt.date) -> str:
    """What to do next about a paper, with its days; "" while there is nothing."""
    what, how = to_do(certificate, day), standing(certificate, day)
    if what is ToDo.NOTHING:
        return ""
    opens, closes = window(certificate.expires_on) if certificate.expires_on else (None, None)
    return sentence(
        f"paper_todo_{what.value}",
        opens=written_day(opens),
        closes=written_day(closes),
        expires=written_day(certificate.expires_on),
        until=written_day(certificate.revoked_on if how is Standing.REVOKED else last_day(certificate)),
    )


def may_note_reassessment(certificate: Certificate, day: dt.date) -> bool:
    """Whether a receipt for the next term's dossier can belong to this paper: from the first day of its window on,
    and on the day after its last one too, for who comes late with a receipt of yesterday."""
    if certificate.kind is not CertificateKind.OCOP or certificate.expires_on is None:
        return False
    return certificate.revoked_on is None and day >= window(certificate.expires_on)[0]


def certificate_name(certificate: Certificate) -> str:
    """ "Giấy OCOP 4 sao", "Phiếu kiểm nghiệm"."""
    name = sentence(f"certificate_kind_{certificate.kind.value}")
    return f"{name} {certificate.stars} sao" if certificate.stars else name


@dataclass(frozen=True)
class Helper:
    """Whom a producer may ask: the commune's office (key "office") or a village group (key: its id)."""

    kind: HelperKind
    id: str
    name: str

    @property
    def key(self) -> str:
        return "office" if self.kind is HelperKind.OFFICE else self.id


def office(commune_code: str) -> Helper:
    """ "UBND xã Hoạt Giang" """
    place = places.commune(commune_code)
    return Helper(HelperKind.OFFICE, commune_code, f"UBND {place.kind.lower()} {place.name}")


def group(found: HelpingGroup) -> Helper:
    return Helper(HelperKind.GROUP, found.id, found.name)


def group_place(found: HelpingGroup) -> str:
    """ "Tổ công nghệ số cộng đồng · thôn Mẫu 1, Xã Hoạt Giang, tỉnh Thanh Hóa" """
    where = ", ".join(filter(None, [found.hamlet, places.full_address(found.commune_code)]))
    return f"{sentence(f'group_kind_{found.kind.value}')} · {where}"


def help_words(helper: str, valid_to: dt.date | None, *, publish: bool, stamps: bool) -> str:
    """The words of the paper, with its two boxes: what is read out, signed and kept."""
    return sentence(
        "help_words",
        helper=helper,
        publish="☒" if publish else "☐",
        stamps="☒" if stamps else "☐",
        day=written_day(valid_to) if valid_to else "…../…../………",
    )


def bundle_words(bundle: Bundle) -> str:
    return sentence(f"bundle_{bundle.value}")


@dataclass(frozen=True)
class Help:
    """Help that was asked for, as its producer reads it: to whom, who sits there today, what, until when, how."""

    given: Delegation
    name: str
    people: list[str]
    what: str
    how: str


def help_asked(given: Delegation, name: str, people: list[User]) -> Help:
    """``name``: of the office or group; of one person (from before) it is theirs."""
    return Help(
        given=given,
        name=name,
        people=[] if given.helper_kind is HelperKind.PERSON else [user.name for user in people],
        what=bundle_words(given.bundle),
        how=sentence(f"help_how_{given.given_how}"),
    )
