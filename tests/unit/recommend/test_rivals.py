"""Who does the very same is a competitor: no supplier, unless it supplies already."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.domain import (
    Description,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Organization,
    Tie,
)
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.rivals import rivals
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import ids
from tests.unit.snapshot.graphs import snapshot_of

# Of the first: one alike, one alike of another industry, one of its industry that does otherwise.
INDUSTRIES = ("x:1", "x:1", "x:2", "x:1")
VECTORS = {0: (1.0, 0.0), 1: (0.8, 0.6), 2: (1.0, 0.0), 3: (0.0, 1.0)}


def graph(*ties: Tie) -> Snapshot:
    snapshot = snapshot_of(
        GraphRows(
            industries=(Industry("x:1", "Forging"), Industry("x:2", "Trade")),
            organizations=tuple(
                Organization(f"t:{number}", f"Firm {number}", Kind.FIRM, industry=industry)
                for number, industry in enumerate(INDUSTRIES)
            ),
            descriptions=tuple(
                Description(f"d:{number}", f"t:{number}", f"forges things {number}")
                for number in range(4)
            ),
            ties=ties,
        ),
        vectors=False,
    )
    said = [int(text[-1]) for text in snapshot.statements.table["text"].to_pylist()]
    vectors = np.array([VECTORS[number] for number in said], dtype=np.float32)
    return replace(snapshot, vectors=vectors, meta=replace(snapshot.meta, dimension=2))


def suggested(snapshot: Snapshot, goal: GoalName = GoalName.SUPPLIER) -> set[str]:
    seeker = Seeker(row=snapshot.row_of("t:0"), kind=Kind.FIRM)
    return set(ids(recommend(snapshot, seeker, Request(goal, only_new=False)).matches))


def test_who_describes_itself_alike_and_is_of_the_industry_is_a_rival() -> None:
    snapshot = graph()
    assert [snapshot.id_of(row) for row in rivals(snapshot, snapshot.row_of("t:0"))] == ["t:1"]


def test_nobody_of_the_same_trade_is_suggested_as_a_supplier() -> None:
    assert suggested(graph()) == {"t:2", "t:3"}
    assert "t:1" in suggested(graph(), GoalName.INDUSTRY_PARTNER)


def test_who_supplies_already_stays() -> None:
    supplies = Tie("x:supplies", "t:1", "t:0", Layer.SUPPLIES)
    assert suggested(graph(supplies)) == {"t:1", "t:2", "t:3"}
