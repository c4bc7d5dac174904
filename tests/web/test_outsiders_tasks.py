"""What somebody from outside stumbled over at six tasks, and what was mended."""

from urllib.parse import parse_qs, quote, urlsplit

from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action, Side
from tests.web.conftest import in_languages, press

FIRM, SUPPLIER, VALVES = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"
SEEN_BY_OTHERS = {"zh": "他人看到的我们", "en": "As others see us"}


def asked_by(link, *names):
    """What the address of a link asks with, by these names."""
    asked = parse_qs(urlsplit(link.get_attribute("href")).query)
    return [asked[name][0] for name in names]


@in_languages("zh")
def test_a_tie_that_is_proposed_is_marked_with_a_link_and_not_ticked(visit, sample, language):
    visitor = visit("coordinator", language)
    page = visitor.page
    visitor.open(f"/clusters/{VALVES}/worklist")
    untick = page.get_by_role("button", name={"zh": "全部取消勾选", "en": "Untick all"}[language])
    assert untick.count() == 2
    table = page.locator("form table").first
    assert untick.first.bounding_box()["y"] < table.bounding_box()["y"]
    first = page.locator("input[name=pair]").first
    asker, partner, goal, _ = first.get_attribute("value").split("\t")
    assert first.is_checked()
    principal = sample.demo.account("coordinator").principal()
    proposal = Proposal(GoalName(goal), seeker=asker, candidate=partner, cluster=VALVES)
    id = sample.introductions.propose(principal, proposal).id
    visitor.open(f"/clusters/{VALVES}/worklist")
    proposed = page.locator("tr", has=page.locator(f"a[href='/introductions/{id}']"))
    assert {"zh": "已提出对接", "en": "already proposed"}[language] in proposed.inner_text()
    assert not proposed.locator("input:checked").count()
    assert {"zh": "其中 1 项", "en": "1 of them is"}[language] in page.inner_text("main")
    assert page.locator("input[name=pair]:checked").count() > 4
    assert visitor.violations() == []
    sample.introductions.act(principal, id, Transition(Action.CANCEL))


def test_what_two_members_arrange_between_themselves_is_not_told_to_coordinators(sample):
    member = sample.demo.account("firm").principal()
    proposal = Proposal(GoalName.CUSTOMER, seeker=FIRM, candidate=SUPPLIER)
    id = sample.introductions.propose(member, proposal).id
    coordinator = sample.demo.account("coordinator").principal()
    assert [view.id for view in sample.introductions.list_open_of(member, FIRM)] == [id]
    assert sample.introductions.list_open_of(coordinator, FIRM) == []
    sample.introductions.act(member, id, Transition(Action.WITHDRAW))
    assert sample.introductions.list_open_of(member, FIRM) == []


@in_languages("en")
def test_of_a_best_match_with_an_open_introduction_nobody_is_asked_again(visit, sample, language):
    visitor = visit("firm", language)
    page = visitor.page
    visitor.open("/")
    match = page.locator("section[aria-labelledby=matches] li.card").first
    ask = match.locator("a[href*='/introductions/new']")
    goal, candidate = asked_by(ask, "goal", "candidate")
    principal = sample.demo.account("firm").principal()
    proposal = Proposal(GoalName(goal), seeker=FIRM, candidate=candidate)
    id = sample.introductions.propose(principal, proposal).id
    visitor.open("/")
    match = page.locator("section[aria-labelledby=matches] li.card").first
    link = match.locator(f"a[href='/introductions/{id}']")
    assert link.inner_text() == {"zh": "对接进行中", "en": "open introduction"}[language]
    assert not match.locator("a[href*='/introductions/new']").count()
    sample.introductions.act(principal, id, Transition(Action.WITHDRAW))


@in_languages("zh")
def test_a_need_that_one_has_offered_to_meet_says_so(visit, sample, language):
    visitor = visit("supplier", language)
    page = visitor.page
    visitor.open("/needs")
    button = page.locator("main article a[href*='/introductions/new']").first
    goal, owner, need = asked_by(button, "goal", "candidate", "need")
    principal = sample.demo.account("supplier").principal()
    proposal = Proposal(
        GoalName(goal), seeker=owner, candidate=SUPPLIER, asking_side=Side.CANDIDATE, need=need
    )
    new = "main a[href*='/introductions/new']"
    offer = ", ".join(f"{new}[href*='need={id}']" for id in {need, quote(need)})
    assert page.locator(offer).count() == 1
    id = sample.introductions.propose(principal, proposal).id
    for path in ("/needs", f"/needs/{need}", f"/organizations/{owner}"):
        visitor.open(path)
        link = page.locator(f"main a.chip[href='/introductions/{id}']").first
        assert link.inner_text() == {"zh": "对接进行中", "en": "open introduction"}[language]
        assert not page.locator(offer).count()
    sample.introductions.act(principal, id, Transition(Action.WITHDRAW))


@in_languages("en")
def test_a_list_is_brought_in_from_the_top_of_the_members_too(visit, language):
    visitor = visit("coordinator", language)
    page = visitor.page
    visitor.open(f"/clusters/{VALVES}/members")
    links = page.locator("main").get_by_role(
        "link", name={"zh": "导入名单", "en": "Import a list"}[language]
    )
    assert links.count() == 2
    assert links.first.bounding_box()["y"] < page.locator("main table").bounding_box()["y"]
    press(page, links.last)
    assert page.locator("input[type=file]").count()


@in_languages("zh")
def test_as_others_see_us_is_what_somebody_else_sees(visit, language):
    own, other = visit("firm", language), visit("university", language)
    page = own.page
    own.open("/")
    press(page, page.get_by_role("link", name=SEEN_BY_OTHERS[language]))
    other.open(f"/organizations/{FIRM}")
    shown, really = page.inner_text("main"), other.page.inner_text("main")
    for secret in ({"zh": "登记证书", "en": "Enter a certificate"}[language], "@"):
        assert secret not in shown
        assert secret not in really
    sections = [each.locator("main section > h2") for each in (page, other.page)]
    titles = [each.all_inner_texts() for each in sections]
    why = {"zh": "为何适合我们", "en": "Why for us"}[language]
    assert titles[0] == [title for title in titles[1] if title != why]
    assert not page.locator("main a[href*='/introductions/new']").count()
    assert own.violations() == []
    own.open(f"/organizations/{FIRM}")
    assert page.locator("main form[action$='/certificates']").count()
    # Of somebody else's page the address changes nothing.
    other.open(f"/organizations/{FIRM}?as=others")
    assert other.page.inner_text("main") == really


@in_languages("en")
def test_a_published_offer_says_who_sees_it_and_leads_there(visit, language):
    visitor = visit("university", language)
    page = visitor.page
    visitor.open("/postings/new?what=offer")
    text = f"DN700 cryogenic test bench {language}"
    page.fill("textarea[name=text]", text)
    page.select_option("select[name=offer_kind]", "technology")
    page.select_option("select[name=terms]", "free")
    press(page, {"zh": "发布", "en": "Publish"}[language])
    assert {"zh": "所有人都能看到", "en": "Everybody sees it"}[language] in page.inner_text("main")
    seen = {"zh": "查看他人看到的样子", "en": "See it as others see it"}[language]
    press(page, page.get_by_role("link", name=seen))
    assert text in page.locator("section[aria-labelledby=offers]").inner_text()


@in_languages("zh")
def test_a_sample_account_goes_on_to_the_page_that_was_asked_for(visit, language):
    visitor = visit("", language)
    page = visitor.page
    for asked, after in (
        ("/find%3Fgoal%3Dsupplier", "/find?goal=supplier"),
        ("https://evil.example/", "/tour"),
        ("//evil.example/", "/tour"),
        ("/", "/tour"),
    ):
        visitor.context.clear_cookies()
        visitor.open(f"/sign-in?next={asked}")
        press(page, page.locator("form[action='/demo/firm'] button"))
        assert page.url == f"{visitor.server}{after}"
