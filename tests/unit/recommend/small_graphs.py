"""Graphs small enough to count by hand, built by the real snapshot builder."""

from __future__ import annotations

import datetime

import networkx
import numpy as np
from hypothesis import strategies

from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Layer,
    Offer,
    OfferKind,
    Organization,
    Participant,
    Role,
    Tie,
)
from matchmaker.recommend.model import Recommendation
from matchmaker.recommend.pipeline import recommend
from matchmaker.snapshot.build import StatementVectors, build, statements
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import Export

TODAY = datetime.date(2020, 1, 1)


def organization(name: str, kind: Kind = Kind.FIRM, **more) -> Organization:
    return Organization(id=f"t:{name}", name=name.upper(), kind=kind, **more)


def project(
    name: str,
    who: str,
    day: datetime.date | None = TODAY,
    kind: EngagementKind = EngagementKind.RESEARCH_PROJECT,
    roles: dict[str, Role] | None = None,
    **more,
) -> Engagement:
    """An engagement of the organisations named in `who`, one word each."""
    roles = roles or {}
    parts = tuple(Participant(f"t:{one}", roles.get(one, Role.PARTNER)) for one in who.split())
    return Engagement(id=f"t:{name}", kind=kind, participants=parts, date=day, **more)


def tie(source: str, layer: Layer, target: str, day: datetime.date | None = TODAY) -> Tie:
    identity = f"t:{source}-{layer.value}-{target}"
    return Tie(identity, f"t:{source}", f"t:{target}", layer, since=day)


def snapshot_of(
    rows: GraphRows, vectors: dict[str, list[float]] | None = None, as_of: datetime.date = TODAY
) -> Snapshot:
    """The snapshot of these rows; `vectors` by the statement's id, zero for the others."""
    made = None
    if vectors is not None:
        size = len(next(iter(vectors.values())))
        raw = [vectors.get(statement.id, [0.0] * size) for statement in statements(rows)]
        made = StatementVectors("test", "1", np.array(raw, dtype=np.float32))
    return build(Export(1, rows), as_of, made)


def firms(count: int) -> tuple[Organization, ...]:
    return tuple(organization(f"o{number:02}") for number in range(count))


@strategies.composite
def collaborations(draw) -> GraphRows:
    """3 to 12 organisations in up to 12 projects of 1 to 5, in the ten years before TODAY."""
    count = draw(strategies.integers(3, 12))
    member = strategies.integers(0, count - 1)
    groups = draw(strategies.lists(strategies.sets(member, min_size=1, max_size=5), max_size=12))
    ages = draw(
        strategies.lists(strategies.integers(0, 3650), min_size=len(groups), max_size=len(groups))
    )
    projects = tuple(
        project(
            f"p{number:02}",
            " ".join(f"o{one:02}" for one in sorted(group)),
            TODAY - datetime.timedelta(days=age),
        )
        for number, (group, age) in enumerate(zip(groups, ages, strict=True))
    )
    return GraphRows(organizations=firms(count), engagements=projects)


def partner_graph(rows: GraphRows) -> networkx.Graph:
    """Who took part with whom, over row numbers, read off the rows."""
    number = {one.id: row for row, one in enumerate(sorted(rows.organizations, key=lambda o: o.id))}
    graph = networkx.Graph()
    graph.add_nodes_from(number.values())
    for engagement in rows.engagements:
        parts = [number[part.organization] for part in engagement.participants]
        graph.add_edges_from((a, b) for a in parts for b in parts if a < b)
    return graph


def matches(*arguments: object, **more: object) -> tuple[Recommendation, ...]:
    """Who answers, as `recommend` gives it."""
    return recommend(*arguments, **more).matches  # type: ignore[arg-type]


def firm(number: int, **more: object) -> Organization:
    """Organisation t:NUMBER, a firm unless told otherwise."""
    given = {"kind": Kind.FIRM, **more}
    return Organization(f"t:{number}", f"Firm {number}", **given)  # type: ignore[arg-type]


def product(number: int, text: str, **more: object) -> Offer:
    """What firm t:NUMBER makes, in these words."""
    return Offer(f"o:{number}", f"t:{number}", OfferKind.PRODUCT, text, **more)  # type: ignore[arg-type]


def ids(found: tuple[Recommendation, ...]) -> list[str]:
    """Ids of the recommended, best first."""
    return [each.id for each in found]
