"""An installation that has no organisation yet is served: the first can be brought in."""

import io

import pytest

from matchmaker.access import SYSTEM
from matchmaker.app import create_app
from matchmaker.domain import GoalName
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring

KEY = "k" * 32


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data_dir=tmp_path_factory.mktemp("empty"), admin_key=KEY, _env_file=None)
    wired = Wiring(settings)
    wired.store.prepare()
    wired.refresher.refresh(SYSTEM)
    wired.warm()  # as `matchmaker serve` does before it forks
    yield create_app(wired).test_client()
    wired.store.close()


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_and_list_is_shown(client, language):
    headers = {"Authorization": f"Bearer {KEY}", "Accept-Language": language}
    routes = [
        str(rule)
        for rule in client.application.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments
    ]
    answers = {route: client.get(route, headers=headers).status_code for route in routes}
    assert {route: status for route, status in answers.items() if status >= 500} == {}
    for route in ("/search?q=yarn", "/find", "/organizations", "/clusters", "/admin/import"):
        assert client.get(route, headers=headers).status_code == 200
    assert client.get("/api/v1/clusters/none/audit", headers=headers).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("goal", list(GoalName))
def test_a_question_has_no_answers(client, goal):
    headers = {"Authorization": f"Bearer {KEY}"}
    question = {"text": "ball valves DN50", "goal": goal.value}
    answer = client.post("/api/v1/recommendations", headers=headers, json=question)
    assert (answer.status_code, answer.json["recommendations"]) == (200, [])


@pytest.mark.slow
def test_the_first_list_is_looked_at(client):
    headers = {"Authorization": f"Bearer {KEY}"}
    file = {"file": (io.BytesIO(b"name,kind\nFirst Valves Ltd,firm\n"), "list.csv")}
    answer = client.post("/api/v1/imports", headers=headers, data=file)
    assert answer.status_code == 201
