"""That who writes is still there: no name stays on what came after its account was deleted."""

from __future__ import annotations

from matchmaker.access import Principal
from matchmaker.errors import SignInNeeded
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork


def keep_author(unit: UnitOfWork, repositories: Repositories, principal: Principal) -> None:
    """Make the commit depend on the author's account: one of it and its deletion is first.

    The account is written as it is, so who is second reads anew. Raises SignInNeeded for an
    account that has gone.
    """
    if not principal.account:
        return
    stored = repositories.accounts.get_or_none(principal.account)
    if stored is None:
        raise SignInNeeded("This account has been deleted.")
    unit.add(repositories.accounts.put(stored.value, stored.version))
