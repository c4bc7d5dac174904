"""Figures that sources report of an organisation, and where two of them say differently."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from matchmaker.domain import Observation


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """A figure of a year as its strongest source has it, of equally strong ones the newest.

    `contradicted` are other values that sources report of the same year.
    """

    indicator: str
    year: int
    reported: Observation
    contradicted: tuple[Observation, ...] = ()


def reported_figures(observations: Iterable[Observation]) -> tuple[ReportedFigure, ...]:
    """One figure of each indicator and year, by indicator, the newest year first."""
    ordered = sorted(observations, key=lambda row: (*_of(row), row.provenance.precedence, row.id))
    figures = []
    for (indicator, year), rows in groupby(ordered, key=_of):
        values: dict[tuple[float, str], Observation] = {}
        for row in rows:
            values.setdefault((row.value, row.unit), row)
        first, *others = values.values()
        figures.append(ReportedFigure(indicator, -year, first, tuple(others)))
    return tuple(figures)


def _of(row: Observation) -> tuple[str, int]:
    return row.indicator, -row.year
