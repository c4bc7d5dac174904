"""An introduction that somebody has to decide on: who asks, why, what may be done, nothing lost."""

import re

import pytest
from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Outcome, Proposal, Transition
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind
from matchmaker.workflow.refusals import DeclineReason
from tests.past_days import sent_before_today
from tests.web.conftest import press
from tests.web.test_pages import PHONE

FIRM, SUPPLIER = "seed:valves-001", "seed:valves-005"


@pytest.fixture
def asked(sample):
    """Makes introductions between the two sample firms, and takes them back."""
    made = []
    principal = sample.demo.account("firm").principal()
    sent_before_today(sample.repositories, FIRM)

    def ask(goal=GoalName.SUPPLIER, **fields):
        proposal = Proposal(goal, seeker=FIRM, candidate=SUPPLIER, **fields)
        view = sample.introductions.propose(principal, proposal)
        made.append(view.id)
        return view.id

    yield ask
    for id in made:
        if sample.introductions.show(principal, id).allowed:
            sample.introductions.act(principal, id, Transition(Action.WITHDRAW))


def test_who_is_asked_sees_who_asks_and_why_and_asks_back(visit, sample, asked):
    id = asked(message="想谈铸件供应")
    supplier, firm = visit("supplier", "zh"), visit("firm", "en")
    page = supplier.page
    supplier.open(f"/introductions/{id}")
    profile = sample.directory.profile(ADMIN, FIRM)
    card = page.locator("article.who")
    for text in (
        profile.organization.name,
        profile.about[:40],
        profile.place.name,
        "小型|中型|大型",
    ):
        assert any(part in card.inner_text() for part in text.split("|")), text
    fit = sample.matching.fit(ADMIN, FIRM, SUPPLIER, GoalName.SUPPLIER)
    why = page.locator("section", has=page.locator("#why"))
    assert fit.leading(3)[0].message.text("zh") in why.inner_text()
    assert page.locator(".stepper [aria-current=step]").inner_text().startswith("等待")
    assert profile.organization.contact not in page.content()
    page.locator("summary", has_text="决定前先询问").click()
    page.fill("form:has([value=ask]) textarea", "每批多少件？")
    press(page, page.locator("button[value=ask]"))
    firm.open(f"/introductions/{id}")
    assert "每批多少件？" in firm.page.locator("main").inner_text()
    assert firm.page.locator("button[value=accept]").count() == 0
    assert supplier.complaints == firm.complaints == []


def test_a_reason_typed_in_another_tab_is_kept_beside_what_happened_meanwhile(visit, asked):
    id = asked()
    visitor = visit("supplier", "en")
    page, other = visitor.page, visitor.context.new_page()
    visitor.open(f"/introductions/{id}")
    page.locator("summary", has_text="Decline").click()
    page.select_option("form:has([value=decline]) select", "no_capacity")
    page.fill("form:has([value=decline]) textarea", "Our furnace is being rebuilt.")
    other.goto(f"{visitor.server}/introductions/{id}")
    press(other, "Accept")
    press(page, page.locator("button[value=decline]"))
    told = page.locator("main .notice", has_text="Meanwhile something happened")
    expect(told).to_contain_text("accepted → Accepted by both")
    assert page.locator("main .notice.bad:visible").count() == 0
    assert told.locator("textarea").input_value() == "Our furnace is being rebuilt."
    assert page.locator("button[value=decline]").count() == 0


@pytest.mark.parametrize(
    ("language", "meanwhile", "now"),
    [
        ("en", "Meanwhile something happened", "Contract · Over 10 million CNY · 500 jobs"),
        ("zh", "在您操作之前", "合同 · 1000 万元以上 · 新增 500 个岗位"),
    ],
)
def test_an_outcome_reported_anew_is_not_confirmed_by_who_read_the_one_before(
    visit, sample, asked, language, meanwhile, now
):
    id = asked()
    firm, supplier = (sample.demo.account(name).principal() for name in ("firm", "supplier"))
    sample.introductions.act(supplier, id, Transition(Action.ACCEPT))
    small = Transition(Action.REPORT, outcome=Outcome(OutcomeKind.EXCHANGE))
    sample.introductions.act(firm, id, small)
    visitor = visit("supplier", language)
    visitor.open(f"/introductions/{id}")
    large = Outcome(OutcomeKind.CONTRACT, AmountBand.OVER_10M, jobs=500)
    sample.introductions.act(firm, id, Transition(Action.REPORT, outcome=large))
    page = visitor.page
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        press(page, page.locator("button[value=confirm]"))
    assert answered.value.status == 409
    expect(page.locator("main .notice", has_text=meanwhile)).to_be_visible()
    expect(page.locator("article.card", has_text=now)).to_be_visible()
    assert sample.introductions.show(supplier, id).state == "accepted"


def test_terms_before_the_name_show_nothing_that_tells_it(visit, sample, asked):
    id = asked(terms_first=True, terms="月结三十天", message="我们是海昌")
    visitor = visit("supplier", "zh")
    visitor.open(f"/introductions/{id}")
    profile = sample.directory.profile(ADMIN, FIRM)
    shown = visitor.page.locator("main").inner_html()
    for secret in (profile.organization.name, FIRM, profile.about[:20], "我们是海昌"):
        assert secret not in shown
    assert "月结三十天" in shown
    assert visitor.page.locator("article.who, #why").count() == 0


def test_a_request_that_is_refused_keeps_what_was_written(visit, asked):
    asked()
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open(f"/introductions/new?goal=supplier&candidate={SUPPLIER}")
    page.fill("textarea[name=message]", "Two tonnes of castings a month")
    press(page, "Send the request")
    expect(page.get_by_role("alert")).to_contain_text("cannot be introduced for this goal now")
    assert page.input_value("textarea[name=message]") == "Two tonnes of castings a month"


def test_a_request_begins_with_what_was_asked_and_says_how_that_fits(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=stainless valve bodies DN50, investment cast")
    page.locator("#compare-2").click()  # the buttons that come back know the question too
    expect(page.locator("#compare-2")).to_have_attribute("aria-pressed", "true")
    page.locator("#compare-2").click()
    expect(page.locator("#compare-2")).to_have_attribute("aria-pressed", "false")
    grade = page.locator("#result-2 .chip.accent").inner_text()
    press(page, page.locator("#result-2 footer > a"))
    message = page.locator("textarea[name=message]")
    expect(message).to_have_value("stainless valve bodies DN50, investment cast")
    expect(page.locator("section:has(#why) .chip.accent")).to_have_text(grade)


def test_on_a_phone_who_is_asked_reads_the_request_and_decides_without_scrolling(visit, asked):
    id = asked(message="想谈铸件供应")
    visitor = visit("supplier", "zh", viewport={"width": 390, "height": 844})
    visitor.open(f"/introductions/{id}")
    page = visitor.page
    for part in (page.locator("#words ~ blockquote"), page.get_by_role("button", name="接受")):
        box = part.bounding_box()
        assert box["y"] + box["height"] < 844 - 60  # above the bar of the phone
    # Of ways out that do the same, one is offered.
    assert page.locator("button[value=withdraw]").count() == 0
    assert page.locator("button[value=decline]").count() == 1
    assert page.locator("ol.stepper > li[aria-current]").inner_text().startswith("等待")
    press(page, "接受")
    page.locator("summary", has_text="到此为止").click()
    assert page.locator("button[value=end]").is_visible()
    assert page.locator("button[value=withdraw]").count() == 0
    assert visitor.violations() == []


def test_two_clicks_send_a_request_and_two_answer_it(visit, sample, asked):
    id = asked(message="想谈铸件供应")
    supplier, firm = visit("supplier", "zh"), visit("firm", "zh")
    firm.open("/")
    matches = firm.page.locator("section:has(#matches) li.card")
    assert matches.count() == 3
    assert matches.first.locator("ul > li").count() >= 1
    press(firm.page, matches.first.get_by_role("button", name="请求对接"))
    press(firm.page, "发出请求")
    firm.page.wait_for_url(re.compile(r"/introductions/(?!new)[^/]+$"))
    press(firm.page, "撤回")
    supplier.open("/")
    waiting = supplier.page.locator("section:has(#answer) li.card", has_text="想谈铸件供应")
    press(supplier.page, waiting.get_by_role("button", name="查看并答复"))
    press(supplier.page, "接受")
    principal = sample.demo.account("firm").principal()
    assert sample.introductions.show(principal, id).contact is not None


def _decline(sample, id, reason):
    supplier = sample.demo.account("supplier").principal()
    declined = Transition(
        Action.DECLINE, reason=reason, decline_reason=DeclineReason.TOO_SHORT_NOTICE
    )
    sample.introductions.act(supplier, id, declined)


@pytest.mark.parametrize(("language", "why"), [("en", "Too short notice"), ("zh", "时间太紧")])
def test_who_was_declined_reads_why_without_opening_anything(visit, sample, asked, language, why):
    """Seen: "Declined", and the polite reason in a folded list of what happened."""
    id = asked(message="DN300 F51 毛坯每月四十件")
    _decline(sample, id, "这个月排满了，不好意思。")
    firm = visit("firm", language, viewport=PHONE)
    firm.open(f"/introductions/{id}")
    page = firm.page
    reason = page.get_by_text("这个月排满了，不好意思。").first
    expect(reason).to_be_visible()
    expect(page.locator("section[aria-labelledby=over] .chip")).to_have_text(why, ignore_case=True)
    # Whom it goes on to look for is what it asked for.
    elsewhere = page.locator("main a[href*='/find?']").last.get_attribute("href")
    assert "DN300" in elsewhere
    assert firm.violations() == firm.complaints == []


def test_a_question_waits_for_who_asked_on_the_first_page_and_opens_its_answer(
    visit, sample, asked
):
    """Seen: "Nothing waits for your answer" while the other side had asked something."""
    id = asked(message="想谈铸件供应")
    supplier = sample.demo.account("supplier").principal()
    sample.introductions.act(supplier, id, Transition(Action.ASK, reason="国标还是美标？"))
    firm = visit("firm", "zh")
    firm.open("/")
    page = firm.page
    waiting = page.locator("section[aria-labelledby=answer]")
    press(page, waiting.get_by_role("button", name="回答对方的问题"))
    expect(page.locator(".badge", has_text="轮到您")).to_be_visible()
    answer = page.locator("form:has([value=ask]) textarea")
    expect(answer).to_be_visible()
    answer.fill("美标，B16.34。")
    press(page, page.locator("button[value=ask]"))
    firm.open("/")
    expect(page.locator("section[aria-labelledby=answer]")).not_to_contain_text("回答对方的问题")
    assert firm.complaints == []


def test_in_a_path_as_in_the_reasons_you_is_one_of_the_two(visit, sample, asked):
    """Seen by who was asked: "you" was the asker in the reasons, and oneself in the path below."""
    supplier = visit("supplier", "zh")
    supplier.open(f"/introductions/{asked(message='想谈铸件供应')}")
    why = supplier.page.locator("section", has=supplier.page.locator("#why"))
    expect(why).to_contain_text("理由中的“您”“贵方”指")
    expect(why.locator(".path .stop").last).to_have_text(sample.store.organization(SUPPLIER).name)


@pytest.mark.parametrize("page_of", ["effect", "benchmark"])
def test_figures_of_a_cluster_are_read_on_a_phone_without_pushing(visit, asked, page_of):
    """Seen: eight columns of how far introductions came, six of them off the side of the phone."""
    asked(message="想谈铸件供应")
    coordinator = visit("coordinator", "zh", viewport=PHONE)
    coordinator.open(f"/clusters/seed:cluster-valves/{page_of}")
    page = coordinator.page
    table = page.locator("main .wide-table").first
    expect(table).to_be_visible()
    assert table.evaluate("box => box.scrollWidth <= box.clientWidth + 1")
    titles = {"effect": ("展示", "接受", "已完成"), "benchmark": ("成员", "更新率")}[page_of]
    row = table.locator("tbody tr").first
    for title in titles:
        expect(row.locator(".only-stacked", has_text=title).first).to_be_visible()
    assert coordinator.violations() == coordinator.complaints == []
