"""Whom a coordinator's lists alone know gets no official tier by them."""

import io

import pytest

from matchmaker.workflow.job import JobKind
from tests.api.conftest import application_of_a_file, installation_of_a_file
from tests.api.things_of_routes import API, CLUSTER
from tests.api.world import make_world

wired, app = installation_of_a_file(), application_of_a_file()


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.fixture
def written(app, world):
    """What a file for t:cluster came to."""
    client = app.test_client()

    def write(text, language="en", role="coordinator"):
        headers = world.headers(role) | {"Accept-Language": language}
        file = (io.BytesIO(text.encode()), "organizations.csv")
        sent = client.post(
            f"{API}/imports",
            data={"file": file, "cluster": CLUSTER, "write": "true"},
            headers=headers,
        )
        assert sent.status_code == 201, sent.text
        queue = world.services.requested_jobs[JobKind.IMPORT]
        while (task := queue.dequeue()) is not None:
            queue.execute(task)
        return client.get(f"{API}/imports/{sent.json['id']}", headers=headers).json

    return write


@pytest.mark.parametrize(("language", "word"), [("en", "an administrator"), ("zh", "管理员")])
def test_a_list_gives_no_tier_to_a_firm_that_it_alone_knows(world, written, language, word):
    """Not at once and not by a second list; an administrator's file gives it, and it stays."""
    id, store = f"mine:{language}", world.services.store
    file = f"id,name,kind,tier\n{id},示例{'甲乙'[language == 'zh']}梯度厂,firm,{{}}\n"
    for tier in ("little_giant", "champion"):
        seen = written(file.format(tier), language)
        (problem,) = seen["problems"]
        assert (problem["line"], problem["field"]) == (2, "tier")
        assert word in problem["reason"]
        assert seen["lines"]["loaded"] == 1
        assert store.organization(id).tier is None
    written(file.format("champion"), role="admin")
    assert store.organization(id).tier == "champion"
    assert written(file.format("champion"), language)["problems"] == []
