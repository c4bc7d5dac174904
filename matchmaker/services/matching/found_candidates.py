"""Answers without those whom their reader does not find: who opted out, also a moment ago."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import numpy as np

from matchmaker.access import Principal
from matchmaker.errors import StoreUnavailable
from matchmaker.recommend.model import Recommendation
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.matching.answer import Answer, Candidate
from matchmaker.snapshot.model import Snapshot


def hidden_now(principal: Principal, opted_out: OptedOut, snapshot: Snapshot) -> frozenset[str]:
    """Ids of those whom the principal does not find; without the store, as of the snapshot."""
    try:
        return opted_out.hidden_from(principal)
    except StoreUnavailable:
        unlisted = np.flatnonzero(~snapshot.organizations.listed)
        return frozenset(map(snapshot.id_of, unlisted.tolist())) - principal.organizations


def may_find(principal: Principal, opted_out: OptedOut, hidden: Collection[str], id: str) -> bool:
    """Tell whether the principal may be told of somebody: who deals with one is, though `hidden`.

    Without the store nobody knows who does.
    """
    try:
        return id not in hidden or not opted_out.hides(principal, id)
    except StoreUnavailable:
        return False


def those_found(
    principal: Principal, opted_out: OptedOut, snapshot: Snapshot,
    candidates: Mapping[str, Candidate],
) -> dict[str, Candidate]:  # fmt: skip
    """Of candidates by id those whom the principal finds."""
    hidden = hidden_now(principal, opted_out, snapshot)
    return {
        id: candidate
        for id, candidate in candidates.items()
        if may_find(principal, opted_out, hidden, candidate.organization.id)
    }


def without_hidden(
    recommendations: Iterable[Recommendation], hidden: Collection[str]
) -> tuple[Recommendation, ...]:
    """Without those who are hidden, and without ways that lead over one of them."""
    return tuple(
        each if all(step.id not in hidden for step in each.path) else replace(each, path=())
        for each in recommendations
        if each.id not in hidden
    )


def found(answer: Answer, hidden: Collection[str]) -> Answer:
    """An answer that names nobody who is hidden."""
    if not hidden:
        return answer
    return replace(
        answer,
        recommendations=without_hidden(answer.recommendations, hidden),
        nearby=without_hidden(answer.nearby, hidden),
        closest=tuple(each for each in answer.closest if each.id not in hidden),
        known=without_hidden(answer.known, hidden),
        named=tuple(each for each in answer.named if each.id not in hidden),
    )
