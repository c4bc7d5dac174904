"""Every page: whole, accessible, escaped, fit for a phone, translated."""

import re
from pathlib import Path

import pytest

from matchmaker.app import create_app
from matchmaker.domain import (
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Need,
    OfferKind,
    Organization,
    Stage,
    Terms,
    Tier,
)
from matchmaker.errors import SettingsError
from matchmaker.settings import Settings
from matchmaker.terms import TERMS
from matchmaker.web import layout
from matchmaker.wiring import wire
from matchmaker.workflow.account import MailRhythm, MembershipRole
from matchmaker.workflow.introduction_states import Action, AmountBand, OutcomeKind, State
from matchmaker.workflow.posting import PostingAction, PostingState

CLUSTER = "/clusters/seed:cluster-valves"
PAGES = {
    "": ("/sign-in", "/forgotten", "/reset?token=x", "/unsubscribe?token=x", "/design"),
    "firm": (
        "/", "/tour", "/profile", "/find", "/find?goal=supplier", "/postings",
        "/find?goal=research_partner&text=高温密封材料", "/postings/new?what=need",
        "/postings/new?what=offer", "/needs", "/introductions", "/saved", "/organizations",
        "/organizations?q=阀门", "/organizations/seed:valves-005", "/account", "/notices",
        "/search?q=铸造阀体", "/search", "/gatherings",
        "/introductions/new?goal=supplier&candidate=seed:valves-005",
        "/compare?id=seed:valves-005&id=seed:valves-026",
    ),
    "university": ("/", "/needs", "/find?goal=industry_partner", "/portfolio", "/definitions"),
    "coordinator": (
        CLUSTER, f"{CLUSTER}/introductions", f"{CLUSTER}/effect", f"{CLUSTER}/benchmark",
        f"{CLUSTER}/benchmark?all=1", f"{CLUSTER}/review", f"{CLUSTER}/report", "/gatherings",
        f"{CLUSTER}/worklist", f"{CLUSTER}/import", f"{CLUSTER}/surveys",
    ),
    "admin": (
        "/admin", "/admin/accounts", "/admin/log", "/clusters", "/admin/import", "/admin/jobs",
        "/admin/duplicates", "/admin/clusters", "/admin/clusters?id=seed:cluster-valves",
    ),
}  # fmt: skip

PHONE = {"width": 360, "height": 740}
SCREEN = {"width": 1200, "height": 900}
# Colours on their way from dark to light are there, so that axe-core measures none between.
AT_ONCE = "document.getAnimations().forEach(one => one.finish())"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_is_whole_accessible_and_fits_a_phone(visit, role, language):
    """On a wide screen; in Chinese on a narrow phone in the dark first."""
    narrow = {"viewport": PHONE, "color_scheme": "dark"} if language == "zh" else {}
    visitor = visit(role, language, **narrow)
    for path in PAGES[role]:
        assert visitor.open(path).status == 200, path
        assert visitor.complaints == [], path
        if narrow:
            assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 360, path
            assert visitor.violations() == [], path
            visitor.page.set_viewport_size(SCREEN)
            visitor.page.emulate_media(color_scheme="light")
            visitor.page.evaluate(AT_ONCE)
        assert visitor.violations() == [], path
        if role:
            assert visitor.page.locator("html").get_attribute("lang") == language
        if narrow:
            visitor.page.set_viewport_size(PHONE)
            visitor.page.emulate_media(color_scheme="dark")


def test_no_page_lets_scripts_or_styles_from_elsewhere_in(sample):
    client = create_app(sample).test_client()
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for template in Path(layout.HERE, "templates").glob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|\|safe", text), (
            template
        )


@pytest.mark.parametrize(
    "name",
    [
        "<script>document.title='pwned'</script><b>x</b>",
        "{{ 7*7 }} ${7*7} %(x)s",
        "\u202egnp.exe\u2066 abc \u05d0\u05d1",
        "字" * 500,
        "W" * 500,
    ],
)
def test_names_show_as_text_and_break_no_layout(visit, sample, name):
    text = "<img src=x onerror=alert(1)> " + "很长的文字" * 3990
    rows = GraphRows(
        organizations=(Organization("seed:valves-099", name, Kind.FIRM),),
        needs=(Need("seed:need-099", "seed:valves-099", GoalName.SUPPLIER, text[:20_000]),),
    )
    sample.store.upsert(rows)
    try:
        visitor = visit("firm", "zh", viewport={"width": 360, "height": 740})
        visitor.open("/organizations/seed:valves-099")
        page = visitor.page
        assert page.locator("h1").inner_text().strip() == name
        assert "pwned" not in page.title() or name in page.title()
        assert page.locator("main script, main img").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert visitor.complaints == []
    finally:
        sample.store.replace_rows(GraphRows(), rows, ())


def test_templates_have_no_text_outside_translations():
    """Letters between tags that are no template expression: only names of formats."""
    allowed = {"Matchmaker", "API", "PNG", "SVG", "GraphML", "PDF", "Excel"}
    for template in Path(layout.HERE, "templates").glob("*.html"):
        text = re.sub(r"\{[{%#].*?[}%#]\}", " ", template.read_text("utf-8"), flags=re.S)
        text = re.sub(r"<[^>]*>", "\n", text)
        words = {
            part.strip(" ·→–[](),:.✓✗←~\t\r") for one in text.split("\n") for part in one.split("·")
        }
        left = {one for one in words if re.search(r"[A-Za-z\u4e00-\u9fff]{2}", one)} - allowed
        assert left == set(), template.name


def test_demo_mode_serves_this_machine_only(tmp_path):
    settings = Settings(data_dir=tmp_path, demo=True, host="0.0.0.0", _env_file=None)
    with pytest.raises(SettingsError):
        create_app(wire(settings))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"headers": {"Host": "evil.example"}},
        {"headers": {"X-Forwarded-For": "192.0.2.7"}},
        {"environ_base": {"REMOTE_ADDR": "192.0.2.7"}},
    ],
)
def test_sample_people_are_for_this_machine_alone(sample, elsewhere):
    client = create_app(sample).test_client()
    page = client.get("/sign-in", **elsewhere)
    assert "/demo/" not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    answer = client.post("/demo/admin", data={"csrf_token": token}, **elsewhere)
    assert answer.status_code in (400, 404)


def test_without_demo_mode_there_are_no_sample_people(sample):
    settings = Settings(data_dir=sample.settings.data_dir, _env_file=None)
    client = create_app(wire(settings)).test_client()
    assert "/demo/" not in client.get("/sign-in").text
    assert client.post("/demo/admin").status_code in (400, 404)


def test_without_the_browsers_libraries_tables_stand_for_pictures(sample, monkeypatch, tmp_path):
    monkeypatch.setattr(layout, "VENDOR", tmp_path)
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/coordinator", data={"csrf_token": token})
    page = client.get(CLUSTER, headers={"Accept-Language": "zh"}).text
    assert "没有图形" in page or "No picture: the libraries" in page
    assert 'id="network"' not in page
    assert "<table" in page


def test_a_page_that_needs_an_account_leads_to_the_sign_in_and_back(sample):
    client = create_app(sample).test_client()
    answer = client.get("/find?goal=supplier")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/find?goal%3Dsupplier"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(sample, target):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    page = client.get("/notices").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = client.post("/language", data={"csrf_token": token, "language": "en", "back": target})
    assert answer.headers["Location"] == "/"


def test_a_stranger_cannot_open_others_pages(sample):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    for path in (CLUSTER, f"{CLUSTER}/report", f"{CLUSTER}/network.json", "/admin/accounts",
                 f"{CLUSTER}/missing.json", f"{CLUSTER}/worklist", f"{CLUSTER}/import", f"{CLUSTER}/surveys",
                 "/admin/log", "/admin", "/admin/jobs", "/admin/duplicates", "/admin/clusters",
                 "/admin/import"):  # fmt: skip
        assert client.get(path).status_code == 403, path
    assert client.get("/introductions/nothing").status_code == 404
    assert client.get("/postings/nothing").status_code == 404


@pytest.mark.parametrize(
    "terms",
    [
        Kind, GoalName, OfferKind, Terms, Stage, Tier, Layer, EngagementKind, State, Action,
        OutcomeKind, AmountBand, PostingState, PostingAction, MembershipRole, MailRhythm,
    ],
)  # fmt: skip
def test_every_term_of_the_field_has_a_word(terms):
    assert [term for term in terms if str(term) not in TERMS] == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/account", {"what": "preferences", "name": "A", "mail": "hourly"}),
        ("/account", {"what": "preferences", "name": "A", "alerts": "²"}),
        ("/account", {"what": "preferences", "name": "A", "language": "fr"}),
        ("/postings/new", {"what": "need", "text": "x", "goal": "friend"}),
        ("/postings/new", {"what": "offer", "text": "x", "offer_kind": "x"}),
        ("/postings/new", {"what": "need", "text": "x\x00", "goal": "supplier"}),
        ("/postings/new", {"what": "need", "text": "x", "goal": "supplier", "deadline": "soon"}),
        ("/introductions/new", {"goal": "x", "candidate": "seed:valves-005"}),
        ("/introductions/new", {"goal": "supplier", "candidate": "seed:none"}),
        ("/introductions/nothing", {"action": "dance"}),
        ("/postings/nothing", {"action": "dance"}),
        ("/profile", {"name": "x", "capacity": "-1", "version": "1"}),
        ("/profile", {"name": "", "version": "999999"}),
        ("/picks", {"candidate": "seed:valves-005", "what": "dismissed", "reason": "ugly"}),
        ("/gatherings", {"kind": "x", "cluster": "seed:cluster-valves", "party": ["a", "b"]}),
        (f"{CLUSTER}/introductions", {"pair": "nonsense"}),
        (f"{CLUSTER}/import", {"table": "offers"}),
        ("/admin/import", {"upload": "../.."}),
        ("/admin/jobs", {"kind": "refresh"}),
        ("/admin/duplicates", {"keep": "both"}),
        ("/admin/clusters", {"name": "x"}),
        ("/imports/nothing/undo", {}),
    ],
)
def test_bad_forms_are_told_and_never_a_fault(sample, path, sent):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account").text)[1]
    answer = client.post(path, data={"csrf_token": token, **sent})
    assert 400 <= answer.status_code < 500, answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/find?goal=x", "/find?goal=supplier&radius=x", "/find?goal=supplier&text=%00",
        "/organizations?kind=x&q=%22%28", "/introductions/new?goal=x&candidate=y",
        "/needs?after=zzz", "/compare?id=nothing", "/notices?after=zzz", "/postings/new?what=x",
        "/card?id=nothing", "/codes/other?industry=x", "/jobs/nothing", "/import/template/x",
        "/organizations/%00", "/invitation?token=x", "/vendor/../shell.py", "/vendor/nothing.js",
    ],
)  # fmt: skip
def test_odd_addresses_are_answered_as_pages(sample, path):
    client = create_app(sample).test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)[1]
    client.post("/demo/firm", data={"csrf_token": token})
    assert client.get(path).status_code < 500
