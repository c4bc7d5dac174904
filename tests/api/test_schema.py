"""Schemathesis sends what the OpenAPI description allows, and what it forbids."""

import importlib
import json
import pkgutil
from collections import defaultdict

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel, RootModel
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import matchmaker.api
from matchmaker.api.http.fields import PageOut
from tests.api.operations import ROUTES
from tests.api.requests_of_routes import REQUESTS
from tests.api.sending import id_of, send
from tests.api.things_of_routes import API
from tests.api.world import access_table, make_world

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
]


def can_be_sent_wrongly(sent):
    """Whether it takes more than an id in its path, of which nearly every text is one.

    Of those hypothesis looks for a wrong one for a quarter of a minute each.
    """
    return bool(sent.keys() - {"path"})


# Of what is sent wrongly two of three operations are for the long run.
OPERATIONS = [(path, method, GenerationMode.POSITIVE) for path, method, _ in ROUTES] + [
    pytest.param(
        path, method, GenerationMode.NEGATIVE, marks=pytest.mark.long if number % 3 else ()
    )
    for number, (path, method) in enumerate(
        (path, method) for path, method, sent in ROUTES if can_be_sent_wrongly(sent)
    )
]
OF_AN_ID_ALONE = [(path, method) for path, method, sent in ROUTES if sent.keys() == {"path"}]


# Where a document of the sample world stands for an id that hypothesis would only guess.
KNOWN = {
    "organization": "t:firm1", "seeker": "t:firm1", "candidate": "t:firm2", "source": "t:firm1",
    "target": "t:firm3", "cluster": "t:cluster", "need": "t:need1", "place": "place:a",
    "industry": "gbt:344",
}  # fmt: skip


@pytest.fixture(scope="module")
def schema(app):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


@pytest.fixture(scope="module")
def world(wired):
    return make_world(wired)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "method", "mode"), OPERATIONS)
def test_every_operation_keeps_to_its_description(schema, world, writer, path, method, mode):
    operation = schema[path][method]
    known_id = id_of(world, f"{method.upper()} {path.removeprefix(API)}")

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=20 if settings.get_current_profile_name() == "long" else 2,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def keeps(case):
        case.call_and_validate(headers=writer, checks=CHECKS)
        if mode is GenerationMode.POSITIVE:
            if "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = known_id
            for sent in (case.query, case.body):
                if isinstance(sent, dict):
                    sent.update({name: KNOWN[name] for name in KNOWN if sent.get(name)})
            case.call_and_validate(headers=writer, checks=CHECKS)

    keeps()


@pytest.mark.parametrize(("path", "method"), OF_AN_ID_ALONE)
def test_an_id_that_is_too_long_is_answered_as_described(schema, writer, path, method):
    operation = schema[path][method]
    case = operation.Case(path_parameters={"id": "x" * 241})
    answer = case.call_and_validate(headers=writer, checks=CHECKS)
    assert answer.status_code in (404, 422)


@pytest.mark.slow
@pytest.mark.parametrize("operation", sorted(REQUESTS))
def test_what_succeeds_is_answered_as_described(app, schema, world, operation):
    method, path = operation.split(" ")
    role = next(
        role for role in ("owner", "admin", "coordinator") if role in access_table()[operation]
    )
    answer = send(app.test_client(), world, operation, role)
    assert answer.status_code < 300, answer.text
    schema[f"{API}{path}"][method].validate_response(answer)


def test_the_description_has_the_operations_that_there_are(app):
    described = app.api_doc["paths"]
    assert {(path, method) for path, item in described.items() for method in item} == {
        (path, method) for path, method, _ in ROUTES
    }


def test_no_two_shapes_share_a_name():
    """One name in the description is one shape: the second would overwrite the first."""
    shapes = defaultdict(set)
    for model in models():
        shape = model.model_json_schema()
        parts = {**shape.pop("$defs", {}), shape["title"]: shape}
        for name, part in parts.items():
            shapes[name].add(json.dumps(part, sort_keys=True))
    assert [name for name, different in shapes.items() if len(different) > 1] == []


def test_every_shape_is_described_whole(app):
    """What a component says of a field is what its model says."""
    components = app.api_doc["components"]["schemas"]
    whole = [model for model in models() if not issubclass(model, RootModel)]
    by_name = {model.model_json_schema()["title"]: model for model in whole}
    for name in set(components) & set(by_name):
        described = set(components[name].get("properties", {}))
        fields = by_name[name].model_fields
        assert described == {field.alias or own for own, field in fields.items()}, name


def models():
    """Every model of the API; of generic ones those that are filled in."""
    for module in pkgutil.walk_packages(matchmaker.api.__path__, "matchmaker.api."):
        for value in vars(importlib.import_module(module.name)).values():
            is_model = isinstance(value, type) and issubclass(value, BaseModel)
            if is_model and value.__module__ == module.name and value is not PageOut:
                yield value
