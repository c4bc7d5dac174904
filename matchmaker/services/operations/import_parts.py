"""Parts of an import that a store does not write at once: kept until its record has them all.

Each is written in the transaction of its rows. So whoever finishes the import, after the database
or a worker was away, knows what earlier runs wrote; and where nobody does, it is taken back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matchmaker.domain import GraphRows, key_of
from matchmaker.services.operations.import_report import MAX_UNDONE
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import UnitOfWork, utc_now
from matchmaker.store.answers import RowChanges, UpsertCounts
from matchmaker.store.changes import Change
from matchmaker.store.documents import new_id
from matchmaker.workflow.job import ImportPart


@dataclass
class ImportParts:
    """What earlier runs of an import wrote, and what this one does.

    While it is not finished all of it can be taken back, however large. Of more rows than
    MAX_UNDONE the record has none: once finished, such an import stays. `keep` makes each part
    depend on the rights of who imports.
    """

    repositories: Repositories
    id: str
    imported_by: str
    keep: Callable[[UnitOfWork], None] = lambda _: None
    is_whole: bool = True
    is_in_parts: bool = False
    _earlier: list[ImportPart] = field(default_factory=list)
    _noted: set[str] = field(default_factory=set)
    _kept: int = 0

    def __post_init__(self) -> None:
        self._earlier = self._of_other_runs()
        self._kept = sum(len(part.put) for part in self._earlier)
        self.is_whole = all(part.is_whole for part in self._earlier)

    def _of_other_runs(self) -> list[ImportPart]:
        """What they wrote; of more rows than a record has the counts alone."""
        parts, kept = [], 0
        for stored in self.repositories.import_parts.iterate("import", self.id):
            part = stored.value
            if part.id in self._noted:
                continue
            kept += len(part.put)
            if kept > MAX_UNDONE:
                part = replace(part, put=GraphRows(), before=GraphRows(), is_whole=False)
            parts.append(part)
        return parts

    def note(self, changes: RowChanges) -> Sequence[Change]:
        """The document of a part, to be written with its rows; none where nothing changed."""
        counts = changes.counts
        if not counts.any_written:
            return ()
        self._kept += len(changes.after)
        self.is_whole &= self._kept <= MAX_UNDONE
        part = ImportPart(
            new_id(), self.id, self.imported_by,
            created=dict(counts.created), changed=dict(counts.changed),
            put=changes.after, before=changes.before,
        )  # fmt: skip
        unit = UnitOfWork(self.imported_by, utc_now())
        self.keep(unit)
        unit.add(self.repositories.import_parts.put(part))
        self._noted.add(part.id)
        return unit.written

    def with_earlier(self, changes: RowChanges) -> RowChanges:
        """The changes of the run that finishes the import, and of those before it."""
        # Also what a server took late, of a run that did not wait for it any more.
        earlier = self._of_other_runs() if self.is_in_parts else self._earlier
        if not earlier:
            return changes
        self.is_whole &= all(part.is_whole for part in earlier)
        last = ImportPart("", self.id, self.imported_by, put=changes.after, before=changes.before)
        rows = together([*earlier, last])
        created, changed = Counter(changes.counts.created), Counter(changes.counts.changed)
        for part in earlier:
            created.update(part.created)
            changed.update(part.changed)
        # What an earlier run wrote is as it should be for this one.
        all_rows = changes.counts.created + changes.counts.changed + changes.counts.unchanged
        counts = UpsertCounts(created, changed, all_rows - created - changed)
        return RowChanges(counts, rows.before, rows.put, changes.contradicted_keys)


def forget_parts(repositories: Repositories, id: str) -> int:
    """Remove the parts of an import whose record has them; how many."""
    parts = parts_of(repositories, id)
    if parts:
        repositories.records.commit([repositories.import_parts.remove(part) for part in parts])
    return len(parts)


def parts_of(repositories: Repositories, id: str) -> list[Versioned[ImportPart]]:
    """Those of one import, in the order in which they were written."""
    return list(repositories.import_parts.iterate("import", id))


def together(parts: Sequence[ImportPart]) -> ImportPart:
    """Parts as one: rows as the last put them, and as they were before the first, if they were."""
    put: dict[str, dict[Any, Any]] = {}
    before: dict[str, dict[Any, Any]] = {}
    for part in parts:
        for name, table in part.before.tables():
            known = put.get(name, {})
            old = {key_of(row): row for row in table if key_of(row) not in known}
            before.setdefault(name, {}).update(old)
        for name, table in part.put.tables():
            put.setdefault(name, {}).update({key_of(row): row for row in table})
    return replace(parts[-1], put=_rows_of(put), before=_rows_of(before))


def _rows_of(tables: Mapping[str, Mapping[Any, Any]]) -> GraphRows:
    return GraphRows(**{name: tuple(rows.values()) for name, rows in tables.items()})
