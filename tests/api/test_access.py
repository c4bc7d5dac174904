"""Every route with every role, from the description, against the table in docs/access.md."""

import pytest

from matchmaker.workflow.account import Scope
from tests.api.operations import ROUTES
from tests.api.requests_of_routes import REQUESTS
from tests.api.sending import send
from tests.api.things_of_routes import API
from tests.api.world import PASSWORD, ROLES, access_table, make_world

OPERATIONS = sorted(f"{method.upper()} {path.removeprefix(API)}" for path, method, _ in ROUTES)
REFUSED = {401, 403, 404}
ALLOWED = {200, 201, 204}


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


def test_the_table_and_the_requests_cover_every_route():
    assert sorted(access_table()) == OPERATIONS
    assert sorted(REQUESTS) == OPERATIONS


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_role_may_what_the_table_says(app, world, operation, role):
    answer = send(app.test_client(), world, operation, role)
    expected = ALLOWED if role in access_table()[operation] else REFUSED
    assert answer.status_code in expected, answer.text


READING = {  # nothing is written by these, though they are sent by POST
    "POST /recommendations", "POST /clusters/{id}/what-if", "POST /postings/preview",
    "POST /reconcile", "POST /reconcile/match",
    # For those who have not signed in.
    "POST /session", "DELETE /session", "POST /session/passkey", "POST /session/passkey/options",
    "POST /password/request", "POST /password/reset",
    "POST /unsubscribe", "POST /invitations/look", "POST /invitations/accept",
    "POST /confirmation", "POST /survey-answers", "POST /survey-answers/look",
    "POST /survey-answers/withdrawal",
}  # fmt: skip


@pytest.mark.parametrize(
    "operation", [one for one in OPERATIONS if not one.startswith("GET") and one not in READING]
)
def test_a_key_for_reading_writes_nothing(app, world, operation):
    held = (
        "clusters",
        "gatherings",
        "/channels/{id}",
        "survey-links",
        "/remind",
        "/surveys/{id}/close",
    )
    role = "coordinator" if any(part in operation for part in held) else "owner"
    made = world.services.api_keys.issue(world.principal(role), "reads", Scope.READ, PASSWORD)
    answer = send(app.test_client(), world, operation, role, key=made.secret)
    world.services.api_keys.revoke(world.principal(role), made.key.id)
    assert answer.status_code == 403


@pytest.mark.parametrize("page", ["/account", "/account/second-factor"])
def test_pages_of_one_s_session_send_a_key_to_sign_in(app, world, page):
    """And are no fault of the service; nor does a form of theirs begin a session for a key."""
    client, headers = app.test_client(), world.headers("owner")
    answer = client.get(page, headers=headers)
    assert (answer.status_code, answer.location) == (303, f"/sign-in?next={page}")
    changed = {"what": "password", "old_password": PASSWORD, "new_password": "correct horse 10"}
    refused = client.post(page, data=changed, headers=headers)
    assert refused.status_code == 401
    assert client.get("/api/v1/account").status_code == 401
