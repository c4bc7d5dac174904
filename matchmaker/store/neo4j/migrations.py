"""Applying the numbered migrations of graph_schema/, and the dimension of the vector index."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from neo4j_python_migrations.analyzer import InvalidVersionStatus
from neo4j_python_migrations.executor import Executor

from matchmaker.domain import Layer
from matchmaker.errors import StoreMismatch
from matchmaker.regex import regex
from matchmaker.store.neo4j import cypher
from matchmaker.store.neo4j.connection import Connection
from matchmaker.store.neo4j.documents import require_restored

GRAPH_SCHEMA = Path(__file__).resolve().parents[3] / "graph_schema"
# What reads the schema that there is has so long: a server that was just started is slow.
_LOOK_SECONDS = 30.0
_NUMBER = regex(r"V(\d+)__")
_OLDEST = regex(r"^// Oldest program: V(\d+)\b", re.MULTILINE)


def migrate(connection: Connection) -> None:
    """Apply what is new in graph_schema/. Raises StoreMismatch when the database has other ones."""
    with connection.explained():
        try:
            connection.outside(_executor(connection).migrate)
        except ValueError as error:
            raise StoreMismatch(
                "The database's schema is not ours: %(error)s",
                mend="Use an empty database, or the version of Matchmaker that made it.",
                error=error,
            ) from None
    connection.apply(cypher.SET_OLDEST_PROGRAM, number=oldest_program())
    for layer in Layer:
        connection.apply(cypher.UNIQUE_TIES.format(name=layer.lower(), type=layer))
    connection.apply(cypher.AWAIT_INDEXES)  # minutes, of a large graph


def current(connection: Connection) -> str:
    """The last migration applied. Raises StoreMismatch when some are missing or not ours.

    Those of a newer program are no hindrance where it says that this one can work beside it.
    """
    with connection.explained():
        analysis = connection.outside(_executor(connection).analyze, _LOOK_SECONDS)
    rows = connection.rows(cypher.GRAPH)
    newest = rows[0]["oldest"] if rows else None
    if rows:
        require_usable(rows[0])
    unlike = [
        each
        for each in analysis.invalid_versions
        if newest is None or each.status is not InvalidVersionStatus.MISSED_LOCALLY
    ]
    if analysis.pending_migrations or unlike:
        raise StoreMismatch(
            "The database's schema is not the one in graph_schema/.",
            mend="Run `matchmaker setup`, or any import, to prepare the database.",
        )
    return f"V{analysis.latest_applied_version}"


def require_usable(graph: Mapping[str, Any], restoring_as: str = "") -> None:
    """Raise StoreMismatch where the graph is a newer program's or a part of a backup.

    Whoever restores it knows the name that it has meanwhile.
    """
    require_new_enough(graph["oldest"])
    require_whole(graph, restoring_as)


def require_whole(graph: Mapping[str, Any], restoring_as: str = "") -> None:
    """Raise StoreMismatch where the graph is a part of a backup, but for whoever restores it."""
    if graph["identity"] != restoring_as:
        require_restored(graph["restoring"])


@cache
def latest_migration() -> int:
    """Number of the last migration that this program knows."""
    return max(_numbered(), default=0)


@cache
def oldest_program() -> int:
    """The last migration that a program has to know to work beside this one.

    Each migration says so itself in a line `// Oldest program: V0008`; else it is its own.
    """
    oldest = 0
    for number, text in _numbered().items():
        declared = _OLDEST.search(text)
        oldest = max(oldest, int(declared.group(1)) if declared else number)
    return oldest


def require_new_enough(oldest: int | None) -> None:
    """Raise StoreMismatch where the graph is a newer program's, beside which this cannot work."""
    if oldest is not None and oldest > latest_migration():
        raise StoreMismatch(
            "The database is of a newer program (V%(oldest)s), this one knows V%(known)s.",
            mend="Upgrade this node.",
            oldest=f"{oldest:04d}",
            known=f"{latest_migration():04d}",
        )


def _numbered() -> dict[int, str]:
    """Texts of the migrations by number."""
    files = GRAPH_SCHEMA.glob("V*.cypher")
    numbers = ((_NUMBER.match(path.name), path) for path in files)
    return {int(name.group(1)): path.read_text("utf-8") for name, path in numbers if name}


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
    connection.apply(cypher.AWAIT_INDEXES)  # minutes, of a large graph
