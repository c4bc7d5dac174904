"""Of several sources of one figure the strongest counts, and the others stay beside it."""

from __future__ import annotations

import datetime

from matchmaker.domain import Observation, Provenance, SourceTier
from matchmaker.services.directory.figures import reported_figures

DAY = datetime.date


def figure(number: int, year: int, value: float, tier: SourceTier, month: int = 1) -> Observation:
    source = Provenance(f"source {number}", "", tier, DAY(2026, month, 1))
    return Observation(f"s{number}:a#{year}", "t:a", "headcount", year, value, "", source)


def test_the_strongest_source_counts_and_what_differs_stands_beside_it() -> None:
    older_list = figure(1, 2025, 120, SourceTier.IMPORT)
    register = figure(2, 2025, 98, SourceTier.REGISTER)
    newer_list = figure(3, 2025, 130, SourceTier.IMPORT, month=6)
    agreeing = figure(4, 2025, 98, SourceTier.IMPORT, month=7)
    (known,) = reported_figures([older_list, newer_list, agreeing, register])
    assert known.reported == register
    assert known.contradicted == (newer_list, older_list)


def test_figures_of_two_years_contradict_nothing_and_the_newest_is_first() -> None:
    years = reported_figures([figure(1, 2023, 80, SourceTier.SELF),
                              figure(1, 2025, 90, SourceTier.IMPORT)])  # fmt: skip
    assert [(row.year, row.reported.value, row.contradicted) for row in years] == [
        (2025, 90, ()), (2023, 80, ()),
    ]  # fmt: skip
