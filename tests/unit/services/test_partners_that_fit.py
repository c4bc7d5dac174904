"""Partners that fit stand open above a list in which nobody fits better."""

from __future__ import annotations

import datetime

import pytest

from matchmaker.domain import GoalName, Kind
from matchmaker.recommend.model import Recommendation
from matchmaker.services.matching.answer import Answer, Freshness


def scored(*scores: float) -> tuple[Recommendation, ...]:
    return tuple(
        Recommendation(row, f"t:{row}", f"t:{row}", "", Kind.FIRM, score, (), (), (), ())
        for row, score in enumerate(scores)
    )


@pytest.mark.parametrize(
    ("partners", "listed", "is_best"),
    [
        (scored(0.8, 0.2), scored(0.5), True),
        (scored(0.4), scored(0.5), False),
        (scored(0.4), (), True),
        ((), (), False),
    ],
)
def test_a_partner_that_fits_better_than_all_listed_is_seen_at_once(
    partners, listed, is_best
) -> None:
    freshness = Freshness(1, datetime.date(2026, 11, 28), 1)
    answer = Answer(GoalName.SUPPLIER, "t:asks", listed, freshness, known=partners)
    assert answer.is_partner_best is is_best
