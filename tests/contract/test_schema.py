"""The one list of tables: whole, in order, and what every store lays out."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from matchmaker.domain import Alias, Cluster, GraphRows, Membership, Participant, Role, Tie
from matchmaker.errors import NotFound, StoreMismatch
from matchmaker.store.neo4j.tables import is_node, links
from matchmaker.store.ports import GraphStore
from matchmaker.store.schema import MEMBERSHIPS, PARTICIPANTS, TABLES, TIES
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm, project, tie


def test_it_lists_what_rows_are_passed_around_in_that_order() -> None:
    hints = get_type_hints(GraphRows)
    assert [(name, get_args(hint)[0]) for name, hint in hints.items()] == [
        (name, table.model) for name, table in TABLES.items()
    ]


def test_what_is_referred_to_comes_first() -> None:
    """Rows are written in this order and removed in the other."""
    order = list(TABLES)
    for table in TABLES.values():
        for reference in table.references:
            assert all(order.index(name) <= order.index(table.name) for name in reference.tables)


def test_every_field_that_holds_an_id_of_another_row_is_listed() -> None:
    """The rows of a full graph: whatever equals an id of a table is a reference to it."""
    rows = everything()
    ids = {row.id for table in ("places", "industries", "organizations", "clusters")
           for row in getattr(rows, table)}  # fmt: skip
    for name, table_rows in rows.tables():
        found = {
            each.name
            for row in table_rows
            for each in fields(row)
            if each.name != "id" and getattr(row, each.name) in ids - {None}
        }
        listed = {ref.field for ref in TABLES[name].references} - {PARTICIPANTS}
        assert found == listed, name


def test_every_reference_is_a_relationship_in_neo4j() -> None:
    for table in TABLES.values():
        if is_node(table):
            assert [reference for reference, _ in links(table)] == list(table.references)
    assert [table for table in TABLES.values() if not is_node(table)] == [MEMBERSHIPS, TIES]


def test_rows_about_one_are_all_that_refer_to_it(store: GraphStore) -> None:
    rows = everything()
    store.upsert(rows)
    store.upsert(
        GraphRows(
            organizations=(firm(8), firm(9)), engagements=(project("other", 8, 9),),
            ties=(tie("other", 8, 9),), memberships=(Membership("c:1", "t:9"),),
        )
    )  # fmt: skip
    about = store.rows_about("other:1")
    assert {name: len(found) for name, found in about.tables() if found} == {
        "organizations": 1, "aliases": 1, "duplicates": 1, "descriptions": 1, "certificates": 1,
        "memberships": 1,
        "offers": 1, "engagements": 1, "ties": 2, "observations": 1,
    }  # fmt: skip
    assert about.engagements == (rows.engagements[0],)
    with pytest.raises(NotFound):
        store.rows_about("t:none")


def test_clusters_are_those_of_which_one_is_a_member_today(store: GraphStore) -> None:
    rows = everything()
    store.upsert(replace(rows, clusters=(*rows.clusters, Cluster("c:2", "Second"))))
    store.upsert(GraphRows(memberships=(Membership("c:2", "t:1"), Membership("c:2", "t:3"))))
    clusters = {id: store.clusters_of(id) for id in ("t:1", "other:1", "t:2", "t:3")}
    assert {id: [row.id for row in rows] for id, rows in clusters.items()} == {
        "t:1": ["c:1", "c:2"], "other:1": ["c:1", "c:2"], "t:2": [], "t:3": ["c:2"],
    }  # fmt: skip
    with pytest.raises(NotFound):
        store.clusters_of("t:none")


def test_of_two_lots_of_rows_the_second_counts() -> None:
    first = GraphRows(organizations=(firm(1), firm(2)), aliases=(Alias("a:1", "t:1", "x"),))
    second = GraphRows(organizations=(firm(2, "Another name"), firm(3)))
    joined = first | second
    assert [row.name for row in joined.organizations] == ["Firm 1", "Another name", "Firm 3"]
    assert joined.aliases == first.aliases


def test_a_file_made_before_a_column_was_added_is_brought_up_to_date(tmp_path: Path) -> None:
    file = tmp_path / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    store.upsert(everything())
    store.close()
    with closing(sqlite3.connect(file)) as earlier:
        earlier.execute("ALTER TABLE organizations DROP COLUMN website")
        earlier.execute("ALTER TABLE organizations DROP COLUMN capacity")
        earlier.execute("DROP INDEX organizations_by_successor")
        earlier.execute("ALTER TABLE organizations DROP COLUMN successor")
        earlier.commit()
    with pytest.raises(StoreMismatch, match="matchmaker upgrade"):
        SqliteStore(file).organization("t:1")
    store.prepare()
    assert store.organization("t:1").website == ""
    assert store.organization("t:1").capacity is None
    store.upsert(everything())
    assert store.organization("t:1").website == "https://example.com"
    store.close()


def test_a_tie_stored_with_a_weight_is_read_without(tmp_path: Path) -> None:
    """As files were up to schema 3: the column goes, the tie stays."""
    file = tmp_path / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    store.upsert(GraphRows(organizations=(firm(1), firm(2)), ties=(tie("r", 1, 2),)))
    store.close()
    with closing(sqlite3.connect(file)) as earlier:
        earlier.execute("ALTER TABLE ties ADD COLUMN weight REAL NOT NULL DEFAULT 2.5")
        earlier.execute("PRAGMA user_version = 3")
        earlier.commit()
    store.prepare()
    assert store.export().rows.ties == (tie("r", 1, 2),)
    store.upsert(GraphRows(ties=(replace(tie("s", 2, 1), note="new"),)))
    assert len(store.export().rows.ties) == 2
    assert "weight" not in {each.name for each in fields(Tie)}
    store.close()


def test_who_left_early_and_what_holds_no_more_is_kept_also_in_an_older_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "graph.db"
    store = SqliteStore(file)
    store.prepare()
    store.close()
    with closing(sqlite3.connect(file)) as earlier:
        earlier.execute("ALTER TABLE participants DROP COLUMN ended")
        earlier.execute("ALTER TABLE ties DROP COLUMN ended")
        earlier.commit()
    store.prepare()
    parts = (Participant("t:1", Role.COORDINATOR), Participant("t:2", Role.PARTNER, ended=True))
    undertaking = replace(project("p", 1, 2), participants=parts)
    ended = replace(tie("r", 1, 2), ended=True)
    firms = (firm(1), firm(2))
    store.upsert(GraphRows(organizations=firms, engagements=(undertaking,), ties=(ended,)))
    rows = store.export().rows
    assert rows.engagements == (undertaking,)
    assert rows.ties == (ended,)
    store.close()
