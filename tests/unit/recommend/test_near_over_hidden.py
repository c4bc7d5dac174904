"""Nobody is told to be near over those alone who are hidden from the reader."""

from __future__ import annotations

from matchmaker.domain import GoalName, GraphRows, Kind, Layer, StatementKind, Tie
from matchmaker.recommend.model import Recommendation, Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from tests.unit.recommend.small_graphs import firm, product
from tests.unit.snapshot.graphs import snapshot_of

NEAR, NOT_LINKED = (
    "near to you in the network of undertakings",
    "not linked to you in the network yet",
)
# 0 buys from 9, which buys from 1; and from 2, which buys from 3, which buys from 4.
TIES = ((9, 0), (1, 9), (2, 0), (3, 2), (4, 3))
SNAPSHOT = snapshot_of(
    GraphRows(
        organizations=tuple(firm(number) for number in range(10)),
        offers=tuple(product(number, "steel castings") for number in (1, 4, 5)),
        ties=tuple(Tie(f"x:{a}.{b}", f"t:{a}", f"t:{b}", Layer.SUPPLIES) for a, b in TIES),
    ),
    vectors=False,
)


def told(hidden: frozenset[int]) -> dict[str, set[str]]:
    need = SeekerText("steel castings", StatementKind.NEED, goal=GoalName.SUPPLIER)
    asker = Seeker(row=0, kind=Kind.FIRM, texts=(need,), hidden=hidden)
    answer = recommend(SNAPSHOT, asker, Request(GoalName.SUPPLIER))
    return {SNAPSHOT.id_of(each.row): _network(each) for each in answer.matches}


def _network(each: Recommendation) -> set[str]:
    return {str(reason.message) for reason in each.reasons if reason.feature == "network"}


def test_who_is_near_over_somebody_hidden_is_not_told_to_be_linked() -> None:
    assert told(frozenset())["t:1"] == {"you have one partner in common"}
    hidden = told(frozenset({9}))
    assert NEAR not in hidden["t:1"]
    # Three steps lead to 4 whoever is hidden there.
    assert hidden["t:4"] == told(frozenset())["t:4"]
