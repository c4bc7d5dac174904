"""What changed in a cluster in thirty days, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import (
    Cluster,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    Provenance,
    Tie,
)
from matchmaker.errors import NotAllowed
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import new_id
from matchmaker.web.organization import undertaken
from matchmaker.workflow.account import AccountMembership
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind
from matchmaker.workflow.posting import Posting, PostingAction

TODAY = utc_now().date()
LATELY, BEFORE = TODAY - timedelta(days=3), TODAY - timedelta(days=40)


@pytest.fixture
def world(wired):
    firms = tuple(Organization(f"t:{id}", f"Firm {id}", Kind.FIRM) for id in "abcdef")
    wired.store.upsert(
        GraphRows(
            organizations=firms,
            clusters=(Cluster("t:cluster", "Valves"),),
            memberships=(
                *(Membership("t:cluster", f"t:{id}", since=BEFORE) for id in "abc"),
                Membership("t:cluster", "t:d", since=LATELY),
            ),
            ties=(
                Tie("t:1", "t:a", "t:b", Layer.SUPPLIES, since=BEFORE),
                # They were tied before, so this is no new pair.
                Tie("t:2", "t:b", "t:a", Layer.COOPERATES_WITH, since=LATELY),
                Tie("t:3", "t:a", "t:c", Layer.SUPPLIES, since=LATELY),
                # Not among members.
                Tie("t:4", "t:a", "t:e", Layer.SUPPLIES, since=LATELY),
            ),
        )
    )
    wired.refresher.refresh(ADMIN)
    return wired


def account(wired, name):
    return wired.accounts.create(
        ADMIN, f"{name}@example.org", name, "correct horse 9",
        memberships=(AccountMembership(f"t:{name}"),),
    ).principal()  # fmt: skip


def test_new_members_ties_and_introductions_are_told_and_nothing_that_was_there(world):
    changes = world.cluster_history.changes(ADMIN, "t:cluster")
    assert changes.joined == ("t:d",)
    assert changes.left == ()
    assert [(tie.first, tie.second, tie.since) for tie in changes.ties] == [("t:a", "t:c", LATELY)]
    assert (changes.introductions, changes.needs_published, changes.needs_closed) == ((), 0, 0)
    asker = account(world, "b")
    proposed = world.introductions.propose(asker, Proposal(GoalName.SUPPLIER, "t:b", "t:c"))
    world.introductions.propose(asker, Proposal(GoalName.SUPPLIER, "t:b", "t:e"))
    world.introductions.act(account(world, "c"), proposed.id, Transition(Action.ACCEPT))
    moved = world.cluster_history.changes(ADMIN, "t:cluster")
    assert [(str(state), count) for state, count in moved.introductions] == [("accepted", 1)]
    assert not moved.is_quiet


def test_it_is_for_the_clusters_own_coordinators(world):
    with pytest.raises(NotAllowed):
        world.cluster_history.changes(
            Principal("account:x", "x", clusters=frozenset({"t:other"})), "t:cluster"
        )


def test_who_is_written_into_an_older_list_without_a_day_is_new(world):
    """Seen: four members brought in a moment ago, and "no new member" above how many there are."""
    written = Provenance("list", date=TODAY)
    world.store.upsert(GraphRows(memberships=(Membership("t:cluster", "t:e", provenance=written),)))
    world.refresher.refresh(ADMIN)
    assert world.cluster_history.changes(ADMIN, "t:cluster").joined == ("t:d", "t:e")


def _completed(wired, seeker, candidate, kind, cluster=""):
    """An introduction of two that led to an outcome of the kind; of a `cluster`'s coordinator."""
    first, second = account(wired, seeker), account(wired, candidate)
    proposal = Proposal(GoalName.SUPPLIER, f"t:{seeker}", f"t:{candidate}", cluster=cluster)
    id = wired.introductions.propose(ADMIN if cluster else first, proposal).id
    if cluster:
        wired.introductions.act(first, id, Transition(Action.ACCEPT))
    wired.introductions.act(second, id, Transition(Action.ACCEPT))
    outcome = Outcome(kind, AmountBand.NONE)
    wired.introductions.act(first, id, Transition(Action.REPORT, outcome=outcome))
    wired.introductions.act(second, id, Transition(Action.CONFIRM, outcome=outcome))


def test_what_came_of_an_introduction_is_a_new_tie_only_where_there_was_none(world):
    """Seen: "2 new ties" with a licence between two who had projects before."""
    _completed(world, "a", "b", OutcomeKind.LICENCE)  # tied before
    _completed(world, "c", "d", OutcomeKind.EXCHANGE)  # which is no tie
    changes = world.cluster_history.changes(ADMIN, "t:cluster")
    assert [(tie.first, tie.second) for tie in changes.ties] == [("t:a", "t:c")]
    assert [(str(state), count) for state, count in changes.introductions] == [("completed", 2)]


@pytest.mark.parametrize("kind", [OutcomeKind.LICENCE, OutcomeKind.PLATFORM_USE])
def test_what_two_agreed_on_stands_in_their_record(world, kind):
    """A licence stood there as a contract, without a word of what it was on."""
    _completed(world, "b", "c", kind)
    [row] = world.store.export().rows.engagements
    assert (row.kind, undertaken(row)) == ("contract", kind)
    listed = replace(row, provenance=Provenance("cordis"), topic="HORIZON-CL4")
    assert undertaken(listed) == "contract"


def test_an_effect_counts_new_ties_as_the_page_does(world):
    """Seen: pairs with an exchange, and pairs who had worked together before, by the API alone."""
    _completed(world, "a", "b", OutcomeKind.LICENCE, "t:cluster")  # tied before
    _completed(world, "c", "d", OutcomeKind.EXCHANGE, "t:cluster")  # which is no tie
    assert world.effects.effect(ADMIN, "t:cluster").new_ties == 0
    _completed(world, "e", "f", OutcomeKind.CONTRACT, "t:cluster")
    assert world.effects.effect(ADMIN, "t:cluster").new_ties == 1


def test_a_completed_introduction_counts_before_a_snapshot_has_it(world):
    _completed(world, "b", "c", OutcomeKind.CONTRACT)
    changes = world.cluster_history.changes(ADMIN, "t:cluster")
    assert {(tie.first, tie.second) for tie in changes.ties} == {("t:a", "t:c"), ("t:b", "t:c")}


def test_a_need_that_was_posted_and_taken_down_is_counted_as_both(world):
    """Seen: "1 published" became "0 published, 1 closed" when it was taken down."""
    asker = account(world, "a")
    need = Posting(
        "t:a", "法兰热处理", goal=GoalName.SUPPLIER, id=new_id(), author="", created=utc_now()
    )
    posted = world.postings.post(asker, need, publish=True).posting
    changes = world.cluster_history.changes(ADMIN, "t:cluster")
    assert (changes.needs_published, changes.needs_closed) == (1, 0)
    world.postings.act(asker, posted.id, PostingAction.WITHDRAW)
    changes = world.cluster_history.changes(ADMIN, "t:cluster")
    assert (changes.needs_published, changes.needs_closed) == (1, 1)
