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


# Of each two boxes that meet, how much of the smaller one is covered.
COVERED = """(selectors) => {
  const shown = [...document.querySelectorAll(selectors)];
  const boxes = shown.map((each) => each.getBoundingClientRect());
  const covered = [];
  boxes.forEach((one, number) => boxes.slice(number + 1).forEach((other) => {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    const least = Math.min(one.width * one.height, other.width * other.height);
    if (across > 0 && down > 0) covered.push((across * down) / least);
  }));
  return covered;
}"""


def test_numbers_and_names_of_a_map_cover_no_others(visit):
    """Seen: the number of one's own place behind that of the next town, and "200 km" in a name."""
    firm = visit("firm", "zh", viewport={"width": 1300, "height": 900})
    for text in ("阀门密封圈", "PTFE阀座密封圈 DN25", "不锈钢法兰 DN80 PN16"):
        firm.open(f"/find?goal=supplier&text={text}")
        expect(firm.page.locator(".map[data-ready=yes]")).to_be_visible(timeout=30_000)
        assert max(firm.page.evaluate(COVERED, ".map .spot text"), default=0) < 0.2
        names = ".map .spot-name, .map .ring-name, .map .landmark"
        assert max(firm.page.evaluate(COVERED, names), default=0) < 0.2
