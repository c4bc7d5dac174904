"""Both stores, one suite: every test here runs on SQLite and on a real Neo4j server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.store.documents import Store
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.ports import GraphStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.certificates import Desk
from tools.neo4j.server import ServerAddress, missing_requirements, running_server


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """One server for the whole run; its jars are kept between runs in the data folder."""
    missing = missing_requirements()
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    with running_server(tmp_path_factory.mktemp("neo4j"), heap="512m") as address:
        yield address


@pytest.fixture(scope="session")
def neo4j_store(neo4j_server: ServerAddress) -> Iterator[Neo4jStore]:
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)
    store.prepare()
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty, prepared store of each kind."""
    if request.param == "sqlite":
        embedded = SqliteStore(tmp_path / "graph.db")
        embedded.prepare()
        yield embedded
        embedded.close()
        return
    server_store: Neo4jStore = request.getfixturevalue("neo4j_store")
    server_store.clear()
    yield server_store


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    """The use cases of certificates on each store."""
    return Desk(store, tmp_path / "proofs")
