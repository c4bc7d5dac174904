"""Of the lists that one account saw in a day so many are remembered and no more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.access import Principal
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.nodes import allowance
from matchmaker.nodes.allowance import LocalAllowance, daily_allowance_of
from matchmaker.nodes.counts_file import CountsFile
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.matching import interaction_log
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.repositories import Repositories
from matchmaker.store.changes import Change
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.interactions import InteractionKind


@pytest.fixture
def repositories(tmp_path: Path) -> Iterator[Repositories]:
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    yield Repositories(lambda: store.documents)
    store.close()


def test_a_candidate_of_a_list_is_clicked_once(repositories: Repositories) -> None:
    """Seen: five thousand of twenty who were shown, in the figures of the cluster."""
    log = InteractionLog(
        None, repositories, None, lambda: datetime(2026, 5, 1, 9, tzinfo=UTC), LocalAllowance(0)
    )
    reader = Principal("account:a", account="a")
    ranking = [("t:2", 0.5), ("t:3", 0.4)]
    lists = [
        log.impression(reader, GoalName.SUPPLIER, "t:1", ranking, "fixed", 1) for _ in range(2)
    ]
    for candidate in ("t:2", "t:3", "t:2", "t:3"):
        for shown in lists:
            log.click(reader, shown, candidate)
    log.flush()
    kept = repositories.interactions.values()
    clicks = [each for each in kept if each.kind is InteractionKind.CLICK]
    of_list = [(each.impression, each.shown[0].candidate) for each in clicks]
    assert sorted(of_list) == sorted((id, other) for id in lists for other in ("t:2", "t:3"))


def test_who_saves_and_dismisses_by_turns_leaves_one_of_each_a_day(tmp_path: Path) -> None:
    """Seen: a line each time, as many as an account may write."""
    store, now = SqliteStore(tmp_path / "graph.db"), [datetime(2026, 5, 1, 9, tzinfo=UTC)]
    store.prepare()
    firms = tuple(Organization(f"t:{number}", f"Works {number}", Kind.FIRM) for number in (1, 2, 3))
    store.upsert(GraphRows(organizations=firms))
    kept = Repositories(lambda: store.documents)
    log = InteractionLog(store, kept, OptedOut(lambda: store), lambda: now[0], LocalAllowance(0))
    own = frozenset({"t:1"})
    people = [Principal(f"account:{name}", account=name, organizations=own) for name in "ab"]
    for _ in range(2):
        for _ in range(3):
            now[0] += timedelta(minutes=1)
            for person in people:
                log.pick(person, "t:1", "t:2", InteractionKind.SAVED)
                log.pick(person, "t:1", "t:2", InteractionKind.DISMISSED, "other")
        now[0] += timedelta(days=1)
    log.pick(people[0], "t:1", "t:3", InteractionKind.SAVED)
    lines = list(kept.interactions.values())
    assert len(lines) == 2 * 2 * 2 + 1
    first = [each for each in lines if each.at.day == 1]
    assert {each.at.minute for each in first} == {3}, "the last of the day"
    assert log.picked(people[0], "t:1", InteractionKind.DISMISSED) == {"t:2"}
    store.close()


def test_a_click_that_another_process_noted_keeps_no_other_from_being_noted(
    repositories: Repositories,
) -> None:
    log = InteractionLog(
        None, repositories, None, lambda: datetime(2026, 5, 1, 9, tzinfo=UTC), LocalAllowance(0)
    )
    reader = Principal("account:a", account="a")
    shown = log.impression(reader, GoalName.SUPPLIER, "t:1", [("t:2", 0.5)], "fixed", 1)
    log.flush()
    (seen,) = repositories.interactions.values()
    click = replace(seen, id=f"{shown} 1", kind=InteractionKind.CLICK)
    repositories.records.commit([repositories.interactions.put(click)])
    another = repositories.interactions.put(replace(seen, id="another"))
    log._commit([repositories.interactions.put(click), another])
    assert sorted(each.id for each in repositories.interactions.values()) == sorted(
        [shown, f"{shown} 1", "another"]
    )


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


def test_lists_shown_one_after_another_are_written_together(
    repositories: Repositories, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen on Neo4j: a transaction for each list, a fifth of the time of a question."""
    log = InteractionLog(
        None, repositories, None, lambda: datetime(2026, 5, 1, 9, tzinfo=UTC), LocalAllowance(0)
    )
    commits, commit = list[int](), repositories.records.commit

    def counted(changes: list[Change], *entries: object) -> None:
        commits.append(len(changes))
        commit(changes, *entries)

    monkeypatch.setattr(repositories.records, "commit", counted)
    monkeypatch.setattr(interaction_log, "_GATHER_SECONDS", 60.0)
    reader = Principal("account:a", account="a")

    def see() -> str:
        return log.impression(reader, GoalName.SUPPLIER, "t:1", [("t:2", 0.5)], "fixed", 1)

    first = [see()]
    log.flush()
    assert commits == [1], "the first waits for nobody"
    later = [see() for _ in range(7)]
    log.flush()
    assert commits == [1, 7], "who wants it written is not kept waiting for a minute"
    assert {each.id for each in repositories.interactions.values()} == {*first, *later}


def test_lists_that_a_process_gathers_are_written_at_its_end(tmp_path: Path) -> None:
    program = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from matchmaker.access import Principal
from matchmaker.domain import GoalName
from matchmaker.nodes.allowance import LocalAllowance
from matchmaker.services.matching import interaction_log
from matchmaker.services.repositories import Repositories
from matchmaker.store.sqlite import SqliteStore

interaction_log._GATHER_SECONDS = 60.0
store = SqliteStore(Path(sys.argv[1]))
store.prepare()
kept = Repositories(lambda: store.documents)
log = interaction_log.InteractionLog(
    store, kept, None, lambda: datetime(2026, 5, 1, 9, tzinfo=UTC), LocalAllowance(0)
)
for _ in range(5):
    log.impression(
        Principal("account:a", account="a"), GoalName.SUPPLIER, "t:1", [("t:2", 0.5)], "fixed", 1
    )
"""
    path = tmp_path / "graph.db"
    subprocess.run([sys.executable, "-c", program, str(path)], check=True, timeout=50)
    store = SqliteStore(path)
    assert len(list(Repositories(lambda: store.documents).interactions.values())) == 5
    store.close()
