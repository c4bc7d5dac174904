"""The service's state as callers see it."""

from __future__ import annotations

from matchmaker.api.http.fields import RowOut
from matchmaker.services.operations.health import Status


class StatusOut(RowOut[Status]):
    """What the service runs on."""
