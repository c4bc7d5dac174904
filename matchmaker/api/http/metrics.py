"""Figures for Prometheus, served by the gunicorn master on a loopback port of its own.

With several workers each writes its own files (PROMETHEUS_MULTIPROC_DIR, set in
`gunicorn.conf.py` before this is imported), and the master adds them up.
"""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

from matchmaker import telemetry
from matchmaker.snapshot.model import Snapshot

_REQUESTS = Counter(
    "matchmaker_http_requests",
    "Requests by method, route and status.",
    ("method", "route", "status"),
)
_SECONDS = Histogram(
    "matchmaker_http_request_seconds",
    "Time to answer, in seconds.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15, 0.3, 1, 3, 10),
)
_STAGE_SECONDS = Histogram(
    "matchmaker_stage_seconds",
    "Time of a request spent in a stage: store, embed, retrieve, rank, explain.",
    ("stage",),
    buckets=(0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.3, 1, 3),
)
_SNAPSHOT_VERSION = Gauge(
    "matchmaker_snapshot_version",
    "Version of the graph that answers come from; of several processes the oldest.",
    multiprocess_mode="livemin",
)
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


def note_snapshot(snapshot: Snapshot) -> None:
    """This process answers from another snapshot from now on."""
    _SNAPSHOT_VERSION.set(snapshot.meta.version)


def observe(
    method: str, route: str, status: int, seconds: float, stages: Mapping[str, float]
) -> None:
    """Count one answered request with seconds by stage.

    An invented method does not make a series of its own.
    """
    label = method if method in _METHODS else "other"
    telemetry_of_process = telemetry.current()
    if telemetry_of_process is not None:
        telemetry_of_process.answered(label, route, status, seconds, stages)
    _REQUESTS.labels(label, route, str(status)).inc()
    _SECONDS.labels(label, route).observe(seconds)
    for stage, spent in stages.items():
        _STAGE_SECONDS.labels(stage).observe(spent)
