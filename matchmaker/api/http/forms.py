"""Fields of forms as they were sent.

flask-openapi3 reads every field of a form as JSON first: of the text `2026` it makes a number,
which is no text, of `null` nothing, and a number of 4,301 digits ends the request. A field that
holds JSON is `sent_as_json`; all others are texts. Characters that nobody sees are left out of
them, as out of an imported cell.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any, NoReturn

import flask_openapi3.request
from flask import Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError, from_json
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from matchmaker.text import without_hidden

_NUL = "\x00"
_AS_TYPED = "password"
# Each takes a microsecond to be read, and may be two bytes long.
MOST_FIELDS = 20_000


class _AsSent:
    """Stands where flask-openapi3 reads JSON; what is refused so is left as it was sent."""

    @staticmethod
    def loads(text: Any) -> NoReturn:
        raise TypeError(text)


def take_fields_as_sent() -> None:
    """From now on no field of a form is read as JSON but by its own description."""
    flask_openapi3.request.json = _AsSent


class _VisibleFields(FormDataParser):
    """Leaves invisible characters out of the fields, but of passwords."""

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        if mimetype == "application/x-www-form-urlencoded":
            stream = _counted(stream)
        stream, fields, files = super().parse(stream, mimetype, content_length, options)
        kept = [(name, _visible(name, text)) for name, text in fields.items(multi=True)]
        return stream, self.cls(kept), files


def _counted(stream: IO[bytes]) -> IO[bytes]:
    """The form that was sent. Raises RequestEntityTooLarge for more fields than any page has."""
    sent = stream.read()
    if sent.count(b"&") >= MOST_FIELDS:
        raise RequestEntityTooLarge
    return BytesIO(sent)


def _visible(name: str, text: str) -> str:
    # What no store can hold is refused by whoever reads the field.
    return text if _NUL in text or name.endswith(_AS_TYPED) else without_hidden(text)


class VisibleRequest(Request):
    """A request in whose forms nothing invisible is written."""

    form_data_parser_class = _VisibleFields


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
