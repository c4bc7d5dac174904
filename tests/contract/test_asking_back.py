"""Who asks whom, found out by asking: on both stores nothing is told that only one pair gets."""

from __future__ import annotations

import pytest

from matchmaker.access import Principal
from matchmaker.domain import Cluster, GoalName, GraphRows, Membership
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.services.cooperation.introduction_views import IntroductionView
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, Side, State
from tests.contract.cooperation import Cooperation, cooperation_on

ASKER, ASKED, OTHER = "t:f0", "t:f1", "t:f2"


@pytest.fixture
def base(store: Store) -> Cooperation:
    return cooperation_on(store, {ASKER: 1, OTHER: 1})


@pytest.fixture
def people(base: Cooperation) -> dict[str, Principal]:
    return {id: base.person(id).principal() for id in (ASKER, ASKED, OTHER)}


def ask(
    base: Cooperation, principal: Principal, seeker: str, candidate: str, **more: object
) -> IntroductionView:
    return base.introductions.propose(
        principal, Proposal(GoalName.SUPPLIER, seeker, candidate, **more)
    )


def ask_back(base: Cooperation, principal: Principal, seeker: str) -> IntroductionView:
    return ask(base, principal, seeker, ASKED, asking_side=Side.CANDIDATE)


def test_asking_back_tells_not_whose_name_is_hidden(
    base: Cooperation, people: dict[str, Principal]
) -> None:
    """The hidden asker and somebody who never asked are answered the same, and cancelled so."""
    hidden = ask(base, people[ASKER], ASKER, ASKED, terms_first=True, terms="30 days")
    answers = [ask_back(base, people[ASKED], id) for id in (ASKER, OTHER)]
    assert [answer.state for answer in answers] == [State.PROPOSED] * 2
    for answer in answers:
        after = base.introductions.act(people[ASKED], answer.id, Transition(Action.CANCEL))
        assert after.state is State.CANCELLED
    assert base.introductions.show(people[ASKED], hidden.id).seeker.id == ""
    # The one that hid its name knows of it, and asks no second time.
    with pytest.raises(WrongState, match="cannot be introduced"):
        ask(base, people[ASKER], ASKER, ASKED)
    base.introductions.act(people[ASKED], hidden.id, Transition(Action.AGREE_TERMS))
    with pytest.raises(WrongState, match="cannot be introduced"):
        ask_back(base, people[ASKED], ASKER)


def test_who_named_one_never_to_meet_answers_as_who_is_busy(
    base: Cooperation, people: dict[str, Principal]
) -> None:
    exclusions = base.introductions.exclusions
    exclusions.exclude(people[ASKER], ASKER, ASKED)
    busy = ask(base, people[OTHER], OTHER, "t:f3")
    third = base.person("t:f3").principal()
    base.introductions.act(third, busy.id, Transition(Action.ACCEPT))
    told = {}
    for id in (ASKER, OTHER):
        with pytest.raises(WrongState) as refused:
            ask_back(base, people[ASKED], id)
        name = base.store.organization(id).name
        told[id] = refused.value.message.text("en").replace(name, "X")
    assert told[ASKER] == told[OTHER]
    with pytest.raises(WrongState, match="chose not to meet"):
        ask(base, people[ASKER], ASKER, ASKED)


def test_a_member_s_request_counts_in_a_cluster_of_its_own_organisation(
    base: Cooperation, people: dict[str, Principal]
) -> None:
    """Or anybody could make figures of a cluster that is not theirs."""
    rows = GraphRows(
        clusters=(Cluster("t:d", "丁集群"),),
        memberships=(Membership("t:d", ASKED), Membership("t:d", "t:lab")),
    )
    base.store.upsert(rows)
    with pytest.raises(InvalidInput, match="cluster of your organisation") as refused:
        ask(base, people[ASKER], ASKER, ASKED, cluster="t:d")
    assert refused.value.where == "cluster"
    made = ask(base, people[ASKED], ASKER, ASKED, asking_side=Side.CANDIDATE, cluster="t:d")
    assert base.repositories.introductions.get(made.id).value.cluster == "t:d"
