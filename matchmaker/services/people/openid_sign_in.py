"""Signing in as somebody whom an OpenID provider vouches for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from matchmaker.errors import SignInNeeded
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.invitations import Invitations
from matchmaker.services.repositories import Repositories
from matchmaker.workflow.account import Account, checked_email


@dataclass(frozen=True, slots=True)
class OpenIdClaims:
    """What an OpenID provider says of somebody."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str


class OpenIdSignIn:
    """The use case of signing in with a provider."""

    def __init__(
        self, repositories: Repositories, accounts: Accounts, invitations: Invitations
    ) -> None:
        self._repositories = repositories
        self._accounts = accounts
        self._invitations = invitations

    def sign_in(self, claims: OpenIdClaims) -> Account:
        """The account, found by the provider's subject, by its address, or by an invitation.

        Raises SignInNeeded when nobody has invited them.
        """
        subject = f"{claims.issuer} {claims.subject}"
        page = self._repositories.accounts.page("identity", subject, limit=1)
        if page.rows:
            return page.rows[0].value.require_active()
        if not claims.email_verified:
            raise SignInNeeded(
                "The provider does not vouch for the address.", mend="Confirm it there first."
            )
        email = checked_email(claims.email)
        stored = self._accounts.find(email)
        if stored is not None:
            return self._accounts.change(
                stored.value.id,
                lambda before: replace(before.require_active(), openid_subject=subject),
                "account.linked",
            )
        return self._invitations.accept_all(email, claims.name or email, subject)
