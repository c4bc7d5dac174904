"""What goes wrong on a page is said in the reader's language, and nothing typed is lost."""

from __future__ import annotations

from playwright.sync_api import expect


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
