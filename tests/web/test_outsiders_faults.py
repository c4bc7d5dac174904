"""Faults that an outsider named at the same tasks later, and how pages speak since."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import render_template_string

from matchmaker.app import create_app
from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Organization,
    OrganizationFilter,
    Tie,
)
from matchmaker.errors import ChangedMeanwhile, InvalidInput
from matchmaker.provenance import Provenance
from matchmaker.recommend.model import Match
from matchmaker.services.matching.open_needs import NeedOrder, WantedOpenNeeds
from matchmaker.web.cards import grade_of
from matchmaker.web.nearness import nearness
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.posting import PostingAction
from tests.web.conftest import in_languages, in_turn, press

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
PHONE = {"viewport": {"width": 390, "height": 800}}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


@in_languages("zh")
def test_an_offer_published_a_moment_ago_answers_needs_on_the_first_page(visit, sample, language):
    visitor = visit("supplier", language)
    page = visitor.page
    text = f"我厂提供阀芯球体研磨精加工服务，SS316，圆度0.01以内，{language}"
    version = sample.reader.current().meta.version
    visitor.open("/")
    assert text not in page.inner_text("main")
    visitor.open("/postings/new?what=offer")
    page.fill("textarea[name=text]", text)
    page.select_option("select[name=offer_kind]", "service")
    page.select_option("select[name=terms]", "market")
    press(page, {"zh": "发布", "en": "Publish"}[language])
    posting = page.url.rsplit("/", 1)[1]
    visitor.open("/")
    assert text in page.locator("section[aria-labelledby=answerable]").inner_text()
    assert sample.reader.current().meta.version == version
    principal = sample.demo.account("supplier").principal()
    sample.postings.act(principal, posting, PostingAction.WITHDRAW)
    visitor.open("/")
    assert text not in page.inner_text("main")
    assert visitor.complaints == []


@pytest.fixture
def asked(sample):
    """Introductions that the firm asks the supplier for; taken back afterwards."""
    principal, ids = sample.demo.account("firm").principal(), []

    def ask(**fields):
        proposal = Proposal(GoalName.SUPPLIER, FIRM, SUPPLIER, **fields)
        ids.append(sample.introductions.propose(principal, proposal).id)
        return ids[-1]

    yield ask
    for id in ids:
        allowed = sample.introductions.show(principal, id).allowed
        for action in (Action.CANCEL, Action.END):
            if action in allowed:
                sample.introductions.act(principal, id, Transition(action))


@in_turn("screen", desktop={}, phone=PHONE)
def test_how_far_it_is_says_whose_answer_it_waits_for_and_until_when(
    visit, sample, asked, language, screen
):
    id = asked()
    supplier = sample.store.organization(SUPPLIER)
    name = {"zh": supplier.name, "en": supplier.name_en}[language]
    waiting = {
        "firm": {"zh": f"等待{name}答复", "en": f"Waiting for the answer of {name}"},
        "supplier": {"zh": "等待贵方答复", "en": "Waiting for your answer"},
    }
    view = sample.introductions.show(sample.demo.account("firm").principal(), id)
    for role, said in waiting.items():
        visitor = visit(role, language, **screen)
        visitor.open(f"/introductions/{id}")
        step = visitor.page.locator(".stepper [aria-current=step]")
        shown = visitor.page.locator(".step-now") if screen else step
        assert shown.is_visible()
        for part in (step, shown):
            text = " ".join(part.text_content().split())
            assert said[language] in text
            assert f"{view.expires:%Y}" in text
        box = shown.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= (390 if screen else 1200)
        assert visitor.complaints == []


@in_languages("en")
def test_how_many_open_needs_there_are_says_whose_and_how_many_one_answers(visit, sample, language):
    visitor = visit("supplier", language)
    visitor.open("/needs?sort=newest")
    principal = sample.demo.account("supplier").principal()
    wanted = WantedOpenNeeds(OrganizationFilter())
    rows = sample.open_needs.ranked(principal, SUPPLIER, wanted, NeedOrder.NEWEST)
    answered = sum(row.answer is not None for row in rows)
    said = visitor.page.locator("main p.quiet[role=status]").first.inner_text()
    assert (
        said
        == {
            "zh": f"其他机构的公开需求共 {len(rows)} 条，其中 {answered} 条与我们的资料相符",
            "en": f"{len(rows)} open needs of others; what we say answers {answered} of them",
        }[language]
    )


# Text in Chinese that is not marked as such, for those who have the page read aloud in English.
_UNMARKED = """selector => [...document.querySelectorAll(selector)].flatMap(part => {
    const walk = document.createTreeWalker(part, NodeFilter.SHOW_TEXT), found = [];
    while (walk.nextNode()) {
        const node = walk.currentNode;
        if (/[\u4e00-\u9fff]/.test(node.data) && !node.parentElement.closest('[lang=zh]:not(html)'))
            found.push(node.data.trim());
    }
    return found;
})"""


def test_ties_and_undertakings_speak_english_and_mark_what_is_quoted_in_chinese(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    for address in ("/organizations/seed:valves-012", "/find?goal=supplier"):
        visitor.open(address)
        assert page.locator(".path .via, .timeline > li").count() > 0
        assert page.evaluate(_UNMARKED, ".path .via, .timeline > li, #ties ~ *") == []
    visitor.open("/organizations/seed:valves-012")
    kinds = page.locator(".timeline > li > .chip").all_inner_texts()
    assert len(kinds) == page.locator(".timeline > li").count()
    assert "Contract" in kinds


@in_languages("zh")
def test_what_is_not_known_of_a_tie_says_so_and_a_column_of_it_is_left_out(visit, sample, language):
    names = tuple(f"x:{name}-{language}" for name in ("undated", "first", "second"))
    sample.store.upsert(
        GraphRows(
            organizations=tuple(Organization(id, id[2:], Kind.FIRM) for id in names),
            ties=(Tie(f"x:tie-1-{language}", names[0], names[1], Layer.SUPPLIES),),
        )
    )
    visitor = visit("firm", language)
    page, since = visitor.page, {"zh": "开始于", "en": "Since"}[language]
    visitor.open(f"/organizations/{names[0]}")
    titles = [text.strip() for text in page.locator("#ties ~ details th").all_text_contents()]
    assert titles
    assert since not in titles
    today = sample.local_clock().date()
    dated = Tie(f"x:tie-2-{language}", names[0], names[2], Layer.SUPPLIES, since=today)
    sample.store.upsert(GraphRows(ties=(dated,)))
    visitor.open(f"/organizations/{names[0]}")
    titles = [text.strip() for text in page.locator("#ties ~ details th").all_text_contents()]
    assert since in titles
    unknown = page.locator("#ties ~ details td .not-known")
    assert unknown.count() == 1
    said = {"zh": "未知", "en": "not known"}[language]
    assert unknown.get_attribute("title") == said
    assert said in unknown.text_content()


def test_a_deadline_is_amber_from_the_first_reminder_on_and_red_when_it_is_past(
    visit, sample, asked
):
    with create_app(sample).test_request_context():
        today = sample.local_clock().date()
        colours = [nearness(today + timedelta(days=days)) for days in (90, 6, 5, 0, -1)]
    assert colours == ["", "", "warn", "warn", "bad"]
    asked()  # to be answered within fourteen days
    visitor = visit("supplier", "en")
    visitor.open("/")
    answer = visitor.page.locator("section[aria-labelledby=answer] li.card").last
    deadline = answer.locator(".chip", has_text="to be answered by")
    assert deadline.count() == 1
    assert "warn" not in deadline.get_attribute("class")


@BOTH
def test_where_nothing_specified_is_known_the_heading_says_so(sample, language):
    only_unknown = SimpleNamespace(met=(), unmet=(), unknown=("DN50",))
    some_met = SimpleNamespace(met=("CF8",), unmet=(), unknown=("DN50",))
    said = {"zh": "是否满足具体要求：未知", "en": "Whether it meets what is specified is not known"}
    with create_app(sample).test_request_context(headers={"Accept-Language": language}):
        for match in (Match.GOOD, Match.PARTIAL):
            fit = SimpleNamespace(match=match, comparison=only_unknown)
            assert grade_of(fit) == said[language]
        assert grade_of(SimpleNamespace(match=Match.GOOD, comparison=some_met)) != said[language]
        assert grade_of(SimpleNamespace(match=Match.GOOD, comparison=None)) != said[language]


@in_turn("colours", light="light", dark="dark")
def test_on_a_phone_the_line_of_partners_that_fit_is_whole_and_large_enough_to_tap(
    visit, language, colours
):
    visitor = visit("firm", language, color_scheme=colours, **PHONE)
    page = visitor.page
    visitor.open("/find?goal=supplier&text=不锈钢阀体精密铸造")
    line = page.locator("details.known > summary")
    box = line.bounding_box()
    assert box["height"] >= 44
    assert line.evaluate("it => it.scrollWidth <= it.clientWidth + 1")
    assert line.evaluate("it => it.scrollHeight <= it.clientHeight + 1")
    assert not line.inner_text().rstrip().endswith((":", "："))
    line.click()
    assert page.locator("details.known[open] li a").first.is_visible()
    assert line.locator(".names").is_visible()
    assert visitor.violations() == []


def test_sample_people_are_named_in_the_readers_language(visit):
    names = {
        "firm": ("演示企业", "Demo firm"),
        "supplier": ("演示供应商", "Demo supplier"),
        "university": ("演示院所", "Demo institute"),
        "coordinator": ("演示协调员", "Demo coordinator"),
        "admin": ("演示管理员", "Demo admin"),
    }
    for role, said in names.items():
        visitor = visit(role)
        for language, name in zip(("zh", "en"), said, strict=True):
            visitor.read_in(language).open("/account")
            assert visitor.page.locator("header summary", has_text=name).count() == 1
            assert visitor.page.input_value("input[name=name] >> nth=0") == name
            assert language == "en" or "Demo " not in visitor.page.inner_text("body")
        visitor.close()


@in_languages("en")
def test_sources_are_said_in_words_and_files_only_where_a_person_brought_them(
    visit, sample, language
):
    brought = Tie("x:brought", "seed:valves-020", FIRM, Layer.SUPPLIES)
    provenance = Provenance("orders-2026.xlsx", "line 2")
    sample.store.upsert(GraphRows(ties=(replace(brought, provenance=provenance),)))
    visitor = visit("firm", language)
    page = visitor.page
    visitor.open("/organizations/seed:valves-020")
    page.locator("#ties ~ details > summary").click()
    text = page.inner_text("main")
    assert ".samples.csv" not in text
    assert {"zh": "示例数据 · 导入", "en": "sample data · Import"}[language] in text
    assert "orders-2026.xlsx" in text


def test_counts_of_a_file_that_is_looked_at_have_titles_that_begin_large(visit, tmp_path):
    file = tmp_path / "members.csv"
    file.write_text("name,e-mail,what they make\nNew Works,a@example.org,ball valves DN50\n")
    visitor = visit("coordinator", "en")
    page = visitor.page
    visitor.open(f"/clusters/{VALVES}/import")
    page.set_input_files("input[name=file]", file)
    press(page, "Look at it first")
    titles = [title.strip() for title in page.locator(".counts dt").all_inner_texts()]
    assert {"Descriptions", "Memberships"} & set(titles)
    assert [title for title in titles if not title[:1].isupper()] == []


@in_languages("zh")
def test_the_plan_is_in_the_worklists_order_and_both_say_which(visit, language):
    visitor = visit("coordinator", language)
    page = visitor.page
    visitor.open(f"/clusters/{VALVES}/worklist")
    how = {"zh": "对网络的作用 × 促成的可能", "en": "what a tie does for the network"}[language]
    assert how in page.inner_text("main")
    ticked = [box.get_attribute("value") for box in page.locator("input[name=pair]:checked").all()]
    plan = {"zh": "为勾选的联系制订对接计划", "en": "Plan introductions for the ticked ones"}
    press(page, plan[language])
    same = {"zh": "与工作清单的顺序相同", "en": "In the order of the worklist."}[language]
    assert same in page.inner_text("main")
    planned = [box.get_attribute("value") for box in page.locator(".plan input[name=pair]").all()]
    pairs = [value.split("\t")[:2] for value in planned]
    assert len(pairs) > 2
    assert pairs == [value.split("\t")[:2] for value in ticked if value.split("\t")[:2] in pairs]


@BOTH
def test_that_somebody_was_faster_is_told_calmly_and_what_was_entered_is_kept(sample, language):
    shown = "{% from 'parts.html' import refusal with context %}{{ refusal(problem) }}"
    kept = {"zh": "您填写的内容仍在表单中", "en": "What you entered is still in the form"}[language]
    application = create_app(sample)
    with application.test_request_context(headers={"Accept-Language": language}):
        faster = render_template_string(shown, problem=ChangedMeanwhile("Look at it again."))
        wrong = render_template_string(shown, problem=InvalidInput("must not be empty."))
    assert "bad" not in faster
    assert "alert" not in faster
    assert kept in faster
    assert "notice bad" in wrong
    assert kept not in wrong
