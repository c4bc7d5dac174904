"""The directory by facets: every figure is what its link shows."""

import re

import pytest

from tests.web.conftest import press


def figure(text):
    return int(re.search(r"\d[\d,]*", text)[0].replace(",", ""))


@pytest.mark.parametrize("script", [True, False])
def test_a_figure_is_how_many_its_link_shows(visit, script):
    visitor = visit("firm", "en", java_script_enabled=script)
    page = visitor.page
    page.goto(f"{visitor.server}/organizations?kind=firm")
    if not script:
        page.set_viewport_size({"width": 1280, "height": 900})
    choice = page.locator("details.filters a", has_text="Little giant")
    count = figure(choice.locator(".figure").inner_text())
    page.goto(f"{visitor.server}{choice.get_attribute('href')}")
    assert figure(page.locator("#listed").inner_text()) == count > 0
    assert page.locator("ul.listing > li").count() == count
    shown = page.locator("ul.listing > li").all_inner_texts()
    assert all("Little giant" in one and "Firm" in one for one in shown)
    press(page, page.get_by_role("link", name="Without Firm"))
    assert "kind=firm" not in page.url
    assert "tier=little_giant" in page.url


def test_a_member_sees_those_nearest_first_and_a_visitor_of_none_by_name(visit):
    firm = visit("firm", "en")
    firm.open("/organizations")
    assert firm.page.locator("select[name=sort]").input_value() == "near"
    shown = firm.page.locator("ul.listing > li").all_inner_texts()
    away = [figure(km[1]) for text in shown if (km := re.search(r"([\d,]+) km", text))]
    assert away == sorted(away)
    coordinator = visit("coordinator", "en")
    coordinator.open("/organizations")
    assert coordinator.page.locator("select[name=sort]").input_value() == "name"
