"""Questions of a seeker: its needs, what it says of itself, or what its peers look for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from matchmaker.domain import StatementKind
from matchmaker.goals import Goal
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.recommend.trials import seeker_text
from matchmaker.snapshot.model import GOALS, KINDS, STATEMENT_KINDS, IntArray, Snapshot

# More texts of one seeker add little and cost a pass over all statements each.
MAX_QUESTIONS = 4


class QuestionSource(Enum):
    """The source of the words that are asked with."""

    NEED = "need"
    OWN = "own"
    PEERS = "peers"


@dataclass(frozen=True)
class Questions:
    """Texts to ask with, at most `MAX_QUESTIONS`, and whose they are."""

    texts: tuple[SeekerText, ...]
    source: QuestionSource


def own_questions(seeker: Seeker, goal: Goal) -> tuple[SeekerText, ...]:
    """The seeker's texts to ask with: what it put as the question, which stands alone.

    Else needs for this goal, else the first group that it has.
    """
    asked = tuple(text for text in seeker.texts if text.is_question)
    if asked:
        return asked[:MAX_QUESTIONS]
    usable = [text for text in seeker.texts if _fits(text, goal)]
    for group in goal.asks:
        chosen = [text for text in usable if text.kind in group]
        if chosen:
            return tuple(chosen[:MAX_QUESTIONS])
    return ()


def questions(snapshot: Snapshot, seeker: Seeker, goal: Goal) -> Questions:
    """The same; where a goal says so and it has no need, what others of its industry need.

    Asked with what it makes itself, a maker of valves is sent to other makers of
    valves for suppliers; what its peers look for is castings, seals and machining.
    """
    own = own_questions(seeker, goal)
    if seeker.asks_in_words:
        return Questions(own, QuestionSource.NEED)
    is_need = [text.kind is StatementKind.NEED for text in own]
    if any(is_need):
        return Questions(own, QuestionSource.NEED if all(is_need) else QuestionSource.OWN)
    if goal.needs_of_peers:
        needs_of_peers = _peers_needs(snapshot, seeker, goal, own)
        if len(needs_of_peers):
            texts = tuple(seeker_text(snapshot, int(row)) for row in needs_of_peers)
            return Questions(texts, QuestionSource.PEERS)
    return Questions(own, QuestionSource.OWN)


def _fits(text: SeekerText, goal: Goal) -> bool:
    """A need for something else is no question of this goal."""
    return text.kind is not StatementKind.NEED or text.goal in (None, goal.name)


def _peers_needs(
    snapshot: Snapshot, seeker: Seeker, goal: Goal, own: tuple[SeekerText, ...]
) -> IntArray:
    """Statements of others in the seeker's industry, one of each, closest to its own words."""
    needs, posters = snapshot.cached(("needs", goal.name), lambda: _needs(snapshot, goal))
    organizations = snapshot.organizations
    kinds = [KINDS.index(kind) for kind in goal.seekers]
    peers = (organizations.industry[posters] == seeker.industry) & (seeker.industry >= 0)
    peers &= np.isin(organizations.kind[posters], kinds) & organizations.open_to_meet[posters]
    peers &= posters != (-1 if seeker.row is None else seeker.row)
    needs, posters = needs[peers], posters[peers]
    like = np.zeros(len(needs), dtype=np.float32)
    vectors = [text.vector for text in own if text.vector is not None]
    if vectors and snapshot.meta.dimension:
        like = (snapshot.vectors[needs] @ np.column_stack(vectors)).max(axis=1)
    order = np.lexsort((needs, -snapshot.statements.date[needs].astype(np.int64), -like))
    _, first = np.unique(posters[order], return_index=True)
    return np.asarray(needs[order[np.sort(first)[:MAX_QUESTIONS]]])


def _needs(snapshot: Snapshot, goal: Goal) -> tuple[IntArray, IntArray]:
    """Open needs of a goal and who posted each, (k,) both."""
    columns = snapshot.statements
    wanted = (columns.kind == STATEMENT_KINDS.index(StatementKind.NEED)) & columns.active
    wanted &= columns.goal == GOALS.index(goal.name)
    entries = snapshot.organization_statements
    owners = np.repeat(np.arange(len(snapshot), dtype=np.int32), np.diff(entries.indptr))
    chosen = wanted[entries.indices]
    return entries.indices[chosen], owners[chosen]
