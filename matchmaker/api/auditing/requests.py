"""What callers may ask of audits."""
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


class AuditExportQuery(ExportQuery, AuditQuery):
    """An audit as a file."""


class WorklistExportQuery(ExportQuery, WorklistQuery):
    """A worklist as a file."""


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
