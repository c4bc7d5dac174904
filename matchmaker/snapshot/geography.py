"""Distances on the earth."""

from __future__ import annotations

import numpy as np

from matchmaker.snapshot.model import FloatArray

EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG)


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
