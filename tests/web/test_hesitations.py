"""Where somebody who did not build it hesitated at a task (docs/pages.md), and what was mended."""

from dataclasses import replace
from datetime import date

from playwright.sync_api import expect

from matchmaker.domain import GoalName, GraphRows, NeedState
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from tests.web.conftest import in_languages, press, settle

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
PHONE = {"viewport": {"width": 390, "height": 800}}


def test_on_a_phone_the_answer_comes_into_sight_after_asking(visit):
    visitor = visit("firm", "en", **PHONE)
    page = visitor.page
    visitor.open("/find")
    page.fill("textarea[name=text]", "stainless valve body castings")
    with page.expect_response("**/find?**"):
        page.get_by_role("button", name="Find", exact=True).click()
    settle(page)
    # Partners that fit better than anybody listed stand open before the first of the list.
    first = page.locator("details.known[open] li > a, #result-1 h3").first
    expect(first).to_be_in_viewport()


@in_languages("en")
def test_who_looks_for_what_is_said_and_an_acceptance_says_that_contacts_are_open(
    visit, sample, language
):
    principal = sample.demo.account("firm").principal()
    proposal = Proposal(GoalName.CUSTOMER, seeker=FIRM, candidate=SUPPLIER)
    id = sample.introductions.propose(principal, proposal).id
    asked, asking = visit("supplier", language, **PHONE), visit("firm", language)
    sought = {"zh": "寻找：客户", "en": "look for: Customers"}[language]
    for visitor, address, who in (
        (asked, "/", {"zh": "对方", "en": "They "}[language]),
        (asked, f"/introductions/{id}", {"zh": "对方", "en": "They "}[language]),
        (asking, f"/introductions/{id}", {"zh": "贵方", "en": "You "}[language]),
    ):
        visitor.open(address)
        assert f"{who}{sought}" in visitor.page.locator("main").inner_text()
    adds = {"zh": "补充说明或提问", "en": "Add something, or ask"}[language]
    assert asking.page.locator("summary", has_text=adds).is_visible()
    asked.open(f"/introductions/{id}")
    assert not asked.page.locator("summary", has_text=adds).count()
    press(asked.page, asked.page.locator("button[value=accept]"))
    open_now = {"zh": "联系方式已在下方公开", "en": "contacts are open, below"}[language]
    assert open_now in asked.page.locator("main .notice.good").first.inner_text()
    assert asked.complaints == asking.complaints == []
    sample.introductions.act(principal, id, Transition(Action.WITHDRAW))


def test_of_ten_ties_one_is_proposed_and_the_tab_one_is_at_is_in_sight(visit):
    visitor = visit("coordinator", "en", **PHONE)
    page = visitor.page
    visitor.open(f"/clusters/{VALVES}/worklist")
    assert "nothing is sent yet" in page.locator("main").inner_text()
    boxes = page.locator("input[name=pair]")
    count = boxes.count()
    assert count > 5
    page.get_by_role("button", name="Untick all").first.click()
    assert page.locator("input[name=pair]:checked").count() == 0
    boxes.first.check()
    press(page, "Plan introductions for the ticked ones")
    assert page.locator("input[name=pair]").count() <= 1
    here = page.locator("nav.sub [aria-current=page]")
    assert here.inner_text() == "Introductions"
    expect(here).to_be_in_viewport()
    assert visitor.violations() == []


def test_what_may_be_left_out_of_an_offer_is_said_and_what_became_of_it_too(visit):
    visitor = visit("university", "zh")
    page = visitor.page
    visitor.open("/postings/new?what=offer")
    assert (
        page.locator("label:has(input[name=slots])")
        .inner_text()
        .startswith("可供多少家使用 （选填）")
    )
    page.fill("textarea[name=text]", "DN300低温阀门试验台，-196℃")
    page.select_option("select[name=offer_kind]", "technology")
    page.select_option("select[name=terms]", "free")
    press(page, "存为草稿")
    assert "已存为草稿，他人看不到" in page.locator("main .notice.good").first.inner_text()
    visitor.open("/postings/new?what=offer")
    page.fill("textarea[name=text]", "DN500低温阀门试验台，-196℃")
    page.select_option("select[name=offer_kind]", "technology")
    page.select_option("select[name=terms]", "free")
    press(page, "发布")
    assert "已发布" in page.locator("main .notice.good").first.inner_text()


def test_a_need_whose_day_is_past_is_no_longer_shown_as_looked_for(visit, sample):
    principal = sample.demo.account("firm").principal()
    need = next(
        need
        for need in sample.published.needs(FIRM, NeedState.OPEN, None, 100).rows
        if need.goal is GoalName.SUPPLIER
    )
    proposal = Proposal(GoalName.SUPPLIER, seeker=FIRM, candidate=SUPPLIER)
    id = sample.introductions.propose(principal, proposal).id
    supplier, firm = visit("supplier", "zh"), visit("firm", "zh")
    for day, is_shown in ((date(2099, 1, 31), True), (date(2020, 1, 31), False)):
        sample.store.upsert(GraphRows(needs=(replace(need, deadline=day),)))
        supplier.open(f"/introductions/{id}")
        assert (need.text[:12] in supplier.page.locator("article.who").inner_text()) is is_shown
        firm.open("/find")
        assert (need.text[:12] in firm.page.locator("main").inner_text()) is is_shown
    sample.store.upsert(GraphRows(needs=(need,)))
    sample.introductions.act(principal, id, Transition(Action.WITHDRAW))
