"""Producers and products an import meets: those that are there already, and those its rows are about to make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ocop.imports.queries.surroundings import ListingThere, ProducerThere, Surroundings
from ocop.imports.rules.names import number_key, producer_key, product_key, same_producer

OF_THE_PRODUCER = ""  # instead of a listing's id, for papers of the producer itself


@dataclass(slots=True)
class KnownPack:
    id: str
    label: str
    net_content: int | None
    net_unit: str

    def is_like(self, values: dict[str, Any]) -> bool:
        """Whether a row means this pack: the same content, or the same name where no content is told."""
        net = values.get("net_content")
        if net is None:
            return not values.get("label") or product_key(values["label"]) == product_key(self.label)
        return (net, values.get("net_unit") or "g") == (self.net_content, self.net_unit)


@dataclass(slots=True)
class KnownListing:
    """row: of the sheet that makes it, 0 when it stood there before. fields … photos: of a new one, as drafted."""

    id: str
    name: str
    set_no: int
    shelf_life_days: int | None
    packs: list[KnownPack]
    row: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    pack_values: list[dict[str, Any]] = field(default_factory=list)
    photos: list[tuple[str, str]] = field(default_factory=list)  # (media id, shot)

    @property
    def new(self) -> bool:
        return self.row > 0


@dataclass(slots=True)
class KnownProducer:
    """barred: it has people of its own and did not ask the office for help. fields: of a new one, as drafted."""

    id: str
    name: str
    tax_code: str
    barred: bool = False
    new: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    listings: dict[str, KnownListing] = field(default_factory=dict)
    papers: set[tuple[str, str, str]] = field(default_factory=set)  # (listing id or "", kind, number key)
    lots: dict[str, int] = field(default_factory=dict)  # number -> row that makes it, 0 when it was there
    gtins: dict[str, str] = field(default_factory=dict)  # -> name of the product
    pictures: dict[str, str] = field(default_factory=dict)  # sha256 -> media id


def paper_key(listing_id: str | None, kind: str, number: str) -> tuple[str, str, str]:
    return listing_id or OF_THE_PRODUCER, kind, number_key(number)


@dataclass
class Register:
    """All of them, found by name or tax code."""

    by_name: dict[str, list[KnownProducer]] = field(default_factory=lambda: defaultdict(list))
    by_tax_code: dict[str, KnownProducer] = field(default_factory=dict)

    @classmethod
    def of(cls, around: Surroundings) -> Register:
        register = cls()
        for there in around.producers:
            register.add(_producer(there))
        return register

    def add(self, producer: KnownProducer) -> None:
        self.by_name[producer_key(producer.name)].append(producer)
        if producer.tax_code:
            self.by_tax_code[producer.tax_code] = producer

    def meant(self, name: str, tax_code: str) -> list[KnownProducer]:
        """Whom a row may mean: the one with that tax code, else those of that name."""
        if tax_code and tax_code in self.by_tax_code:
            return [self.by_tax_code[tax_code]]
        return [one for one in self.by_name.get(producer_key(name), ()) if same_producer(one.name, name)]


def _producer(there: ProducerThere) -> KnownProducer:
    return KnownProducer(
        id=there.id,
        name=there.name,
        tax_code=there.tax_code,
        barred=there.own_people and not there.helped,
        listings={product_key(one.name): _listing(one) for one in there.listings},
        papers={paper_key(one.listing_id, one.kind, one.number) for one in there.papers},
        lots=dict.fromkeys(there.lots, 0),
        gtins=dict(_gtins(there)),
        pictures=dict(there.pictures),
    )


def _listing(there: ListingThere) -> KnownListing:
    packs = [KnownPack(one.id, one.label, one.net_content, one.net_unit) for one in there.packs]
    return KnownListing(there.id, there.name, there.set_no, there.shelf_life_days, packs)


def _gtins(there: ProducerThere) -> Iterator[tuple[str, str]]:
    for listing in there.listings:
        yield from ((pack.gtin, listing.name) for pack in listing.packs if pack.gtin)
