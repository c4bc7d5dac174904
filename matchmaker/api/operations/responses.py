"""The service's state as callers see it."""

from __future__ import annotations

from pydantic import BaseModel

from matchmaker.api.http.fields import Outgoing
from matchmaker.api.matching.responses import SnapshotOut


class Health(BaseModel):
    """Whether the service is up."""

    status: str


class StatusOut(Outgoing):
    """What the service runs on."""

    ready: bool
    store: str
    schema_version: str
    store_version: int
    counts: dict[str, int]
    snapshot: SnapshotOut | None
    model: str
