"""All numbers of a scope and a period, from what the database says now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import astuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace_adapters import registry
from ocop.listings.rules import product_sets
from ocop.places.rules import is_practice
from ocop.producers.models import Producer
from ocop.reports.queries import goods, people, stamps
from ocop.reports.queries.reach import Reach
from ocop.reports.queries.scopes import Scope
from ocop.reports.rules.figures import Fact, Figures, Lists, Number, joined, total
from ocop.reports.rules.periods import Period
from ocop.web.folding import fold
from ocop.web.wording import sentence

# section -> (key, unit); a key with a star is left out where it is nought.
_LINES: dict[str, tuple[str, ...]] = {
    "san_pham": ("san_pham_tong", "san_pham_co_sao"),
    "sao": ("san_pham_sao_5", "san_pham_sao_4", "san_pham_sao_3", "san_pham_chua_sao"),
    "nhom": tuple(f"san_pham_nhom_{no}" for no in range(1, 7)),
    "bo": (),
    "san": ("san_pham_len_san", "bai_dang_tong", "bai_dang_moi"),
    "tung_san": (),
    "giay": (
        "giay_ocop",
        "giay_con_han",
        "giay_12",
        "giay_6",
        "giay_3",
        "giay_1",
        "giay_cho_danh_gia_lai",
        "giay_het_han",
    ),
    "tem": ("tem_cap", "tem_kich_hoat", "luot_quet", "tem_duoc_quet", "tem_mau*"),
    "co_so": (
        "co_so_tong",
        "ho_tong",
        "co_so_tai_khoan",
        "co_so_duoc_giup",
        "viec_lam_ho",
        "co_so_gian_hang",
        "ho_gian_hang",
    ),
    "doanh_thu": ("doanh_thu", "co_so_khai_doanh_thu"),
    "tap_huan": ("lop_tap_huan", "nguoi_tap_huan"),
    "kiem_ke": ("kiem_ke_ghi*", "kiem_ke_dung*"),
}
MONEY = frozenset({"doanh_thu"})


def count(
    session: Session, scope: Scope, period: Period, today: dt.date, *, earlier: Figures | None = None
) -> Figures:
    """Everything counted anew. ``earlier``: a frozen report of exactly the period before; its numbers are what
    these are compared with."""
    communes = _counted_communes(scope)
    reach = Reach(communes, period, min(period.last, today))
    lists = _lists(session, reach)
    before = period.previous()
    if earlier is not None:
        past = {number.key: number.now for number in earlier.numbers}
    else:
        past = {
            key: total(facts) for key, facts in _lists(session, Reach(communes, before, before.last)).items()
        }
    return Figures(
        scope_kind=scope.kind.value,
        scope_id=scope.id,
        scope_name=scope.name,
        province_name=scope.province_name,
        period=period,
        before=before,
        counted_on=reach.day,
        before_frozen=earlier is not None,
        sample=_has_samples(session, reach),
        communes=_named(communes, lists),
        numbers=tuple(_numbers(lists, past)),
        lists=lists,
    )


def _counted_communes(scope: Scope) -> dict[str, str]:
    """Practice communes count nowhere but in a report on one of them."""
    communes = scope.communes()
    if len(communes) == 1:
        return communes
    return {code: name for code, name in communes.items() if not is_practice(code)}


def _lists(session: Session, reach: Reach) -> Lists:
    """Every list there is, in the order of the alphabet whatever the database thinks of Vietnamese letters."""
    found = joined(
        (
            goods.products(session, reach),
            goods.posts(session, reach),
            goods.papers(session, reach),
            stamps.stamps(session, reach),
            people.producers(session, reach),
            people.booths(session, reach),
            people.revenue(session, reach),
            people.classes(session, reach),
            people.checked_links(session, reach),
        )
    )
    return {key: sorted(facts, key=_alphabetical) for key, facts in found.items()}


def _alphabetical(fact: Fact) -> tuple[object, ...]:
    return fold(fact.producer), fold(fact.name), *astuple(fact)


def _has_samples(session: Session, reach: Reach) -> bool:
    samples = select(func.count()).select_from(Producer).where(reach.anyone(), Producer.sample)
    return bool(session.scalar(samples))


def _named(communes: dict[str, str], lists: Lists) -> dict[str, str]:
    """Of a province with two hundred communes, those that something was counted in."""
    used = {fact.commune for facts in lists.values() for fact in facts}
    return {code: name for code, name in communes.items() if code in used or len(communes) == 1}


def _numbers(lists: Lists, past: dict[str, int]) -> Iterator[Number]:
    for section, key, words, stays in lines():
        now, before = total(lists.get(key, ())), past.get(key, 0)
        yield Number(key, section, words, now, before, "đồng" if key in MONEY else "", stays)


def lines() -> Iterator[tuple[str, str, str, bool]]:
    """(section, key, words, whether it is shown at nought) of every number there is, in order."""
    for section, keys in _LINES.items():
        for key in keys:
            yield section, key.rstrip("*"), sentence(f"number_{key.rstrip('*')}"), not key.endswith("*")
        if section == "bo":
            for one in product_sets():
                yield section, f"san_pham_bo_{one.no}", sentence("number_bo", no=one.no, name=one.name), False
        if section == "tung_san":
            yield from _places()


def _places() -> Iterator[tuple[str, str, str, bool]]:
    for info in registry.channels().values():
        if goods.not_a_marketplace(info) is None:
            words = sentence("number_san", place=info.name)
            yield "tung_san", f"bai_dang_san_{info.code}", words, False
    for key in ("bai_dang_nguon_hang", "bai_dang_san_tap"):
        yield "tung_san", key, sentence(f"number_{key}"), False
