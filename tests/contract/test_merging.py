"""Two organisations made one, with every document that names the one that goes: one commit."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    DuplicateCandidate,
    FieldOrigin,
    GoalName,
    GraphRows,
    Membership,
    Need,
    Observation,
    SourceTier,
)
from matchmaker.errors import ChangedMeanwhile, NotAllowed, NotFound, WrongState
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.services.picked_organizations import PickedOrganizations
from matchmaker.services.repositories import GivenReference, Repositories, Versioned
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.changes import Put
from matchmaker.store.documents import Store
from matchmaker.store.merging import origin_of_field
from matchmaker.workflow.account import (
    Account,
    AccountMembership,
    GivenPlace,
    Invitation,
    MembershipRole,
)
from matchmaker.workflow.gathering import Gathering, GatheringKind, InvitationAnswer, Meeting
from matchmaker.workflow.interactions import (
    Assignment,
    ConversationMessage,
    Interaction,
    InteractionKind,
    ShownCandidate,
    Slots,
)
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import Origin, OutcomeKind, Side, State
from matchmaker.workflow.job import NotDuplicate
from matchmaker.workflow.notification import Notification, NotificationKind
from matchmaker.workflow.posting import Posting
from matchmaker.workflow.saved_search import SavedSearch
from matchmaker.workflow.webhook import Hook
from tests.contract.graphs import firm, tie

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GONE, KEPT, OTHER = "t:1", "t:2", "t:3"
PAIR = DuplicateCandidate(GONE, KEPT, 0.97, "same name")
ALL = MergeDecision(brings_people=True, clusters=frozenset({"c:1"}))


def introduction(id: str, seeker: str, candidate: str, state: State) -> Introduction:
    return Introduction(
        id=id,
        goal=GoalName.SUPPLIER,
        seeker=seeker,
        candidate=candidate,
        origin=Origin.MEMBER,
        proposed_by="account:a",
        asking_side=Side.SEEKER,
        created=NOW,
        expires=NOW + timedelta(days=14),
        state=state,
        cluster="c:1",
    )


def gathering(id: str, *parties: str) -> Gathering:
    return Gathering(
        id, GatheringKind.SHARED_PLATFORM, "c:1", "平台", "共享", "account:a", NOW,
        tuple((party, InvitationAnswer.JOINED) for party in parties), lead=parties[0],
        meetings=(Meeting(NOW, "第一次", parties),),
    )  # fmt: skip


class World:
    """A store with three firms, and documents of all kinds that name the first."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.repositories = Repositories(lambda: store.documents)
        self.duplicates = Duplicates(store, self.repositories, utc_now)
        store.upsert(
            GraphRows(
                organizations=(firm(1), firm(2), firm(3), firm(4)),
                clusters=(Cluster("c:1", "x"),),
                memberships=(Membership("c:1", GONE),),
                needs=(Need("n:1", GONE, GoalName.SUPPLIER, "需要铸件"),),
                ties=(tie("r1", 1, 3), tie("r2", 1, 2)),
                observations=(Observation("o:1", GONE, "rd_intensity", 2025, 3.2),),
                duplicates=(PAIR,),
            )
        )

    def keep(self, repository: str, *values: object) -> None:
        kept = getattr(self.repositories, repository)
        self.store.documents.commit([kept.put(value) for value in values])

    def value(self, repository: str, id: str) -> object:
        stored = getattr(self.repositories, repository).get_or_none(id)
        return stored.value if isinstance(stored, Versioned) else None

    def merge(self, decision: MergeDecision = ALL) -> None:
        self.duplicates.merge(ADMIN, GONE, KEPT, decision)


@pytest.fixture
def world(store: Store) -> World:
    return World(store)


def test_rows_follow(world: World) -> None:
    world.merge()
    rows = world.store.export().rows
    assert [row.id for row in rows.organizations] == [KEPT, OTHER, "t:4"]
    assert world.store.organization(GONE).id == KEPT
    assert [row.organization for row in (*rows.memberships, *rows.needs)] == [KEPT, KEPT]
    assert [(row.source, row.target) for row in rows.ties] == [(KEPT, OTHER)]
    assert [row.subject for row in rows.observations] == [KEPT]
    assert rows.duplicates == ()


def test_people_and_what_they_did_follow(world: World) -> None:
    owner = Account(
        "a", "a@example.org", "甲", NOW,
        memberships=(AccountMembership(GONE, MembershipRole.OWNER), AccountMembership(OTHER)),
        given_by_key=(GivenPlace("k", GONE), GivenPlace("k", cluster="t:c")),
    )  # fmt: skip
    world.keep("accounts", owner)
    world.keep(
        "invitations", Invitation("i", "b@example.org", "account:a", NOW, AccountMembership(GONE))
    )
    world.keep(
        "postings",
        Posting(GONE, "需要铸件", goal=GoalName.SUPPLIER, id="p", author="a", created=NOW),
    )
    world.keep("hooks", Hook("h", GONE, "https://example.org", "whsec_", NOW))
    world.keep("introductions", introduction("one", GONE, OTHER, State.ENDED))
    world.keep("messages", ConversationMessage("m", "one", GONE, "a", NOW, "您好"))
    world.keep(
        "interactions",
        Interaction(
            "t", InteractionKind.CLICK, NOW, "account:a", GoalName.SUPPLIER, GONE,
            (ShownCandidate(OTHER, 1, 0.5),),
        ),
    )  # fmt: skip
    world.keep("slots", Slots(GONE))
    world.merge()
    read = world.value
    # Whoever comes to another place signs in anew, and its keys end.
    assert read("accounts", "a") == replace(
        owner,
        memberships=(AccountMembership(OTHER), AccountMembership(KEPT, MembershipRole.OWNER)),
        epoch=owner.epoch + 1,
        given_by_key=(GivenPlace("k", KEPT), GivenPlace("k", cluster="t:c")),
    )
    assert read("invitations", "i").membership.organization == KEPT  # type: ignore[attr-defined]
    for repository, id in (("postings", "p"), ("hooks", "h"), ("messages", "m")):
        assert read(repository, id).organization == KEPT  # type: ignore[attr-defined]
    assert read("introductions", "one").seeker == KEPT  # type: ignore[attr-defined]
    assert read("interactions", "t").seeker == KEPT  # type: ignore[attr-defined]
    assert read("slots", GONE) is None
    # They are found by the id that stays, and by no other.
    documents = world.store.documents
    for kind in ("account", "invitation", "posting", "hook", "introduction"):
        assert documents.count(kind, "organization", KEPT) == 1
        assert documents.count(kind, "organization", GONE) == 0
    assert documents.count("trace", "seeker", KEPT) == 1


def test_nobody_comes_along_where_others_act_for_who_stays(world: World) -> None:
    """Who brought in a look-alike has no place at the real one; all are told."""
    real, other, both = (
        Account(
            id, f"{id}@example.org", id, NOW,
            memberships=tuple(AccountMembership(each, MembershipRole.OWNER) for each in places),
            given_by_key=(GivenPlace("k", GONE),) if id == "both" else (),
        )
        for id, places in (("real", [KEPT]), ("evil", [GONE, OTHER]), ("both", [GONE, KEPT]))
    )  # fmt: skip
    world.keep("accounts", real, other, both)
    world.keep(
        "invitations", Invitation("i", "b@example.org", "account:e", NOW, AccountMembership(GONE))
    )
    world.keep("hooks", Hook("h", GONE, "https://evil.example", "whsec_", NOW))
    world.keep(
        "saved_searches",
        *(SavedSearch(f"s-{id}", id, GONE, "x", (), NOW, NOW) for id in ("evil", "both")),
    )
    message = NotificationKind.MESSAGE_RECEIVED
    world.keep(
        "notifications",
        *(
            Notification(
                f"n-{id}", id, message, "introduction/i", NOW, told_for=f"organization/{GONE}"
            )
            for id in ("evil", "both")
        ),
    )
    world.merge()
    accounts = {account.id: account for account in world.repositories.accounts.values()}
    assert accounts["real"] == real
    assert [place.organization for place in accounts["evil"].memberships] == [OTHER]
    assert [place.organization for place in accounts["both"].memberships] == [KEPT]
    assert accounts["both"].given_by_key == ()  # its place at the real one came by no key
    assert accounts["evil"].epoch == other.epoch + 1
    assert world.value("invitations", "i") is None
    assert world.value("hooks", "h") is None
    assert [each.id for each in world.repositories.saved_searches.values()] == ["s-both"]
    told = {
        account: {each.kind for each in world.repositories.notifications.values("account", account)}
        for account in ("real", "evil", "both")
    }
    assert told == {
        "real": {NotificationKind.ORGANIZATION_MERGED},
        "evil": {NotificationKind.PLACE_ENDED_BY_MERGE},
        "both": {NotificationKind.ORGANIZATION_MERGED, message},
    }
    # It goes when they lose their place there, too.
    assert world.value("notifications", "n-both").told_for == f"organization/{KEPT}"


def owner_of(id: str, *organizations: str) -> Account:
    places = tuple(AccountMembership(each, MembershipRole.OWNER) for each in organizations)
    return Account(id, f"{id}@example.org", id, NOW, memberships=places)


def test_nobody_comes_along_and_no_cluster_is_joined_unless_an_administrator_says_so(
    world: World,
) -> None:
    """A look-alike that a coordinator brought in gives neither it nor its people the real one."""
    ended = Membership("c:2", GONE, until=date(2020, 1, 1))
    theirs = Membership("c:3", KEPT)
    rows = GraphRows(
        clusters=(Cluster("c:2", "y"), Cluster("c:3", "z")), memberships=(ended, theirs)
    )
    world.store.upsert(rows)
    world.keep("accounts", owner_of("evil", GONE))
    tomorrow = utc_now() + timedelta(days=1)
    place = AccountMembership(GONE, MembershipRole.OWNER)
    world.keep("invitations", Invitation("i", "b@example.org", "account:e", tomorrow, place))
    prospect = world.duplicates.prospect(ADMIN, GONE, KEPT)
    assert prospect.is_asked_of_people
    assert [cluster.id for cluster in prospect.joining] == ["c:1"]
    world.merge(MergeDecision(read=prospect.digest))
    assert world.repositories.accounts.get("evil").value.memberships == ()
    assert world.value("invitations", "i") is None
    assert {row.cluster for row in world.store.export().rows.memberships} == {"c:2", "c:3"}
    assert [cluster.id for cluster in world.store.clusters_of(KEPT)] == ["c:3"]
    [told] = world.repositories.notifications.values("account", "evil")
    assert told.kind is NotificationKind.PLACE_ENDED_BY_MERGE


def test_what_an_administrator_did_not_read_is_not_decided(world: World) -> None:
    """Somebody takes an invitation, or is invited, between the page and the decision."""
    tomorrow = utc_now() + timedelta(days=1)
    invited = Invitation("i", "b@example.org", "account:e", tomorrow, AccountMembership(GONE))
    for value in (owner_of("evil", GONE), owner_of("real", KEPT), invited):
        read = world.duplicates.prospect(ADMIN, GONE, KEPT).digest
        world.keep("invitations" if isinstance(value, Invitation) else "accounts", value)
        with pytest.raises(ChangedMeanwhile):
            world.merge(replace(ALL, read=read))
    assert world.store.organization(GONE).id == GONE
    prospect = world.duplicates.prospect(ADMIN, GONE, KEPT)
    assert [account.id for account in prospect.losing] == ["evil"]
    assert not prospect.is_asked_of_people
    world.merge(replace(ALL, read=prospect.digest))
    people = world.repositories.accounts.values("organization", KEPT)
    assert [account.id for account in people] == ["real"]


def test_who_merges_the_two_the_other_way_meanwhile_is_told_that_one_is_gone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other merge is through after the pair was looked at, and before its rows are read."""
    slots = DocumentMerge.emptied_slots

    def after_another(merge: DocumentMerge) -> object:
        monkeypatch.setattr(DocumentMerge, "emptied_slots", slots)
        world.duplicates.merge(ADMIN, KEPT, GONE, ALL)
        return slots(merge)

    monkeypatch.setattr(DocumentMerge, "emptied_slots", after_another)
    with pytest.raises(NotFound):
        world.merge()
    assert world.store.organization(KEPT).id == world.store.organization(GONE).id == GONE


@pytest.mark.parametrize("opted_out", [GONE, KEPT])
def test_who_is_one_of_two_is_opted_out_where_either_is(world: World, opted_out: str) -> None:
    own = FieldOrigin("listed", "api", SourceTier.SELF)
    row = world.store.organization(opted_out)
    world.store.upsert(GraphRows(organizations=(replace(row, listed=False, origins=(own,)),)))
    world.merge()
    kept = world.store.organization(KEPT)
    assert not kept.listed
    assert origin_of_field(kept, "listed").tier is SourceTier.SELF


def test_references_follow_and_nobody_gives_its_own(world: World) -> None:
    def given(introduction: str, organization: str, about: str) -> GivenReference:
        id = f"{introduction} {organization}"
        return GivenReference(id, introduction, organization, about, OutcomeKind.CONTRACT, NOW)

    world.keep("references", given("i", GONE, OTHER), given("i", OTHER, GONE))
    world.keep("references", given("j", GONE, KEPT), given("j", KEPT, GONE))
    world.merge()
    kept = {reference.id: reference for reference in world.repositories.references.values()}
    assert kept == {f"i {KEPT}": given("i", KEPT, OTHER), f"i {OTHER}": given("i", OTHER, KEPT)}


def test_gatherings_follow_and_one_that_would_be_too_small_stays(world: World) -> None:
    world.keep("gatherings", gathering("g1", GONE, OTHER), gathering("g2", GONE, KEPT))
    world.keep("gatherings", gathering("g3", OTHER, GONE, KEPT))
    world.merge()
    first, second, third = (world.value("gatherings", id) for id in ("g1", "g2", "g3"))
    assert first == gathering("g1", KEPT, OTHER)
    assert second == gathering("g2", GONE, KEPT)
    assert third == gathering("g3", OTHER, KEPT)


def test_lists_become_one_and_name_nobody_twice(world: World) -> None:
    world.keep(
        "lists",
        PickedOrganizations(f"saved {GONE}", ((OTHER, ""), (KEPT, ""))),
        PickedOrganizations(f"saved {KEPT}", (("t:4", ""), (GONE, ""))),
        PickedOrganizations(f"saved {OTHER}", ((GONE, ""), (KEPT, ""))),
        PickedOrganizations(f"dismissed {GONE}", ((OTHER, "too_far"),)),
    )
    world.merge()
    assert world.value("lists", f"saved {GONE}") is None
    assert world.value("lists", f"saved {KEPT}").items == ((OTHER, ""), ("t:4", ""))  # type: ignore[attr-defined]
    assert world.value("lists", f"saved {OTHER}").items == ((KEPT, ""),)  # type: ignore[attr-defined]
    assert world.value("lists", f"dismissed {KEPT}").items == ((OTHER, "too_far"),)  # type: ignore[attr-defined]


def test_pairs_are_known_by_the_ids_that_stay(world: World) -> None:
    def assigned(seeker: str, candidate: str, day: int) -> Assignment:
        low, high = sorted((seeker, candidate))
        id = f"c:1 supplier {low} {high}"
        at = NOW + timedelta(days=day)
        return Assignment(id, "c:1", GoalName.SUPPLIER, seeker, candidate, at, False)

    world.keep("assignments", assigned(GONE, "t:4", 0), assigned(GONE, OTHER, 0))
    world.keep("assignments", assigned(KEPT, OTHER, 1))
    world.keep(
        "not_duplicates",
        NotDuplicate(f"{GONE} {OTHER}", GONE, OTHER),
        NotDuplicate(f"{GONE} {KEPT}", GONE, KEPT),
    )
    world.merge()
    assert list(world.repositories.assignments.values()) == [
        assigned(KEPT, OTHER, 1),
        assigned(KEPT, "t:4", 0),
    ]
    assert list(world.repositories.not_duplicates.values()) == [
        NotDuplicate(f"{KEPT} {OTHER}", KEPT, OTHER)
    ]


def test_what_the_two_did_with_each_other_stays(world: World) -> None:
    world.keep("introductions", introduction("one", GONE, KEPT, State.COMPLETED))
    world.merge()
    assert world.value("introductions", "one") == introduction("one", GONE, KEPT, State.COMPLETED)


def test_nobody_with_an_open_introduction_goes(world: World) -> None:
    world.keep("introductions", introduction("one", OTHER, GONE, State.PROPOSED))
    before = world.store.export()
    with pytest.raises(WrongState):
        world.merge()
    assert world.store.export() == before
    with pytest.raises(NotAllowed):
        world.duplicates.merge(replace(ADMIN, admin=False, account="a"), GONE, KEPT, ALL)


def test_rows_documents_and_the_log_are_one_commit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document changed at the last moment by somebody else: nothing is written, then all."""
    world.keep(
        "postings",
        Posting(GONE, "需要铸件", goal=GoalName.SUPPLIER, id="p", author="a", created=NOW),
    )
    versions = []
    replace_rows = world.store.replace_rows

    def late(put: GraphRows, drop: GraphRows, *rest: object, **named: object) -> object:
        versions.append(world.store.version())
        if len(versions) == 1:
            stored = world.repositories.postings.get("p")
            noted = replace(stored.value, note="改过")
            world.store.documents.commit([world.repositories.postings.put(noted, stored.version)])
        return replace_rows(put, drop, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(world.store, "replace_rows", late)
    world.merge()
    assert versions[0] == versions[1]
    posting = world.value("postings", "p")
    assert (posting.organization, posting.note) == (KEPT, "改过")  # type: ignore[attr-defined]
    (line,) = world.store.documents.last_log(1)
    assert (line.entry.action, line.entry.subject) == (
        "organization.merged",
        f"organization/{GONE}",
    )
    assert line.number == 1


def test_the_whole_graph_is_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(world.store, "export", lambda: pytest.fail("read the whole graph"))
    world.merge()
    about = world.store.rows_about(KEPT)
    assert [row.id for row in about.ties] == ["t:r1"]
    assert [row.id for row in about.organizations] == [KEPT]
    assert [row.id for row in world.store.rows_about("t:4").organizations] == ["t:4"]


def test_two_that_are_kept_apart_are_one_commit_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[object] = []
    commit = world.store.documents.commit
    monkeypatch.setattr(world.store.documents, "commit", lambda *all: commits.append(all))
    world.duplicates.keep_apart(ADMIN, GONE, KEPT)
    monkeypatch.setattr(world.store.documents, "commit", commit)
    assert commits == []
    assert world.store.duplicates() == ()
    assert world.value("not_duplicates", f"{GONE} {KEPT}") == NotDuplicate(
        f"{GONE} {KEPT}", GONE, KEPT
    )


def test_documents_of_a_refused_change_of_rows_are_not_kept(world: World) -> None:
    """A row that others refer to cannot go, and what came with it is not written either."""
    with pytest.raises(Exception, match="refers"):
        world.store.replace_rows(
            GraphRows(), GraphRows(organizations=(firm(1),)), (), [Put("note", "x", "{}")]
        )
    assert world.store.documents.record("note", "x") is None
