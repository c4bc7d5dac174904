"""A search that somebody keeps: what it asks, whom it has told of, and when it is due again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matchmaker.workflow.elapsed import has_passed

# Among so many of the best a candidate is worth an alert.
ALERTED_RANKS = 10
# A search is looked at again after so long at the earliest.
MIN_INTERVAL = timedelta(hours=1)
MOST_TOLD = 1_000


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """`query` is the question as its address has it, by name; `organization` asks ("" for none).

    `told` are candidates that the person has seen or was told of, the newest last; `latest` those
    of the last alert. Without `alerts` it is only kept.
    """

    id: str
    account: str
    organization: str
    name: str
    query: tuple[tuple[str, str], ...]
    made: datetime
    looked: datetime
    told: tuple[str, ...] = ()
    latest: tuple[str, ...] = ()
    latest_at: datetime | None = None
    alerts: bool = True

    @property
    def fields(self) -> Mapping[str, list[str]]:
        """The fields of the question, by name, each with its values."""
        fields: dict[str, list[str]] = {}
        for name, value in self.query:
            fields.setdefault(name, []).append(value)
        return fields

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is to be looked at again."""
        return self.alerts and has_passed(MIN_INTERVAL, self.looked, now)

    def newcomers(self, ranking: Sequence[str]) -> tuple[str, ...]:
        """Those of the first ten that were never told."""
        return tuple(id for id in ranking[:ALERTED_RANKS] if id not in self.told)

    def after_looking(self, ranking: Sequence[str], now: datetime) -> SavedSearch:
        """The same after looking: the first ten count as told; nobody is told twice."""
        newcomers = self.newcomers(ranking)
        notified = (*self.told, *newcomers)[-MOST_TOLD:]
        if not newcomers:
            return replace(self, looked=now)
        return replace(self, looked=now, told=notified, latest=newcomers, latest_at=now)

    def begun(self, ranking: Sequence[str], now: datetime) -> SavedSearch:
        """The same with alerts from now on: whoever is there already is nothing new."""
        looked_at = self.after_looking(ranking, now)
        return replace(looked_at, latest=self.latest, latest_at=self.latest_at, alerts=True)

    def stopped(self) -> SavedSearch:
        """The same without alerts."""
        return replace(self, alerts=False)
