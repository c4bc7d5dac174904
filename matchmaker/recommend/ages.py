"""Ages of dated undertakings, and how much they still count."""

from __future__ import annotations

import numpy as np

from matchmaker.snapshot.model import NO_DATE, FloatArray, IntArray, Snapshot
from matchmaker.snapshot.network_view import latest_day

E_FOLDING_YEARS = 3.0
YEAR = 365.25
# An undertaking without a date says little of today: as one of ten years ago.
UNDATED_AGE_YEARS = 10.0


def age_years(snapshot: Snapshot, dates: IntArray) -> FloatArray:
    """Age at the snapshot's latest day; 0 for what lies ahead, ten years for what has no date."""
    age = (latest_day(snapshot) - dates.astype(np.float64)) / YEAR
    age[dates == NO_DATE] = UNDATED_AGE_YEARS
    return np.asarray(np.maximum(age, 0), dtype=np.float32)


def recency(
    snapshot: Snapshot, dates: IntArray, e_folding_years: float = E_FOLDING_YEARS
) -> FloatArray:
    """exp(−age / e-folding time), in (0, 1]."""
    return np.asarray(np.exp(-age_years(snapshot, dates) / e_folding_years), dtype=np.float32)
