"""What goes wrong on a page is said in the reader's language, and nothing typed is lost."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from matchmaker.access import ADMIN


def test_a_wrong_password_and_a_forgotten_one_without_mail_say_what_to_do(visit):
    visitor = visit(language="zh")
    page = visitor.page
    visitor.open("/sign-in")
    page.fill("input[name=email]", "nobody@example.org")
    page.fill("input[name=password]", "not the right one")
    page.locator("form:has(input[name=password]) button").first.click()
    expect(page.locator("main .notice.bad:visible")).to_have_text(
        "邮箱或密码不正确。请更正，或重设密码。"
    )
    expect(page.locator("input[name=email]")).to_have_value("nobody@example.org")
    visitor.open("/forgotten")
    page.fill("input[name=email]", "nobody@example.org")
    page.locator("main form button").click()
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
        first.locator("main form button").last.click()
        expect(first.locator("main .notice.good")).to_be_visible()
        second.fill("textarea[name=about]", "阀门低温试验。")
        second.locator("main form button").last.click()
        expect(second.locator("section.notice.bad")).to_contain_text("高温合金疲劳试验。")
        expect(second.locator("textarea[name=about]")).to_have_value("阀门低温试验。")
        second.locator("main form button").last.click()
        expect(second.locator("main .notice.good")).to_be_visible()
        expect(second.locator("textarea[name=about]")).to_have_value("阀门低温试验。")
    finally:
        first.goto(address)
        first.fill("textarea[name=about]", before)
        first.locator("main form button").last.click()
        expect(first.locator("textarea[name=about]")).to_have_value(before)


def test_what_a_list_brought_is_seen_and_changed_by_its_owner(visit, sample):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/postings")
    listed = page.locator("article.card", has_text="双相钢").first
    listed.get_by_role("button", name="修改").click()
    field = page.locator("textarea[name=text]")
    expect(field).to_have_value(re.compile("双相钢"))
    id = page.url.rpartition("id=")[2].replace("%3A", ":")
    field.fill("长期找双相钢铸件，改为每月两吨。")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main .notice.bad:visible")).to_contain_text("已过去")  # its deadline
    expect(field).to_have_value("长期找双相钢铸件，改为每月两吨。")
    page.fill("input[name=deadline]", "2099-01-31")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main .notice.good")).to_be_visible()
    expect(page.locator("main .long").first).to_have_text("长期找双相钢铸件，改为每月两吨。")
    assert sample.published.need(id).text == "长期找双相钢铸件，改为每月两吨。"


def test_an_address_that_is_a_script_is_refused_and_all_that_was_typed_stays(visit, sample):
    visitor = visit("supplier", "en")
    page = visitor.page
    visitor.open("/profile")
    page.fill("input[name=website]", "javascript:alert(1)")
    page.fill("textarea[name=about]", "Typed before.")
    page.locator("main form button").last.click()
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
