"""Tokens of the links in mails: signed, for one purpose, and for some time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from matchmaker.errors import InvalidInput


class LinkTokens:
    """Signs and reads tokens with the installation's secret."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    def sign(self, purpose: str, content: object) -> str:
        """A token that holds the content."""
        return str(URLSafeTimedSerializer(self._secret(), salt=purpose).dumps(content))

    def read(self, purpose: str, token: str, within: timedelta) -> Any:
        """What a token holds. Raises InvalidInput for another purpose or an old one."""
        serializer = URLSafeTimedSerializer(self._secret(), salt=purpose)
        try:
            return serializer.loads(token, max_age=int(within.total_seconds()))
        except BadSignature:
            raise InvalidInput(
                "is not one of ours, or is too old.", where="token", mend="Ask for a new link."
            ) from None
