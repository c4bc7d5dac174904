"""One relation that two lists state, each from its own side, is one row; on both stores.

Every figure here is counted by hand from the two lists that stand in the test.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Cluster,
    Engagement,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Organization,
    Tie,
)
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.operations.duplicates import Duplicates
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.merge_prospect import MergeDecision
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store

A, B, C = "示例双方甲轴承有限公司", "示例双方乙水泵有限公司", "示例双方丙电机有限公司"
DAY = datetime.date
# What A says of whom it supplies, and what B says of whom it buys from.
OF_A = f"企业a,企业b,关系,开始\n{A},{B},供应,2019-03-01\n{A},{C},供应,2020-01-01\n"
OF_B = f"企业a,企业b,关系,结束\n{B},{A},采购自,2030-12-31\n"


@dataclass
class Desk:
    """Imports of one cluster whose members are A, B and C."""

    store: Store
    workflow: ImportWorkflow

    def bring(self, name: str, text: str, **options: object) -> str:
        id = self.workflow.keep(ADMIN, f"{name}.csv", BytesIO(text.encode()), "x:c")
        self.workflow.choose(ADMIN, id, TableOptions(source=name, **options))  # type: ignore[arg-type]
        self.report = self.workflow.write_now(ADMIN, id)
        assert self.report.refused == 0, self.report.problems
        assert self.report.read == self.report.loaded + self.report.refused + self.report.passed
        return id

    def look(self, name: str, text: str) -> ImportReport:
        id = self.workflow.keep(ADMIN, f"{name}.csv", BytesIO(text.encode()), "x:c")
        self.workflow.choose(ADMIN, id, TableOptions(source=name))
        report = self.workflow.preview(ADMIN, id).report
        assert report is not None
        return report

    def take_back(self, id: str) -> None:
        assert self.workflow.undo(ADMIN, id).kept == ()

    def ties(self) -> list[Tie]:
        return list(self.store.export().rows.ties)

    def orders(self) -> list[Engagement]:
        return list(self.store.export().rows.engagements)


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    members = [Organization(f"m:{n}", name, Kind.FIRM) for n, name in enumerate((A, B, C))]
    store.upsert(
        GraphRows(
            organizations=tuple(members),
            clusters=(Cluster("x:c", "Cluster"),),
            memberships=tuple(Membership("x:c", each.id) for each in members),
        )
    )
    repositories, queue = Repositories(lambda: store.documents), cast(JobQueue, None)
    folder = UploadFolder(tmp_path / "uploads")
    decisions = ImportDecisions(store, repositories)
    importer = Importer(store)
    return Desk(
        store, ImportWorkflow(store, repositories, importer, queue, folder, decisions, utc_now)
    )


def test_a_supply_that_both_sides_state_is_one_tie_with_both_words(desk: Desk) -> None:
    desk.bring("of-a", OF_A)
    assert len(desk.ties()) == 2
    desk.bring("of-b", OF_B)
    [tie] = [each for each in desk.ties() if each.target == "m:1"]
    assert len(desk.ties()) == 2
    assert (tie.source, tie.layer, tie.since) == ("m:0", Layer.SUPPLIES, DAY(2019, 3, 1))
    assert tie.until == DAY(2030, 12, 31)  # A left it blank, B says it
    assert tie.provenance.source == "of-a"
    assert [each.source for each in tie.also_stated] == ["of-b"]


def test_what_is_on_record_is_told_before_it_is_written(desk: Desk) -> None:
    desk.bring("of-a", OF_A)
    report = desk.look("of-b", OF_B)
    assert (report.read, report.loaded, report.refused, report.passed) == (1, 1, 0, 0)
    assert report.created.get("ties", 0) == 0
    assert report.changed["ties"] == 1
    [note] = [each.reason.text("en") for each in report.notes if "on record" in each.reason.id]
    assert "other side" in note
    assert "lines 2" in note
    assert len([each for each in desk.ties() if each.also_stated]) == 0


def test_the_same_lists_again_change_nothing(desk: Desk) -> None:
    for name, text in (("of-a", OF_A), ("of-b", OF_B)):
        desk.bring(name, text)
    before, version = desk.store.export().rows, desk.store.version()
    for name, text in (("of-a", OF_A), ("of-b", OF_B)):
        desk.bring(name, text)
        assert desk.report.changed.get("ties", 0) == desk.report.created.get("ties", 0) == 0
    assert desk.store.export().rows.ties == before.ties
    assert desk.store.version() == version


def test_taking_the_second_back_leaves_the_first_as_it_was(desk: Desk) -> None:
    desk.bring("of-a", OF_A)
    before = desk.ties()
    second = desk.bring("of-b", OF_B)
    desk.take_back(second)
    assert desk.ties() == before


def test_taking_the_first_back_leaves_what_the_second_says(desk: Desk) -> None:
    first = desk.bring("of-a", OF_A)
    second = desk.bring("of-b", OF_B)
    desk.take_back(first)
    [tie] = desk.ties()
    assert (tie.source, tie.target, tie.since) == ("m:0", "m:1", None)
    assert (tie.until, tie.provenance.source, tie.also_stated) == (DAY(2030, 12, 31), "of-b", ())
    desk.take_back(second)
    assert desk.ties() == []


def test_three_words_are_taken_back_in_any_order(desk: Desk) -> None:
    third = f"主体,客体,关系\n{A},{B},供应\n"
    for order in ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)):
        texts = (("of-a", OF_A), ("of-b", OF_B), ("third", third))
        ids = [desk.bring(*each) for each in texts]
        [tie] = [each for each in desk.ties() if each.target == "m:1"]
        assert [each.source for each in tie.also_stated] == ["of-b", "third"]
        for left, number in enumerate(order):
            desk.take_back(ids[number])
            stated = [each for each in desk.ties() if each.target == "m:1"]
            assert len(stated) == (0 if left == 2 else 1)
            names = {texts[other][0] for other in order[left + 1 :]}
            for tie in stated:
                words = {tie.provenance.source, *(each.source for each in tie.also_stated)}
                assert words == names
                assert (tie.since is not None) == ("of-a" in names)
                assert (tie.until is not None) == ("of-b" in names)
        assert desk.ties() == []


def test_relations_at_different_times_and_of_different_things_stay_two(desk: Desk) -> None:
    desk.bring("of-a", f"企业a,企业b,关系,开始,结束\n{A},{B},供应,2010-01-01,2012-12-31\n")
    desk.bring("of-b", f"企业a,企业b,关系,开始\n{B},{A},采购自,2015-01-01\n")
    desk.bring("back", f"企业a,企业b,关系\n{B},{A},供应\n")  # the other way round
    desk.bring("use", f"企业a,企业b,关系\n{A},{B},使用\n")
    assert len(desk.ties()) == 4
    assert not any(each.also_stated for each in desk.ties())


def test_cooperation_has_no_direction(desk: Desk) -> None:
    desk.bring("of-a", f"企业a,企业b,关系\n{A},{B},合作\n")
    desk.bring("of-b", f"企业a,企业b,关系\n{B},{A},合作\n")
    [tie] = desk.ties()
    assert [each.source for each in tie.also_stated] == ["of-b"]


def test_both_sides_in_one_list_are_one(desk: Desk) -> None:
    """Of one list only lines whose days agree are one."""
    text = (
        f"企业a,企业b,关系,开始\n{A},{B},供应,2019\n{B},{A},采购自,2019-03-01\n"
        f"{A},{C},供应,2018\n{C},{A},采购自,2021\n"
    )
    id = desk.bring("both", text)
    assert len(desk.ties()) == 3
    desk.take_back(id)
    assert desk.ties() == []


def test_an_order_in_both_lists_is_one_and_other_orders_are_others(desk: Desk) -> None:
    """A lists three orders of B; B lists one of them, and one that A forgot: four in all."""
    desk.bring(
        "of-a",
        f"合同编号,供应商,采购方,产品名称,签订日期,合同金额\n"
        f"HT-1,{A},{B},轴承6204,2024-03-01,50000\nHT-2,{A},{B},轴承6205,2024-03-01,70000\n"
        f"HT-3,{A},{B},轴承6204,2024-04-01,50000\n",
    )
    assert len(desk.orders()) == 3
    second = desk.bring(
        "of-b",
        f"供应商,客户,产品名称,日期,合同编号\n{A},{B},轴承,2024-03,ht-1\n"
        f"{A},{B},轴承6204,2024-03-01,HT-9\n",
    )
    orders = desk.orders()
    assert len(orders) == 4
    [shared] = [each for each in orders if each.also_stated]
    assert (shared.number, shared.amount) == ("HT-1", 50000.0)
    desk.take_back(second)
    assert sorted(each.number for each in desk.orders()) == ["HT-1", "HT-2", "HT-3"]


def test_a_customer_list_and_an_order_list_state_one_supply(desk: Desk) -> None:
    """B's list of suppliers says no more than who; A's list of customers neither."""
    desk.bring(
        "suppliers", f"供应商名称,备注\n{A},老供应商\n", table="orders", defaults={"buyer": B}
    )
    second = desk.bring("customers", f"客户名称\n{B}\n", table="orders", defaults={"supplier": A})
    [order] = desk.orders()
    assert [each.source for each in order.also_stated] == ["customers"]
    desk.bring("orders", f"供应商,采购方,产品名称,日期\n{A},{B},轴承,2024-05-01\n")
    [order] = desk.orders()
    assert (order.text, order.date) == ("轴承", DAY(2024, 5, 1))
    desk.take_back(second)
    [order] = desk.orders()
    assert [each.source for each in order.also_stated] == ["orders"]
    assert (order.text, order.date) == ("轴承", DAY(2024, 5, 1))


def test_two_organisations_made_one_bring_their_relations_together(desk: Desk) -> None:
    """Lists of another office know the same two firms by other ids, until they are one."""
    rows = GraphRows(organizations=(
        Organization("o:a", "另处甲轴承", Kind.FIRM), Organization("o:b", "另处乙水泵", Kind.FIRM),
    ), ties=(
        Tie("o:tie-0123456789abcdef01", "o:a", "o:b", Layer.SUPPLIES, until=DAY(2030, 1, 1)),
        Tie("o:7", "o:a", "o:b", Layer.SUPPLIES),
    ))  # fmt: skip
    desk.store.upsert(rows)
    desk.bring("of-a", OF_A)
    duplicates = Duplicates(desk.store, desk.workflow.repositories, utc_now)
    duplicates.merge(ADMIN, "o:a", "m:0", MergeDecision())
    assert len(desk.ties()) == 4
    duplicates.merge(ADMIN, "o:b", "m:1", MergeDecision())
    [own, tie] = [each for each in desk.ties() if each.target == "m:1"]
    assert own.id == "o:7"  # which its source calls so stays by itself
    assert (tie.since, tie.until) == (DAY(2019, 3, 1), DAY(2030, 1, 1))
    assert [each.id for each in tie.also_stated] == ["o:tie-0123456789abcdef01"]


def test_rows_with_ids_of_their_own_are_never_joined(desk: Desk) -> None:
    """A table of ours says itself what is one: what was taken out comes back as it was."""
    desk.bring("of-a", OF_A)
    desk.bring("ties", "id,source,target,layer\nmy:1,m:0,m:1,SUPPLIES\n", table="ties")
    assert len(desk.ties()) == 3


# A list of members that names whom they deal with: A on record, a firm of the list, nobody known.
MEMBERS = (
    "企业名称,主要供应商,主要客户,合作院校\n"
    f"示例名单甲厂,{A}、示例无人知晓厂,出口欧美,\n"
    f"示例名单乙厂,自产,示例名单甲厂;{C}等,示例无人知晓大学\n"
)


def test_whom_members_deal_with_is_a_relation_where_it_is_known(desk: Desk) -> None:
    """A supplies 甲; 乙 supplies 甲 and C. Of the four others each is told with its line."""
    id = desk.bring("members", MEMBERS)
    names = {row.id: row.name for row in desk.store.export().rows.organizations}
    assert {(names[tie.source], tie.layer, names[tie.target]) for tie in desk.ties()} == {
        (A, Layer.SUPPLIES, "示例名单甲厂"),
        ("示例名单乙厂", Layer.SUPPLIES, "示例名单甲厂"),
        ("示例名单乙厂", Layer.SUPPLIES, C),
    }
    told = [(each.line, each.field) for each in desk.report.problems if each.is_lost]
    assert told == [(2, "suppliers"), (2, "customers"), (3, "suppliers"), (3, "partners")]
    desk.bring("members", MEMBERS)
    assert len(desk.ties()) == 3
    assert desk.report.created.get("ties", 0) == desk.report.changed.get("ties", 0) == 0
    desk.take_back(id)
    assert desk.ties() == []


def test_what_a_list_of_members_says_of_a_supply_on_record_adds_its_word(desk: Desk) -> None:
    desk.bring("of-a", f"企业a,企业b,关系\n{A},{B},供应\n")
    desk.bring("members", f"企业名称,主要供应商\n{B},{A}\n")
    [tie] = desk.ties()
    assert [each.source for each in tie.also_stated] == ["members"]


def test_a_state_that_is_as_by_default_and_is_written_stays_said(desk: Desk) -> None:
    """Else the same register again changes each firm that it calls 存续."""
    text = "企业名称,经营状态\n示例在册厂,存续\n"
    desk.bring("register", text)
    before, version = desk.store.export().rows.organizations, desk.store.version()
    desk.bring("register", text)
    assert desk.store.export().rows.organizations == before
    assert desk.store.version() == version
