"""Each person's main way, end to end, in a real browser and both languages."""

import re

import networkx
import pytest
from playwright.sync_api import expect

from matchmaker.access import ADMIN
from tests.web.conftest import in_languages, press, settle

FIRM, SUPPLIER = "seed:valves-001", "seed:valves-005"


@in_languages("zh")
def test_a_firm_finds_asks_and_completes(visit, sample, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    firm, supplier = visit("firm", language), visit("supplier", language)

    page = firm.page
    firm.open("/postings/new?what=need")
    page.fill("textarea[name=text]", "需要DN50不锈钢球阀阀体铸件，耐压1.6MPa")
    press(page, say("看看谁能满足", "See who could meet it"))
    assert page.locator("main ol li").count() == 5
    assert page.input_value("textarea[name=text]").startswith("需要DN50")
    press(page, say("发布", "Publish"))
    assert page.locator("article.card").count() > 5

    firm.open("/find")
    page.fill("textarea[name=text]", "球阀铸件")
    press(page, say("寻找", "Find"))
    page.wait_for_selector("#results article.card")
    card = page.locator("article.card").first
    assert 2 <= card.locator("> ul > li").count() <= 3  # for it, and what it specifies
    card.locator("summary").first.click()
    assert card.locator("details table tr").count() > 3
    firm.open(f"/introductions/new?goal=supplier&candidate={SUPPLIER}")
    page.fill("textarea[name=message]", "想谈铸件供应")
    press(page, say("发出请求", "Send the request"))
    address = page.url.removeprefix(firm.server)
    assert sample.directory.profile(ADMIN, SUPPLIER).organization.contact not in page.content()

    other = supplier.page
    supplier.open("/notices")
    unread = int(other.locator("header .badge").inner_text())
    press(other, other.locator("ul.plain a").first)
    left = other.locator("header .badge")  # what a notice tells of was opened: it is read
    expect(left).to_have_text(str(unread - 1)) if unread > 1 else expect(left).to_have_count(0)
    assert other.url.endswith(address)
    assert "想谈铸件供应" in other.content()
    press(other, say("接受", "Accept"))
    assert sample.directory.profile(ADMIN, FIRM).organization.contact in other.content()
    other.fill("textarea[name=message]", "周三上午可以")
    press(other, say("发送", "Send"))

    firm.open(address)
    assert "周三上午可以" in page.content()
    assert sample.directory.profile(ADMIN, SUPPLIER).organization.contact in page.content()
    press(page, say("我们已达成协议", "We have agreed"))
    page.locator("summary", has_text=say("报告成果", "Report the outcome")).click()
    press(page, page.locator("button[name=action][value=report]"))
    supplier.open(address)
    press(other, say("确认成果", "Confirm the outcome"))
    assert say("已完成", "Completed") in other.locator("main").inner_text()
    ties = sample.directory.neighborhood(ADMIN, FIRM, 1, 200).ties
    assert any(tie.id == f"intro:{address.rpartition('/')[2]}#tie" for tie in ties)
    assert firm.complaints == supplier.complaints == []


@in_languages("en")
def test_a_coordinator_looks_switches_ties_on_and_proposes(visit, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    visitor = visit("coordinator", language)
    page = visitor.page
    visitor.open("/clusters/seed:cluster-valves")
    page.locator("#network").scroll_into_view_if_needed()
    page.wait_for_selector("#network[data-ready=yes]")
    page.check("#missing")
    expect(page.locator("#whatif")).to_contain_text("→")
    boxes = page.locator("input[name=pair]")
    assert boxes.count() == 10
    chosen = (0, 1) if language == "zh" else (4, 5)
    for position in set(range(10)) - set(chosen):
        boxes.nth(position).uncheck()  # all are ticked: one takes out what should not be
    press(page, say("为勾选的联系制订对接计划", "Plan introductions for the ticked ones"))
    planned = page.locator("main ol li").count()
    assert planned >= 1
    press(page, say("提出这些对接", "Propose these introductions"))
    assert re.search(
        say(r"已提出 \d 项对接", r"\d introductions? (is|are) proposed"), page.content()
    )
    visitor.open("/clusters/seed:cluster-valves/worklist")
    # What is proposed already is not ticked again.
    ticked = page.locator("input[name=pair]:checked").count()
    assert 0 < ticked < 10
    visitor.open("/clusters/seed:cluster-valves/introductions")
    press(page, page.locator("ul.plain a").first)
    assert say("联系方式", "Contact") not in page.locator("main").inner_text()
    visitor.open("/clusters/seed:cluster-valves/effect")
    assert page.locator("tbody tr").count() >= 1
    visitor.open("/clusters/seed:cluster-valves/report")
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    named = say(r"示例·永嘉阀门产业集群.*网络审计", "Sample Valve Cluster network audit")
    assert re.fullmatch(rf"\d{{4}}-\d\d-\d\d {named}\.xlsx", download.value.suggested_filename)
    assert visitor.complaints == []


STANDING = {"isolates": 3, "giant_component": 0.5, "fragmentation": 0.5}
WHAT_IF = {"before": STANDING, "after": STANDING | {"isolates": 1}}


def made_network(count):
    """Everybody tied to the next one."""
    nodes = [
        {"id": f"n{place}", "name": f"示例 {place}", "kind": "firm", "degree": 2}
        for place in range(count)
    ]
    ties = [{"source": f"n{place}", "target": f"n{(place + 1) % count}"} for place in range(count)]
    return {"year": 2026, "nodes": nodes, "ties": ties}


@pytest.mark.parametrize(("count", "drawn"), [(700, "cytoscape"), (2001, "sigma")])
def test_a_large_network_is_drawn_searched_and_saved(visit, tmp_path, count, drawn):
    visitor = visit("coordinator", "zh")
    page = visitor.page
    page.route("**/network.json*", lambda route: route.fulfill(json=made_network(count)))
    visitor.open("/clusters/seed:cluster-valves")
    page.route(
        "**/missing.json*",
        lambda route: route.fulfill(json=[{"source": "n1", "target": "n9", "goal": "supplier"}]),
    )
    page.locator("#network").scroll_into_view_if_needed()
    page.wait_for_selector(f"#network[data-drawn={drawn}][data-ready=yes]", timeout=60_000)
    page.fill("#seek", "示例 69")
    expect(page.locator("#hits")).to_have_text("11")
    page.route("**/what-if", lambda route: route.fulfill(json=WHAT_IF))
    page.check("#missing")
    expect(page.locator("#whatif")).to_contain_text("3 → 1")
    for kind, begin in (("png", b"\x89PNG"), ("svg", b"<svg"), ("graphml", b"<?xml")):
        with page.expect_download() as download:
            page.click(f"#{kind}")
        download.value.save_as(tmp_path / kind)
        assert (tmp_path / kind).read_bytes().startswith(begin)
    assert (tmp_path / "svg").read_text().count("stroke-dasharray") == 1
    graph = networkx.read_graphml(tmp_path / "graphml")
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (count, count)
    assert [one for one in visitor.complaints if "GPU stall" not in one] == []


def test_the_library_of_the_network_comes_when_the_picture_is_about_to_be_seen(visit):
    visitor = visit("coordinator", "zh")
    page = visitor.page
    page.set_viewport_size({"width": 390, "height": 844})
    fetched = []
    page.on("request", lambda request: fetched.append(request.url.rpartition("/")[2]))
    visitor.open("/clusters/seed:cluster-valves")
    page.wait_for_selector("#worklist table", timeout=60_000)
    assert "cytoscape.min.js" not in fetched
    page.locator("#network").scroll_into_view_if_needed()
    page.wait_for_selector("#network[data-ready=yes]")
    assert fetched.count("cytoscape.min.js") == 1
    assert visitor.complaints == []


def test_the_network_of_an_earlier_year_and_the_card_of_a_member(visit):
    visitor = visit("coordinator", "en")
    page = visitor.page
    visitor.open("/clusters/seed:cluster-valves")
    page.locator("#network").scroll_into_view_if_needed()
    page.wait_for_selector("#network[data-ready=yes]")
    standing = {}
    for year in ("2023", "2026"):
        with page.expect_response("**/network.json?*") as answered:
            page.select_option("#year", year)
        drawn = answered.value.json()
        assert drawn["year"] == int(year)
        standing[year] = {node["id"]: (node["x"], node["y"]) for node in drawn["nodes"]}
        page.wait_for_selector("#network[data-ready=yes]")
    stayed = standing["2023"].keys() & standing["2026"].keys()
    assert len(stayed) > 40
    assert all(standing["2023"][id] == standing["2026"][id] for id in stayed)
    assert not any(node["label"].startswith("Sample") for node in drawn["nodes"])
    expect(page.locator("#legend")).to_contain_text("Firm 48")
    page.select_option("#colour", "industry")
    expect(page.locator("#legend")).to_contain_text("General Purpose Machinery")
    page.fill("#seek", "Sample Langtuo")
    expect(page.locator("#hits")).to_have_text("1")
    page.press("#seek", "Enter")
    expect(page.locator("#about h3 a")).to_have_attribute("href", "/organizations/seed:valves-005")
    page.click("#enlarge")
    expect(page.locator("#picture")).to_have_class(re.compile("enlarged"))
    page.keyboard.press("Escape")
    expect(page.locator("#picture")).not_to_have_class(re.compile("enlarged"))
    assert visitor.complaints == []


@in_languages("zh")
def test_an_institute_offers_to_meet_a_need(visit, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    visitor = visit("university", language)
    page = visitor.page
    visitor.open("/needs")
    assert say("与贵方专长接近的企业", "Firms near your strengths") in page.content()
    offers = page.get_by_role("button", name=say("我们可以满足", "Offer to meet it"))
    press(page, offers.nth(0 if language == "zh" else 1))
    page.fill("textarea[name=message]", "我们做过同类课题")
    assert say("对方寻找：", "They look for: ") in page.locator("main").inner_text()
    press(page, say("发出响应", "Send the offer"))
    assert say("响应已发出", "The offer is sent") in page.locator("main").inner_text()
    waiting = say(r"等待.+答复", r"Waiting for the answer of \S+")
    assert re.search(waiting, page.locator("main").inner_text())
    assert visitor.complaints == []


@in_languages("en")
def test_an_administrator_invites_and_the_invited_one_gets_in(visit, language):
    say = (lambda zh, en: zh) if language == "zh" else (lambda zh, en: en)
    admin = visit("admin", language)
    admin.open("/admin/accounts")
    admin.page.fill("input[name=email]", f"new-{language}@example.org")
    admin.page.fill("input[name=organization]", "seed:valves-002")
    press(admin.page, say("邀请", "Invite"))
    press(admin.page, say("显示链接", "Show the link"))
    link = admin.page.locator("main code").inner_text()
    path = "/" + link.partition("//")[2].partition("/")[2]

    invited = visit("", language)
    invited.open(path)
    assert "seed:" not in invited.page.locator("main").inner_text()
    invited.page.fill("input[name=name]", "李梅")
    invited.page.fill("input[name=password]", "correct horse 9")
    press(invited.page, say("接受", "Accept"))
    invited.open("/")
    assert "李梅" in invited.page.locator("header").inner_text()
    admin.open("/admin/log")
    assert "invitation.accepted" in admin.page.content()
    assert admin.complaints == invited.complaints == []


def test_reading_and_the_main_forms_work_without_javascript(visit):
    visitor = visit("firm", "zh", java_script_enabled=False)
    page = visitor.page
    visitor.open("/find")
    page.fill("textarea[name=text]", "密封件")
    press(page, "寻找")
    assert page.locator("article.card").count() > 3
    visitor.open("/introductions/new?goal=supplier&candidate=seed:valves-009")
    press(page, "发出请求")
    assert re.search("等待.+答复", page.locator("main").inner_text())
    press(page, "撤回")
    assert "已撤回" in page.locator("main").inner_text()


def test_somebody_with_an_old_page_is_told_and_loses_nothing(visit):
    visitor = visit("firm", "en")
    visitor.open("/find")
    visitor.page.evaluate(
        "document.querySelectorAll('[name=csrf_token]').forEach(one => { one.value = 'x' })"
    )
    visitor.page.locator("header details:has(button:text-is('Sign out')) > summary").click()
    press(visitor.page, "Sign out")
    assert "open too long" in visitor.page.content()


def tab_to(page, name, role=None):
    """Press Tab until what has this name is in focus."""
    for _ in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "() => { const one = document.activeElement; return "
            "(one.labels?.[0]?.innerText || one.innerText || one.value || '').trim() }"
        )
        if found.startswith(name):
            return
    raise AssertionError(f"{name} is not reached with the keyboard")


def test_a_firm_gets_from_the_sign_in_to_a_request_with_the_keyboard_alone(visit):
    visitor = visit("", "zh")
    page = visitor.page
    visitor.open("/sign-in")
    tab_to(page, "一家寻找伙伴的企业")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tour")
    tab_to(page, "寻找")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find")
    settle(page)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "用您自己的话描述")
    page.keyboard.type("需要氟橡胶密封件")
    tab_to(page, "寻找")
    page.keyboard.press("Enter")
    page.wait_for_selector("#results article.card")
    # A ring shows where one is.
    tab_to(page, "请求对接")
    ring = page.evaluate(
        "(({outlineStyle, boxShadow}) => outlineStyle + boxShadow)"
        "(getComputedStyle(document.activeElement))"
    )
    assert ring != "nonenone"
    page.keyboard.press("Enter")
    page.wait_for_url("**/introductions/new?*")
    tab_to(page, "发出请求")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(re.compile("等待.+答复"))
    press(page, "撤回")
    assert visitor.complaints == []


def test_a_page_prints_without_its_controls_and_with_all_reasons(visit, tmp_path):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=stainless valve bodies")
    page.emulate_media(media="print")
    assert page.locator("p.only-print").inner_text().endswith("stainless valve bodies")
    assert not page.locator("form#question").is_visible()
    assert not page.locator("header nav").is_visible()
    assert not page.locator("article.card footer").first.is_visible()
    assert page.locator("article.card details table").first.is_visible()
    assert page.pdf(path=tmp_path / "page.pdf").startswith(b"%PDF")


def test_times_are_the_readers_own(visit):
    eastern = visit("admin", "zh", timezone_id="Asia/Shanghai")
    western = visit("admin", "zh", timezone_id="America/New_York")
    said = []
    for visitor in (eastern, western):
        visitor.open("/admin/log")
        said.append(visitor.page.locator("time").all_inner_texts())
    assert len(said[0]) == len(said[1]) > 0
    assert all("UTC" not in text for text in said[0])
    assert said[0][0] != said[1][0]


def test_no_connection_is_said_and_what_was_written_stays(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find")
    page.fill("textarea[name=text]", "ball valves")
    visitor.context.set_offline(True)
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.locator("#offline")).to_be_visible()
    assert page.input_value("textarea[name=text]") == "ball valves"
    visitor.context.set_offline(False)
    page.get_by_role("button", name="Find", exact=True).click()
    page.wait_for_selector("#results article.card")
    expect(page.locator("#offline")).to_be_hidden()


def test_a_fault_of_the_service_is_a_page_and_not_a_traceback(visit, sample, monkeypatch):
    def broken(*_):
        raise RuntimeError("secret inside")

    visitor = visit("firm", "en")
    monkeypatch.setattr(sample.introductions, "slot_usage", broken)
    answer = visitor.open("/introductions")
    assert answer.status == 500
    text = visitor.page.locator("main").inner_text()
    assert "Unavailable for now" in text
    assert "secret" not in visitor.page.content()
