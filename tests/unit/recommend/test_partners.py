"""Partners there are already: named beside the list, with why, and none of them lost."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.domain import GoalName, GraphRows, Kind, Layer, StatementKind, Tie
from matchmaker.recommend.model import Request, Seeker, SeekerText
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.model import Snapshot
from tests.unit.recommend.small_graphs import firm, ids, product
from tests.unit.snapshot.graphs import snapshot_of

SUPPLIER = GoalName.SUPPLIER


def _partners_of_the_first() -> Snapshot:
    """Firm 0 buys from 1 (castings, no capacity left), 2 (castings) and 3 (socks), 4 is new."""
    texts = ("", "steel castings", "steel castings and pumps", "knitted socks", "steel castings")
    return snapshot_of(
        GraphRows(
            organizations=(
                firm(0), firm(1, capacity=0), firm(2), firm(3), firm(4), firm(5, listed=False)
            ),
            offers=tuple(product(number, text) for number, text in enumerate(texts) if text),
            ties=tuple(
                Tie(f"x:{number}", f"t:{number}", "t:0", Layer.SUPPLIES) for number in (1, 2, 3, 5)
            ),
        ),
        vectors=False,
    )  # fmt: skip


def test_partners_whose_words_answer_stand_above_the_list_with_why() -> None:
    question = SeekerText("steel castings", StatementKind.NEED, goal=SUPPLIER, is_question=True)
    asker = Seeker(row=0, kind=Kind.FIRM, texts=(question,))
    without = recommend(_partners_of_the_first(), asker, Request(SUPPLIER))
    assert ids(without.matches) == ["t:4"]
    assert set(ids(without.known)) == {"t:1", "t:2"}
    assert all("castings" in partner.evidence[0].text for partner in without.known)
    assert all(partner.reasons for partner in without.known)
    within = recommend(_partners_of_the_first(), asker, Request(SUPPLIER, only_new=False))
    assert within.known == ()
    assert set(ids(within.matches)) == {"t:2", "t:4"}  # who has no capacity left is not asked


def test_who_belongs_to_the_same_owner_stands_above_the_list_where_words_are_asked() -> None:
    """Firm 0 is owned by 1; of its profile's own accord it is brought together with neither."""
    texts = ("", "steel castings", "steel castings")
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(number) for number in range(3)),
            offers=tuple(product(number, text) for number, text in enumerate(texts) if text),
            ties=(Tie("x:1", "t:1", "t:0", Layer.OWNS),),
        ),
        vectors=False,
    )
    question = SeekerText("steel castings", StatementKind.NEED, goal=SUPPLIER, is_question=True)
    for is_question, known in ((True, ["t:1"]), (False, [])):
        text = replace(question, is_question=is_question)
        answer = recommend(snapshot, Seeker(row=0, texts=(text,)), Request(SUPPLIER))
        assert ids(answer.matches) == ["t:2"]
        assert ids(answer.known) == known


def test_asked_by_a_profile_those_partners_are_named_that_would_stand_on_the_list() -> None:
    need = SeekerText("steel castings", StatementKind.NEED, goal=SUPPLIER)
    asker = Seeker(row=0, kind=Kind.FIRM, texts=(need,))
    request = Request(SUPPLIER, limit=1)
    answer = recommend(_partners_of_the_first(), asker, request)
    last = min(candidate.score for candidate in answer.matches)
    assert answer.known
    assert all(partner.score >= last for partner in answer.known)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("需要不锈钢阀体铸件，30天内交货", ["t:1"]),
        ("30天内交货，温州附近", []),  # a time and a place alone say nothing of what is made
    ],
)
def test_only_partners_who_say_that_they_have_it_are_named(asked: str, named: list[str]) -> None:
    """1 casts the bodies in stainless steel, 2 in ductile iron, 3 only delivers in time."""
    texts = (
        "",
        "不锈钢阀体精密铸造，25天出样",
        "球铁阀体铸造，20天出样",
        "不锈钢棒料现货，3天内交货",
    )
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(firm(number) for number in range(4)),
            offers=tuple(product(number, text) for number, text in enumerate(texts) if text),
            ties=tuple(
                Tie(f"x:{number}", f"t:{number}", "t:0", Layer.SUPPLIES) for number in (1, 2, 3)
            ),
        ),
        vectors=False,
    )
    question = SeekerText(asked, StatementKind.NEED, "zh", goal=SUPPLIER, is_question=True)
    seeker = Seeker(row=0, kind=Kind.FIRM, texts=(question,))
    answer = recommend(snapshot, seeker, Request(SUPPLIER))
    assert ids(answer.known) == named
    # Nobody vanishes: with them in the list there are as many.
    listed = recommend(snapshot, seeker, Request(SUPPLIER, only_new=False)).matches
    assert len(answer.known) + answer.further_known == len(listed)


def test_a_partner_of_the_store_s_newest_word_is_known_too() -> None:
    question = SeekerText("steel castings", StatementKind.NEED, goal=SUPPLIER, is_question=True)
    asker = Seeker(row=0, texts=(question,), partners=frozenset({4}))
    assert "t:4" in ids(recommend(_partners_of_the_first(), asker, Request(SUPPLIER)).known)


def test_nobody_is_a_partner_of_a_guest() -> None:
    question = SeekerText("steel castings", StatementKind.NEED, goal=SUPPLIER, is_question=True)
    answer = recommend(_partners_of_the_first(), Seeker(texts=(question,)), Request(SUPPLIER))
    assert answer.known == ()
