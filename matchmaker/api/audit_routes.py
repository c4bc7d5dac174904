"""The routes about clusters as networks: audit, worklist, benchmark, what-if."""
# mypy: disable-error-code="untyped-decorator"
# ruff: noqa: ARG001
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import Field

from matchmaker.api import audit_outputs as outputs
from matchmaker.api.context import current_language, current_principal, services
from matchmaker.api.fields import LookupId, Strict
from matchmaker.api.guards import API_PREFIX
from matchmaker.api.inputs import IdempotencyHeaders, IdPath
from matchmaker.api.routes import READ, WRITE, as_json
from matchmaker.api.worklist_outputs import WhatIfOut, WorklistOut
from matchmaker.audit.ties import Channel
from matchmaker.services.auditing import MAX_ITEMS, MAX_TIES

MAX_SAMPLES = 1000
AUDITS = Tag(name="audits", description="Whether a cluster is a network, and what to do next.")

audits = APIBlueprint("audits", __name__, url_prefix=API_PREFIX)


class YearQuery(Strict):
    """Which year; the newest that the data speak of without one."""

    year: int | None = None


class AuditQuery(YearQuery):
    """How closely to look."""

    samples: int = Field(
        200, ge=0, le=MAX_SAMPLES, description="Random networks to compare with; 0 for none."
    )


class WorklistQuery(YearQuery):
    """How many ties to suggest."""

    limit: int = Field(10, ge=1, le=MAX_ITEMS)


class BenchmarkQuery(YearQuery):
    """Which layer to compare in."""

    layer: Channel = Channel.COOPERATION


class ProposedTie(Strict):
    """Two members by id."""

    source: LookupId
    target: LookupId


class WhatIfBody(Strict):
    """Ties that might be made."""

    ties: list[ProposedTie] = Field(min_length=1, max_length=MAX_TIES)
    layer: Channel = Channel.COOPERATION
    year: int | None = None


@audits.get("/indicators", tags=[AUDITS], responses={200: outputs.DefinitionList, **READ})
def list_indicators() -> Response:
    """Every indicator of an audit with its formula and source."""
    return as_json(outputs.DefinitionList.all(current_language()))


@audits.get("/clusters/<path:id>/audit", tags=[AUDITS], responses={200: outputs.AuditOut, **READ})
def audit_cluster(path: IdPath, query: AuditQuery) -> Response:
    """Is this cluster a network? All indicators of a year, five years' course, and the profile."""
    found = services().asking.audit(current_principal(), path.id, query.year, query.samples)
    return as_json(outputs.AuditOut.of(found, current_language()))


@audits.get(
    "/clusters/<path:id>/worklist",
    tags=[AUDITS],
    responses={200: WorklistOut, **READ},
)
def cluster_worklist(path: IdPath, query: WorklistQuery) -> Response:
    """Which missing ties to make first, whom the network hangs on, and whom to bring together."""
    found = services().asking.worklist(current_principal(), path.id, query.limit, query.year)
    return as_json(WorklistOut.of(found, current_language()))


@audits.get(
    "/clusters/<path:id>/benchmark", tags=[AUDITS], responses={200: outputs.BenchmarkOut, **READ}
)
def cluster_benchmark(path: IdPath, query: BenchmarkQuery) -> Response:
    """One cluster beside its nearest peers, with percentiles among all clusters."""
    found = services().asking.benchmark(current_principal(), query.layer, query.year, path.id)
    return as_json(outputs.BenchmarkOut.of(found, current_language(), path.id))


@audits.get("/benchmark", tags=[AUDITS], responses={200: outputs.BenchmarkOut, **READ})
def benchmark(query: BenchmarkQuery) -> Response:
    """All clusters side by side, with percentiles; never a rank by raw density."""
    found = services().asking.benchmark(current_principal(), query.layer, query.year)
    return as_json(outputs.BenchmarkOut.of(found, current_language()))


@audits.post(
    "/clusters/<path:id>/what-if",
    tags=[AUDITS],
    responses={200: WhatIfOut, **WRITE},
)
def what_if(path: IdPath, header: IdempotencyHeaders, body: WhatIfBody) -> Response:
    """What the network would be with these ties. Nothing is stored."""
    ties = [(tie.source, tie.target) for tie in body.ties]
    found = services().asking.what_if(current_principal(), path.id, ties, body.layer, body.year)
    return as_json(WhatIfOut.of(found))
