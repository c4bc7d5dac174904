"""Who sees which introduction is open, and who proposed it, on both stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matchmaker.access import ANONYMOUS, SYSTEM
from matchmaker.domain import Cluster, GoalName, GraphRows, Kind, Membership, Need, Organization
from matchmaker.errors import MatchmakerError, NotFound, SignInNeeded, WrongState
from matchmaker.services.cooperation.open_introductions import MAX_ASKED_ONE_A_DAY
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, Origin, Side, State
from tests.contract.cooperation import Cooperation, cooperation_on, timedelta


@pytest.fixture
def services(store: Store) -> Cooperation:
    """Beside the cluster of all a second one, with a member of its own and one of both."""
    services = cooperation_on(store)
    store.upsert(
        GraphRows(
            organizations=(Organization("t:o", "外厂", Kind.FIRM),),
            clusters=(Cluster("t:d", "乙群"),),
            memberships=(Membership("t:d", "t:o"), Membership("t:d", "t:f3")),
        )
    )
    return services


def test_open_ones_are_listed_newest_first_to_those_who_may_see_them(services: Cooperation) -> None:
    introductions, coordinator = services.introductions, services.coordinator()
    own, other = (services.person(id).principal() for id in ("t:f0", "t:f1"))
    asked = introductions.propose(own, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))
    services.clock.forward(timedelta(minutes=1))
    proposed = introductions.propose(coordinator, Proposal(GoalName.SUPPLIER, "t:f2", "t:f0"))
    services.clock.forward(timedelta(minutes=1))
    by_itself = introductions.propose(SYSTEM, Proposal(GoalName.RESEARCH_PARTNER, "t:f0", "t:lab"))
    assert [view.id for view in introductions.list_open_of(own, "t:f0")] == [
        by_itself.id, proposed.id, asked.id,
    ]  # fmt: skip
    assert [view.id for view in introductions.list_open_of(other, "t:f0")] == [asked.id]
    assert [view.id for view in introductions.list_open_of(other, "t:f2")] == []
    of_cluster = introductions.list_open_of(coordinator, "t:f0")
    assert [view.id for view in of_cluster] == [by_itself.id, proposed.id]
    assert [(view.origin, view.cluster) for view in of_cluster] == [
        (Origin.SYSTEM, "t:c"), (Origin.COORDINATOR, "t:c"),
    ]  # fmt: skip
    assert introductions.show(own, asked.id).origin is Origin.MEMBER
    declined = introductions.act(other, asked.id, Transition(Action.DECLINE, reason="忙"))
    assert declined.state is State.DECLINED
    assert introductions.list_open_of(other, "t:f0") == []
    with pytest.raises(NotFound):
        introductions.list_open_of(own, "t:nobody")
    with pytest.raises(SignInNeeded):
        introductions.list_open_of(ANONYMOUS, "t:f0")


def test_a_proposal_is_of_the_cluster_of_who_made_it_and_seen_by_no_other_coordinator(
    services: Cooperation,
) -> None:
    """Also where the one who looks for something is a member elsewhere."""
    introductions = services.introductions
    first = services.coordinator()
    second = replace(first, subject="account:second", clusters=frozenset({"t:d"}))
    view = introductions.propose(second, Proposal(GoalName.SUPPLIER, "t:f0", "t:o"))
    assert (view.origin, view.cluster) == (Origin.COORDINATOR, "t:d")
    assert introductions.list_open_of(first, "t:f0") == []
    assert introductions.list_for(first, cluster="t:c").rows == ()
    with pytest.raises(NotFound):
        introductions.show(first, view.id)
    assert [each.id for each in introductions.list_open_of(second, "t:f0")] == [view.id]
    of_both = introductions.propose(second, Proposal(GoalName.SUPPLIER, "t:f1", "t:f3"))
    assert of_both.cluster == "t:d"


def test_an_administrator_who_coordinates_elsewhere_proposes_as_an_administrator(
    services: Cooperation,
) -> None:
    """It is the cluster of the introduction that tells, not another one of either side."""
    both = replace(services.coordinator(), subject="account:both", admin=True)
    proposed = services.introductions.propose(
        both, Proposal(GoalName.SUPPLIER, "t:f0", "t:f3", cluster="t:d")
    )
    assert (proposed.cluster, proposed.origin) == ("t:d", Origin.ADMINISTRATOR)
    own = services.introductions.propose(both, Proposal(GoalName.SUPPLIER, "t:f1", "t:f3"))
    assert (own.cluster, own.origin) == ("t:c", Origin.COORDINATOR)


ELSE_WRONG = {
    "nothing": {}, "a need of another": {"need": "t:o.n"},
    "a cluster of others": {"cluster": "t:d"},
    "no earlier one": {"follows": "nobody's"}, "before the names": {"terms_first": True},
}  # fmt: skip


@pytest.mark.parametrize("wrong", ELSE_WRONG)
@pytest.mark.parametrize("asking", [Side.SEEKER, Side.CANDIDATE])
def test_what_else_is_wrong_with_a_request_does_not_tell_who_is_on_whose_list(
    services: Cooperation, asking: Side, wrong: str
) -> None:
    """t:f1 named t:f0, t:f2 has no slot: t:f0 reads the same of both, whatever else it sends."""
    store, person = services.store, {id: services.person(id).principal() for id in ("t:f0", "t:f1")}
    busy = replace(store.organization("t:f2"), capacity=0)
    need = Need("t:o.n", "t:o", GoalName.SUPPLIER, "外厂要的", "zh")
    store.upsert(GraphRows(organizations=(busy,), needs=(need,)))
    services.introductions.exclusions.exclude(person["t:f1"], "t:f1", "t:f0")

    def refusal(other: str) -> tuple[type[MatchmakerError], str, str]:
        seeker, candidate = ("t:f0", other) if asking is Side.SEEKER else (other, "t:f0")
        proposal = Proposal(
            GoalName.SUPPLIER, seeker, candidate, asking_side=asking, **ELSE_WRONG[wrong]
        )
        with pytest.raises(MatchmakerError) as refused:
            services.introductions.propose(person["t:f0"], proposal)
        error = refused.value
        return type(error), error.where, error.text("en").replace(f"厂{other}", "OTHER")

    assert refusal("t:f1") == refusal("t:f2")


def test_who_asks_and_takes_back_again_and_again_has_to_wait(services: Cooperation) -> None:
    """Each time the other is told twice, and both keep it: three thousand took eight minutes."""
    introductions, other = services.introductions, services.person("t:f1")
    own = services.person("t:f0").principal()
    proposal = Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")

    def ask_and_take_back() -> str:
        services.clock.forward(timedelta(seconds=1))
        id = introductions.propose(own, proposal).id
        introductions.act(own, id, Transition(Action.WITHDRAW))
        return id

    asked = [ask_and_take_back() for _ in range(MAX_ASKED_ONE_A_DAY)]
    told = services.repositories.notifications.count("account", other.id)
    with pytest.raises(WrongState, match="often"):
        introductions.propose(own, proposal)
    assert services.repositories.notifications.count("account", other.id) == told
    # Whoever was asked may ask, whoever else may be asked, and so may the same one tomorrow.
    back = introductions.propose(other.principal(), Proposal(GoalName.SUPPLIER, "t:f1", "t:f0"))
    introductions.act(other.principal(), back.id, Transition(Action.WITHDRAW))
    introductions.propose(own, Proposal(GoalName.SUPPLIER, "t:f0", "t:f2"))
    services.clock.forward(timedelta(days=1))
    assert ask_and_take_back() not in asked


def test_of_two_who_asked_each_other_often_the_latest_are_shown(services: Cooperation) -> None:
    introductions, own = services.introductions, services.person("t:f0").principal()
    ids = []
    for _ in range(5):
        services.clock.forward(timedelta(days=2))
        for _ in range(5):
            services.clock.forward(timedelta(seconds=1))
            ids.append(introductions.propose(own, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")).id)
            introductions.act(own, ids[-1], Transition(Action.WITHDRAW))
    latest = introductions.earlier_introductions(own, introductions.show(own, ids[-1]))
    assert [view.id for view in latest] == ids[-2:-22:-1]
