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

from matchmaker.errors import ServiceUnavailable, SettingsError
from matchmaker.settings import Settings

_STEP_SECONDS = 5.0
# For a letter with all that belongs to it: a server that drips is one that does not answer.
_DEADLINE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Mailer:
    """Sends plain text, one connection for each letter."""

    settings: Settings

    @property
    def is_set_up(self) -> bool:
        """Whether there is a server to send by."""
        return bool(self.settings.smtp_host)

    def send(
        self, to: str, subject: str, text: str, headers: Mapping[str, str] | None = None
    ) -> None:
        """Raises ServiceUnavailable when the server does not take it, SettingsError without one."""
        settings = self.settings
        if not self.is_set_up:
            raise SettingsError("There is no mail server.", mend="Set MATCHMAKER_SMTP_HOST.")
        settings.require_encryption(
            "MATCHMAKER_SMTP_TLS", settings.smtp_host, encrypted=settings.smtp_tls
        )
        # A folded address would be encoded as words, and no reader could follow it.
        letter = EmailMessage(SMTP.clone(max_line_length=990))
        letter["From"] = Address("Matchmaker", addr_spec=settings.smtp_from)
        letter["To"] = Address(addr_spec=to)
        # A line break in a name would make a header of its own.
        letter["Subject"] = " ".join(subject.split())[:200]
        letter["Date"] = formatdate()
        letter["Message-ID"] = make_msgid(domain=settings.smtp_from.rpartition("@")[2])
        for name, value in (headers or {}).items():
            letter[name] = value
        letter.set_content(text)
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
            # Neither the address nor the password goes to a log.
            raise ServiceUnavailable(
                "The mail server refused the message: %(error)s.",
                mend="Look at MATCHMAKER_SMTP_HOST, _PORT, _TLS, _USER and _PASSWORD.",
                error=type(error).__name__,
            ) from None


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
