"""An import taken back whole, or in single rows and fields, in a real browser."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from matchmaker.domain import GraphRows
from matchmaker.errors import InvalidInput, NotAllowed, NotFound, WrongState
from matchmaker.services.operations import import_report, import_undo
from tests.web.conftest import in_languages, press
from tests.web.test_imports import ADMIN, COORDINATOR, MEMBER, brought, sent, work_off


def test_an_import_taken_back_leaves_the_graph_as_it_was(sample):
    before = sample.store.export().rows
    old = sample.directory.profile(ADMIN, MEMBER).organization
    _, imported = brought(
        sample, ADMIN, "organizations",
        f"id,name,kind,description\n{MEMBER},改名,firm,新的说明\nmy:un-1,新厂,firm,做阀门\n",
    )  # fmt: skip
    assert sample.directory.profile(ADMIN, MEMBER).organization.name == "改名"
    assert sample.import_workflow.undo(ADMIN, imported.id).kept == ()
    after = sample.store.export().rows
    assert sample.directory.profile(ADMIN, MEMBER).organization.name == old.name
    assert {row.id for row in after.organizations} == {row.id for row in before.organizations}
    assert after.descriptions == before.descriptions
    with pytest.raises(WrongState):
        sample.import_workflow.undo(ADMIN, imported.id)


def test_what_somebody_changed_since_stays_and_is_told_by_name(visit, sample):
    old = sample.directory.profile(ADMIN, MEMBER).organization
    brought(
        sample, ADMIN, "organizations", f"id,name,kind,description\n{MEMBER},改名,firm,新的说明\n"
    )
    changed = sample.directory.profile(ADMIN, MEMBER).organization
    sample.store.upsert(GraphRows(organizations=(replace(changed, name="又改了名"),)))
    admin = visit("admin", "zh")
    admin.open("/admin/import")
    press(admin.page, "撤回")
    told = "以下内容其后已有人修改，予以保留：又改了名 (企业名称)"
    assert admin.page.get_by_text(told).is_visible()
    assert sample.directory.profile(ADMIN, MEMBER).organization.name == "又改了名"
    sample.store.upsert(GraphRows(organizations=(old,)))
    assert admin.complaints == []


def test_a_large_import_is_taken_back_on_a_page_that_tells_how_far_it_is(
    visit, sample, monkeypatch
):
    _, imported = brought(sample, ADMIN, "organizations", "id,name,kind\nmy:many,新厂,firm\n")
    monkeypatch.setattr(import_undo, "AT_ONCE", 0)
    admin = visit("admin", "zh")
    admin.open("/admin/import")
    press(admin.page, "撤回")
    assert admin.page.url.endswith(f"/jobs/undo-{imported.id}")
    expect(admin.page.locator("#job")).to_contain_text("撤回导入")
    expect(admin.page.locator("#job")).to_contain_text("等待开始")
    admin.open("/admin/import")
    press(admin.page, admin.page.get_by_role("link", name="正在撤回"))
    work_off(sample)
    expect(admin.page.locator("#job")).to_contain_text("已撤回。")
    press(admin.page, admin.page.get_by_role("link", name="全部导入"))
    expect(admin.page.get_by_role("cell", name="已撤回").first).to_be_visible()
    with pytest.raises(NotFound):
        sample.directory.profile(ADMIN, "my:many")
    assert admin.complaints == []


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


def test_ticked_fields_of_an_import_go_back_and_the_others_stay(visit, sample):
    old = sample.directory.profile(ADMIN, MEMBER).organization
    text = f"id,name,kind,website,founded\n{MEMBER},字段改名,firm,https://fields.example,1987\n"
    _, record = brought(sample, ADMIN, "organizations", text)
    for language, words in (("zh", ("逐个字段", "撤回所勾选的")), ("en", ("Single fields", ""))):
        admin = visit("admin", language)
        page = admin.page
        admin.open("/admin/import")
        press(page, page.get_by_role("link", name=words[0]).first)
        row = page.locator("tbody tr", has_text="fields.example")
        if language == "zh":
            assert row.get_by_text("导入").count() >= 1
            row.get_by_role("checkbox").check()
            press(page, words[1])
        expect(page.get_by_role("checkbox")).to_have_count(2)
        told = "已恢复为此前的内容" if language == "zh" else "is as it was before"
        expect(row.get_by_text(told)).to_be_visible()
        assert admin.complaints == []
    now = sample.directory.profile(ADMIN, MEMBER).organization
    assert (now.website, now.name) == (old.website, "字段改名")
    sample.store.upsert(GraphRows(organizations=(replace(now, name="别人又改"),)))
    admin.open(f"/imports/{record.id}/fields")
    expect(page.get_by_text("stays: somebody has changed it since, to 别人又改")).to_be_visible()
    kept_fields = sample.import_workflow.undo(ADMIN, record.id).kept
    assert [each.field for each in kept_fields] == ["name"]
    sample.store.upsert(GraphRows(organizations=(old,)))


def test_ticked_rows_of_an_import_go_back_and_the_others_stay(visit, sample):
    """A certificate in Chinese, the text in English; both pages are seen."""
    old = sample.directory.profile(ADMIN, MEMBER).organization
    before = {row.id: row for row in sample.store.certificates_of(MEMBER)}
    text = f"id,name,kind,certificates\n{MEMBER},{old.name},firm,示例证书甲; 示例证书乙\n"
    _, record = brought(sample, ADMIN, "organizations", text)
    for language, kind, told in (
        ("zh", "示例证书甲", "已恢复为此前的内容"),
        ("en", "示例证书乙", "is as it was before"),
    ):
        admin = visit("admin", language)
        page = admin.page
        admin.open(f"/imports/{record.id}/fields")
        row = page.locator("tbody tr", has_text=kind).last
        row.get_by_role("checkbox").check()
        press(page, "撤回所勾选的" if language == "zh" else "Take back what is ticked")
        expect(row.get_by_text(told)).to_be_visible()
        assert admin.complaints == []
    assert {row.id: row for row in sample.store.certificates_of(MEMBER)} == before
    assert sample.import_workflow.undo(ADMIN, record.id).kept == ()


@in_languages("zh")
def test_fields_of_an_import_are_read_on_a_phone(visit, sample, language):
    address = (
        f"https://www.a-very-long-name-of-a-website-{language}.example/products/valves-and-pumps"
    )
    text = (
        f"id,name,kind,website,certificates\n"
        f"{MEMBER},手机改名{language},firm,{address},示例证书{language}\n"
    )
    _, record = brought(sample, ADMIN, "organizations", text)
    admin = visit("admin", language, viewport={"width": 360, "height": 800})
    admin.open(f"/imports/{record.id}/fields")
    row = admin.page.locator("tbody tr", has_text=address)
    before = {"zh": "此前：", "en": "Before:"}[language]
    assert row.locator("td").nth(2).inner_text().startswith(before)
    assert address in row.locator("td").nth(3).inner_text()
    other = admin.page.locator("tbody tr", has_text=f"示例证书{language}")
    for cell in (*row.locator("td, th").all(), *other.locator("td, th").all()):
        box = cell.bounding_box()
        assert box["x"] + box["width"] <= 360
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    assert row.locator("td").first.bounding_box()["width"] < 60
    assert not admin.violations()
    sample.import_workflow.undo(ADMIN, record.id)


def test_fields_of_an_import_are_shown_to_those_who_may_take_it_back(sample):
    _, record = brought(
        sample, ADMIN, "organizations", f"id,name,kind,founded\n{MEMBER},又一名,firm,1985\n"
    )
    for use in (
        lambda: sample.import_fields.show(COORDINATOR, record.id),
        lambda: sample.import_fields.take_back(COORDINATOR, record.id, [(MEMBER, "name")]),
    ):
        with pytest.raises(NotAllowed):
            use()
    sample.import_workflow.undo(ADMIN, record.id)


@in_languages("en")
def test_an_import_of_which_all_stays_is_not_told_as_taken_back(visit, sample, language):
    old = sample.directory.profile(ADMIN, MEMBER).organization
    _, record = brought(
        sample, ADMIN, "organizations", f"id,name,kind\n{MEMBER},全部保留{language},firm\n"
    )
    now = sample.directory.profile(ADMIN, MEMBER).organization
    sample.store.upsert(GraphRows(organizations=(replace(now, name="别人改的名"),)))
    admin = visit("admin", language)
    admin.open("/admin/import")
    press(admin.page, "撤回" if language == "zh" else "Take it back")
    told = admin.page.locator("main").inner_text()
    nothing, stays = {
        "zh": ("没有撤回任何内容。", "以下内容其后已有人修改，予以保留：别人改的名"),
        "en": ("Nothing was taken back.", "Somebody has changed this since, and it stays: "),
    }[language]
    assert nothing in told
    assert stays in told
    assert sample.import_workflow.status(ADMIN, record.id).can_be_undone
    assert admin.complaints == []
    sample.store.upsert(GraphRows(organizations=(old,)))


@pytest.mark.parametrize(
    ("speaks", "told"),
    [("en", "more than 0 cannot be taken back"), ("zh", "超过 0 行的导入无法撤回")],
)
def test_a_page_tells_that_an_import_is_too_large_to_be_taken_back(
    visit, monkeypatch, tmp_path, speaks, told
):
    monkeypatch.setattr(import_report, "MAX_UNDONE", 0)
    file = tmp_path / "organizations.csv"
    file.write_text("id,name,kind\nmy:stays,新厂,firm\n", "utf-8")
    admin = visit("admin", speaks)
    page = sent(admin, "/admin/import", file)
    expect(page.get_by_text(told)).to_be_visible()
    assert admin.complaints == []
