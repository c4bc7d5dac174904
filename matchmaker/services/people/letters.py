"""Letters with a link: to somebody invited, and to somebody who forgot the password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from matchmaker.messages import Message, message
from matchmaker.services.people.invitations import INVITED_FOR, IssuedInvitation
from matchmaker.services.people.sign_in import SignIn


class MailServer(Protocol):
    """What sends mail."""

    @property
    def is_set_up(self) -> bool: ...

    def send(
        self, to: str, subject: str, text: str, headers: dict[str, str] | None = None
    ) -> None: ...


class Letters:
    """Use cases of mailing a link, in the language of whoever gets it."""

    def __init__(
        self, sign_in: SignIn, mail_server: MailServer, public_url: Callable[[], str]
    ) -> None:
        self._sign_in = sign_in
        self._mail_server = mail_server
        self._public_url = public_url

    def link(self, page: str, token: str) -> str:
        """Where a token is used."""
        return f"{self._public_url()}/{page}?token={token}"

    def send_invitation(self, issued: IssuedInvitation) -> bool:
        """The link of an invitation, by mail; False without a mail server."""
        return self._send(
            issued.invitation.email,
            issued.invitation.language,
            message("You are invited to Matchmaker"),
            message(
                "Open this link within %(days)s days to set a password:\n\n%(link)s\n",
                days=INVITED_FOR.days,
                link=self.link("invitation", issued.token),
            ),
        )

    def send_reset(self, email: str) -> bool:
        """A link for a new password, if there is such an account; False without a mail server."""
        issued = self._sign_in.reset_token(email)
        if issued is None:
            return self._mail_server.is_set_up
        account, token = issued
        return self._send(
            account.email,
            account.preferences.language,
            message("A new password"),
            message(
                "Open this link within an hour; if it was not you, ignore it:\n\n%(link)s\n",
                link=self.link("reset", token),
            ),
        )

    def _send(self, to: str, language: str, subject: Message, text: Message) -> bool:
        if not self._mail_server.is_set_up:
            return False
        self._mail_server.send(to, subject.text(language), text.text(language))
        return True
