"""A producer and its papers in the words and forms that pages and channels show."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from ocop.accounts.rules import phone_number, shown_phone
from ocop.places import queries as places
from ocop.producers.models import Certificate, Producer
from ocop.producers.rules import OLD_ADDRESS_SHOWN_UNTIL, Standing, masked_tax_code, standing
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
    masked."""

    certificate: Certificate
    number: str
    name: str
    product: str
    state: str
    standing: str


_STATES = {
    Standing.VALID: "good",
    Standing.ENDLESS: "good",
    Standing.SOON: "wait",
    Standing.NOT_YET: "info",
    Standing.EXPIRED: "stop",
    Standing.REVOKED: "stop",
}


def paper(certificate: Certificate, day: dt.date, products: dict[str, str]) -> Paper:
    """``products``: id -> name of the producer's products."""
    how = standing(day, certificate.issued_on, certificate.expires_on, certificate.revoked_on)
    on = {
        Standing.NOT_YET: certificate.issued_on,
        Standing.REVOKED: certificate.revoked_on,
    }.get(how, certificate.expires_on)
    return Paper(
        certificate=certificate,
        number=masked_tax_code(certificate.number),
        name=certificate_name(certificate),
        product=products.get(certificate.listing_id or "", ""),
        state=_STATES[how],
        standing=sentence(f"standing_{how.value}", day=written_day(on)),
    )


def certificate_name(certificate: Certificate) -> str:
    """ "Giấy OCOP 4 sao", "Phiếu kiểm nghiệm"."""
    name = sentence(f"certificate_kind_{certificate.kind.value}")
    return f"{name} {certificate.stars} sao" if certificate.stars else name
