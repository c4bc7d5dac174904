"""What is missing behind the API is a 503 with what to do, not a fault."""

from datetime import date

import pytest

from matchmaker.access import ADMIN
from matchmaker.app import create_app
from matchmaker.domain import Certificate, GoalName, GraphRows
from matchmaker.errors import StoreUnavailable
from matchmaker.recommend.model import Request
from matchmaker.services.people.sessions import Sessions
from matchmaker.services.picked_organizations import PickedOrganizations, never_id
from matchmaker.services.repositories import Repository
from matchmaker.settings import Settings
from matchmaker.wiring import wire

API = "/api/v1"


@pytest.fixture
def empty(tmp_path):
    """A prepared store, and no snapshot yet."""
    services = wire(Settings(data_dir=tmp_path, store="", admin_key="k" * 20, _env_file=None))
    services.store.prepare()
    client = create_app(services).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer " + "k" * 20
    yield client
    services.store.close()


def test_without_a_snapshot_recommendations_are_unavailable(empty):
    body = {"text": "球阀", "goal": "supplier"}
    answer = empty.post(f"{API}/recommendations", json=body)
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert "matchmaker refresh" in answer.json["detail"]


def test_without_a_snapshot_it_lives_but_is_not_ready(empty):
    assert empty.get("/livez").status_code == 200
    assert empty.get("/readyz").status_code == 503
    assert empty.get(f"{API}/status").json["ready"] is False


def test_without_a_snapshot_the_directory_answers(empty):
    assert empty.get(f"{API}/organizations").json == {"items": [], "next": None}


def test_with_the_database_down_an_organisation_is_read_from_the_copy(app, wired, monkeypatch):
    """The copy holds the graph and no documents: references and proofs are left out, no more."""
    held = Certificate("t:held", "t:firm1", "API 6D", issuer="API", until=date(2099, 1, 1))
    wired.store.upsert(GraphRows(certificates=(held,)))
    before = app.test_client().get(f"{API}/organizations/t:firm1").json

    def down(*_, **__):
        raise StoreUnavailable("down")

    monkeypatch.setattr(Repository, "values", down)
    answer = app.test_client().get(f"{API}/organizations/t:firm1")
    assert answer.status_code == 200, answer.text
    assert answer.json["name"] == before["name"]
    assert [each["id"] for each in answer.json["certificates"]] == [
        each["id"] for each in before["certificates"]
    ]


def test_while_the_database_is_down_never_with_lists_hold_as_they_were_last(
    app, wired, monkeypatch
):
    """The lists are documents, of which there is no copy; whose is not known is told so."""
    asked = Request(GoalName.SUPPLIER, limit=9)

    def answer(seeker):
        found = wired.matching.for_organization(ADMIN, seeker, asked)
        return {each.id for each in found.recommendations}, [
            notice.text("en") for notice in found.notices
        ]

    lists, records = wired.repositories.lists, wired.repositories.records
    if left := lists.get_or_none(never_id("t:firm1")):  # by another test of this worker
        records.commit([lists.remove(left)])
    everybody, _ = answer("t:firm1")
    avoided = min(everybody)
    records.commit([lists.put(PickedOrganizations(never_id("t:firm1"), ((avoided, ""),)))])
    try:
        assert answer("t:firm1") == (everybody - {avoided}, [])

        def down(*_, **__):
            raise StoreUnavailable("down")

        monkeypatch.setattr(wired.store.documents, "records_at_once", down)
        assert answer("t:firm1") == (everybody - {avoided}, [])
        _, notices = answer("t:firm5")
        assert any("cannot be looked up" in notice for notice in notices)
    finally:
        monkeypatch.undo()
        records.commit([lists.remove(lists.get(never_id("t:firm1")))])


@pytest.mark.slow
def test_a_database_that_is_down_is_a_503(tmp_path):
    settings = Settings(
        data_dir=tmp_path, store="bolt://neo4j@127.0.0.1:9", store_password="x", _env_file=None
    )
    client = create_app(wire(settings)).test_client()
    for path in ("/readyz", f"{API}/organizations", f"{API}/status"):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert answer.mimetype == "application/problem+json"
        assert "127.0.0.1" not in answer.text  # where it runs is in the log


def test_where_a_damaged_database_lies_is_told_to_nobody_who_asks(tmp_path):
    key = "of-an-administrator-of-this-test"
    services = wire(Settings(data_dir=tmp_path, store="", admin_key=key, _env_file=None))
    services.store.prepare()
    services.store.close()
    for beside in tmp_path.glob("matchmaker.db-*"):
        beside.unlink()
    (tmp_path / "matchmaker.db").write_bytes(b"SQLite format 3\x00" + b"?" * 20_000)
    client = create_app(wire(services.settings)).test_client()
    for path in ("/readyz", f"{API}/organizations", "/admin"):
        answer = client.get(path, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 503, path
        assert "matchmaker.db" in answer.text, path
        assert tmp_path.name not in answer.text, path
        assert int(answer.headers["Retry-After"]) > 0, path  # pages too


@pytest.mark.parametrize("place", ["/livez", "/readyz", "/static/app.css"])
def test_what_is_nobody_s_waits_for_no_store_whatever_is_sent_with_it(
    app, wired, monkeypatch, place
):
    """Seen: with the cookie of a browser /livez took six seconds while the database hung."""
    wired.accounts.create(ADMIN, f"{place[1:6]}@nobody.example", "N", "correct horse 9")
    client = app.test_client()
    sent = {"email": f"{place[1:6]}@nobody.example", "password": "correct horse 9"}
    assert client.post(f"{API}/session", json=sent).status_code == 200
    asked = []
    monkeypatch.setattr(Sessions, "account_of", lambda _, secret: asked.append(secret))
    assert client.get(place).status_code == 200
    assert client.get(place, headers={"Authorization": "Bearer none"}).status_code == 200
    assert asked == []
    assert client.get(f"{API}/account").status_code == 401
    assert len(asked) == 1
