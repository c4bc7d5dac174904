"""Log lines go to standard error, whichever stream that is by then."""

import io
import json

import pytest
import structlog

from matchmaker.logs import configure_logs


@pytest.fixture(autouse=True)
def _configuration_as_before():
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_a_logger_writes_to_the_standard_error_of_the_moment(monkeypatch):
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    configure_logs("json")
    log = structlog.get_logger("tests")
    log.info("one")
    monkeypatch.setattr("sys.stderr", second)
    first.close()
    log.info("two")
    assert json.loads(second.getvalue())["event"] == "two"
