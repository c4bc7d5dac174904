"""A state machine run on a store: on an embedded one every example has a fresh one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from matchmaker.store.documents import Store
from matchmaker.store.sqlite import SqliteStore


def run_on(
    store: Store,
    machine: type[RuleBasedStateMachine],
    tmp_path_factory: pytest.TempPathFactory,
    *,
    examples: tuple[int, int],
    steps: tuple[int, int],
) -> None:
    """Run it with so many examples of so many steps, on an embedded store and on a server.

    As many examples in the long run, a quarter of them else.
    """
    embedded = isinstance(store, SqliteStore)
    part = 1 if settings.get_current_profile_name() == "long" else 4

    class Machine(machine):  # type: ignore[misc, valid-type]
        def __init__(self) -> None:
            super().__init__()
            self.store = store
            if embedded:
                self.store = SqliteStore(tmp_path_factory.mktemp("model") / "graph.db")
                self.store.prepare()

        def teardown(self) -> None:
            if self.store is not store:
                self.store.close()

    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=max(1, examples[0 if embedded else 1] // part),
            stateful_step_count=steps[0 if embedded else 1],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
