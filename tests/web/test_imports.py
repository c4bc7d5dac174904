"""Imports, duplicates and long work, in a real browser and both languages."""

import csv
from io import BytesIO

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from matchmaker.access import ADMIN, Principal
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.ingest.table_options import TableOptions
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Account
from matchmaker.workflow.job import JobKind, JobState
from tests.web.conftest import in_languages, press

VALVES, HOSIERY = "seed:cluster-valves", "seed:cluster-hosiery"


COORDINATOR = Principal("account:c", account="c", clusters=frozenset({VALVES}))


@pytest.fixture(autouse=True)
def account_of_coordinator(sample):
    """The worker writes with the rights that the account has by then."""
    accounts = sample.repositories.accounts
    if accounts.get_or_none("c") is None:
        account = Account("c", "c@imports.example", "C", utc_now(), clusters=(VALVES,))
        sample.repositories.records.commit([accounts.put(account)])


MEMBER, STRANGER = "seed:valves-001", "seed:hosiery-001"


def table(text):
    return BytesIO(text.encode())


def work_off(sample):
    """What the worker would do with all that was requested; how many jobs."""
    count = 0
    for queue in sample.requested_jobs.values():
        while (task := queue.dequeue()) is not None:
            queue.execute(task)
            count += 1
    return count


def kept(sample, principal, name, text, cluster=""):
    """A file that is kept, to be read as a table."""
    id = sample.import_workflow.keep(principal, "mine.csv", table(text), cluster)
    sample.import_workflow.choose(principal, id, TableOptions(table=name))
    return id


def brought(sample, principal, name, text, cluster=""):
    """A table written as by the pages, and the record of it."""
    id = kept(sample, principal, name, text, cluster)
    look = sample.import_workflow.preview(principal, id)
    job = sample.import_workflow.write(principal, id)
    work_off(sample)
    assert sample.job_queue.show(ADMIN, job.id).state is JobState.DONE
    return look, sample.repositories.imports.get(job.id).value


@in_languages("en")
def test_a_file_is_cancelled_on_its_pages(visit, sample, tmp_path, language):
    """From its preview, from the list of what is not written yet, and from the page of its work."""
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    cancel = say("取消并删除文件", "Cancel and remove the file")
    gone = say("没有写入任何内容，文件已删除", "Nothing was written, and the file is gone")
    file = tmp_path / "cancelled.csv"
    file.write_text(f"企业名称,地区\n示例取消{language}厂,温州\n", "utf-8")
    before = sample.store.version()
    admin = visit("admin", language)
    page = admin.page

    def send():
        admin.open("/admin/import")
        page.set_input_files("input[name=file]", file)
        press(page, say("先检查", "Look at it first"))

    send()
    press(page, cancel)
    expect(page.locator("main")).to_contain_text(gone)
    expect(page.locator("main")).not_to_contain_text("cancelled.csv")
    send()
    admin.open("/admin/import")
    press(page, cancel)
    expect(page.locator("main")).not_to_contain_text("cancelled.csv")
    send()
    press(page, say("写入可用的行", "Write the good rows"))
    work = page.url
    press(page, cancel)
    expect(page.locator("main")).to_contain_text(gone)
    work_off(sample)
    page.goto(work)
    expect(page.locator("#job")).to_contain_text(say("已取消", "Cancelled"))
    expect(page.get_by_role("button", name=cancel)).to_have_count(0)
    assert sample.store.version() == before


@in_languages("zh")
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_an_address_beside_a_name_is_told_where_a_list_is_looked_at(
    visit, sample, tmp_path, language, ending
):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    file = tmp_path / f"members.{ending}"
    rows = [["企业名称", "主要产品"], ["永嘉县示例振兴阀门有限公司（www．shili．cn）", "球阀"]]
    if ending == "csv":
        file.write_text("\n".join(map(",".join, rows)), "gb18030")
    else:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        book.save(file)
    admin = visit("admin", language)
    admin.open("/admin/import")
    admin.page.set_input_files("input[name=file]", file)
    press(admin.page, say("先检查", "Look at it first"))
    main = admin.page.locator("main")
    note = say("已作为其网址", "taken for its website")
    expect(main).to_contain_text(note)
    expect(main).not_to_contain_text(say("该行未导入", "The row is left out"))


@in_languages("en")
def test_an_administrator_maps_columns_writes_and_takes_back(visit, sample, tmp_path, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    file = tmp_path / "mine.csv"
    file.write_text(
        f"编号,甲栏,类别\nseed:{language}-1,示例新厂,firm\nseed:{language}-2,,firm\n"
        f"seed:{language}-3,示例,castle\n",
        "utf-8",
    )
    admin = visit("admin", language)
    page = admin.page
    admin.open("/admin/import")
    page.set_input_files("input[name=file]", file)
    press(page, say("先检查", "Look at it first"))
    page.select_option("select[name=table]", "organizations")
    press(page, say("按这些选择重新检查", "Look again with these choices"))
    page.locator("select[name=column]").nth(0).select_option("id")
    page.locator("select[name=column]").nth(1).select_option("name")
    page.locator("select[name=column]").nth(2).select_option("kind")
    press(page, say("按这些选择重新检查", "Look again with these choices"))
    rows = page.locator("main table").last.locator("tbody tr")
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
    press(page, say("撤回", "Take it back"))
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, f"seed:{language}-1")
    assert page.get_by_text(say("已撤回", "taken back"), exact=True).count() >= 1
    assert admin.complaints == []


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
    look = sample.import_workflow.preview(
        COORDINATOR, kept(sample, COORDINATOR, name, text, VALVES)
    )
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
            sample.import_workflow.keep(principal, "a.csv", table("id\n"), cluster)
        with pytest.raises(NotAllowed):
            sample.import_workflow.imports(principal, cluster)
    upload = sample.import_workflow.keep(ADMIN, "a.csv", table("id,name,kind\n"))
    for use in (sample.import_workflow.preview, sample.import_workflow.write):
        with pytest.raises(NotFound, match="not there"):
            use(COORDINATOR, upload)
    with pytest.raises(NotAllowed):
        sample.job_queue.request(COORDINATOR, JobKind.REFRESH)
    with pytest.raises(InvalidInput):
        kept(sample, COORDINATOR, "clusters", "id\n", VALVES)


MEMBERS = """示例协会会员名录（2026年）,,,,,,,
,,,,,,,
序号,单位名称,单位性质,规模,地址,主要产品,成立时间,职工人数
1,示例导入甲阀门有限公司,民营,中型,永嘉县,球阀,2003年5月,320
2,示例导入乙铸造有限公司,民营,小微企业,温州市龙湾区永兴街道,铸件,2010-03-15,86
3,示例导入丙研究院,科研院所,,永嘉县,检测,2016-02-30,约40人
4,,民营,,永嘉县,弹簧,2012,12
,合计,,,4家,,,
"""


ORDERS = """采购台账;;;;;
单号;下单日期;供应商;采购方;采购内容;金额（万元）
A-1;2026/1/5;示例导入乙铸造有限公司;示例导入甲阀门有限公司;阀体毛坯;12.5
A-2;2026/1/12;示例导入外地密封件有限公司;示例导入甲阀门有限公司;阀座;3.6
A-3;2026/2/1;无;示例导入甲阀门有限公司;零星采购;0.2
小计;;;;;16.3
"""


PROJECTS = """Project no.,Title,Lead organisation,Partners,Start,End,Budget (EUR)
P-1,Valves,示例导入丙研究院,示例导入甲阀门有限公司; 示例导入乙铸造有限公司,15/03/2024,,1200.50
"""


def sent(visitor, path, file, *, from_home=False):
    """The page of a file that was dropped on the page of a cluster's imports."""
    visitor.open("/" if from_home else path)
    if from_home:
        press(visitor.page, visitor.page.locator(f"nav.sub a[href='{path}']"))
    visitor.page.set_input_files("input[name=file]", file)
    press(visitor.page, visitor.page.locator("form[enctype] button"))
    return visitor.page


@in_languages("zh")
def test_a_coordinator_loads_three_lists_as_they_are_kept(visit, sample, tmp_path, language):
    """Each list in two steps: the file, and yes; four clicks from the first page."""
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    visitor = visit("coordinator", language)
    jobs = []
    for name, content in (("m.csv", MEMBERS), ("o.csv", ORDERS), ("p.csv", PROJECTS)):
        file = tmp_path / name
        file.write_text(content, "utf-8")
        page = sent(visitor, f"/clusters/{VALVES}/import", file, from_home=name == "m.csv")
        assert language == "en" or visitor.violations() == []
        press(page, say("写入可用的行", "Write the good rows"))
        jobs.append(page.url.rsplit("/", 1)[1])
        work_off(sample)
        expect(page.locator("#job")).to_contain_text(say("已完成", "Done"))
    members, orders, projects = (sample.repositories.imports.get(job).value for job in jobs)
    assert (members.lines.read, members.lines.loaded) == (5, 3)
    assert (members.lines.refused, members.lines.passed) == (1, 1)
    assert (members.counts["organizations"], members.counts["memberships"]) == (3, 3)
    assert (orders.lines.read, orders.lines.loaded, orders.lines.passed) == (4, 3, 1)
    contracts = {row.text: row for row in orders.put.engagements}
    assert contracts["阀体毛坯"].amount == 125_000
    assert contracts["阀体毛坯"].currency == "CNY"
    ids = {row.name: row.id for row in members.put.organizations}
    assert [part.organization for part in contracts["阀体毛坯"].participants] == [
        ids["示例导入乙铸造有限公司"], ids["示例导入甲阀门有限公司"],
    ]  # fmt: skip
    (outsider,) = orders.put.organizations
    assert sample.store.clusters_of(outsider.id) == ()
    (project,) = projects.put.engagements
    assert len(project.participants) == 3
    assert (project.amount, project.currency) == (1_200.5, "EUR")
    for job in reversed(jobs):
        visitor.open(f"/jobs/{job}")
        press(visitor.page, say("撤回", "Take it back"))
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, ids["示例导入甲阀门有限公司"])
    assert visitor.complaints == []


def test_words_are_explained_once_cells_corrected_and_both_remembered(visit, sample, tmp_path):
    visitor = visit("coordinator", "en")
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, "utf-8")
    page = sent(visitor, f"/clusters/{VALVES}/import", file)
    (word,) = page.locator("select[name=word_means]").all()
    assert word.get_attribute("aria-label") == "小微企业 means"
    word.select_option("small")
    page.get_by_label("Line 7, 单位名称").fill("示例导入丁弹簧厂")
    page.get_by_label("Line 6, 职工人数").fill("40")
    press(page, "Look again with these choices")
    expect(page.get_by_text("Corrected so far: 2.")).to_be_visible()
    # A day of no calendar costs a cell and stands open, a place finer than known is folded.
    costs, remarks = (
        page.locator("main table").nth(place).locator("tbody tr td:first-child")
        for place in (-2, -1)
    )
    expect(costs.first).to_be_visible()
    assert set(costs.all_text_contents()) == {"6"}
    assert set(remarks.all_text_contents()) == {"5"}
    press(page, "Write the good rows")
    work_off(sample)
    record = sample.repositories.imports.get(page.url.rsplit("/", 1)[1]).value
    rows = {row.name: row for row in record.put.organizations}
    assert rows["示例导入乙铸造有限公司"].size == "small"
    assert rows["示例导入丁弹簧厂"].founded.year == 2012
    again = tmp_path / "members of next year.csv"
    again.write_text(MEMBERS.replace("2026", "2027"), "utf-8")
    page = sent(visitor, f"/clusters/{VALVES}/import", again)
    assert page.get_by_text("read as your last file with these columns").is_visible()
    assert page.locator("select[name=word_means]").input_value() == "small"
    assert page.get_by_label("Line 7, 单位名称").input_value() == ""
    sample.import_workflow.undo(ADMIN, record.id)
    assert visitor.complaints == []


def test_rows_with_problems_come_as_the_same_file_with_their_reasons(visit, sample, tmp_path):
    visitor = visit("coordinator", "en")
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS.replace("示例导入甲", "=1+1示例导入甲"), "utf-8")
    page = sent(visitor, f"/clusters/{VALVES}/import", file)
    with page.expect_download() as download:
        page.get_by_role("button", name="as CSV").click()
    rows = list(csv.reader(download.value.path().open(encoding="utf-8-sig")))
    assert rows[0] == [*MEMBERS.splitlines()[2].split(","), "What is wrong"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]
    assert "is no day of the calendar" in rows[2][-1]
    assert "is empty" in rows[3][-1]


def test_a_file_that_cannot_be_read_is_told_on_the_page(visit, sample, tmp_path):
    visitor = visit("coordinator", "zh")
    for name, content in (("a.xlsx", b"PK\x03\x04 broken"), ("b.csv", b""), ("c.csv", b'x,y\n"a')):
        file = tmp_path / name
        file.write_bytes(content)
        page = sent(visitor, f"/clusters/{VALVES}/import", file)
        assert page.locator("[role=alert], .notice.bad, main table").count() > 0
    assert visitor.complaints == []


def test_another_header_line_or_kind_proposes_the_columns_anew(visit, sample, tmp_path):
    visitor = visit("coordinator", "en")
    file = tmp_path / "list.csv"
    file.write_text("Our list of 2026,\nSupplier,Name\nA Ltd,B Ltd\n", "utf-8")
    page = sent(visitor, f"/clusters/{VALVES}/import", file)

    def columns():
        titles = page.locator("main table.stacked").first.locator("tbody th").all_inner_texts()
        selects = page.locator("select[name=column]").all()
        return dict(zip(titles, (each.input_value() for each in selects), strict=True))

    page.select_option("select[name=table]", "organizations")
    press(page, "Look again with these choices")
    assert columns()["Name"] == "name"
    page.select_option("select[name=table]", "orders")
    press(page, "Look again with these choices")
    assert columns() == {"Supplier": "supplier", "Name": ""}
    page.fill("input[name=header_line]", "1")
    press(page, "Look again with these choices")
    assert "Our list of 2026" in columns()
    assert page.get_by_role("alert").is_visible()
    assert visitor.complaints == []


def test_what_is_passed_over_is_told_at_once_and_left_out_rows_come_first(visit, sample, tmp_path):
    visitor = visit("coordinator", "en")
    file = tmp_path / "walked.csv"
    file.write_text(
        "单位名称,单位性质,地址,职工人数\n示例走查甲厂,民营,永嘉县,很多人\n"
        "（停用）示例走查乙厂,民营,永嘉县,3\n示例走查丙厂,城堡,永嘉县,4\n",
        "utf-8",
    )
    page = sent(visitor, f"/clusters/{VALVES}/import", file)
    expect(page.get_by_text("is marked as no longer to be used")).to_be_visible()
    table = page.locator("main table", has=page.locator("input[name=edit_cell]")).first
    lines = table.locator("tbody td:first-child").all_inner_texts()
    assert lines[0] == "4"
    assert lines[-1] == "2"
    word = page.locator("select[name=word_means]")
    assert word.locator("option").first.inner_text().startswith("choose")
    press(page, "Write the good rows")
    work_off(sample)
    expect(page.get_by_role("button", name="See its members")).to_be_visible()
    sample.import_workflow.undo(ADMIN, page.url.rsplit("/", 1)[1])
    assert visitor.complaints == []


def test_an_import_of_what_is_known_says_that_it_changed_nothing(visit, sample):
    text = "id,name,kind\nmy:twice,示例两次厂,firm\n"
    _, first = brought(sample, ADMIN, "organizations", text)
    _, second = brought(sample, ADMIN, "organizations", text)
    with pytest.raises(WrongState, match="changed nothing"):
        sample.import_workflow.undo(ADMIN, second.id)
    admin = visit("admin", "en")
    admin.open("/admin/import")
    expect(admin.page.get_by_role("cell", name="changed nothing").first).to_be_visible()
    sample.import_workflow.undo(ADMIN, first.id)


def test_whose_orders_they_are_is_asked_in_sight_where_nothing_can_be_loaded(visit, tmp_path):
    file = tmp_path / "orders.csv"
    file.write_text("PO No.,Vendor Name,Item,Net amount\nP1,Example Castings Ltd,Casing,100\n")
    coordinator = visit("coordinator", "en")
    page = coordinator.page
    coordinator.open(f"/clusters/{VALVES}/import")
    page.set_input_files("input[name=file]", file)
    press(page, "Look at it first")
    expect(page.locator("input[name='default.buyer']")).to_be_visible()
    assert coordinator.complaints == []


@in_languages("zh")
def test_who_may_be_a_member_is_named_with_the_reasons_also_where_no_row_loads(
    visit, sample, tmp_path, language
):
    """Reasons were those of the English catalogue, and a name of the file its id."""
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    members = "name,kind,country\n温州伟联伺服科技有限公司,firm,CN\n"
    brought(sample, COORDINATOR, "organizations", members, VALVES)
    file = tmp_path / "orders.csv"
    file.write_text(
        "PO no.,Order date,Vendor,Vendor country,Customer,Item\n"
        'P1,2026-01-12,"Wenzhou Weilian Servo Co., Ltd.",CN,Zhejiang Tongli Food Ltd.,Motors\n',
        "utf-8",
    )
    coordinator = visit("coordinator", language)
    page = coordinator.page
    coordinator.open(f"/clusters/{VALVES}/import")
    page.set_input_files("input[name=file]", file)
    press(page, say("先检查", "Look at it first"))
    told = page.locator(
        "details", has_text=say("可能是同一机构", "Organisations that may be one")
    ).last.text_content()
    assert told.index("Wenzhou Weilian Servo Co., Ltd.") < told.index("温州伟联伺服科技有限公司")
    pinyin = (
        "一个名称含有另一个名称中字号的拼音",
        "the one name has the other's trade name in pinyin",
    )
    assert say(*pinyin) in told
    assert say(*reversed(pinyin)) not in told
