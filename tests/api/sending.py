"""Valid requests of routes, sent by a role, and what they leave put away."""

from matchmaker.access import ADMIN, SYSTEM
from matchmaker.workflow.introduction import Transition
from matchmaker.workflow.introduction_states import Action
from tests.api.requests_of_routes import REQUESTS
from tests.api.things_of_routes import (
    API,
    CLUSTER,
    _close,
    _close_all,
    _imported,
    _impression,
    _key,
    _session,
    _upload,
)


def id_of(world, operation, role="owner"):
    """An id that the path of an operation may have."""
    make = REQUESTS[operation][0]
    if make in (_impression, _key, _session, _upload, _imported):
        return make(world, role)
    return make(world) if callable(make) else make


def send(client, world, operation, role, key="", language=""):
    """The answer to the valid request of an operation, sent by a role or with another key."""
    method, path = operation.split(" ")
    id = id_of(world, operation, role)
    sent = dict(REQUESTS[operation][1](world, role))
    id = sent.pop("id", id)  # of something that was made with the rest
    headers = world.headers(role) | sent.pop("headers", {})
    if key:
        headers["Authorization"] = f"Bearer {key}"
    if language:
        headers["Accept-Language"] = language
    place = path.replace("{id}", id)
    answer = client.open(f"{API}{place}", method=method, headers=headers, **sent)
    if operation == "POST /introductions" and answer.status_code == 201:
        world.services.introductions.act(SYSTEM, answer.json["id"], Transition(Action.CANCEL))
    elif "/introductions/{id}" in path:
        _close(world, id)
    elif path in ("/calls/{id}/award", "/calls/{id}/introductions"):
        for made in list(world.services.repositories.introductions.values("call", id)):
            _close(world, made.id)
    elif path.startswith(("/attachments", "/meetings")):
        _close_all(world)
    elif operation == "DELETE /webhooks/{id}" and answer.status_code != 204:
        world.services.webhooks.remove(ADMIN, id)
    elif operation == "POST /webhooks" and answer.status_code == 201:
        world.services.webhooks.remove(ADMIN, answer.json["id"])
    elif "/imports" in path:
        take_back_imports(world)
    return answer


def take_back_imports(world):
    """Imports that a request left, so that other tests find the members as they are."""
    workflow = world.services.import_workflow
    for record in workflow.imports(ADMIN, CLUSTER):
        if record.can_be_undone:
            workflow.undo(ADMIN, record.id)
