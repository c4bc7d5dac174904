"""Imports, duplicates and long work, in a real browser and both languages."""

from io import BytesIO

import pytest
from playwright.sync_api import expect

from matchmaker.access import Principal
from matchmaker.domain import DuplicateCandidate, GraphRows, Kind, Organization
from matchmaker.errors import InvalidInput, MatchmakerError, NotAllowed, NotFound, WrongState
from matchmaker.ingest.table_options import TableOptions
from matchmaker.messages import message
from matchmaker.workflow.job import JobKind, JobState

VALVES, HOSIERY = "seed:cluster-valves", "seed:cluster-hosiery"
ADMIN = Principal("key:admin", admin=True)
COORDINATOR = Principal("account:c", account="c", clusters=frozenset({VALVES}))
MEMBER, STRANGER = "seed:valves-001", "seed:hosiery-001"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state("networkidle")


def table(text):
    return BytesIO(text.encode())


def work_off(sample):
    """What the worker would do with all that was requested; how many jobs."""
    queue, count = sample.requested_jobs, 0
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
        count += 1
    return count


def brought(sample, principal, name, text, cluster=""):
    """A table written as by the pages, and the record of it."""
    upload = sample.import_workflow.keep(principal, "mine.csv", table(text), cluster)
    look = sample.import_workflow.look(principal, upload, TableOptions(table=name), cluster)
    job = sample.import_workflow.write(principal, upload, look.options, cluster)
    work_off(sample)
    assert sample.job_queue.show(ADMIN, job.id).state is JobState.DONE
    return look, sample.repositories.imports.get(job.id).value


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_administrator_maps_columns_writes_and_takes_back(visit, sample, tmp_path, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    file = tmp_path / "mine.csv"
    file.write_text(
        f"编号,全称是,类别\nseed:{language}-1,示例新厂,firm\nseed:{language}-2,,firm\n"
        f"seed:{language}-3,示例,castle\n",
        "utf-8",
    )
    admin = visit("admin", language)
    page = admin.page
    admin.open("/admin/import")
    page.select_option("select[name=table]", "organizations")
    page.set_input_files("input[name=file]", file)
    press(page, say("先检查", "Look at it first"))
    chosen = [select.input_value() for select in page.locator("select[name=column]").all()]
    assert chosen == ["id", "", "kind"]
    assert page.locator("p.notice[role=alert]").is_visible()
    page.locator("select[name=column]").nth(1).select_option("name")
    press(page, say("按这些列重新检查", "Look again with these columns"))
    rows = page.locator("main table").nth(1).locator("tbody tr")
    assert sorted(rows.locator("td:first-child").all_inner_texts()) == ["3", "4"]
    assert rows.filter(has_text=say("为空", "is empty")).count() == 1
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, f"seed:{language}-1")
    press(page, say("写入可用的行", "Write the good rows"))
    expect(page.locator("#job")).to_contain_text(say("等待开始", "Waiting to begin"))
    work_off(sample)
    expect(page.locator("#job")).to_contain_text(say("已完成", "Done"))
    assert sample.directory.profile(ADMIN, f"seed:{language}-1").organization.name == "示例新厂"
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, f"seed:{language}-3")
    page.locator("#job a").click()
    press(page, say("撤销", "Take it back"))
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, f"seed:{language}-1")
    assert page.get_by_text(say("已撤销", "taken back"), exact=True).count() >= 1
    assert admin.complaints == []


def test_an_import_taken_back_leaves_the_graph_as_it_was(sample):
    before = sample.store.export().rows
    old = sample.directory.profile(ADMIN, MEMBER).organization
    _, imported = brought(
        sample, ADMIN, "organizations",
        f"id,name,kind,description\n{MEMBER},改名,firm,新的说明\nmy:un-1,新厂,firm,做阀门\n",
    )  # fmt: skip
    assert sample.directory.profile(ADMIN, MEMBER).organization.name == "改名"
    assert sample.import_workflow.undo(ADMIN, imported.id) == ()
    after = sample.store.export().rows
    assert sample.directory.profile(ADMIN, MEMBER).organization.name == old.name
    assert {row.id for row in after.organizations} == {row.id for row in before.organizations}
    assert after.descriptions == before.descriptions
    with pytest.raises(WrongState):
        sample.import_workflow.undo(ADMIN, imported.id)


def test_what_others_built_on_an_import_keeps_it(sample):
    _, imported = brought(sample, ADMIN, "organizations", "id,name,kind\nmy:base,新厂,firm\n")
    _, later = brought(
        sample, ADMIN, "ties", f"id,source,target,layer\nmy:t,my:base,{MEMBER},SUPPLIES\n"
    )
    with pytest.raises(InvalidInput, match="refers"):
        sample.import_workflow.undo(ADMIN, imported.id)
    assert sample.directory.profile(ADMIN, "my:base")
    sample.import_workflow.undo(ADMIN, later.id)
    sample.import_workflow.undo(ADMIN, imported.id)


def test_a_coordinator_brings_in_members_and_nothing_else(sample):
    look, imported = brought(
        sample, COORDINATOR, "organizations",
        f"id,name,kind\n{MEMBER},示例·海昌阀门集团股份有限公司,firm\n{STRANGER},抢来的,firm\nmy:new,新成员,firm\n",
        VALVES,
    )  # fmt: skip
    assert [problem.line for problem in look.report.problems] == [3]
    assert sample.directory.profile(ADMIN, STRANGER).organization.name != "抢来的"
    assert [cluster.id for cluster in sample.store.clusters_of("my:new")] == [VALVES]
    sample.import_workflow.undo(COORDINATOR, imported.id)
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, "my:new")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("memberships", f"cluster,organization\n{VALVES},{STRANGER}\n"),
        ("memberships", f"cluster,organization\n{HOSIERY},{MEMBER}\n"),
        ("offers", f"id,organization,kind,text\nmy:o,{STRANGER},product,别人的供给\n"),
        ("ties", f"id,source,target,layer\nmy:x,{STRANGER},seed:hosiery-002,SUPPLIES\n"),
    ],
)
def test_a_coordinator_cannot_speak_for_others(sample, name, text):
    upload = sample.import_workflow.keep(COORDINATOR, "mine.csv", table(text), VALVES)
    look = sample.import_workflow.look(COORDINATOR, upload, TableOptions(table=name), VALVES)
    assert look.report.refused == 1
    assert sum(look.report.rows.values()) == 0


def test_who_may_not_import_learns_nothing(sample):
    firm = Principal("account:f", account="f", organizations=frozenset({MEMBER}))
    for principal, cluster in (
        (firm, ""),
        (firm, VALVES),
        (COORDINATOR, ""),
        (COORDINATOR, HOSIERY),
    ):
        with pytest.raises(NotAllowed):
            sample.import_workflow.keep(principal, "organizations", "a.csv", table("id\n"), cluster)
        with pytest.raises(NotAllowed):
            sample.import_workflow.imports(principal, cluster)
    upload = sample.import_workflow.keep(ADMIN, "organizations", "a.csv", table("id,name,kind\n"))
    with pytest.raises(InvalidInput, match="not there"):
        sample.import_workflow.look(COORDINATOR, upload, None, VALVES)
    with pytest.raises(NotAllowed):
        sample.job_queue.request(COORDINATOR, JobKind.REFRESH)
    with pytest.raises(InvalidInput):
        sample.import_workflow.keep(COORDINATOR, "clusters", "a.csv", table("id\n"), VALVES)


def test_two_records_of_one_firm_become_one_and_its_people_stay(visit, sample):
    firms = [Organization("dup:1", "重名厂", Kind.FIRM), Organization("dup:2", "重名廠", Kind.FIRM)]
    pair = DuplicateCandidate("dup:1", "dup:2", 0.97, "same name")
    sample.store.upsert(GraphRows(organizations=tuple(firms), duplicates=(pair,)))
    visitor = visit("admin", "zh")
    visitor.open("/admin/duplicates")
    article = visitor.page.locator("article", has_text="重名厂")
    assert "名称相同" in article.inner_text()
    article.get_by_role("button", name="相同，保留左边").click()
    visitor.page.wait_for_load_state("networkidle")
    assert sample.directory.profile(ADMIN, "dup:2").organization.id == "dup:1"
    assert visitor.page.locator("article", has_text="重名厂").count() == 0
    assert visitor.complaints == []


def test_two_firms_that_are_not_one_are_not_asked_about_again(sample):
    pair = DuplicateCandidate("seed:valves-010", "seed:valves-011", 0.9, "same name")
    sample.store.upsert(GraphRows(duplicates=(pair,)))
    sample.duplicates.keep_apart(ADMIN, *pair.key)
    assert pair not in sample.duplicates.pairs(ADMIN)
    assert ("seed:valves-010", "seed:valves-011") in {
        (pair.first, pair.second) for pair in sample.repositories.not_duplicates.values()
    }


def test_work_that_fails_says_why_and_work_goes_on(sample, monkeypatch):
    def fails(job, progress):
        progress(message("Reading the graph"), 1, 2)
        raise WrongState("Another refresh is running.", mend="Wait until it is done.")

    monkeypatch.setitem(sample.job_handlers, JobKind.REFRESH, fails)
    monkeypatch.setitem(sample.job_handlers, JobKind.DERIVE, lambda job, progress: message("7"))
    first = sample.job_queue.request(ADMIN, JobKind.REFRESH)
    second = sample.job_queue.request(ADMIN, JobKind.DERIVE)
    assert work_off(sample) == 2
    failed = sample.job_queue.show(ADMIN, first.id)
    assert (failed.state, str(failed.stage), failed.done) == (
        JobState.FAILED,
        "Reading the graph",
        1,
    )
    assert str(failed.result) == "Another refresh is running. Wait until it is done."
    assert failed.result.text("zh") == "另一次刷新正在进行。请等它完成。"
    assert str(sample.job_queue.show(ADMIN, second.id).result) == "7"
    with pytest.raises(MatchmakerError):
        sample.job_queue.show(COORDINATOR, first.id)


def test_work_that_breaks_is_told_without_its_inside(sample, monkeypatch):
    def breaks(job, progress):
        raise RuntimeError("secret")

    monkeypatch.setitem(sample.job_handlers, JobKind.REFRESH, breaks)
    job = sample.job_queue.request(ADMIN, JobKind.REFRESH)
    assert work_off(sample) == 1
    failed = sample.job_queue.show(ADMIN, job.id)
    assert failed.state is JobState.FAILED
    assert "secret" not in str(failed.result)


def test_clusters_are_made_renamed_and_their_members_let_in_and_out(visit, sample):
    visitor = visit("admin", "zh")
    page = visitor.page
    visitor.open("/admin/clusters")
    page.fill("input[name=name]", "示例新集群")
    page.fill("input[name=place]", "温州市")
    press(page, "保存")
    id = page.locator("form input[name=id]").first.input_value()
    assert sample.published.cluster(id).place == "gbt2260:330300"
    page.fill("input[name=organization]", MEMBER)
    press(page, "加入")
    assert id in [cluster.id for cluster in sample.store.clusters_of(MEMBER)]
    page.locator("button[value=leave]").first.click()
    page.wait_for_load_state("networkidle")
    assert id not in [cluster.id for cluster in sample.store.clusters_of(MEMBER)]
    assert visitor.complaints == []
