"""The map beside a list shows what the list says, and needs no other host."""

from __future__ import annotations

import re

from playwright.sync_api import expect

FIND = "/find?goal=supplier&text=DN50 ball valve body casting"


def spots_told(page):
    """How many are in all spots together, by the titles of the spots."""
    titles = page.locator(".map .spot title").all_text_contents()
    return sum(int(count) for title in titles for count in re.findall(r": (\d+)", title))


def test_maps_of_candidates_directory_and_cluster_show_what_the_lists_say(visit):
    firm = visit("firm", "en", viewport={"width": 1300, "height": 900})
    page = firm.page
    firm.open(FIND)
    expect(page.locator(".map[data-ready=yes]")).to_be_visible(timeout=30_000)
    expect(page.locator(".map .own")).to_have_count(1)
    expect(page.locator(".map .ring").first).to_be_attached()
    cards = page.locator("article.card[id^=result-]")
    assert 0 < spots_told(page) <= cards.count()
    page.locator(".map .spot:not(.own)").first.dispatch_event("click")
    entry = page.locator(".map-card a").first
    rank, name = re.match(r"(\d+)\. (.*)", entry.inner_text()).groups()
    assert entry.get_attribute("href") == f"#result-{rank}"
    expect(page.locator(f"#result-{rank} h3")).to_have_text(name)
    firm.open("/organizations?kind=university")
    expect(page.locator(".map[data-ready=yes]")).to_be_visible(timeout=30_000)
    wide = re.findall(r" (\d+)", page.locator(".map-wide").inner_text())
    total = re.match(r"\d+", page.locator("#listed").inner_text())
    assert spots_told(page) + sum(map(int, wide)) == int(total[0])
    before = page.locator(".map .spot").count()
    for _ in range(3):
        page.locator("[data-map-do=nearer]").click()
    page.locator("[data-map-do=whole]").click()
    expect(page.locator(".map .spot")).to_have_count(before)
    coordinator = visit("coordinator", "zh", viewport={"width": 360, "height": 740})
    other = coordinator.page
    coordinator.open("/clusters/seed:cluster-valves")
    other.locator(".map-fold > summary").click()
    expect(other.locator(".map[data-ready=yes]")).to_be_visible(timeout=30_000)
    expect(other.locator(".map .tie.outside").first).to_be_attached()
    expect(other.locator(".map .spot-name").filter(has_text="永嘉县")).to_have_count(1)
    assert firm.complaints == coordinator.complaints == []


def test_without_scripts_the_places_are_told_in_words(visit):
    visitor = visit("firm", "zh", java_script_enabled=False)
    visitor.open("/organizations?kind=platform")
    places = visitor.page.locator(".map-fold .plain > li")
    counts = [int(text) for text in visitor.page.locator(".map-fold .figure").all_text_contents()]
    total = re.match(r"\d+", visitor.page.locator("#listed").inner_text())
    assert (len(counts), sum(counts)) == (places.count(), int(total[0]))
