"""Whose list a fact comes from tells who is in a cluster: also files and assistants keep it."""

import csv
import io
import json
from dataclasses import replace

import anyio
import pytest
from mcp import Client

from matchmaker.assistants.server import KEY, stdio_server
from matchmaker.domain import (
    Certificate,
    Cluster,
    ContradictedValue,
    FieldOrigin,
    GraphRows,
    Membership,
    OtherStatement,
    Provenance,
)
from matchmaker.workflow.account import Scope
from matchmaker.workflow.job import JobKind
from tests.api.conftest import ROWS, application_of, installation
from tests.api.sending import take_back_imports
from tests.api.things_of_routes import API, CLUSTER
from tests.api.world import PASSWORD, make_world

# The cluster whose list it was, and that list's name as `docs/importing.md` tells it.
SECRET, LIST = "t:zz-secret", "zz-secret"
FIRM2 = next(row for row in ROWS.organizations if row.id == "t:firm2")
TIE = next(row for row in ROWS.ties if row.id == "t:tie1")
CONTRACT = next(row for row in ROWS.engagements if row.id == "t:contract")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """t:firm2 is in two clusters; the second one's list said its website, a tie, a certificate."""
    said = Provenance(LIST, "line 3")
    also = (OtherStatement(f"{LIST}:1", LIST, "line 4"),)
    origins = (FieldOrigin("website", LIST, conflict=ContradictedValue("https://x.example", LIST)),)
    rows = GraphRows(
        clusters=(Cluster(SECRET, "秘密集群", "Secret"),),
        organizations=(
            replace(FIRM2, website="https://two.example", provenance=said, origins=origins),
        ),
        memberships=(Membership(SECRET, "t:firm2"),),
        certificates=(Certificate("t:cert9", "t:firm2", "ISO 9001", provenance=said),),
        ties=(replace(TIE, also_stated=also),),
        engagements=(replace(CONTRACT, provenance=said),),
    )
    services = installation(tmp_path_factory, ROWS | rows)
    return make_world(services)


@pytest.fixture(scope="module")
def client(world):
    return application_of(world.services).test_client()


@pytest.mark.parametrize("what", ["members", "certificates", "ties"])
def test_a_file_for_one_clusters_people_names_no_list_of_another(world, client, what):
    answer = client.get(
        f"{API}/clusters/{CLUSTER}/{what}/export?format=csv", headers=world.headers("coordinator")
    )
    assert answer.status_code == 200, answer.text
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert any("t:firm" in value for row in rows for value in row.values() if value)
    assert LIST not in answer.text
    assert "line 4" not in answer.text
    assert "cluster-list" in answer.text
    everything = client.get(
        f"{API}/clusters/{CLUSTER}/{what}/export?format=csv", headers=world.headers("admin")
    )
    assert LIST in everything.text


@pytest.mark.slow  # what is searched for is embedded
def test_an_assistants_search_names_no_list_of_a_cluster(world, monkeypatch):
    def ask(role):
        made = world.services.api_keys.issue(world.principal(role), "t", Scope.READ, PASSWORD)
        monkeypatch.setenv(KEY, made.secret)

        async def asking():
            async with Client(stdio_server(world.services)) as assistant:
                return await assistant.call_tool("search", {"words": FIRM2.name})

        found = json.dumps(anyio.run(asking).structured_content)
        assert '"t:firm2"' in found
        return f'"{LIST}"' in found

    assert [ask(role) for role in ("stranger", "coordinator", "admin")] == [False, False, True]


def test_what_an_import_changed_names_no_list_of_another_cluster(world, client):
    """The value before came from the list of a cluster that who imports has no part in."""
    file = "id,name,kind,website\nt:firm2,示例阀门2厂,firm,https://new.example\n"
    headers = world.headers("coordinator")
    sent = client.post(
        f"{API}/imports",
        data={"file": (io.BytesIO(file.encode()), "list.csv"), "cluster": CLUSTER, "write": "true"},
        headers=headers,
    )
    queue = world.services.requested_jobs[JobKind.IMPORT]
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    shown = client.get(f"{API}/imports/{sent.json['id']}/changes", headers=headers)
    take_back_imports(world)
    [site] = [each for each in shown.json["items"] if each["field"] == "website"]
    assert (site["before"], site["before_source"]) == ("https://two.example", "cluster-list")
    assert site["after_source"] == "cluster"
