"""The person who requested work, with the rights they have while it is done."""

from __future__ import annotations

from matchmaker.access import ADMIN, Principal
from matchmaker.services.repositories import Repositories


def requester(repositories: Repositories, subject: str) -> Principal:
    """The principal whose name in the log is `subject`: an account's, or the administrator's key.

    Raises NotFound where the account is gone, SignInNeeded where it is closed.
    """
    if subject == ADMIN.subject:
        return ADMIN
    account = repositories.accounts.get(subject.removeprefix("account:")).value
    return account.require_active().principal()
