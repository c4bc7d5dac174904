"""Several clients at once: is what came of it what some order of one after the other gives?

    python -m benchmarks.histories [--count 10000] [--neo4j 0.2] [--state FILE]

Each history begins with firms, free slots and introductions that were proposed. Clients, each
with an account of its own, then answer, propose, withdraw and report at the same time, and an
administrator makes two organisations one. The log says in which order the steps that changed
something were committed. They are done again in this order by one client alone on a fresh store:
every step must do there what it did, and the end must be the same. A step that changed nothing
(refused, or done already) must be refused alike somewhere between the steps of its client before
and after it. So a history is serialisable, with the log as the witness (Papadimitriou, 1979).

A share of the histories is on a real Neo4j server, the rest on SQLite. FILE keeps the sum.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import MatchmakerError
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.store.documents import Store
from matchmaker.store.sqlite import SqliteStore
from matchmaker.workflow.account import AccountMembership, MembershipRole
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from tests.contract.cooperation import FIRMS, Cooperation, cooperation_on

CAPACITIES = {"t:f0": 1, "t:f1": 2, "t:f2": 1, "t:f3": 3}
TWIN, OTHER = "t:twin", "t:other"  # one organisation that stands there twice
CLIENTS = 3
ACTIONS = [action for action in Action if action is not Action.EXPIRE]
# Those that the rest waits for come oftener.
_OFTEN = (Action.ACCEPT, Action.DECLINE, Action.WITHDRAW)
WEIGHTS = [6 if action in _OFTEN else 1 for action in ACTIONS]


@dataclass(frozen=True)
class Step:
    """What a client does; `about` names an introduction by who proposed it, and as what number."""

    actor: str
    kind: str
    about: tuple[int, int] = (0, 0)
    pair: tuple[str, str] = ("", "")
    action: Action = Action.ACCEPT

    def __str__(self) -> str:
        return f"{self.actor} {self.kind} {self.about} {self.pair} {self.action}"


@dataclass
class World:
    """Services on a store, the people of each client, and the introductions by their names."""

    services: Cooperation
    duplicates: Duplicates
    people: dict[tuple[int, str], str]
    ids: dict[tuple[int, int], str] = field(default_factory=dict)
    begun: int = 0  # the line of the log after which the clients began

    def principal(self, client: int, actor: str) -> Principal:
        account = self.people[max(client, 0), actor]
        return self.services.repositories.accounts.get(account).value.principal()

    def do(self, client: int, number: int, step: Step) -> str:
        """Do a step; "done", or the kind of refusal.

        Who is refused while what they act for moved to another organisation tries again.
        """
        if step.kind == "merge":
            return self.attempt(client, number, step, ADMIN)
        principal = self.principal(client, step.actor)
        came = self.attempt(client, number, step, principal)
        now = self.principal(client, step.actor)
        return came if came == "done" or now == principal else self.do(client, number, step)

    def attempt(self, client: int, number: int, step: Step, principal: Principal) -> str:
        """Do a step as a principal."""
        try:
            if step.kind == "merge":
                self.duplicates.merge(principal, *step.pair, MergeDecision(brings_people=True))
            elif step.kind == "propose":
                proposal = Proposal(GoalName.SUPPLIER, *step.pair)
                made = self.services.introductions.propose(principal, proposal)
                self.ids[client, number] = made.id
            else:
                if step.about not in self.ids:
                    return "unknown"
                outcome = Outcome(OutcomeKind.CONTRACT) if step.action is Action.REPORT else None
                transition = Transition(step.action, outcome=outcome)
                self.services.introductions.act(principal, self.ids[step.about], transition)
        except MatchmakerError as error:
            return type(error).__name__
        return "done"

    def writers(self) -> Iterator[int]:
        """Of each line of the log since they began whose it is: the client's number."""
        clients = {f"account:{id}": client for (client, _), id in self.people.items()}
        clients["admin"] = CLIENTS
        lines = self.services.repositories.records.log(after=self.begun, limit=500)
        return (clients[line.entry.actor] for line in lines if line.entry.actor in clients)

    def end(self) -> Any:
        """What must be the same afterwards, with introductions by their names."""
        names = {id: name for name, id in self.ids.items()}
        repositories = self.services.repositories
        introductions = {
            names[each.id]: (each.seeker, each.candidate, each.state, each.accepted,
                             each.contact_closed, each.reported_by)
            for each in repositories.introductions.values()
        }  # fmt: skip
        taken = {
            slots.id: frozenset(names[id] for id in slots.taken)
            for slots in repositories.slots.values()
            if slots.taken
        }
        rows = self.services.store.export().rows
        ties = {(tie.source, tie.target, tie.layer) for tie in rows.ties}
        return introductions, taken, {row.id for row in rows.organizations}, ties


def world_on(store: Store) -> World:
    """Four firms and two that are one, a person of each for every client."""
    services = cooperation_on(store, CAPACITIES)
    twins = tuple(Organization(id, "双胞胎厂", Kind.FIRM, capacity=2) for id in (TWIN, OTHER))
    store.upsert(GraphRows(organizations=twins))
    people = {
        (client, organization): services.accounts.create(
            ADMIN,
            f"p{client}.{organization.replace(':', '.')}@example.org",
            "P",
            None,
            memberships=(AccountMembership(organization, MembershipRole.OWNER),),
        ).id
        for client in range(CLIENTS)
        for organization in (*FIRMS, TWIN)
    }
    return World(services, Duplicates(store, services.repositories, _now), people)


def _now() -> datetime:
    return datetime(2026, 3, 1, 8, tzinfo=UTC)


def steps_of(seed: int) -> tuple[list[Step], list[list[Step]]]:
    """What is proposed first, and what each client does then; the administrator is the last."""
    rng = random.Random(seed)
    firms = (*FIRMS, TWIN)

    def proposal() -> Step:
        seeker, candidate = rng.sample(firms, 2)
        return Step(seeker, "propose", pair=(seeker, candidate))

    before = [proposal() for _ in range(4)]

    def step() -> Step:
        if rng.random() < 0.3:
            return proposal()
        (action,) = rng.choices(ACTIONS, WEIGHTS)
        about = rng.randrange(len(before))
        actor = rng.choice(before[about].pair if rng.random() < 0.9 else firms)
        return Step(actor, "act", (-1, about), action=action)

    clients = [[step() for _ in range(rng.randint(2, 5))] for _ in range(CLIENTS)]
    merges = [Step("admin", "merge", pair=pair) for pair in ((TWIN, OTHER), (OTHER, TWIN))]
    return before, [*clients, rng.sample(merges, rng.randint(0, 1))]


def at_once(world: World, clients: list[list[Step]]) -> list[list[tuple[str, int]]]:
    """Do all clients' steps in threads; of each step what came of it, and its lines of the log."""
    results: list[list[tuple[str, int]]] = [[] for _ in clients]
    start = threading.Barrier(len(clients))

    def work(client: int) -> None:
        start.wait()
        seen = 0
        for number, step in enumerate(clients[client]):
            came = world.do(client, number, step)
            now = sum(writer == client for writer in world.writers())
            results[client].append((came, now - seen))
            seen = now

    threads = [threading.Thread(target=work, args=(client,)) for client in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


class WouldWrite(Exception):
    """A step that changed nothing would change something here."""


@contextmanager
def nothing_written(store: Store) -> Iterator[None]:
    """Writing raises WouldWrite."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise WouldWrite

    kept = store.documents.commit, store._write  # type: ignore[attr-defined]
    store.documents.commit, store._write = refuse, refuse  # type: ignore[method-assign,attr-defined]
    try:
        yield
    finally:
        store.documents.commit, store._write = kept  # type: ignore[method-assign,attr-defined]


@dataclass
class Replay:
    """The steps of a history one after the other, on a store of their own."""

    world: World
    clients: list[list[Step]]
    results: list[list[tuple[str, int]]]
    at: list[int] = field(default_factory=list)

    def order(self, writers: Iterator[int]) -> Iterator[tuple[int, int]]:
        """Client and number of every step that wrote, in the order of the log's lines."""
        left = [
            [(number, lines) for number, (_, lines) in enumerate(results) if lines]
            for results in self.results
        ]
        more = [0] * len(self.clients)
        for client in writers:
            if more[client]:
                more[client] -= 1
                continue
            number, lines = left[client].pop(0)
            more[client] = lines - 1
            yield client, number

    def run(self, order: list[tuple[int, int]]) -> str:
        """What no order of the steps explains; "" where this one does."""
        self.at = [0] * len(self.clients)
        for position, (client, number) in enumerate(order):
            for other in range(len(self.clients)):
                later = (step for each, step in order[position:] if each == other)
                until = min(later, default=len(self.clients[other]))
                if (problem := self.pass_idle(other, until)) and other == client:
                    return problem
            came, _ = self.results[client][number]
            here = self.world.do(client, number, self.clients[client][number])
            if here != came:
                return f"{self.clients[client][number]}: {came}, and alone {here}"
            self.at[client] = number + 1
        ends = (self.pass_idle(client, len(steps)) for client, steps in enumerate(self.clients))
        return next(filter(None, ends), "")

    def pass_idle(self, client: int, until: int) -> str:
        """Pass the client's steps that wrote nothing, as far as they come out alike here.

        What does not come out alike, else "".
        """
        while self.at[client] < until:
            number = self.at[client]
            came, _ = self.results[client][number]
            with nothing_written(self.world.services.store):
                try:
                    here = self.world.do(client, number, self.clients[client][number])
                except WouldWrite:
                    here = "would write"
            if here != came:
                return f"{self.clients[client][number]}: {came}, and alone {here}"
            self.at[client] += 1
        return ""


def check(seed: int, store: Store, alone: Store) -> str:
    """One history on an empty store, and alone on another; "" where it is serialisable."""
    before, clients = steps_of(seed)
    worlds = world_on(store), world_on(alone)
    for world in worlds:
        for number, step in enumerate(before):
            world.do(-1, number, step)
        (last,) = world.services.repositories.records.last_log(1)
        world.begun = last.number
    results = at_once(worlds[0], clients)
    replay = Replay(worlds[1], clients, results)
    if problem := replay.run(list(replay.order(worlds[0].writers()))):
        return problem
    ends = [world.end() for world in worlds]
    return "" if ends[0] == ends[1] else f"the end differs:\n  {ends[0]}\n  {ends[1]}"


@contextmanager
def embedded(folder: Path) -> Iterator[Store]:
    """An empty SQLite store."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        store = SqliteStore(Path(place) / "graph.db")
        store.prepare()
        yield store
        store.close()


def main() -> None:
    """Histories until the sum is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--neo4j", type=float, default=0.0, help="share of them on Neo4j")
    parser.add_argument("--state", type=Path, default=Path("histories-checked.json"))
    arguments = parser.parse_args()
    state = {"histories": 0, "on_neo4j": 0, "not_serialisable": 0}
    if arguments.state.exists():
        state |= json.loads(arguments.state.read_text())
    with tempfile.TemporaryDirectory() as place, server_in(Path(place), arguments.neo4j) as server:
        while state["histories"] < arguments.count:
            seed = state["histories"]
            is_server = server is not None and random.Random(-seed).random() < arguments.neo4j
            folder = Path(place)
            with (
                embedded(folder) as alone,
                nullcontext(server) if is_server else embedded(folder) as store,
            ):
                if is_server:
                    server.clear()
                if problem := check(seed, store, alone):
                    state["not_serialisable"] += 1
                    print(f"history {seed}: {problem}", flush=True)
            state["histories"] += 1
            state["on_neo4j"] += is_server
            arguments.state.write_text(json.dumps(state))
    print(
        "{histories} histories, {on_neo4j} on Neo4j, {not_serialisable} not serialisable".format(
            **state
        )
    )


@contextmanager
def server_in(folder: Path, share: float) -> Iterator[Any]:
    """A Neo4j server's store where there is to be one, else None."""
    if not share:
        yield None
        return
    from matchmaker.store.neo4j import Neo4jStore
    from tools.neo4j.server import running_server

    with running_server(folder / "neo4j", heap="512m") as address:
        store = Neo4jStore(address.url, address.user, address.password)
        store.prepare()
        yield store
        store.close()


if __name__ == "__main__":
    main()
