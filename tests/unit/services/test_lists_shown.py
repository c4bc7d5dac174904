"""Of the lists that one account saw in a day so many are remembered and no more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.access import Principal
from matchmaker.domain import GoalName
from matchmaker.nodes import allowance
from matchmaker.nodes.allowance import daily_allowance_of
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.repositories import Repositories
from matchmaker.store.sqlite import SqliteStore


def test_whoever_asks_all_day_is_answered_and_leaves_no_more_than_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = [1000.0]
    monkeypatch.setattr(allowance.time, "time", lambda: seconds[0])
    lists = daily_allowance_of("lists", 3, CountsFile(tmp_path / "counts.db"), None)
    store, now = SqliteStore(tmp_path / "graph.db"), [datetime(2026, 5, 1, 9, tzinfo=UTC)]
    store.prepare()
    repositories = Repositories(lambda: store.documents)
    shown = InteractionLog(store, repositories, OptedOut(lambda: store), lambda: now[0], lists)

    def see(account: str) -> str:
        principal = Principal(f"account:{account}", account=account)
        ranking = [("t:2", 0.5)]
        return shown.impression(principal, GoalName.SUPPLIER, "t:1", ranking, "fixed", 1)

    assert [bool(see("a")) for _ in range(5)] == [True] * 3 + [False] * 2
    assert see("b")
    seconds[0] += timedelta(days=1).total_seconds()
    assert see("a")
    shown.flush()
    kept = repositories.interactions.values()
    assert sorted(each.subject for each in kept) == ["account:a"] * 4 + ["account:b"]
    store.close()
