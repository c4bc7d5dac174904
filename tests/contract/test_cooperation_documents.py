"""Alerts within limits, the hold-out, and forgetting, on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matchmaker.access import ADMIN, SYSTEM
from matchmaker.domain import GoalName, GraphRows, Kind, Need, OfferKind, Provenance, SourceTier
from matchmaker.errors import ChangedMeanwhile, InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.recommend.model import Recommendation
from matchmaker.services.cooperation.batches import Batches, PlannedPair
from matchmaker.services.cooperation.cluster_reviews import ClusterReviews
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.matching.answer import Answer, Freshness
from matchmaker.services.operations.submitted_lists import SubmittedLists
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.store.documents import Store, new_id
from matchmaker.store.ports import MergeRules
from matchmaker.workflow.account import Preferences
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.notification import NotificationKind
from matchmaker.workflow.posting import Posting, PostingAction, PostingState
from tests.contract.cooperation import START, cooperation_on


class Ranked:
    """A matcher that always names the same two: what is tested here is who is told."""

    def for_need(self, principal, need, question, *, recorded):
        candidates = tuple(
            Recommendation(row, id, id, "", Kind.FIRM, 0.9, (), (), (), ())
            for row, id in enumerate(("t:f1", "t:f2"))
        )
        return Answer(question.goal, need.organization, candidates, Freshness(1, START.date(), 1))


def postings_on(store, services):
    """Postings that are alerted of to whom `Ranked` names."""
    return Postings(
        store,
        services.repositories,
        NotificationOutbox(services.repositories),
        lambda: Ranked(),
        services.clock,
    )


def reviews_on(store, services):
    """Whether coordinators see postings and own lists first."""
    lists = SubmittedLists(store, services.repositories, services.clock)
    postings = postings_on(store, services)
    return ClusterReviews(store, services.repositories, postings, lists, services.clock)


def waiting_for_review(store):
    """A need that its firm posted and coordinators see first: both sides and its id."""
    services = cooperation_on(store)
    owner, coordinator = services.person("t:f0").principal(), services.coordinator()
    postings = postings_on(store, services)
    reviews_on(store, services).set_review(coordinator, "t:c", reviews=True)
    posting = Posting("t:f0", "铸件", id=new_id(), author="", created=START, goal=GoalName.SUPPLIER)
    id = postings.post(owner, posting, publish=True).posting.id
    return postings, owner, coordinator, id


def test_alerts_go_to_those_who_want_them_and_within_their_number(store: Store) -> None:
    services = cooperation_on(store)
    owner = services.person("t:f0").principal()
    wants, silent = services.person("t:f1"), services.person("t:f2")
    services.accounts.set_preferences(wants.principal(), Preferences("zh", alerts_a_week=2))
    postings = postings_on(store, services)

    def post() -> None:
        posting = Posting(
            "t:f0", "需要铸件", goal=GoalName.SUPPLIER, id=new_id(), author="", created=START
        )
        postings.post(owner, posting, publish=True)

    def alerts(account) -> int:
        notifications = services.repositories.notifications.values("account", account.id)
        return sum(
            notification.kind is NotificationKind.NEED_POSTED for notification in notifications
        )

    for _ in range(4):
        post()
    assert (alerts(wants), alerts(silent)) == (2, 0)
    services.clock.forward(timedelta(days=8))
    post()
    assert alerts(wants) == 3
    services.clock.forward(timedelta(days=8))
    gone = replace(store.organization("t:f0"), listed=False)
    store.upsert(GraphRows(organizations=(gone,)))
    post()
    assert alerts(wants) == 3


def test_a_posting_expires_and_is_renewed_in_the_graph_too(store: Store) -> None:
    services = cooperation_on(store)
    owner = services.person("t:f0").principal()
    postings = postings_on(store, services)
    posting = Posting(
        "t:f0", "需要铸件", id=new_id(), author="", created=START, goal=GoalName.SUPPLIER,
        deadline=START.date() + timedelta(days=3),
    )  # fmt: skip
    published = postings.post(owner, posting, publish=True).posting
    services.clock.forward(timedelta(days=5))
    assert postings.expire_due() == 1
    assert store.need(published.graph_id).state == "expired"
    postings.act(owner, published.id, PostingAction.RENEW)
    assert store.need(published.graph_id).state == "open"
    assert postings.sync_graph() == 0


def approve(postings, coordinator, id: str) -> None:
    """Approve what it says now."""
    read = postings.show(coordinator, id).version
    postings.act(coordinator, id, PostingAction.APPROVE, version=read)


def test_a_coordinator_approves_the_words_that_they_read_and_no_later_ones(store: Store) -> None:
    postings, owner, coordinator, id = waiting_for_review(store)
    (read,) = postings.to_review(coordinator, "t:c")
    postings.edit(owner, id, {"text": "请汇款到此账户"})
    with pytest.raises(ChangedMeanwhile) as refusal:
        postings.act(coordinator, id, PostingAction.APPROVE, version=read.version)
    assert "请汇款到此账户" in str(refusal.value)
    with pytest.raises(InvalidInput):  # nor without saying what was read
        postings.act(coordinator, id, PostingAction.APPROVE)
    assert postings.show(owner, id).posting.state == "in_review"
    with pytest.raises(NotFound):
        store.need(f"post:{id}")
    approve(postings, coordinator, id)
    assert store.need(f"post:{id}").text == "请汇款到此账户"


def told(services, account, kind: NotificationKind) -> list[str]:
    every = services.repositories.notifications.values("account", account.id)
    return [each.subject for each in every if each.kind is kind]


@pytest.mark.parametrize("ends", ["switched off", "left"])
def test_what_waits_for_nobody_any_more_goes_back_to_who_posted_it(store: Store, ends: str) -> None:
    """It waited for ever; its owner is told, and publishes it at once."""
    services = cooperation_on(store)
    person, coordinator = services.person("t:f0"), services.coordinator()
    owner, postings, reviews = (
        person.principal(), postings_on(store, services), reviews_on(store, services),
    )  # fmt: skip
    reviews.set_review(coordinator, "t:c", reviews=True)
    posting = Posting("t:f0", "铸件", id=new_id(), author="", created=START, goal=GoalName.SUPPLIER)
    id = postings.post(owner, posting, publish=True).posting.id
    assert reviews.give_back() == 0
    if ends == "left":
        gone = GraphRows(memberships=store.memberships_of("t:f0"))
        store.replace_rows(GraphRows(), gone)
    else:
        # Of thousands that wait, whoever switches it off is not to wait for each.
        reviews.set_review(coordinator, "t:c", reviews=False)
        assert postings.show(owner, id).posting.state == "in_review"
    assert reviews.give_back() == 1
    assert told(services, person, NotificationKind.REVIEW_ENDED) == [f"posting/{id}"]
    assert postings.act(owner, id, PostingAction.PUBLISH).posting.state == "published"
    assert reviews.give_back() == 0


def test_coordinators_are_told_once_until_they_look(store: Store) -> None:
    """However often somebody hands something in and takes it back; of another one they are."""
    services = cooperation_on(store)
    services.coordinator()
    (reviewer,) = services.repositories.accounts.values("cluster", "t:c")
    firms = services.person("t:f0").principal(), services.person("t:f1").principal()
    postings = postings_on(store, services)
    reviews_on(store, services).set_review(ADMIN, "t:c", reviews=True)
    for firm, organization in zip(firms, ("t:f0", "t:f1"), strict=True):
        posting = Posting(
            organization, "铸件", id=new_id(), author="", created=START, goal=GoalName.SUPPLIER
        )
        id = postings.post(firm, posting, publish=True).posting.id
        for _ in range(3):
            postings.act(firm, id, PostingAction.WITHDRAW)
            postings.act(firm, id, PostingAction.RENEW)
    assert told(services, reviewer, NotificationKind.POSTING_SUBMITTED) == ["review/t:c"] * 2


def test_a_note_of_coordinators_has_an_end(store: Store) -> None:
    """Pages hold it to 4,000 characters; who sends the form by a program is held, too."""
    postings, _, coordinator, id = waiting_for_review(store)
    with pytest.raises(InvalidInput, match="at most"):
        postings.act(coordinator, id, PostingAction.RETURN, "长" * 4_001)
    postings.act(coordinator, id, PostingAction.RETURN, "长" * 4_000)


@pytest.mark.parametrize("kind", [{"goal": GoalName.SUPPLIER}, {"offer_kind": OfferKind.PRODUCT}])
def test_the_graph_keeps_the_words_last_published_until_others_are(store: Store, kind) -> None:
    services = cooperation_on(store)
    owner, coordinator = services.person("t:f0").principal(), services.coordinator()
    postings = postings_on(store, services)
    posting = Posting("t:f0", "铸件", id=new_id(), author="", created=START, **kind)
    id = postings.post(owner, posting, publish=True).posting.id
    row = store.need if "goal" in kind else store.offer

    def edit(text: str) -> str:
        postings.edit(owner, id, {"text": text})
        return row(f"post:{id}").text

    assert edit("球墨铸件") == "球墨铸件"
    postings.act(owner, id, PostingAction.WITHDRAW)
    assert edit("typed after it was withdrawn") == "球墨铸件"
    reviews_on(store, services).set_review(coordinator, "t:c", reviews=True)
    postings.act(owner, id, PostingAction.RENEW)
    assert edit("typed while it is reviewed") == "球墨铸件"
    postings.act(coordinator, id, PostingAction.RETURN)
    assert edit("typed into a draft") == "球墨铸件"
    assert postings.sync_graph() == 0
    postings.act(owner, id, PostingAction.PUBLISH)
    approve(postings, coordinator, id)
    assert row(f"post:{id}").text == "typed into a draft"


def test_what_an_import_brought_is_changed_by_its_owner_under_the_same_id(store: Store) -> None:
    services = cooperation_on(store)
    owner, other = (services.person(id).principal() for id in ("t:f0", "t:f1"))
    postings = postings_on(store, services)
    of_a_list = Provenance("list.csv", "", SourceTier.IMPORT, START.date())
    listed = Need("t:listed", "t:f0", GoalName.SUPPLIER, "铸件", provenance=of_a_list)
    store.upsert(GraphRows(needs=(listed,)))
    assert listed.id in [row.id for row in postings.imported(owner, "t:f0")]
    with pytest.raises(NotAllowed):
        postings.imported(other, "t:f0")
    with pytest.raises(NotFound):
        postings.adopt(other, "t:f1", listed.id, {"text": "别家的"})
    posted = postings.adopt(owner, "t:f0", listed.id, {"text": "CF8铸件，每月两吨"}).posting
    assert posted.graph_id == listed.id
    assert store.need(listed.id).text == "CF8铸件，每月两吨"
    assert store.need(listed.id).provenance.tier is SourceTier.SELF
    assert listed.id not in [row.id for row in postings.imported(owner, "t:f0")]
    store.upsert(GraphRows(needs=(listed,)))  # the same list once more
    postings.sync_graph()
    assert store.need(listed.id).text == "CF8铸件，每月两吨"


def test_what_a_list_brought_is_withdrawn_in_review_and_its_new_text_stays_unseen(
    store: Store,
) -> None:
    services = cooperation_on(store)
    owner, coordinator = services.person("t:f0").principal(), services.coordinator()
    postings = postings_on(store, services)
    reviews_on(store, services).set_review(coordinator, "t:c", reviews=True)
    of_a_list = Provenance("list.csv", "", SourceTier.IMPORT, START.date())
    listed = Need("t:listed", "t:f0", GoalName.SUPPLIER, "铸件", provenance=of_a_list)
    store.upsert(GraphRows(needs=(listed,)))
    posting = postings.adopt(owner, "t:f0", listed.id, {"text": "CF8铸件"}).posting
    assert (posting.state, store.need(listed.id)) == ("in_review", listed)
    # Another tab that shows the list's row, and adopts it in the same moment.
    with pytest.raises(ChangedMeanwhile):
        postings.post(owner, replace(posting, state=PostingState.DRAFT), publish=True)
    with pytest.raises(WrongState, match="meanwhile"):
        postings.edit(owner, posting.id, {"text": "旧页面"}, 7)
    postings.act(owner, posting.id, PostingAction.WITHDRAW)
    withdrawn = store.need(listed.id)
    assert (withdrawn.state, withdrawn.text) == ("closed", "铸件")
    assert postings.sync_graph() == 0
    # The same list once more opens nothing.
    rules = MergeRules(written_defaults={("needs", listed.id): frozenset({"state"})})
    changes = store.import_rows(GraphRows(needs=(replace(listed, quantity="2"),)), rules)
    assert store.need(listed.id) == withdrawn
    assert changes.contradicted_keys == (("needs", listed.id),)
    postings.act(owner, posting.id, PostingAction.RENEW)
    assert store.need(listed.id) == withdrawn
    approve(postings, coordinator, posting.id)
    assert (store.need(listed.id).state, store.need(listed.id).text) == ("open", "CF8铸件")
    told = services.repositories.notifications.values("account", owner.account)
    assert NotificationKind.NEED_POSTED not in {notification.kind for notification in told}


def test_held_out_pairs_are_written_down_and_never_proposed(store: Store) -> None:
    services = cooperation_on(store)
    coordinator = services.coordinator()
    batches = Batches(
        store, services.repositories, services.introductions, services.capacity,
        lambda: None, lambda: None, lambda: ("salt", 0.5), services.clock,
    )  # fmt: skip
    pairs = [
        PlannedPair(a, b, GoalName.SUPPLIER, 0.5)
        for a in ("t:f0", "t:f1", "t:f2")
        for b in ("t:f1", "t:f2", "t:f3")
        if a < b
    ]
    batch = batches.for_pairs(coordinator, "t:c", pairs)
    assignments = list(services.repositories.assignments.values("cluster", "t:c"))
    held = {(pair.seeker, pair.candidate) for pair in assignments if pair.held}
    treated = {(pair.seeker, pair.candidate) for pair in assignments if not pair.held}
    assert len(held) == batch.held_out > 0
    assert len(treated) == len(batch.introductions) > 0
    proposed = {
        (pair.seeker, pair.candidate) for pair in services.repositories.introductions.values()
    }
    assert proposed == treated
    again = batches.for_pairs(coordinator, "t:c", pairs)
    assert again.introductions == ()
    assert {
        (pair.seeker, pair.candidate)
        for pair in services.repositories.assignments.values("cluster", "t:c")
        if pair.held
    } == held


def test_a_batch_keeps_to_the_slots(store: Store) -> None:
    services = cooperation_on(store, {"t:f3": 1})
    batches = Batches(
        store, services.repositories, services.introductions, services.capacity,
        lambda: None, lambda: None, lambda: ("salt", 0.0), services.clock,
    )  # fmt: skip
    pairs = [
        PlannedPair(pair, "t:f3", GoalName.SUPPLIER, value)
        for pair, value in (("t:f0", 0.4), ("t:f1", 0.9), ("t:f2", 0.5))
    ]
    batch = batches.for_pairs(services.coordinator(), "t:c", pairs)
    assert [(pair.seeker, pair.value) for pair in batch.planned] == [("t:f1", 0.9)]


def test_what_is_old_becomes_counts_and_no_count_is_lost(store: Store) -> None:
    services = cooperation_on(store)
    person = services.person("t:f0").principal()
    introduction = services.introductions.propose(
        person, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")
    )
    services.introductions.act(person, introduction.id, Transition(Action.CANCEL))
    privacy = services.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    assert privacy.forget_old() == 0
    services.clock.forward(timedelta(days=61))
    assert privacy.forget_old() == 1
    assert services.repositories.introductions.get_or_none(introduction.id) is None
    (tally,) = services.repositories.monthly_counts.values()
    assert dict(tally.counts) == {"supplier cancelled": 1}


def test_a_deleted_person_leaves_the_agreement_and_no_name(store: Store) -> None:
    services = cooperation_on(store)
    first, second = services.person("t:f0"), services.person("t:f1")
    introduction = services.introductions.propose(
        first.principal(), Proposal(GoalName.SUPPLIER, "t:f0", "t:f1")
    )
    services.introductions.act(second.principal(), introduction.id, Transition(Action.ACCEPT))
    services.conversations.write(first.principal(), introduction.id, "您好")
    privacy = services.privacy(keep_interactions=timedelta(days=30), keep_over=timedelta(days=60))
    privacy.delete_account(ADMIN, first.id)
    view = services.introductions.show(second.principal(), introduction.id)
    assert view.state == "accepted"
    assert view.contact.people == ()
    (message,) = services.conversations.messages(second.principal(), introduction.id).rows
    assert (message.text, message.author) == ("您好", "left")


def test_who_opted_out_is_not_proposed_by_a_coordinator(store: Store) -> None:
    import pytest

    from matchmaker.errors import WrongState

    services = cooperation_on(store)
    current = store.organization("t:f1")
    store.replace_organization(replace(current, listed=False), None, current.version)
    with pytest.raises(WrongState):
        services.introductions.propose(SYSTEM, Proposal(GoalName.SUPPLIER, "t:f0", "t:f1"))


def test_what_is_picked_is_planned_in_the_order_in_which_it_is_picked(store: Store) -> None:
    services = cooperation_on(store, {})
    batches = Batches(
        store, services.repositories, services.introductions, services.capacity,
        lambda: None, lambda: None, lambda: ("salt", 0.0), services.clock,
    )  # fmt: skip
    pairs = [
        PlannedPair(first, second, GoalName.SUPPLIER, value)
        for first, second, value in (("t:f2", "t:f3", 0.2), ("t:f0", "t:f1", 0.9))
    ]
    coordinator = services.coordinator()
    for picked in (pairs, pairs[::-1]):
        batch = batches.for_pairs(coordinator, "t:c", picked, dry_run=True)
        assert list(batch.planned) == picked
