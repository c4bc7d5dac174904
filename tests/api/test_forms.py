"""What is sent as a form beside a file: texts stay texts, JSON is read where it is asked for."""

import json
from io import BytesIO

import pytest

from tests.api.requests_of_routes import REQUESTS
from tests.api.world import make_world

API = "/api/v1"
CSV = "id,name,kind\nx:form1,Works of the form,firm\n"


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def sent(app, world, text):
    id = REQUESTS["POST /introductions/{id}/attachments"][0](world)
    return app.test_client().post(
        f"{API}/introductions/{id}/attachments",
        headers=world.headers("owner"),
        data={"file": (BytesIO(b"A drawing"), "drawing.txt"), "text": text},
    )


@pytest.mark.parametrize("text", ["2026", "null", "true", '"so"', "[1]", "1e999", "{}"])
def test_a_text_that_could_be_json_stays_the_text_that_was_sent(app, world, text):
    answer = sent(app, world, text)
    assert answer.status_code == 201, answer.text
    assert answer.json["text"] == text


@pytest.mark.parametrize("text", ["9" * 4_400, "[" * 100_000])
def test_a_text_that_no_reader_of_json_can_hold_is_no_fault(app, world, text):
    assert sent(app, world, text).status_code in (201, 422)


@pytest.mark.parametrize("options", ["{", "[" * 100_000, "9" * 5_000, "words", '{"table": }'])
def test_options_that_are_not_json_are_named(client, options):
    data = {"file": (BytesIO(CSV.encode()), "members.csv"), "options": options}
    answer = client.post(f"{API}/imports", data=data)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == ["options"]


@pytest.mark.parametrize("options", ["", " ", json.dumps({"table": "organizations"})])
def test_options_are_read_as_json_or_left_out(client, options):
    data = {"file": (BytesIO(CSV.encode()), "members.csv"), "options": options, "write": "false"}
    answer = client.post(f"{API}/imports", data=data)
    assert answer.status_code == 201, answer.text
    assert answer.json["state"] != "written"


def test_pages_keep_no_answer_for_a_repetition(app, world, wired):
    """A page's answer may show a key or a link; only the API repeats answers."""
    client = app.test_client()
    form = {"language": "zh", "back": "/needs"}
    for _ in range(2):
        answer = client.post("/language", data=form, headers={"Idempotency-Key": "page"})
        assert answer.status_code == 303
        assert "Idempotent-Replayed" not in answer.headers


@pytest.mark.parametrize("path", ["/language", "/unsubscribe", "/sign-in"])
def test_a_form_of_nothing_but_fields_is_refused_before_they_are_read(app, path):
    """490,000 empty ones took half a second of the processor, from whoever sent them."""
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert app.test_client().post(path, data="a&" * 490_000, **form).status_code == 413
    # As many as a list of 2,000 lines has, with several for each.
    taken = app.test_client().post(path, data="a&" * 19_000 + "language=zh", **form)
    assert taken.status_code != 413


def test_a_form_as_long_as_texts_may_be_is_read_whole(app, world):
    client = app.test_client()
    sent = {"queries": json.dumps({"q": {"query": "阀" * 20_000 + "&=;" * 1_000}})}
    answer = client.post(f"{API}/reconcile", data=sent)
    assert answer.status_code == 422  # too long for a name, which it is only read whole
    assert answer.json["errors"][0]["field"] == "queries.q.query"
