"""Privacy: everything held on somebody, forgetting them, and how long things are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import VersionConflict, WrongState
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.repositories import Repositories, Repository
from matchmaker.services.unit_of_work import Clock, UnitOfWork, retry_on_conflict
from matchmaker.store.documents import Change
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account, AccountMembership, MembershipRole
from matchmaker.workflow.interactions import InteractionKind, MonthlyCounts
from matchmaker.workflow.introduction import FINAL, Introduction

_TOGETHER = 200
# Who has left is written so that no person can be told from it.
LEFT = "left"


class Privacy:
    """Use cases of privacy."""

    def __init__(
        self,
        store: GraphStore,
        repositories: Repositories,
        accounts: Accounts,
        clock: Clock,
        *,
        keep_traces: timedelta,
        keep_over: timedelta,
    ) -> None:
        self._store = store
        self._repositories = repositories
        self._accounts = accounts
        self._clock = clock
        self._keep_traces = keep_traces
        self._keep_over = keep_over

    def export_own(self, principal: Principal) -> dict[str, Any]:
        """All that is held on the person who asks."""
        account = self._accounts.own(principal)
        repositories = self._repositories
        plain = _plain(repositories.accounts, account)
        plain.pop("password_hash", None)
        keys = [_plain(repositories.api_keys, one) for one in self._accounts.keys(principal)]
        for key in keys:
            key.pop("digest", None)
        return {
            "account": plain,
            "api_keys": keys,
            "notices": [
                _plain(repositories.notices, one)
                for one in repositories.notices.values("account", account.id)
            ],
            "messages": [
                _plain(repositories.messages, one)
                for one in repositories.messages.values()
                if one.author == account.id
            ],
            "log": [
                {"at": line.entry.at, "action": line.entry.action, "subject": line.entry.subject}
                for line in repositories.records.last_log(10_000)
                if account.subject in (line.entry.actor, line.entry.subject)
            ],
        }

    def export_organization(self, principal: Principal, organization_id: str) -> dict[str, Any]:
        """All that is held on an organisation, for its owner. Raises NotAllowed."""
        organization = self._store.organization(organization_id)
        principal.require_owner(organization.id)
        repositories, identity = self._repositories, organization.id
        introductions = list(repositories.introductions.values("organization", identity))
        return {
            "organization": _fields(organization),
            "statements": [_fields(one) for one in self._store.statements_of(identity)],
            "members": [
                {"name": one.name, "email": one.email}
                for one in repositories.accounts.values("organization", identity)
            ],
            "postings": [
                _plain(repositories.postings, one)
                for one in repositories.postings.values("organization", identity)
            ],
            "introductions": [
                _for_party(self._repositories, one, identity) for one in introductions
            ],
            "gatherings": [
                _plain(repositories.gatherings, one)
                for one in repositories.gatherings.values("organization", identity)
            ],
            "recommendations_shown": [
                _plain(repositories.interactions, one)
                for one in repositories.interactions.values("seeker", identity)
            ],
        }

    def delete_own(self, principal: Principal, password: str) -> None:
        """Delete one's account; what it did for an organisation stays, without the person.

        Raises InvalidInput for a wrong password, WrongState for the last owner of an
        organisation that has other members.
        """
        principal.require_writing()
        account = self._accounts.own(principal)
        self._accounts.require_password(account, password)
        self._delete(principal, account)

    def delete_account(self, principal: Principal, account_id: str) -> None:
        """The same for an admin who was asked to. Raises NotAllowed, NotFound."""
        principal.require_admin()
        self._delete(principal, self._repositories.accounts.get(account_id).value)

    def forget_old(self) -> int:
        """Turn what is older than the settings keep it into monthly counts; how many records.

        Counts and removals are one commit: a record is in the one or the other.
        """
        now = self._clock()
        gone = 0
        traces = [
            one
            for one in self._repositories.interactions.iterate()
            if now - one.value.at > self._keep_traces
        ]
        for start in range(0, len(traces), _TOGETHER):
            some = traces[start : start + _TOGETHER]
            counts: Counter[tuple[str, str]] = Counter()
            for stored in some:
                month = f"traces {stored.value.at:%Y-%m}"
                weight = len(stored.value.shown)
                counts[month, f"{stored.value.goal or 'unknown'} {stored.value.kind}"] += (
                    weight if stored.value.kind is InteractionKind.IMPRESSION else 1
                )
            gone += self._replace(
                counts, [self._repositories.interactions.remove(one) for one in some]
            )
        over = [
            one
            for one in self._repositories.introductions.iterate("phase", "over")
            if one.value.state in FINAL and now - _ended(one.value) > self._keep_over
        ]
        for ended in over:
            one = ended.value
            month = f"introductions {one.cluster} {one.created:%Y-%m}"
            changes: list[Change] = [self._repositories.introductions.remove(ended)]
            changes += [
                self._repositories.messages.remove(message)
                for message in self._repositories.messages.iterate("introduction", one.id)
            ]
            self._replace(Counter({(month, f"{one.goal} {one.state}"): 1}), changes)
            gone += 1
        return gone

    # -- the parts

    def _replace(self, counts: Counter[tuple[str, str]], removals: list[Change]) -> int:
        changes = list(removals)
        for tally in sorted({tally for tally, _ in counts}):
            stored = self._repositories.monthly_counts.get_or_none(tally)
            before = dict(stored.value.counts) if stored else {}
            for (name, what), number in counts.items():
                if name == tally:
                    before[what] = before.get(what, 0) + number
            merged = MonthlyCounts(tally, tuple(sorted(before.items())))
            changes.append(
                self._repositories.monthly_counts.put(merged, stored.version if stored else 0)
            )
        try:
            self._repositories.records.commit(changes)
        except VersionConflict:
            return 0  # changed meanwhile; it comes again
        return len(removals)

    def _delete(self, principal: Principal, account: Account) -> None:
        for belonging in account.belongings:
            if belonging.post is MembershipRole.OWNER:
                self._require_heir(belonging, account)

        def attempt() -> None:
            repositories = self._repositories
            stored = repositories.accounts.get(account.id)
            unit = UnitOfWork.of(principal if principal is SYSTEM else SYSTEM, self._clock())
            unit.add(repositories.accounts.remove(stored))
            for address in repositories.addresses.iterate("account", account.id):
                unit.add(repositories.addresses.remove(address))
            for key in repositories.api_keys.iterate("account", account.id):
                unit.add(repositories.api_keys.remove(key))
            for notice in repositories.notices.iterate("account", account.id):
                unit.add(repositories.notices.remove(notice))
            for invitation in repositories.invitations.iterate("email", stored.value.email):
                unit.add(repositories.invitations.remove(invitation))
            for message in repositories.messages.iterate():
                if message.value.author == account.id:
                    nameless = replace(message.value, author=LEFT)
                    unit.add(repositories.messages.put(nameless, message.version))
            # The log names people by an id that now means nobody.
            unit.log("account.deleted", account.subject)
            unit.commit(repositories.records)

        retry_on_conflict(attempt)

    def _require_heir(self, belonging: AccountMembership, account: Account) -> None:
        others = [
            one
            for one in self._accounts.of_organization(belonging.organization)
            if one.id != account.id
        ]
        if others and not any(
            AccountMembership(belonging.organization, MembershipRole.OWNER) in one.belongings
            for one in others
        ):
            raise WrongState(
                "You are the last owner of an organisation with other members.",
                mend="Make somebody else its owner first.",
            )


def _plain(shelf: Repository[Any], value: object) -> dict[str, Any]:
    return cast(dict[str, Any], shelf.plain(value))


def _fields(value: Any) -> dict[str, Any]:
    return {name: _text(getattr(value, name)) for name in value.__dataclass_fields__}


def _text(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value if not isinstance(value, str) else str(value)
    if isinstance(value, (list, tuple)):
        return [_text(one) for one in value]
    return str(value)


def _for_party(repositories: Repositories, one: Introduction, organization: str) -> dict[str, Any]:
    """An introduction without the other's name where it is still hidden, and without persons."""
    plain = _plain(repositories.introductions, one)
    plain.pop("proposed_by", None)
    plain["steps"] = [
        {name: value for name, value in step.items() if name != "actor"} for step in plain["steps"]
    ]
    own = next((side for side in type(one.asking) if one.organization(side) == organization), None)
    if own is not None and one.hides(own.other):
        plain[own.other.value] = plain["message"] = plain["need"] = ""
    return plain


def _ended(one: Introduction) -> Any:
    return one.steps[-1].at if one.steps else one.created
