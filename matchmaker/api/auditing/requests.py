"""Requests of audits."""
# mypy: disable-error-code="untyped-decorator"
# flask-openapi3 reads the description of headers from the signature, used or not.

from __future__ import annotations

from pydantic import Field

from matchmaker.api.http.fields import LookupId, Strict
from matchmaker.api.http.files import ExportQuery
from matchmaker.audit.ties import Channel
from matchmaker.services.auditing.auditing import MAX_ITEMS, MAX_TIES

MAX_SAMPLES = 1000


class YearQuery(Strict):
    """The year of an audit; without one the newest that the data speak of."""

    year: int | None = None


class AuditQuery(YearQuery):
    """An audit: its year, and how many random networks it is compared with."""

    samples: int = Field(
        200, ge=0, le=MAX_SAMPLES, description="Random networks to compare with; 0 for none."
    )


class WorklistQuery(YearQuery):
    """A worklist: its year, and how many ties it suggests."""

    limit: int = Field(10, ge=1, le=MAX_ITEMS)


class AuditExportQuery(ExportQuery, AuditQuery):
    """An audit as a file."""


class WorklistExportQuery(ExportQuery, WorklistQuery):
    """A worklist as a file."""


class BenchmarkQuery(YearQuery):
    """The layer to compare in."""

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
