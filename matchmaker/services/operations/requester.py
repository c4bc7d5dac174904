"""The person who requested work, with the rights they have while it is done."""

from __future__ import annotations

from dataclasses import replace

from matchmaker.access import ADMIN, Principal
from matchmaker.errors import NotFound, SignInNeeded
from matchmaker.services.authors import keep_account
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.changes import conflict


def requester(repositories: Repositories, subject: str) -> Principal:
    """The principal whose name in the log is `subject`: an account's, or the administrator's key.

    Raises NotFound where the account is gone, SignInNeeded where it is closed.
    """
    if subject == ADMIN.subject:
        return ADMIN
    account = repositories.accounts.get(subject.removeprefix("account:")).value
    return account.require_active().principal()


def by_now(repositories: Repositories, principal: Principal) -> Principal:
    """Who requested work, with the rights of this moment. Raises SignInNeeded without an account.

    The operator's key has all of them at any time.
    """
    if not principal.account:
        return principal
    try:
        now = requester(repositories, principal.subject)
    except NotFound:
        raise SignInNeeded("This account has been deleted.") from None
    return replace(now, request=principal.request)


def keep_rights(unit: UnitOfWork, repositories: Repositories, principal: Principal) -> None:
    """Make a commit depend on the rights with which its work began: it may have taken long.

    Raises VersionConflict where they are others by now, so that it is done anew with these, and
    as `by_now`.
    """
    if not principal.account:
        return
    keep_account(unit, repositories, principal.account)
    if _rights(by_now(repositories, principal)) != _rights(principal):
        raise conflict("account", principal.account)


def _rights(principal: Principal) -> tuple[object, ...]:
    return principal.admin, principal.organizations, principal.owned, principal.clusters
