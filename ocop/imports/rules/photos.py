"""Which picture of a ZIP shows which product: by the names of files and folders. Plain values only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ocop.web.folding import fold

_SHORTEST_NAME = 4  # letters of a product's name that a file name may begin with
_BACK_WORDS = re.compile(r"mat ?sau|nhan|back|label")
_FRONT_WORDS = re.compile(r"mat ?truoc|chinh dien|front")


@dataclass(frozen=True)
class Picture:
    """A picture of the ZIP. entry: its place in the ZIP's directory; name: its path there, readable."""

    entry: int
    name: str


@dataclass(frozen=True)
class Wanted:
    """A product that may have pictures. row: of the sheet that tells of it. files: names in its photo column."""

    row: str
    producer: str
    product: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Match:
    """A picture of a product, in its order. shot: front | back_label | other."""

    row: str
    picture: Picture
    shot: str


def matched(
    pictures: Sequence[Picture], wanted: Iterable[Wanted]
) -> tuple[list[Match], list[Picture], list[tuple[str, str]]]:
    """(pictures with their product, pictures nobody asked for, (row, file name) asked for and not there).

    A product's photo column comes first. Pictures that are left go to the product whose name is that of their
    folder, or begins their own name; the longest name wins, the producer's folder decides between two alike.
    """
    by_name = _by_name(pictures)
    taken: dict[int, Match] = {}
    missing: list[tuple[str, str]] = []
    products = list(wanted)
    for product in products:
        for file in product.files:
            picture = _named(by_name, file, product)
            if picture is None:
                missing.append((product.row, file))
            elif picture.entry not in taken:
                taken[picture.entry] = Match(product.row, picture, "")
    asked = {match.row for match in taken.values()}
    named = _ByProduct(product for product in products if product.row not in asked)
    for picture in sorted(pictures, key=lambda one: natural(one.name)):
        row = named.row_of(picture) if picture.entry not in taken else None
        if row is not None:
            taken[picture.entry] = Match(row, picture, "")
    return _with_shots(taken.values()), [one for one in pictures if one.entry not in taken], missing


def natural(name: str) -> list[tuple[int, int, str]]:
    """Sorts "anh 2" before "anh 10"."""
    return [
        (0, int(part), "") if part.isdigit() else (1, 0, part)
        for part in re.findall(r"\d{1,9}|\D+", fold(name))
    ]


def squeezed(text: str) -> str:
    """Letters and digits only, without marks: "Mắm-tép (hũ)" -> "mamtephu"."""
    return re.sub(r"[^a-z0-9]", "", fold(text))


def _stem(name: str) -> str:
    last = name.rpartition("/")[2]
    return last.rpartition(".")[0] or last


def _by_name(pictures: Iterable[Picture]) -> dict[str, list[Picture]]:
    found: dict[str, list[Picture]] = {}
    for picture in pictures:
        last = picture.name.rpartition("/")[2]
        for key in dict.fromkeys((fold(picture.name), fold(last), squeezed(_stem(picture.name)))):
            found.setdefault(key, []).append(picture)
    return found


def _named(by_name: dict[str, list[Picture]], file: str, product: Wanted) -> Picture | None:
    """The one picture of that name, with or without its ending; of several the one below the producer's folder."""
    wanted = file.replace("\\", "/").strip("/ ")
    for key in (fold(wanted), fold(wanted.rpartition("/")[2]), squeezed(_stem(wanted))):
        found = by_name.get(key, [])
        if len(found) > 1:
            own = (squeezed(product.producer), squeezed(product.product))
            found = [
                one for one in found if any(squeezed(part) in own for part in one.name.split("/")[:-1])
            ] or found
        if len(found) == 1:
            return found[0]
    return None


class _ByProduct:
    """Products by their squeezed name, to look pictures up."""

    def __init__(self, products: Iterable[Wanted]) -> None:
        self._rows: dict[str, list[Wanted]] = {}
        for product in products:
            self._rows.setdefault(squeezed(product.product), []).append(product)
        self._rows.pop("", None)

    def row_of(self, picture: Picture) -> str | None:
        folders = [squeezed(part) for part in picture.name.split("/")[:-1]]
        for folder in reversed(folders):
            if folder in self._rows:
                return self._one(self._rows[folder], folders)
        stem = squeezed(_stem(picture.name))
        for length in range(len(stem), _SHORTEST_NAME - 1, -1):
            if stem[:length] in self._rows:
                return self._one(self._rows[stem[:length]], folders)
        return None

    def _one(self, found: list[Wanted], folders: list[str]) -> str | None:
        """Of products of the same name the one whose producer has the folder; the same product in two rows is one."""
        here = [one for one in found if squeezed(one.producer) in folders] or found
        return here[0].row if len({squeezed(one.producer) for one in here}) == 1 else None


def _with_shots(matches: Iterable[Match]) -> list[Match]:
    """The first picture of a product is its front, and a back only where its name says so."""
    of_row: dict[str, list[Match]] = {}
    for match in matches:
        of_row.setdefault(match.row, []).append(match)
    done = []
    for mine in of_row.values():
        shots = [_said_shot(match.picture.name) for match in mine]
        if "front" not in shots and "" in shots:
            shots[shots.index("")] = "front"
        ordered = sorted(zip(mine, shots, strict=True), key=lambda pair: pair[1] != "front")
        done += [Match(match.row, match.picture, shot or "other") for match, shot in ordered]
    return done


def _said_shot(name: str) -> str:
    words = " ".join(re.findall(r"[a-z0-9]+", fold(_stem(name))))
    if _BACK_WORDS.search(words):
        return "back_label"
    return "front" if _FRONT_WORDS.search(words) else ""
