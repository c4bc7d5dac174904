"""Ids that the rows of a file refer to or come under, and those that a cluster's may not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from matchmaker.domain import GraphRows
from matchmaker.ingest.made_ids import source_of_cluster
from matchmaker.ingest.references import drop_dangling, referred
from matchmaker.ingest.report import Parsed
from matchmaker.ingest.scope import without_ids_of_others
from matchmaker.services.operations.reference_data import reference_index
from matchmaker.store.ports import MAX_PAGE, DuplicateKeys, GraphStore, Page, iterate


@dataclass(frozen=True, slots=True)
class NotOfCluster:
    """What a coordinator's list may not name by an id: `hidden` ones, and new ones of others."""

    cluster: str
    members: Collection[str]
    hidden: Collection[str]

    def left_out(
        self, store: GraphStore, parsed: Parsed, known: Sequence[DuplicateKeys],
        aliases: Mapping[str, str],
    ) -> Parsed:  # fmt: skip
        """A file without such rows and references: a hidden one's id reads as nobody's.

        `known` are on record, under other ids too by `aliases`.
        """
        found = {id for id in parsed.organization_ids if aliases.get(id, id) not in self.hidden}
        stored = store.stored(parsed.rows)
        on_record = tuple(row for row in stored.organizations if row.id in found)
        others = {keys.id for keys in known if keys.id not in self.members}
        others.update(id for id, kept in aliases.items() if kept not in self.members)
        sources = {source_of_cluster(id) for id in ids_of(store.clusters)}
        parsed = without_ids_of_others(
            parsed, replace(stored, organizations=on_record), source_of_cluster(self.cluster),
            sources.union(id.partition(":")[0] for id in others), found & aliases.keys(),
        )  # fmt: skip
        return drop_dangling(parsed, stored_ids(store, parsed.rows, self.hidden))


def stored_ids(
    store: GraphStore, rows: GraphRows, hidden: Collection[str] | None = None
) -> dict[str, set[str]]:
    """Of the ids that rows refer to and do not hold, those that the store has, by table.

    Where some are `hidden`, without these, and with other ids of the rest.
    """
    wanted = {name: sorted(ids) for name, ids in referred(rows).items()}
    organizations = store.organizations_by_id(wanted["organizations"])
    index = reference_index(store)
    return {
        "places": index.places.places.keys() & wanted["places"],
        "industries": index.industries.industries.keys() & wanted["industries"],
        "organizations": {
            key
            for key, row in organizations.items()
            if (key == row.id if hidden is None else row.id not in hidden)
        },
        "clusters": ids_of(store.clusters) if wanted["clusters"] else set(),
    }


def ids_of(page: Callable[[str | None, int], Page[Any]]) -> set[str]:
    """The ids of all rows of a paged reading."""
    return {row.id for row in iterate(lambda after: page(after, MAX_PAGE))}
