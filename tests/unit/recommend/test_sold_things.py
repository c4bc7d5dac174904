"""Who sells the same as another, by names that are the same in any language."""

from __future__ import annotations

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Need,
    Offer,
    OfferKind,
    Organization,
)
from matchmaker.recommend.sold_things import sells_to_a_rival, things_sold
from tests.unit.snapshot.graphs import snapshot_of

# Two mills, one told in English; a brand that has socks knitted; a spinner; another trade.
SNAPSHOT = snapshot_of(
    GraphRows(
        industries=(Industry("x:1", "Hosiery"), Industry("x:2", "Trade")),
        organizations=tuple(
            Organization(f"t:{name}", name, Kind.FIRM, industry="x:2" if name == "e" else "x:1")
            for name in "abcde"
        ),
        descriptions=(
            Description("d:a", "t:a", "袜厂，做棉袜、船袜，来样加工。", "zh"),
            Description("d:b", "t:b", "Cotton socks, private label.", "en"),
            Description("d:e", "t:e", "Cotton socks, private label.", "en"),
        ),
        offers=(
            Offer("o:c", "t:c", OfferKind.PRODUCT, "自有品牌袜子", "zh"),
            Offer("o:d", "t:d", OfferKind.PRODUCT, "氨纶包覆纱", "zh"),
            Offer("o:x", "t:d", OfferKind.EQUIPMENT, "电脑袜机夜里空闲", "zh"),
        ),
        needs=(Need("n:c", "t:c", GoalName.SUPPLIER, "找固定袜厂做无骨童袜，月五万双", "zh"),),
    ),
    vectors=False,
)


def row(name: str) -> int:
    return SNAPSHOT.row_of(f"t:{name}")


def test_what_is_sold_is_named_alike_in_both_languages():
    assert "sock" in things_sold(SNAPSHOT, row("a")) & things_sold(SNAPSHOT, row("b"))
    assert things_sold(SNAPSHOT, row("d")) == {"yarn"}  # a machine that is lent is not sold


def test_a_mill_sells_nothing_to_a_mill_but_to_a_brand_that_looks_for_it():
    assert sells_to_a_rival(SNAPSHOT, row("a"), row("b"))
    assert not sells_to_a_rival(SNAPSHOT, row("a"), row("c"))
    assert sells_to_a_rival(SNAPSHOT, row("c"), row("a"))


def test_who_sells_another_thing_or_is_of_another_trade_is_no_rival():
    assert not sells_to_a_rival(SNAPSHOT, row("d"), row("a"))
    assert not sells_to_a_rival(SNAPSHOT, row("e"), row("b"))
