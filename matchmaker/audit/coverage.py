"""Coverage: the part of a cluster that the data speak of, on which every figure rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matchmaker.audit.ties import entries, year_bounds
from matchmaker.audit.view import View
from matchmaker.snapshot.model import NO_DATE, BoolArray

RECENT_YEARS = 3


@dataclass(frozen=True)
class Coverage:
    """Members of the year, and how many of them the data say anything of.

    `with_tie` counts ties of any layer and time, with members or outsiders,
    `with_recent_tie` those of the three years to the year, `with_observation`
    figures reported by the member itself. `undated_ties` and `ties` count every
    tie on record of anybody who was ever a member, `estimated_undertakings` of
    `undertakings` those of members whose source gives a period instead of a date.
    """

    members: int
    with_statement: int
    with_tie: int
    with_recent_tie: int
    with_observation: int
    with_industry: int
    with_place: int
    ties: int
    undated_ties: int
    undertakings: int
    estimated_undertakings: int


def coverage(view: View) -> Coverage:
    """Of the members of a view, over all layers."""
    snapshot, members = view.landscape.snapshot, view.network.members
    ties = view.landscape.ties(view.cluster)
    first, last = year_bounds(view.year - RECENT_YEARS + 1)[0], year_bounds(view.year)[1]
    recent = (ties.since <= last) & (ties.until >= first)

    def among(chosen: BoolArray) -> int:
        ends = np.concatenate([ties.source[chosen], ties.target[chosen]])
        return int(np.isin(members, ends).sum())

    statements = np.diff(snapshot.organization_statements.indptr)[members]
    reported = set(snapshot.observations["subject"].to_pylist())
    ids = snapshot.ids_of(members)
    organizations = snapshot.organizations
    joined = snapshot.organization_engagements
    undertakings = np.unique(joined.indices[entries(joined.indptr, members)[0]])
    return Coverage(
        members=len(members),
        with_statement=int((statements > 0).sum()),
        with_tie=among(np.ones(len(ties.since), dtype=np.bool_)),
        with_recent_tie=among(np.asarray(recent)),
        with_observation=sum(id in reported for id in ids),
        with_industry=int((organizations.industry[members] >= 0).sum()),
        with_place=int((organizations.place[members] >= 0).sum()),
        ties=len(ties.since),
        undated_ties=int((ties.since == NO_DATE).sum()),
        undertakings=len(undertakings),
        estimated_undertakings=int(snapshot.engagements.date_estimated[undertakings].sum()),
    )
