"""Answers of an OpenID provider: read into memory up to a bound, however they are packed."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App
from authlib.integrations.requests_client import OAuth2Session
from joserfc.jwk import KeySet
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

# Metadata, keys and claims have some thousands.
MAX_ANSWER_BYTES = 500_000
METADATA_PATH = "/.well-known/openid-configuration"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


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
    """The client of the provider, with such sessions; it keeps no answer that it cannot use.

    Authlib keeps metadata and keys as they were answered first: a page of a provider that was being
    maintained ended signing in until the process did.
    """

    client_cls = ProviderSession

    def load_server_metadata(self) -> dict[str, Any]:
        """The provider's metadata, asked for again until they can be used. Raises ValueError."""
        metadata: dict[str, Any] = super().load_server_metadata()
        issuer = str(self._server_metadata_url).removesuffix(METADATA_PATH)
        is_its = str(metadata.get("issuer", "")).rstrip("/") == issuer
        if not is_its or not all(isinstance(metadata.get(name), str) for name in _NEEDED):
            self.server_metadata.clear()
            raise ValueError("metadata that cannot be used")
        return metadata

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        """The provider's keys, asked for again until there are some. Raises ValueError."""
        answered: dict[str, Any] = super().fetch_jwk_set(force)
        try:
            keys = KeySet.import_key_set(answered).keys  # type: ignore[arg-type]
        except Exception as error:
            keys, reason = [], type(error).__name__
        else:
            reason = "none"
        if not keys:
            self.server_metadata.pop("jwks", None)
            raise ValueError(f"keys that cannot be used: {reason}")
        return answered
