"""Open needs that what an organisation says can answer, held to the same floor as any question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from matchmaker.domain import GoalName, Need, NeedState
from matchmaker.recommend.model import Evidence, Match, Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.profile_reach import asker_kinds, closest_needs
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.snapshot.model import GOALS, Snapshot
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate

LOOKED_AT = 12
# Of so many open needs those are read whose day tells.
_MOST_READ = 20 * MAX_PAGE


@dataclass(frozen=True, slots=True)
class AnsweredNeed:
    """The id of an open need, and what of the organisation's statements answers it."""

    need: str
    goal: GoalName
    match: Match
    score: float
    evidence: Evidence


def read_open_needs(store: GraphStore) -> Iterator[Need]:
    """The first `_MOST_READ` needs that nobody closed, also those whose day is over."""
    pages = iterate(lambda after: store.needs(None, NeedState.OPEN, after, MAX_PAGE))
    return islice(pages, _MOST_READ)


def past_needs(store: GraphStore, snapshot: Snapshot) -> frozenset[str]:
    """Ids of needs that nobody closed and whose day was over when the snapshot was made.

    Looked up once for each snapshot, among those that are read.
    """

    def look_up() -> frozenset[str]:
        day, needs = snapshot.meta.as_of, read_open_needs(store)
        return frozenset(need.id for need in needs if not need.is_answerable_on(day))

    return snapshot.cached("needs whose day is over", look_up)


def answered_needs(
    seekers: SeekerFactory,
    row: int,
    hidden: frozenset[int] = frozenset(),
    past: frozenset[str] = frozenset(),
) -> tuple[AnsweredNeed, ...]:
    """Of the `LOOKED_AT` open needs that the organisation at `row` is closest to, best first.

    Those of organisations at `hidden` rows are not among them, nor those with ids in `past`. Each
    is asked in its own words, by nobody but one of its owner's kind, of this organisation alone:
    near words that answer nothing are no answer here either. Raises ModelUnavailable.
    """
    snapshot = seekers.snapshot
    statements = snapshot.statements
    needs = closest_needs(snapshot, row, LOOKED_AT, hidden, past)
    goal_codes = statements.goal[needs]
    only = np.arange(len(snapshot)) == row
    answered = []
    for code in dict.fromkeys(goal_codes.tolist()):
        of_goal = needs[goal_codes == code]
        posted = statements.table.take(of_goal)
        goal, ids = GOALS[code], posted["id"].to_pylist()
        texts = seekers.free_texts(posted["text"].to_pylist(), goal, posted=True)
        request = Request[int](goal, 1, only_new=False, capped=False)
        for id, text, kind in zip(ids, texts, asker_kinds(snapshot, of_goal), strict=True):
            seeker = Seeker(texts=(text,), kind=kind)
            matches = recommend(snapshot, seeker, request, among=only).matches
            answered += [
                AnsweredNeed(id, goal, match.match, match.score, match.evidence[0])
                for match in matches
                if match.evidence and match.match is not None and _is_worth_a_call(match)
            ]
    return tuple(sorted(answered, key=lambda each: (each.match is not Match.GOOD, -each.score)))


def _is_worth_a_call(match: Recommendation) -> bool:
    """Tell whether it answers well, or in part and more of what is specified is met than is not.

    Asked of one alone, nobody better stands above it to show how little a part may be.
    """
    comparison = match.comparison
    in_part = comparison is not None and comparison.adjustment > 0
    return match.match is Match.GOOD or in_part
