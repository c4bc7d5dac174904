"""Many accept at once where only one slot is left: one wins, on both stores."""

from __future__ import annotations

import threading
from dataclasses import replace

from matchmaker.domain import GoalName, GraphRows, Kind, Organization
from matchmaker.errors import WrongState
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, State
from tests.contract.cooperation import cooperation_on

MANY = 50


def test_of_fifty_accepts_for_the_last_slot_exactly_one_wins(store: Store) -> None:
    services = cooperation_on(store, {"t:f0": MANY})
    others = [Organization(f"t:x{number}", f"厂{number}", Kind.FIRM) for number in range(MANY)]
    store.upsert(GraphRows(organizations=tuple(others)))
    buyer = services.person("t:f0").principal()
    people = [services.person(other.id).principal() for other in others]
    ids = [
        services.introductions.propose(buyer, Proposal(GoalName.SUPPLIER, "t:f0", other.id)).id
        for other in others[:20]
    ]
    # A member may have twenty requests out; the suppliers ask for the other thirty.
    ids += [
        services.introductions.propose(
            person, Proposal(GoalName.SUPPLIER, "t:f0", other.id, asking_side=None)
        ).id
        for person, other in zip(people[20:], others[20:], strict=True)
    ]
    current = store.organization("t:f0")
    store.replace_organization(replace(current, capacity=1), None, current.version)

    start = threading.Barrier(MANY)
    results: list[str] = []

    def accept(number: int) -> None:
        principal = people[number] if number < 20 else buyer
        start.wait()
        try:
            services.introductions.act(principal, ids[number], Transition(Action.ACCEPT))
            results.append("won")
        except WrongState as error:
            results.append(str(error.message))

    threads = [threading.Thread(target=accept, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == MANY
    assert results.count("won") == 1
    assert {result for result in results if result != "won"} == {"厂t:f0 has no free slot left."}
    states = [services.repositories.introductions.get(id).value.state for id in ids]
    assert states.count(State.ACCEPTED) == 1
    slots = services.repositories.slots.get("t:f0").value
    assert len(slots.taken) == 1
