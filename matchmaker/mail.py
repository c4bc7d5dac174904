"""Mail by SMTP, as the settings say; without a server there is none."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from typing import Any

from matchmaker.errors import LetterRefused, ServiceUnavailable, SettingsError
from matchmaker.mail_address import registered_address
from matchmaker.settings import Settings

_STEP_SECONDS = 5.0
# For a letter with all that belongs to it: a server that drips is one that does not answer.
_DEADLINE_SECONDS = 10.0
# Answers to a recipient that are the address's fault (RFC 5321, 4.2.3). Others pass (450, 451: to
# come again; 452: no room) or are of the server's settings (554: it passes nothing on).
_FAULTS_OF_ADDRESS = frozenset({501, 550, 551, 553})


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends plain text, one connection for each letter."""

    settings: Settings

    @property
    def is_set_up(self) -> bool:
        """Tell whether there is a server to send by."""
        return bool(self.settings.smtp_host)

    def send(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Raises SettingsError without a server, ServiceUnavailable when it takes no letter.

        Of these LetterRefused where that is for this address alone.
        """
        settings = self.settings
        if not self.is_set_up:
            raise SettingsError("There is no mail server.", mend="Set MATCHMAKER_SMTP_HOST.")
        settings.require_encryption(
            "MATCHMAKER_SMTP_TLS", settings.smtp_host, encrypted=settings.smtp_tls
        )
        letter = _letter(settings.smtp_from, to, subject, text, headers or {})
        try:
            with _TimedSmtp(
                settings.smtp_host, settings.smtp_port, timeout=_STEP_SECONDS
            ) as server:
                if settings.smtp_tls:
                    server.starttls(context=ssl.create_default_context())
                password = settings.smtp_password.get_secret_value()
                if settings.smtp_user:
                    server.login(settings.smtp_user, password)
                server.send_message(letter)
        except (OSError, smtplib.SMTPException) as error:
            if _is_of_address(error):
                raise _refused(error) from None
            # Neither the address nor the password goes to a log.
            raise ServiceUnavailable(
                "The mail server refused the message: %(error)s.",
                mend="Look at MATCHMAKER_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD.",
                error=type(error).__name__,
            ) from None


def _letter(
    sender: str, to: str, subject: str, text: str, headers: Mapping[str, str]
) -> EmailMessage:
    """Raises LetterRefused for an address that cannot stand in a letter.

    Such are kept of earlier versions; nothing may keep the letters of others from being sent.
    """
    # A folded address would be encoded as words, and no reader could follow it.
    letter = EmailMessage(SMTP.clone(max_line_length=990))
    letter["From"] = Address("Matchmaker", addr_spec=sender)
    try:
        receiver = registered_address(to)
    except ValueError as error:
        raise _refused(error) from None
    letter["To"] = receiver
    # A line break in a name would make a header of its own.
    letter["Subject"] = " ".join(subject.split())[:200]
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    # So that no notice of somebody's absence comes back (RFC 3834, 5).
    letter["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        letter[name] = value
    letter.set_content(text)
    return letter


def _is_of_address(error: Exception) -> bool:
    """Tell whether the server refused the address for itself, and not all letters, or for now."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return False
    codes = {code for code, _ in error.recipients.values()}
    return bool(codes) and codes <= _FAULTS_OF_ADDRESS


def _refused(error: Exception) -> LetterRefused:
    return LetterRefused(
        "The mail server refused the message: %(error)s.",
        mend="Look whether the address is right.",
        error=type(error).__name__,
    )


class _TimedSmtp(smtplib.SMTP):
    """A connection that is cut off at its deadline, whatever it waits for then."""

    _timer: threading.Timer | None = None

    def connect(self, *args: Any, **options: Any) -> Any:
        self._timer = threading.Timer(_DEADLINE_SECONDS, self._interrupt)
        self._timer.daemon = True
        self._timer.start()
        return super().connect(*args, **options)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().close()

    def _interrupt(self) -> None:
        if isinstance(self.sock, socket.socket):
            with suppress(OSError):
                # The plain socket's own: TLS would first say goodbye, and wait for an answer.
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)
