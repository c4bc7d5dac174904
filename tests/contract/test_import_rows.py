"""Single statements, certificates and ties of an import go back; on both stores."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import (
    Certificate,
    Cluster,
    Description,
    GraphRows,
    Kind,
    Membership,
    Organization,
    OrganizationFilter,
    Provenance,
    SourceTier,
    key_of,
)
from matchmaker.errors import InvalidInput, WrongState
from matchmaker.ingest.table_options import TableOptions
from matchmaker.ingest.undo import KeptField, WhyKept, key_words
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.operations import import_records
from matchmaker.services.operations.import_decisions import ImportDecisions
from matchmaker.services.operations.import_fields import ImportFields
from matchmaker.services.operations.import_rows import WrittenRow, WrittenState
from matchmaker.services.operations.import_workflow import ImportWorkflow
from matchmaker.services.operations.importer import Importer
from matchmaker.services.operations.job_queue import JobQueue
from matchmaker.services.operations.upload_folder import UploadFolder
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import utc_now
from matchmaker.store.documents import Store

A, B = "示例条目甲轴承有限公司", "示例条目乙水泵有限公司"
MEMBERS = (
    "id,name,kind,description,certificates,headcount\n"
    f"m:0,{A},企业,生产深沟球轴承,CNAS: L1234; ISO 14001,120\n"
)
RELATIONS = f"企业a,企业b,关系,开始\n{A},{B},供应,2019-03-01\n"
OTHER_SIDE = f"企业a,企业b,关系,结束\n{B},{A},采购自,2030-12-31\n"


class Desk:
    """Two organisations on record, of which one has a text, and imports about them."""

    def __init__(self, store: Store, folder: Path) -> None:
        store.upsert(
            GraphRows(
                organizations=(
                    Organization("m:0", A, Kind.FIRM), Organization("m:1", B, Kind.FIRM),
                ),
                descriptions=(Description("m:0#about", "m:0", "轴承厂", "zh"),),
                clusters=(Cluster("x:c", "示例集群"),),
                memberships=(Membership("x:c", "m:0"), Membership("x:c", "m:1")),
            )
        )  # fmt: skip
        self.store = store
        repositories = Repositories(lambda: store.documents)
        self.workflow = ImportWorkflow(
            store, repositories, Importer(store), cast(JobQueue, None),
            UploadFolder(folder / "uploads"), ImportDecisions(store, repositories), utc_now,
        )  # fmt: skip
        self.fields = ImportFields(store, repositories, ClusterSources(store), utc_now)

    def bring(self, name: str, text: str, table: str = "") -> str:
        cluster = "" if table else "x:c"
        id = self.workflow.keep(ADMIN, f"{name}.csv", BytesIO(text.encode()), cluster)
        self.workflow.choose(ADMIN, id, TableOptions(table, name))
        assert self.workflow.write_now(ADMIN, id).refused == 0
        return id

    def rows(self, id: str) -> dict[tuple[str, ...], WrittenRow]:
        return {(row.table, *row.says): row for row in self.fields.show(ADMIN, id).rows}

    def facts(self) -> dict[str, list[object]]:
        """What is on record beside organisations, in the order of its ids."""
        rows = self.store.export().rows
        names = ("descriptions", "certificates", "observations", "ties")
        return {name: sorted(getattr(rows, name), key=lambda row: row.id) for name in names}


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path)


def test_one_row_goes_and_the_whole_import_still_can(desk: Desk) -> None:
    before = desk.facts()
    id = desk.bring("members", MEMBERS, "organizations")
    rows = desk.rows(id)
    certificate, text = (
        rows["certificates", "CNAS", "L1234"],
        rows["descriptions", "生产深沟球轴承"],
    )
    assert (certificate.is_new, certificate.organizations) == (True, ("m:0",))
    [changed] = [value for value in text.changed if value.field == "text"]
    assert (changed.before, changed.after, text.is_new) == ("轴承厂", "生产深沟球轴承", False)
    assert {row.state for row in rows.values()} == {WrittenState.STANDS}
    chosen = [(row.table, row.key) for row in (certificate, text)]
    assert desk.fields.take_back(ADMIN, id, [], chosen).kept == ()
    held = {row.kind for row in cast(list[Certificate], desk.facts()["certificates"])}
    assert "CNAS" not in held
    assert "ISO 14001" in held
    assert before["descriptions"][0] in desk.facts()["descriptions"]
    states = {key: row.state for key, row in desk.rows(id).items()}
    back = {key for key, state in states.items() if state is WrittenState.TAKEN_BACK}
    assert back == {("certificates", "CNAS", "L1234"), ("descriptions", "生产深沟球轴承")}
    assert desk.fields.take_back(ADMIN, id, [], chosen).kept == ()
    assert desk.workflow.undo(ADMIN, id).kept == ()
    assert desk.facts() == before


def test_of_a_tie_that_two_state_each_word_goes_alone(desk: Desk) -> None:
    first = desk.bring("first", RELATIONS)
    second = desk.bring("second", OTHER_SIDE)
    [tie] = desk.rows(first).values()
    assert (tie.says, set(tie.organizations), tie.date) == (
        ("SUPPLIES",), {"m:0", "m:1"}, "2019-03-01",
    )  # fmt: skip
    [word] = desk.rows(second).values()
    assert (word.is_new, word.source) == (False, "second")
    assert desk.fields.take_back(ADMIN, first, [], [("ties", tie.key)]).kept == ()
    [left] = desk.store.export().rows.ties
    assert (left.since, left.provenance.source) == (None, "second")
    [row] = desk.rows(first).values()
    assert row.state is WrittenState.TAKEN_BACK
    assert desk.workflow.undo(ADMIN, first).kept == ()
    [row] = desk.rows(second).values()
    assert row.state is WrittenState.STANDS
    assert desk.fields.take_back(ADMIN, second, [], [(row.table, row.key)]).kept == ()
    assert desk.store.export().rows.ties == ()


def test_what_others_changed_since_stays_and_fields_go_with_it_at_once(desk: Desk) -> None:
    text = "id,name,kind,website,description\nm:0,甲,企业,https://new.example,新文字\n"
    id = desk.bring("members", text, "organizations")
    [row] = [row for row in desk.rows(id).values() if row.table == "descriptions"]
    [now] = [each for each in desk.store.export().rows.descriptions if each.id == row.key]
    later = Description(now.id, now.organization, "自己写的", "zh", provenance=now.provenance)
    desk.store.upsert(GraphRows(descriptions=(later,)))
    chosen = [("m:0", "website")]
    kept = desk.fields.take_back(ADMIN, id, chosen, [(row.table, row.key)]).kept
    assert kept == (KeptField("descriptions", row.key, "text"),)
    assert desk.store.organizations_by_id(["m:0"])["m:0"].website == ""
    assert desk.rows(id)["descriptions", "新文字"].state is WrittenState.CHANGED_SINCE


def test_what_the_import_did_not_write_is_refused_and_nothing_goes(desk: Desk) -> None:
    id = desk.bring("members", MEMBERS, "organizations")
    key = desk.rows(id)["certificates", "CNAS", "L1234"].key
    before = desk.facts()
    for row in (("certificates", "m:0"), ("organizations", "m:0"), ("castles", key)):
        with pytest.raises(InvalidInput):
            desk.fields.take_back(ADMIN, id, [], [("certificates", key), row])
    assert desk.facts() == before


ROWS = {
    "memberships": (
        "cluster,organization,since\nx:d,m:0,2024-01-02\nx:d,m:1,2024-01-02\n", "x:d m:0",
    ),
    "offers": (
        "id,organization,kind,text\nr:0,m:0,product,焊管\nr:1,m:1,product,潜水泵\n", "r:0",
    ),
    "needs": (
        "id,organization,goal,text\nr:0,m:0,supplier,焊管\nr:1,m:1,supplier,水泵壳体\n", "r:0",
    ),
    "observations": (
        "id,subject,indicator,year,value\nr:0,m:0,rd_intensity,2025,3.2\nr:1,x:c,firms,2025,7\n",
        "r:0",
    ),
    "ties": ("id,source,target,layer\nr:0,m:0,m:1,SUPPLIES\nr:1,m:1,m:0,COOPERATES_WITH\n", "r:0"),
}  # fmt: skip


@pytest.mark.parametrize("table", ROWS)
def test_of_two_rows_of_a_table_one_goes_and_what_it_was_found_by_with_it(
    desk: Desk, table: str
) -> None:
    """Also out of what is listed and searched, and a second time nothing happens."""
    id, key = imported_rows(desk, table)
    both = keys_of(desk, table)
    assert key in both
    assert desk.fields.take_back(ADMIN, id, [], [(table, key)]).kept == ()
    left = keys_of(desk, table)
    assert both - left == {key}
    states = {row.key: row.state for row in desk.fields.show(ADMIN, id).rows}
    assert states.pop(key) is WrittenState.TAKEN_BACK
    assert set(states.values()) == {WrittenState.STANDS}
    found = desk.store.search("焊管", OrganizationFilter(), 10)
    assert [hit.organization.id for hit in found] == []
    assert desk.store.clusters_of("m:0") == (Cluster("x:c", "示例集群"),)
    assert desk.fields.take_back(ADMIN, id, [], [(table, key)]).kept == ()
    assert desk.workflow.undo(ADMIN, id).kept == ()
    assert left & keys_of(desk, table) == (
        {"x:c m:0", "x:c m:1"} if table == "memberships" else set()
    )


@pytest.mark.parametrize("table", ["offers", "needs", "memberships", "observations"])
def test_what_its_owner_says_word_for_word_since_is_no_more_the_import_s_to_take_back(
    desk: Desk, table: str
) -> None:
    """A firm that publishes what a list said of it: the list's coordinator does not remove that."""
    id, key = imported_rows(desk, table)
    [row] = [each for each in rows_of(desk, table) if key_words(key_of(each)) == key]
    own = replace(row, provenance=Provenance("here", tier=SourceTier.SELF))
    desk.store.replace_rows(GraphRows(**{table: (own,)}), GraphRows())
    states = {each.key: each.state for each in desk.fields.show(ADMIN, id).rows}
    assert states[key] is WrittenState.CONFIRMED_SINCE
    kept = desk.fields.take_back(ADMIN, id, [], [(table, key)]).kept
    assert kept == (KeptField(table, key, "", WhyKept.CONFIRMED_SINCE),)
    assert KeptField(table, key, "", WhyKept.CONFIRMED_SINCE) in desk.workflow.undo(ADMIN, id).kept
    assert own in rows_of(desk, table)


def test_a_text_that_an_import_changed_and_its_owner_says_so_since_stays(desk: Desk) -> None:
    id = desk.bring("members", MEMBERS, "organizations")
    [text] = [row for row in rows_of(desk, "descriptions") if row.text == "生产深沟球轴承"]
    own = replace(text, provenance=Provenance("here", tier=SourceTier.SELF))
    desk.store.replace_rows(GraphRows(descriptions=(own,)), GraphRows())
    assert desk.rows(id)["descriptions", text.text].state is WrittenState.CONFIRMED_SINCE
    assert KeptField("descriptions", text.id, "text", WhyKept.CONFIRMED_SINCE) in (
        desk.workflow.undo(ADMIN, id).kept
    )
    assert own in rows_of(desk, "descriptions")


def imported_rows(desk: Desk, table: str) -> tuple[str, str]:
    """An import of two rows of a table, and the key of the first, beside a second cluster."""
    desk.store.upsert(GraphRows(clusters=(Cluster("x:d", "另一集群"),)))
    text, key = ROWS[table]
    return desk.bring("rows", text, table), key


def keys_of(desk: Desk, table: str) -> set[str]:
    return {key_words(key_of(row)) for row in rows_of(desk, table)}


def rows_of(desk: Desk, table: str) -> tuple[Any, ...]:
    rows: tuple[Any, ...] = getattr(desk.store.export().rows, table)
    return rows


def test_what_takes_imports_back_is_kept_of_those_that_the_page_lists(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was kept for ever, up to 20,000 rows of each; those for all have a number of their own."""
    monkeypatch.setattr(import_records, "_REVERSIBLE", 3)
    for_all = desk.bring("members", MEMBERS, "organizations")
    ids = [
        desk.bring("relations", RELATIONS.replace("2019", str(year))) for year in range(2010, 2015)
    ]
    records = {record.id: record for record in desk.workflow.imports(ADMIN, "x:c")}
    assert [bool(records[id].put) for id in ids] == [False, False, True, True, True]
    assert [records[id].can_be_undone for id in ids] == [False, False, True, True, True]
    with pytest.raises(WrongState, match="too old"):
        desk.workflow.undo(ADMIN, ids[0])
    desk.workflow.undo(ADMIN, ids[-1])
    desk.workflow.undo(ADMIN, for_all)
