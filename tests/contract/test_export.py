"""The whole graph at one version."""

from __future__ import annotations

import json
import threading
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from matchmaker.domain import GraphRows
from matchmaker.snapshot.build import StatementVectors, build, statements
from matchmaker.snapshot.load import save
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.ports import GraphStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.graphs import everything, firm, random_graph, tie
from tests.unit.snapshot.graphs import AS_OF, random_rows


def test_an_export_is_of_one_version_while_others_write(store: GraphStore) -> None:
    """Two firms renamed together, always: no export may show one name without the other."""
    store.upsert(GraphRows(organizations=(firm("a", "Same"), firm("z", "Same"))))
    stop = threading.Event()

    def write() -> None:
        for number in count():
            if stop.is_set():
                return
            pair = (firm("a", f"Name {number}"), firm("z", f"Name {number}"))
            more = firm(f"m{number}")
            store.upsert(
                GraphRows(organizations=(*pair, more), ties=(tie(f"r{number}", "a", f"m{number}"),))
            )

    writer = threading.Thread(target=write)
    writer.start()
    try:
        exports = [store.export() for _ in range(8)]
    finally:
        stop.set()
        writer.join()
    for export in exports:
        rows = {row.id: row for row in export.rows.organizations}
        assert rows["t:a"].name == rows["t:z"].name
        assert rows["t:a"].version == rows["t:z"].version
        assert len(export.rows.ties) == len(rows) - 2
    assert [each.version for each in exports] == sorted(each.version for each in exports)


def test_an_export_makes_the_same_graph_elsewhere(store: GraphStore, tmp_path: Path) -> None:
    store.upsert(everything())
    copy = SqliteStore(tmp_path / "copy.db")
    copy.prepare()
    copy.upsert(store.export().rows)
    assert copy.export().rows == store.export().rows


@pytest.mark.neo4j
def test_both_stores_export_the_same(neo4j_store: Neo4jStore, tmp_path: Path) -> None:
    embedded = SqliteStore(tmp_path / "graph.db")
    embedded.prepare()
    neo4j_store.clear()
    for rows in (everything(), random_graph(5)[0]):
        embedded.upsert(rows)
        neo4j_store.upsert(rows)
    assert neo4j_store.export().rows == embedded.export().rows


@pytest.mark.neo4j
def test_both_stores_make_the_same_snapshot(neo4j_store: Neo4jStore, tmp_path: Path) -> None:
    """Byte by byte, but for the store's own version in `meta.json`."""
    embedded = SqliteStore(tmp_path / "graph.db")
    embedded.prepare()
    neo4j_store.clear()
    files = []
    for store, root in ((embedded, tmp_path / "one"), (neo4j_store, tmp_path / "two")):
        for rows in (everything(), random_rows(3), random_rows(4)):
            store.upsert(rows)
        export = store.export()
        size = len(statements(export.rows))
        vectors = np.random.default_rng(1).normal(size=(size, 8)).astype(np.float32)
        folder = save(build(export, AS_OF, StatementVectors("m", "1", vectors)), root)
        files.append({path.name: path.read_bytes() for path in folder.iterdir()})
    first, second = files
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] in ([], ["meta.json"])
    assert json.loads(first["meta.json"])["counts"] == json.loads(second["meta.json"])["counts"]


def test_a_graph_keeps_its_name_and_every_graph_has_its_own(
    store: GraphStore, tmp_path: Path
) -> None:
    before = store.graph_id()
    store.upsert(everything())
    store.prepare()
    assert store.export().graph_id == store.graph_id() == before
    other = SqliteStore(tmp_path / "other.db")
    other.prepare()
    assert len({before, other.graph_id(), ""}) == 3


def test_an_empty_graph_exports_nothing(store: GraphStore) -> None:
    assert len(store.export().rows) == 0
