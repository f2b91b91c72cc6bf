"""Build `ocop/places/places.json.gz` from the MIT package vietnamadminunits and our own list of 2026 changes.

    python -m tools.build_places                  fetches the package by pip into a temporary folder
    python -m tools.build_places --package DIR      reads an unpacked or installed package instead

Only the data files of the package are read; its code never runs. The same input gives the same bytes.
"""

import argparse
import gzip
import hashlib
import json
import re
import sqlite3
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections import defaultdict
from pathlib import Path

from ocop.web.folding import one_style, tidy

PACKAGE = "vietnamadminunits"
VERSION = "1.0.4"
WHEEL_SHA256 = "737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35"
ROOT = Path(__file__).resolve().parent.parent
AMENDMENTS = Path(__file__).with_name("places_amendments_2026.toml")
TARGET = ROOT / "ocop" / "places" / "places.json.gz"

KINDS = ("Thành phố", "Thị trấn", "Thị xã", "Đặc khu", "Phường", "Huyện", "Quận", "Tỉnh", "Xã")
OLD_KINDS = ("thitran", "thanhpho", "thixa", "phuong", "huyen", "quan", "xa", "tp", "tx", "tt")

# "q2", "district02", "p14": other spellings of a number, which the search understands by itself.
NUMBERED_SPELLING = re.compile(r"(?:q|p|f|quan|phuong|district|ward)?0\d|(?:q|p|f|district|ward)\d")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", type=Path, help="folder of the package, holding data/dataset.db")
    parser.add_argument("--out", type=Path, default=TARGET)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        package = options.package or download(Path(scratch))
        document = build(package, tomllib.loads(AMENDMENTS.read_text(encoding="utf-8")))
    size = write(document, options.out)
    print(
        f"{options.out}: {size} bytes, {len(document['provinces'])} provinces, "
        f"{len(document['communes'])} communes, {len(document['old_communes'])} old communes"
    )


def download(folder: Path) -> Path:
    """Fetch exactly the wheel this script was written against; anything else stops the build."""
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--dest",
        str(folder),
        f"{PACKAGE}=={VERSION}",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    (wheel,) = folder.glob("*.whl")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != WHEEL_SHA256:
        raise SystemExit(f"{wheel.name} has sha256 {found}, expected {WHEEL_SHA256}")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked" / PACKAGE


def build(package: Path, amendments: dict) -> dict:
    """Return the whole document that is written to the data file (shapes: `layout` inside it)."""
    database = sqlite3.connect(f"file:{package / 'data' / 'dataset.db'}?mode=ro", uri=True)
    database.row_factory = sqlite3.Row
    now = [dict(row) for row in database.execute("SELECT * FROM admin_units ORDER BY wardCode")]
    before = [dict(row) for row in database.execute("SELECT * FROM admin_units_legacy")]
    database.close()
    edges = read_edges(package / "data" / "converter_2025.json", now)
    divided = read_divided_districts(package / "data" / "parser_legacy.json")
    provinces, communes = current_units(now, amendments)
    return {
        "as_of": amendments["as_of"].isoformat(),
        "source": f"{PACKAGE} {VERSION} (MIT, see PLACES_LICENCE.txt) and tools/{AMENDMENTS.name}",
        "layout": {
            "provinces": "code, kind, name",
            "communes": "code, kind, name, province code",
            "old_provinces": "code, kind, name, other names (folded, no spaces)",
            "old_districts": "code, kind, name, old province code, other names, took communes from",
            "old_communes": "code ('' where the district had none), kind, name, old district code, "
            "new commune codes (the package's default first), other names, split (1 or 0)",
        },
        "provinces": provinces,
        "communes": communes,
        **old_units(before, edges, amendments["province_aliases"], divided),
    }


def current_units(rows: list[dict], amendments: dict) -> tuple[list, list]:
    """Provinces and communes of today: the package's list of 2025 with the 2026 changes applied."""
    provinces = {row["provinceCode"]: [*kind_and_name(row["province"])] for row in rows}
    communes = {row["wardCode"]: [*kind_and_name(row["ward"])] for row in rows}
    amend(provinces, amendments["provinces"])
    amend(communes, amendments["communes"])
    for wanted in amendments["corrections"]:
        code, unit = wanted["code"], [wanted["kind"], wanted["name"]]
        if communes[code] != unit:
            print(f"corrected {code}: {communes[code]} -> {unit} ({wanted['why']})")
            communes[code] = unit
    homes = {row["wardCode"]: row["provinceCode"] for row in rows}
    return (
        [[code, *unit] for code, unit in sorted(provinces.items())],
        [[code, *unit, homes[code]] for code, unit in sorted(communes.items())],
    )


def amend(units: dict[str, list], changes: list[dict]) -> None:
    """Change the kind of each named unit; a unit that is not what the list says stops the build."""
    for change in changes:
        for code, name in change["units"].items():
            if units.get(code) != [change["from"], name]:
                raise SystemExit(
                    f"{code}: expected {change['from']} {name}, the package has {units.get(code)}"
                )
            units[code] = [change["to"], name]


def read_edges(path: Path, now: list[dict]) -> dict[str, list[str]]:
    """Old unit key -> new commune codes. For a split one, the part the package takes by default is first."""
    codes = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in now}
    tables = json.loads(path.read_text(encoding="utf-8"))
    edges: dict[str, list[str]] = defaultdict(list)
    for province, wards in tables["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            for old in olds:
                edges[old].append(codes[province, ward])
    for province, olds in tables["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            parts = sorted(
                parts, key=lambda part: (not part["isDefaultNewWard"], codes[province, part["newWardKey"]])
            )
            edges[old] += [codes[province, part["newWardKey"]] for part in parts]
    return edges


def read_divided_districts(path: Path) -> dict[tuple[str, str], list[str]]:
    """(province key, district key) -> names of districts it took communes from before 2025."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for province, divided in json.loads(path.read_text(encoding="utf-8"))[
        "DICT_PROVINCE_DISTRICT_DIVIDED"
    ].items():
        for parts in divided.values():
            bare = min(parts["dividedDistrictKeywords"], key=len)
            for district in parts["districts"]:
                if not district.endswith(bare):
                    found[province, district].add(bare)
    return {key: sorted(names) for key, names in found.items()}


def old_units(
    rows: list[dict], edges: dict[str, list[str]], province_aliases: dict[str, list[str]], divided: dict
) -> dict:
    """The three levels as they were on 30/06/2025."""
    provinces, districts, communes = {}, {}, []
    for row in rows:
        province, district = row["provinceCode"], row["districtCode"]
        names = sorted({*aliases(row["provinceAlias"], ""), *province_aliases.get(province, [])})
        provinces[province] = [province, *kind_and_name(row["province"]), names]
        others = aliases(row["districtAlias"], row["districtKey"])
        took_from = divided.get((row["provinceKey"], row["districtKey"]), [])
        districts[district] = [district, *kind_and_name(row["district"]), province, others, took_from]
        key = "_".join((row["provinceKey"], row["districtKey"], row["wardKey"] or ""))
        unit = kind_and_name(row["ward"] or "")
        new = edges[key]
        others = aliases(row["wardAlias"], row["wardKey"] or "")
        communes.append([row["wardCode"] or "", *unit, district, new, others, int(len(new) > 1)])
    return {
        "old_provinces": [provinces[code] for code in sorted(provinces)],
        "old_districts": [districts[code] for code in sorted(districts)],
        "old_communes": sorted(communes, key=lambda unit: (unit[0], unit[3])),
    }


def aliases(stored: str | None, own_key: str) -> list[str]:
    """Names a unit carried before the mergers of 2023-2025, as the package has them: folded, no spaces.

    The package lists most of them twice, with and without the kind of unit in front; the bare name is kept.
    """
    names = {name for name in json.loads(stored or "[]") if not NUMBERED_SPELLING.match(name)}
    with_kind = {kind + name: name for name in names for kind in OLD_KINDS if kind + name in names}
    bare = set()
    for name in names - set(with_kind):
        kind = next((kind for kind in OLD_KINDS if name.startswith(kind)), "")
        known_bare = name in with_kind.values()
        bare.add(name if known_bare else name.removeprefix(kind))
    return sorted(name for name in bare if name and not own_key.endswith(name))


def kind_and_name(full_name: str) -> tuple[str, str]:
    """("Xã", "Hồi Xuân") from "Xã Hồi Xuân"; ("", "") from "".

    Read from the full name, because the package's own column of kinds is wrong for 4 communes of today and
    3 old ones (Phường Việt Hòa is called Xã there), and some full names say "Thị Trấn".
    """
    full_name = one_style(tidy(full_name))
    kind = next((kind for kind in KINDS if full_name.lower().startswith(kind.lower() + " ")), "")
    if full_name and not kind:
        raise SystemExit(f"{full_name!r} does not begin with a kind of unit")
    return kind, full_name[len(kind) :].strip()


def write(document: dict, path: Path) -> int:
    """Write the file with no clock in it; return its size in bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    packed = gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0)
    path.write_bytes(packed)
    return len(packed)


if __name__ == "__main__":
    main()
