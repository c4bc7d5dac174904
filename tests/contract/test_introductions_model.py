"""Random actions by several actors, against a small model of what must hold, on both stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from matchmaker.domain import GoalName, Layer
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import IntroductionStep, Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from tests.contract.cooperation import FIRMS, Cooperation, cooperation_on
from tests.contract.state_machines import run_on

CAPACITIES = {"t:f0": 1, "t:f1": 2, "t:f2": 1, "t:f3": 3}
OPEN = ("accepted", "meeting", "agreed", "delivered")
OUTCOME = Outcome(OutcomeKind.CONTRACT)


@dataclass
class Modelled:
    """What the model knows of one introduction, in words of its own."""

    seeker: str
    candidate: str
    asked_by: str
    staged: bool
    expires: datetime
    state: str
    yes: set[str] = field(default_factory=set)
    agreed_terms: bool = False
    reported: str = ""
    closed: bool = False

    @property
    def parties(self) -> tuple[str, str]:
        return self.seeker, self.candidate

    def other(self, party: str) -> str:
        return self.candidate if party == self.seeker else self.seeker

    def hides_from(self, party: str) -> bool:
        """Whether this one may not know yet who asked: it is answered as if nobody had."""
        return self.staged and not self.agreed_terms and party != self.asked_by


class IntroductionsMachine(RuleBasedStateMachine):
    """Four firms act; the model says after each action what each may see and do."""

    store: Store
    introductions = Bundle("introductions")

    @initialize()
    def begin(self) -> None:
        _clear(self.store)
        self.services: Cooperation = cooperation_on(self.store, CAPACITIES)
        self.people = {firm: self.services.person(firm).principal() for firm in FIRMS}
        self.model: dict[str, Modelled] = {}

    # -- what the model expects

    def running(self, party: str) -> int:
        return sum(
            party in modelled.parties and modelled.state in OPEN for modelled in self.model.values()
        )

    def may_propose(self, seeker: str, candidate: str, asked_by: str) -> bool:
        open_states = (*OPEN, "terms", "proposed")
        other = candidate if asked_by == seeker else seeker
        waiting = sum(
            modelled.state in ("terms", "proposed")
            and other in modelled.parties
            and other not in modelled.yes
            for modelled in self.model.values()
        )
        return (
            not any(
                set(modelled.parties) == {seeker, candidate}
                and modelled.state in open_states
                and not modelled.hides_from(asked_by)
                for modelled in self.model.values()
            )
            and all(
                self.running(modelled) < CAPACITIES[modelled] for modelled in (seeker, candidate)
            )
            and waiting < 3 * CAPACITIES[other]
        )

    # -- actions

    @rule(
        target=introductions,
        pair=st.permutations(FIRMS).map(lambda firms: firms[:2]),
        from_seeker=st.booleans(),
        staged=st.booleans(),
    )
    def propose(self, pair: list[str], from_seeker: bool, staged: bool) -> object:
        seeker, candidate = pair
        asked_by = seeker if from_seeker else candidate
        proposal = Proposal(
            GoalName.SUPPLIER, seeker, candidate,
            terms="付款三十天" if staged else "", terms_first=staged,
        )  # fmt: skip
        expected = self.may_propose(seeker, candidate, asked_by)
        try:
            introduction = self.services.introductions.propose(self.people[asked_by], proposal)
        except WrongState:
            assert not expected
            return multiple()
        assert expected
        self.model[introduction.id] = Modelled(
            seeker, candidate, asked_by, staged, introduction.expires,
            "terms" if staged else "proposed", {asked_by},
        )  # fmt: skip
        return introduction.id

    @rule(
        id=introductions,
        actor=st.sampled_from(FIRMS),
        action=st.sampled_from([action for action in Action if action is not Action.EXPIRE]),
    )
    def act(self, id: str, actor: str, action: Action) -> None:
        modelled = self.model[id]
        outcome = OUTCOME if action is Action.REPORT else None
        try:
            version = self.services.repositories.introductions.get(id).version
            transition = Transition(action, "理由", outcome=outcome, version=version)
            self.services.introductions.act(self.people[actor], id, transition)
            done = True
        except (NotFound, NotAllowed, WrongState, InvalidInput):
            done = False
        assert done == self.expected(modelled, actor, action), (modelled, actor, action)

    def expected(self, modelled: Modelled, actor: str, action: Action) -> bool:
        """Whether it must be possible; if so the model does it, too."""
        if actor not in modelled.parties:
            return False
        late = self.services.clock.now >= modelled.expires and modelled.state in (
            "terms",
            "proposed",
        )
        match action:
            case Action.AGREE_TERMS:
                if (
                    modelled.state == "proposed"
                    and modelled.agreed_terms
                    and actor != modelled.asked_by
                ):
                    # The very same again, unless something was asked since.
                    return self.last_step(modelled).action is action
                if modelled.state != "terms" or actor == modelled.asked_by or late:
                    return False
                modelled.state, modelled.agreed_terms = "proposed", True
            case Action.ACCEPT:
                if actor in modelled.yes and modelled.state in ("proposed", *OPEN):
                    return True
                if modelled.state != "proposed" or late:
                    return False
                if any(self.running(party) >= CAPACITIES[party] for party in modelled.parties):
                    return False
                modelled.yes.add(actor)
                modelled.state = "accepted"
            case Action.ASK:
                if modelled.state not in ("terms", "proposed"):
                    return False
                last = self.last_step(modelled)
                same_again = last.action is action and last.side == _side(modelled, actor)
                return same_again or not late
            case Action.DECLINE:
                if modelled.state == "declined" and actor != modelled.asked_by:
                    return True
                if modelled.state not in ("terms", "proposed") or actor in modelled.yes or late:
                    return False
                modelled.state = "declined"
            case Action.CANCEL:
                if (
                    modelled.state == "cancelled"
                    and actor == modelled.asked_by
                    and not modelled.closed
                ):
                    return True
                if modelled.state not in ("terms", "proposed") or actor != modelled.asked_by:
                    return False
                modelled.state = "cancelled"
            case _:
                return self.expected_later(modelled, actor, action)
        return True

    def expected_later(self, modelled: Modelled, actor: str, action: Action) -> bool:
        last = self.last_step(modelled)
        repeated = last.action is action and last.side == _side(modelled, actor)
        match action:
            case Action.MEET if modelled.state == "accepted":
                modelled.state = "meeting"
            case Action.AGREE if modelled.state in ("accepted", "meeting"):
                modelled.state = "agreed"
            case Action.DELIVER if modelled.state == "agreed":
                modelled.state = "delivered"
            case Action.REPORT if modelled.state in OPEN:
                modelled.reported = actor
            case Action.CONFIRM if modelled.state in OPEN and modelled.reported == modelled.other(
                actor
            ):
                modelled.state = "completed"
            case Action.END if modelled.state in OPEN:
                modelled.state = "ended"
            case Action.WITHDRAW if modelled.state in ("terms", "proposed"):
                modelled.state, modelled.closed = "cancelled", True
            case Action.WITHDRAW if modelled.state in OPEN:
                modelled.state, modelled.closed = "ended", True
            case Action.WITHDRAW if modelled.state == "completed" and not modelled.closed:
                modelled.closed = True
            case _:
                # The store already has it: only the very same step again may pass.
                return repeated and last.state == modelled.state
        return True

    def last_step(self, modelled: Modelled) -> IntroductionStep:
        """As stored, which is what makes the same step again a repetition."""
        return self.services.repositories.introductions.get(self.id_of(modelled)).value.steps[-1]

    def id_of(self, modelled: Modelled) -> str:
        return next(id for id, other in self.model.items() if other is modelled)

    @rule(days=st.integers(1, 8))
    def time_passes(self, days: int) -> None:
        self.services.clock.forward(timedelta(days=days))

    @rule()
    def expire(self) -> None:
        self.services.introductions.expire_due()
        for modelled in self.model.values():
            if (
                modelled.state in ("terms", "proposed")
                and self.services.clock.now >= modelled.expires
            ):
                modelled.state = "expired"

    @rule(id=introductions, actor=st.sampled_from(FIRMS))
    def write(self, id: str, actor: str) -> None:
        modelled = self.model[id]
        talking = (modelled.state in OPEN or modelled.state == "completed") and not modelled.closed
        try:
            self.services.conversations.write(self.people[actor], id, "您好")
            done = True
        except (NotFound, NotAllowed):
            done = False
        assert done == (actor in modelled.parties and talking)

    # -- what always holds

    @invariant()
    def states_are_the_same(self) -> None:
        for id, modelled in getattr(self, "model", {}).items():
            stored = self.services.repositories.introductions.get(id).value
            assert stored.state == modelled.state

    @invariant()
    def nobody_has_more_than_it_said(self) -> None:
        for party in FIRMS if hasattr(self, "model") else ():
            slots = self.services.repositories.slots.get_or_none(party)
            taken = set(slots.value.taken) if slots else set()
            expected = {
                id
                for id, modelled in self.model.items()
                if party in modelled.parties and modelled.state in OPEN
            }
            assert taken == expected
            assert len(taken) <= CAPACITIES[party]

    @invariant()
    def contacts_are_open_only_when_both_agreed(self) -> None:
        for id, modelled in getattr(self, "model", {}).items():
            agreed = (
                modelled.state in OPEN or modelled.state == "completed"
            ) and not modelled.closed
            for party in modelled.parties:
                seen = self.services.introductions.show(self.people[party], id)
                assert (seen.contact is not None) == agreed
                if seen.contact is not None:
                    assert seen.contact.text == f"secret of {modelled.other(party)}"
                assert (seen.other.name == "") == modelled.hides_from(party)
            strangers = set(FIRMS) - set(modelled.parties)
            for stranger in strangers:
                with pytest.raises(NotFound):
                    self.services.introductions.show(self.people[stranger], id)

    @invariant()
    def what_was_completed_is_in_the_graph(self) -> None:
        for id, modelled in getattr(self, "model", {}).items():
            if modelled.state != "completed":
                continue
            around = self.services.store.neighborhood(modelled.seeker, 1, 100)
            ties = [tie for tie in around.ties if tie.id == f"intro:{id}#tie"]
            assert [(t.source, t.target, t.layer) for t in ties] == [
                (modelled.candidate, modelled.seeker, Layer.SUPPLIES)
            ]


def _side(modelled: Modelled, party: str) -> str:
    return "seeker" if party == modelled.seeker else "candidate"


def _clear(store: Store) -> None:
    clear = getattr(store, "clear", None)
    if clear is not None:
        clear()


@pytest.mark.slow
def test_random_actions_agree_with_the_model(store: Store, tmp_path_factory) -> None:
    run_on(store, IntroductionsMachine, tmp_path_factory, examples=(60, 8), steps=(30, 20))
