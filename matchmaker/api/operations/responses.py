"""The service's state as callers see it."""

from __future__ import annotations

from matchmaker.api.http.fields import Outgoing
from matchmaker.services.matching.matching import Freshness


class StatusOut(Outgoing):
    """What the service runs on."""

    ready: bool
    store: str
    schema_version: str
    store_version: int
    counts: dict[str, int]
    snapshot: Freshness | None
    model: str
