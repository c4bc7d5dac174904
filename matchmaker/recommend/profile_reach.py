"""Who would find an organisation by what it says of itself: what completing a profile brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import Kind, StatementKind
from matchmaker.recommend.goals import GOALS
from matchmaker.recommend.model import Seeker
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import GOALS as GOAL_NAMES
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


@dataclass(frozen=True)
class Bars:
    """How close a text must be to each open need to be among its `CLOSEST`.

    `needs` (k,) are rows of statements, the newest `MOST_NEEDS`; `bars` (k,) cosines: what the
    twentieth closest organisation that may meet the need has, −1 where there are fewer.
    """

    needs: NDArray[np.int64]
    bars: FloatArray


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


def bars_of(snapshot: Snapshot) -> Bars:
    """Once per snapshot: every open need against every statement of who may meet it."""
    statements = snapshot.statements
    is_open = (statements.kind == STATEMENT_KINDS.index(StatementKind.NEED)) & statements.active
    needs = np.flatnonzero(is_open & (statements.goal >= 0))
    newest = np.argsort(-statements.date[needs].astype(np.int64), kind="stable")
    needs = needs[newest[:MOST_NEEDS]]
    entries = snapshot.organization_statements
    owners = np.repeat(np.arange(len(snapshot)), np.diff(entries.indptr))
    speaks = statements.kind[entries.indices] != STATEMENT_KINDS.index(StatementKind.NEED)
    owners, texts = owners[speaks], entries.indices[speaks]
    bars = np.full(len(needs), -1.0, dtype=np.float32)
    for place, need in enumerate(needs.tolist()):
        poster = snapshot.statement_organizations.row(need)
        close = snapshot.vectors @ snapshot.vectors[need] if snapshot.meta.dimension else None
        if close is None:
            continue
        best = np.full(len(snapshot), -1.0, dtype=np.float32)
        np.maximum.at(best, owners, close[texts])
        best[~_may_meet(snapshot, need)] = -1.0
        best[poster] = -1.0
        if len(best) >= CLOSEST:
            bars[place] = np.partition(best, -CLOSEST)[-CLOSEST]
    return Bars(needs, bars)


def reach(snapshot: Snapshot, bars: Bars, seeker: Seeker) -> ProfileReach:
    """What this profile reaches now; its first text is what it says that it does."""
    organizations, own = snapshot.organizations, seeker.row
    others = organizations.listed.copy()
    if own is not None:
        others[own] = False
    km = great_circle_km(
        seeker.latitude, seeker.longitude, organizations.latitude, organizations.longitude
    )
    is_firm = organizations.kind == KINDS.index(Kind.FIRM)
    known_place = not np.isnan(seeker.latitude)
    needs, all_needs = _needs(snapshot, bars, seeker)
    return ProfileReach(
        needs=needs,
        all_needs=all_needs,
        near=int((others & (km <= NEAR_KM)).sum()) if known_place else None,
        same_industry=int((others & (organizations.industry == seeker.industry)).sum())
        if seeker.industry >= 0
        else None,
        complementary=int((others & is_firm & (organizations.stages & ~seeker.stages != 0)).sum())
        if seeker.stages
        else None,
    )


def needs_near(snapshot: Snapshot, bars: Bars, row: int) -> dict[int, IntArray]:
    """Of each statement of an organisation, the open needs of others that it is close enough to.

    Rows of statements to rows of needs, the closest first; needs that its kind may not meet
    are left out.
    """
    mine = _for_it(snapshot, bars, KINDS[snapshot.organizations.kind[row]], row)
    own = snapshot.organization_statements.row(row)
    found = {}
    for statement in own.tolist() if snapshot.meta.dimension else []:
        close = snapshot.vectors[bars.needs] @ snapshot.vectors[statement]
        order = np.argsort(-close, kind="stable")
        found[statement] = bars.needs[order[(mine & (close >= bars.bars))[order]]].astype(np.int32)
    return found


def _needs(snapshot: Snapshot, bars: Bars, seeker: Seeker) -> tuple[int | None, int]:
    mine = _for_it(snapshot, bars, seeker.kind, seeker.row)
    vector = seeker.texts[0].vector if seeker.texts else None
    if vector is None:
        return None, int(mine.sum())
    close = snapshot.vectors[bars.needs] @ vector
    return int((mine & (close >= bars.bars)).sum()), int(mine.sum())


def _for_it(snapshot: Snapshot, bars: Bars, kind: Kind | None, row: int | None) -> BoolArray:
    """Which of the needs an organisation of this kind may meet; its own are none of them, (k,)."""
    goals = np.array([kind in GOALS[goal].candidates for goal in GOAL_NAMES])
    mine = goals[snapshot.statements.goal[bars.needs]]
    if row is not None:
        mine &= ~np.isin(bars.needs, snapshot.organization_statements.row(row))
    return np.asarray(mine)


def _may_meet(snapshot: Snapshot, need: int) -> BoolArray:
    goal = GOALS[GOAL_NAMES[snapshot.statements.goal[need]]]
    kinds = [KINDS.index(kind) for kind in goal.candidates]
    return np.asarray(np.isin(snapshot.organizations.kind, kinds) & snapshot.organizations.listed)
