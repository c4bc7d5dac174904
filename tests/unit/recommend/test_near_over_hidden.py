"""Nothing is told of anybody that rests on those alone who are hidden from the reader."""

from __future__ import annotations

from matchmaker.domain import GoalName, GraphRows, Kind, Layer, StatementKind, Tie
from matchmaker.recommend.model import Request, Seeker, SeekerText
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
    return {
        id: {text for feature, text, _ in reasons if feature == "network"}
        for id, reasons in matches(hidden).items()
    }


def matches(hidden: frozenset[int]) -> dict[str, list[tuple[str, str, float]]]:
    """Of each one found what is told of it: by what, the words, and the figure."""
    need = SeekerText("steel castings", StatementKind.NEED, goal=GoalName.SUPPLIER)
    asker = Seeker(row=0, kind=Kind.FIRM, texts=(need,), hidden=hidden)
    answer = recommend(SNAPSHOT, asker, Request(GoalName.SUPPLIER))
    return {
        SNAPSHOT.id_of(each.row): [
            (reason.feature, str(reason.message), reason.value or 0.0)
            for reason in (*each.reasons, *each.against)
        ]
        for each in answer.matches
    }


def test_undertakings_with_somebody_hidden_are_not_counted() -> None:
    """1 has one, with 9; 3 has one with 2 and one with 4."""
    none, one = ("no joint undertaking on record", 0.0), ("one joint undertaking on record", 1.0)
    two = ("2 joint undertakings on record", 2.0)
    assert _activity(frozenset()) == {"t:1": one, "t:3": two, "t:4": one}
    assert _activity(frozenset({9})) == {"t:1": none, "t:3": two, "t:4": one}
    assert _activity(frozenset({2, 9})) == {"t:1": none, "t:3": one, "t:4": one}


def _activity(hidden: frozenset[int]) -> dict[str, tuple[str, float]]:
    return {
        id: (text.removeprefix("not very active: "), value)
        for id, each in matches(hidden).items()
        for feature, text, value in each
        if feature == "activity"
    }


def test_who_is_near_over_somebody_hidden_is_not_told_to_be_linked() -> None:
    assert told(frozenset())["t:1"] == {"you have one partner in common"}
    hidden = told(frozenset({9}))
    assert NEAR not in hidden["t:1"]
    # Three steps lead to 4 whoever is hidden there.
    assert hidden["t:4"] == told(frozenset())["t:4"]
