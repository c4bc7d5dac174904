"""How many letters invitations may become: to an address, to an organisation, and from a firm."""

from __future__ import annotations

from datetime import datetime, timedelta

from matchmaker.access import Principal
from matchmaker.errors import TooManyAttempts
from matchmaker.nodes.allowance import Allowance
from matchmaker.services.repositories import Repositories
from matchmaker.workflow.account import Invitation

INVITED_FOR = timedelta(days=14)
# So many letters a day from one person to one address, whoever has it.
MAX_LETTERS_A_DAY = 3
# So many a day that offer a place in one organisation: its owners name any addresses, and the
# installation writes to them all.
MAX_TO_ORGANIZATION_A_DAY = 100
# And so many a day from all people of one firm, or all coordinators of one cluster: these invite
# the first people of each member.
MAX_FROM_FIRM_A_DAY = 1000
_A_DAY = timedelta(days=1)


def require_few_letters(
    repositories: Repositories, principal: Principal, invitation: Invitation, now: datetime
) -> None:
    """Raise TooManyAttempts for whoever has invited an address, or to an organisation, often today.

    To an address each counts by itself, so that nobody learns who else invited it, or keeps
    others from it. Whoever holds the administrator's key, which has no account, has no limit.
    """
    if not principal.account:
        return
    since = now + INVITED_FOR - _A_DAY
    own = [
        each.expires
        for each in repositories.invitations.values("email", invitation.email)
        if each.invited_by == principal.subject and each.expires > since
    ]
    if len(own) >= MAX_LETTERS_A_DAY:
        raise TooManyAttempts(
            "This address was invited %(count)s times within a day.",
            mend="Wait for an answer, or invite again tomorrow.",
            seconds=(min(own) - since).total_seconds(),
            count=len(own),
        )
    if invitation.membership is None or principal.admin:
        return
    to_organization = [
        each.expires
        for each in repositories.invitations.values("organization", invitation.organization)
        if each.expires > since
    ]
    if len(to_organization) >= MAX_TO_ORGANIZATION_A_DAY:
        raise TooManyAttempts(
            "%(count)s people were invited to this organisation within a day.",
            mend="Go on tomorrow, or ask an administrator.",
            seconds=(min(to_organization) - since).total_seconds(),
            count=len(to_organization),
        )


def take_letter(letters: Allowance, principal: Principal) -> None:
    """Count a letter to somebody who is invited, which `letters` are so many of in a day.

    Raises TooManyAttempts; never for administrators.
    """
    if not principal.admin and not letters.take(principal.counted_as):
        raise TooManyAttempts(
            "%(count)s people were invited within a day.",
            mend="Go on tomorrow, or ask an administrator.",
            seconds=3600,
            count=MAX_FROM_FIRM_A_DAY,
        )
