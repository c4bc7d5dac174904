"""A request that takes long is logged with where its time went; a quick one is not."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY

from matchmaker import spans
from matchmaker.api.http import guards, metrics


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, object]]:
    """Lines by event, from a log of its own."""
    lines: dict[str, dict[str, object]] = {}
    log = SimpleNamespace(
        info=lambda event, **line: lines.update({event: line}),
        warning=lambda event, **line: lines.update({event: line}),
    )
    monkeypatch.setattr(guards, "log", log)
    return lines


def passing(monkeypatch: pytest.MonkeyPatch, module: object, seconds: float) -> None:
    """Between any two looks of a module at the clock so much time passes."""
    clock = iter(range(1_000_000))
    monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=lambda: next(clock) * seconds))


def test_a_slow_request_is_logged_with_its_stages(client, logged, monkeypatch) -> None:
    passing(monkeypatch, guards, 2.0)
    passing(monkeypatch, spans, 0.25)
    assert client.get("/api/v1/organizations?limit=1").status_code == 200
    line = logged["slow_request"]
    assert line["route"] == "/api/v1/organizations"
    assert line["milliseconds"] >= 2000
    assert line["stages"]["store"] >= 250


def test_a_quick_one_is_not(client, logged, monkeypatch) -> None:
    passing(monkeypatch, guards, 0.0)
    client.get("/api/v1/organizations?limit=1")
    assert "request" in logged
    assert "slow_request" not in logged


def test_times_are_added_up_for_each_request_alone(monkeypatch) -> None:
    passing(monkeypatch, spans, 1.0)
    first = spans.record()
    for _ in range(3):
        with spans.span("store"):
            pass
    second = spans.record()
    with pytest.raises(ZeroDivisionError), spans.span("store"):
        _ = 1 / 0
    assert first == {"store": 3.0}
    assert second == {"store": 1.0}


def test_stages_have_a_series_of_their_own() -> None:
    series = metrics._STAGE_SECONDS.labels("explain")
    before = series._sum.get()
    metrics.observe("GET", "/x", 200, 0.5, {"explain": 0.25})
    assert series._sum.get() - before == 0.25


def test_the_dashboard_draws_what_is_served() -> None:
    """Every metric that its panels name is one that a server has."""
    page = Path(__file__).parents[2] / "docs" / "examples" / "grafana-dashboard.json"
    panels = json.loads(page.read_text("utf-8"))["panels"]
    named = {
        name
        for panel in panels
        for target in panel["targets"]
        for name in re.findall(r"matchmaker_\w+", target["expr"])
    }
    metrics.observe("GET", "/x", 200, 0.5, {"store": 0.25})
    served = {sample.name for family in REGISTRY.collect() for sample in family.samples}
    assert len(panels) >= 6
    assert named <= served
