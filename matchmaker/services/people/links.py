"""Links in letters: each holds a signed token, for one purpose and for some time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from matchmaker.errors import InvalidInput
from matchmaker.mail import Mailer
from matchmaker.messages import Message, text_of


@dataclass
class Links:
    """Signs and reads tokens with the installation's secret, and mails them as links."""

    secret: Callable[[], str]
    public_url: Callable[[], str]
    mailer: Mailer

    @property
    def can_mail(self) -> bool:
        """Tell whether there is a mail server."""
        return self.mailer.is_set_up

    def token(self, purpose: str, content: object) -> str:
        """A token that holds the content."""
        return str(self._serializer(purpose).dumps(content))

    def read(self, purpose: str, token: str, within: timedelta) -> Any:
        """The content of a token. Raises InvalidInput for another purpose or an old one."""
        try:
            return self._serializer(purpose).loads(token, max_age=int(within.total_seconds()))
        except BadSignature:
            raise InvalidInput(
                "is not one of ours, or is too old.", where="token", mend="Ask for a new link."
            ) from None

    def url(self, page: str, token: str = "") -> str:
        """A page of ours, with a token."""
        return f"{self.public_url()}/{page}" + (f"?token={token}" if token else "")

    def mail(
        self,
        to: str,
        language: str,
        subject: Message,
        text: Message | str,
        headers: Mapping[str, str] | None = None,
    ) -> bool:
        """Send a letter in a language; False without a mail server. Raises ServiceUnavailable."""
        if not self.mailer.is_set_up:
            return False
        self.mailer.send(to, subject.text(language), text_of(text, language), headers)
        return True

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        # Links that were sent before are signed with itsdangerous' default.
        return URLSafeTimedSerializer(
            self.secret(),
            salt=purpose,
            signer_kwargs={"digest_method": hashlib.sha256},
            fallback_signers=[{"digest_method": hashlib.sha1}],
        )
