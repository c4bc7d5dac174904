"""Pictures of the main pages, in both languages and at two widths.

    python benchmarks/screenshots.py http://127.0.0.1:8000 FOLDER

The server runs in demo mode on the sample graph.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

CLUSTER = "/clusters/seed:cluster-hosiery"
PAGES = {
    "firm": {
        "home": "/",
        "find": "/find?goal=supplier&text=需要DN50不锈钢球阀阀体铸件",
        "need": "/postings/new?what=need",
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("base")
    parser.add_argument("folder", type=Path)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for language, locale in LOCALES.items():
            for role, pages in PAGES.items():
                context = browser.new_context(locale=locale)
                page = context.new_page()
                page.goto(f"{asked.base}/sign-in")
                page.locator(f"form[action='/demo/{role}'] button").click()
                other = page.locator(f"button[name=language][value={language}]")
                if other.count():
                    other.click()
                for width, pixels in WIDTHS.items():
                    page.set_viewport_size({"width": pixels, "height": 1000})
                    for name, place in pages.items():
                        page.goto(f"{asked.base}{place}", wait_until="networkidle")
                        if name == "cluster":
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
