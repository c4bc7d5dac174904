"""Signed cursors: a page's end that nobody can forge or use with another question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cached_property
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from matchmaker.errors import InvalidInput


class Cursors:
    """Cursors of one installation; `secret` is asked for at the first use."""

    def __init__(self, secret: Callable[[], str]) -> None:
        self._secret = secret

    @cached_property
    def _serializer(self) -> URLSafeSerializer:
        # SHA-1 is itsdangerous' default and only kept for old cookies.
        return URLSafeSerializer(
            self._secret(), salt="cursor", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def encode(self, after: str | None, question: dict[str, Any]) -> str | None:
        """The cursor behind `after`, for this question only; None stays None."""
        if after is None:
            return None
        return str(self._serializer.dumps([after, _fingerprint(question)]))

    def decode(self, cursor: str | None, question: dict[str, Any]) -> str | None:
        """The id to go on after. Raises InvalidInput for a forged or foreign cursor."""
        if cursor is None:
            return None
        try:
            after, fingerprint = self._serializer.loads(cursor)
        except (BadData, ValueError, TypeError):
            raise _invalid() from None
        if fingerprint != _fingerprint(question):
            raise _invalid()
        return str(after)


def _invalid() -> InvalidInput:
    return InvalidInput(
        "is not a cursor of this list.",
        where="cursor",
        mend="Send `next` of the page before, with the same filters.",
    )


def _fingerprint(question: dict[str, Any]) -> str:
    text = json.dumps(question, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
