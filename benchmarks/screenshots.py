"""Pictures of the main pages, in both languages and at two widths.

    python benchmarks/screenshots.py http://127.0.0.1:8000 FOLDER
    python benchmarks/screenshots.py http://127.0.0.1:8000 docs/figures --readme

With --readme the six of the READMEs, in 256 colours. The server runs in demo mode on the sample
graph.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

CLUSTER = "/clusters/seed:cluster-hosiery"
VALVES = "/clusters/seed:cluster-valves"
PAGES = {
    "firm": {
        "home": "/",
        "find": "/find?goal=supplier&text=需要DN50不锈钢球阀阀体铸件",
        "need": "/postings/new?what=need",
        "directory": "/organizations",
        "introductions": "/introductions",
        "request": "/introductions/new?goal=supplier&candidate=seed:valves-005",
        "organization": "/organizations/seed:valves-005",
        "design": "/design",
        "profile": "/profile",
    },
    "university": {"needs": "/needs", "portfolio": "/portfolio"},
    "coordinator": {
        "cluster": CLUSTER,
        "worklist": f"{CLUSTER}/worklist",
        "benchmark": f"{CLUSTER}/benchmark",
        "effect": f"{CLUSTER}/effect",
        "import": f"{CLUSTER}/import",
    },
    "admin": {"admin": "/admin", "jobs": "/admin/jobs", "clusters": "/admin/clusters"},
}
WIDTHS = {"wide": 1200, "phone": 390}
LOCALES = {"zh": "zh-CN", "en": "en-US"}


# Of the READMEs: name, role, language, width, height, light or dark, address, what is in sight.
README = (
    ("page-cluster", "coordinator", "en", 1200, 860, "light", CLUSTER, "h1"),
    ("page-network", "coordinator", "zh", 1200, 760, "light", VALVES, "#layer"),
    ("page-find", "firm", "en", 1400, 980, "light", PAGES["firm"]["find"], "h1"),
    ("page-directory", "firm", "zh", 1400, 860, "light", "/organizations?kind=firm", "h1"),
    ("page-organization", "firm", "en", 1200, 860, "dark", "/organizations/seed:valves-005", "h1"),
    ("page-phone", "firm", "zh", 390, 844, "light", "/", "h1"),
)  # fmt: skip


def readme_pictures(browser, base, folder):
    from PIL import Image

    for name, role, language, width, height, scheme, place, sight in README:
        context = browser.new_context(
            locale=LOCALES[language],
            color_scheme=scheme,
            viewport={"width": width, "height": height},
        )
        page = context.new_page()
        page.goto(f"{base}/sign-in")
        page.locator(f"form[action='/demo/{role}'] button").click()
        page.wait_for_url("**/tour")
        other = page.locator(f"button[name=language][value={language}]:not([hidden])")
        if other.count():
            other.click()
        page.goto(f"{base}{place}", wait_until="networkidle")
        for drawn in ("#network[data-ready=yes]", ".map[data-ready=yes]"):
            if page.locator(drawn.partition("[")[0]).count():
                page.locator(drawn.partition("[")[0]).first.scroll_into_view_if_needed()
                page.wait_for_selector(drawn)
        top = page.locator(sight).first.evaluate("one => one.getBoundingClientRect().top + scrollY")
        page.evaluate(f"scrollTo(0, {0 if sight == 'h1' else top - 90})")
        page.wait_for_timeout(600)
        path = folder / f"{name}.png"
        page.screenshot(path=path)
        Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
            path, optimize=True
        )
        context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--readme", action="store_true")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        if asked.readme:
            readme_pictures(browser, asked.base, asked.folder)
            return
        for language, locale in LOCALES.items():
            for role, pages in PAGES.items():
                context = browser.new_context(locale=locale)
                page = context.new_page()
                page.goto(f"{asked.base}/sign-in")
                page.locator(f"form[action='/demo/{role}'] button").click()
                other = page.locator(f"button[name=language][value={language}]:not([hidden])")
                if other.count():
                    other.click()
                for width, pixels in WIDTHS.items():
                    page.set_viewport_size({"width": pixels, "height": 1000})
                    for name, place in pages.items():
                        page.goto(f"{asked.base}{place}", wait_until="networkidle")
                        if name == "cluster":
                            page.locator("#network").scroll_into_view_if_needed()
                            page.wait_for_selector("#network[data-ready=yes]")
                            page.check("#missing")
                            page.wait_for_timeout(1000)
                            page.evaluate("scrollTo(0, 0)")
                        picture = asked.folder / f"{name}.{language}.{width}.png"
                        page.screenshot(path=picture, full_page=name != "find")
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
