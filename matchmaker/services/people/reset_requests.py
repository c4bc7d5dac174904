"""Requests for a new password, worked off in the background.

Whoever asks waits for nothing that depends on whether there is such an account, nor on a
mail server that is slow or down.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from matchmaker.errors import MatchmakerError, ServiceUnavailable
from matchmaker.services.people.sign_in import SignInService
from matchmaker.workflow.account import MAX_EMAIL

if TYPE_CHECKING:  # with it comes the driver of Redis: only who uses a queue pays
    from huey.api import Huey

log = structlog.get_logger(__name__)


@dataclass
class ResetRequests:
    """The queue between who asks and the letter."""

    sign_in: SignInService
    queue: Huey

    def __post_init__(self) -> None:
        self._task = self.queue.task(name="send_reset")(self.send)

    def ask(self, email: str) -> bool:
        """Have a link mailed to its owner, if there is one; False without a mail server.

        Raises ServiceUnavailable.
        """
        if not self.sign_in.links.can_mail:
            return False
        try:
            self._task(email[:MAX_EMAIL])
        except Exception as error:  # of whichever queue it is
            log.warning("reset not queued", error=type(error).__name__)
            raise ServiceUnavailable(
                "The request cannot be taken just now.", mend="Try again in a moment."
            ) from None
        return True

    def send(self, email: str) -> None:
        """Send it; what cannot be sent is in the log, without the address."""
        try:
            self.sign_in.send_reset(email)
        except MatchmakerError as error:
            log.warning("reset not sent", error=str(error.message))
