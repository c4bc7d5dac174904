"""Trials: what happened after a day, as questions with known answers, to train and evaluate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matchmaker.domain import EngagementKind, Layer, StatementKind
from matchmaker.goals import Goal, TieEnd
from matchmaker.recommend.model import MAX_ENGAGEMENT_TEXTS, Seeker, SeekerText
from matchmaker.snapshot.model import (
    ENGAGEMENT_KINDS,
    KINDS,
    LAYERS,
    NO_DATE,
    ROLES,
    SIZES,
    STATEMENT_KINDS,
    Adjacency,
    BoolArray,
    IntArray,
    Snapshot,
    to_days,
)
from matchmaker.snapshot.model import GOALS as GOAL_CODES


@dataclass(frozen=True)
class Trial:
    """Somebody who asked, and who answered.

    `answers` are rows of those with whom it came to a tie after the cut; `known`
    of them were partners before. `text` says that a text was asked with.
    """

    seeker: Seeker
    answers: IntArray
    known: IntArray
    text: bool

    @property
    def right(self) -> IntArray:
        """Rows that are to be foreseen: every answer to a text, new partners of an organisation."""
        return self.answers if self.text else self.new

    @cached_property
    def new(self) -> IntArray:
        """Answers that were no partners before."""
        return np.setdiff1d(self.answers, self.known)


def seeker_of(snapshot: Snapshot, row: int, *, texts: bool = True) -> Seeker:
    """An organisation of the snapshot as a seeker, with what it says there."""
    columns = snapshot.organizations
    kind, size = int(columns.kind[row]), int(columns.size[row])
    belongs = snapshot.memberships
    return Seeker(
        row=row,
        texts=_texts(snapshot, row) if texts else (),
        kind=KINDS[kind],
        size=SIZES[size] if size >= 0 else None,
        country=columns.table["country"][row].as_py(),
        place=int(columns.place[row]),
        industry=int(columns.industry[row]),
        clusters=frozenset(belongs.cluster[belongs.organization == row].tolist()),
        stages=int(columns.stages[row]),
        latitude=float(columns.latitude[row]),
        longitude=float(columns.longitude[row]),
    )


def _texts(snapshot: Snapshot, row: int) -> tuple[SeekerText, ...]:
    """Texts that stand today in order of id, then the newest engagements."""
    columns = snapshot.statements
    rows = snapshot.organization_statements.row(row)
    rows = np.unique(rows[columns.active[rows]])
    past = columns.kind[rows] == STATEMENT_KINDS.index(StatementKind.ENGAGEMENT)
    newest = rows[past][np.lexsort((-rows[past], -columns.date[rows[past]].astype(np.int64)))]
    return tuple(
        seeker_text(snapshot, int(statement))
        for statement in [*rows[~past], *newest[:MAX_ENGAGEMENT_TEXTS]]
    )


def seeker_text(snapshot: Snapshot, statement: int) -> SeekerText:
    """A statement of the snapshot as a text to ask with."""
    columns = snapshot.statements
    goal, stages = int(columns.goal[statement]), int(columns.stages[statement])
    kind = STATEMENT_KINDS[columns.kind[statement]]
    return SeekerText(
        text=columns.table["text"][statement].as_py(),
        kind=kind,
        language=columns.table["language"][statement].as_py(),
        goal=GOAL_CODES[goal] if goal >= 0 else None,
        vector=snapshot.vectors[statement] if snapshot.meta.dimension else None,
        held_stages=0 if kind is StatementKind.NEED else stages,
        sought_stages=stages if kind is StatementKind.NEED else 0,
    )


def described(past: Snapshot) -> BoolArray:
    """A mask of those known by then, (n,): in a dated undertaking, or by own words.

    Whoever is known only from a source that names periods, not days, may have got
    its attributes from a later one: that it has them would tell that it returned.
    """
    is_described = np.zeros(len(past), dtype=np.bool_)
    dated = ~past.engagements.date_estimated & (past.engagements.date != NO_DATE)
    joined = past.engagement_organizations
    is_described[joined.indices[np.repeat(dated, np.diff(joined.indptr))]] = True
    for layer in LAYERS:
        out = past.layers[layer].out
        is_described[out.indices] = True
        is_described[np.flatnonzero(np.diff(out.indptr))] = True
    own = past.statements.engagement < 0
    speakers = past.statement_organizations
    is_described[speakers.indices[np.repeat(own, np.diff(speakers.indptr))]] = True
    return is_described


def trials(whole: Snapshot, past: Snapshot, goal: Goal, until: int) -> list[Trial]:
    """Every question of the time after `past`, up to and with day `until`.

    A contract is asked for with its text by whoever is on its other side;
    everything else by the organisation as it was. Only who was described by then
    can be an answer; a seeker without one is left out.
    """
    if EngagementKind.CONTRACT in goal.engagements:
        contracts = frozenset({EngagementKind.CONTRACT})
        in_words = list(_texts_asked(whole, past, goal, contracts, until))
        if in_words:
            return in_words
    return list(_organizations_asking(whole, past, goal, until))


def trials_in_words(whole: Snapshot, past: Snapshot, goal: Goal, until: int) -> list[Trial]:
    """The text of every undertaking of the goal after `past`, up to and with day `until`.

    A contract's is asked by whoever was on its other side, a project's by one of its members
    that may ask for this goal, and by nobody known where there is none; the others who took
    part and were described by then are the answers.
    """
    return list(_texts_asked(whole, past, goal, goal.engagements, until))


def _may_answer(past: Snapshot, goal: Goal) -> BoolArray:
    kinds = [KINDS.index(kind) for kind in goal.candidates]
    return described(past) & np.isin(past.organizations.kind, kinds)


def _texts_asked(
    whole: Snapshot, past: Snapshot, goal: Goal, kinds: frozenset[EngagementKind], until: int
) -> Iterator[Trial]:
    is_known, answers = described(past), _may_answer(past, goal)
    roles = [ROLES.index(role) for role in goal.evidence.roles]
    of_candidates, of_seekers = (
        np.isin(past.organizations.kind, [KINDS.index(kind) for kind in sorted(group)])
        for group in (goal.candidates, goal.seekers)
    )
    columns = whole.engagements
    contract = ENGAGEMENT_KINDS.index(EngagementKind.CONTRACT)
    inside = np.isin(columns.kind, [ENGAGEMENT_KINDS.index(kind) for kind in kinds])
    inside &= (columns.date > to_days(past.meta.as_of)) & (columns.date <= until)
    for engagement in np.flatnonzero(inside & (columns.statement >= 0)).tolist():
        rows = whole.engagement_organizations.row(engagement)
        served = np.isin(whole.engagement_organizations.codes(engagement), roles)
        if columns.kind[engagement] == contract:
            askers = rows[~served]
        else:  # a role does not tell the sides of a project, the kinds do
            askers = rows[of_seekers[rows] & ~of_candidates[rows]]
        answerers = np.unique(rows[served & answers[rows]])
        if not len(answerers):
            continue
        text = seeker_text(whole, int(columns.statement[engagement]))
        question = replace(text, kind=goal.words, goal=goal.name, is_question=True)
        seeker = Seeker(texts=(question,))
        partners = np.zeros(0, dtype=np.int32)
        if len(askers):
            row = int(askers[np.argmax(is_known[askers])])  # the first who was heard of by then
            profile = seeker_of(past, row, texts=False)
            seeker = Seeker(**{**profile.__dict__, "texts": (question,)})
            partners = np.intersect1d(answerers, met(past, goal, row, roles))
        yield Trial(seeker, answerers.astype(np.int32), partners.astype(np.int32), text=True)


def _organizations_asking(
    whole: Snapshot, past: Snapshot, goal: Goal, until: int
) -> Iterator[Trial]:
    after = to_days(past.meta.as_of)
    answers = _may_answer(past, goal)
    kinds = [KINDS.index(kind) for kind in goal.seekers]
    partners = _partners_between(whole, goal, after, until)
    asks = np.isin(whole.organizations.kind, kinds)
    for row in sorted(partners):
        if not asks[row]:
            continue
        answerers = np.array(sorted(partners[row] - {row}), dtype=np.int32)
        answerers = answerers[answers[answerers]]
        if len(answerers):
            known = np.intersect1d(answerers, met(past, goal, row, None)).astype(np.int32)
            yield Trial(seeker_of(past, row), answerers, known, text=False)


def _partners_between(whole: Snapshot, goal: Goal, after: int, until: int) -> dict[int, set[int]]:
    """For each organisation those with whom it came to a tie in the period."""
    partners: dict[int, set[int]] = {}
    columns = whole.engagements
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    inside = np.isin(columns.kind, kinds) & (columns.date > after) & (columns.date <= until)
    for engagement in np.flatnonzero(inside).tolist():
        members = set(whole.engagement_organizations.row(engagement).tolist())
        for row in members:
            partners.setdefault(row, set()).update(members)
    for layer in sorted(goal.layers):
        for ties in _facing(whole, goal, layer):
            rows = np.repeat(np.arange(len(whole)), np.diff(ties.indptr))
            new = (ties.since > after) & (ties.since <= until)
            for row, other in zip(rows[new].tolist(), ties.indices[new].tolist(), strict=True):
                partners.setdefault(row, set()).add(other)
    return partners


def _facing(snapshot: Snapshot, goal: Goal, layer: Layer) -> list[Adjacency]:
    """Ties of a layer from the seeker to those who can be its candidates."""
    ties = snapshot.layers[layer]
    if goal.candidate_end is TieEnd.SOURCE:
        return [ties.into]
    return [ties.out] if goal.candidate_end is TieEnd.TARGET else [ties.out, ties.into]


def met(snapshot: Snapshot, goal: Goal, row: int, roles: list[int] | None) -> IntArray:
    """Rows of partners in the goal's layers and engagements, in these roles if given."""
    groups = [
        ties.indices[ties.row(row)]
        for layer in sorted(goal.layers)
        for ties in _facing(snapshot, goal, layer)
    ]
    kinds = [ENGAGEMENT_KINDS.index(kind) for kind in goal.engagements]
    joined = snapshot.organization_engagements.row(row)
    for engagement in joined[np.isin(snapshot.engagements.kind[joined], kinds)].tolist():
        members = snapshot.engagement_organizations.row(engagement)
        if roles is not None:
            codes = snapshot.engagement_organizations.codes(engagement)
            members = members[np.isin(codes, roles)]
        groups.append(members)
    return np.unique(np.concatenate([np.zeros(0, np.int32), *groups])).astype(np.int32)
