"""Points of organisations on a map, and those that are known too roughly for one.

A point is the centre of a town, a county or a city, or of the place above where it has none of its
own. Who is only known to be somewhere in a wide place has no point, and is counted beside the map.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.access import Principal
from matchmaker.domain import Place, PlaceLevel
from matchmaker.services.directory.facets import FacetedDirectory, FacetedFilter
from matchmaker.snapshot.distances import place_extents
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.snapshot.model import PLACE_LEVELS, FloatArray, IntArray, Snapshot

# Places that help to read a map, at most.
MOST_LANDMARKS = 400
NOWHERE = -1


@dataclass(frozen=True, slots=True)
class MapSpots:
    """Of things in places, in the order they were given: `spot_of` (n,) is the number of each
    one's spot, `NOWHERE` for those without. `spots` have coordinates and differ.

    `wide` are places too wide for a point with how many are only known to be there; of
    `unknown` more no place is known.
    """

    spots: tuple[Place, ...]
    spot_of: tuple[int, ...]
    wide: tuple[tuple[Place, int], ...]
    unknown: int


def map_spots(snapshot: Snapshot, places: IntArray) -> MapSpots:
    """Of rows of places (n,), -1 where none is known."""
    extents = place_extents(snapshot)
    known = places >= 0
    # The last entry is for who has no place.
    centre = np.append(extents.centre, np.int32(NOWHERE))[places]
    reach: FloatArray = np.append(extents.reach_km, np.float32(0))[places]
    # Without a centre it is as little on the map as somebody anywhere in a country.
    is_wide = known & ((centre < 0) | (np.nan_to_num(reach) > 0))
    is_drawn = known & ~is_wide
    spots, numbers = np.unique(centre[is_drawn], return_inverse=True)
    spot_of = np.full(len(places), NOWHERE, dtype=np.int64)
    spot_of[is_drawn] = numbers
    wide, counts = np.unique(places[is_wide], return_counts=True)
    order = np.lexsort((wide, -counts))
    return MapSpots(
        spots=tuple(place_at(snapshot, int(row)) for row in spots),
        spot_of=tuple(spot_of.tolist()),
        wide=tuple((place_at(snapshot, int(wide[each])), int(counts[each])) for each in order),
        unknown=int(np.count_nonzero(~known)),
    )


def place_at(snapshot: Snapshot, row: int) -> Place:
    """The place in a row of the snapshot's table, without its parent."""
    columns = snapshot.places
    latitude, longitude = (columns[name][row].as_py() for name in ("latitude", "longitude"))
    is_located = latitude is not None and bool(np.isfinite(latitude))
    return Place(
        columns["id"][row].as_py(),
        columns["name"][row].as_py(),
        PLACE_LEVELS[columns["level"][row].as_py()],
        columns["name_en"][row].as_py() or "",
        country=columns["country"][row].as_py() or "",
        latitude=float(latitude) if is_located else None,
        longitude=float(longitude) if is_located else None,
    )


@dataclass(frozen=True, slots=True)
class Geography:
    """Use cases of maps, on the current snapshot, for whoever has signed in."""

    reader: SnapshotReader
    faceted: FacetedDirectory

    def of_places(self, principal: Principal, ids: Sequence[str | None]) -> MapSpots:
        """Of ids of places; of None and of one newer than the snapshot nothing is known."""
        principal.require_known()
        snapshot = self.reader.current()
        rows = snapshot.cached("place rows", lambda: _rows(snapshot))
        return map_spots(
            snapshot, np.array([rows.get(id or "", NOWHERE) for id in ids], dtype=np.int32)
        )

    def of_directory(self, principal: Principal, wanted: FacetedFilter) -> MapSpots:
        """Of everybody in the directory so narrowed. Raises as `FacetedDirectory.facets`."""
        snapshot, organizations = self.faceted.rows(principal, wanted)
        return map_spots(snapshot, snapshot.organizations.place[organizations])

    def landmarks(self, principal: Principal) -> tuple[Place, ...]:
        """Provinces and cities with coordinates, the larger level first: they name a map."""
        principal.require_known()
        snapshot = self.reader.current()
        return snapshot.cached("landmarks", lambda: _landmarks(snapshot))


def _rows(snapshot: Snapshot) -> dict[str, int]:
    return {id: row for row, id in enumerate(snapshot.places.column("id").to_pylist())}


def _landmarks(snapshot: Snapshot) -> tuple[Place, ...]:
    levels = np.asarray(snapshot.places["level"])
    latitude = snapshot.places["latitude"].to_numpy(zero_copy_only=False).astype(np.float64)
    located = np.isfinite(latitude)
    rows = [
        row
        for level in (PlaceLevel.PROVINCE, PlaceLevel.CITY)
        for row in np.flatnonzero(located & (levels == PLACE_LEVELS.index(level))).tolist()
    ]
    return tuple(place_at(snapshot, row) for row in rows[:MOST_LANDMARKS])
