"""Making a commit depend on an account: the author's, or an owner's when another leaves."""

from __future__ import annotations

from matchmaker.access import Principal
from matchmaker.errors import SignInNeeded
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork


def keep_account(unit: UnitOfWork, repositories: Repositories, account_id: str) -> bool:
    """Make the commit depend on an account, which is written as it is; whether it is there.

    Of what rests on it and its deletion one is first, and who is second reads anew.
    """
    stored = repositories.accounts.get_or_none(account_id)
    if stored is None:
        return False
    unit.add(repositories.accounts.put(stored.value, stored.version))
    return True


def keep_author(unit: UnitOfWork, repositories: Repositories, principal: Principal) -> None:
    """The same with the author's account. Raises SignInNeeded for one that has gone."""
    if principal.account and not keep_account(unit, repositories, principal.account):
        raise SignInNeeded("This account has been deleted.")
