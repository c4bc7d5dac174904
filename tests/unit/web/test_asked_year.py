"""The year that an address names."""

from __future__ import annotations

import flask
import pytest

from matchmaker.web.coordinator import asked_year


@pytest.mark.parametrize(
    ("typed", "year"), [("2025", 2025), ("²²²²", None), ("20255", None), ("-202", None), ("", None)]
)
def test_a_year_is_four_digits(typed: str, year: int | None) -> None:
    """Seen by looking for more of what fuzzing found: raised digits are none to count with."""
    with flask.Flask(__name__).test_request_context(query_string={"year": typed}):
        assert asked_year() == year
