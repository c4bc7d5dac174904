"""An organisation's own list over the API: by its own people, for nobody else."""

import io
import json

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from matchmaker.ingest import offerings
from matchmaker.services.cooperation import postings
from matchmaker.services.operations import import_undo, own_lists
from matchmaker.workflow.job import JobKind
from tests.api.sending import take_back_imports
from tests.api.test_imports import work_off
from tests.api.things_of_routes import API
from tests.api.world import make_world

OWN = "t:firm1"
LIST = "产品名称,型号,材质\n示例闸阀,Z41,WCB\n示例截止阀,J41,304\n"


@pytest.fixture(scope="module")
def world(wired):
    made = make_world(wired)
    yield made
    work_off(made)
    take_back_imports(made)
    for record in made.services.import_workflow.imports(made.principal("admin"), "", OWN):
        if record.can_be_undone:
            made.services.import_workflow.undo(made.principal("admin"), record.id)


@pytest.fixture
def send(app, world):
    """Sends as whoever is named, in English."""
    client = app.test_client()

    def send(role, method, place, **sent):
        headers = world.headers(role) | {"Accept-Language": "en"} | sent.pop("headers", {})
        return client.open(f"{API}{place}", method=method, headers=headers, **sent)

    return send


def form(text=LIST, **fields):
    return {"file": (io.BytesIO(text.encode()), "list.csv"), "organization": OWN, **fields}


def test_a_list_is_looked_at_written_found_and_taken_back(send, world, monkeypatch):
    """The preview says what becomes of each line, and only what was written is offered."""
    looked = send("member", "POST", "/imports", data=form()).json
    assert (looked["state"], looked["organization"]) == ("looked_at", OWN)
    assert [(each["line"], each["state"], each["text"]) for each in looked["offerings"]] == [
        (2, "new", "示例闸阀 Z41, 材质 WCB"), (3, "new", "示例截止阀 J41, 材质 304"),
    ]  # fmt: skip
    written = send("member", "POST", f"/imports/{looked['id']}/write", json={})
    assert written.status_code == 200, written.text
    work_off(world)
    shown = send("owner", "GET", f"/imports/{looked['id']}").json
    assert (shown["state"], shown["counts"]) == ("written", {"offers": 2})
    offers = send("anyone", "GET", f"/offers?organization={OWN}&limit=200").json["items"]
    assert {"示例闸阀 Z41, 材质 WCB", "示例截止阀 J41, 材质 304"} <= {o["text"] for o in offers}
    listed = send("member", "GET", f"/imports?organization={OWN}").json["items"]
    assert [each["id"] for each in listed] == [looked["id"]]
    # Each can be changed, also where they are more than a page shows.
    monkeypatch.setattr(postings, "MOST_IMPORTED", 1)
    member = world.principal("member")
    for each in offers:
        if each["text"].startswith("示例"):
            row = world.services.postings.imported_row(member, OWN, each["id"])
            assert row.text == each["text"]
    undone = send("owner", "POST", f"/imports/{looked['id']}/undo", json={}).json
    assert (undone["state"], undone["taken_back"]["rows"]) == ("taken_back", 2)


@pytest.mark.parametrize("role", ["anyone", "stranger", "coordinator", "elsewhere"])
def test_nobody_else_sends_one(send, role):
    """Also not who coordinates its cluster: their list is the cluster's."""
    assert send(role, "POST", "/imports", data=form()).status_code in (401, 403)
    assert send(role, "GET", f"/imports?organization={OWN}").status_code in (401, 403)


def test_a_repetition_sends_no_second_file(send):
    """As of every other request with a key."""
    lines = io.BytesIO(LIST.encode())
    file = FileStorage(lines, "list.csv", "file", "text/csv")
    _, body = encode_multipart({"file": file, "organization": OWN}, boundary="parts")
    headers = {
        "Idempotency-Key": "own-list-1", "Content-Type": "multipart/form-data; boundary=parts",
    }  # fmt: skip
    first = send("member", "POST", "/imports", data=body, headers=headers)
    again = send("member", "POST", "/imports", data=body, headers=headers)
    assert first.status_code == again.status_code == 201, again.text
    assert first.json["id"] == again.json["id"]


def test_what_is_not_in_a_list_is_withdrawn_where_that_is_asked_for(send, world):
    """First told as missing; as an option it goes with the writing."""
    send("member", "POST", "/imports", data=form(write="true"))
    work_off(world)
    short = "产品名称,型号,材质\n示例闸阀,Z41,WCB\n"
    looked = send("member", "POST", "/imports", data=form(short)).json
    assert [each["state"] for each in looked["offerings"]] == ["same", "missing"]
    options = json.dumps({"withdraws": True})
    answer = send("member", "POST", "/imports", data=form(short, options=options, write="true"))
    assert answer.status_code == 201, answer.text
    work_off(world)
    offers = send("anyone", "GET", f"/offers?organization={OWN}&limit=200").json["items"]
    assert {o["text"]: o["active"] for o in offers if o["text"].startswith("示例")} == {
        "示例闸阀 Z41, 材质 WCB": True, "示例截止阀 J41, 材质 304": False,
    }  # fmt: skip


def test_a_large_list_is_checked_by_the_worker(send, world, monkeypatch):
    """As other large files are."""
    from matchmaker.services.operations import import_preview

    monkeypatch.setattr(import_preview, "MAX_LINES_LOOKED_AT", 1)
    looked = send("member", "POST", "/imports", data=form("产品名称\n甲\n乙\n丙\n")).json
    assert looked["state"] == "checking"
    work_off(world, JobKind.CHECK)
    shown = send("member", "GET", f"/imports/{looked['id']}").json
    assert [each["text"] for each in shown["offerings"] if each["line"]] == ["甲", "乙", "丙"]


def test_a_large_file_gets_as_far_as_its_own_bound(app, world, monkeypatch):
    """The page takes more than a form has; more than a list needs is refused in words."""
    client, headers = app.test_client(), world.headers("member") | {"Accept-Language": "en"}
    text = "产品名称,说明\n" + ("示例长名阀门," + "长" * 1_000 + "\n") * 1_200
    sent = {"file": (io.BytesIO(text.encode()), "list.csv")}
    answer = client.post("/postings/list", data=sent, headers=headers)
    assert answer.status_code == 303, answer.text
    monkeypatch.setattr(own_lists, "MAX_FILE", 1_000)
    sent = {"file": (io.BytesIO(text.encode()), "list.csv")}
    answer = client.post("/postings/list", data=sent, headers=headers)
    assert answer.status_code == 422
    assert "is larger than" in answer.text


def test_more_lines_than_anybody_offers_are_refused_before_they_are_read(send, monkeypatch):
    """Ten MB of short lines took a minute to read at first and three to check."""
    sent = send("member", "POST", "/imports", data=form("产品名称\n" + "阀\n" * 100_001))
    assert sent.status_code == 422
    assert "20000" in sent.json["detail"].replace(",", "")
    monkeypatch.setattr(offerings, "MAX_LINES", 2)
    sent = send("member", "POST", "/imports", data=form("产品名称\n甲阀\n乙阀\n丙阀\n"))
    assert sent.json["offerings"] == []
    assert "2" in sent.json["error"]


def test_a_long_list_is_taken_back_by_the_worker(send, world, monkeypatch):
    """By its own people, as a coordinator's is."""
    looked = send("member", "POST", "/imports", data=form("产品名称\n示例丁阀\n", write="true"))
    work_off(world)
    monkeypatch.setattr(import_undo, "AT_ONCE", 0)
    id = looked.json["id"]
    assert send("owner", "POST", f"/imports/{id}/undo", json={}).json["state"] == "taking_back"
    work_off(world, JobKind.UNDO)
    assert send("owner", "GET", f"/imports/{id}").json["state"] == "taken_back"
