"""Random graphs for the snapshot and the recommender."""

from __future__ import annotations

import datetime
import random

import numpy as np

from matchmaker.domain import (
    Cluster,
    Description,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    Offer,
    OfferKind,
    Organization,
    Participant,
    Place,
    PlaceLevel,
    Role,
    Tie,
)
from matchmaker.snapshot.build import StatementVectors, build, statements
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import Export

AS_OF = datetime.date(2026, 1, 1)
WORDS = (
    *"valve pump casting sock lens drone mould resin repair".split(),  # noqa: SIM905
    *"阀门 铸件 袜子 镜片 无人机 模具 树脂 仓储".split(),  # noqa: SIM905
)
DIMENSION = 8


def random_rows(seed: int, size: int = 16) -> GraphRows:
    """Every table filled, dates from 2015 to 2025 and some missing."""
    rng = random.Random(seed)

    def day() -> datetime.date | None:
        if rng.random() < 0.1:
            return None
        return datetime.date(rng.randint(2015, 2025), rng.randint(1, 12), rng.randint(1, 28))

    def text() -> str:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 6)))

    ids = [f"t:{number:02}" for number in range(size)]
    places = ["p:1", "p:2", "p:2a", None]
    organizations = tuple(
        Organization(
            id,
            f"Firm {id}",
            rng.choice(list(Kind)),
            place=rng.choice(places),
            industry=rng.choice(["i:1", "i:11", None]),
            country=rng.choice(["CN", "DE", ""]),
        )
        for id in ids
    )
    engagements = tuple(
        Engagement(
            f"e:{number:02}",
            rng.choice(list(EngagementKind)),
            tuple(
                Participant(member, rng.choice(list(Role)))
                for member in rng.sample(ids, rng.randint(1, 4))
            ),
            title=text() if rng.random() < 0.8 else "",
            date=day(),
        )
        for number in range(size)
    )
    ties = []
    for number in range(2 * size):
        source, target = rng.sample(ids, 2)
        ties.append(Tie(f"r:{number:02}", source, target, rng.choice(list(Layer)), since=day()))
    return GraphRows(
        places=(
            Place("p:1", "甲", PlaceLevel.CITY, latitude=28.0, longitude=120.7, country="CN"),
            Place("p:2", "乙", PlaceLevel.CITY, latitude=30.0, longitude=120.2, country="CN"),
            Place("p:2a", "乙县", PlaceLevel.COUNTY, parent="p:2", country="CN"),
        ),
        industries=(Industry("i:1", "机械"), Industry("i:11", "阀门", parent="i:1")),
        organizations=organizations,
        descriptions=tuple(
            Description(f"d:{id}", id, text(), date=day()) for id in rng.sample(ids, size // 2)
        ),
        clusters=(Cluster("c:1", "One"), Cluster("c:2", "Two")),
        memberships=tuple(
            Membership(rng.choice(["c:1", "c:2"]), id, since=day())
            for id in rng.sample(ids, size // 2)
        ),
        offers=tuple(
            Offer(
                f"o:{number:02}",
                rng.choice(ids),
                rng.choice(list(OfferKind)),
                text(),
                date=day(),
                active=rng.random() < 0.9,
            )
            for number in range(size)
        ),
        needs=tuple(
            Need(f"n:{number:02}", rng.choice(ids), rng.choice(list(GoalName)), text(), date=day())
            for number in range(size // 2)
        ),
        engagements=engagements,
        ties=tuple(ties),
    )


def random_vectors(rows: GraphRows, seed: int = 0) -> StatementVectors:
    """A unit vector for each statement, by its id: the same in every subset of rows."""
    drawn = []
    for statement in statements(rows):
        rng = np.random.default_rng([seed, *statement.id.encode()])
        drawn.append(rng.normal(size=DIMENSION))
    vectors = np.array(drawn, dtype=np.float32).reshape(len(drawn), DIMENSION)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return StatementVectors("test", "1", vectors)


def snapshot_of(rows: GraphRows, *, vectors: bool = True) -> Snapshot:
    return build(Export(3, rows), AS_OF, random_vectors(rows) if vectors else None)
