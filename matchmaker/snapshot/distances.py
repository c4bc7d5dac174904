"""Distances between places, where they can be known: a place is where its centre is, or its parent.

A centre stands for all of its place. Of two of which one lies in the other, or which both take
the centre of a third, the distance between the centres is none between who is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from matchmaker.domain import PlaceLevel
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import PLACE_LEVELS, FloatArray, IntArray, Snapshot

# Up to it the centre serves for everybody in a place, as a town's does for all of the town.
WIDE_KM = 100.0
# How far a country or a province reaches of which none within is on the map.
_USUAL_KM = {PlaceLevel.COUNTRY: 2000.0, PlaceLevel.PROVINCE: 200.0}
_DEEPEST = 16  # levels of places; parents may go round in a circle


def usual_reach_km(level: PlaceLevel) -> float:
    """The distance from the centre, in km, that somebody of a place of this level may be at.

    0 for towns and what is smaller, whose centre serves for all of it.
    """
    return _USUAL_KM.get(level, 0.0)


@dataclass(frozen=True)
class PlaceExtents:
    """Of places (P,): `centre`, the row of the place whose coordinates each takes, -1 for none;
    `reach_km`, how far from there somebody of it may be, 0 where the centre serves for all of
    it, NaN without; `parent`, a row, -1 for none."""

    centre: IntArray
    reach_km: FloatArray
    parent: IntArray

    def above(self, row: int) -> list[int]:
        """The place and all that it lies in, nearest first; none for -1."""
        way: list[int] = []
        while row >= 0 and row not in way:
            way.append(row)
            row = int(self.parent[row])
        return way


def place_extents(snapshot: Snapshot) -> PlaceExtents:
    """Those of a snapshot's places."""
    extents: PlaceExtents = snapshot.cached("place extents", lambda: _extents(snapshot.places))
    return extents


def _extents(places: pa.Table) -> PlaceExtents:
    if not len(places):
        nothing = np.zeros(0, dtype=np.int32)
        return PlaceExtents(nothing, np.zeros(0, dtype=np.float32), nothing)
    parent = np.asarray(places["parent"], dtype=np.int32)
    latitude, longitude = (
        places[name].to_numpy(zero_copy_only=False).astype(np.float32)
        for name in ("latitude", "longitude")
    )
    located = np.isfinite(latitude) & np.isfinite(longitude)
    every = np.arange(len(parent), dtype=np.int32)
    centre = np.where(located, every, -1).astype(np.int32)
    reach = np.full(len(parent), np.nan, dtype=np.float32)
    below, above = every, parent
    for _ in range(_DEEPEST):
        below, above = below[above >= 0], above[above >= 0]
        if not len(below):
            break
        centre[below] = np.where((centre[below] < 0) & located[above], above, centre[below])
        km = great_circle_km(latitude[below], longitude[below], latitude[above], longitude[above])
        np.fmax.at(reach, above, km)
        above = parent[above]
    levels = [PLACE_LEVELS[code] for code in np.asarray(places["level"]).tolist()]
    usual = np.array([usual_reach_km(level) for level in levels], dtype=np.float32)
    reach = np.where(np.isnan(reach), usual, reach)
    reach = np.where((usual > 0) & (reach > WIDE_KM), reach, np.float32(0))
    return PlaceExtents(centre, np.where(centre >= 0, reach[centre], np.nan), parent)


@dataclass(frozen=True)
class Location:
    """A point in degrees, and the row of the place it is the centre of, -1 for a point alone."""

    latitude: float
    longitude: float
    place: int = -1


def known_km(snapshot: Snapshot, start: Location, rows: IntArray) -> FloatArray:
    """Kilometres to organisations at `rows` (n,), NaN where centres do not tell.

    Who is somewhere in a country or a province wider than `WIDE_KM` is only known to be far
    from what lies beyond its reach. In smaller places the distance of the centres serves.
    """
    organizations = snapshot.organizations
    km = great_circle_km(
        start.latitude, start.longitude, organizations.latitude[rows], organizations.longitude[rows]
    )
    return _where_told(snapshot, km, np.int32(start.place), organizations.place[rows])


def known_km_between(snapshot: Snapshot, rows: IntArray, others: IntArray) -> FloatArray:
    """The same between organisations at `rows` and at `others`, (n,) each."""
    organizations = snapshot.organizations
    latitude, longitude, place = (
        organizations.latitude,
        organizations.longitude,
        organizations.place,
    )
    km = great_circle_km(latitude[rows], longitude[rows], latitude[others], longitude[others])
    return _where_told(snapshot, km, place[rows], place[others])


def _where_told(
    snapshot: Snapshot, km: FloatArray, places: IntArray | np.int32, others: IntArray
) -> FloatArray:
    reach = np.append(place_extents(snapshot).reach_km, np.float32(0))  # -1: a point
    widest = np.fmax(reach[places], reach[others])
    return np.where(km >= widest, km, np.float32(np.nan)).astype(np.float32)


def common_places(snapshot: Snapshot, place: int, others: Sequence[int]) -> tuple[int, ...]:
    """The smallest place that it and each of the others are or lie in (n,), -1 for none.

    Only where the distance of centres says nothing: where both are of one place, or one lies
    in the other, or neither has a centre of its own.
    """
    if place < 0:
        return (-1,) * len(others)
    extents = place_extents(snapshot)
    ours, centre = extents.above(place), extents.centre[place]

    def common(other: int) -> int:
        if other < 0:
            return -1
        theirs = extents.above(other)
        same_centre = centre >= 0 and centre == extents.centre[other]
        if place not in theirs and other not in ours and not same_centre:
            return -1
        return next((row for row in ours if row in theirs), -1)

    return tuple(map(common, others))
