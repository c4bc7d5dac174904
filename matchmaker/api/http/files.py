"""Exports as answers: which format is asked for, and the file that is sent."""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response
from flask_openapi3 import Tag
from pydantic import Field

from matchmaker.api.http.context import current_language
from matchmaker.api.http.fields import Short, Strict
from matchmaker.api.http.routing import READ, problems_of
from matchmaker.exports.files import MEDIA_TYPES, file_name, write_export
from matchmaker.exports.tables import DataExport, ExportFormat
from matchmaker.messages import best_language

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_CONTENT = dict.fromkeys(MEDIA_TYPES.values(), _BINARY) | {
    MEDIA_TYPES[ExportFormat.JSON]: {"schema": {"type": "object"}}
}


class ExportQuery(Strict):
    """As which file, and in which language."""

    format: ExportFormat = ExportFormat.CSV
    table: Short = Field(
        "", description="Only this table; CSV holds one, the first where none is named."
    )
    language: Short = Field(
        "", description="Of titles, terms and texts; as Accept-Language where it is empty."
    )


def sends_file(tag: Tag, *, also: Sequence[int] = ()) -> dict[str, Any]:
    """The description of a route that sends an export."""
    success = {200: {"description": "The file.", "content": _CONTENT}}
    return {"tags": [tag], "responses": {**success, **READ, **problems_of(*also)}}


def as_file(export: DataExport, query: ExportQuery) -> Response:
    """The export as the file that was asked for, to be kept under its name."""
    language = best_language([query.language]) or current_language()
    content = write_export(export, query.format, language, query.table)
    response = Response(content, content_type=MEDIA_TYPES[query.format])
    if query.format in (ExportFormat.CSV, ExportFormat.GRAPHML, ExportFormat.GEXF):
        response.content_type += "; charset=utf-8"
    name = file_name(export, query.format, query.table)
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    response.headers["Content-Language"] = language
    return response
