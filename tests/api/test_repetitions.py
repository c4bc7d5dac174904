"""A repetition by Idempotency-Key tells what its reader may be told by then, and does nothing."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.access import ADMIN
from matchmaker.api.http.repetitions import read_again_at
from tests.api.test_gatherings import World

API = "/api/v1"
KEY = {"Idempotency-Key": "sent once"}
# What is told for as long as somebody agrees: contact details, answers to a call, who is found.
CHANGING = {"IntroductionOut", "GatheringOut", "CallOut", "PostingOut"}


@pytest.fixture
def world(app, wired):
    return World(app, wired)


def send(person, path, body, status):
    answer = person.api.post(f"{API}/{path}", json=body, headers=person.headers | KEY)
    assert answer.status_code == status, answer.text
    return answer


def kept(wired):
    return (wired.settings.data_dir / "idempotency.db").read_bytes()


def test_contacts_are_not_told_again_once_the_other_side_took_them_back(world, wired):
    first, second, *_ = world.firms
    asker, asked = world.people[first], world.people[second]
    body = {"goal": "supplier", "seeker": first, "candidate": second, "message": "m"}
    proposed = send(asker, "introductions", body, 201)
    place = f"introductions/{proposed.json['id']}"
    opened = send(asked, f"{place}/transition", {"action": "accept"}, 200)
    assert first in opened.json["contact"]["text"]
    address = opened.json["contact"]["people"][0]["email"]

    again = send(asked, f"{place}/transition", {"action": "accept"}, 200)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.json == opened.json
    asker.ask(f"{place}/transition", {"action": "withdraw"})
    again = send(asked, f"{place}/transition", {"action": "accept"}, 200)
    assert again.json["contact"] is None
    assert address not in again.text
    assert address.encode() not in kept(wired)  # nor does it lie there

    repeated = send(asker, "introductions", body, 201)
    assert repeated.headers["Location"] == proposed.headers["Location"]
    assert repeated.json["id"] == proposed.json["id"]
    listed = asker.ask(f"introductions?organization={first}")["items"]
    assert len(listed) == 1


def test_who_left_a_gathering_is_told_no_contacts_by_repeating_that_it_joins(world):
    first, second, *_ = world.firms
    gathering = world.convened(first, second)
    world.join(gathering, first)
    place = f"gatherings/{gathering}/answer"
    joined = send(world.people[second], place, {"organization": second, "answer": "joined"}, 200)
    contacts = {each["organization"]: each["contact"] for each in joined.json["parties"]}
    assert first in contacts[first]["text"]
    world.people[first].ask(place, {"organization": first, "answer": "left"})
    again = send(world.people[second], place, {"organization": second, "answer": "joined"}, 200)
    assert all(each["contact"] is None for each in again.json["parties"])


def test_what_was_answered_to_a_coordinator_is_not_told_again_once_they_are_none(world, wired):
    place = f"{API}/clusters/{world.cluster}/surveys"
    deadline = (datetime.now(UTC).date() + timedelta(days=9)).isoformat()
    body = {"title": "T", "questions": ["buys_from"], "deadline": deadline}
    client = world.app.test_client()
    account = wired.accounts.by_email(ADMIN, f"{world.mark[2:]}@example.org").id

    def ask(headers):
        return client.post(place, json=body, headers=headers | KEY)

    opened = ask(world.coordinator)
    assert (opened.status_code, world.firms[0] in opened.text) == (201, True)
    assert ask(world.coordinator).headers["Idempotent-Replayed"] == "true"
    after = wired.accounts.relieve(ADMIN, account, world.cluster)
    again = ask(world.key(after.principal()))
    assert (again.status_code, again.json["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert world.firms[0] not in again.text


def test_whom_a_need_found_is_not_named_again_as_they_may_have_opted_out_since(world):
    first, *_ = world.firms
    need = {"organization": first, "text": "求购不锈钢球阀铸件", "goal": "supplier"}
    posted = send(world.people[first], "postings", need | {"publish": True}, 201)
    assert posted.json["matches"], "somebody was found"
    again = send(world.people[first], "postings", need | {"publish": True}, 201)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Location"] == posted.headers["Location"]
    assert again.json == posted.json | {"matches": []}


def test_what_was_refused_is_refused_again_in_the_same_words(world):
    first, *_ = world.firms
    body = {"goal": "supplier", "seeker": first, "candidate": first, "message": "m"}
    refused = send(world.people[first], "introductions", body, 422)
    again = send(world.people[first], "introductions", body, 422)
    assert (again.json, again.headers["Idempotent-Replayed"]) == (refused.json, "true")


def test_each_route_that_answers_with_what_may_end_is_answered_anew(client):
    """As the description of the API has it: the same shape is read where it is read again."""
    paths = client.get("/api/openapi.json").json["paths"]
    shapes = {}
    for path, methods in paths.items():
        for method, about in methods.items():
            for status, answer in about["responses"].items():
                if status.startswith("2") and "application/json" in answer.get("content", {}):
                    schema = answer["content"]["application/json"]["schema"]
                    shapes[method, path] = schema.get("$ref", "").rpartition("/")[2]
    posted = [
        path
        for (method, path), shape in shapes.items()
        if (method, shape in CHANGING) == ("post", True)
    ]
    assert len(posted) > 10
    for path in posted:
        inside = re.sub(r"\{[^}]+\}", "x", path.removeprefix(API))
        place = read_again_at(inside, f"{inside}/x")
        assert place is not None, path
        read = f"{API}/{place.split('/')[1]}/{{id}}"
        assert shapes["get", read] == shapes["post", path]
