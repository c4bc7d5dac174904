"""Documents beside the graph: compare-and-set, all or nothing, a log that only grows."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matchmaker.errors import StoreUnavailable, VersionConflict
from matchmaker.store.changes import Put, RecordQuery, Remove
from matchmaker.store.documents import Records, Store, new_id
from matchmaker.store.log import Entry, LogFilter, first_broken
from matchmaker.store.sqlite import SqliteStore


def entry(action: str, subject: str = "s") -> Entry:
    return Entry("2026-01-01T00:00:00Z", "someone", action, subject, {"to": "接受"})


@pytest.fixture
def records(store: Store) -> Records:
    return store.documents


def test_a_document_is_read_as_it_was_written(records: Records) -> None:
    records.commit([Put("note", "a/1", '{"text": "阀门 & <b>"}')])
    record = records.record("note", "a/1")
    assert record is not None
    assert (record.version, record.body) == (1, '{"text": "阀门 & <b>"}')
    assert records.record("note", "other") is None
    assert records.record("letter", "a/1") is None


def test_each_change_needs_the_version_that_was_read(records: Records) -> None:
    records.commit([Put("note", "a", "1")])
    records.commit([Put("note", "a", "2", expected=1)])
    for stale in (Put("note", "a", "3", expected=1), Put("note", "a", "3"), Remove("note", "a", 1)):
        with pytest.raises(VersionConflict):
            records.commit([stale])
    with pytest.raises(VersionConflict):
        records.commit([Put("note", "never", "3", expected=4)])
    record = records.record("note", "a")
    assert record is not None
    assert (record.version, record.body) == (2, "2")


def test_one_stale_change_undoes_the_whole_commit(records: Records) -> None:
    records.commit([Put("note", "a", "1", keys={"owner": "x"})])
    with pytest.raises(VersionConflict):
        records.commit(
            [
                Put("note", "b", "new"),
                Put("note", "a", "changed", expected=1, keys={"owner": "y"}),
                Put("note", "a2", "changed", expected=7),
            ],
            [entry("change")],
        )
    assert records.record("note", "b") is None
    assert [record.id for record in records.find("note", "owner", "x").rows] == ["a"]
    assert records.log() == ()


def test_documents_are_found_by_their_present_keys_in_pages(records: Records) -> None:
    for number in range(5):
        records.commit(
            [Put("note", f"n{number}", "{}", keys={"party": ["x", "y"], "state": "new"})]
        )
    records.commit([Put("note", "n3", "{}", expected=1, keys={"party": "y", "state": "done"})])
    records.commit([Put("letter", "l0", "{}", keys={"party": "x"})])
    first = records.find("note", "party", "x", limit=3)
    rest = records.find("note", "party", "x", after=first.after or "", limit=3)
    assert [record.id for record in (*first.rows, *rest.rows)] == ["n0", "n1", "n2", "n4"]
    assert rest.after is None
    newest = records.find("note", limit=2, newest_first=True)
    older = records.find("note", limit=9, after=newest.after or "", newest_first=True)
    assert [record.id for record in (*newest.rows, *older.rows)] == ["n4", "n3", "n2", "n1", "n0"]
    assert records.count("note", "party", "x") == 4
    assert records.tally("note", "state") == {"new": 4, "done": 1}


def test_documents_by_ids_and_by_keys_are_read_at_once_and_each_is_told_once(
    records: Records,
) -> None:
    records.commit(
        [
            Put("note", "a", "1", keys={"party": ["x", "y"], "state": "new"}),
            Put("note", "b", "2", keys={"party": "x", "state": "done"}),
            Put("note", "c", "3", keys={"party": "y", "state": "done"}),
            Put("note", "d", "4"),
            Put("letter", "a", "5", keys={"party": "x"}),
        ]
    )

    def ids(*asked: str, keys: Sequence[tuple[str, str]] = ()) -> list[str]:
        found = records.records_at_once(RecordQuery("note", asked, keys))
        assert {record.kind for record in found} <= {"note"}
        return sorted(record.id for record in found)

    assert ids("a", "d", "nobody's") == ["a", "d"]
    assert ids("a", keys=[("party", "x")]) == ["a", "b"]
    assert ids("d", keys=[("party", "x"), ("state", "done")]) == ["a", "b", "c", "d"]
    assert ids(keys=[("party", "done"), ("other", "x")]) == ids() == []


def test_what_is_removed_is_found_no_more(records: Records) -> None:
    records.commit([Put("note", "a", "{}", keys={"party": "x"}), Put("note", "b", "{}")])
    records.commit([Remove("note", "a", 1)])
    assert records.records("note", ["a", "b"]).keys() == {"b"}
    assert records.count("note", "party", "x") == 0
    records.commit([Put("note", "a", "again")])
    assert records.count("note", "party", "x") == 0


def test_the_log_keeps_order_and_shows_a_changed_line(records: Records) -> None:
    records.commit([Put("note", "a", "{}")], [entry("make", "a"), entry("see", "b")])
    records.commit([], [entry("change", "a")])
    lines = records.log()
    assert [(line.number, line.entry.action) for line in lines] == [
        (1, "make"), (2, "see"), (3, "change"),
    ]  # fmt: skip
    assert lines[0].entry == entry("make", "a")
    assert [line.number for line in records.log(subject="a")] == [1, 3]
    assert [line.number for line in records.log(after=2)] == [3]
    assert [line.number for line in records.last_log(2)] == [3, 2]
    assert first_broken(lines) is None
    forged = replace(lines[1], entry=replace(lines[1].entry, actor="somebody else"))
    assert first_broken([lines[0], forged, lines[2]]) == 2
    assert first_broken([lines[0], lines[2]]) == 3


def test_lines_of_the_log_are_chosen_by_who_what_when_and_about_what(records: Records) -> None:
    def line(at: str, actor: str, action: str, subject: str) -> Entry:
        return Entry(at, actor, action, subject, {})

    records.commit(
        [],
        [
            line("2026-03-01T15:59:59+00:00", "account:1", "posting.made", "posting/a"),
            line("2026-03-01T16:00:00+00:00", "account:2", "posting.made", "posting/b"),
            line("2026-03-02T15:59:59+00:00", "account:1", "posting.edited", "posting/a"),
            line("2026-03-02T16:00:00+00:00", "account:1", "postings_odd", "posting/a"),
        ],
    )

    def numbers(**chosen: Any) -> list[int]:
        return [line.number for line in records.last_log(10, LogFilter(**chosen))]

    assert numbers() == [4, 3, 2, 1]
    assert numbers(actor="account:1") == [4, 3, 1]
    assert numbers(action="posting.made") == [2, 1]
    assert numbers(action="posting.") == [3, 2, 1]
    assert numbers(action="posting") == []
    day = {"since": "2026-03-01T16:00:00+00:00", "until": "2026-03-02T16:00:00+00:00"}
    assert numbers(**day) == [3, 2]
    assert numbers(**day, actor="account:1") == [3]
    assert numbers(subject="posting/a", before=4) == [3, 1]
    assert [line.number for line in records.last_log(1, LogFilter(action="posting."))] == [3]


def test_of_many_who_write_the_same_version_one_wins(records: Records) -> None:
    records.commit([Put("slot", "s", "0")])
    outcomes = at_once(
        20, lambda number: records.commit([Put("slot", "s", str(number), expected=1)], [entry("x")])
    )
    assert outcomes.count("done") == 1
    assert outcomes.count("VersionConflict") == 19
    assert len(records.log()) == 1


def test_of_many_who_make_the_same_document_one_wins(records: Records) -> None:
    outcomes = at_once(20, lambda number: records.commit([Put("slot", "s", str(number))]))
    assert outcomes.count("done") == 1
    assert outcomes.count("VersionConflict") == 19


def test_the_log_of_many_writers_is_one_unbroken_chain(records: Records) -> None:
    outcomes = at_once(20, lambda number: records.commit([], [entry(str(number))]))
    assert outcomes == ["done"] * 20
    assert first_broken(records.log()) is None
    assert len(records.log()) == 20


def test_the_embedded_log_refuses_to_be_changed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "graph.db")
    store.prepare()
    store.documents.commit([], [entry("make")])
    with closing(sqlite3.connect(tmp_path / "graph.db")) as other:
        for change in ("UPDATE log SET actor = 'x'", "DELETE FROM log"):
            with pytest.raises(sqlite3.IntegrityError, match="only added to"):
                other.execute(change)


def test_new_ids_are_in_order_of_time_and_never_the_same() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert [id[:12] for id in ids] == sorted(id[:12] for id in ids)


def at_once(many: int, work: Callable[[int], object]) -> list[str]:
    """What became of the same work done by many threads that start together."""
    barrier = threading.Barrier(many)
    outcomes: list[str] = []

    def run(number: int) -> None:
        barrier.wait()
        while True:
            try:
                work(number)
                outcomes.append("done")
            except StoreUnavailable:  # the driver gave up retrying: nothing was written
                continue
            except VersionConflict:
                outcomes.append("VersionConflict")
            return

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
