"""Making a commit depend on an account: the author's, or an owner's when another leaves."""

from __future__ import annotations

from matchmaker.access import Principal
from matchmaker.errors import SignInNeeded
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.workflow.account import Account, ended_meanwhile


def keep_account(unit: UnitOfWork, repositories: Repositories, account_id: str) -> bool:
    """Make the commit depend on an account, which is written as it is; whether it is there.

    Of what rests on it and its deletion one is first, and who is second reads anew.
    """
    return _kept(unit, repositories, account_id) is not None


def keep_author(
    unit: UnitOfWork,
    repositories: Repositories,
    principal: Principal,
    written: Account | None = None,
) -> None:
    """The same with the author's account, in the epoch and by the session or key that let them in.

    What a session or key sends while it is being ended does not count. `written`: an account that
    the unit of work writes itself. Raises SignInNeeded for one that has gone or has ended them.
    """
    if not principal.account:
        return
    _keep_way_in(unit, repositories, principal)
    if written is not None and written.id == principal.account:
        written.require_epoch_of(principal)
        return
    account = _kept(unit, repositories, principal.account)
    if account is None:
        raise SignInNeeded("This account has been deleted.")
    account.require_epoch_of(principal)


def _keep_way_in(unit: UnitOfWork, repositories: Repositories, principal: Principal) -> None:
    """Make the commit depend on the one session or key by which the author was let in."""
    if principal.session:
        session = repositories.sessions.get_or_none(principal.session)
        if session is None:
            raise ended_meanwhile()
        unit.keep(repositories.sessions.put(session.value, session.version))
    if principal.key:
        key = repositories.api_keys.get_or_none(principal.key)
        if key is None or key.value.revoked:
            raise ended_meanwhile()
        unit.keep(repositories.api_keys.put(key.value, key.version))


def _kept(unit: UnitOfWork, repositories: Repositories, account_id: str) -> Account | None:
    stored = repositories.accounts.get_or_none(account_id)
    if stored is None:
        return None
    put = repositories.accounts.put(stored.value, stored.version)
    if put not in unit.changes:
        unit.add(put)
    return stored.value
