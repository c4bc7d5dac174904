"""Nothing that is asked or sent with an organisation's id tells that it is of who opted out.

Every route and page that takes such an id is asked with one that is hidden from who asks, and with
one that nobody has: the two answers are the same. A route with a field for an id that is not sent
here fails, so that a new one is not forgotten.
"""

import dataclasses
import json
import re
from typing import Annotated, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from matchmaker.access import ANONYMOUS
from matchmaker.domain import (
    GoalName,
    GraphRows,
    Kind,
    Membership,
    Need,
    Offer,
    OfferKind,
    Organization,
)
from tests.api.conftest import ROWS, application_of_a_file, installation_of_a_file
from tests.api.operations import ROUTES
from tests.api.requests_of_routes import REQUESTS
from tests.api.sending import id_of
from tests.api.things_of_routes import API, CLUSTER, FIRM, _close
from tests.api.world import make_world

pytestmark = pytest.mark.slow

# Two who opted out: a member of the cluster of t:firm1, and one of another cluster.
FELLOW, ELSEWHERE = "t:hidden-1", "t:hidden-2"
NOBODY = {FELLOW: "t:nobody-1", ELSEWHERE: "t:nobody-2"}
# By role the id that is hidden from it: t:firm1's own people and coordinators have the rights to
# send what is about it, so that the hidden one is reached.
HIDDEN_FROM = {
    "anyone": FELLOW, "stranger": FELLOW, "elsewhere": FELLOW, "owner": FELLOW,
    "coordinator": ELSEWHERE,
}  # fmt: skip
NAMES = {
    "organization", "organizations", "candidate", "seeker", "source", "target", "parties", "lead",
    "partner", "invited", "winner", "winners",
}  # fmt: skip

wired = installation_of_a_file(
    ROWS
    | GraphRows(
        organizations=(
            Organization(FELLOW, "璟曜阀业", Kind.FIRM, place="place:d", listed=False),
            Organization(ELSEWHERE, "珵昱阀业", Kind.FIRM, place="place:d", listed=False),
        ),
        memberships=(Membership(CLUSTER, FELLOW),),
        offers=(Offer(f"{FELLOW}.o", FELLOW, OfferKind.PRODUCT, "不锈钢铸件", "zh"),),
        needs=(Need(f"{FELLOW}.n", FELLOW, GoalName.SUPPLIER, "不锈钢铸件", "zh"),),
    )
)
app = application_of_a_file()


@pytest.fixture(scope="module")
def world(wired):
    world = make_world(wired)
    wired.store.upsert(GraphRows(memberships=(Membership("t:other", ELSEWHERE),)))
    return world


def _json(**fields):
    return lambda sent: sent | {"json": sent.get("json", {}) | fields}


def _data(**fields):
    return lambda sent: sent | {"data": sent.get("data", {}) | fields}


def _query(**fields):
    return lambda sent: sent | {"query_string": {**sent.get("query_string", {}), **fields}}


# What else may be sent, where the valid request of a route leaves a field for an id out.
FURTHER = {
    "GET /offers": _query(organization=FIRM),
    "GET /needs": _query(organization=FIRM),
    "GET /engagements": _query(organization=FIRM),
    # An organisation's own lists, instead of a cluster's.
    "GET /imports": lambda sent: {"query_string": {"organization": FIRM}},
    "POST /imports": lambda sent: {"data": {"file": sent["data"]["file"], "organization": FIRM}},
    "GET /gatherings": lambda sent: {"query_string": {"organization": FIRM}},
    "POST /calls": _json(invited=["t:firm3"]),
    "PUT /calls/{id}/shortlist": _json(organizations=["t:firm3"]),
    "POST /calls/{id}/award": _json(thanks=[{"organization": "t:firm3"}]),
    "POST /calls/{id}/notes": _json(organization="t:firm3"),
    "POST /clusters/{id}/introductions": _json(
        pairs=[{"seeker": FIRM, "candidate": "t:firm2", "goal": "supplier"}], dry_run=True
    ),
    "POST /gatherings": _json(lead="t:firm2"),
    "POST /imports/{id}/undo": _json(fields=[{"organization": FIRM, "field": "website"}]),
    "POST /introductions/{id}/messages": _json(organization=FIRM),
    "POST /introductions/{id}/transition": _json(organization=FIRM),
    "POST /introductions/{id}/attachments": _data(organization=FIRM),
    "POST /survey-answers": _json(ties=[{"question": "buys_from", "partner": "t:firm2"}]),
}
# What is named as an id of an organisation and is none: who published a file.
NO_IDS = {("POST /imports", "source")}


def fields_of(shape, seen=()):
    """Names of all fields that may be sent, those within others too."""
    fields = {}
    if dataclasses.is_dataclass(shape) and shape not in seen:
        fields = get_type_hints(shape)
    elif isinstance(shape, type) and issubclass(shape, BaseModel) and shape not in seen:
        fields = {each.alias or name: each.annotation for name, each in shape.model_fields.items()}
    for name, annotation in fields.items():
        yield name
        yield from fields_of(annotation, (*seen, shape))
    parts = get_args(shape)
    for part in parts[:1] if get_origin(shape) is Annotated else parts:
        yield from fields_of(part, seen)


def takes_ids(name, sent):
    """Fields of a route that take the id of an organisation."""
    ids = {field for shape in sent.values() for field in fields_of(shape)} & NAMES
    if "/organizations/{id}" in name:
        ids.add("path")
    return ids


def places(value, at=()):
    """Where in what is sent the id of an organisation stands."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*at, key))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places(part, (*at, number))
    elif isinstance(value, str) and re.fullmatch(r"t:(firm|asked|lab|hub)\d*", value):
        yield at


def request_of(world, name, role):
    """The path's id and what else is sent, with every field for an id."""
    id = id_of(world, name, role)
    sent = dict(REQUESTS[name][1](world, role))
    return sent.pop("id", id), FURTHER.get(name, lambda sent: sent)(sent)


def with_id(sent, at, id):
    """The same, with another id at a place of it; what is uploaded is not copied."""
    if not at:
        return id
    copy = dict(sent) if isinstance(sent, dict) else list(sent)
    copy[at[0]] = with_id(sent[at[0]], at[1:], id)
    return copy


def plain(text, id):
    """An answer without what differs from one request to the next."""
    text = text.replace(id, "@").replace(id.replace(":", "%3A"), "@")
    text = re.sub(r"(t:asked|u:lab|Scheme |t:walk)\d+|i\d+@example.org", "?", text)
    text = re.sub(r"\b[0-9a-f]{16,32}\b", "?", text)
    # Of a page: its token against forgery.
    text = re.sub(r"\bI[\w-]{40,}\.[\w-]{6}\.[\w-]{20,}", "?", text)
    return re.sub(r"\d{4}-\d\d-\d\d(T[0-9:.+Z]+)?", "?", text)


def sent_by(world, client, role, method, path, id, **sent):
    """What is answered to a role: the status, the text, and how often a store was read."""
    world.services.opted_out.hidden_from(_principal(world, role))  # read once for each version
    connection, statements = world.services.store._connections._connection().connection, []
    headers = world.headers(role) | sent.pop("headers", {}) | {"Accept-Language": "en"}
    connection.set_trace_callback(statements.append)
    answer = client.open(path, method=method, headers=headers, **sent)
    connection.set_trace_callback(None)
    # A key's last use is written once in a while.
    read = [each for each in statements if each.startswith("SELECT") and "FROM log" not in each]
    return answer.status_code, plain(answer.text, id), len(read)


def _principal(world, role):
    return ANONYMOUS if role == "anyone" else world.principal(role)


def answer_to(client, world, name, role, at, id):
    method, path = name.split(" ")
    own, sent = request_of(world, name, role)
    if at == ("path",):
        own = id
    else:
        sent = with_id(sent, at, id)
    answer = sent_by(world, client, role, method, f"{API}{path.replace('{id}', own)}", id, **sent)
    if "/introductions/{id}" in name:
        _close(world, own)
    return answer


def differences(answers, at):
    """What tells the hidden one from the one that nobody has."""
    (status, text, read), (other_status, other_text, other_read) = answers
    if (status, text) != (other_status, other_text):
        pairs = enumerate(zip(text, other_text, strict=False))
        same = next((number for number, (a, b) in pairs if a != b), 0)
        first = slice(max(same - 80, 0), same + 80)
        yield at, status, text[first], other_status, other_text[first]
    elif abs(read - other_read) > 1:  # a time that can be measured
        yield at, read, other_read


TAKING_IDS = {
    name: fields
    for path, method, sent in ROUTES
    if (fields := takes_ids(name := f"{method.upper()} {path.removeprefix(API)}", sent))
}


@pytest.mark.parametrize("name", TAKING_IDS)
def test_every_field_for_an_id_is_sent_here(world, name):
    _, sent = request_of(world, name, "owner")
    sent_in = {[key for key in at if isinstance(key, str)][-1] for at in places(sent)} | {"path"}
    assert {field for field in TAKING_IDS[name] if (name, field) not in NO_IDS} <= sent_in


# In make test who has no rights at all and who coordinates; in make test-long everybody.
ROLES = [
    pytest.param(role, marks=[pytest.mark.long] if role in ("anyone", "owner", "elsewhere") else [])
    for role in HIDDEN_FROM
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", TAKING_IDS)
def test_a_route_answers_for_who_opted_out_as_for_an_id_that_nobody_has(app, world, name, role):
    _, sent = request_of(world, name, role)
    hidden = HIDDEN_FROM[role]
    for at in (*places(sent), *([("path",)] if "path" in TAKING_IDS[name] else ())):
        answers = [
            answer_to(app.test_client(), world, name, role, at, id)
            for id in (hidden, NOBODY[hidden])
        ]
        assert list(differences(answers, at)) == []


# Names of the fields in which pages take an id, and what else some of them need.
IN_PAGES = (
    "organization", "id", "candidate", "other", "party", "lead", "asked", "member", "winner",
)  # fmt: skip
BESIDE = {
    "goal": "supplier", "email": "new@example.org", "kind": "ISO 9001", "what": "in", "do": "renew",
    "title": "x", "text": "不锈钢铸件", "deadline": "2999-01-01", "pick": "", "cluster": CLUSTER,
}  # fmt: skip
SENT_TO_PAGES = {
    "exclude": ("/never-with", {"other": "?"}),
    "pick": ("/picks", {"candidate": "?", "what": "saved"}),
    "pair": (f"/clusters/{CLUSTER}/introductions", {"pair": f"{FIRM} ? supplier"}),
    "circle": ("/gatherings", {"cluster": CLUSTER, "party": [FIRM, "t:firm2", "?"]}),
    "member": (f"/clusters/{CLUSTER}/members", {"organization": "?", "email": "n@example.org"}),
}


def pages(app):
    """Method and address of every page; of an organisation's the id is a `?`."""
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("web.") or "report" in rule.rule:
            continue
        own = "?" if rule.rule.startswith("/organizations") else CLUSTER
        address = re.sub(r"<[^>]*>", own, rule.rule)
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield method, address


@pytest.mark.parametrize("role", ROLES)
def test_a_page_answers_for_who_opted_out_as_for_an_id_that_nobody_has(app, world, role):
    hidden, told = HIDDEN_FROM[role], []
    for method, address in pages(app):
        sent = BESIDE | dict.fromkeys(IN_PAGES, "?")
        told += _told_apart(app, world, role, method, address, sent, hidden)
    for address, sent in SENT_TO_PAGES.values():
        told += _told_apart(app, world, role, "POST", address, sent, hidden)
    assert told == []


def _told_apart(app, world, role, method, address, sent, hidden):
    answers = []
    for id in (NOBODY[hidden], hidden, NOBODY[hidden]):  # first what is worked out once
        fields = json.loads(json.dumps(sent).replace("?", id))
        place = "query_string" if method == "GET" else "data"
        path = address.replace("?", id)
        answers.append(sent_by(world, app.test_client(), role, method, path, id, **{place: fields}))
    return list(differences(answers[1:], (method, address)))
