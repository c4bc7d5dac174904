"""Writers killed at random moments: is every write that was acknowledged still there?

    python -m benchmarks.kills [--kills 300] [--state FILE]

Each time a process of its own proposes introductions between many firms and moves them on, on a
SQLite store that goes on through many kills, and acknowledges every step through a pipe once the
service returned. It is killed (SIGKILL) after up to 1.2 s. Then every step that was acknowledged
must be in the introduction it belongs to, and the slots taken must be those of introductions that
run. FILE keeps the sum, and the stores lie beside it, so that it goes on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import MatchmakerError
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import ACTIVE, Action, OutcomeKind
from tests.contract.cooperation import Cooperation, services_on

FIRMS = [f"t:f{number}" for number in range(30)]
LONGEST_SECONDS = 1.2
STORE_LASTS = 20  # kills
_MOVES = (Action.ACCEPT, Action.ASK, Action.MEET, Action.AGREE, Action.REPORT, Action.CONFIRM,
          Action.DECLINE, Action.WITHDRAW)  # fmt: skip


def prepared(path: Path) -> None:
    """A store with firms and a person of each, where there is none yet."""
    if path.exists():
        return
    store = SqliteStore(path)
    store.prepare()
    firms = (Organization(id, f"厂{id}", Kind.FIRM, capacity=50) for id in FIRMS)
    store.upsert(GraphRows(organizations=tuple(firms)))
    services = services_on(store)
    for id in FIRMS:
        email = f"{id.replace(':', '.')}@example.org"
        services.accounts.create(ADMIN, email, "P", None, memberships=(AccountMembership(id),))
    store.close()


def person(services: Cooperation, firm: str):  # type: ignore[no-untyped-def]
    return services.principal_of(f"{firm.replace(':', '.')}@example.org")


def write(path: Path, seed: int, pipe: int) -> NoReturn:
    """Propose and move introductions on until somebody kills us; a line for each step done."""
    rng = random.Random(seed)
    services = services_on(SqliteStore(path))
    services.clock.forward(timedelta(days=seed))  # so many requests an organisation sends a day
    mine: list[tuple[str, str, str]] = []
    while True:
        try:
            if len(mine) < 3 or rng.random() < 0.3:
                one, other = rng.sample(FIRMS, 2)
                proposal = Proposal(GoalName.SUPPLIER, one, other)
                made = services.introductions.propose(person(services, one), proposal)
                mine.append((made.id, one, other))
                told = f"{made.id} {Action.ACCEPT} {seed}"
            else:
                id, one, other = rng.choice(mine)
                action = rng.choice(_MOVES)
                outcome = Outcome(OutcomeKind.CONTRACT) if action is Action.REPORT else None
                stored = services.repositories.introductions.get(id)
                before, version = stored.value, stored.version
                step = Transition(action, f"{rng.random()}", outcome=outcome, version=version)
                services.introductions.act(person(services, rng.choice((one, other))), id, step)
                if services.repositories.introductions.get(id).value == before:
                    continue  # done already: nothing was written
                told = f"{id} {action} {seed}"
        except MatchmakerError:
            continue
        os.write(pipe, f"{told}\n".encode())


def killed(path: Path, seed: int) -> list[tuple[str, str]]:
    """What a writer acknowledged before it was killed: introduction and action."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        write(path, seed, writing)
    os.close(writing)
    time.sleep(0.05 + random.Random(seed).random() * LONGEST_SECONDS)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reading) as lines:
        whole = [line.split() for line in lines if line.endswith("\n")]
    return [(id, action) for id, action, _ in whole]


def lost(path: Path, acknowledged: list[tuple[str, str]]) -> list[str]:
    """Acknowledged steps that are not there, and what does not fit together."""
    services = services_on(SqliteStore(path))
    repositories = services.repositories
    missing = []
    wanted: dict[str, list[str]] = {}
    for id, action in acknowledged:
        wanted.setdefault(id, []).append(action)
    for id, actions in wanted.items():
        stored = repositories.introductions.get_or_none(id)
        steps = [step.action.value for step in stored.value.steps] if stored else []
        for action in set(actions):
            short = actions.count(action) - steps.count(action)
            missing += [f"{id} {action}"] * max(0, short)
    running: dict[str, set[str]] = {}
    for introduction in repositories.introductions.values():
        if introduction.state in ACTIVE:
            for party in (introduction.seeker, introduction.candidate):
                running.setdefault(party, set()).add(introduction.id)
    for slots in repositories.slots.values():
        if set(slots.taken) != running.get(slots.id, set()):
            missing.append(f"slots of {slots.id}")
    services.store.close()
    return missing


def main() -> None:
    """Kills until the sum is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--state", type=Path, default=Path("kills.json"))
    arguments = parser.parse_args()
    state = {"kills": 0, "acknowledged": 0, "transitions": 0, "lost": 0}
    if arguments.state.exists():
        state |= json.loads(arguments.state.read_text())
    while state["kills"] < arguments.kills:
        # Another store now and then: once everybody has asked everybody there is nothing to write.
        path = arguments.state.with_suffix(f".{state['kills'] // STORE_LASTS}.db")
        prepared(path)
        acknowledged = killed(path, state["kills"])
        missing = lost(path, acknowledged)
        for line in missing:
            print(f"kill {state['kills']}: {line}", flush=True)
        state["kills"] += 1
        state["acknowledged"] += len(acknowledged)
        state["transitions"] += sum(action != Action.ACCEPT for _, action in acknowledged)
        state["lost"] += len(missing)
        arguments.state.write_text(json.dumps(state))
    told = "{kills} kills, {acknowledged} acknowledged, {transitions} of them moves, {lost} lost"
    print(told.format(**state))


if __name__ == "__main__":
    main()
