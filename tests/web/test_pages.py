"""Every page: whole, accessible, escaped, fit for a phone, translated."""

import datetime
import gzip
import re
from pathlib import Path

import pytest

from matchmaker.app import create_app
from matchmaker.domain import (
    Cluster,
    DatePrecision,
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Layer,
    Membership,
    Need,
    Observation,
    OfferKind,
    Organization,
    Provenance,
    SourceTier,
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
        "/compare?id=seed:valves-005&id=seed:valves-026", "/calls", "/calls/new", "/refusals",
        "/postings/list",
    ),
    "university": ("/", "/needs", "/find?goal=industry_partner", "/portfolio", "/definitions"),
    "coordinator": (
        CLUSTER, f"{CLUSTER}/introductions", f"{CLUSTER}/effect", f"{CLUSTER}/benchmark",
        f"{CLUSTER}/benchmark?all=1", f"{CLUSTER}/review", f"{CLUSTER}/report", "/gatherings",
        f"{CLUSTER}/worklist", f"{CLUSTER}/import",
                 f"{CLUSTER}/surveys",
    ),
    "admin": (
        "/admin", "/admin/accounts", "/admin/log", "/clusters", "/admin/import", "/admin/jobs",
        "/admin/duplicates", "/admin/duplicates/merge?gone=seed:valves-001&kept=seed:valves-002",
        "/admin/clusters", "/admin/clusters?id=seed:cluster-valves",
    ),
}  # fmt: skip

PHONE = {"width": 360, "height": 740}
DEVICES = {
    "phone": {"viewport": PHONE, "color_scheme": "dark"},
    "screen": {"viewport": {"width": 1200, "height": 900}, "color_scheme": "light"},
}


# The whole matrix is long: otherwise every other page of a role in the one way, the rest in the
# other one, so that both ways see all roles and each page is seen.
WAYS = [("zh", "phone"), ("en", "screen"), ("zh", "screen"), ("en", "phone")]
EVERY = [
    pytest.param(role, way, slice(None), marks=pytest.mark.long, id="-".join((role, *way)))
    for role in PAGES
    for way in WAYS
]
SAMPLE = [
    pytest.param(
        role, WAYS[start], slice(start, None, 2), id="-".join((role, *WAYS[start], "half"))
    )
    for role in PAGES
    for start in (0, 1)
]


@pytest.mark.parametrize(("role", "way", "pages"), SAMPLE + EVERY)
def test_every_page_is_whole_accessible_and_fits_a_phone(visit, role, way, pages):
    """On a narrow phone in the dark, and on a wide screen in the light."""
    language, device = way
    options = DEVICES[device]
    visitor = visit(role, language, **options)
    for path in PAGES[role][pages]:
        assert visitor.open(path).status == 200, path
        assert visitor.complaints == [], path
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= options["viewport"]["width"], path
        assert visitor.violations() == [], path
        if role:
            assert visitor.page.locator("html").get_attribute("lang") == language


def test_no_page_lets_scripts_or_styles_from_elsewhere_in(application):
    client = application.test_client()
    policy = client.get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    for template in Path(layout.WEB_FOLDER, "templates").glob("*.html"):
        text = template.read_text("utf-8")
        assert not re.search(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)|\|safe", text), (
            template
        )


@pytest.fixture(scope="module")
def application(sample):
    """What serves the pages, made once: clients of it share nothing but the installation."""
    return create_app(sample)


@pytest.fixture(scope="module")
def firm(application):
    """A client that somebody of a firm has signed in with, and the token of its forms."""
    client = application.test_client()
    token = token_of(client.get("/sign-in"))
    client.post("/demo/firm", data={"csrf_token": token})
    return client, token_of(client.get("/account"))


def token_of(page):
    """What its forms are sent with."""
    return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]


NAMES = (
    "<script>document.title='pwned'</script><b>x</b>",
    "{{ 7*7 }} ${7*7} %(x)s",
    "\u202egnp.exe\u2066 abc \u05d0\u05d1",
    "字" * 500,
    "W" * 500,
)


def test_names_show_as_text_and_break_no_layout(visit, sample):
    text = "<img src=x onerror=alert(1)> " + "很长的文字" * 3990
    ids = [f"seed:odd-{number}" for number in range(len(NAMES))]
    named = zip(ids, NAMES, strict=True)
    rows = GraphRows(
        organizations=tuple(Organization(id, name, Kind.FIRM) for id, name in named),
        needs=tuple(Need(f"{id}-need", id, GoalName.SUPPLIER, text[:20_000]) for id in ids),
    )
    sample.store.upsert(rows)
    try:
        visitor = visit("firm", "zh", viewport=PHONE)
        page = visitor.page
        for id, name in zip(ids, NAMES, strict=True):
            visitor.open(f"/organizations/{id}")
            assert page.locator("h1").inner_text().strip() == name
            assert "pwned" not in page.title() or name in page.title()
            assert page.locator("main script, main img").count() == 0
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        assert visitor.complaints == []
    finally:
        sample.store.replace_rows(GraphRows(), rows, ())


def test_figures_are_shown_with_where_they_come_from_and_what_contradicts_them(application, sample):
    """A list says 120 people, a register 98: the register counts, the list stands beside it."""
    subject, day = "seed:valves-006", datetime.date(2026, 3, 1)
    register = Provenance("a register", "", SourceTier.REGISTER, day)
    of_a_list = Provenance("a chamber's list", "", SourceTier.IMPORT, day)
    rows = GraphRows(
        observations=(
            Observation("a:1", subject, "headcount", 2025, 98, "", register),
            Observation("b:1", subject, "headcount", 2025, 120, "", of_a_list),
            Observation("b:2", subject, "revenue", 2025, 12_500_000, "CNY", of_a_list),
        ),
        clusters=(Cluster("seed:guild", "Guild of Valves"),),
        memberships=(
            Membership("seed:guild", subject, datetime.date(2019, 5, 1), None, of_a_list,
                       DatePrecision.MONTH),
            Membership("seed:guild", "seed:valves-001"),
        ),
    )  # fmt: skip
    sample.store.upsert(rows)
    try:
        client = application.test_client()
        token = token_of(client.get("/sign-in"))
        client.post("/demo/firm", data={"csrf_token": token})
        client.post("/language", data={"csrf_token": token, "language": "en", "back": "/"})
        page = client.get(f"/organizations/{subject}").text
        text = " ".join(re.sub(r"<[^>]*>", " ", page).split())
        assert "employees (2025) 98 a register · from a register" in text
        assert "120 a chamber&#39;s list" in text
        assert "12,500,000 CNY a chamber&#39;s list" in text
        assert "member since 2019-05 · Guild of Valves a chamber&#39;s list" in text
        answer = client.get(f"/api/v1/organizations/{subject}").json["figures"]
        assert [(row["indicator"], row["reported"]["value"]) for row in answer] == [
            ("headcount", 98), ("revenue", 12_500_000),
        ]  # fmt: skip
        assert answer[0]["reported"]["provenance"]["tier"] == "register"
        assert [row["value"] for row in answer[0]["contradicted"]] == [120]
    finally:
        sample.store.replace_rows(GraphRows(), rows, ())


def test_templates_have_no_text_outside_translations():
    """Letters between tags that are no template expression: only names of formats."""
    allowed = {"Matchmaker", "API", "CSV", "PNG", "SVG", "GraphML", "PDF", "Excel"}
    for template in Path(layout.WEB_FOLDER, "templates").glob("*.html"):
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
def test_sample_people_are_for_this_machine_alone(application, elsewhere):
    client = application.test_client()
    page = client.get("/sign-in", **elsewhere)
    assert "/demo/" not in page.text
    token = token_of(page)
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
    token = token_of(client.get("/sign-in"))
    client.post("/demo/coordinator", data={"csrf_token": token})
    page = client.get(CLUSTER, headers={"Accept-Language": "zh"}).text
    assert "没有图形" in page or "No picture: the libraries" in page
    assert 'id="network"' not in page
    assert "<table" in page


def test_styles_travel_compressed_and_pages_with_a_secret_do_not(application):
    client = application.test_client()
    takes_gzip = {"Accept-Encoding": "gzip"}
    plain = client.get("/static/app.css")
    packed = client.get("/static/app.css", headers=takes_gzip)
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 3
    assert "Accept-Encoding" in packed.headers["Vary"]
    again = takes_gzip | {"If-None-Match": packed.headers["ETag"]}
    assert client.get("/static/app.css", headers=again).status_code == 304
    assert "Content-Encoding" not in client.get("/sign-in", headers=takes_gzip).headers


def test_a_page_that_needs_an_account_leads_to_the_sign_in_and_back(application):
    client = application.test_client()
    answer = client.get("/find?goal=supplier")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/find?goal%3Dsupplier"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_nobody_is_led_to_another_site(firm, target):
    client, token = firm
    answer = client.post("/language", data={"csrf_token": token, "language": "en", "back": target})
    assert answer.headers["Location"] == "/"


def test_a_stranger_cannot_open_others_pages(firm):
    client, _ = firm
    for path in (CLUSTER, f"{CLUSTER}/report", f"{CLUSTER}/network.json", "/admin/accounts",
                 f"{CLUSTER}/missing.json", f"{CLUSTER}/worklist", f"{CLUSTER}/import",
                 f"{CLUSTER}/surveys",
                 "/admin/log", "/admin", "/admin/jobs", "/admin/duplicates", "/admin/clusters",
                 "/admin/duplicates/merge?gone=seed:valves-001&kept=seed:valves-002",
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
        ("/gatherings/nothing", {"what": "dance"}),
        (f"{CLUSTER}/introductions", {"pair": "nonsense"}),
        (f"{CLUSTER}/import", {"table": "offers"}),
        ("/admin/import", {"upload": "../.."}),
        ("/admin/jobs", {"kind": "refresh"}),
        ("/admin/duplicates", {"keep": "both"}),
        ("/admin/duplicates/merge", {"gone": "seed:valves-001", "kept": "seed:valves-002"}),
        ("/admin/clusters", {"name": "x"}),
        ("/imports/nothing/undo", {}),
        ("/imports/nothing/cancel", {}),
    ],
)
def test_bad_forms_are_told_and_never_a_fault(firm, path, sent):
    client, token = firm
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
def test_odd_addresses_are_answered_as_pages(firm, path):
    client, _ = firm
    assert client.get(path).status_code < 500
