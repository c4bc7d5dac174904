"""Faults that pydantic finds with fields, as messages of the catalogue."""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from matchmaker.messages import Message, message, plural

# The texts of pydantic by the type of the error, word for word; %(…)s are its context's.
TEXTS = {
    "missing": "Field required",
    "extra_forbidden": "Extra inputs are not permitted",
    "unexpected_keyword_argument": "Extra inputs are not permitted",
    "enum": "Input should be %(expected)s",
    "literal_error": "Input should be %(expected)s",
    "greater_than": "Input should be greater than %(gt)s",
    "greater_than_equal": "Input should be greater than or equal to %(ge)s",
    "less_than": "Input should be less than %(lt)s",
    "less_than_equal": "Input should be less than or equal to %(le)s",
    "finite_number": "Input should be a finite number",
    "string_type": "Input should be a valid string",
    "string_unicode": (
        "Input should be a valid string, unable to parse raw data as a unicode string"
    ),
    "string_pattern_mismatch": "String should match pattern '%(pattern)s'",
    "bool_type": "Input should be a valid boolean",
    "bool_parsing": "Input should be a valid boolean, unable to interpret input",
    "int_type": "Input should be a valid integer",
    "int_parsing": "Input should be a valid integer, unable to parse string as an integer",
    "int_parsing_size": "Unable to parse input string as an integer, exceeded maximum size",
    "int_from_float": "Input should be a valid integer, got a number with a fractional part",
    "float_type": "Input should be a valid number",
    "float_parsing": "Input should be a valid number, unable to parse string as a number",
    "list_type": "Input should be a valid list",
    "dict_type": "Input should be a valid dictionary",
    "model_type": "Input should be a valid dictionary or instance of %(class_name)s",
    "model_attributes_type": (
        "Input should be a valid dictionary or object to extract fields from"
    ),
    "date_type": "Input should be a valid date",
    "date_parsing": "Input should be a valid date in the format YYYY-MM-DD, %(error)s",
    "date_from_datetime_parsing": "Input should be a valid date or datetime, %(error)s",
    "date_from_datetime_inexact": (
        "Datetimes provided to dates should have zero time - e.g. be exact dates"
    ),
    "datetime_type": "Input should be a valid datetime",
    "datetime_parsing": "Input should be a valid datetime, %(error)s",
    "datetime_object_invalid": "Invalid datetime object, got %(error)s",
    "datetime_from_date_parsing": "Input should be a valid datetime or date, %(error)s",
    "timezone_aware": "Input should have timezone info",
    "value_error": "Value error, %(error)s",
    "json_invalid": "is not JSON",
}
# Those that count something: what is counted, for one, for more than one.
COUNTED = {
    "string_too_short": (
        "min_length",
        "String should have at least %(count)s character",
        "String should have at least %(count)s characters",
    ),
    "string_too_long": (
        "max_length",
        "String should have at most %(count)s character",
        "String should have at most %(count)s characters",
    ),
    "too_short": (
        "min_length",
        "%(field_type)s should have at least %(count)s item after validation, "
        "not %(actual_length)s",
        "%(field_type)s should have at least %(count)s items after validation, "
        "not %(actual_length)s",
    ),
    "too_long": (
        "max_length",
        "%(field_type)s should have at most %(count)s item after validation, not %(actual_length)s",
        "%(field_type)s should have at most %(count)s items after validation, "
        "not %(actual_length)s",
    ),
}


def field_fault(fault: ErrorDetails) -> Message:
    """The fault of one field; in pydantic's English where the catalogue has no words."""
    context: dict[str, Any] = dict(fault.get("ctx", {}))
    raised = context.get("error")
    if isinstance(raised, Exception):  # by one of our own validators
        carried = raised.args[0] if raised.args else ""
        context["error"] = carried if isinstance(carried, Message) else Message(str(raised))
    if isinstance(context.get("expected"), str):
        context["expected"] = _alternatives(context["expected"])
    if fault["type"] in COUNTED:
        counted, single, many = COUNTED[fault["type"]]
        return plural(single, many, count=context.pop(counted), **context)
    if fault["type"] in TEXTS:
        return Message(TEXTS[fault["type"]], context)
    return message("The value cannot be used: %(text)s", text=fault["msg"])


def fault_sentence(error: ValidationError) -> Message:
    """The fault of the first field that has one, as a sentence."""
    return message("%(reason)s.", reason=field_fault(error.errors()[0]))


def _alternatives(expected: str) -> Message | str:
    """`'a', 'b' or 'c'` as pydantic lists them, in the reader's language."""
    quoted = tuple(re.findall(r"'[^']*'", expected))
    if len(quoted) < 2:
        return expected
    return message("%(several)s or %(last)s", several=quoted[:-1], last=quoted[-1])
