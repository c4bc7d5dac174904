"""The reach of what an organisation says of itself: what completing a profile brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import Kind, StatementKind
from matchmaker.goals import GOALS
from matchmaker.recommend.model import Seeker
from matchmaker.snapshot.distances import known_km
from matchmaker.snapshot.model import GOALS as GOAL_CODES
from matchmaker.snapshot.model import (
    KINDS,
    STATEMENT_KINDS,
    BoolArray,
    FloatArray,
    IntArray,
    Snapshot,
)

CLOSEST: Final = 20
NEAR_KM: Final = 50.0
MOST_NEEDS: Final = 1_000
# Products of 32-bit vectors summed in another order differ by less; the twentieth itself counts.
ROUNDING: Final = 1e-6


@dataclass(frozen=True)
class SimilarityThresholds:
    """Thresholds of likeness, for a text to be among the `CLOSEST` to each open need.

    `needs` (k,) are rows of statements, the newest `MOST_NEEDS`; `cosines` (k,): what the
    twentieth closest organisation that may meet the need has, less `ROUNDING`; −1 where there
    are fewer.
    """

    needs: NDArray[np.int64]
    cosines: FloatArray


@dataclass(frozen=True, slots=True)
class ProfileReach:
    """Counts of those whom a profile reaches by each thing that it says; None: not said.

    `needs` of `all_needs` open needs that its kind may meet have it among their twenty closest;
    `near` organisations lie within 50 km; `same_industry` share its industry; `complementary`
    firms are at a value-chain stage that it is not at.
    """

    needs: int | None
    all_needs: int
    near: int | None
    same_industry: int | None
    complementary: int | None


def similarity_thresholds(
    snapshot: Snapshot, past: frozenset[str] = frozenset()
) -> SimilarityThresholds:
    """Every open need against every statement of who may meet it: a pass over all for each need.

    Needs with ids in `past`, whose day is over, are not open.
    """
    statements, organizations = snapshot.statements, snapshot.organizations
    is_need = statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)
    needs = newest_needs(snapshot, past)
    cosines = np.full(len(needs), -1.0, dtype=np.float32)
    if not snapshot.meta.dimension or len(snapshot) < CLOSEST:
        return SimilarityThresholds(needs, cosines)
    entries = snapshot.organization_statements
    owners = np.repeat(np.arange(len(snapshot)), np.diff(entries.indptr))
    speaks = ~is_need[entries.indices]
    owners, texts = owners[speaks], entries.indices[speaks]
    askers = asker_kinds(snapshot, needs)
    for number, need in enumerate(needs.tolist()):
        goal = GOALS[GOAL_CODES[statements.goal[need]]]
        kinds = [code for code, kind in enumerate(KINDS) if goal.may_answer(askers[number], kind)]
        may_meet = np.isin(organizations.kind, kinds)
        similarity = snapshot.vectors @ snapshot.vectors[need]
        best = np.full(len(snapshot), -1.0, dtype=np.float32)
        np.maximum.at(best, owners, similarity[texts])
        best[~(may_meet & organizations.open_to_meet)] = -1.0
        best[snapshot.statement_organizations.row(need)] = -1.0
        cosines[number] = np.partition(best, -CLOSEST)[-CLOSEST] - ROUNDING
    return SimilarityThresholds(needs, cosines)


def profile_reach(
    snapshot: Snapshot, thresholds: SimilarityThresholds, seeker: Seeker
) -> ProfileReach:
    """The reach of this profile now; its first text is what it says that it does.

    Nobody counts who is hidden from its reader, and no need of theirs.
    """
    organizations = snapshot.organizations
    others = organizations.open_to_meet.copy()
    others[list(seeker.hidden)] = False
    if seeker.row is not None:
        others[seeker.row] = False
    km = known_km(snapshot, seeker.location, np.arange(len(snapshot), dtype=np.int32))
    is_firm = organizations.kind == KINDS.index(Kind.FIRM)
    complements = is_firm & (organizations.stages & ~seeker.stages != 0)
    may_meet = _may_meet(snapshot, thresholds.needs, seeker.kind, seeker.row)
    may_meet &= ~np.isin(_owners(snapshot, thresholds.needs), list(seeker.hidden))
    vector = seeker.texts[0].vector if seeker.texts else None
    needs = None
    if vector is not None:
        similarity = snapshot.vectors[thresholds.needs] @ vector
        needs = _count(may_meet & (similarity >= thresholds.cosines))
    return ProfileReach(
        needs=needs,
        all_needs=_count(may_meet),
        near=None if np.isnan(seeker.latitude) else _count(others & (km <= NEAR_KM)),
        same_industry=_count(others & (organizations.industry == seeker.industry))
        if seeker.industry >= 0
        else None,
        complementary=_count(others & complements) if seeker.stages else None,
    )


def closest_needs(
    snapshot: Snapshot,
    row: int,
    count: int,
    hidden: frozenset[int] = frozenset(),
    past: frozenset[str] = frozenset(),
) -> IntArray:
    """Rows (≤ count,) of open needs of others that an organisation may meet, closest first.

    By the cosine of the closest of its own statements; what it needs itself answers nobody.
    Needs of organisations at `hidden` rows, and those with ids in `past`, whose day is over, take
    nobody's place.
    """
    needs = newest_needs(snapshot, past)
    needs = needs[~np.isin(_owners(snapshot, needs), list(hidden))]
    needs = needs[_may_meet(snapshot, needs, KINDS[snapshot.organizations.kind[row]], row)]
    likeness = likeness_to(snapshot, row, needs)
    if likeness is None:
        return np.empty(0, dtype=np.int32)
    return needs[np.argsort(-likeness, kind="stable")[:count]].astype(np.int32)


def likeness_to(snapshot: Snapshot, row: int, needs: NDArray[np.int64]) -> FloatArray | None:
    """Cosine of each of some needs (k,) to the closest of what an organisation says, (k,).

    What it needs itself says nothing of that. None where it says nothing, or without a model.
    """
    own = snapshot.organization_statements.row(row)
    says = own[snapshot.statements.kind[own] != STATEMENT_KINDS.index(StatementKind.NEED)]
    if not snapshot.meta.dimension or not len(says):
        return None
    likeness: FloatArray = (snapshot.vectors[needs] @ snapshot.vectors[says].T).max(axis=1)
    return likeness


def newest_needs(snapshot: Snapshot, past: frozenset[str]) -> NDArray[np.int64]:
    """Rows (≤ `MOST_NEEDS`,) of open needs, the newest first."""
    statements = snapshot.statements
    is_need = statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)
    needs = np.flatnonzero(is_need & statements.active & (statements.goal >= 0))
    ids = statements.table["id"].take(needs).to_pylist() if past else []
    needs = needs[[id not in past for id in ids]] if past else needs
    newest = np.argsort(-statements.date[needs].astype(np.int64), kind="stable")
    return needs[newest[:MOST_NEEDS]]


def asker_kinds(snapshot: Snapshot, needs: NDArray[np.int64]) -> list[Kind]:
    """Of each of some needs (k,), the kind of who posted it."""
    owners = _owners(snapshot, needs)
    return [KINDS[code] for code in snapshot.organizations.kind[owners].tolist()]


def _owners(snapshot: Snapshot, needs: NDArray[np.int64]) -> NDArray[np.int64]:
    """Of each of some needs (k,), the row of who posted it, (k,)."""
    owners = [int(snapshot.statement_organizations.row(need)[0]) for need in needs.tolist()]
    return np.array(owners, dtype=np.int64)


def _may_meet(
    snapshot: Snapshot, needs: NDArray[np.int64], kind: Kind | None, row: int | None
) -> BoolArray:
    """A mask of needs (k,) that an organisation of this kind may answer; not its own."""
    goals = [GOALS[GOAL_CODES[code]] for code in snapshot.statements.goal[needs].tolist()]
    may_meet = np.array(
        [
            kind is not None and goal.may_answer(asker, kind)
            for goal, asker in zip(goals, asker_kinds(snapshot, needs), strict=True)
        ],
        dtype=np.bool_,
    )
    if row is not None:
        may_meet &= ~np.isin(needs, snapshot.organization_statements.row(row))
    return np.asarray(may_meet)


def _count(mask: BoolArray) -> int:
    return int(mask.sum())
