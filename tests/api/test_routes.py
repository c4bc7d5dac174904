"""What the API answers, on a small real installation."""

from urllib.parse import quote

import pytest

from matchmaker.goals import GoalName
from tests.api.conftest import ADMIN_KEY, application_of, installation

API = "/api/v1"
NEW = {"name": "示例新厂", "kind": "firm", "place": "place:a", "contact": "secret phone"}


@pytest.fixture
def create(client, writer):
    def create_one(**fields):
        answer = client.post(f"{API}/organizations", json=NEW | fields, headers=writer)
        assert answer.status_code == 201, answer.text
        return answer

    return create_one


# -- organisations


def test_an_organisation_is_found_by_id_with_its_details(client):
    found = client.get(f"{API}/organizations/t:firm1").json
    assert found["name"] == "示例阀门1厂"
    assert found["about"] == "做高压球阀的小厂"
    assert found["place_details"]["name"] == "甲市"
    assert [cluster["id"] for cluster in found["clusters"]] == ["t:cluster"]


def test_a_place_without_coordinates_has_those_of_the_place_above_it_and_says_so(client, create):
    assert client.get(f"{API}/organizations/t:firm1").json["coordinates"] == {
        "place": "place:a",
        "latitude": 28.0,
        "longitude": 120.7,
    }
    county = create(place="place:d").json
    assert county["place_details"]["latitude"] is None
    assert county["coordinates"] == {"place": "place:a", "latitude": 28.0, "longitude": 120.7}


@pytest.mark.parametrize("path", ["t:uni/main", "t%3Auni%2Fmain"])
def test_ids_with_slashes_work_plain_and_encoded(client, path):
    assert client.get(f"{API}/organizations/{path}").json["id"] == "t:uni/main"
    around = client.get(f"{API}/organizations/{path}/neighborhood")
    assert around.json["centre"] == "t:uni/main"


def test_no_answer_shows_a_contact_to_others(client, anonymous, create, writer):
    create()
    assert client.get(f"{API}/organizations/t:firm1").json["contact"] == "tel 0577-555"
    assert anonymous.get(f"{API}/organizations/t:firm1").json["contact"] == ""
    pages = ["organizations", "organizations?q=阀门", "clusters/t:cluster/members"]
    pages += ["organizations/t:firm1/neighborhood?depth=2"]
    for page in pages:
        text = client.get(f"{API}/{page}").text
        assert '"contact":' not in text  # a made-up name of another test may be this word
        assert "0577-555" not in text
        assert "secret phone" not in text


def test_pages_neither_skip_nor_repeat(client):
    seen, cursor = [], ""
    while cursor is not None:
        suffix = f"&cursor={quote(cursor)}" if cursor else ""
        page = client.get(f"{API}/organizations?limit=2&kind=firm{suffix}").json
        seen += [row["id"] for row in page["items"] if row["id"].startswith("t:firm")]
        cursor = page["next"]
    assert seen == [f"t:firm{number}" for number in range(1, 8)]


def test_a_cursor_of_another_filter_is_refused(client):
    cursor = client.get(f"{API}/organizations?limit=1&kind=firm").json["next"]
    answer = client.get(f"{API}/organizations?limit=1&kind=university&cursor={quote(cursor)}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "cursor"


def test_search_finds_what_an_offer_says(client):
    found = client.get(f"{API}/organizations?q=橡胶密封圈").json["items"]
    assert found[0]["id"] == "t:firm3"


def test_filters_of_the_list(client):
    in_b = client.get(f"{API}/organizations?place=place:b/c").json["items"]
    assert [row["id"] for row in in_b] == ["t:firm7", "t:lab"]


def test_creating_gives_a_location_that_answers(client, writer, create):
    created = create(id="t:sub/new")
    assert client.get(created.headers["Location"]).json["id"] == "t:sub/new"
    again = client.post(f"{API}/organizations", json=NEW | {"id": "t:sub/new"}, headers=writer)
    assert again.status_code == 409


def test_an_edit_needs_the_version_it_was_made_on(client, writer, create):
    created = create()
    place = created.headers["Location"]
    change = {"name": "改名厂"}
    assert client.patch(place, json=change, headers=writer).status_code == 428
    tagged = writer | {"If-Match": created.headers["ETag"]}
    changed = client.patch(place, json=change, headers=tagged)
    assert changed.json["name"] == "改名厂"
    assert changed.json["place"] == "place:a"
    assert changed.headers["ETag"] != created.headers["ETag"]
    assert client.patch(place, json=change, headers=tagged).status_code == 412


def test_put_resets_what_is_not_sent(client, writer, create):
    created = create()
    tagged = writer | {"If-Match": created.headers["ETag"]}
    fields = {"name": "全新厂", "kind": "firm", "about": "新介绍"}
    changed = client.put(created.headers["Location"], json=fields, headers=tagged).json
    assert changed["place"] is None
    assert changed["about"] == "新介绍"


def test_paths_name_what_joins_each_step(client):
    found = client.get(f"{API}/paths?source=t:firm2&target=t:lab").json["paths"]
    assert {step["via"] for path in found for step in path} == {"t:tie2", "t:project"}


def test_members_of_a_cluster(client):
    members = client.get(f"{API}/clusters/t:cluster/members").json["items"]
    ids = [row["id"] for row in members]  # other files load lists of this cluster, "cluster:…"
    assert [id for id in ids if id.startswith("t:")] == [f"t:firm{n}" for n in range(1, 7)]


# -- offers, needs, engagements


def test_a_need_is_posted_and_moved_on(client, writer):
    body = {"organization": "t:firm6", "goal": "supplier", "text": "需要铸件"}
    posted = client.post(f"{API}/needs", json=body, headers=writer)
    assert posted.status_code == 201
    assert posted.json["language"] == "zh"
    place = posted.headers["Location"]
    step = {"before": "open", "after": "closed"}
    assert client.post(f"{place}/transition", json=step, headers=writer).json["state"] == "closed"
    assert client.post(f"{place}/transition", json=step, headers=writer).status_code == 409


def test_an_offer_of_an_unknown_organisation_is_refused(client, writer):
    body = {"organization": "t:nobody", "kind": "product", "text": "球阀"}
    answer = client.post(f"{API}/offers", json=body, headers=writer)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "organization"


def test_an_engagement_is_recorded(client, writer):
    body = {
        "kind": "event",
        "title": "对接会",
        "participants": [
            {"organization": "t:firm4", "role": "attendee"},
            {"organization": "t:firm5", "role": "attendee"},
        ],
    }
    posted = client.post(f"{API}/engagements", json=body, headers=writer)
    assert client.get(posted.headers["Location"]).json["title"] == "对接会"


def test_the_same_idempotency_key_posts_once(client, writer):
    keyed = writer | {"Idempotency-Key": "one"}
    body = {"organization": "t:firm5", "kind": "equipment", "text": "闲置加工中心"}
    first = client.post(f"{API}/offers", json=body, headers=keyed)
    second = client.post(f"{API}/offers", json=body, headers=keyed)
    assert second.json == first.json
    assert second.headers["Idempotent-Replayed"] == "true"
    other = client.post(f"{API}/offers", json=body | {"text": "别的"}, headers=keyed)
    assert other.status_code == 422


QUESTIONS = [
    ("reconcile", {"queries": {f"q{number}": {"query": "示例"} for number in range(50)}}),
    pytest.param(
        *("recommendations", {"goal": "supplier", "text": "铸件"}), marks=pytest.mark.slow
    ),  # which loads the model
]


@pytest.mark.parametrize(("path", "question"), QUESTIONS)
def test_no_answer_of_a_question_is_kept_for_its_key(client, wired, path, question):
    """A thousand long answers under new keys would fill the disk; a question changes nothing."""
    kept = wired.settings.data_dir / "idempotency.db"
    keyed = {"Authorization": f"Bearer {ADMIN_KEY}", "Idempotency-Key": "a question"}
    before = kept.stat().st_size if kept.exists() else 0
    for _ in range(2):
        answer = client.post(f"{API}/{path}", json=question, headers=keyed)
        assert answer.status_code == 200
        assert "Idempotent-Replayed" not in answer.headers
    assert (kept.stat().st_size if kept.exists() else 0) == before


# -- recommendations


def test_partners_for_an_organisation_with_reasons(tmp_path_factory):
    services = installation(tmp_path_factory)  # whatever other tests made of it
    answer = (
        application_of(services)
        .test_client()
        .get(
            f"{API}/organizations/t:firm1/recommendations?goal=supplier&limit=3",
            headers={"Authorization": f"Bearer {ADMIN_KEY}"},
        )
    )
    services.store.close()
    found = answer.json["recommendations"]
    assert found[0]["id"] == "t:firm2"
    assert found[0]["evidence"][0]["id"] == "t:offer1"
    assert found[0]["reasons"]
    assert answer.json["snapshot"]["version"] >= 1


def test_who_supplies_already_is_left_out_unless_asked_for(client):
    place = f"{API}/organizations/t:firm1/recommendations?goal=supplier&limit=20"
    fresh = [row["id"] for row in client.get(place).json["recommendations"]]
    everyone = [row["id"] for row in client.get(f"{place}&only_new=false").json["recommendations"]]
    assert "t:firm3" not in fresh
    assert "t:firm3" in everyone


def test_reasons_are_in_the_language_asked_for(client):
    place = f"{API}/organizations/t:firm1/recommendations?goal=supplier"
    chinese = client.get(place, headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    english = client.get(place, headers={"Accept-Language": "en"})
    for answer, language in ((chinese, "zh"), (english, "en")):
        assert answer.headers["Content-Language"] == language
        reason = answer.json["recommendations"][0]["reasons"][0]
        assert reason["text"] == reason[language]


@pytest.mark.slow
def test_a_free_text_is_answered_and_not_stored(client, wired):
    before = wired.store.version()
    body = {"text": "high temperature sealing materials", "goal": "research_partner"}
    found = client.post(f"{API}/recommendations", json=body).json["recommendations"]
    assert "t:lab" in [row["id"] for row in found]
    assert wired.store.version() == before


@pytest.mark.slow
def test_a_need_is_asked_for_with_its_own_goal(client):
    answer = client.post(f"{API}/recommendations", json={"need": "t:need2"}).json
    assert answer["goal"] == "research_partner"
    assert answer["seeker"] == "t:firm1"
    assert answer["recommendations"][0]["id"] == "t:lab"


def test_what_a_seeker_said_a_moment_ago_counts_at_once(client, writer):
    place = f"{API}/organizations/t:firm7/recommendations?goal=supplier&limit=1"
    body = {"organization": "t:firm7", "goal": "supplier", "text": "橡胶密封圈长期采购"}
    client.post(f"{API}/needs", json=body, headers=writer)
    answer = client.get(place).json
    assert answer["recommendations"][0]["id"] == "t:firm3"
    assert answer["snapshot"]["store_version"] > answer["snapshot"]["version"]


def test_filters_narrow_the_candidates(client):
    place = f"{API}/organizations/t:firm1/recommendations?goal=research_partner&place=place:b/c"
    assert [row["id"] for row in client.get(place).json["recommendations"]] == ["t:lab"]


def test_every_goal_is_listed(client):
    names = [goal["name"] for goal in client.get(f"{API}/goals").json["items"]]
    assert sorted(names) == sorted(GoalName)


# -- the service


def test_the_service_says_that_it_is_ready(client):
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200
    assert client.get(f"{API}/status").json["ready"] is True


def test_the_description_is_openapi_3_1_and_has_a_page(client):
    assert client.get("/api/openapi.json").json["openapi"] == "3.1.0"
    page = client.get("/api/docs", follow_redirects=True)
    assert page.status_code == 200
    assert b"swagger-ui" in page.data
