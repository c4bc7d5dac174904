"""What was done and not answered is not done again: the receipt of a request tells what it did."""

import hashlib
import json
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from functools import partial
from io import BytesIO

import pytest
from werkzeug.test import EnvironBuilder

from matchmaker.access import ADMIN, SYSTEM
from matchmaker.api.http.guards import QUESTIONS, SECRET
from matchmaker.api.http.repetitions import tellers
from matchmaker.app import create_app
from matchmaker.domain import GraphRows, Organization
from matchmaker.errors import StoreUnavailable
from matchmaker.jobs import delete_old
from matchmaker.services.people.failed_attempts import FailedAttempts
from matchmaker.services.receipts import Receipts
from matchmaker.settings import Settings
from matchmaker.store.documents import new_id
from matchmaker.wiring import wire
from matchmaker.workflow.introduction import Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.session import FREE_FAILURES, password_id
from tests.api.operations import APPLICATION, ROUTES
from tests.api.requests_of_routes import REQUESTS
from tests.api.sending import id_of, take_back_imports
from tests.api.things_of_routes import API, CLUSTER, FIRM, _close_all
from tests.api.world import access_table, make_world

HEADER = "Idempotency-Key"
# Each makes or changes something, and takes a key of which the answer is kept.
OPERATIONS = sorted(
    f"POST {path.removeprefix(API)}"
    for path, method, sent in ROUTES
    if method == "post"
    and "header" in sent
    and not path.startswith(SECRET)
    and path.removeprefix(API) not in QUESTIONS
)
# Nothing is written in the store before it is answered: what is done again is the same.
UNWRITTEN = {
    "POST /impressions/{id}/clicks",  # noted in the background, once by its own id
    "POST /imports",  # a file that waits
    "POST /clusters/{id}/introductions",  # planned, here
}


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.fixture
def send(app, world):
    """Send the very same request as often as one likes, with a key of its own."""

    def prepared(operation):
        role = next(
            role for role in ("owner", "coordinator", "admin") if role in access_table()[operation]
        )
        path = operation.removeprefix("POST ")
        id = id_of(world, operation, role)
        sent = dict(REQUESTS[operation][1](world, role))
        place = path.replace("{id}", sent.pop("id", id))
        headers = world.headers(role) | sent.pop("headers", {}) | {HEADER: new_id()}
        return sending(app, place, headers, **sent)

    yield prepared
    for made in list(world.services.repositories.introductions.values("phase", "waiting")):
        world.services.introductions.act(SYSTEM, made.id, Transition(Action.CANCEL))
    _close_all(world)
    take_back_imports(world)


def sending(app, place, headers, **sent):
    """What sends a request, of the same bytes each time."""
    path = f"{API}/{place.lstrip('/')}"
    made = EnvironBuilder(path, method="POST", headers=headers, **sent).get_environ()
    content, kind = made["wsgi.input"].read(), made.get("CONTENT_TYPE")
    return partial(app.test_client().post, path, headers=headers, data=content, content_type=kind)


def lose_answers(world):
    """What was answered is known no more: a worker was killed before it could be kept."""
    (world.services.settings.data_dir / "idempotency.db").unlink(missing_ok=True)


def written(world):
    """How many documents there are, how many lines of the log, and which version of the graph."""
    store = world.services.store
    log = store.documents.last_log(1)
    return store.count_documents(), log and log[0].number, store.version()


def told(answer):
    """Without what is told of a thing as it was made, and of nothing read later."""
    body = answer.get_json(silent=True) or {}
    return {name: value for name, value in body.items() if name not in ("matches", "taken_back")}


def test_operations_that_make_something_are_among_those_walked():
    assert {"POST /postings", "POST /introductions/{id}/messages", "POST /calls"} < {*OPERATIONS}
    assert len(OPERATIONS) > 35


@pytest.mark.slow
@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one not in UNWRITTEN])
def test_a_request_whose_answer_was_lost_is_answered_and_not_done_again(world, send, operation):
    sent = send(operation)
    unchanged = written(world)
    first = sent()
    assert first.status_code in (200, 201, 204), first.text
    world.services.interaction_log.flush()
    before = written(world)
    lose_answers(world)
    again = sent()
    assert again.status_code == first.status_code, again.text
    if before != unchanged:  # other tests may have put somebody on the list before
        assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers.get("Location") == first.headers.get("Location")
    assert told(again) == told(first)
    assert written(world) == before
    kept = sent()  # and that answer is kept
    assert (kept.status_code, kept.get_json(silent=True)) == (
        again.status_code, again.get_json(silent=True),
    )  # fmt: skip


def test_an_import_that_is_written_at_once_is_sent_to_be_written_once(app, world):
    headers = world.headers("coordinator") | {HEADER: new_id()}
    file = (BytesIO(b"name,kind\nOnce works,firm\n"), "once.csv")
    data = {"file": file, "cluster": CLUSTER, "write": "true"}
    sent = sending(app, "imports", headers, data=data)
    first = sent()
    assert first.status_code == 201, first.text
    before = written(world)
    lose_answers(world)
    again = sent()
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    assert again.headers["Location"] == first.headers["Location"]
    assert written(world) == before
    take_back_imports(world)


def test_a_form_is_the_same_request_whatever_parts_it(app, world):
    """Clients draw a boundary anew whenever they send a form; another file is another request."""
    headers = world.headers("coordinator") | {HEADER: new_id()}

    def sent(rows):
        data = {"file": (BytesIO(rows), "parted.csv"), "cluster": CLUSTER}
        return sending(app, "imports", headers, data=data)

    first = sent(b"name,kind\nParted works,firm\n")()
    again = sent(b"name,kind\nParted works,firm\n")()
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])
    other = sent(b"name,kind\nOther works,firm\n")()
    assert other.status_code == 422
    take_back_imports(world)


@pytest.mark.slow
def test_what_a_restore_takes_back_is_done_when_it_is_sent_again(tmp_path):
    """Its first answer would tell of something that is there no more."""
    services = wire(Settings(data_dir=tmp_path, admin_key="k" * 32, _env_file=None))
    services.store.prepare()
    headers = {"Authorization": f"Bearer {'k' * 32}", HEADER: new_id()}
    app = create_app(services)
    backup, _ = services.backups.make(ADMIN)
    sent = sending(app, "organizations", headers, json={"name": "Made works", "kind": "firm"})
    first = sent()
    assert first.status_code == 201, first.text
    services.backups.restore(ADMIN, backup, replace=True)
    again = sent()
    assert (again.status_code, again.json["name"]) == (201, "Made works"), again.text
    assert "Idempotent-Replayed" not in again.headers
    assert services.store.organization(again.json["id"]) is not None


def test_a_batch_that_was_proposed_is_told_again(app, world):
    headers = world.headers("coordinator") | {HEADER: new_id()}
    pair = {"seeker": "t:firm2", "candidate": "t:lab", "goal": "research_partner"}
    sent = sending(
        app, f"clusters/{CLUSTER}/introductions", headers, json={"pairs": [pair], "dry_run": False}
    )
    first = sent()
    assert len(first.json["introductions"]) == 1
    before = written(world)
    lose_answers(world)
    again = sent()
    assert (again.json, again.headers["Idempotent-Replayed"]) == (first.json, "true")
    assert written(world) == before
    world.services.introductions.act(
        SYSTEM, first.json["introductions"][0], Transition(Action.CANCEL)
    )


def test_who_had_to_wait_is_not_told_so_again_once_the_wait_is_over(world, send):
    """The refusal says itself when to try again: its key is free."""
    sent = send("POST /clusters/{id}/channels")
    account = world.accounts["coordinator"]
    attempts = FailedAttempts(world.services.repositories, world.services.clock)
    for _ in range(FREE_FAILURES):
        attempts.guess(password_id(account.id), "wrong", lambda: False)
    refused = sent()
    assert (refused.status_code, "Retry-After" in refused.headers) == (429, True)
    attempts.forget(password_id(account.id))
    assert sent().status_code == 201


def test_what_is_refused_as_long_as_something_stands_in_the_way_is_done_once_it_is_gone(app, world):
    """A stranger leaves no answer behind, and who signs in then is not told of the stranger's."""
    key, before = {HEADER: new_id()}, _answers(world)
    stranger = sending(app, "postings", key, json=POSTING)
    assert stranger().status_code == 401
    assert _answers(world) == before
    signed_in = sending(app, "postings", world.headers("owner") | key, json=POSTING)
    assert signed_in().status_code == 201
    assert _answers(world) == [*before, 201]


def test_answers_that_are_over_go_without_another_request(app, world):
    before = _answers(world)
    for _ in range(2):
        headers = world.headers("owner") | {HEADER: new_id()}
        assert sending(app, "postings", headers, json=POSTING)().status_code == 201
    path = world.services.settings.data_dir / "idempotency.db"
    with closing(sqlite3.connect(path)) as answers, answers:
        last = "rowid = (SELECT max(rowid) FROM answer)"
        answers.execute(f"UPDATE answer SET at = at - {25 * 3600} WHERE {last}")
    delete_old(world.services)
    assert _answers(world) == [*before, 201]


def _answers(world):
    """The status of each answer that is kept, the oldest first."""
    path = world.services.settings.data_dir / "idempotency.db"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as answers:
        return [status for (status,) in answers.execute("SELECT status FROM answer ORDER BY rowid")]


POSTING = {"organization": FIRM, "text": "Castings of bronze", "goal": "supplier", "publish": False}
RACED = (
    "POST /postings",
    "POST /introductions",
    "POST /introductions/{id}/messages",
    "POST /introductions/{id}/meetings",
    "POST /introductions/{id}/transition",
    "POST /calls",
    "POST /calls/{id}/award",
    "POST /gatherings",
    "POST /needs",
    "POST /organizations",
    "POST /needs/{id}/transition",
    "POST /organizations/{id}/certificates",
    "POST /surveys/{id}/remind",
    "POST /imports/{id}/write",
)


@pytest.mark.slow
@pytest.mark.parametrize("operation", RACED)
def test_of_two_that_are_under_way_at_once_one_is_done_and_both_are_answered_so(
    world, send, operation, monkeypatch
):
    """A database that hung, or a worker that was stopped, writes the first after it was looked for.

    The look of the second finds nothing, as the first is not written yet; then it is.
    """
    sent = send(operation)
    first = sent()
    assert first.status_code in (200, 201, 204), first.text
    before = written(world)
    lose_answers(world)
    look, looks = Receipts.of, []

    def too_early(self, id):
        looks.append(id)
        return None if len(looks) == 1 else look(self, id)

    monkeypatch.setattr(Receipts, "of", too_early)
    again = sent()
    assert again.status_code == first.status_code, again.text
    assert told(again) == told(first)
    assert written(world) == before


def test_another_request_under_the_key_of_one_that_was_done_is_refused(app, world):
    headers = world.headers("owner") | {HEADER: new_id()}
    sent = sending(app, "postings", headers, json=POSTING)
    first = sent()
    assert first.status_code == 201
    lose_answers(world)
    other = sending(app, "postings", headers, json=POSTING | {"text": "Castings of brass"})()
    assert (other.status_code, other.json["errors"][0]["field"]) == (422, HEADER)
    again = sent()  # the refusal was none of its own
    assert (again.status_code, again.json["id"]) == (201, first.json["id"])


def test_a_key_of_somebody_else_is_another_key(app, world):
    key = {HEADER: new_id()}
    first = sending(app, "postings", world.headers("owner") | key, json=POSTING)()
    lose_answers(world)
    other = sending(app, "postings", world.headers("member") | key, json=POSTING)()
    assert (first.status_code, other.status_code) == (201, 201)
    assert first.json["id"] != other.json["id"]


def test_what_was_refused_leaves_no_receipt(app, world):
    """So it is tried again, once it can be done."""
    headers = world.headers("admin") | {HEADER: new_id()}
    need = {"organization": "t:later", "goal": "supplier", "text": "Castings"}
    sent = sending(app, "needs", headers, json=need)
    assert sent().status_code == 422
    lose_answers(world)
    world.services.store.upsert(
        GraphRows(organizations=(Organization("t:later", "Later", "firm"),))
    )
    assert sent().status_code == 201


def test_what_the_store_may_have_kept_is_answered_once_it_answers(app, world, monkeypatch):
    """It hung while it wrote: the client was told 503, and the write is there."""
    store = world.services.store.documents
    commit, hangs = type(store).commit, [True]

    def commit_and_hang(self, changes, entries=()):
        commit(self, changes, entries)
        if hangs and any(each.kind == "posting" for each in changes):
            raise StoreUnavailable("It does not answer.")

    monkeypatch.setattr(type(store), "commit", commit_and_hang)
    headers = world.headers("owner") | {HEADER: new_id()}
    sent = sending(app, "postings", headers, json=POSTING | {"text": "Castings of iron"})
    assert sent().status_code == 503
    hangs.clear()
    again = sent()
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    listed = app.test_client().get(
        f"{API}/postings?organization={FIRM}", headers=world.headers("owner")
    )
    texts = [each["text"] for each in listed.json["items"]]
    assert texts.count("Castings of iron") == 1


def test_while_a_request_is_under_way_the_same_one_is_told_when_to_come_back(app, world):
    """Its worker may have been killed: the key is free after that time."""
    headers = world.headers("owner") | {HEADER: new_id()}
    sent = sending(app, "postings", headers, json=POSTING)
    assert sent().status_code == 201
    with closing(sqlite3.connect(world.services.settings.data_dir / "idempotency.db")) as answers:
        row = "status = NULL, headers = NULL, body = NULL"
        with answers:
            answers.execute(f"UPDATE answer SET {row}, at = ?", (time.time(),))
        early = sent()
        assert (early.status_code, early.headers["Retry-After"]) == (409, "5")
        with answers:
            answers.execute(f"UPDATE answer SET {row}, at = ?", (time.time() - 6,))
    late = sent()
    assert (late.status_code, late.headers["Idempotent-Replayed"]) == (201, "true")


def test_who_tells_of_what_was_done_is_a_route():
    endpoints = {rule.endpoint for rule in APPLICATION.url_map.iter_rules()}
    assert {*tellers} <= endpoints


def test_receipts_are_forgotten_after_a_day(app, world, monkeypatch):
    headers = world.headers("owner") | {HEADER: new_id()}
    sent = sending(app, "postings", headers, json=POSTING)
    assert sent().status_code == 201
    receipts, records = world.services.receipts, world.services.store.documents
    assert receipts.forget_old() == 0
    count = sum(records.tally("receipt", "day").values())
    assert count
    later = Receipts(world.services.repositories, lambda: receipts.clock() + timedelta(days=3))
    assert later.forget_old() == count
    assert not any(records.tally("receipt", "day").values())
    lose_answers(world)
    assert "Idempotent-Replayed" not in sent().headers


def _plain(path, body):
    """What anybody can work out who knows a request, in the first epochs of an account."""
    said = f"POST\n{path}?\n".encode() + body
    epochs = ("", *(f"\n{number}" for number in range(1, 9)))
    return {hashlib.sha256(said + epoch.encode()).hexdigest() for epoch in epochs}


def _digests(world):
    """All that receipts, and answers that are kept, hold of requests."""
    receipts = world.services.repositories.receipts
    day = f"{world.services.receipts.clock():%Y-%m-%d}"
    kept = {row.value.digest for row in receipts.page("day", day, limit=10_000).rows}
    with closing(sqlite3.connect(world.services.settings.data_dir / "idempotency.db")) as answers:
        return kept | {request for (request,) in answers.execute("SELECT request FROM answer")}


def test_what_is_kept_of_a_request_with_a_password_lets_nobody_try_passwords(app, world):
    headers = world.headers("owner") | {HEADER: new_id()}
    body = json.dumps(POSTING).encode()
    path = f"{API}/postings"
    client = app.test_client()
    client.post(path, headers=headers, data=body, content_type="application/json")
    assert _plain(path, body) & _digests(world)  # so it could be tried
    operation = "POST /clusters/{id}/channels"
    sent = REQUESTS[operation][1](world, "coordinator")
    body = json.dumps(sent["json"]).encode()
    path = f"{API}/clusters/{CLUSTER}/channels"
    headers = world.headers("coordinator") | {HEADER: new_id()}
    made = client.post(path, headers=headers, data=body, content_type="application/json")
    assert made.status_code == 201, made.text
    assert "password" in sent["json"]
    assert not _plain(path, body) & _digests(world)
    again = client.post(path, headers=headers, data=body, content_type="application/json")
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
