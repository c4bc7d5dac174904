"""Coordinates of places, and distances on the earth."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.snapshot.model import FloatArray

EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)


def rows_below(columns: pa.Table, rows: Iterable[int]) -> frozenset[int]:
    """Rows of a table of codes and all those under them, by its column `parent`."""
    tops = sorted(rows)
    if not tops:
        return frozenset()
    inside = np.zeros(len(columns), dtype=np.bool_)
    inside[tops] = True
    if "parent" in columns.column_names:
        parent = np.asarray(columns.column("parent"), dtype=np.int64)
        has_parent, count = parent >= 0, -1
        while count != (count := int(inside.sum())):
            inside |= has_parent & inside[parent]
    return frozenset(np.flatnonzero(inside).tolist())


def great_circle_km(
    latitude: float | FloatArray,
    longitude: float | FloatArray,
    latitudes: FloatArray,
    longitudes: FloatArray,
) -> FloatArray:
    """Great-circle distance in km from one point, or n, to n (haversine; Sinnott, 1984), (n,).

    Degrees in; NaN where a coordinate is NaN.
    """
    latitude_1, latitude_2 = np.radians(latitude), np.radians(latitudes.astype(np.float64))
    half = (latitude_2 - latitude_1) / 2
    turn = (np.radians(longitudes.astype(np.float64)) - np.radians(longitude)) / 2
    chord = np.sin(half) ** 2 + np.cos(latitude_1) * np.cos(latitude_2) * np.sin(turn) ** 2
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return np.asarray(km, dtype=np.float32)


def coordinate_at(place: NDArray[np.int32], coordinates: FloatArray) -> FloatArray:
    """A coordinate of the place in each row, NaN for -1, (n,)."""
    return np.append(coordinates, np.float32(np.nan))[place]


def coordinates_of(places: pa.Table) -> tuple[FloatArray, FloatArray]:
    """Degrees of each place, or of its nearest ancestor that has them, NaN else; two of (n,)."""
    latitude, longitude = (
        np.append(places[name].to_numpy(zero_copy_only=False).astype(np.float32), np.nan)
        for name in ("latitude", "longitude")
    )
    nobody = len(places)
    parent = np.append(np.asarray(places["parent"], dtype=np.int64), -1)
    located = np.isfinite(latitude) & np.isfinite(longitude)
    above = np.where(located, np.arange(nobody + 1), np.where(parent < 0, nobody, parent))
    for _ in range(nobody.bit_length() + 1):  # each time twice as far up
        above = above[above]
    # Parents that go round in a circle lead to nobody who is located.
    latitude[~located], longitude[~located] = np.nan, np.nan
    return latitude[above[:nobody]].astype(np.float32), longitude[above[:nobody]].astype(np.float32)
