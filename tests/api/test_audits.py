"""Audits over HTTP: what is answered, in which language, and what is refused."""

import json

import pytest

AUDIT = "/api/v1/clusters/t:cluster/audit"
WORKLIST = "/api/v1/clusters/t:cluster/worklist"
WHAT_IF = "/api/v1/clusters/t:cluster/what-if"


def test_an_audit_counts_members_and_ties(client):
    """Six firms; firm 3 supplies firm 1 by a tie and a contract: one pair."""
    found = client.get(AUDIT, query_string={"samples": 0}).json
    assert found["basis"]["members"] == 6
    supply = next(one for one in found["layers"] if one["layer"] == "supply")
    assert supply["figures"]["ties"]["value"] == 1
    assert supply["figures"]["isolates"]["value"] == 4
    assert found["basis"]["snapshot"] >= 1
    assert len(found["years"]) == len(found["course"]) == 5


def test_an_audit_speaks_the_readers_language(client):
    chinese = client.get(AUDIT, headers={"Accept-Language": "zh-CN"})
    english = client.get(AUDIT, headers={"Accept-Language": "en"})
    assert chinese.headers["Content-Language"] == "zh"
    assert chinese.json["stage_titles"]["comparative"] == "比较优势"
    assert english.json["stage_titles"]["comparative"] == "Comparative advantage"
    reasons = [
        one["because"] for layer in english.json["layers"] for one in layer["figures"].values()
    ]
    assert "the layer has no direction" in reasons


def test_every_indicator_is_defined_with_its_formula(client):
    found = client.get("/api/v1/indicators").json["items"]
    names = {one["name"] for one in found}
    audited = client.get(AUDIT, query_string={"samples": 0}).json
    assert set(audited["layers"][0]["figures"]) == names
    density = next(one for one in found if one["name"] == "density")
    assert "2 m / (n (n − 1))" in density["about"]


def test_the_worklist_joins_members(client):
    found = client.get(WORKLIST, query_string={"limit": 3}).json
    assert 1 <= len(found["items"]) <= 3
    for one in found["items"]:
        assert one["asker"]["id"].startswith("t:firm")
        assert one["after"]["compactness"] > one["before"]["compactness"]
    assert "contact" not in json.dumps(found)


def test_what_if_tells_before_and_after_and_stores_nothing(client):
    body = {"ties": [{"source": "t:firm4", "target": "t:firm5"}]}
    before = client.get("/api/v1/status").json["store_version"]
    found = client.post(WHAT_IF, json=body).json
    assert found["after"]["isolates"] == found["before"]["isolates"] - 2
    assert client.get("/api/v1/status").json["store_version"] == before


@pytest.mark.parametrize(
    "url",
    [
        f"{AUDIT}?year=1500",
        f"{AUDIT}?year=x",
        f"{AUDIT}?samples=-1",
        f"{WORKLIST}?limit=0",
        f"{WORKLIST}?year=3000",
        "/api/v1/clusters/t:cluster/benchmark?layer=friendship",
        "/api/v1/benchmark?layer=friendship",
    ],
)
def test_a_wrong_year_or_layer_is_422(client, url):
    answer = client.get(url)
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"]


@pytest.mark.parametrize("what", ["audit", "worklist", "benchmark"])
def test_an_unknown_cluster_is_404(client, what):
    assert client.get(f"/api/v1/clusters/t:none/{what}").status_code == 404


@pytest.mark.parametrize(
    "ties",
    [
        [],
        [{"source": "t:firm1", "target": "t:firm1"}],
        [{"source": "t:firm1", "target": "t:lab"}],
        [{"source": "t:firm1"}],
        "all",
    ],
)
def test_ties_that_cannot_be_are_422(client, ties):
    assert client.post(WHAT_IF, json={"ties": ties}).status_code == 422


def test_a_benchmark_names_no_density(client):
    found = client.get("/api/v1/benchmark").json
    mine = next(one for one in found["items"] if one["cluster"]["id"] == "t:cluster")
    assert "density" not in mine["percentiles"]
    near = client.get("/api/v1/clusters/t:cluster/benchmark").json
    assert [one["cluster"]["id"] for one in near["items"]] == ["t:cluster"]
