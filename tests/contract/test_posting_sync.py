"""A posting and its row in the graph say the same, whoever is ended or faster between the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import GoalName, NeedState, OfferKind
from matchmaker.errors import WrongState
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.services.unit_of_work import UnitOfWork, utc_now
from matchmaker.store.documents import Store
from matchmaker.workflow.posting import Posting, PostingAction
from tests.contract.cooperation import START, Cooperation, cooperation_on
from tests.contract.test_cooperation_documents import postings_on
from tests.contract.test_logged_writes import directory_of


class Desk:
    """A firm that posts a need and an offer."""

    def __init__(self, store: Store) -> None:
        self.base: Cooperation = cooperation_on(store)
        self.store = store
        self.owner: Principal = self.base.person("t:f0").principal()
        self.postings: Postings = postings_on(store, self.base)

    def post(self, id: str, organization: str = "t:f0", **kind: Any) -> None:
        posting = Posting(organization, "铸件", id=id, author="", created=START, **kind)
        self.postings.post(ADMIN, posting, publish=True)


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store)


def after_the_commit(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]) -> None:
    """Have something done once, between the next commit and the writing of the graph."""
    commit, left = UnitOfWork.commit, [meanwhile]

    def early(unit: UnitOfWork, records: Any) -> None:
        commit(unit, records)
        if left:
            left.pop()()

    monkeypatch.setattr(UnitOfWork, "commit", early)


def test_what_is_withdrawn_while_another_edits_it_is_not_live_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post("p", offer_kind=OfferKind.PRODUCT)
    act = desk.postings.act
    after_the_commit(monkeypatch, lambda: act(desk.owner, "p", PostingAction.WITHDRAW))
    desk.postings.edit(desk.owner, "p", {"text": "球墨铸件"})
    assert not desk.store.offer("post:p").active


def test_of_two_edits_at_once_the_graph_has_the_later_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.post("p", offer_kind=OfferKind.PRODUCT)
    edit = desk.postings.edit
    after_the_commit(monkeypatch, lambda: edit(desk.owner, "p", {"slots": 3}))
    edit(desk.owner, "p", {"slots": 2})
    assert desk.postings.show(desk.owner, "p").posting.slots == 3
    assert desk.store.offer("post:p").slots == 3


@pytest.mark.parametrize(
    "change", [{"quantity": "一千件"}, {"deadline": START.date() + timedelta(days=9)}]
)
def test_a_figure_changed_as_a_process_was_ended_gets_into_the_graph_all_the_same(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any]
) -> None:
    desk.post("p", goal=GoalName.SUPPLIER)

    def end() -> None:
        raise KeyboardInterrupt

    after_the_commit(monkeypatch, end)
    with pytest.raises(KeyboardInterrupt):
        desk.postings.edit(desk.owner, "p", change)
    (name, value), need = next(iter(change.items())), desk.store.need
    assert getattr(need("post:p"), name) != value
    assert desk.postings.sync_graph() == 1
    assert getattr(need("post:p"), name) == value
    assert desk.postings.sync_graph() == 0
    # One that was matched since stays matched.
    desk.store.transition_need("post:p", NeedState.OPEN, NeedState.MATCHED)
    assert desk.postings.sync_graph() == 0


def test_a_posting_of_who_is_merged_before_the_graph_has_it_is_of_who_was_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    repositories = desk.base.repositories
    duplicates = Duplicates(desk.store, repositories, utc_now)
    after_the_commit(monkeypatch, lambda: duplicates.merge(ADMIN, "t:f0", "t:f1", MergeDecision()))
    desk.post("p", goal=GoalName.SUPPLIER)
    assert desk.store.need("post:p").organization == "t:f1"


def test_one_posting_of_nobody_keeps_no_other_from_the_graph(desk: Desk) -> None:
    repository = desk.base.repositories.postings
    for id, organization in (("a", "t:nobody"), ("b", "t:f0")):
        desk.post(id, goal=GoalName.SUPPLIER)
        stored = repository.get(id)
        moved = Posting(
            organization, "铸钢件", id=id, author="", created=START, goal=GoalName.SUPPLIER,
            state=stored.value.state, published=stored.value.published,
        )  # fmt: skip
        desk.store.documents.commit([repository.put(moved, stored.version)])
    assert desk.postings.sync_graph() == 1
    assert desk.store.need("post:b").text == "铸钢件"


def test_an_administrator_ends_a_posted_need_by_its_posting(desk: Desk) -> None:
    """Closed by itself it would be open again within the hour, and nobody told."""
    desk.post("p", goal=GoalName.SUPPLIER)
    directory = directory_of(desk.store)
    for before, after in (
        (NeedState.OPEN, NeedState.CLOSED), (NeedState.OPEN, NeedState.EXPIRED),
    ):  # fmt: skip
        with pytest.raises(WrongState, match="Withdraw or renew the posting p"):
            directory.transition_need(ADMIN, "post:p", before, after)
    directory.transition_need(ADMIN, "post:p", NeedState.OPEN, NeedState.MATCHED)
    assert desk.postings.sync_graph() == 0
    desk.postings.act(ADMIN, "p", PostingAction.WITHDRAW)
    assert desk.store.need("post:p").state is NeedState.CLOSED
    with pytest.raises(WrongState):
        directory.transition_need(ADMIN, "post:p", NeedState.CLOSED, NeedState.OPEN)
