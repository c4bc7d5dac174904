"""References in both stores: counted with consent, by kind, and no longer once it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matchmaker.domain import GoalName
from matchmaker.errors import NotFound, WrongState
from matchmaker.services.cooperation.references import References
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, OutcomeKind
from tests.contract.cooperation import cooperation_on

ASKING, ASKED, OTHER = "t:f0", "t:f1", "t:f2"


def test_a_finished_introduction_counts_once_the_other_side_agrees(store: Store) -> None:
    base = cooperation_on(store)
    references = References(base.repositories, base.clock)
    people = {firm: base.person(firm).principal() for firm in (ASKING, ASKED, OTHER)}
    act = base.introductions.act
    id = base.introductions.propose(people[ASKING], Proposal(GoalName.SUPPLIER, ASKING, ASKED)).id
    act(people[ASKED], id, Transition(Action.ACCEPT))
    with pytest.raises(WrongState):
        references.give(people[ASKING], id)
    report = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.CONTRACT))
    told = act(people[ASKING], id, report)
    act(people[ASKED], id, Transition(Action.CONFIRM, version=told.version))
    with pytest.raises(NotFound):
        references.give(people[OTHER], id)
    references.give(people[ASKING], id)
    references.give(people[ASKING], id)  # twice is once
    assert [(each.kind, each.count) for each in references.of(ASKED)] == [
        (OutcomeKind.CONTRACT, 1)
    ]  # fmt: skip
    assert references.of(ASKING) == ()  # the other side has not agreed
    assert references.is_given(people[ASKING], id)
    assert not references.is_given(people[ASKED], id)
    references.take_back(people[ASKING], id)
    assert references.of(ASKED) == ()
    # It goes with the introduction, of which it could not be taken back.
    references.give(people[ASKING], id)
    base.clock.forward(timedelta(days=61))
    assert base.privacy(keep_interactions=timedelta(30), keep_over=timedelta(60)).forget_old() == 1
    assert references.of(ASKED) == ()
