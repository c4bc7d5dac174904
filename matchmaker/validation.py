"""What pydantic refuses, as messages."""

from __future__ import annotations

from pydantic_core import ErrorDetails

from matchmaker.messages import Message, message

_REASONS = {
    "missing": message("Field required."),
    "extra_forbidden": message("Extra inputs are not permitted."),
    "string_type": message("Input should be a valid string."),
    "int_parsing": message(
        "Input should be a valid integer, unable to parse string as an integer."
    ),
    "float_parsing": message("Input should be a valid number, unable to parse string as a number."),
    "bool_parsing": message("Input should be a valid boolean, unable to interpret input."),
    "greater_than_equal": message("Input should be greater than or equal to %(ge)s."),
    "less_than_equal": message("Input should be less than or equal to %(le)s."),
    "literal_error": message("Input should be %(expected)s."),
    "enum": message("Input should be %(expected)s."),
}


def reason_of(problem: ErrorDetails) -> Message:
    """Why a value was refused; in pydantic's own words where we have none."""
    known = _REASONS.get(problem["type"])
    if known is None:
        return Message("%(reason)s.", {"reason": problem["msg"]})
    return Message(known.id, problem.get("ctx") or {})
