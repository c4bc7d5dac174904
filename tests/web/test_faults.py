"""What goes wrong on a page is said in the reader's language, and nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from tests.web.conftest import press, settle

FIRM, SUPPLIER = "seed:valves-001", "seed:valves-005"


def test_a_wrong_password_and_a_forgotten_one_without_mail_say_what_to_do(visit):
    visitor = visit(language="zh")
    page = visitor.page
    visitor.open("/sign-in")
    page.fill("input[name=email]", "nobody@example.org")
    page.fill("input[name=password]", "not the right one")
    press(page, page.locator("form:has(input[name=password]) button").first)
    expect(page.locator("main .notice.bad:visible")).to_have_text(
        "邮箱或密码不正确。请更正，或重设密码。"
    )
    expect(page.locator("input[name=email]")).to_have_value("nobody@example.org")
    visitor.open("/forgotten")
    page.fill("input[name=email]", "nobody@example.org")
    press(page, page.locator("main form button"))
    expect(page.locator("main .notice.bad:visible")).to_have_text(
        "本服务不发送邮件。请向管理员索取链接。"
    )


def test_two_tabs_on_a_profile_lose_nothing_of_either(visit, sample):
    visitor = visit("university", "zh")
    first, second = visitor.page, visitor.context.new_page()
    address = f"{visitor.server}/profile"
    first.goto(address)
    second.goto(address)
    before = first.locator("textarea[name=about]").input_value()
    try:
        first.fill("textarea[name=about]", "高温合金疲劳试验。")
        press(first, first.locator("main form button").last)
        expect(first.locator("main .notice.good")).to_be_visible()
        second.fill("textarea[name=about]", "阀门低温试验。")
        press(second, second.locator("main form button").last)
        expect(second.locator("section.notice[aria-labelledby=others]")).to_contain_text(
            "高温合金疲劳试验。"
        )
        expect(second.locator("section[aria-labelledby=others] dt")).to_have_text(["业务简介"])
        expect(second.locator("textarea[name=about]")).to_have_value("阀门低温试验。")
        press(second, second.locator("main form button").last)
        expect(second.locator("main .notice.good")).to_be_visible()
        expect(second.locator("textarea[name=about]")).to_have_value("阀门低温试验。")
    finally:
        first.goto(address)
        first.fill("textarea[name=about]", before)
        press(first, first.locator("main form button").last)
        expect(first.locator("textarea[name=about]")).to_have_value(before)


def test_what_a_list_brought_is_seen_and_changed_by_its_owner(visit, sample):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/postings")
    listed = page.locator("article.card", has_text="双相钢").first
    press(page, listed.get_by_role("button", name="修改"))
    field = page.locator("textarea[name=text]")
    expect(field).to_have_value(re.compile("双相钢"))
    id = page.url.rpartition("id=")[2].replace("%3A", ":")
    field.fill("长期找双相钢铸件，改为每月两吨。")
    press(page, "保存")
    expect(page.locator("main .notice.bad:visible")).to_contain_text("已过去")  # its deadline
    expect(field).to_have_value("长期找双相钢铸件，改为每月两吨。")
    page.fill("input[name=deadline]", "2099-01-31")
    press(page, "保存")
    expect(page.locator("main .notice.good")).to_be_visible()
    expect(page.locator("main .long").first).to_have_text("长期找双相钢铸件，改为每月两吨。")
    assert sample.published.need(id).text == "长期找双相钢铸件，改为每月两吨。"


def test_an_address_that_is_a_script_is_refused_and_all_that_was_typed_stays(visit, sample):
    visitor = visit("supplier", "en")
    page = visitor.page
    visitor.open("/profile")
    page.fill("input[name=website]", "javascript:alert(1)")
    page.fill("textarea[name=about]", "Typed before.")
    press(page, page.locator("main form button").last)
    expect(page.locator("main .notice.bad:visible").first).to_contain_text(
        re.compile("website", re.I)
    )
    expect(page.locator("input[name=website]")).to_have_value("javascript:alert(1)")
    expect(page.locator("textarea[name=about]")).to_have_value("Typed before.")
    own = min(sample.demo.account("supplier").principal().organizations)
    assert "javascript" not in sample.directory.profile(ADMIN, own).organization.website


def test_an_english_browser_reads_english_until_it_chooses(visit):
    visitor = visit(language="en")
    visitor.open("/tour")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    shown = visitor.page.locator("body").inner_text()
    assert re.findall("[一-鿿]+", shown) == ["中文"]  # the other language, by its own name


def test_an_administrator_of_no_organisation_reads_why_there_is_no_profile(visit):
    visitor = visit("admin", "en")
    for path in ("/profile", "/portfolio", "/postings"):
        visitor.open(path)
        expect(visitor.page.locator("main")).to_contain_text("You act for no organisation")


def test_a_worklist_prints_its_rows_without_controls(visit):
    visitor = visit("coordinator", "zh")
    page = visitor.page
    visitor.open("/clusters/seed:cluster-hosiery/worklist")
    rows = page.locator("table tbody tr")
    expect(rows.first).to_be_visible()
    page.emulate_media(media="print")
    expect(rows.first).to_be_visible()
    expect(page.locator("main button:visible")).to_have_count(0)
    expect(page.locator("nav:visible")).to_have_count(0)


def test_a_notice_is_read_once_its_thing_is_opened(visit, sample):
    visitor = visit("supplier", "en")
    asking = sample.demo.account("firm").principal()
    proposal = Proposal(GoalName.SUPPLIER, seeker=FIRM, candidate=SUPPLIER)
    id = sample.introductions.propose(asking, proposal).id
    page = visitor.page
    notice = page.locator(f"main li:has(a[href='/introductions/{id}'])").first
    visitor.open("/notices")
    expect(notice).to_have_class("unread")
    before = int(page.locator(".badge").inner_text())
    press(page, notice.locator("a"))
    visitor.open("/notices")
    expect(notice).not_to_have_class("unread")
    badge = page.locator(".badge")
    assert (int(badge.inner_text()) if badge.count() else 0) == before - 1
    sample.introductions.act(asking, id, Transition(Action.WITHDRAW))


def test_a_place_is_typed_by_its_name_and_narrows_what_is_found(visit, sample):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/find?goal=supplier&text=球阀铸件")
    before = page.locator("article.card h3 a").count()
    page.locator("details.filters > summary").first.click()
    page.fill("input[name=place]", "温州")
    page.fill("input[name=radius]", "20")
    page.get_by_role("button", name="应用筛选").click()
    page.wait_for_url("**radius=20**")
    settle(page)
    links = page.locator("article.card h3 a").all()
    assert 0 < len(links) <= before
    assert page.input_value("input[name=place]") == "温州"


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("firm", "/find?goal=supplier&text=x&place=大西洲"),
        ("firm", "/find?goal=supplier&text=x&radius=很远"),
        ("firm", "/organizations/none"),
        ("firm", "/introductions/none"),
        ("firm", "/introductions/new?goal=supplier&candidate=none"),
        ("firm", "/needs?place=大西洲"),
        ("firm", "/postings/none"),
        ("firm", "/admin/accounts"),
        ("firm", "/clusters/none"),
        ("coordinator", "/clusters/seed:cluster-hosiery/members"),
        ("admin", "/admin/log?day=昨天"),
        ("admin", "/admin/log?who=wo"),
        ("admin", "/jobs/none"),
        ("", "/invitations/none"),
        ("", "/reset/none"),
    ],
)
def test_what_is_refused_is_told_in_one_language(visit, role, path):
    """No English word in a Chinese refusal, no Chinese one in an English; names of ids apart."""
    chinese, english = visit(role, "zh"), visit(role, "en")
    chinese.open(path)
    told = chinese.page.locator("main .notice, main h1, main .empty").all_inner_texts()
    assert "".join(told).strip()
    words = re.findall(r"[A-Za-z]{3,}", " ".join(told).replace("Sample", ""))
    assert set(words) <= {"none", "name", "example", "org"}, told
    english.open(path)
    told = english.page.locator("main .notice, main h1, main .empty").all_inner_texts()
    typed = set(re.findall("[一-鿿]", path))
    assert set(re.findall("[一-鿿]", " ".join(told))) <= typed, told


def test_advice_that_holds_for_many_is_said_once_and_not_on_each_card(visit):
    visitor = visit("firm", "en")
    visitor.open("/find?goal=supplier")
    cards = visitor.page.locator("article.card")
    advice = [text.strip() for text in cards.locator("p", has_text="→").all_text_contents()]
    assert cards.count() > 5
    often = {text for text in advice if advice.count(text) > 2}
    assert not often
    for text in visitor.page.locator("ul.usual li").all_inner_texts():
        assert not cards.filter(has_text=text.partition("(")[0].strip()).count()
