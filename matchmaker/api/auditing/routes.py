"""The routes about clusters as networks: audit, worklist, benchmark, what-if."""

# mypy: disable-error-code="untyped-decorator"

from __future__ import annotations

from flask import Response
from flask_openapi3 import Tag

from matchmaker.api.auditing.requests import (
    AuditExportQuery,
    AuditQuery,
    BenchmarkQuery,
    WhatIfBody,
    WorklistExportQuery,
    WorklistQuery,
)
from matchmaker.api.auditing.responses import (
    AuditOut,
    BenchmarkOut,
    DefinitionList,
    WhatIfOut,
    WorklistOut,
)
from matchmaker.api.http.context import current_language, current_principal, services
from matchmaker.api.http.description import Area
from matchmaker.api.http.fields import IdPath
from matchmaker.api.http.files import as_file, sends_file
from matchmaker.api.http.guards import API_PREFIX
from matchmaker.api.http.routing import as_json, reads, writes

AUDITS = Tag(name="audits", description="Whether a cluster is a network, and what to do next.")

auditing = Area("auditing", __name__, url_prefix=API_PREFIX)


@auditing.get("/indicators", **reads(AUDITS, DefinitionList, public=True))
def list_indicators() -> Response:
    """Every indicator of an audit with its formula and source."""
    return as_json(DefinitionList.all(current_language()))


@auditing.get("/clusters/<path:id>/audit", **reads(AUDITS, AuditOut, public=True))
def audit_cluster(path: IdPath, query: AuditQuery) -> Response:
    """Is this cluster a network? All indicators of a year, five years' course, and the profile."""
    audit = services().auditing.audit(current_principal(), path.id, query.year, query.samples)
    return as_json(AuditOut.of(audit, current_language()))


@auditing.get("/clusters/<path:id>/worklist", **reads(AUDITS, WorklistOut, public=True))
def cluster_worklist(path: IdPath, query: WorklistQuery) -> Response:
    """List the ties to make first, whom the network hangs on, and whom to bring together."""
    worklist = services().auditing.worklist(current_principal(), path.id, query.limit, query.year)
    return as_json(WorklistOut.of(worklist, current_language()))


@auditing.get("/clusters/<path:id>/audit/export", **sends_file(AUDITS))
def export_audit(path: IdPath, query: AuditExportQuery) -> Response:
    """Every figure of an audit as a file; as a graph the network of the year."""
    export = services().exports.audit(current_principal(), path.id, query.year, query.samples)
    return as_file(export, query)


@auditing.get("/clusters/<path:id>/worklist/export", **sends_file(AUDITS))
def export_worklist(path: IdPath, query: WorklistExportQuery) -> Response:
    """Send what to do next as a file; as a graph the ties to make."""
    export = services().exports.worklist(current_principal(), path.id, query.limit, query.year)
    return as_file(export, query)


@auditing.get("/clusters/<path:id>/benchmark", **reads(AUDITS, BenchmarkOut, public=True))
def cluster_benchmark(path: IdPath, query: BenchmarkQuery) -> Response:
    """One cluster beside its nearest peers, with percentiles among all clusters."""
    near = services().auditing.benchmark(current_principal(), query.layer, query.year, path.id)
    return as_json(BenchmarkOut.of(near, current_language()))


@auditing.get("/benchmark", **reads(AUDITS, BenchmarkOut, public=True))
def benchmark(query: BenchmarkQuery) -> Response:
    """All clusters side by side, with percentiles; never a rank by raw density."""
    everything = services().auditing.benchmark(current_principal(), query.layer, query.year)
    return as_json(BenchmarkOut.of(everything, current_language()))


@auditing.post("/clusters/<path:id>/what-if", **writes(AUDITS, WhatIfOut, public=True))
def what_if(path: IdPath, body: WhatIfBody) -> Response:
    """Show what the network would be with these ties. Nothing is stored."""
    ties = [(tie.source, tie.target) for tie in body.ties]
    networks = services().auditing.what_if(
        current_principal(), path.id, ties, body.layer, body.year
    )
    return as_json(WhatIfOut(networks))
