"""Applying the numbered migrations of graph_schema/, and the dimension of the vector index."""

from __future__ import annotations

from pathlib import Path

from neo4j_python_migrations.executor import Executor

from matchmaker.domain import Layer
from matchmaker.errors import StoreMismatch
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.connection import Connection

GRAPH_SCHEMA = Path(__file__).resolve().parents[3] / "graph_schema"


def migrate(connection: Connection) -> None:
    """Apply what is new in graph_schema/. Raises StoreMismatch when the database has other ones."""
    with connection.explained():
        try:
            _executor(connection).migrate()
        except ValueError as error:
            raise StoreMismatch(
                "The database's schema is not ours: %(error)s",
                mend="Use an empty database, or the version of Matchmaker that made it.",
                error=error,
            ) from None
    for layer in Layer:
        connection.apply(cypher.UNIQUE_TIES.format(name=layer.lower(), type=layer))
    connection.rows(cypher.AWAIT_INDEXES)


def current(connection: Connection) -> str:
    """The last migration applied. Raises StoreMismatch when some are missing or not ours."""
    with connection.explained():
        analysis = _executor(connection).analyze()
    if analysis.pending_migrations or analysis.invalid_versions:
        raise StoreMismatch(
            "The database's schema is not the one in graph_schema/.",
            mend="Run `matchmaker setup`, or any import, to prepare the database.",
        )
    return f"V{analysis.latest_applied_version}"


def _executor(connection: Connection) -> Executor:
    if not GRAPH_SCHEMA.is_dir():
        raise StoreMismatch(
            "The folder of the migrations is missing: %(graph_schema)s.",
            mend="Run Matchmaker from its checkout (pip install -e .) to use Neo4j.",
            graph_schema=GRAPH_SCHEMA,
        )
    return Executor(connection.driver, GRAPH_SCHEMA)


def ensure_dimension(connection: Connection, dimension: int) -> None:
    """Make the vector index anew when the model's vectors have another length."""
    rows = connection.rows(cypher.VECTOR_DIMENSION)
    if rows and rows[0]["dimension"] == dimension:
        return
    connection.apply(cypher.DROP_VECTOR_INDEX)
    connection.apply(cypher.CREATE_VECTOR_INDEX.format(dimension=int(dimension)))
    connection.rows(cypher.AWAIT_INDEXES)
