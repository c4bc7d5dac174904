"""An organisation's own list of what it offers: written, sent anew, taken back; on both stores."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest

from matchmaker.access import ADMIN, Principal
from matchmaker.domain import (
    Cluster,
    GraphRows,
    Kind,
    Membership,
    Offer,
    OfferKind,
    Organization,
    Provenance,
    SourceTier,
)
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, SignInNeeded, WrongState
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations import own_lists
from matchmaker.services.operations.document_merge import DocumentMerge
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.submitted_lists import MAX_WAITING, SubmittedLists
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store
from matchmaker.workflow.account import Account, AccountMembership
from matchmaker.workflow.interactions import ClusterRules
from matchmaker.workflow.posting import PostingAction

FIRM = Organization("t:mill", "示例袜业有限公司", Kind.FIRM, name_en="Sample Hosiery")
OTHER = Organization("t:other", "邻居针织有限公司", Kind.FIRM)
CLUSTER = Cluster("t:socks", "袜业集群", "Socks")
ACCOUNT = Account("x", "x@mill.example", "X", utc_now(), memberships=(AccountMembership(FIRM.id),))
OWN = ACCOUNT.principal()
FIRST = "产品名称,型号,材质\n棉袜,A1,棉80%\n运动袜,B2,涤纶\n"


class Desk:
    """A firm, one beside it, and the people of the first, who send its lists."""

    def __init__(self, store: Store, folder: Path) -> None:
        store.upsert(
            GraphRows(
                organizations=(FIRM, OTHER),
                clusters=(CLUSTER,),
                memberships=(Membership(CLUSTER.id, FIRM.id),),
            )
        )
        self.store = store
        self.repositories = Repositories(lambda: store.documents)
        self.repositories.records.commit([self.repositories.accounts.put(ACCOUNT)])
        self.workflow = ImportWorkflow(
            store, self.repositories, Importer(store), cast(JobQueue, None),
            UploadFolder(folder / "uploads"), ImportDecisions(store, self.repositories), utc_now,
        )  # fmt: skip

    def kept(self, text: str, *, by: Principal = OWN, whose: str = FIRM.id) -> str:
        return self.workflow.keep(by, "list.csv", BytesIO(text.encode()), organization=whose)

    def looked_at(self, text: str) -> list[tuple[int, str, str]]:
        report = self.workflow.preview(OWN, self.kept(text)).report
        assert report is not None
        return [(each.line, str(each.state), each.text) for each in report.offerings]

    def written(self, text: str, *, withdraws: bool = False) -> str:
        id = self.kept(text)
        self.workflow.choose(OWN, id, TableOptions(), withdraws=withdraws)
        self.workflow.write_now(OWN, id)
        return id

    def offers(self, *, of: str = FIRM.id) -> dict[str, bool]:
        rows = self.store.offers(of, None, 200).rows
        return {row.text: row.active for row in rows}


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


def test_each_line_is_an_offer_of_its_owner_and_of_nobody_else(desk: Desk) -> None:
    """Two lines, two products; they come from the firm itself, and no organisation is made."""
    desk.written(FIRST)
    rows = desk.store.offers(FIRM.id, None, 10).rows
    assert {(row.text, row.kind, row.provenance.tier) for row in rows} == {
        ("棉袜 A1, 材质 棉80%", OfferKind.PRODUCT, SourceTier.SELF),
        ("运动袜 B2, 材质 涤纶", OfferKind.PRODUCT, SourceTier.SELF),
    }
    assert desk.offers(of=OTHER.id) == {}
    # What the file is called may name a customer, and others read where an offer comes from.
    assert {(row.provenance.source, row.provenance.record) for row in rows} == {("listed", "")}
    assert len(list(desk.store.organizations_by_id([FIRM.id, OTHER.id]))) == 2


def test_a_list_sent_anew_changes_what_has_the_same_name_and_repeats_nothing(desk: Desk) -> None:
    """Nothing is told twice; what is not in the new list stays, and is told of."""
    desk.written(FIRST)
    again = "产品名称,型号,材质\n棉袜,A1,棉95%\n船袜,C3,棉\n"
    assert desk.looked_at(again) == [
        (2, "changed", "棉袜 A1, 材质 棉95%"),
        (3, "new", "船袜 C3, 材质 棉"),
        (0, "missing", "运动袜 B2, 材质 涤纶"),
    ]
    desk.written(again)
    assert desk.offers() == {
        "棉袜 A1, 材质 棉95%": True, "船袜 C3, 材质 棉": True, "运动袜 B2, 材质 涤纶": True,
    }  # fmt: skip
    assert [state for _, state, _ in desk.looked_at(again)] == ["same", "same", "missing"]


def test_what_is_not_in_the_list_goes_only_where_that_is_said_and_comes_back(desk: Desk) -> None:
    """Withdrawn, offered again by a later list; and taking back the list restores it, too."""
    desk.written(FIRST)
    short = "产品名称,型号,材质\n棉袜,A1,棉80%\n"
    taken = desk.written(short, withdraws=True)
    assert desk.offers() == {"棉袜 A1, 材质 棉80%": True, "运动袜 B2, 材质 涤纶": False}
    desk.workflow.undo(OWN, taken)
    assert desk.offers() == {"棉袜 A1, 材质 棉80%": True, "运动袜 B2, 材质 涤纶": True}
    desk.written(short, withdraws=True)
    desk.written(FIRST)
    assert desk.offers() == {"棉袜 A1, 材质 棉80%": True, "运动袜 B2, 材质 涤纶": True}


def test_what_takes_lists_back_is_kept_of_the_five_newest(desk: Desk) -> None:
    """Each of 2,000 offers was 6 MB of the database for ever: a member's thousand a day, 6 GB."""
    ids = [desk.written(f"产品名称,型号,材质\n棉袜,A1,棉{share}%\n") for share in range(80, 87)]
    records = {record.id: record for record in desk.workflow.imports(OWN, organization=FIRM.id)}
    assert [id in records for id in ids] == [True] * 7
    assert [len(records[id].put) for id in ids] == [0, 0, 1, 1, 1, 1, 1]
    assert [len(records[id].before) for id in ids] == [0, 0, 1, 1, 1, 1, 1]
    for id in reversed(ids[2:]):
        desk.workflow.undo(OWN, id)
    assert desk.offers() == {"棉袜 A1, 材质 棉81%": True}
    with pytest.raises(WrongState, match="too old"):
        desk.workflow.undo(OWN, ids[1])


def test_titles_without_end_are_not_remembered(desk: Desk) -> None:
    """Lists with other titles each time were remembered each by all of them."""
    columns = "".join(f",列{number}{'长' * 100}" for number in range(300))
    desk.written(f"产品名称{columns}\n棉袜\n")
    assert list(desk.repositories.remembered_lists.values()) == []
    desk.written("产品名称,型号\n棉袜,A1\n")
    assert len(list(desk.repositories.remembered_lists.values())) == 1


def test_taking_a_list_back_leaves_what_was_there_before(desk: Desk) -> None:
    """Texts as before, and no offer that it brought."""
    desk.written(FIRST)
    before = desk.offers()
    second = desk.written("产品名称,型号,材质\n棉袜,A1,棉95%\n船袜,C3,棉\n")
    taken = desk.workflow.undo(OWN, second)
    assert desk.offers() == before
    assert (taken.fields, taken.rows) == (1, 1)


def test_what_others_imported_of_the_firm_is_said_anew_by_its_own_list(desk: Desk) -> None:
    """One offer and not two, from then on the firm's own words."""
    listed = Offer("socks:1", FIRM.id, OfferKind.PRODUCT, "棉袜 A1", provenance=Provenance("socks"))
    desk.store.upsert(GraphRows(offers=(listed,)))
    desk.written(FIRST)
    row = desk.store.offer("socks:1")
    assert (row.text, row.provenance.tier) == ("棉袜 A1, 材质 棉80%", SourceTier.SELF)
    assert len(desk.offers()) == 2


def test_a_posting_of_the_same_name_stays_and_is_told_of(desk: Desk) -> None:
    """Only its own page changes what was posted."""
    posted = Offer(
        "post:1", FIRM.id, OfferKind.PRODUCT, "棉袜 A1，可来样定制",
        provenance=Provenance("posted", "1", SourceTier.SELF),
    )  # fmt: skip
    desk.store.upsert(GraphRows(offers=(posted,)))
    assert desk.looked_at(FIRST)[0] == (2, "posted", "棉袜 A1, 材质 棉80%")
    desk.written(FIRST)
    assert desk.offers() == {"棉袜 A1，可来样定制": True, "运动袜 B2, 材质 涤纶": True}


def test_a_line_of_somebody_else_is_left_out_with_their_name(desk: Desk) -> None:
    """The firm's own name in any form counts, another's does not."""
    text = (
        "企业名称,产品名称\n示例袜业有限公司,棉袜\nSample Hosiery,运动袜\n"
        "邻居针织有限公司,手套\n,船袜\n"
    )
    preview = desk.workflow.preview(OWN, desk.kept(text))
    assert preview.report is not None
    assert (preview.report.read, preview.report.loaded, preview.report.refused) == (4, 3, 1)
    (problem,) = preview.report.problems
    assert problem.line == 4
    assert "邻居针织有限公司" in problem.reason.text("zh")


def test_nobody_else_brings_a_list_or_takes_it_back(desk: Desk) -> None:
    """Neither strangers nor a key that may only read; an administrator may."""
    other = Principal("account:y", "y", organizations=frozenset({OTHER.id}))
    for stranger in (other, Principal("anonymous")):
        with pytest.raises((NotAllowed, SignInNeeded)):
            desk.kept(FIRST, by=stranger)
    reading = replace(OWN, writes=False)
    with pytest.raises(NotAllowed):
        desk.kept(FIRST, by=reading)
    id = desk.written(FIRST)
    with pytest.raises(NotAllowed):
        desk.workflow.undo(other, id)
    with pytest.raises(NotAllowed):
        desk.workflow.status(other, id)
    assert [each.id for each in desk.workflow.imports(OWN, organization=FIRM.id)] == [id]
    assert desk.workflow.imports(ADMIN) == []
    desk.workflow.undo(ADMIN, id)
    assert desk.offers() == {}


def test_lists_of_a_firm_that_was_merged_are_those_of_who_stays(desk: Desk) -> None:
    """Its people find what they brought, under the other id."""
    id = desk.written(FIRST)
    merge = DocumentMerge(desk.repositories, FIRM.id, OTHER.id, brings_people=False)
    desk.repositories.records.commit(merge.changes())
    assert desk.workflow.imports(ADMIN, organization=FIRM.id) == []
    assert [each.id for each in desk.workflow.imports(ADMIN, organization=OTHER.id)] == [id]


REVIEWER = Account("y", "y@cluster.example", "Y", utc_now(), clusters=(CLUSTER.id,))
COORDINATOR = REVIEWER.principal()


@pytest.fixture
def reviewed(desk: Desk) -> SubmittedLists:
    """Coordinators want to see what is offered, and there is one of them."""
    repositories = desk.repositories
    rules = repositories.rules.put(ClusterRules(CLUSTER.id, reviews=True))
    repositories.records.commit([rules, repositories.accounts.put(REVIEWER)])
    return SubmittedLists(desk.store, repositories, utc_now)


def handed_in(desk: Desk, text: str = FIRST) -> str:
    id = desk.kept(text)
    report = desk.workflow.write_now(OWN, id)
    assert (report.waits, report.written) == (True, False)
    return id


def test_where_coordinators_see_offers_first_a_list_waits_for_their_yes(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """Nothing is offered before; then all of it, and its own people take it back as any list."""
    id = handed_in(desk)
    assert desk.offers() == {}
    assert desk.workflow.imports(OWN, organization=FIRM.id) == []
    assert desk.workflow.status(OWN, id).state == "in_review"
    told = list(desk.repositories.notifications.values("unread", REVIEWER.id))
    assert [(each.kind, each.subject) for each in told] == [
        ("posting_submitted", f"review/{CLUSTER.id}")
    ]
    (waiting,) = reviewed.to_review(COORDINATOR, CLUSTER.id)
    assert [each.text for each in waiting.offerings] == [
        "棉袜 A1, 材质 棉80%",
        "运动袜 B2, 材质 涤纶",
    ]
    reviewed.act(COORDINATOR, id, PostingAction.APPROVE)
    assert desk.offers() == {"棉袜 A1, 材质 棉80%": True, "运动袜 B2, 材质 涤纶": True}
    (record,) = desk.workflow.imports(OWN, organization=FIRM.id)
    assert (record.id, record.imported_by, record.lines.loaded) == (id, OWN.subject, 2)
    assert reviewed.to_review(COORDINATOR, CLUSTER.id) == ()
    with pytest.raises(NotFound):  # what is over is the firm's alone
        reviewed.act(COORDINATOR, id, PostingAction.APPROVE)
    with pytest.raises(WrongState):
        reviewed.act(ADMIN, id, PostingAction.APPROVE)
    desk.workflow.undo(OWN, id)
    assert desk.offers() == {}


def test_a_list_is_sent_back_with_a_note_or_taken_back(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """Neither offers anything, and a changed one may be handed in anew."""
    first, second = handed_in(desk), handed_in(desk, "产品名称\n船袜\n")
    reviewed.act(COORDINATOR, first, PostingAction.RETURN, "请写明针数")
    assert [(each.id, each.note) for each in reviewed.of(OWN, FIRM.id) if each.note] == [
        (first, "请写明针数")
    ]
    assert desk.workflow.status(OWN, first).state == "returned"
    reviewed.act(OWN, second, PostingAction.WITHDRAW)
    reviewed.act(OWN, first, PostingAction.WITHDRAW)
    assert reviewed.of(OWN, FIRM.id) == reviewed.to_review(COORDINATOR, CLUSTER.id) == ()
    assert desk.offers() == {}


def test_of_a_list_that_is_over_no_line_is_kept_twice(desk: Desk, reviewed: SubmittedLists) -> None:
    """Handed in and taken back a thousand times a day, 500 lines of each stayed for ever."""
    lines = "企业名称,产品名称\n示例袜业有限公司,棉袜\n邻居针织有限公司,手套\n"
    approved, taken, returned = (handed_in(desk, lines) for _ in range(3))
    reviewed.act(COORDINATOR, approved, PostingAction.APPROVE)
    reviewed.act(OWN, taken, PostingAction.WITHDRAW)
    reviewed.act(COORDINATOR, returned, PostingAction.RETURN)
    kept = {each.id: len(each.problems) for each in desk.repositories.submitted_lists.values()}
    assert kept == {approved: 0, taken: 0, returned: 1}
    assert [each.line for each in desk.workflow.status(OWN, approved).problems] == [3]


def test_only_who_reviews_approves_and_only_its_own_people_take_back(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """Who coordinates elsewhere, or acts for somebody else, does not even learn of it."""
    id = handed_in(desk)
    stranger = Account("z", "z@x.example", "Z", utc_now(), clusters=("t:elsewhere",)).principal()
    with pytest.raises(NotFound):
        reviewed.act(stranger, id, PostingAction.APPROVE)
    with pytest.raises(NotAllowed):
        reviewed.to_review(stranger, CLUSTER.id)
    with pytest.raises(NotAllowed):
        reviewed.act(OWN, id, PostingAction.APPROVE)
    with pytest.raises(NotAllowed):
        reviewed.act(COORDINATOR, id, PostingAction.WITHDRAW)
    with pytest.raises(NotAllowed):
        reviewed.act(COORDINATOR, id, PostingAction.RENEW)
    assert desk.offers() == {}


def test_where_nobody_reviews_any_more_its_own_people_publish_what_they_handed_in(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """Nobody else does, and not before; also one that was sent back meanwhile."""
    first, second = handed_in(desk), handed_in(desk, "产品名称\n船袜\n")
    reviewed.act(COORDINATOR, second, PostingAction.RETURN, "请写明针数")
    with pytest.raises(NotAllowed):
        reviewed.act(OWN, first, PostingAction.PUBLISH)
    assert not reviewed.may_publish(OWN, FIRM.id)
    stored = desk.repositories.rules.get(CLUSTER.id)
    rules = desk.repositories.rules.put(ClusterRules(CLUSTER.id), stored.version)
    desk.repositories.records.commit([rules])
    assert reviewed.may_publish(OWN, FIRM.id)
    with pytest.raises(NotFound):
        reviewed.act(COORDINATOR, first, PostingAction.PUBLISH)
    for id in (first, second):
        reviewed.act(OWN, id, PostingAction.PUBLISH)
    assert set(desk.offers()) == {"棉袜 A1, 材质 棉80%", "运动袜 B2, 材质 涤纶", "船袜"}
    desk.workflow.undo(OWN, first)
    assert set(desk.offers()) == {"船袜"}
    with pytest.raises(WrongState):
        reviewed.act(OWN, first, PostingAction.PUBLISH)


def test_coordinators_are_told_once_of_lists_that_come_and_go(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """A thousand a day of one member told every coordinator a thousand times."""
    for _ in range(4):
        reviewed.act(OWN, handed_in(desk), PostingAction.WITHDRAW)
    assert len(list(desk.repositories.notifications.values("unread", REVIEWER.id))) == 1


def test_a_note_has_an_end(desk: Desk, reviewed: SubmittedLists) -> None:
    """The page's form says 4,000 characters; a program sends what it likes."""
    with pytest.raises(InvalidInput):
        reviewed.act(COORDINATOR, handed_in(desk), PostingAction.RETURN, "长" * 4_001)


def test_what_is_offered_by_now_counts_as_a_list_is_approved(
    desk: Desk, reviewed: SubmittedLists
) -> None:
    """Two that say the same wait: the second brings nothing twice. Five wait, and no sixth."""
    ids = [handed_in(desk) for _ in range(MAX_WAITING)]
    with pytest.raises(WrongState, match="wait for the coordinators"):
        desk.workflow.write_now(OWN, desk.kept(FIRST))
    for id in ids[:2]:
        reviewed.act(COORDINATOR, id, PostingAction.APPROVE)
    assert len(desk.offers()) == 2


def test_a_list_that_waits_goes_with_its_organisation(desk: Desk, reviewed: SubmittedLists) -> None:
    """Merged into another one it is that one's."""
    handed_in(desk)
    merge = DocumentMerge(desk.repositories, FIRM.id, OTHER.id, brings_people=False)
    desk.repositories.records.commit(merge.changes())
    assert [each.organization for each in reviewed.of(ADMIN, OTHER.id)] == [OTHER.id]


def test_more_than_are_kept_of_one_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three stand where three may; a fourth refuses its list whole."""
    monkeypatch.setattr(own_lists, "MAX_OFFERINGS", 3)
    desk.written(FIRST)
    desk.written("产品名称\n船袜\n")
    preview = desk.workflow.preview(OWN, desk.kept("产品名称\n连裤袜\n"))
    assert isinstance(preview.refused, InvalidInput)


def test_more_characters_than_each_snapshot_reads_in_time_are_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten of the twelve stand; what takes the place of longer ones is counted without them."""
    monkeypatch.setattr(own_lists, "MAX_CHARACTERS", 12)
    desk.written("产品名称\n短短短短短短短短短短\n")
    preview = desk.workflow.preview(OWN, desk.kept("产品名称\n连裤袜\n"))
    assert isinstance(preview.refused, InvalidInput)
    assert "13" in preview.refused.message.text("en")
    id = desk.kept("产品名称\n连裤袜\n")
    desk.workflow.choose(OWN, id, desk.workflow.read_as(OWN, id)[0], withdraws=True)
    assert desk.workflow.preview(OWN, id).refused is None


def test_withdrawn_ones_count_in_the_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each new list, with what was in the last one withdrawn, stays in the graph for ever."""
    monkeypatch.setattr(own_lists, "MAX_EVER", 2)
    for name in ("船袜", "连裤袜", "过膝袜"):
        id = desk.kept(f"产品名称\n{name}\n")
        desk.workflow.choose(OWN, id, desk.workflow.read_as(OWN, id)[0], withdraws=True)
        is_refused = desk.workflow.preview(OWN, id).refused is not None
        assert is_refused == (name == "过膝袜")
        if not is_refused:
            desk.workflow.write_now(OWN, id)


def test_too_many_lines_are_refused_before_each_is_looked_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million names beside what is offered already would be hours of work."""
    monkeypatch.setattr(own_lists, "MAX_OFFERINGS", 3)
    monkeypatch.setattr(own_lists, "matched", lambda *_: pytest.fail("looked for"))
    lines = "".join(f"{number}号袜\n" for number in range(20))
    preview = desk.workflow.preview(OWN, desk.kept(f"产品名称\n{lines}"))
    assert isinstance(preview.refused, InvalidInput)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("nonsense", "nonsense"), ("programme", "posted by itself"), ("service", "")],
)
def test_the_usual_kind_is_one_that_a_list_may_bring(desk: Desk, kind: str, words: str) -> None:
    """It was an error without words, and programmes came without their terms."""
    id = desk.kept("产品名称\n连裤袜\n")
    options = desk.workflow.read_as(OWN, id)[0]
    desk.workflow.choose(OWN, id, replace(options, defaults={"kind": kind}))
    refused = desk.workflow.preview(OWN, id).refused
    assert (words in refused.text("en") and words != "") if refused else words == ""
