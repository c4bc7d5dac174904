"""The box in the header, by keyboard, and the page of all that was found."""

from urllib.parse import urlsplit

from playwright.sync_api import expect


def test_a_short_name_is_typed_and_opened_by_keyboard_alone(visit):
    visitor = visit("firm", "zh")
    page = visitor.page
    visitor.open("/")
    box = page.get_by_role("combobox", name="搜索全站")
    box.press_sequentially("浙大")
    first = page.get_by_role("option").first
    expect(first).to_contain_text("浙江大学")
    assert first.locator("mark").all_inner_texts() == ["浙", "大"]
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    assert visitor.violations() == []
    box.press("Enter")
    expect(page.locator("h1")).to_contain_text("浙江大学")
    assert visitor.complaints == []


def test_the_list_closes_and_the_page_is_there_without_script(visit):
    visitor = visit("firm", "en")
    visitor.open("/")
    box = visitor.page.locator("#search-box")
    box.press_sequentially("hosiery")
    expect(visitor.page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(visitor.page.locator("#suggestions")).to_be_hidden()
    assert box.input_value() == "hosiery"
    with visitor.page.expect_navigation(wait_until="load"):
        box.press("Enter")
    assert visitor.page.url.endswith("/search?q=hosiery")
    assert visitor.page.locator("main mark").first.inner_text().lower() == "hosiery"
    links = visitor.page.locator("main section a").evaluate_all("all => all.map(one => one.href)")
    assert any(urlsplit(link).path.startswith("/organizations/") for link in links)
