"""Pages that begin with the answer, and an organisation's page that acts."""

import re

import pytest
from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.audit.ties import Channel
from matchmaker.domain import GoalName, Layer, NeedState
from matchmaker.goals import LABS
from tests.web.conftest import press

FIRM, OTHER, CLUSTER = "seed:valves-001", "seed:valves-005", "seed:cluster-valves"


def test_a_cluster_begins_with_how_many_stand_alone_and_what_ten_ties_bring(visit, sample):
    """Counted by hand on the drawn network: who has no end of a tie."""
    view = sample.auditing.view(ADMIN, CLUSTER, Channel.COOPERATION, None)
    ends = set(view.network.edges.ravel().tolist())
    alone = len(view.network) - len(ends)
    ties = sample.auditing.worklist(ADMIN, CLUSTER, 10).items
    rows = {view.landscape.snapshot.id_of(int(row)): place
            for place, row in enumerate(view.network.members)}  # fmt: skip
    tied = {rows[end.id] for tie in ties for end in (tie.asker, tie.partner)}
    brought = len(tied - ends)
    visitor = visit("coordinator", "en")
    visitor.open(f"/clusters/{CLUSTER}")
    answer = visitor.page.locator("section.answer")
    expect(answer).to_contain_text(f"{alone} ")
    expect(answer).to_contain_text(f"{len(view.network)} members")
    gain = visitor.page.locator("#gain")
    expect(gain).to_contain_text(
        f"bring {brought} of them in"
        if brought
        else re.compile("10 introductions would (join|bring)")
    )
    press(visitor.page, "See the ten ties to make first")
    visitor.page.wait_for_url("**/worklist?*")
    assert visitor.page.locator("input[name=pair]").count() == len(ties) == 10
    assert visitor.complaints == []


def test_shares_are_per_cent_on_every_page(visit, sample):
    """A third of the members stood as 33 % on the dashboard and as .33 beside other clusters."""
    figures = sample.auditing.audit(ADMIN, CLUSTER).layer(Channel.COOPERATION).figures
    visitor = visit("coordinator", "en")
    visitor.open(f"/clusters/{CLUSTER}")
    joined = f"{round(100 * figures['giant_component'].value)}%"
    headlines = visitor.page.locator("dl.headlines").first
    expect(headlines).to_contain_text(f"Largest component{joined}")
    visitor.open(f"/clusters/{CLUSTER}/benchmark")
    beside_others = visitor.page.locator("tr.own")
    expect(beside_others).to_contain_text(f"Largest component {joined}")
    # A residual of logarithms, which is no share.
    residual = round(figures["size_adjusted_density"].value, 2)
    expect(beside_others).to_contain_text(f"Size-adjusted density {residual:g} ")


def test_the_dashboard_of_an_earlier_year_tells_nothing_of_these_days(visit, sample):
    """Beside the figures of 2024 stood what changed in the last thirty days."""
    year = sample.auditing.audit(ADMIN, CLUSTER).basis.year
    visitor = visit("coordinator", "en")
    main = visitor.page.locator("main")
    visitor.open(f"/clusters/{CLUSTER}?year={year}")
    expect(main).to_contain_text("in the last 30 days")
    visitor.open(f"/clusters/{CLUSTER}?year={year - 1}")
    expect(main).not_to_contain_text("in the last 30 days:")
    expect(main).to_contain_text(f"What changed in {year - 1}")


def test_no_headline_has_more_than_two_decimals(visit):
    visitor = visit("coordinator", "zh")
    visitor.open("/")
    headlines = visitor.page.locator(".headlines dd").all_inner_texts()
    assert len(headlines) > 5
    assert not [text for text in headlines if re.search(r"\.\d{3}", text)]


def test_an_institute_begins_with_open_needs_that_its_offers_can_answer(visit, sample):
    account = sample.demo.account("university")
    own = min(account.principal().organizations)
    visitor = visit("university", "zh")
    visitor.open("/")
    cards = visitor.page.locator("section:has(#answerable) li.card")
    answered = sample.matching.answered_needs(ADMIN, own)
    first = [sample.published.need(each.need).text for each in answered[:3]]
    shown = cards.all_inner_texts()
    assert len(shown) == len(first) > 0
    for card, text, each in zip(shown, first, answered, strict=False):
        assert text[:40] in card
        assert each.evidence.text[:40] in card
    link = cards.first.get_by_role("button").get_attribute("href")
    assert "asking_side=candidate" in link
    assert "need=seed" in link


@pytest.mark.parametrize("script", [True, False])
def test_an_organisations_page_says_why_for_us_and_lets_one_act(visit, sample, script):
    visitor = visit("", "zh", java_script_enabled=script)
    page = visitor.page
    visitor.open("/sign-in")
    press(page, page.locator("form[action='/demo/firm'] button"))
    page.wait_for_url("**/tour")
    visitor.open(f"/organizations/{OTHER}?goal=supplier")
    fit = sample.matching.fit(ADMIN, FIRM, OTHER, GoalName.SUPPLIER)
    assert fit.leading(1)[0].message.text("zh") in page.locator("section:has(#why)").inner_text()
    ties = sample.directory.neighborhood(ADMIN, OTHER, 1, 100).ties
    own = [tie for tie in ties if OTHER in (tie.source, tie.target)]
    rows = page.locator("section:has(#ties) tbody tr")
    assert rows.count() == len(own) > 3
    given = sum(tie.layer is Layer.SUPPLIES and tie.source == OTHER for tie in own)
    assert sum("→" in text for text in rows.all_text_contents()) == given
    press(page, "保存")
    expect(page.get_by_role("button", name="已收藏 ★")).to_have_count(1)
    press(page, "已收藏 ★")
    press(page, "请求对接")
    assert "goal=supplier" in page.url
    assert OTHER in page.url


def test_a_coordinator_sees_membership_account_and_answers_of_a_member(visit, sample):
    sample.demo.account("supplier")
    view = sample.auditing.view(ADMIN, CLUSTER, Channel.COOPERATION, None)
    ids = [view.landscape.snapshot.id_of(int(row)) for row in view.network.members]
    quiet = next(id for id in ids if not list(sample.accounts.of_organization(id)))
    visitor = visit("coordinator", "en")
    panel = visitor.page.locator("section.card", has_text="Your member")
    visitor.open(f"/organizations/{quiet}")
    assert "Nobody acts for it here yet" in panel.inner_text()
    assert panel.locator("input[type=email]").count() == 1
    visitor.open(f"/organizations/{OTHER}")
    assert "It has an account" in panel.inner_text()


def test_a_whole_audit_opens_with_its_first_part_and_names_are_the_readers(visit):
    visitor = visit("coordinator", "en", viewport={"width": 390, "height": 844})
    page = visitor.page
    visitor.open(f"/clusters/{CLUSTER}/report")
    parts = page.locator("main section > details")
    assert parts.count() > 3
    assert page.locator("main section > details[open]").count() == 1
    assert page.evaluate("document.documentElement.scrollHeight") < 6_000
    page.emulate_media(media="print")
    assert parts.last.locator("table, p, img").first.is_visible()
    page.emulate_media(media="screen")
    visitor.open(f"/clusters/{CLUSTER}/effect")
    assert "示例" not in page.inner_text("main")


def test_a_lab_is_looked_at_for_research_and_for_firms_only_where_it_looks_for_them(visit, sample):
    rows = sample.store.export().rows
    calling = {
        need.organization
        for need in rows.needs
        if need.goal is GoalName.INDUSTRY_PARTNER and need.state is NeedState.OPEN
    }
    labs = [one.id for one in rows.organizations if one.kind in LABS and one.listed]
    visitor = visit("firm", "en")
    offered = {}
    for lab in (
        next(id for id in labs if id in calling),
        next(id for id in labs if id not in calling),
    ):
        visitor.open(f"/organizations/{lab}")
        options = visitor.page.locator("select[name=goal] option")
        offered[lab in calling] = {each.get_attribute("value") for each in options.all()}
    assert "research_partner" in offered[True] & offered[False]
    assert "industry_partner" in offered[True]
    assert "industry_partner" not in offered[False]


def test_who_asks_firms_for_a_lab_by_name_is_one_click_from_labs(visit):
    text = "阀门噪声，想找高校一起攻关"
    visitor = visit("firm", "zh")
    visitor.open(f"/find?goal=supplier&text={text}")
    visitor.page.get_by_role("button", name="用“科研伙伴”再找一次").click()
    visitor.page.wait_for_url("**goal=research_partner**")
    assert visitor.page.locator("textarea[name=text], input[name=text]").first.input_value() == text
    assert visitor.page.get_by_text("再找一次").count() == 0
