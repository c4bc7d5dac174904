"""Answers of an OpenID provider: read into memory up to a bound, however they are packed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

# Metadata, keys and claims have some thousands.
MAX_ANSWER_BYTES = 500_000


class BoundedAdapter(HTTPAdapter):
    """A connection whose answers are read whole, and refused where they are longer."""

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """The answer. Raises ValueError for one that is too long."""
        answer = super().send(request, *args, **kwargs)
        content = answer.raw.read(MAX_ANSWER_BYTES + 1, decode_content=True)
        if len(content) > MAX_ANSWER_BYTES:
            answer.close()
            raise ValueError("an answer that is too long")
        answer.raw = BytesIO(content)
        return answer


class ProviderSession(OAuth2Session):  # type: ignore[misc]
    """What asks the provider."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for scheme in ("https://", "http://"):
            self.mount(scheme, BoundedAdapter())


class ProviderClient(FlaskOAuth2App):  # type: ignore[misc]
    """The client of the provider, with such sessions."""

    client_cls = ProviderSession
