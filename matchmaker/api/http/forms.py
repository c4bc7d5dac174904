"""Fields of forms as they were sent.

flask-openapi3 reads every field of a form as JSON first: of the text `2026` it makes a number,
which is no text, of `null` nothing, and a number of 4,301 digits ends the request. A field that
holds JSON is `sent_as_json`; all others are texts.
"""

from __future__ import annotations

from typing import Any, NoReturn

import flask_openapi3.request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError, from_json


class _AsSent:
    """Stands where flask-openapi3 reads JSON; what is refused so is left as it was sent."""

    @staticmethod
    def loads(text: Any) -> NoReturn:
        raise TypeError(text)


def take_fields_as_sent() -> None:
    """From now on no field of a form is read as JSON but by its own description."""
    flask_openapi3.request.json = _AsSent


def _of_json(sent: Any) -> Any:
    if not isinstance(sent, str):
        return sent
    if not sent.strip():
        return None
    try:
        return from_json(sent)
    except ValueError:
        raise PydanticCustomError("json_invalid", "is not JSON") from None


sent_as_json = BeforeValidator(_of_json)
