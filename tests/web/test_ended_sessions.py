"""A session that ended, an address that is none, a click that cannot be taken back."""

import re

from playwright.sync_api import expect

from tests.web.conftest import press

OTHER = "seed:valves-009"


def test_what_was_written_survives_the_end_of_a_session(visit):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open(f"/introductions/new?goal=supplier&candidate={OTHER}")
    page.fill("textarea[name=message]", "1.6MPa密封件，\n每月二百件")
    visitor.context.clear_cookies()
    press(page, "发出请求")
    expect(page.get_by_role("heading", level=1)).to_have_text("您的登录已过期。")
    # Not the goal, the ids and the button that went with it.
    expect(page.locator(".kept")).to_have_text(["1.6MPa密封件， 每月二百件"])
    with visitor.context.expect_page() as opened:
        page.get_by_role("button", name="在新标签页登录").click()
    tab = opened.value
    press(tab, tab.locator("form[action='/demo/firm'] button"))
    tab.wait_for_url("**/tour")
    # The first press brings a page that is good for the new session, the second one sends.
    press(page, "现在发送")
    expect(page.locator("p[role=alert]")).to_contain_text("您已登录")
    press(page, "现在发送")
    page.wait_for_url(re.compile(r"/introductions/(?!new)[^/]+$"))
    assert "每月二百件" in page.locator("main").inner_text()
    press(page, "撤回")


def test_a_form_that_another_site_sends_is_never_offered_again(visit):
    visitor = visit("firm", "en")
    answer = visitor.context.request.post(
        f"{visitor.server}/introductions/new",
        form={"goal": "supplier", "candidate": OTHER, "message": "from elsewhere"},
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    )
    assert answer.status == 400
    assert "from elsewhere" in answer.text()
    assert 'action="/introductions/new' not in answer.text()


def test_results_never_hold_a_sign_in_page(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/find?goal=supplier")
    page.fill("textarea[name=text]", "ball valves")
    visitor.context.clear_cookies()
    press(page, "Find")
    page.wait_for_url(re.compile(r"/sign-in\?next="))
    page.locator("form[action='/sign-in']").wait_for()
    assert "ball" in page.locator("input[name=back]").first.input_value()
    assert page.locator("#results").count() == 0


def test_suggestions_of_an_ended_session_leave_the_page_as_it_is(visit):
    visitor = visit("firm", "en")
    page = visitor.page
    visitor.open("/organizations")
    page.fill("[name=q]", "We make seals, and now this too")
    visitor.context.clear_cookies()
    page.locator("[name=industry]").press_sequentially("seal")
    expect(page.locator("#expired")).to_be_visible()
    assert page.input_value("[name=q]") == "We make seals, and now this too"


def test_an_unknown_address_is_a_page_in_the_readers_language(visit):
    visitor = visit("firm", "zh")
    answer = visitor.open("/no/such/page")
    assert answer.status == 404
    assert "此地址没有页面" in visitor.page.locator("main").inner_text()
    assert visitor.page.locator("header nav a").count() == 5
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_closing_an_account_asks_first(visit):
    visitor = visit("admin", "en")
    page = visitor.page
    visitor.open("/admin/accounts")
    assert page.get_by_role("button", name="Close this account").count() == 0
    row = page.locator("tr:has(summary)").first
    row.locator("summary").click()
    expect(row).to_contain_text("can then no longer sign in")


def test_without_javascript_no_control_is_dead(visit):
    visitor = visit("coordinator", "en", java_script_enabled=False)
    visitor.open("/clusters/seed:cluster-valves")
    for control in ("#layer", "#year", "#seek", "#png", "#missing"):
        expect(visitor.page.locator(control)).to_be_hidden()
    assert "needs JavaScript" in visitor.page.locator("main").inner_text()
