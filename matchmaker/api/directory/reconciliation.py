"""The routes of the Reconciliation API (W3C community group, versions 0.2 and 1.0 draft).

OpenRefine and others match the rows of a table with the organisations of the directory here.
Unknown parameters are passed over: clients send some of their own.
"""

# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

import json
from typing import Any, TypeVar

from flask import Response, request
from flask_openapi3 import Tag
from markupsafe import Markup
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from matchmaker.api.directory.reconciliation_shapes import (
    ExtensionQuery,
    MatchBody,
    QueryShape,
    candidate_of,
    manifest,
    properties_of,
    property_out,
    suggested_of,
    types_of,
    values_of,
)
from matchmaker.api.http.addresses import parts_of
from matchmaker.api.http.context import current_language, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import LookupId
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import READ, problems_of
from matchmaker.errors import InvalidInput
from matchmaker.services.directory.reconciliation import FETCHED
from matchmaker.settings import is_loopback
from matchmaker.text import normal
from matchmaker.validation import field_fault

RECONCILIATION = Tag(
    name="reconciliation", description="The Reconciliation API, as OpenRefine speaks it."
)
# Who may show a preview in a frame, where the directory is not public.
LOCAL = "'self' http://localhost:* http://127.0.0.1:*"
_QUERIES = TypeAdapter(dict[str, QueryShape])
_EXTENSION = TypeAdapter(ExtensionQuery)
Shape = TypeVar("Shape")

reconciliation = Area("reconciliation", __name__, url_prefix=f"{API_PREFIX}/reconcile")


class ReconcileQuery(BaseModel):
    """Queries or an extension as JSON; neither asks for the manifest."""

    queries: str | None = Field(None, description="JSON: queries by key.")
    extend: str | None = Field(None, description="JSON: ids, properties.")


class ReconcileForm(BaseModel):
    """The same, sent as a form."""

    queries: str | None = Field(None, description="JSON: queries by key.")
    extend: str | None = Field(None, description="JSON: ids, properties.")


class SuggestQuery(BaseModel):
    """A suggestion is asked for: the beginning of what somebody types."""

    prefix: str = Field("", max_length=500)
    limit: int = Field(10, ge=1, le=50)


class ProposeQuery(BaseModel):
    """Properties are asked for: those that organisations of a type have."""

    type: str = Field("", max_length=100)
    limit: int = Field(len(FETCHED), ge=1, le=100)


class PreviewQuery(BaseModel):
    """A preview is asked for: of the organisation with this id."""

    id: LookupId


def _answers(media_type: str = "application/json", kind: str = "object") -> dict[str, Any]:
    success = {"description": "OK", "content": {media_type: {"schema": {"type": kind}}}}
    return {
        "tags": [RECONCILIATION],
        "responses": {200: success, **READ, **problems_of(400, 413, 415)},
    }


@reconciliation.get("", **_answers())
def reconcile(query: ReconcileQuery) -> Response:
    """The service's manifest; with `queries` candidates for each, with `extend` values."""
    return _reconciled(query.queries, query.extend)


@reconciliation.post("", **_answers())
def reconcile_form(form: ReconcileForm) -> Response:
    """Candidates for each of the queries, or values, sent as a form (version 0.2)."""
    return _reconciled(form.queries, form.extend)


@reconciliation.post("/match", **_answers())
def match(body: MatchBody) -> Response:
    """Candidates for each of the queries, sent as JSON (version 1.0, draft)."""
    queries = [shape.to_query() for shape in body.queries]
    language = current_language()
    return _json(
        {
            "results": [
                {"candidates": [candidate_of(each, language) for each in candidates]}
                for candidates in services().reconciliation.candidates(queries)
            ]
        }
    )


@reconciliation.get("/suggest/entity", **_answers())
def suggest_entity(query: SuggestQuery) -> Response:
    """Organisations whose name begins with, or contains, a text; or with an id."""
    language = current_language()
    suggestions = services().reconciliation.suggested(query.prefix, query.limit)
    return _json({"result": [suggested_of(each, language) for each in suggestions]})


@reconciliation.get("/suggest/type", **_answers())
def suggest_type(query: SuggestQuery) -> Response:
    """Kinds of organisation."""
    return _json({"result": _beginning(query, types_of(current_language()))})


@reconciliation.get("/suggest/property", **_answers())
def suggest_property(query: SuggestQuery) -> Response:
    """Suggest properties to match by, or to fetch."""
    return _json({"result": _beginning(query, properties_of(current_language()))})


@reconciliation.get("/extend/propose", **_answers())
def propose_properties(query: ProposeQuery) -> Response:
    """Propose properties of organisations that can be fetched."""
    offered = properties_of(current_language())
    more = {"type": query.type} if query.type else {}
    return _json({"properties": offered[: query.limit], "limit": query.limit, **more})


@reconciliation.get("/preview", **_answers("text/html", "string"))
def preview(query: PreviewQuery) -> Response:
    """A few lines on an organisation, as a small page to show in a frame."""
    language = current_language()
    described = services().reconciliation.entity(query.id)
    organization = described.organization
    values = values_of(described, language)
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd dir=auto>{}</dd>").format(
            property_out(name, language)["name"], values[name]
        )
        for name in ("name_en", "kind", "place", "industry", "website")
        if values[name]
    )
    page = Markup(
        "<!doctype html><html lang={}><meta charset=utf-8><title>{}</title>"
        "<h1 dir=auto>{}</h1><dl>{}</dl></html>"
    ).format(language, organization.name, organization.name, lines)
    response = Response(str(page), mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors {'*' if services().settings.public_directory else LOCAL}"
    )
    return response


@reconciliation.after_request
def share(response: Response) -> Response:
    """Let pages of other origins read it: any, where the directory is public, else local ones.

    No cookie goes with it. On a machine of somebody's own any page that they visit could
    otherwise read the directory through their browser.
    """
    origin = request.headers.get("Origin", "")
    is_public = services().settings.public_directory
    page = parts_of(origin)
    if is_public or (page is not None and is_loopback(page.hostname or "")):
        response.headers["Access-Control-Allow-Origin"] = "*" if is_public else origin
        response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type, Authorization"
    response.vary.add("Origin")
    return response


def _reconciled(queries: str | None, extend: str | None) -> Response:
    if queries is not None:
        return _json(_answered(queries))
    if extend is not None:
        return _json(_extended(extend))
    return _json(manifest(request.host_url.rstrip("/"), current_language()))


def _answered(queries: str) -> dict[str, Any]:
    """Candidates by the keys of the queries."""
    shapes = _parsed(_QUERIES, queries, "queries")
    language = current_language()
    candidates_by_query = services().reconciliation.candidates(
        [each.to_query() for each in shapes.values()]
    )
    return {
        key: {"result": [candidate_of(each, language) for each in candidates]}
        for key, candidates in zip(shapes, candidates_by_query, strict=True)
    }


def _extended(extend: str) -> dict[str, Any]:
    """Values of the properties that there are; nothing of an organisation that is not listed."""
    extension = _parsed(_EXTENSION, extend, "extend")
    language = current_language()
    names = [each.id for each in extension.properties if each.id in FETCHED]
    described = services().reconciliation.described(extension.ids)
    values = {id: values_of(each, language) for id, each in described.items()}
    return {
        "meta": [property_out(name, language) for name in names],
        "rows": {
            id: {
                name: [{"str": values[id][name]}] if values.get(id, {}).get(name) else []
                for name in names
            }
            for id in extension.ids
        },
    }


def _parsed(adapter: TypeAdapter[Shape], text: str, where: str) -> Shape:
    """Raises InvalidInput for what is not JSON of that shape."""
    try:
        return adapter.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in (where, *fault["loc"]))
        raise InvalidInput(field_fault(fault), where=place) from None


def _beginning(query: SuggestQuery, offered: list[dict[str, str]]) -> list[dict[str, str]]:
    """Those whose id or name has the text in it."""
    sought = normal(query.prefix)
    return [
        each for each in offered if sought in normal(each["id"]) or sought in normal(each["name"])
    ][: query.limit]


def _json(value: dict[str, Any]) -> Response:
    return Response(json.dumps(value, ensure_ascii=False), mimetype="application/json")
