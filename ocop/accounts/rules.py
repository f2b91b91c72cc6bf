"""Roles, rights and how a grant gives them. Plain values only."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from enum import StrEnum

from ocop.web.folding import fold


class Role(StrEnum):
    PRODUCER_OWNER = "producer_owner"
    PRODUCER_MEMBER = "producer_member"
    COMMUNE_OFFICER = "commune_officer"
    VILLAGE_VOLUNTEER = "village_volunteer"
    PROVINCE_OFFICER = "province_officer"
    OPERATOR = "operator"


class ScopeKind(StrEnum):
    PRODUCER = "producer"
    COMMUNE = "commune"
    GROUP = "group"
    PROVINCE = "province"
    INSTALL = "install"


class HelperKind(StrEnum):
    """Whom a producer asked to help. office: the commune's, whoever holds it; group: a village group; person: one
    somebody, from before consent went to offices and groups (no new ones are made)."""

    OFFICE = "office"
    GROUP = "group"
    PERSON = "person"


class GroupKind(StrEnum):
    DIGITAL_TEAM = "digital_team"  # tổ công nghệ số cộng đồng
    VILLAGE = "village"  # thôn, bản, tổ dân phố
    FARMERS_UNION = "farmers_union"
    WOMENS_UNION = "womens_union"
    YOUTH_UNION = "youth_union"
    OTHER = "other"


class Bundle(StrEnum):
    """What a producer lets its helper do. write: soạn giúp; publish: soạn và đăng giúp."""

    WRITE = "write"
    PUBLISH = "publish"


# Which scope a role makes sense in. An officer's commune grant shows the commune's producers; only a delegation
# from a producer to the office lets the officer act for that producer. A volunteer belongs to a village group.
SCOPES: dict[Role, ScopeKind] = {
    Role.PRODUCER_OWNER: ScopeKind.PRODUCER,
    Role.PRODUCER_MEMBER: ScopeKind.PRODUCER,
    Role.COMMUNE_OFFICER: ScopeKind.COMMUNE,
    Role.VILLAGE_VOLUNTEER: ScopeKind.GROUP,
    Role.PROVINCE_OFFICER: ScopeKind.PROVINCE,
    Role.OPERATOR: ScopeKind.INSTALL,
}

_WRITE = frozenset({"producer.view", "listing.edit", "batch.edit"})
_PAPERS = frozenset({"producer.edit", "certificate.edit"})
_PUBLISH = frozenset({"publish", "stamps.issue", "stamps.activate"})
_OWN = frozenset({"channel.connect", "grant.give"})  # never on behalf of somebody

# What a person of the producer itself may do for it.
RIGHTS: dict[Role, frozenset[str]] = {
    Role.PRODUCER_OWNER: _WRITE | _PAPERS | _PUBLISH | _OWN,
    Role.PRODUCER_MEMBER: _WRITE | _PAPERS | _PUBLISH,
}


def helper_rights(kind: HelperKind, bundle: Bundle, *, officer: bool = False) -> frozenset[str]:
    """What a delegation lets its holder do. Papers are the office's business, not a village group's, whoever else
    its member may be; ``officer`` says whether a person helped by name holds an office."""
    rights = _WRITE | _PUBLISH if bundle is Bundle.PUBLISH else _WRITE
    papers = kind is HelperKind.OFFICE or (kind is HelperKind.PERSON and officer)
    return rights | _PAPERS if papers else rights


OFFER_HOURS = 24  # how long a code to ask for help with can be read out

TOUR_OFF = -1  # User.tour of somebody who turned the tour off, or has seen all of it

MIN_PASSWORD = 8
MAX_PASSWORD = 128

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8
CODE_DAYS = 7

SIGN_IN_DAYS = 30
SHARED_IDLE = dt.timedelta(minutes=10)  # a shared machine locks when nobody has asked anything for so long
SHARED_LONGEST = dt.timedelta(
    hours=12
)  # a PIN opens it again within one working day, then a password is needed

PIN_LENGTH = 6
WRONG_PINS = 5  # then the password is asked

TRY_WINDOW = dt.timedelta(minutes=15)
TRIES_PER_PHONE = 5
TRIES_PER_ADDRESS = 20
PEOPLE_PER_PHONE = 5


def in_force(valid_from: dt.date, valid_to: dt.date | None, revoked: bool, today: dt.date) -> bool:
    """A grant's last day still counts."""
    return not revoked and valid_from <= today and (valid_to is None or today <= valid_to)


def phone_number(text: str) -> str | None:
    """A Vietnamese number as +84…, or None when it cannot be one.

    Takes 0912 345 678, +84 912…, 0084…, (0237) 3 851 234. Numbers that merely look unusual are kept: operators
    open new prefixes, so only length and first digits decide.
    """
    digits = re.sub(r"[\s().\-]", "", text)
    match = re.fullmatch(r"(?:\+84|0084|0)([2-9]\d{8,9})", digits)
    return "+84" + match.group(1) if match else None


def shown_phone(number: str) -> str:
    """+84912345678 -> 0912 345 678; a hotline kept as typed stays so."""
    if not number.startswith("+84"):
        return number
    local = "0" + number[3:]
    return f"{local[:4]} {local[4:7]} {local[7:]}"


def normal_code(text: str) -> str:
    """An 8-character code as typed from paper: spaces and dashes dropped, I/L read as 1, O as 0."""
    code = re.sub(r"[\s\-.]", "", text).upper()
    return code.translate(str.maketrans("ILO", "110"))


def password_problem(password: str) -> str | None:
    """A code for what is wrong with a new password, or None."""
    if len(password) < MIN_PASSWORD:
        return "too_short"
    if len(password) > MAX_PASSWORD:
        return "too_long"
    if len(set(password)) < 3:
        return "too_simple"
    return None


def pin_problem(pin: str, phone: str) -> str | None:
    """A code for what is wrong with a new PIN, or None: six digits, no run, few repeats, not from the phone."""
    if len(pin) != PIN_LENGTH or not (pin.isascii() and pin.isdigit()):
        return "pin_shape"
    if len(set(pin)) < 4 or pin in _RUNS[0] or pin in _RUNS[1] or pin in re.sub(r"\D", "", phone):
        return "pin_simple"
    return None


# What guessers try first, folded and without spaces. The rules below catch runs, repeats and the own number.
_COMMON = frozenset(
    """
    password passw0rd p@ssw0rd password1 password123 iloveyou welcome1 admin123 administrator letmein1 qwertyuiop
    qwerty123 1q2w3e4r 1qaz2wsx zaq12wsx asdfghjkl zxcvbnm123 abc12345 abcd1234 a1b2c3d4 123qweasd 1234qwer
    matkhau1 matkhau123 matkhaumoi matkhau12 khongcomatkhau khongbiet khongnho quenmatkhau anhyeuem emyeuanh
    anhyeuem1 yeuanhnhieu yeuemnhieu vietnam1 vietnam123 vietnamvodich hanoi123 thanhhoa thanhhoa36 saigon123
    congaicung motconvit conmeocon giadinh1 giadinhtoi hanhphuc matong123 hoptacxa hoptacxa1 htx12345 ocop1234
    ocop2026 ocop2025 ocoplensan ocopvietnam nongsan123 sanpham123 dienthoai1 xinchao123 chaocacban 0123456789
    """.split()  # noqa: SIM905 - a list literal of sixty words is harder to read
)
_RUNS = (
    "01234567890123456789",
    "98765432109876543210",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
)


def easily_guessed(password: str, phone: str) -> bool:
    """Whether a new password is what everybody tries: a common word, a run of keys, or the own number (+84…)."""
    folded = fold(password).replace(" ", "")
    digits = re.sub(r"\D", "", password)
    if (
        phone
        and len(digits) >= 8
        and phone.removeprefix("+84").endswith(digits.removeprefix("84").lstrip("0"))
    ):
        return True
    return folded in _COMMON or any(folded in run for run in _RUNS)


def code_from(digest: bytes) -> str:
    """Eight Crockford characters from the first forty bits of a digest."""
    number = int.from_bytes(digest[:5], "big")
    return "".join(CODE_ALPHABET[(number >> shift) & 31] for shift in range(35, -1, -5))


def shown_code(code: str) -> str:
    """ABCDEFGH -> ABCD-EFGH, as it stands on paper."""
    return f"{code[:4]}-{code[4:]}"


def is_code(code: str) -> bool:
    """Whether a code in its normal form can be one of ours."""
    return len(code) == CODE_LENGTH and all(letter in CODE_ALPHABET for letter in code)


def own_path(text: str | None) -> str:
    """Where to go after signing in: a path of this site, or "/" for anything else (//evil, /\\evil, https:…)."""
    if not text or len(text) > 300 or text[0] != "/" or text[1:2] in ("/", "\\"):
        return "/"
    if "\\" in text or any(ord(letter) < 33 or ord(letter) == 127 for letter in text):
        return "/"
    return text


def address_group(address: str) -> str:
    """The part of a network address that one home or office has: an IPv4 address whole, of IPv6 the first 64 bits."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)


def may_give(giver_operator: bool, giver_owns: bool, role: Role, scope: ScopeKind) -> bool:
    """Who may give what: an operator officials, operators and a producer's owner; an owner its members. Who
    belongs to a village group is for the commune's officers: accounts.services.join_group."""
    if scope is not SCOPES[role] or role is Role.VILLAGE_VOLUNTEER:
        return False
    if giver_operator and (scope is not ScopeKind.PRODUCER or role is Role.PRODUCER_OWNER):
        return True
    return giver_owns and scope is ScopeKind.PRODUCER and role is not Role.PRODUCER_OWNER


def longest_help(today: dt.date) -> dt.date:
    """The last day that help asked for today can run to: twelve months on, by the calendar."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:  # 29 February
        return today.replace(year=today.year + 1, day=28)


def help_end_problem(valid_to: dt.date | None, today: dt.date) -> str | None:
    """A delegation needs a last day, from today to twelve months on. A code for what is wrong, or None."""
    if valid_to is None:
        return "help_end_missing"
    if valid_to < today:
        return "help_end_past"
    return "help_end_too_late" if valid_to > longest_help(today) else None


def same_name(one: str, other: str) -> bool:
    """Whether two ways to write a name are the same, tone marks and capitals aside."""
    return fold(one) == fold(other)
