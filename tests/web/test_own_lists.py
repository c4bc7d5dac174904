"""A firm's own list on its pages: looked at, published, sent anew, taken back."""

import re
from datetime import UTC, datetime

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GraphRows, Offer, OfferKind
from matchmaker.ingest.offerings import Offering
from matchmaker.services.submitted_list import SubmittedList
from tests.web.conftest import in_languages, press
from tests.web.test_imports import work_off

FIRM = "seed:valves-001"


@pytest.fixture(autouse=True)
def nothing_stays(sample):
    """What a test published is taken back after it."""
    yield
    for record in sample.import_workflow.imports(ADMIN, organization=FIRM):
        if record.can_be_undone:
            sample.import_workflow.undo(ADMIN, record.id)


def price_list(path, *rows):
    book = Workbook()
    for row in (["示例阀门产品价目表"], ["品名", "型号", "口径", "单价（元）"], *rows):
        book.active.append(list(row))
    book.save(path)
    return path


def say_in(language):
    return (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)


def send(visitor, path, look):
    visitor.open("/postings/list")
    visitor.page.set_input_files("input[name=file]", path)
    press(visitor.page, look)


@in_languages("zh")
def test_a_price_list_is_published_as_it_was_shown_and_taken_back(
    visit, sample, tmp_path, language
):
    """From the page of needs and offers to what others read, and back; prices nowhere."""
    say = say_in(language)
    firm = visit("firm", language)
    page, look = firm.page, say("先检查", "Look at it first")
    firm.open("/postings")
    press(
        page, page.get_by_role("button", name=say("上传产品、技术或设备清单", "Upload a list of"))
    )
    path = price_list(tmp_path / "价目表.xlsx", ["示例隔膜阀", "G41", "DN50", 4711.25], ["合计"])
    page.set_input_files("input[name=file]", path)
    press(page, look)
    main = page.locator("main")
    expect(main).to_contain_text("示例隔膜阀 G41, 口径 DN50")
    expect(main).to_contain_text(say("价格不公开", "Prices are not published"))
    expect(main).to_contain_text(say("第 4 行：是合计行", "Line 4: is a line of totals"))
    assert firm.violations() == []
    press(page, say("发布", "Publish these"))
    work_off(sample)
    page.reload()
    press(page, page.get_by_role("button", name=say("我们的供需", "Our needs and offers")).last)
    expect(main).to_contain_text("示例隔膜阀 G41, 口径 DN50")
    visitor = visit("supplier", language)
    visitor.open(f"/organizations/{FIRM}")
    expect(visitor.page.locator("#offers + ul")).to_contain_text("示例隔膜阀 G41, 口径 DN50")
    expect(visitor.page.locator("main")).not_to_contain_text("4711")
    firm.open("/postings/list")
    press(page, say("撤回", "Take it back"))
    assert page.url.endswith("/postings/list")
    firm.open("/postings")
    expect(main).not_to_contain_text("示例隔膜阀")


@in_languages("en")
def test_a_list_sent_anew_tells_what_changes_and_withdraws_what_is_ticked(
    visit, sample, tmp_path, language
):
    """Without scripts, too: every step is a form."""
    say = say_in(language)
    firm = visit("firm", language, java_script_enabled=False)
    page, look = firm.page, say("先检查", "Look at it first")
    first = price_list(tmp_path / "a.xlsx", ["示例甲阀", "J1", "DN50"], ["示例乙阀", "Y1", "DN80"])
    for path in (first, price_list(tmp_path / "b.xlsx", ["示例甲阀", "J1", "DN65"])):
        firm.open("/postings/list")
        page.set_input_files("input[name=file]", path)
        press(page, look)
        if path == first:
            press(page, say("发布", "Publish these"))
            work_off(sample)
    main = page.locator("main")
    expect(main).to_contain_text(say("现状：示例甲阀 J1, 口径 DN50", "Now: 示例甲阀 J1, 口径 DN50"))
    expect(main).to_contain_text("示例乙阀 Y1, 口径 DN80")
    page.locator("input[name=withdraws]").check()
    press(page, say("发布", "Publish these"))
    work_off(sample)
    offers = {row.text: row.active for row in sample.store.offers(FIRM, None, 200).rows}
    assert offers["示例甲阀 J1, 口径 DN65"]
    assert not offers["示例乙阀 Y1, 口径 DN80"]


@in_languages("en")
def test_pasted_names_are_a_list_and_a_picture_is_called_one(visit, tmp_path, language):
    """Neither needs a title, and neither ends on a page of faults."""
    say = say_in(language)
    firm = visit("firm", language)
    page = firm.page
    firm.open("/postings/list")
    page.locator("summary", has_text=say("或粘贴", "Or paste")).click()
    page.locator("textarea[name=pasted]").fill("示例锡青铜轴瓦\n示例铝青铜蜗轮, 带毛坯")
    press(page, say("先检查", "Look at it first"))
    expect(page.locator("main")).to_contain_text("示例铝青铜蜗轮, 带毛坯")
    picture = tmp_path / "list.xlsx"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    send(firm, picture, say("先检查", "Look at it first"))
    expect(page.locator("main")).to_contain_text(say("这是一张图片", "is a picture"))


@pytest.mark.parametrize("language", ["zh"])
def test_a_list_that_coordinators_see_first_is_handed_in_and_approved(
    visit, sample, tmp_path, language
):
    """The firm reads where it stands on each page; nobody else reads it before the yes."""
    coordinator = visit("coordinator", language)
    cluster, main = "seed:cluster-valves", coordinator.page.locator("main")
    sample.cluster_reviews.set_review(ADMIN, cluster, reviews=True)
    try:
        firm = visit("firm", language)
        path = price_list(tmp_path / "价目表.xlsx", ["示例隔膜阀", "G41", "DN50", 4711.25])
        send(firm, path, "先检查")
        own = firm.page.locator("main")
        expect(own).to_contain_text("集群的协调员先审核成员的供给")
        press(firm.page, "提交审核")
        work_off(sample)
        firm.page.reload()
        expect(own).to_contain_text("已提交，集群协调员审核通过后公开")
        assert firm.page.get_by_role("button", name="撤回").count() == 0
        press(firm.page, "本单位清单")
        expect(own).to_contain_text("等待协调员审核")
        assert firm.violations() == []
        coordinator.open(f"/clusters/{cluster}/review")
        expect(main).to_contain_text("示例隔膜阀 G41, 口径 DN50")
        assert coordinator.violations() == []
        press(coordinator.page, "全部通过")
        expect(main).to_contain_text("没有待审核的内容")
        firm.open("/postings")
        expect(own).to_contain_text("示例隔膜阀 G41, 口径 DN50")
        firm.open("/postings/list")
        expect(own).not_to_contain_text("等待协调员审核")
    finally:
        sample.cluster_reviews.set_review(ADMIN, cluster, reviews=False)


def test_what_waits_is_a_page_of_its_beginnings_and_each_list_one_of_its_own(sample):
    """Twenty lists of 2,000 lines were 16 MB for whoever opened the review."""
    cluster, lists = "seed:cluster-valves", sample.repositories.submitted_lists
    offerings = tuple(
        Offering(line, OfferKind.PRODUCT, f"例{line}阀", f"例{line}阀") for line in range(2, 2002)
    )
    at = datetime(2026, 1, 1, tzinfo=UTC)
    waiting = SubmittedList("long", FIRM, "long.xlsx", "account:a", at, offerings)
    sample.cluster_reviews.set_review(ADMIN, cluster, reviews=True)
    sample.repositories.records.commit([lists.put(waiting)])
    try:
        client = create_app(sample).test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
        client.post("/demo/coordinator", data={"csrf_token": token})
        page = client.get(f"/clusters/{cluster}/review").text
        assert len(re.findall(r"例\d+阀", page)) == 20
        assert 'href="/own_lists/long"' in page
        assert len(re.findall(r"例\d+阀", client.get("/own_lists/long").text)) == 2000
    finally:
        sample.cluster_reviews.set_review(ADMIN, cluster, reviews=False)
        sample.repositories.records.commit([lists.remove(lists.get("long"))])


def test_a_list_that_nobody_reviews_any_more_is_published_by_its_own_people(
    visit, sample, tmp_path
):
    """It said for ever that it waits for the coordinators; its firm is told, and publishes it."""
    firm, cluster = visit("firm", "zh"), "seed:cluster-valves"
    sample.cluster_reviews.set_review(ADMIN, cluster, reviews=True)
    try:
        path = price_list(tmp_path / "价目表.xlsx", ["示例隔膜阀", "G47", "DN65", 4712.25])
        send(firm, path, "先检查")
        press(firm.page, "提交审核")
        work_off(sample)
    finally:
        sample.cluster_reviews.set_review(ADMIN, cluster, reviews=False)
    sample.cluster_reviews.give_back()
    own = firm.page.locator("main")
    firm.open("/notices")
    press(firm.page, firm.page.get_by_role("link", name="不再有人审核").first)
    expect(own).to_contain_text("不再有人审核")
    assert firm.violations() == []
    press(firm.page, "全部发布")
    firm.open("/postings")
    expect(own).to_contain_text("示例隔膜阀 G47, 口径 DN65")


def test_pages_show_what_stands_of_who_has_withdrawn_much(sample):
    """They looked at the first hundred or two by id, withdrawn ones among them, and showed none."""
    rows = tuple(
        Offer(f"0:{number:03}", FIRM, OfferKind.PRODUCT, f"例{number}旧阀", active=number == 249)
        for number in range(250)
    )
    sample.store.upsert(GraphRows(offers=rows))
    try:
        client = create_app(sample).test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
        client.post("/demo/firm", data={"csrf_token": token})
        for page in (f"/organizations/{FIRM}", "/postings", "/portfolio"):
            assert re.findall(r"例\d+旧阀", client.get(page).text) == ["例249旧阀"], page
    finally:
        sample.store.replace_rows(GraphRows(), GraphRows(offers=rows))
