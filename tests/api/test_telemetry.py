"""What is told over OTLP: spans of a request below each other, durations, and nothing private."""

from __future__ import annotations

import http.server
import threading

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from matchmaker import spans, telemetry
from matchmaker.errors import SettingsError
from matchmaker.settings import Settings

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what it is sent, by path."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        import gzip

        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_packed = self.headers.get("Content-Encoding") == "gzip"
        self.received.append((self.path, gzip.decompress(body) if is_packed else body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def received():
    """What a collector on loopback was sent, and its address."""
    handler = type("Handler", (Receiver,), {"received": []})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield handler.received, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_request_is_a_span_with_its_stages_below_it(client, received):
    sent, address = received
    told = telemetry.start(Settings(telemetry=address, node="a", _env_file=None))
    try:
        client.get(
            "/api/v1/organizations?limit=1&q=secret-words",
            headers={"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"},
        )
        with spans.work("refresh"), spans.span("embed"):
            pass
        told.flush()
    finally:
        told.end()
    found = {}
    for path, body in sent:
        assert b"secret-words" not in body
        if path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                about = {each.key: each.value.string_value for each in resource.resource.attributes}
                assert about["service.instance.id"].startswith("a/")
                found |= {span.name: span for scope in resource.scope_spans for span in scope.spans}
    request = found["GET /api/v1/organizations"]
    assert request.trace_id.hex() == TRACE
    assert request.parent_span_id.hex() == "00f067aa0ba902b7"
    assert found["store"].parent_span_id == request.span_id
    assert found["embed"].parent_span_id == found["refresh"].span_id
    assert not found["refresh"].parent_span_id
    metrics = {
        metric.name: metric
        for path, body in sent
        if path == "/v1/metrics"
        for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
    }
    (point,) = metrics["http.server.request.duration"].histogram.data_points
    assert {each.key: each.value for each in point.attributes}["http.route"].string_value == (
        "/api/v1/organizations"
    )
    assert point.count == 1
    assert metrics["matchmaker.stage.duration"].histogram.data_points


def test_nothing_is_told_where_nothing_is_set(client, received):
    sent, _ = received
    assert telemetry.start(Settings(_env_file=None)) is None
    client.get("/api/v1/organizations?limit=1")
    assert telemetry.current() is None
    assert not sent


@pytest.mark.parametrize(
    ("address", "named"),
    [("127.0.0.1:4318", "no address"), ("http://collector.example.org", "without encryption")],
)
def test_an_address_that_cannot_be_used_is_named(address, named):
    with pytest.raises(SettingsError, match=named):
        telemetry.check(Settings(telemetry=address, _env_file=None))
