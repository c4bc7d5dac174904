"""What is refused of a value, as messages."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic_core import ErrorDetails

from matchmaker.errors import InvalidInput, WrongState
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


def check_range(name: str, value: int, minimum: int, maximum: int) -> None:
    """Raise InvalidInput for a number outside these bounds."""
    if not minimum <= value <= maximum:
        raise InvalidInput(
            "must be from %(minimum)s to %(maximum)s.", where=name, minimum=minimum, maximum=maximum
        )


def not_possible(state: str, action: str, possible: Iterable[str]) -> WrongState:
    """The error of an action that a state does not allow, with those that it does."""
    return WrongState(
        "It is %(state)s; '%(action)s' is not possible then.",
        mend="Possible: %(names)s.",
        state=state,
        action=action,
        names=tuple(dict.fromkeys(possible)) or message("nothing"),
    )
