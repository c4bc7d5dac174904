"""The Reconciliation API as OpenRefine speaks it, against the specification's schemas."""

import json

import jsonschema_rs
import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import Cluster, GraphRows, Kind, Membership, Organization, Place, PlaceLevel
from tests.api.conftest import installation_of_a_file
from tests.api.reconciliation_schemas import EXTENDED, MANIFEST, RESULTS, SUGGESTED

SERVICE = "/api/v1/reconcile"
CODE = "91330300MA285C7Q42"


# Six organisations: two of like names, one that opted out, a namesake elsewhere.
DIRECTORY = GraphRows(
    places=(
        Place("place:p", "浙江省", PlaceLevel.PROVINCE, "Zhejiang", None, "CN"),
        Place("place:w", "温州市", PlaceLevel.CITY, "Wenzhou", "place:p", "CN"),
        Place("place:h", "杭州市", PlaceLevel.CITY, "Hangzhou", "place:p", "CN"),
    ),
    organizations=(
        Organization(
            "r:valve", "永盛阀门有限公司", Kind.FIRM, "Yongsheng Valve Co., Ltd.",
            place="place:w", country="CN", credit_code=CODE, contact="tel 0577-555",
            website="https://www.yongsheng.example/en",
        ),
        Organization("r:valve2", "永盛阀门有限公司", Kind.FIRM, place="place:h", country="CN"),
        Organization(
            "r:pump", "永盛泵业有限公司", Kind.FIRM, place="place:w", country="CN",
            other_names=("永强水暖器材厂",),
        ),
        Organization("r:out", "隐身阀门厂", Kind.FIRM, place="place:w", listed=False),
        Organization("r:uni", "Wenzhou University", Kind.UNIVERSITY, country="CN"),
        Organization("r:mix", "<b>Müller</b> & Söhne GmbH", Kind.FIRM, country="DE"),
    ),
    clusters=(Cluster("r:cluster", "阀门集群"),),
    memberships=(Membership("r:cluster", "r:valve"),),
)  # fmt: skip
directory = installation_of_a_file(DIRECTORY)


@pytest.fixture(scope="module")
def anybody(directory):
    """A client that has not signed in, on the same machine."""
    return create_app(directory).test_client()


def ask(client, method="post", **queries):
    sent = {"queries": json.dumps(queries, ensure_ascii=False)}
    if method == "post":
        answer = client.post(SERVICE, data=sent)
    else:
        answer = client.get(SERVICE, query_string=sent)
    assert answer.status_code == 200, answer.text
    jsonschema_rs.validate(RESULTS, answer.json)
    assert list(answer.json) == list(queries)
    return {key: result["result"] for key, result in answer.json.items()}


def public(services):
    """The settings, but for the directory, which anybody may read."""
    return services.settings.model_copy(update={"public_directory": True})


def says(**properties):
    return [{"pid": pid, "v": value} for pid, value in properties.items()]


def test_the_manifest_says_what_there_is_and_where(anybody):
    manifest = anybody.get(SERVICE).json
    jsonschema_rs.validate(MANIFEST, manifest)
    for place in (
        manifest["preview"]["url"].replace("{{id}}", "r:valve"),
        manifest["view"]["url"].replace("{{id}}", "r:valve"),
        *(each["service_url"] + each["service_path"] for each in manifest["suggest"].values()),
        "{service_url}{service_path}".format(**manifest["extend"]["propose_properties"]),
    ):
        assert place.startswith("http://localhost/")
        assert anybody.get(place.removeprefix("http://localhost")).status_code in (200, 303), place


@pytest.mark.parametrize("method", ["post", "get"])
def test_a_batch_is_answered_query_by_query_with_scores(anybody, method):
    answers = ask(
        anybody,
        method,
        q0={"query": "永盛泵业"},
        q1={"query": "wenzhou universty", "limit": 1},
        q2={"query": "zzzz qqqq"},
    )
    assert answers["q0"][0]["id"] == "r:pump"
    assert answers["q0"][0]["score"] == pytest.approx(100 / (1 + 2**-3.2), abs=0.1)
    assert [each["id"] for each in answers["q1"]] == ["r:uni"]
    assert 0 < answers["q1"][0]["score"] < answers["q0"][0]["score"]
    assert answers["q2"] == []


def test_an_english_name_is_as_good_as_the_other(anybody):
    best = ask(anybody, q0={"query": "YONGSHENG VALVE"})["q0"][0]
    assert (best["id"], best["name"]) == ("r:valve", "永盛阀门有限公司")
    assert {"id": "name", "value": 9.2} in best["features"]
    assert best["type"] == [{"id": "firm", "name": "firm"}]


def test_namesakes_are_told_apart_by_place_and_features_say_so(anybody):
    """Only the name: nobody is certain. With the place one is, and the other is not."""
    alone = ask(anybody, q0={"query": "永盛阀门有限公司"})["q0"]
    assert {each["id"] for each in alone[:2]} == {"r:valve", "r:valve2"}
    assert not any(each["match"] for each in alone)
    placed = ask(
        anybody, q0={"query": "永盛阀门有限公司", "properties": says(place="浙江省杭州市")}
    )["q0"]
    assert [(each["id"], each["match"]) for each in placed[:2]] == [
        ("r:valve2", True), ("r:valve", False),
    ]  # fmt: skip
    features = {each["id"]: each["value"] for each in placed[1]["features"]}
    # Of the model that imports merge by: log2 odds -6, and the weights of what both say.
    assert features.pop("chance") == pytest.approx(100 / (1 + 2**0.3), abs=0.1)
    assert features == {"name": 9.2, "form": 0.5, "place": -4.0}


def test_a_code_is_certain_whatever_the_name(anybody):
    properties = says(credit_code=CODE.lower())
    best = ask(anybody, q0={"query": "Some other name", "properties": properties})["q0"][0]
    assert (best["id"], best["match"], best["score"]) == ("r:valve", True, 99.9)
    other = says(credit_code="91330300MA2854HJ4T", place="温州市")
    named = ask(anybody, q0={"query": "永盛阀门有限公司", "properties": other})["q0"]
    assert not any(each["match"] for each in named if each["id"] == "r:valve")


def test_country_and_website_are_read_as_people_write_them(anybody):
    properties = says(website="yongsheng.example", country="CN")
    best = ask(anybody, q0={"query": "永盛阀门", "properties": properties})["q0"][0]
    features = {each["id"]: each["value"] for each in best["features"]}
    assert best["id"] == "r:valve"
    assert (features["website"], features["country"]) == (7.0, 1.0)


@pytest.mark.parametrize("type_", ["university", ["university"]])
def test_types_narrow_the_candidates(anybody, type_):
    assert ask(anybody, q0={"query": "永盛阀门", "type": type_})["q0"] == []
    any_type = ask(anybody, q0={"query": "永盛阀门", "type": "organization"})["q0"]
    assert any_type
    loosely = {"query": "永盛阀门", "type": type_, "type_strict": "should"}
    assert ask(anybody, q0=loosely)["q0"] == any_type


def test_who_opted_out_is_nowhere(anybody, directory):
    assert "r:out" not in {each["id"] for each in ask(anybody, q0={"query": "隐身阀门厂"})["q0"]}
    assert anybody.get(f"{SERVICE}/suggest/entity?prefix=r:out").json["result"] == []
    assert anybody.get(f"{SERVICE}/preview?id=r:out").status_code == 404
    sent = {"ids": ["r:out"], "properties": [{"id": "country"}]}
    rows = anybody.post(SERVICE, data={"extend": json.dumps(sent)}).json["rows"]
    assert rows == {"r:out": {"country": []}}


def test_an_opt_out_counts_at_once_and_not_from_the_next_snapshot(anybody, directory):
    def listed(value):
        version = directory.directory.profile(ADMIN, "r:pump").organization.version
        directory.directory.edit(ADMIN, "r:pump", {"listed": value}, None, version)

    listed(False)
    try:
        assert "r:pump" not in {each["id"] for each in ask(anybody, q={"query": "永盛泵业"})["q"]}
    finally:
        listed(True)


def test_the_1_0_draft_is_answered_too(anybody):
    body = {
        "queries": [
            {
                "type": "firm",
                "conditions": [
                    {"matchType": "name", "v": "永盛阀门有限公司"},
                    {"matchType": "property", "pid": "place", "v": ["温州"]},
                ],
            }
        ]
    }
    answer = anybody.post(f"{SERVICE}/match", json=body)
    best = answer.json["results"][0]["candidates"][0]
    assert (best["id"], best["match"]) == ("r:valve", True)


def test_suggestions_begin_with_what_is_typed(anybody):
    found = anybody.get(f"{SERVICE}/suggest/entity?prefix=永盛泵&callback=x").json
    jsonschema_rs.validate(SUGGESTED, found)
    assert [each["id"] for each in found["result"]] == ["r:pump"]
    types = anybody.get(f"{SERVICE}/suggest/type?prefix=univ").json
    jsonschema_rs.validate(SUGGESTED, types)
    assert [each["id"] for each in types["result"]] == ["university"]
    properties = anybody.get(
        f"{SERVICE}/suggest/property?prefix=行业", headers={"Accept-Language": "zh"}
    ).json
    jsonschema_rs.validate(SUGGESTED, properties)
    assert {each["id"] for each in properties["result"]} == {"industry", "industry_id"}


def test_values_are_fetched_and_never_a_contact(anybody):
    offered = anybody.get(f"{SERVICE}/extend/propose?type=firm").json["properties"]
    assert "contact" not in {each["id"] for each in offered}
    wanted = [{"id": name} for name in ("place", "country", "website", "contact", "clusters")]
    sent = {"ids": ["r:valve", "r:uni", "r:nobody"], "properties": wanted}
    answer = anybody.post(SERVICE, data={"extend": json.dumps(sent)})
    jsonschema_rs.validate(EXTENDED, answer.json)
    assert [each["id"] for each in answer.json["meta"]] == ["place", "country", "website"]
    assert answer.json["rows"]["r:valve"] == {
        "place": [{"str": "Wenzhou"}],
        "country": [{"str": "CN"}],
        "website": [{"str": "https://www.yongsheng.example/en"}],
    }
    assert answer.json["rows"]["r:uni"] == {
        "place": [], "country": [{"str": "CN"}], "website": [],
    }  # fmt: skip
    assert answer.json["rows"]["r:nobody"] == {"place": [], "country": [], "website": []}
    assert "0577" not in answer.text


def test_a_preview_is_plain_and_runs_nothing(anybody):
    page = anybody.get(f"{SERVICE}/preview?id=r:mix")
    assert page.mimetype == "text/html"
    assert "&lt;b&gt;Müller&lt;/b&gt; &amp; Söhne GmbH" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "contact" not in anybody.get(f"{SERVICE}/preview?id=r:valve").text


@pytest.mark.parametrize(
    "queries",
    [
        "nonsense", "[]", '{"q0": 3}', '{"q0": {"limit": "x"}}', "{" * 2000,
        json.dumps({f"q{n}": {"query": "x"} for n in range(201)}),
        '{"q0": {"query": "x", "properties": [{"pid": "place", "v": {"name": "no id"}}]}}',
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused_with_its_place(anybody, queries):
    for answer in (
        anybody.post(SERVICE, data={"queries": queries}),
        anybody.get(SERVICE, query_string={"queries": queries}),
    ):
        assert answer.status_code == 422
        assert answer.json["errors"][0]["field"].startswith("queries")


def test_pages_of_this_machine_may_read_it_and_others_only_where_the_directory_is_public(
    anybody, directory, monkeypatch
):
    def allowed(origin):
        answer = anybody.get(SERVICE, headers={"Origin": origin})
        return answer.headers.get("Access-Control-Allow-Origin")

    assert allowed("http://127.0.0.1:3333") == "http://127.0.0.1:3333"
    assert allowed("https://evil.example") is None
    assert allowed("null") is None
    preflight = anybody.options(f"{SERVICE}/match", headers={"Origin": "http://localhost:3333"})
    assert preflight.status_code == 200
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    monkeypatch.setattr(directory, "settings", public(directory))
    assert allowed("https://tool.example") == "*"


def test_strangers_elsewhere_need_a_key_unless_the_directory_is_public(
    anybody, monkeypatch, directory
):
    far = {"REMOTE_ADDR": "203.0.113.9"}
    assert anybody.get(SERVICE, environ_base=far).status_code == 401
    monkeypatch.setattr(directory, "settings", public(directory))
    assert anybody.get(SERVICE, environ_base=far).status_code == 200


def test_an_other_name_leads_to_it_and_is_not_certain(anybody):
    best = ask(anybody, q0={"query": "永强水暖器材厂"})["q0"][0]
    assert (best["id"], best["match"]) == ("r:pump", False)
    assert 50 < best["score"] < 90
