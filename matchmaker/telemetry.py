"""Traces and metrics over OTLP, where `MATCHMAKER_TELEMETRY` says so (the extra `telemetry`).

A request is a span with one for each stage below it (store, embed, retrieve, rank, explain); so
are jobs and refreshes. Only methods, routes, statuses and names of stages are told: no queries,
no texts, nobody's name. What OpenTelemetry's own variables say (`OTEL_…`) counts as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from matchmaker import spans
from matchmaker.errors import SettingsError
from matchmaker.settings import Settings

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
# Seconds, as for Prometheus.
_BUCKETS = (0.005, 0.01, 0.02, 0.03, 0.05, 0.08, 0.15, 0.3, 1, 3, 10)


class Telemetry:
    """Traces and figures of one process; made after a fork, which makes a new identity."""

    def __init__(self, settings: Settings) -> None:
        check(settings)
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        place = settings.telemetry.rstrip("/")
        resource = Resource.create(
            {
                "service.name": "matchmaker",
                "service.version": version("matchmaker"),
                "service.instance.id": f"{settings.node_name}/{os.getpid()}",
            }
        )
        self._spans = TracerProvider(resource=resource)
        self._spans.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{place}/v1/traces")))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter(f"{place}/v1/metrics"))
        self._metrics = MeterProvider([reader], resource)
        self._tracer = self._spans.get_tracer("matchmaker")
        meter = self._metrics.get_meter("matchmaker")
        self._requests = meter.create_histogram(
            "http.server.request.duration", "s", "Time to answer.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )  # fmt: skip
        self._stages = meter.create_histogram(
            "matchmaker.stage.duration", "s", "Time of a request spent in a stage.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )  # fmt: skip

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """A span below the one that there is; none where nothing is traced."""
        from opentelemetry import trace

        if not trace.get_current_span().is_recording():
            yield
            return
        with self._tracer.start_as_current_span(name):
            yield

    def work(self, name: str) -> AbstractContextManager[Any]:
        """A span of its own: a job, a refresh."""
        return self._tracer.start_as_current_span(name)

    def request(self, environ: Mapping[str, Any]) -> AbstractContextManager[Any]:
        """The span of a request, below that of who sent it (W3C Trace Context)."""
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind

        sent = {
            name: environ[key]
            for name, key in (
                ("traceparent", "HTTP_TRACEPARENT"),
                ("tracestate", "HTTP_TRACESTATE"),
            )
            if key in environ
        }
        method = str(environ.get("REQUEST_METHOD", ""))
        return self._tracer.start_as_current_span(
            method, context=extract(sent), kind=SpanKind.SERVER
        )

    def answered(
        self, method: str, route: str, status: int, seconds: float, stages: Mapping[str, float]
    ) -> None:
        """The request that is being traced was answered."""
        from opentelemetry import trace
        from opentelemetry.trace import StatusCode

        about: dict[str, str | int] = {
            "http.request.method": method,
            "http.route": route,
            "http.response.status_code": status,
        }
        span = trace.get_current_span()
        span.update_name(f"{method} {route}")
        span.set_attributes(about)
        if status >= 500:
            span.set_status(StatusCode.ERROR)
        self._requests.record(seconds, about)
        for stage, spent in stages.items():
            self._stages.record(spent, {"stage": stage})

    def flush(self) -> None:
        """Send what waits."""
        self._spans.force_flush()
        self._metrics.force_flush()

    def end(self) -> None:
        """Send what waits, and tell nothing more."""
        spans.trace_by(None)
        _started.clear()
        self._spans.shutdown()
        self._metrics.shutdown()


# That of this process, under its id: a fork has none.
_started: dict[int, Telemetry] = {}


def check(settings: Settings) -> None:
    """Raise SettingsError where what is set cannot be done."""
    parts = urlsplit(settings.telemetry)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError(
            "is no address of a receiver of OTLP over HTTP.",
            where="MATCHMAKER_TELEMETRY",
            mend="Use http://127.0.0.1:4318, or https:// for one on another machine.",
        )
    settings.require_encryption(
        "MATCHMAKER_TELEMETRY", parts.hostname, encrypted=parts.scheme == "https"
    )
    try:
        import opentelemetry.exporter.otlp.proto.http
        import opentelemetry.sdk  # noqa: F401
    except ImportError:
        raise SettingsError(
            "needs packages that are not installed.",
            where="MATCHMAKER_TELEMETRY",
            mend="`pip install 'matchmaker[telemetry]'`, or unset it.",
        ) from None


def start(settings: Settings) -> Telemetry | None:
    """Begin to tell in this process, where that is set. Raises SettingsError."""
    if not settings.telemetry:
        return None
    _started.clear()
    telemetry = _started[os.getpid()] = Telemetry(settings)
    spans.trace_by(telemetry)
    return telemetry


def current() -> Telemetry | None:
    """The telemetry of this process, None where it sends none."""
    return _started.get(os.getpid())


def traced(application: Application) -> Application:
    """The application, each of whose requests is traced where this process tells anything."""

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        telemetry = current()
        if telemetry is None:
            return application(environ, start_response)
        with telemetry.request(environ):
            return application(environ, start_response)

    return call
