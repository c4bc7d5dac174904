"""Common parts of routes: how problems are described, answers shaped, and pages continued."""

# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from flask import Response
from flask_openapi3 import Tag
from pydantic import BaseModel

from matchmaker.api.http.context import context
from matchmaker.api.http.fields import PageQuery
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.problems import MEDIA_TYPE
from matchmaker.api.http.sources import without_cluster_names
from matchmaker.errors import ChangedMeanwhile, VersionConflict
from matchmaker.store.ports import Page


def problems_of(*statuses: int) -> dict[int, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in statuses
    }


READ = problems_of(401, 403, 404, 422, 503)
WRITE = problems_of(400, 401, 403, 404, 409, 413, 415, 422, 429, 503, 507)


def reads(
    tag: Tag, model: type[BaseModel] | None, *, also: Sequence[int] = (), public: bool = False
) -> dict[str, Any]:
    """The description of a route that only reads; `also` are further statuses it refuses with."""
    return _described(tag, model, 200, READ | problems_of(*also), public)


def writes(
    tag: Tag,
    model: type[BaseModel] | None = None,
    status: int = 200,
    *,
    also: Sequence[int] = (),
    public: bool = False,
) -> dict[str, Any]:
    """The description of a route that changes something; without a model it answers 204."""
    return _described(tag, model, status, WRITE | problems_of(*also), public)


def _described(
    tag: Tag, model: type[BaseModel] | None, status: int, problems: dict[int, Any], public: bool
) -> dict[str, Any]:
    success = {204: {"description": "Done."}} if model is None else {status: model}
    security: dict[str, Any] = {} if public else {"security": [{"key": []}, {"session": []}]}
    return {"tags": [tag], "responses": {**success, **problems}, **security}


def as_json(shaped: BaseModel) -> Response:
    """An answer."""
    text = without_cluster_names(shaped.model_dump_json())
    return Response(text, mimetype="application/json")


def as_tagged(shaped: BaseModel, mark: str) -> Response:
    """An answer whose ETag is that mark, by which If-Match names what was seen."""
    response = as_json(shaped)
    response.set_etag(mark)
    return response


@contextmanager
def compared() -> Iterator[None]:
    """Whoever named a version that is not there any more is answered as HTTP has it (412).

    Raises VersionConflict.
    """
    try:
        yield
    except ChangedMeanwhile as error:
        raise VersionConflict(
            error.message, mend="Read it again and send its new ETag in If-Match."
        ) from error


def created(shaped: BaseModel, place: str) -> Response:
    response = as_json(shaped)
    response.status_code = HTTPStatus.CREATED
    response.headers["Location"] = f"{API_PREFIX}/{quote(place)}"
    return response


def _question(query: PageQuery, scope: str) -> dict[str, Any]:
    return {"scope": scope, **query.model_dump(mode="json", exclude={"cursor", "limit"})}


def after_of(query: PageQuery, scope: str = "") -> str | None:
    return context().cursors.decode(query.cursor, _question(query, scope))


def cursor_of(page: Page[Any], query: PageQuery, scope: str = "") -> str | None:
    """The signed cursor of the page after this one."""
    return context().cursors.encode(page.after, _question(query, scope))


def paged(
    page: Page[Any],
    query: PageQuery,
    shape: Any,
    scope: str = "",
    shape_one: Callable[[Any], Any] = lambda row: row,
) -> Response:
    """A page of rows, each shaped, with the cursor of the next."""
    rows = [shape_one(row) for row in page.rows]
    following = cursor_of(page, query, scope)
    return as_json(shape.model_validate({"items": rows, "next": following}, from_attributes=True))


def no_content() -> Response:
    """Done, with nothing to say."""
    return Response(status=HTTPStatus.NO_CONTENT)
