"""Requests that lapse: who is waited for is reminded five and two days before, and nobody else."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.domain import GoalName
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.notification import NotificationKind
from tests.contract.cooperation import Cooperation, cooperation_on

ASKING, ASKED = "t:f0", "t:f1"


def reminders(base: Cooperation, account: str) -> list[str]:
    """Last days that an account was told of."""
    rows = base.repositories.notifications.values("account", account)
    return [row.facts["time"] for row in rows if row.kind is NotificationKind.INTRODUCTION_EXPIRES]


def test_five_and_two_days_before_and_only_the_side_that_is_waited_for(store: Store) -> None:
    """Proposed on 1 March, lapsing after 14 days: on 15 March, so on the 10th and the 13th."""
    base = cooperation_on(store)
    asking, asked = base.person(ASKING), base.person(ASKED)
    proposal = Proposal(GoalName.SUPPLIER, ASKING, ASKED)
    first = base.introductions.propose(asking.principal(), proposal)
    told = []
    for day in range(1, 15):
        base.clock.forward(timedelta(days=1))
        told += [day] * base.introductions.remind_due()
        told += [day] * base.introductions.remind_due()  # nothing the second time
    assert told == [9, 12]
    assert reminders(base, asked.id) == ["2026-03-15"] * 2
    assert reminders(base, asking.id) == []
    base.introductions.expire_due()
    assert base.introductions.show(asking.principal(), first.id).state == "expired"


def test_who_has_answered_is_not_reminded(store: Store) -> None:
    base = cooperation_on(store)
    asking, asked = base.person(ASKING), base.person(ASKED)
    proposal = Proposal(GoalName.SUPPLIER, ASKING, ASKED)
    made = base.introductions.propose(asking.principal(), proposal)
    base.introductions.act(asked.principal(), made.id, Transition(Action.ACCEPT))
    base.clock.forward(timedelta(days=10))
    assert base.introductions.remind_due() == 0
