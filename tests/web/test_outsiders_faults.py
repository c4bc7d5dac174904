"""Faults that an outsider named at the same tasks later, and how pages speak since."""

import pytest

from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.posting import PostingAction
from tests.web.conftest import press

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
PHONE = {"viewport": {"width": 390, "height": 800}}
BOTH = pytest.mark.parametrize("language", ["zh", "en"])


@BOTH
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


@BOTH
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
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
