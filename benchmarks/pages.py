"""First paint, weight and frames a second of the pages, in a real browser.

    python benchmarks/pages.py http://127.0.0.1:8000 [--cluster seed:cluster-valves] [--people FILE]
        [--visits 5] [--roles firm university coordinator admin] [--nodes 2000]

The server runs in demo mode, or `--people FILE` names accounts as {"firm": ["e-mail",
"password"], "coordinator": …, "university": …, "admin": …}. First contentful paint is the
browser's own figure, the median of five visits with an empty cache; weight is what came over the
wire. The network picture is panned for two seconds with 2,000 made nodes and three times as many
ties.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
from pathlib import Path

from playwright.sync_api import sync_playwright

PATIENCE = 120_000  # milliseconds for one page, on whatever machine this runs
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
MADE = """
async (count) => {
  const nodes = Array.from({length: count}, (_, n) => ({data: {id: `n${n}`, name: `n${n}`,
    kind: 'firm', degree: 6, size: 20}, position: {x: 50 * (n % 50), y: 50 * Math.floor(n / 50)}}));
  const ties = Array.from({length: 3 * count}, (_, n) => ({data: {source: `n${(n * 7919) % count}`,
    target: `n${(n * 104729 + 1) % count}`}})).filter(({data}) => data.source !== data.target);
  const place = document.getElementById('network');
  place.replaceChildren();
  const drawn = cytoscape({container: place, elements: [...nodes, ...ties],
    style: [{selector: 'node', style: {'background-color': '#2f6fb2', width: 20, height: 20}},
      {selector: 'edge', style: {width: 1, 'line-color': '#999', 'curve-style': 'haystack'}}],
    layout: {name: 'preset'}, hideEdgesOnViewport: true, textureOnViewport: true, pixelRatio: 1});
  drawn.fit();
  await new Promise(done => setTimeout(done, 1000));
  return await new Promise(done => {
    const begun = performance.now();
    let frames = 0;
    const step = () => {
      frames += 1;
      drawn.panBy({x: 4 * Math.sin(frames / 10), y: 3});
      if (performance.now() - begun > 2000) done(frames / 2);
      else requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
}
"""


def pages(cluster):
    return {
        "firm": [
            "/",
            "/find",
            "/find?goal=supplier",
            "/find?goal=research_partner",
            "/profile",
            "/postings",
            "/introductions",
            "/needs",
            "/organizations",
        ],
        "university": ["/", "/needs", "/portfolio"],
        "coordinator": [
            f"/clusters/{cluster}",
            f"/clusters/{cluster}/introductions",
            f"/clusters/{cluster}/benchmark",
            f"/clusters/{cluster}/effect",
        ],
        "admin": ["/admin", "/admin/accounts", "/admin/import"],
    }


def opened(browser, cookies=()):
    """A browser's context with a cache of its own."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE)
    context.add_cookies(cookies)
    return context


def enter(browser, base, role, people):
    """Cookies of somebody of this role."""
    context = opened(browser)
    page = context.new_page()
    page.goto(f"{base}/sign-in")
    if people:
        page.fill("input[name=email]", people[role][0])
        page.fill("input[name=password]", people[role][1])
        button = page.locator("form[action='/sign-in'] button").first
    else:
        button = page.locator(f"form[action='/demo/{role}'] button")
    with page.expect_navigation(wait_until="commit"):  # its cookies are all that is wanted
        button.click()
    cookies = context.cookies()
    context.close()
    return cookies


def visit(browser, base, cookies, path):
    weight = []
    context = opened(browser, cookies)
    page = context.new_page()
    page.on("requestfinished", lambda one: weight.append(one.sizes()["responseBodySize"]))
    page.goto(f"{base}{path}", wait_until="networkidle")
    paint = page.evaluate(PAINT)
    context.close()
    return paint, sum(weight)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base")
    parser.add_argument("--cluster", default="seed:cluster-valves")
    parser.add_argument("--people", type=Path)
    parser.add_argument("--visits", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=2000, help="nodes of the network picture")
    parser.add_argument("--roles", nargs="+", default=list(pages("")))
    asked = parser.parse_args()
    people = json.loads(asked.people.read_text("utf-8")) if asked.people else {}
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for role in asked.roles:
            cookies = enter(browser, asked.base, role, people)
            for place in pages(asked.cluster)[role]:
                found = [visit(browser, asked.base, cookies, place) for _ in range(asked.visits)]
                paint = statistics.median(one for one, _ in found if one is not None)
                row = {
                    "page": place,
                    "first_paint_ms": round(paint),
                    "kB": round(max(size for _, size in found) / 1000),
                }
                print(json.dumps(row), flush=True)
        context = opened(browser, enter(browser, asked.base, "coordinator", people))
        page = context.new_page()
        page.goto(f"{asked.base}/clusters/{asked.cluster}", wait_until="commit")
        page.locator("#network").scroll_into_view_if_needed()
        page.wait_for_selector("#network[data-drawn]")
        print(json.dumps({"frames_a_second": page.evaluate(MADE, asked.nodes)}))
        browser.close()


if __name__ == "__main__":
    main()
