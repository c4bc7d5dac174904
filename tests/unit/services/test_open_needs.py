"""Open needs in order, without those that are past, one's own, or of another kind's trade."""

import datetime

import pytest

from matchmaker.access import ADMIN, ANONYMOUS, Principal
from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Need,
    NeedState,
    Organization,
    OrganizationFilter,
    Place,
    PlaceLevel,
)
from matchmaker.errors import InvalidInput, NotAllowed, SignInNeeded
from matchmaker.services.matching.open_needs import NeedOrder, WantedOpenNeeds
from matchmaker.workflow.introduction import Proposal

DAY = datetime.timedelta(days=1)


def need(id, owner, days=None, goal=GoalName.SUPPLIER, age=0, **fields):
    today = datetime.datetime.now(datetime.UTC).date()
    deadline = None if days is None else today + days * DAY
    return Need(
        f"t:{id}",
        f"t:{owner}",
        goal,
        f"需要{id}",
        deadline=deadline,
        date=today - age * DAY,
        **fields,
    )


def rows():
    """Made when a test begins: it may be another day than when the tests were collected."""
    return GraphRows(
        places=(Place("t:wz", "温州", PlaceLevel.CITY),),
        organizations=(
            Organization("t:own", "自己", Kind.FIRM),
            Organization("t:other", "别人", Kind.FIRM, place="t:wz"),
            Organization("t:third", "第三家", Kind.FIRM),
        ),
        needs=(
            need("today", "other", 0, age=3),
            need("later", "third", 9, age=1),
            need("endless", "other", age=2),
            need("past", "other", -1),
            need("closed", "other", state=NeedState.CLOSED),
            need("mine", "own"),
            need("research", "other", goal=GoalName.RESEARCH_PARTNER),
        ),
    )


OWN = Principal("account:a", account="a", organizations=frozenset({"t:own"}))
ANY = WantedOpenNeeds(OrganizationFilter())


@pytest.fixture
def services(wired):
    wired.store.upsert(rows())
    wired.refresher.refresh(ADMIN)
    return wired


def listed(services, wanted=ANY, order=NeedOrder.NEWEST, principal=OWN, own="t:own"):
    rows = services.open_needs.ranked(principal, own, wanted, order)
    return [row.need.id.removeprefix("t:") for row in rows]


@pytest.mark.slow
def test_orders_filters_and_rights(services):
    assert listed(services) == ["later", "endless", "today"]
    assert listed(services, order=NeedOrder.DEADLINE) == ["today", "later", "endless"]
    there = WantedOpenNeeds(OrganizationFilter(places=frozenset({"t:wz"})))
    assert listed(services, there) == ["endless", "today"]
    labs = WantedOpenNeeds(OrganizationFilter(), frozenset({GoalName.RESEARCH_PARTNER}))
    assert listed(services, labs) == []  # a firm is no lab
    assert listed(services, labs, principal=ADMIN, own="") == ["research"]
    with pytest.raises(NotAllowed):
        listed(services, own="t:other")
    with pytest.raises(SignInNeeded):
        listed(services, principal=ANONYMOUS, own="")


@pytest.mark.slow
def test_a_need_whose_deadline_has_passed_cannot_be_answered(services):
    asked = Proposal(GoalName.SUPPLIER, "t:other", "t:own", need="t:past")
    with pytest.raises(InvalidInput) as refused:
        services.introductions.propose(OWN, asked)
    assert refused.value.where == "need"


@pytest.mark.slow  # its graph is embedded
def test_nobody_is_shown_the_wish_of_who_looks_for_the_same(services):
    kinds = {
        "lab": Kind.UNIVERSITY,
        "lab2": Kind.RESEARCH_INSTITUTE,
        "hub": Kind.PLATFORM,
        "hub2": Kind.PLATFORM,
    }
    services.store.upsert(
        GraphRows(
            organizations=tuple(Organization(f"t:{id}", id, kind) for id, kind in kinds.items()),
            needs=tuple(
                need(f"of-{id}", id, goal=GoalName.INDUSTRY_PARTNER)
                for id in ("lab", "hub", "other")
            ),
        )
    )
    wanted = WantedOpenNeeds(OrganizationFilter(), frozenset({GoalName.INDUSTRY_PARTNER}))
    seen = {
        id: set(listed(services, wanted, principal=ADMIN, own=f"t:{id}"))
        for id in ("lab2", "hub2", "own")
    }
    assert seen == {
        "lab2": {"of-hub", "of-other"},
        "hub2": {"of-lab", "of-other"},
        "own": {"of-lab", "of-hub", "of-other"},
    }
