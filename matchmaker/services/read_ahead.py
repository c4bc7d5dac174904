"""Documents that a use case is about to read one by one, read at once before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from matchmaker.services.repositories import Repository
from matchmaker.store.changes import Change, Record, RecordQuery
from matchmaker.store.documents import Records
from matchmaker.store.log import ALL_OF_LOG, Entry, LogFilter, LoggedEntry


class ReadAhead(Records):
    """Answers from what was fetched, as of then; all else is asked for as ever.

    For one attempt at one commit: that compares the versions of what it changes.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self._by_id: dict[tuple[str, str], Record | None] = {}
        self._by_key: dict[tuple[str, str, str], list[Record]] = {}

    def fetch(
        self,
        repository: Repository[Any],
        ids: Iterable[str] = (),
        keys: Iterable[tuple[str, str]] = (),
    ) -> None:
        """Read those with one of the ids, and all with the value under one of the keys."""
        kind, ids, keys = repository.kind, [*dict.fromkeys(ids)], [*dict.fromkeys(keys)]
        read = self._records.records_at_once(RecordQuery(kind, ids, keys))
        self._by_id |= {(kind, id): None for id in ids}
        self._by_key |= {(kind, name, value): [] for name, value in keys}
        for record in sorted(read, key=lambda each: each.id):
            self._by_id[kind, record.id] = record
            stored = repository.read(record).value
            for name in {name for name, _ in keys}:
                for value in dict.fromkeys(repository.values_under(name, stored)):
                    if (kind, name, value) in self._by_key:
                        self._by_key[kind, name, value].append(record)

    def records(self, kind: str, ids: Sequence[str]) -> dict[str, Record]:
        if any((kind, id) not in self._by_id for id in ids):
            return self._records.records(kind, ids)
        known = {id: self._by_id[kind, id] for id in ids}
        return {id: record for id, record in known.items() if record is not None}

    def records_at_once(self, query: RecordQuery) -> list[Record]:
        return self._records.records_at_once(query)

    def _read_records(
        self, kind: str, key: str, value: str, after: str, limit: int, newest_first: bool
    ) -> list[Record]:
        found = self._by_key.get((kind, key, value))
        if found is None:
            return self._records._read_records(kind, key, value, after, limit, newest_first)
        rows = found[::-1] if newest_first else found
        return [
            row for row in rows if not after or (row.id < after if newest_first else row.id > after)
        ][:limit]

    def count(self, kind: str, key: str, value: str) -> int:
        found = self._by_key.get((kind, key, value))
        return self._records.count(kind, key, value) if found is None else len(found)

    def tally(self, kind: str, key: str) -> dict[str, int]:
        return self._records.tally(kind, key)

    def commit(self, changes: Sequence[Change], entries: Sequence[Entry] = ()) -> None:
        self._records.commit(changes, entries)

    def log(
        self, *, after: int = 0, limit: int = 100, subject: str = ""
    ) -> tuple[LoggedEntry, ...]:
        return self._records.log(after=after, limit=limit, subject=subject)

    def last_log(self, limit: int, only: LogFilter = ALL_OF_LOG) -> tuple[LoggedEntry, ...]:
        return self._records.last_log(limit, only)
