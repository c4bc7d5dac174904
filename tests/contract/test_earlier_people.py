"""What people leave with an organisation is theirs: no coordinator invites its next people."""

from __future__ import annotations

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName
from matchmaker.services.people.earlier_people import had_people
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal
from tests.contract.cooperation import Cooperation, cooperation_on

OWN, OTHER = "t:f0", "t:f1"


@pytest.fixture
def base(store: Store) -> Cooperation:
    return cooperation_on(store)


def left(base: Cooperation, principal: Principal) -> None:
    """The only owner leaves."""
    base.accounts.remove_member(ADMIN, OWN, principal.account)


def test_nobody_has_acted_for_who_was_only_proposed(base: Cooperation) -> None:
    coordinator = base.coordinator()
    base.introductions.propose(coordinator, Proposal(GoalName.SUPPLIER, OWN, OTHER))
    assert not had_people(base.repositories, OWN)


def test_a_closed_account_counts(base: Cooperation) -> None:
    person = base.person(OWN)
    base.accounts.set_active(ADMIN, person.id, active=False)
    assert had_people(base.repositories, OWN)


@pytest.mark.parametrize("what", ["never with", "introduction", "nothing"])
def test_what_was_left_counts_when_the_people_are_gone(base: Cooperation, what: str) -> None:
    person = base.person(OWN).principal()
    if what == "never with":
        base.introductions.exclusions.exclude(person, OWN, OTHER, "a private note")
    if what == "introduction":
        base.introductions.propose(person, Proposal(GoalName.SUPPLIER, OWN, OTHER))
    left(base, person)
    assert had_people(base.repositories, OWN) is (what != "nothing")
