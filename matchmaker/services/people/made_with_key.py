"""What was made with an API key and outlasts it: webhooks, open invitations, people's places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.errors import NotFound
from matchmaker.services.authors import keep_author
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.workflow.account import Account, GivenPlace, Invitation
from matchmaker.workflow.webhook import Hook


@dataclass(frozen=True, slots=True)
class MadeWithKey:
    """What is left of what was made with a key, as far as whoever asks may end it.

    `beyond` counts people with a place by it whom only an administrator, or who owns their
    organisation, may take it from.
    """

    hooks: tuple[Hook, ...] = ()
    invitations: tuple[Invitation, ...] = ()
    people: tuple[Account, ...] = ()
    beyond: int = 0

    @property
    def can_end(self) -> bool:
        """Tell whether there is something that whoever asks may end."""
        return bool(self.hooks or self.invitations or self.people)

    def __len__(self) -> int:
        return len(self.hooks) + len(self.invitations) + len(self.people) + self.beyond


def made_with(
    repositories: Repositories, clock: Clock, principal: Principal, key_ids: Iterable[str]
) -> Mapping[str, MadeWithKey]:
    """What is left of what was made with each of some keys."""
    keys = [("key", id) for id in key_ids]
    if not keys:
        return {}
    now = clock()
    hooks = [stored.value for stored in repositories.hooks.at_once([], keys).values()]
    invited = [stored.value for stored in repositories.invitations.at_once([], keys).values()]
    people = [
        stored.value
        for stored in repositories.accounts.at_once([], keys).values()
        if stored.value.id != principal.account
    ]
    made = {}
    for _, key in keys:
        placed = [account for account in people if account.places_by(key)]
        own = [
            account
            for account in placed
            if any(_may_take(principal, place) for place in account.places_by(key))
        ]
        made[key] = MadeWithKey(
            tuple(each for each in hooks if each.key == key and _may_remove(principal, each)),
            tuple(each for each in invited if each.key == key and each.is_open(now)),
            tuple(own),
            len(placed) - len(own),
        )
    return made


def end_made_with(
    repositories: Repositories, accounts: Accounts, clock: Clock, principal: Principal, key_id: str
) -> None:
    """End it: webhooks and open invitations in one commit, then people's places one by one.

    What was broken off is there to be ended again.
    """

    def end(unit: UnitOfWork) -> MadeWithKey:
        keep_author(unit, repositories, principal)
        made = made_with(repositories, clock, principal, [key_id])[key_id]
        for hook in repositories.hooks.many([each.id for each in made.hooks]).values():
            unit.add(repositories.hooks.remove(hook))
            unit.log("webhook.removed", f"hook/{hook.value.id}")
        invitations = repositories.invitations.many([each.id for each in made.invitations])
        for stored in invitations.values():
            ended = replace(stored.value, used=True, unmailed=False)
            unit.add(repositories.invitations.put(ended, stored.version))
            unit.log("invitation.withdrawn", f"invitation/{ended.id}")
        return made

    made = commit_changes(repositories.records, principal, clock, end)
    for account in made.people:
        for place in account.places_by(key_id):
            if _may_take(principal, place):
                with suppress(NotFound):  # somebody else took it away meanwhile
                    _take(accounts, principal, account.id, place)


def _take(accounts: Accounts, principal: Principal, account_id: str, place: GivenPlace) -> None:
    if place.organization:
        accounts.remove_member(principal, place.organization, account_id)
    else:
        accounts.relieve(principal, account_id, place.cluster)


def _may_remove(principal: Principal, hook: Hook) -> bool:
    return principal.admin or hook.organization in principal.owned


def _may_take(principal: Principal, place: GivenPlace) -> bool:
    return principal.admin or place.organization in principal.owned
