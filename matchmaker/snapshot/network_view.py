"""The columns that the network of a snapshot depends on: most changes leave it as it was.

Whatever is worked out from the network alone (walks, affinities, how new ties come about) is worked
out from this view, takes seconds on a large graph, and serves the next snapshot too where that has
the same view. What the view leaves out is empty there, so nothing can come to depend on it unseen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pyarrow as pa

from matchmaker.snapshot.cache import KEPT_VALUES, Cache
from matchmaker.snapshot.model import NO_DATE, Adjacency, Incidence, Snapshot, to_days

_KEY = "network view"
_OF_ORGANIZATIONS = frozenset(("kind", "place", "industry", "country", "latitude", "longitude"))
_OF_ENGAGEMENTS = frozenset(("table", "kind", "date", "date_estimated"))


def latest_day(snapshot: Snapshot) -> int:
    """The last day, up to the snapshot's, on which anything is dated.

    Ages are measured from it: data that end years ago are ranked as they would
    have been then, instead of everybody being equally long inactive.
    """
    today = to_days(snapshot.meta.as_of)
    dates = [snapshot.engagements.date, snapshot.statements.date]
    dates += [snapshot.layers[layer].out.since for layer in sorted(snapshot.layers)]
    return max((int(day[day <= today].max(initial=NO_DATE)) for day in dates), default=NO_DATE)


def network_view(snapshot: Snapshot) -> Snapshot:
    """The snapshot without what its network does not depend on; its latest day is the same."""
    return snapshot.cached(_KEY, lambda: _made(snapshot))


def share_network_view(snapshot: Snapshot, earlier: Snapshot) -> None:
    """Let a snapshot have the view of an earlier one, with all that was worked out from it, where
    it would be the same; arrays count as the same where both read them from one file."""
    view = network_view(earlier)
    own = _made(snapshot)
    if own.meta.as_of == view.meta.as_of and latest_day(own) == latest_day(view):
        pairs = zip(_parts(own), _parts(view), strict=True)
        if all(part is other for part, other in pairs):
            snapshot.cached(_KEY, lambda: view)


def _made(snapshot: Snapshot) -> Snapshot:
    dates = np.array([latest_day(snapshot)], dtype=np.int32)
    nothing = np.zeros((0, 0), dtype=np.float32)
    nowhere = Incidence(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int8))
    return replace(
        snapshot,
        organizations=_emptied(snapshot.organizations, _OF_ORGANIZATIONS),
        engagements=_emptied(snapshot.engagements, _OF_ENGAGEMENTS),
        statements=replace(_emptied(snapshot.statements), date=dates),
        passages=_emptied(snapshot.passages),
        namesakes=_emptied(snapshot.namesakes),
        memberships=_emptied(snapshot.memberships),
        clusters=snapshot.clusters.slice(0, 0),
        industries=snapshot.industries.slice(0, 0),
        observations=snapshot.observations.slice(0, 0),
        certificates=snapshot.certificates.slice(0, 0),
        programmes=snapshot.programmes.slice(0, 0),
        statement_organizations=nowhere,
        organization_statements=nowhere,
        lexical=replace(
            snapshot.lexical,
            indptr=np.zeros(1, np.int64),
            statements=snapshot.lexical.statements[:0],
            weight=snapshot.lexical.weight[:0],
            frequency=snapshot.lexical.frequency[:0],
            length=snapshot.lexical.length[:0],
        ),
        vectors=nothing,
        passage_vectors=nothing,
        language_means={},
        query_means={},
        index_file=None,
        index_rows=None,
        folder=None,
        files={},
        own_cache=Cache(KEPT_VALUES),
    )


def _emptied(group: Any, kept: frozenset[str] = frozenset()) -> Any:
    """A group of columns of which all but some have no rows."""
    emptied = {}
    for column in fields(group):
        value = getattr(group, column.name)
        if column.name not in kept:
            emptied[column.name] = value.slice(0, 0) if isinstance(value, pa.Table) else value[:0]
    return replace(group, **emptied)


def _parts(view: Snapshot) -> Iterator[Any]:
    """Everything that the view has."""
    for name in sorted(_OF_ORGANIZATIONS):
        yield getattr(view.organizations, name)
    for name in sorted(_OF_ENGAGEMENTS):
        yield getattr(view.engagements, name)
    for group in (view.engagement_organizations, view.organization_engagements):
        for column in fields(group):
            yield getattr(group, column.name)
    for layer in sorted(view.layers):
        for side in (view.layers[layer].out, view.layers[layer].into):
            for column in fields(Adjacency):
                yield getattr(side, column.name)
    yield view.places
    yield view.ties
