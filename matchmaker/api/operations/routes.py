"""The routes of the service's own state."""
# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag

from matchmaker.api.http.context import services
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import as_json, reads
from matchmaker.api.operations.responses import StatusOut

SERVICE = Tag(name="service", description="Whether and on what the service runs.")

operations = APIBlueprint("operations", __name__, url_prefix=API_PREFIX)


@operations.get("/status", **reads(SERVICE, StatusOut, public=True))
def status() -> Response:
    """What the service runs on, and how fresh it is."""
    return as_json(StatusOut.model_validate(services().health.status()))
