"""An index that is made at the end of a large write is there, and complete, whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matchmaker.domain import (
    Engagement,
    EngagementKind,
    GraphRows,
    Kind,
    Organization,
    Participant,
    Role,
)
from matchmaker.store.sqlite import SqliteStore, many_participants
from matchmaker.store.upsert import DEFAULT_RULES

FIRMS = tuple(Organization(f"x:{n}", f"Firm {n}", Kind.FIRM) for n in range(30))
INDEX = "SELECT sql FROM sqlite_schema WHERE name = 'participants_by_organization'"


def undertakings(first: int, end: int) -> tuple[Engagement, ...]:
    """With two participants each."""
    return tuple(
        Engagement(
            f"x:e{n}", EngagementKind.RESEARCH_PROJECT, title=f"Project {n}",
            participants=(
                Participant(f"x:{n % 30}", Role.COORDINATOR),
                Participant(f"x:{(n + 1) % 30}", Role.PARTNER),
            ),
        )
        for n in range(first, end)
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    monkeypatch.setattr(many_participants, "MANY", 40)
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.upsert(GraphRows(organizations=FIRMS))
    yield store
    store.close()


def value(store: SqliteStore, query: str) -> Any:
    """Of this thread's connection, within its transaction where there is one."""
    with store._connections.reading() as connection:
        return (connection.execute(query).fetchone() or (None,))[0]


def imported(store: SqliteStore, *parts: tuple[Engagement, ...]) -> list[bool]:
    """Whether the index is there before each part and after the last."""
    is_there = []

    def chunks() -> Iterator[GraphRows]:
        for part in parts:
            is_there.append(value(store, INDEX) is not None)
            yield GraphRows(engagements=part)
        is_there.append(value(store, INDEX) is not None)

    store.import_batches(chunks, DEFAULT_RULES, 10)
    return is_there


def found_by_organization(store: SqliteStore) -> dict[str, int]:
    return {firm.id: len(store.engagements(firm.id, None, 1000).rows) for firm in FIRMS}


def test_it_is_left_out_while_very_many_are_written_and_as_before_afterwards(
    store: SqliteStore,
) -> None:
    index, cache = value(store, INDEX), value(store, "PRAGMA cache_size")
    parts = undertakings(0, 15), undertakings(15, 30), undertakings(30, 60)
    assert imported(store, *parts) == [True, True, False, False]
    assert value(store, INDEX) == index
    assert value(store, "PRAGMA cache_size") == cache
    assert value(store, "PRAGMA integrity_check") == "ok"
    # 60 undertakings of two each among 30 firms in turn.
    assert found_by_organization(store) == {firm.id: 4 for firm in FIRMS}


def test_where_more_were_there_before_it_stays(store: SqliteStore) -> None:
    imported(store, undertakings(0, 60))
    assert imported(store, undertakings(60, 75), undertakings(75, 90)) == [True, True, True]
    assert found_by_organization(store) == {firm.id: 6 for firm in FIRMS}


def test_a_write_that_fails_leaves_all_as_it_was(store: SqliteStore) -> None:
    index, cache = value(store, INDEX), value(store, "PRAGMA cache_size")

    def chunks() -> Iterator[GraphRows]:
        yield GraphRows(engagements=undertakings(0, 40))
        assert value(store, INDEX) is None
        raise OSError

    with contextlib.suppress(OSError):
        store.import_batches(chunks, DEFAULT_RULES, 10)
    assert value(store, INDEX) == index
    assert value(store, "PRAGMA cache_size") == cache
    assert found_by_organization(store) == {firm.id: 0 for firm in FIRMS}


def test_it_is_there_before_rows_are_removed(store: SqliteStore) -> None:
    """To remove an organisation each time all participants would be looked through."""
    statements: list[str] = []
    with store._connections.reading() as connection:
        connection.set_trace_callback(statements.append)
    more = Organization("x:more", "One More", Kind.FIRM)
    store.upsert(GraphRows(organizations=(more,)))
    store.replace_rows(GraphRows(engagements=undertakings(0, 60)), GraphRows(organizations=(more,)))
    places = {
        begins: next(n for n, each in enumerate(statements) if each.startswith(begins))
        for begins in ("DROP INDEX", "CREATE INDEX", "DELETE FROM organizations ")
    }
    assert list(places) == sorted(places, key=places.__getitem__)
    assert found_by_organization(store) == {firm.id: 4 for firm in FIRMS}
