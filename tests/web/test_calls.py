"""A call in a real browser, on phones: opened, answered, compared, awarded, introduced."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.access import Principal
from matchmaker.domain import GoalName, GraphRows, Need, NeedState
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.call import CallContent
from matchmaker.workflow.call_answer import Bid, Met
from tests.web.conftest import press
from tests.web.test_pages import PHONE

CALLER, SUPPLIER, OTHER = "seed:valves-001", "seed:valves-005", "seed:valves-026"
NEED = Need(
    "seed:called-need", CALLER, GoalName.SUPPLIER, "需要DN50球阀阀体铸件500件，材质316L，交期30天内"
)


def _is_whole(visitor):
    """Fits the phone, and axe finds nothing wrong."""
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert visitor.violations() == []


def _answer(sample, call, firm):
    """From somebody who acts for a firm, with a price above the others'."""
    person = Principal("system", account="system", organizations=frozenset({firm}))
    form = sample.call_answers.form(person, call, firm)
    met = tuple((each.key, Met.PARTLY) for each in form.brief.requirements)
    bid = Bid(price=99.0, currency="CNY", unit="件", lead_time_days=40, met=met, text="可按图生产")
    sample.call_answers.submit(person, call, firm, bid)


def test_a_need_becomes_a_call_that_is_answered_awarded_and_leads_to_an_introduction(visit, sample):
    sample.store.upsert(GraphRows(needs=(NEED,)))
    names = {firm: sample.store.organization(firm).name for firm in (SUPPLIER, OTHER)}
    made = None
    try:
        caller = visit("firm", "zh", viewport=PHONE)
        page = caller.page
        caller.open(f"/needs/{NEED.id}")
        press(page, "同时向多家征集")
        expect(page.locator("textarea[name=text]")).to_have_value(NEED.text)
        _is_whole(caller)
        press(page, "发起")
        expect(page.locator("main")).to_contain_text("征集已发起")
        made = page.url.rpartition("/")[2]
        for box in page.locator("input[type=checkbox][name=organization]").all():
            box.set_checked(False)
        fields = page.locator("input[name=name]")
        for number, name in enumerate(names.values()):
            fields.nth(number).fill(name)
        _is_whole(caller)
        press(page, "发出邀请")
        expect(page.locator("#invited ~ ul")).to_contain_text(names[OTHER])

        supplier = visit("supplier", "en", viewport=PHONE)
        supplier.open("/calls")
        _is_whole(supplier)
        form = supplier.page
        press(form, form.get_by_role("link", name="DN50"))
        expect(form.locator("main")).to_contain_text("Only you see it until you send it")
        form.get_by_text("Ask a question", exact=True).click()
        form.locator("textarea[name=question]").fill("Which drawing applies?")
        press(form, "Send")
        form.locator("input[name=price]").fill("88.5")
        form.locator("input[name=unit]").fill("件")
        # What the call asks for is missing: nothing is lost.
        press(form, "Send the answer")
        expect(form.get_by_role("alert")).to_contain_text("must be stated")
        expect(form.locator("input[name=price]")).to_have_value("88.5")
        form.locator("input[name=lead_time_days]").fill("25")
        for verdict in form.locator("select[name^='met:']").all():
            verdict.select_option("yes")
        _is_whole(supplier)
        press(form, "Send the answer")
        expect(form.locator("main")).to_contain_text("Answer sent")
        expect(form.locator("body")).not_to_contain_text(names[OTHER])

        _answer(sample, made, OTHER)
        caller.open(f"/calls/{made}")
        expect(page.locator("table.compared tbody tr").first).to_contain_text("最优")
        page.locator("textarea[name=answer]").fill("图纸 A-17")
        press(page, "向所有受邀单位答复")
        expect(page.locator("main")).to_contain_text("图纸 A-17")
        _is_whole(caller)
        press(page, "选定")
        page.locator(f"input[name=winner][value='{SUPPLIER}']").check()
        page.locator(f"select[name='reason:{OTHER}']").select_option("dearer")
        _is_whole(caller)
        press(page, "选定并感谢其他单位")
        expect(page.locator("main")).to_contain_text("等待答复")

        supplier.open(f"/calls/{made}")
        expect(form.locator("main")).to_contain_text("It is awarded to you.")
        expect(form.locator("main")).to_contain_text("图纸 A-17")
        _is_whole(supplier)
        press(form, form.get_by_role("link", name="Answer the introduction"))
        press(form, "Accept")
        expect(form.locator("main")).to_contain_text("Contact")
        coordinator = visit("coordinator", "en", viewport=PHONE)
        coordinator.open("/clusters/seed:cluster-valves/effect")
        expect(coordinator.page.locator("main")).to_contain_text("Why requests are declined")
        expect(coordinator.page.locator("body")).not_to_contain_text(NEED.text)
        _is_whole(coordinator)
        # One answer was refused with its reason, which is the only complaint of a browser.
        assert caller.complaints + coordinator.complaints == []
        assert all("422" in complaint for complaint in supplier.complaints)
    finally:
        _end(sample, made)


def _end(sample, call):
    """So that other tests find slots and lists as they were."""
    from dataclasses import replace

    from matchmaker.access import SYSTEM
    from matchmaker.workflow.introduction import Transition
    from matchmaker.workflow.introduction_states import Action

    owner = Principal("system", account="system", organizations=frozenset({CALLER}))
    for introduction in list(sample.repositories.introductions.values("call", call or "-")):
        waits = introduction.is_waiting
        sample.introductions.act(
            SYSTEM if waits else owner, introduction.id,
            Transition(Action.CANCEL if waits else Action.END),
        )  # fmt: skip
    sample.store.upsert(GraphRows(needs=(replace(NEED, state=NeedState.CLOSED),)))


@pytest.fixture
def four_answers(sample):
    """A call that four have answered, in long words; it is ended afterwards."""
    caller = Principal("system", account="system", organizations=frozenset({CALLER}))
    deadline = utc_now().date() + timedelta(days=10)
    content = CallContent(
        CALLER, "球阀阀体铸件", NEED.text, deadline=deadline, goal=GoalName.SUPPLIER,
        cluster="seed:cluster-valves", currency="CNY",
    )  # fmt: skip
    firms = [f"seed:valves-{number:03}" for number in (5, 26, 2, 3)]
    call = sample.call_opening.open(caller, content, firms).brief.id
    for firm in firms:
        _answer(sample, call, firm)
    yield call, firms
    _end(sample, call)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_four_answers_are_compared_on_a_phone_without_anything_off_the_side(
    visit, four_answers, language
):
    call, firms = four_answers
    width = 390
    visitor = visit("firm", language, viewport={"width": width, "height": 844})
    visitor.open(f"/calls/{call}")
    page = visitor.page
    heads = page.locator("table.compared thead th a").all_inner_texts()
    assert len(heads) == len(firms)
    lines = page.locator("table.compared tbody tr").all()
    assert len(lines) >= 8
    for line in lines:
        cells = line.locator("td").all()
        named = [cell.locator(".named").inner_text() for cell in cells]
        assert named == [f"{at} {name}" for at, name in enumerate(heads, 1)]
        for cell in cells:
            box = cell.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
            assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth")
    table = page.get_by_role(
        "group", name={"zh": "应答对比", "en": "Answers side by side"}[language]
    )
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth")
    assert not visitor.violations()


def test_of_the_best_that_are_ticked_one_may_want_two_and_a_short_name_is_asked_after(
    visit, sample
):
    """Seen: ten firms invited by who meant two, and "朗拓阀门 is not known" of 朗拓阀门有限公司."""
    content = CallContent(
        CALLER, "不锈钢法兰", "DN80 PN16 304不锈钢法兰，每月200片", GoalName.SUPPLIER,
        utc_now().date() + timedelta(days=9),
    )  # fmt: skip
    firm = sample.demo.account("firm").principal()
    call = sample.call_opening.open(firm, content, []).brief.id
    caller = visit("firm", "zh", viewport=PHONE)
    page = caller.page
    caller.open(f"/calls/{call}?best=1")
    boxes = page.locator("#invite input[name=organization]")
    expect(boxes.first).to_be_checked()
    page.locator("#invite").get_by_role("button", name="全部取消勾选").click()
    assert not any(box.is_checked() for box in boxes.all())
    page.locator("#invite input[name=name]").first.fill("朗拓阀门")
    press(page, "发出邀请")
    expect(page.get_by_role("alert")).to_contain_text(sample.store.organization(SUPPLIER).name)
    expect(page.locator("section[aria-labelledby=invited]")).to_contain_text("暂时没有")
    _is_whole(caller)
