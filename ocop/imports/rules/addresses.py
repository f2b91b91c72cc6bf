"""Where a producer is: new and old addresses, in one cell or in four, within the commune the sheet is for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ocop.imports.rules.cells import Told, wrong
from ocop.imports.rules.sheets import Setting
from ocop.places import queries as places
from ocop.places.rules import Commune, UnknownPlace, kind_at_start, short, toned, words
from ocop.web.folding import fold

_LONGEST_READ = 200
_OUTER = ("commune", "district", "province")
_KIND = {"commune": "xã", "district": "huyện", "province": "tỉnh"}


@dataclass(frozen=True)
class _Found:
    """communes: one, or those a person must choose from; detail: what stands before; old: the old address."""

    communes: tuple[Commune, ...]
    detail: str = ""
    old: str = ""


def read_address(parts: Mapping[str, str], setting: Setting) -> Told:
    """{"commune_code", "hamlet", "old_address", "former_commune"} from the cells address, hamlet, commune, district
    and province. Nothing said means: the commune of the import. Codes: place_unknown, place_split (params old,
    choices), place_ambiguous, place_elsewhere, place_split_own, place_missing."""
    parts = {key: text[:_LONGEST_READ] for key, text in parts.items() if text}
    if (code := parts.get("commune", "")).isdigit():
        found = _of_code(code)
    else:
        found = _read(parts, setting)
    if found is None:
        return wrong("place_unknown", text=_whole(parts)[:60])
    return _told(found, parts, setting)


def _told(found: _Found, parts: Mapping[str, str], setting: Setting) -> Told:
    own = next((one for one in found.communes if one.code == setting.commune_code), None)
    many = len(found.communes) > 1
    if many and own is None:
        choices = [one.full_name for one in found.communes[:4]]
        code = "place_split" if found.old else "place_ambiguous"
        return wrong(code, old=found.old or _whole(parts)[:60], choices=choices)
    if not found.communes:
        return wrong("place_missing")
    commune = own or found.communes[0]
    if setting.commune_code and own is None:
        return wrong("place_elsewhere", found=commune.full_name)
    values = {"commune_code": commune.code, "hamlet": (parts.get("hamlet") or found.detail)[:200]} | _old(
        found, parts
    )
    if many:
        return Told(values, (("place_split_own", "warning", {"old": found.old, "own": commune.full_name}),))
    return Told(values)


def _old(found: _Found, parts: Mapping[str, str]) -> dict[str, Any]:
    if not found.old:
        return {}
    return {"old_address": _whole(parts)[:300], "former_commune": found.old.partition(",")[0][:100]}


def _of_code(code: str) -> _Found | None:
    try:
        return _Found((places.commune(code.zfill(5)),))
    except UnknownPlace:
        return None


@lru_cache(maxsize=4096)
def _read_text(address: str, outer: tuple[str, ...], commune_code: str) -> _Found | None:
    """Outermost last. An old address is tried first: "Xã Hoạt Giang, huyện Vĩnh Lộc" is not today's Hoạt Giang."""
    home = places.commune(commune_code).province_code if commune_code else None
    text = ", ".join(filter(None, (address, *outer)))
    if old := places.old_addresses(text):
        return _Found(old.communes, old.detail, old.old_label)
    return _today(text, home, commune_code) or _old_without_district(text, home)


def _read(parts: Mapping[str, str], setting: Setting) -> _Found | None:
    outer = tuple(_with_kind(key, parts[key]) for key in _OUTER if key in parts)
    address = parts.get("address", "")
    if not outer and not address:
        return _of_code(setting.commune_code) if setting.commune_code else _Found(())
    found = _read_text(address, outer, setting.commune_code)
    if found is None and not outer and setting.commune_code and not _names_a_place(address):
        return _Found((places.commune(setting.commune_code),), address)  # "Thôn 3" and nothing else
    return found


def _with_kind(key: str, text: str) -> str:
    return text if kind_at_start(words(text))[0] else f"{_KIND[key]} {text}"


def _today(text: str, home: str | None, own: str) -> _Found | None:
    """A commune of today, named in one of the pieces between commas; the province may follow."""
    pieces = [piece.strip() for piece in re.split(r"[,;–]|\s-\s", text) if piece.strip()]
    while pieces and (province := _province(pieces[-1])) is not None:
        home = province
        pieces.pop()
    for at in range(len(pieces) - 1, -1, -1):
        before, name = _piece(pieces[at])
        if communes := _named(name, home, own):
            return _Found(communes, ", ".join(filter(None, (*pieces[:at], before))))
    return None


def _piece(piece: str) -> tuple[str, str]:
    """ "Thôn 3 xã Hoạt Giang" -> ("Thôn 3", "xã Hoạt Giang"); a piece without a commune's kind is all name."""
    match = re.search(r"(?i)(?:^|\s)((?:xã|xa|phường|phuong|đặc khu|dac khu)\s+\S.*)$", piece)
    return (piece[: match.start()].strip(), match[1]) if match else ("", piece)


def _named(name: str, home: str | None, own: str) -> tuple[Commune, ...]:
    """Communes of a province with this name; those with the marks as written, then the import's own, go first."""
    read = words(short(name, _LONGEST_READ))
    kind, size = kind_at_start(read)
    bare = read[size:] if kind in ("Xã", "Phường", "Đặc khu") else read
    if not bare or home is None:
        return ()
    key = "".join(word.key for word in bare)
    found = _by_key(home).get(key, ())
    found = tuple(one for one in found if toned(words(one.name)) == toned(bare)) or found
    found = tuple(one for one in found if one.kind == kind) or found
    return tuple(one for one in found if one.code == own) or found


@lru_cache(maxsize=40)
def _by_key(province_code: str) -> dict[str, tuple[Commune, ...]]:
    table: dict[str, tuple[Commune, ...]] = {}
    for one in places.communes_of(province_code):
        key = "".join(word.key for word in words(one.name))
        table[key] = (*table.get(key, ()), one)
    return table


def _province(piece: str) -> str | None:
    read = words(piece)
    kind, size = kind_at_start(read)
    bare = " ".join(word.key for word in (read[size:] if kind in ("Tỉnh", "Thành phố") else read))
    return _provinces().get(bare)


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    return {fold(one.name): one.code for one in places.provinces()}


def _old_without_district(text: str, home: str | None) -> _Found | None:
    """ "xã Hà Yên" in a list of its own district: the district goes without saying, a kind does not."""
    for piece in reversed(re.split(r"[,;–]|\s-\s", text)):
        before, name = _piece(piece.strip())
        if kind_at_start(words(name))[0] not in ("Xã", "Phường", "Thị trấn"):
            continue
        matches = [one for one in places.search(name, home) if one.why == "old_commune"]
        if matches:
            detail = ", ".join(filter(None, (text.partition(piece)[0].strip(" ,;"), before)))
            return _Found(tuple(one.commune for one in matches), detail, matches[0].old_label)
    return None


def _names_a_place(text: str) -> bool:
    return (
        re.search(r"\b(?:xa|phuong|thi tran|huyen|tinh|thanh pho|thi xa|quan|tp|tx|tt)\b", fold(text))
        is not None
    )


def _whole(parts: Mapping[str, str]) -> str:
    return ", ".join(parts[key] for key in ("hamlet", "address", *_OUTER) if key in parts)
