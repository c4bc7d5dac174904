"""Whatever ranks, or reads the words that somebody asks with, waits among what is heavy."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import request

from matchmaker.services.cooperation import call_requirements
from matchmaker.services.matching import matching
from matchmaker.services.matching.seekers import SeekerFactory
from matchmaker.serving.lanes import LaneName, lane_of
from tests.api.conftest import application_of_a_file, installation_of_a_file
from tests.api.world import make_world

wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.fixture
def ranking(monkeypatch):
    """The requests that ranked or read words, as the server sees them: method, path, query."""
    requests = set()

    def noted(function):
        def call(*args, **kwargs):
            query = request.query_string.decode()
            requests.add((request.method, request.path, query))
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr(matching, "recommend", noted(matching.recommend))
    monkeypatch.setattr(SeekerFactory, "free_texts", noted(SeekerFactory.free_texts))
    monkeypatch.setattr(call_requirements, "read", noted(call_requirements.read))
    return requests


@pytest.mark.slow  # with the model
def test_no_page_that_ranks_is_in_the_way_of_those_that_do_not(app, world, ranking):
    client, headers = app.test_client(), world.headers("owner")
    need = {"organization": "t:firm1", "goal": "supplier", "text": "DN50 ball valves"}
    posted = client.post("/api/v1/postings", json=need | {"publish": True}, headers=headers)
    assert posted.status_code == 201
    posting, others = posted.json, world.headers("stranger")
    client.patch(
        f"/api/v1/postings/{posting['id']}", json={"text": "DN65 ball valves"},
        headers=headers | {"If-Match": '"1"'},
    )  # fmt: skip
    asked = {"goal": "supplier", "seeker": "t:firm1", "candidate": "t:firm2"}
    introduction = client.post("/api/v1/introductions", json=asked, headers=headers).json
    for path in (
        "/", "/needs", "/needs?goal=supplier", "/profile", "/find?text=valves&goal=supplier",
        "/organizations/t:firm2?goal=supplier&text=valves", f"/postings/{posting['id']}",
        "/introductions/new?goal=supplier&candidate=t:firm2&text=valves",
        f"/introductions/{introduction['id']}", "/portfolio", "/search?q=valves", "/welcome?step=3",
        "/api/v1/search?q=valves", "/api/v1/organizations/t:firm1/recommendations?goal=supplier",
    ):  # fmt: skip
        assert client.get(path, headers=headers).status_code == 200, path
    page = client.get(f"/needs/{posting['graph_id']}", headers=others)
    assert page.status_code == 200
    assert {path for _, path, _ in ranking} > {
        "/", "/api/v1/postings", f"/api/v1/postings/{posting['id']}", f"/postings/{posting['id']}",
        f"/introductions/{introduction['id']}", "/introductions/new", "/organizations/t:firm2",
    }  # fmt: skip
    step = {"step": "2", "goal": "supplier", "text": "DN80 ball valves"}
    assert client.post("/welcome", data=step, headers=headers).status_code == 303
    kept = client.post(
        "/searches?text=DN90+valves&goal=supplier", data={"name": "DN90"}, headers=headers
    )
    assert kept.status_code == 303
    called = {
        "organization": "t:firm1",
        "goal": "supplier",
        "title": "Valves",
        "text": "DN50 valves",
    }
    called["deadline"] = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    opened = client.post("/api/v1/calls", json=called, headers=headers)
    assert opened.status_code == 201
    call = opened.json["brief"]["id"]
    for path in (f"/calls/{call}", f"/calls/{call}?best=3", f"/api/v1/calls/{call}/suggestions"):
        assert client.get(path, headers=headers).status_code == 200, path
    corrected = {"summary": "Larger ones", "text": "DN65 valves"}
    for path, sent in (("corrections", corrected), ("invitations", {"best": 1})):
        answer = client.post(f"/api/v1/calls/{call}/{path}", json=sent, headers=headers)
        assert answer.status_code == 200, path
    assert {path.rpartition("/")[2] for _, path, _ in ranking} > {
        "welcome", "searches", "calls", call, "suggestions", "corrections", "invitations"
    }  # fmt: skip
    heavy = (LaneName.HEAVY, LaneName.FILES)
    light = {each for each in ranking if lane_of(*each) not in heavy}
    assert not light
