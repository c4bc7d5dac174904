"""A running server on the sample graph, and a real browser."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect
from werkzeug.serving import make_server

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.recommend.model import Request
from matchmaker.services.unit_of_work import utc_now
from matchmaker.workflow.account import Account
from tests.api.conftest import services_in
from tests.samples import copy_samples

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# A machine under load must not fail a test of what, not how fast.
expect.set_options(timeout=30_000)
PATIENCE = 90_000  # milliseconds until a page is there, or what is pressed on it
LOCALES = {"zh": "zh-CN", "en": "en-US"}


# A file has a sample of its own: what one test leaves behind when it fails meets no other file.
@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """The sample graph in demo mode."""
    folder = tmp_path_factory.mktemp("sample") / "var"
    copy_samples(tmp_path_factory, folder)
    services = services_in(folder, demo=True)
    # An import is written with the rights of an account that there is.
    account = Account("c", "c@imports.example", "C", utc_now(), clusters=("seed:cluster-valves",))
    services.repositories.records.commit([services.repositories.accounts.put(account)])
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


# The same engine; the first has no window of its own around a page, which nobody sees here: a
# third less of a browser's processor time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")


@pytest.fixture(scope="session")
def chromium_path():
    """Where the system's own browser is."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install chromium")
    return path


# Chromium opens two pages of its own for the address bar of every window, which nobody sees here:
# a quarter of its processor time. The last list given counts, so Playwright's own is in this one.
DISABLED_FEATURES = (
    "WebUIOmniboxPopup", "WebUIOmniboxFullPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidCorsURLLoaderRestartOnRedirect", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades",
    "LensOverlay", "MediaRouter", "NetworkTimeServiceQuerying", "OptimizationHints",
    "PaintHolding", "PreconnectToSearch", "ThirdPartyStoragePartitioning",
)  # fmt: skip


class Browsers:
    """Starts the system's own browser, and another where it is no more."""

    def __init__(self, driver, path):
        self.driver = driver
        self.path = path
        self.running = None

    @contextmanager
    def driven(self):
        """The driver keeps a loop running in this thread, which the tests of other files must not.

        Between these it waits.
        """
        asyncio._set_running_loop(self.driver._loop)
        try:
            yield
        finally:
            asyncio._set_running_loop(None)

    def one(self):
        if self.running:
            with suppress(Error):
                self.running.new_context().close()
                return self.running
        self.running = self.driver.chromium.launch(
            executable_path=self.path,
            args=["--no-sandbox", f"--disable-features={','.join(DISABLED_FEATURES)}"],
        )
        return self.running


@pytest.fixture(scope="session")
def _browsers(chromium_path):
    from playwright.sync_api import sync_playwright

    manager = sync_playwright()
    browsers = Browsers(manager.start(), chromium_path)
    asyncio._set_running_loop(None)
    yield browsers
    with browsers.driven():
        manager.__exit__()


@pytest.fixture(scope="module")
def chromium(_browsers):
    """The browser of all files."""
    with _browsers.driven():
        yield _browsers.one()


def in_languages(first):
    """Runs a test in one language; in the long run in the others too.

    That every page speaks each of them, whoever reads it: `tests/test_languages.py`.
    """
    return pytest.mark.parametrize(
        "language",
        [
            pytest.param(language, marks=() if language == first else pytest.mark.long)
            for language in LOCALES
        ],
    )


def in_turn(name, **values):
    """Runs a test in Chinese with the first of two values, in English with the second.

    In the long run in each language with both.
    """
    pairs = [(language, of_value) for language in LOCALES for of_value in values]
    sample = list(zip(LOCALES, values, strict=True))
    return pytest.mark.parametrize(
        ("language", name),
        [
            pytest.param(
                language,
                values[of_value],
                id=f"{language}-{of_value}",
                marks=() if (language, of_value) in sample else pytest.mark.long,
            )
            for language, of_value in pairs
        ],
    )


def press(page, button):
    """Press what leads to another page (a locator, or a button's name), and wait until it is there.

    What is read at once after a click may still be of the page before, or of none.
    """
    if isinstance(button, str):
        button = page.get_by_role("button", name=button, exact=True).first
    with page.expect_navigation(wait_until="load"):
        button.click()
    settle(page)


# What a page has still asked its server for, by page.
_open_requests = weakref.WeakKeyDictionary()
_IDLE = (
    "() => new Promise(done => requestIdleCallback(() => setTimeout(done, 25), {timeout: 1000}))"
)
_QUIET_ROUNDS = 3


def _follow_requests(page):
    is_open = _open_requests.setdefault(page, set())
    page.on("request", lambda request: is_open.add(request))
    for is_over in ("requestfinished", "requestfailed"):
        page.on(is_over, lambda request: is_open.discard(request))


def settle(page):
    """Wait until a page is loaded, its scripts have nothing to do and all answers are there.

    As `networkidle` does, which takes half a second after the last answer: here the page itself
    says several times on end that it is idle.
    """
    page.wait_for_load_state("load")
    if page not in _open_requests:  # without scripts nothing follows
        return
    quiet, until = 0, time.monotonic() + PATIENCE / 1000
    while quiet < _QUIET_ROUNDS:
        assert time.monotonic() < until, f"not answered: {_open_requests[page]}"
        try:
            page.evaluate(_IDLE)
            quiet = 0 if _open_requests[page] else quiet + 1
        except Error:  # it is leaving for another page
            page.wait_for_load_state("load")
            quiet = 0


class Visitor:
    """Somebody with a browser of their own, who notes every complaint of it."""

    def __init__(self, chromium, server, language, **options):
        self.server = server
        options = {"viewport": {"width": 1200, "height": 900}} | options
        self.context = chromium.new_context(locale=LOCALES[language], **options)
        self.context.set_default_timeout(PATIENCE)
        if options.get("java_script_enabled", True):
            self.context.on("page", _follow_requests)
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
        """As a sample person, by what the sign-in page and the header of another send."""
        self._send("/sign-in", f"/demo/{role}", {})
        return self.read_in(language)

    def read_in(self, language):
        """From the next page on."""
        self._send("/tour", "/language", {"language": language, "back": "/"})
        return self

    def _send(self, page, path, fields):
        """A form of a page, as the browser would; where it leads is not looked at."""
        text = self.context.request.get(f"{self.server}{page}").text()
        token = re.search(r'name="csrf_token" value="([^"]+)"', text)[1]
        answer = self.context.request.post(
            f"{self.server}{path}", form={"csrf_token": token, **fields}, max_redirects=0
        )
        assert answer.status == 303, answer.text()

    def open(self, path):
        answer = self.page.goto(f"{self.server}{path}")
        settle(self.page)
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
