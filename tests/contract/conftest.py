"""Both stores, one suite: every test here runs on SQLite and on a real Neo4j server.

In `make test` a sample of the use cases runs on the server, all of them in `make test-long`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from matchmaker.store.documents import Store
from matchmaker.store.neo4j import Neo4jStore
from matchmaker.store.ports import GraphStore
from matchmaker.store.sqlite import SqliteStore
from tests.contract.certificates import Desk
from tools.neo4j.server import ServerAddress, missing_requirements, running_server

HERE = Path(__file__).parent


# They reach a store through the ports that the other files here test on both, every time.
USE_CASES = frozenset(
    {
        "test_address_proof.py", "test_asking_back.py", "test_call_files.py",
        "test_call_rivals.py", "test_call_suggestions.py", "test_call_wordings.py",
        "test_calls.py", "test_calls_forgotten.py", "test_certificates.py", "test_channels.py",
        "test_conversations.py", "test_cooperation.py", "test_cooperation_documents.py",
        "test_earlier_people.py", "test_file_quota.py", "test_import_fields.py",
        "test_import_rows.py", "test_importing.py", "test_invitations.py", "test_left_behind.py",
        "test_meeting_rules.py", "test_open_introductions.py", "test_own_exports.py",
        "test_own_lists.py",
        "test_programme_alerts.py", "test_refusals.py", "test_stated_twice.py",
        "test_surveys.py", "test_taken_back.py", "test_who_may_answer.py",
    }
)  # fmt: skip


# What two do at once ends as each store's own locks and versions have it: every test of it runs on
# the server, of its further cases (what one of the two does) a sample.
AT_ONCE = frozenset(
    {
        "test_ended_meanwhile.py", "test_killed.py", "test_merged_meanwhile.py",
        "test_merging.py", "test_named_meanwhile.py", "test_two_at_once.py",
    }
)  # fmt: skip
SAMPLED = 4


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave three of four use cases on the server to the long run, file by file.

    Of what happens at once three of four further cases, test by test. All of them run on SQLite.
    """
    on_server: dict[str, int] = {}
    for item in items:
        if item.path.parent != HERE or item.get_closest_marker("neo4j") is None:
            continue
        if item.path.name in USE_CASES:
            group = item.path.name
        elif item.path.name in AT_ONCE:
            group = item.nodeid.partition("[")[0]
        else:
            continue
        number = on_server[group] = on_server.get(group, -1) + 1
        if number % SAMPLED:
            item.add_marker("long")


# Each test fills the graph anew, and a plan made ten seconds ago is made again when the counts of
# what there is have changed: 2,700 times in a run, a third of the server's processor time.
PLANS_LAST = {"dbms.cypher.min_replan_interval": "6h"}


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """One server for the whole run; its jars are kept between runs in the data folder."""
    missing = missing_requirements()
    if missing and os.environ.get("CI"):
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)
    home = tmp_path_factory.mktemp("neo4j")
    with running_server(home, heap="512m", options=PLANS_LAST) as address:
        yield address
        # In order it would end in ten seconds, and nobody reads its data again.
        address.process.kill()


@pytest.fixture(scope="session")
def neo4j_store(neo4j_server: ServerAddress) -> Iterator[Neo4jStore]:
    store = Neo4jStore(neo4j_server.url, neo4j_server.user, neo4j_server.password)
    store.prepare()
    yield store
    store.close()


@pytest.fixture(scope="session")
def prepared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty store: preparing one takes longer than many a test of it."""
    path = tmp_path_factory.mktemp("prepared") / "graph.db"
    prepared = SqliteStore(path)
    prepared.prepare()
    prepared.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    return path


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    """An empty, prepared store of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("prepared_file"), tmp_path / "graph.db")
        embedded = SqliteStore(tmp_path / "graph.db")
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
