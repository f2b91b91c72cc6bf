"""Stamp codes: 13 characters that cost no database row and cannot be guessed.

A code is one clear key-version character and twelve characters holding 60 permuted bits::

    roll 24 | index 20 | check 16     (most significant bit first, before the permutation)

in Crockford base32 capitals. The check is a keyed MAC, so all but one guess in 65,536 is refused
without asking a database; the permutation hides which roll and which place in it a stamp has.

**The cipher is frozen in this first version.** Stamps are on jars for years: a change to any constant
below would make every printed stamp unreadable. ``tests/unit/traceability/vectors.json`` holds the
proof and is never regenerated; a new cipher gets a new key-version character and stands beside this one.

Cipher: balanced Feistel network, 10 rounds on two 30-bit halves; the round function is the low 30 bits
of AES-128 of the block ``00 × 11 | round | half (4 bytes)``. Check: the low 16 bits of AES-128, under a
key of its own, of the block ``version character | 00 × 7 | roll (4 bytes) | index (4 bytes)``.
Both keys come from the 32-byte secret by HKDF-SHA256 (RFC 5869) with different labels.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 13
ROLL_LIMIT = 1 << 24
INDEX_LIMIT = 1 << 20

_ROUNDS = 10
_HALF_BITS = 30
_HALF_MASK = (1 << _HALF_BITS) - 1
_CHECK_MASK = (1 << 16) - 1
_BLOCK = 16
_LONGEST_TYPED = 64  # longer than any honest way of writing a code; keeps a flood of text cheap to refuse
_CODES_AT_ONCE = 8192  # bounds memory for a roll of a million; the codes do not depend on it

_VALUE_OF = {character: value for value, character in enumerate(ALPHABET)}
_PAIRS = [first + second for first in ALPHABET for second in ALPHABET]
_LOOKALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_SEPARATOR_CATEGORIES = {"Zs", "Zl", "Zp", "Pd", "Cf", "Cc"}


class MistypedCode(ValueError):
    """The text is no code of ours. ``reason`` is ``length``, ``alphabet``, ``version`` or ``check``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class StampNumber:
    """Where a stamp sits: roll 0 … 2^24-1 and index 0 … 2^20-1; and the key version it was made with."""

    roll: int
    index: int
    version: str


@dataclass(frozen=True)
class StampKey:
    """One key version: its clear character and a 32-byte secret. The secret never shows in a repr."""

    version: str
    secret: bytes = field(repr=False)
    _permutation_key: bytes = field(init=False, repr=False, compare=False)
    _check_key: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.version) != 1 or self.version not in ALPHABET:
            raise ValueError("a key version is one character of the code alphabet")
        if len(self.secret) != 32:
            raise ValueError("a stamp secret is 32 bytes")
        object.__setattr__(self, "_permutation_key", self._derive(b"stamp code 1: permutation"))
        object.__setattr__(self, "_check_key", self._derive(b"stamp code 1: check"))

    def _derive(self, label: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=16, salt=None, info=label).derive(self.secret)


def encode(key: StampKey, roll: int, index: int) -> str:
    """The code of one stamp, 13 capitals. ValueError when roll or index is out of range."""
    return next(codes_for_range(key, roll, index, index))


def codes_for_range(key: StampKey, roll: int, first: int, last: int) -> Iterator[str]:
    """The codes of ``first`` … ``last`` (both included) of a roll, in order, thousands encrypted at once."""
    if not 0 <= roll < ROLL_LIMIT:
        raise ValueError(f"roll {roll} is outside 0 … {ROLL_LIMIT - 1}")
    if not 0 <= first <= last < INDEX_LIMIT:
        raise ValueError(f"range {first} … {last} is outside 0 … {INDEX_LIMIT - 1} or upside down")
    return _codes(key, roll, range(first, last + 1))


def decode(keys: Mapping[str, StampKey], text: str) -> StampNumber:
    """What a scanned or typed code says; ``keys`` by version character. Raises MistypedCode."""
    code = normalise(text)
    if len(code) != CODE_LENGTH:
        raise MistypedCode("length")
    if any(character not in _VALUE_OF for character in code):
        raise MistypedCode("alphabet")
    key = keys.get(code[0])
    if key is None:
        raise MistypedCode("version")
    number = 0
    for character in code[1:]:
        number = number << 5 | _VALUE_OF[character]
    plain = _unpermute(key, number)
    roll, index = plain >> 36, plain >> 16 & INDEX_LIMIT - 1
    if _checks(key, roll, [index]) != [plain & _CHECK_MASK]:
        raise MistypedCode("check")
    return StampNumber(roll, index, key.version)


def normalise(text: str) -> str:
    """Capitals without spaces, dashes, dots; I and L read as 1, O as 0 (Crockford). Not yet checked."""
    if len(text) > _LONGEST_TYPED:
        return text
    kept = (
        character
        for character in unicodedata.normalize("NFKC", text)
        if character not in "._" and unicodedata.category(character) not in _SEPARATOR_CATEGORIES
    )
    return "".join(kept).upper().translate(_LOOKALIKES)


def grouped(code: str) -> str:
    """A code as people read it aloud: 4-4-5."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def _codes(key: StampKey, roll: int, indexes: range) -> Iterator[str]:
    for start in range(0, len(indexes), _CODES_AT_ONCE):
        some = indexes[start : start + _CODES_AT_ONCE]
        checks = _checks(key, roll, some)
        plain = [roll << 36 | index << 16 | check for index, check in zip(some, checks, strict=True)]
        for number in _permute(key, plain):
            yield key.version + _spelled(number)


def _spelled(number: int) -> str:
    return "".join(_PAIRS[number >> shift & 1023] for shift in (50, 40, 30, 20, 10, 0))


def _checks(key: StampKey, roll: int, indexes: range | list[int]) -> list[int]:
    prefix = key.version.encode() + bytes(7) + roll.to_bytes(4, "big")
    blocks = b"".join([prefix + index.to_bytes(4, "big") for index in indexes])
    return [word & _CHECK_MASK for word in _last_words(_aes(key._check_key).update(blocks))]


def _permute(key: StampKey, numbers: list[int]) -> list[int]:
    aes = _aes(key._permutation_key)
    left = [number >> _HALF_BITS for number in numbers]
    right = [number & _HALF_MASK for number in numbers]
    for round_number in range(_ROUNDS):
        mixed = _round(aes, round_number, right)
        left, right = right, [one ^ other for one, other in zip(left, mixed, strict=True)]
    return [one << _HALF_BITS | other for one, other in zip(left, right, strict=True)]


def _unpermute(key: StampKey, number: int) -> int:
    aes = _aes(key._permutation_key)
    left, right = number >> _HALF_BITS, number & _HALF_MASK
    for round_number in reversed(range(_ROUNDS)):
        left, right = right ^ _round(aes, round_number, [left])[0], left
    return left << _HALF_BITS | right


def _round(aes, round_number: int, halves: list[int]) -> list[int]:
    """The Feistel round function of all halves in one cipher call."""
    prefix = bytes(11) + bytes([round_number])
    blocks = b"".join([prefix + half.to_bytes(4, "big") for half in halves])
    return [word & _HALF_MASK for word in _last_words(aes.update(blocks))]


def _last_words(blocks: bytes) -> list[int]:
    """The last four bytes of each 16-byte block, as numbers."""
    return [int.from_bytes(blocks[at - 4 : at], "big") for at in range(_BLOCK, len(blocks) + 1, _BLOCK)]


def _aes(key: bytes):
    """A fresh cipher per call: one shared between threads is not safe. ECB is what a block function is."""
    return Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
