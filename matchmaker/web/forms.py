"""Forms of pages, read into the same shapes as the requests of the API."""

from __future__ import annotations

import inspect
from typing import Any, TypeVar

from flask import request
from pydantic import TypeAdapter, ValidationError

from matchmaker.errors import InvalidInput
from matchmaker.validation import field_fault

Shape = TypeVar("Shape")


def read_form(shape: type[Shape], **known: Any) -> Shape:
    """The shape with its fields as the form says them, blank ones left out, or as known.

    Raises InvalidInput.
    """
    names = inspect.signature(shape).parameters
    sent = {name: text for name, text in request.form.items() if name in names and text.strip()}
    try:
        return TypeAdapter(shape).validate_python(sent | known)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = str(fault["loc"][0]) if fault["loc"] else ""
        raise InvalidInput(field_fault(fault), where=where) from None
