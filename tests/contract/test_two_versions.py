"""Programs of two versions on one Neo4j graph: the older one works on as long as it may."""

from __future__ import annotations

import pytest

from matchmaker.errors import StoreMismatch
from matchmaker.store.neo4j import Neo4jStore, cypher, migrations
from tests.contract.graphs import everything


@pytest.fixture
def newer(tmp_path, monkeypatch):
    """Makes a program that knows one migration more, which says who may work beside it."""
    for path in migrations.GRAPH_SCHEMA.glob("V*.cypher"):
        (tmp_path / path.name).write_text(path.read_text("utf-8"), "utf-8")

    def use(text: str | None) -> None:
        number = migrations.latest_migration() if text is not None else 0
        if text is not None:
            (tmp_path / f"V{number + 1:04d}__more.cypher").write_text(text, "utf-8")
        for known in (migrations.latest_migration, migrations.oldest_program):
            known.cache_clear()
        monkeypatch.setattr(migrations, "GRAPH_SCHEMA", tmp_path if text is not None else original)

    original = migrations.GRAPH_SCHEMA
    yield use
    monkeypatch.undo()
    for known in (migrations.latest_migration, migrations.oldest_program):
        known.cache_clear()


def test_a_migration_that_says_nothing_is_for_programs_that_know_it(newer):
    latest = migrations.latest_migration()
    newer("RETURN 1;\n")
    assert (migrations.latest_migration(), migrations.oldest_program()) == (latest + 1, latest + 1)


def test_a_migration_that_only_adds_lets_older_programs_work_on(newer):
    latest = migrations.latest_migration()
    newer(f"// Oldest program: V{latest:04d}\nRETURN 1;\n")
    assert (migrations.latest_migration(), migrations.oldest_program()) == (latest + 1, latest)


@pytest.mark.long
@pytest.mark.neo4j
def test_an_older_program_writes_beside_a_newer_one_only_where_that_says_so(
    neo4j_store: Neo4jStore, newer
) -> None:
    neo4j_store.clear()
    latest = migrations.latest_migration()
    connection = neo4j_store._connection
    try:
        newer(f"// Oldest program: V{latest:04d}\nRETURN 1;\n")
        neo4j_store.prepare()
        newer(None)  # the older one
        assert neo4j_store.status().schema
        neo4j_store.upsert(everything())
        connection.apply(cypher.SET_OLDEST_PROGRAM, number=latest + 1)
        for refused in (neo4j_store.graph_id, lambda: neo4j_store.upsert(everything())):
            with pytest.raises(StoreMismatch, match="newer program"):
                refused()
        with pytest.raises(StoreMismatch, match="newer program"):
            neo4j_store.status()
        assert neo4j_store.version()  # what it reads, it goes on reading
    finally:
        connection.apply(
            "MATCH (g:Graph {id: 'graph'}) SET g.oldest_program = $number", number=latest
        )
        connection.apply(
            "MATCH (m:__Neo4jMigration {version: $version}) DETACH DELETE m",
            version=f"{latest + 1:04d}",
        )
