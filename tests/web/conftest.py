"""A running server on the sample graph, and a real browser."""

from __future__ import annotations

import json
import shutil
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.recommend.model import Request
from tests.api.conftest import services_in
from tests.samples import copy_samples

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# A machine under load must not fail a test of what, not how fast.
expect.set_options(timeout=30_000)
LOCALES = {"zh": "zh-CN", "en": "en-US"}


# A file has a sample of its own: what one test leaves behind when it fails meets no other file.
@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample graph in demo mode."""
    folder = tmp_path_factory.mktemp("sample") / "var"
    copy_samples(tmp_path_factory, folder)
    services = services_in(folder, demo=True)
    # The first question loads the models, which takes longer than a browser waits under load.
    services.matching.for_text(ADMIN, "阀体", Request(GoalName.SUPPLIER, 1), recorded=False)
    yield services
    services.store.close()


@pytest.fixture(scope="module")
def server(sample):
    """Its address."""
    made = make_server("127.0.0.1", 0, create_app(sample), threaded=True)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()


# Its driver keeps a loop running in this thread, in which no test of another file should stand.
@pytest.fixture(scope="module")
def chromium():
    """The system's own browser."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def press(page, button):
    """Press what leads to another page (a locator, or a button's name), and wait until it is there.

    What is read at once after a click may still be of the page before, or of none.
    """
    if isinstance(button, str):
        button = page.get_by_role("button", name=button, exact=True).first
    with page.expect_navigation(wait_until="networkidle"):
        button.click()


class Visitor:
    """Somebody with a browser of their own, who notes every complaint of it."""

    def __init__(self, chromium, server, language, **options):
        self.server = server
        options = {"viewport": {"width": 1200, "height": 900}} | options
        self.context = chromium.new_context(locale=LOCALES[language], **options)
        self.page = self.context.new_page()
        self.complaints = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._request)

    def _console(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request):
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.complaints.append(f"another host: {request.url}")

    def enter(self, role, language):
        """Through the sign-in page, as a sample person."""
        self.page.goto(f"{self.server}/sign-in")
        self.page.locator(f"form[action='/demo/{role}'] button").click()
        self.page.wait_for_url("**/tour")
        self.page.locator(f"button[name=language][value={language}]").click()
        return self

    def open(self, path):
        answer = self.page.goto(f"{self.server}{path}")
        self.page.wait_for_load_state("networkidle")
        return answer

    def violations(self):
        """What axe-core finds serious or critical; it runs outside the page's policy."""
        session = self.context.new_cdp_session(self.page)
        if self.page.evaluate("typeof window.axe") == "undefined":
            session.send("Runtime.evaluate", {"expression": AXE.read_text("utf-8")})
        found = session.send(
            "Runtime.evaluate",
            {
                "expression": "axe.run(document, {resultTypes: ['violations']})"
                ".then(found => JSON.stringify(found.violations"
                ".filter(one => ['serious', 'critical'].includes(one.impact))"
                ".map(one => [one.id, one.nodes[0].html])))",
                "awaitPromise": True,
                "returnByValue": True,
            },
        )
        return json.loads(found["result"]["value"])

    def close(self):
        self.context.close()


@pytest.fixture
def visit(chromium, server):
    """Makes visitors, and lets them go."""
    made = []

    def arrive(role="", language="zh", **options):
        visitor = Visitor(chromium, server, language, **options)
        made.append(visitor)
        return visitor.enter(role, language) if role else visitor

    yield arrive
    for one in made:
        one.close()
