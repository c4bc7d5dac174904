"""A process that is killed while it acts leaves the old state or the new one, on both stores."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from matchmaker.domain import GoalName
from matchmaker.store.documents import Store
from matchmaker.store.log import first_broken
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import ACTIVE, Action, State
from tests.contract.cooperation import cooperation_on, services_on

WORKER = """
import sys
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from matchmaker.workflow.introduction import Outcome, Transition
from tests.contract.cooperation import services_on
from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Proposal

kind, place, user, password = sys.argv[1:5]
if kind == "sqlite":
    from matchmaker.store.sqlite import SqliteStore
    store = SqliteStore(__import__("pathlib").Path(place))
else:
    from matchmaker.store.neo4j import Neo4jStore
    store = Neo4jStore(place, user, password)
services = services_on(store)
one = services.principal_of("p0.t.f0@example.org")
two = services.principal_of("p0.t.f1@example.org")
print("ready", flush=True)
while True:
    made = services.introductions.propose(one, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))
    services.introductions.act(two, made.id, Transition(Action.ACCEPT))
    report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    services.introductions.act(one, made.id, report)
    services.introductions.act(two, made.id, Transition(Action.CONFIRM))
"""


def test_a_kill_between_any_two_steps_leaves_the_old_or_the_new_state(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    services = cooperation_on(store, {"t:f0": 3, "t:f1": 3})
    services.person("t:f0")
    services.person("t:f1")
    if isinstance(store, SqliteStore):
        place = ["sqlite", str(tmp_path / "graph.db"), "", ""]
    else:
        server = request.getfixturevalue("neo4j_server")
        place = ["neo4j", server.url, server.user, server.password]
    root = Path(__file__).parents[2]
    for wait in (0.05, 0.11, 0.17, 0.23, 0.31, 0.4):
        worker = subprocess.Popen(
            [sys.executable, "-c", WORKER, *place], stdout=subprocess.PIPE, cwd=root
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"
        time.sleep(wait)
        worker.kill()
        worker.wait()
        worker.stdout.close()
        _whole(store)
        _finish(store)


def _whole(store: Store) -> None:
    """Introductions, slots, open pairs and the log say the same."""
    services = services_on(store)
    every = list(services.repositories.introductions.values())
    active = {introduction.id for introduction in every if introduction.state in ACTIVE}
    for party in ("t:f0", "t:f1"):
        slots = services.repositories.slots.get_or_none(party)
        assert set(slots.value.taken if slots else ()) == active
    open_ones = {
        introduction.id
        for introduction in every
        if introduction.state in ACTIVE or introduction.is_waiting
    }
    assert {pair.introduction for pair in services.repositories.pairs.values()} == open_ones
    logged = [line.entry for line in store.documents.log(limit=10_000)]
    for introduction in every:
        lines = [line for line in logged if line.subject == f"introduction/{introduction.id}"]
        # Proposed with the first side's yes, then one line for each step.
        assert len(lines) == len(introduction.steps)
    assert first_broken(store.documents.log(limit=10_000)) is None
    services.graph_sync.write_pending()
    around = store.neighborhood("t:f0", 1, 100)
    assert {tie.id for tie in around.ties} == {
        f"intro:{introduction.id}#tie"
        for introduction in every
        if introduction.state is State.COMPLETED
    }


def _finish(store: Store) -> None:
    """So that the next worker may propose."""
    services = services_on(store)
    principal = services.principal_of("p0.t.f0@example.org")
    for introduction in list(services.repositories.introductions.values()):
        action = Action.CANCEL if introduction.is_waiting else Action.END
        if introduction.is_waiting or introduction.state in ACTIVE:
            services.introductions.act(principal, introduction.id, Transition(action))


def test_what_a_killed_process_left_is_proposed_again(store: Store) -> None:
    """The pair of a cancelled introduction is free again."""
    services = cooperation_on(store)
    person = services.person("t:f0").principal()
    proposal = Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")
    first = services.introductions.propose(person, proposal)
    services.introductions.act(person, first.id, Transition(Action.CANCEL))
    assert services.introductions.propose(person, proposal).id != first.id
