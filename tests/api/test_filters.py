"""Filters by name, with all below them, as the API takes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from matchmaker.settings import Settings

API = "/api/v1"
IN_A = {f"t:firm{number}" for number in range(1, 7)}


def ids(answer, key="id", part="items"):
    assert answer.status_code == 200, answer.json
    return {row[key] for row in answer.json[part]}


@pytest.mark.parametrize("place", ["甲省", "place:p", "甲市", "A"])
def test_the_directory_is_narrowed_to_a_place_with_all_below_it(client, place):
    found = ids(client.get(f"{API}/organizations", query_string={"place": place, "kind": "企业"}))
    assert found & IN_A == IN_A
    assert ("t:firm7" in found) == (place in ("甲省", "place:p"))


def test_needs_are_narrowed_by_who_posted_them(client):
    query = {"place": "甲省", "goal": "research_partner", "state": "open"}
    # Of those of the rows, whatever others posted.
    posted = {"t:need1", "t:need2"}
    assert posted & ids(client.get(f"{API}/needs", query_string=query)) == {"t:need2"}
    assert not posted & ids(client.get(f"{API}/needs", query_string={"place": "乙市"}))
    firm = f"{API}/organizations/t:firm1"  # whatever other tests made of it
    version = {"If-Match": client.get(firm).headers["ETag"]}
    assert client.patch(firm, json={"industry": "gbt:344"}, headers=version).status_code == 200
    assert "t:need1" in ids(client.get(f"{API}/needs", query_string={"industry": "阀门"}))


@pytest.mark.slow
def test_candidates_are_narrowed_in_both_ways_to_ask(client):
    asked = {"goal": "supplier", "limit": 100}
    by_query = client.get(
        f"{API}/organizations/t:firm1/recommendations", query_string=asked | {"place": "乙市"}
    )
    assert ids(by_query, part="recommendations") == {"t:firm7"}
    body = asked | {"text": "不锈钢铸件", "filters": {"place": ["甲省"], "size": ["小型"]}}
    inside = client.post(f"{API}/recommendations", json=body)
    assert "t:firm2" in ids(inside, part="recommendations")
    outside = client.post(f"{API}/recommendations", json=body | {"filters": {"place": ["乙市"]}})
    assert "t:firm2" not in ids(outside, part="recommendations")


@pytest.mark.parametrize("field", ["place", "industry", "cluster", "country", "size"])
@pytest.mark.parametrize("route", ["organizations", "needs"])
def test_what_is_not_known_is_refused_by_field(client, route, field):
    answer = client.get(f"{API}/{route}", query_string={field: "大西洲"})
    assert answer.status_code == 422
    assert field in answer.get_data(as_text=True)


def test_the_log_is_narrowed_by_who_what_and_day(client):
    firm = f"{API}/organizations/t:firm2"
    version = {"If-Match": client.get(firm).headers["ETag"]}
    assert (
        client.patch(firm, json={"website": "https://a.example"}, headers=version).status_code
        == 200
    )

    def lines(**query):
        answer = client.get(f"{API}/log", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json["items"]

    newest = lines(limit=1)[0]
    family = newest["action"].split(".")[0] + "."
    assert newest in lines(action=newest["action"], limit=1000)
    zone = ZoneInfo(Settings(_env_file=None).time_zone)
    day = datetime.fromisoformat(newest["at"]).astimezone(zone).date().isoformat()
    assert newest in lines(action=family, who="admin", day=day, limit=1000)
    assert {line["action"] for line in lines(action=newest["action"])} == {newest["action"]}
    assert {line["actor"] for line in lines(who="admin")} == {"admin"}
    assert lines(action="nothing.done") == lines(day="2001-01-01") == []
    nobody = client.get(f"{API}/log", query_string={"who": "nobody@example.org"})
    assert nobody.status_code == 404
    assert "nobody@example.org" in nobody.json["detail"]
    assert client.get(f"{API}/log", query_string={"day": "soon"}).status_code == 422
