"""Privacy: everything held on somebody, forgetting them, and how long things are kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import VersionConflict, WrongState
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.repositories import Clock, Draft, Shelf, Shelves, retried
from matchmaker.store.documents import Change
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.account import Account, Belonging, Post
from matchmaker.workflow.interactions import Tally, TraceKind
from matchmaker.workflow.introduction import FINAL, Introduction

_TOGETHER = 200
# Who has left is written so that no person can be told from it.
LEFT = "left"


class Privacy:
    """Use cases of privacy."""

    def __init__(
        self,
        store: GraphStore,
        shelves: Shelves,
        accounts: Accounts,
        clock: Clock,
        *,
        keep_traces: timedelta,
        keep_over: timedelta,
    ) -> None:
        self._store = store
        self._shelves = shelves
        self._accounts = accounts
        self._clock = clock
        self._keep_traces = keep_traces
        self._keep_over = keep_over

    def export_own(self, principal: Principal) -> dict[str, Any]:
        """All that is held on the person who asks."""
        account = self._accounts.own(principal)
        shelves = self._shelves
        plain = _plain(shelves.accounts, account)
        plain.pop("password_hash", None)
        keys = [_plain(shelves.api_keys, one) for one in self._accounts.keys(principal)]
        for key in keys:
            key.pop("digest", None)
        return {
            "account": plain,
            "api_keys": keys,
            "notices": [
                _plain(shelves.notices, one)
                for one in shelves.notices.values("account", account.id)
            ],
            "messages": [
                _plain(shelves.messages, one)
                for one in shelves.messages.values()
                if one.author == account.id
            ],
            "log": [
                {"at": line.entry.at, "action": line.entry.action, "subject": line.entry.subject}
                for line in shelves.records.last_log(10_000)
                if account.subject in (line.entry.actor, line.entry.subject)
            ],
        }

    def export_organization(self, principal: Principal, organization_id: str) -> dict[str, Any]:
        """All that is held on an organisation, for its owner. Raises NotAllowed."""
        organization = self._store.organization(organization_id)
        principal.require_owner(organization.id)
        shelves, identity = self._shelves, organization.id
        introductions = list(shelves.introductions.values("organization", identity))
        return {
            "organization": _fields(organization),
            "statements": [_fields(one) for one in self._store.statements_of(identity)],
            "members": [
                {"name": one.name, "email": one.email}
                for one in shelves.accounts.values("organization", identity)
            ],
            "postings": [
                _plain(shelves.postings, one)
                for one in shelves.postings.values("organization", identity)
            ],
            "introductions": [_for_party(self._shelves, one, identity) for one in introductions],
            "gatherings": [
                _plain(shelves.gatherings, one)
                for one in shelves.gatherings.values("organization", identity)
            ],
            "recommendations_shown": [
                _plain(shelves.traces, one) for one in shelves.traces.values("seeker", identity)
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
        self._delete(principal, self._shelves.accounts.get(account_id).value)

    def forget_old(self) -> int:
        """Turn what is older than the settings keep it into monthly counts; how many records.

        Counts and removals are one commit: a record is in the one or the other.
        """
        now = self._clock()
        gone = 0
        traces = [
            one for one in self._shelves.traces.every() if now - one.value.at > self._keep_traces
        ]
        for start in range(0, len(traces), _TOGETHER):
            some = traces[start : start + _TOGETHER]
            counts: Counter[tuple[str, str]] = Counter()
            for stored in some:
                month = f"traces {stored.value.at:%Y-%m}"
                weight = len(stored.value.shown)
                counts[month, f"{stored.value.goal} {stored.value.kind}"] += (
                    weight if stored.value.kind is TraceKind.IMPRESSION else 1
                )
            gone += self._replace(counts, [self._shelves.traces.remove(one) for one in some])
        over = [
            one
            for one in self._shelves.introductions.every("phase", "over")
            if one.value.state in FINAL and now - _ended(one.value) > self._keep_over
        ]
        for ended in over:
            one = ended.value
            month = f"introductions {one.cluster} {one.created:%Y-%m}"
            changes: list[Change] = [self._shelves.introductions.remove(ended)]
            changes += [
                self._shelves.messages.remove(message)
                for message in self._shelves.messages.every("introduction", one.id)
            ]
            self._replace(Counter({(month, f"{one.goal} {one.state}"): 1}), changes)
            gone += 1
        return gone

    # -- the parts

    def _replace(self, counts: Counter[tuple[str, str]], removals: list[Change]) -> int:
        changes = list(removals)
        for tally in sorted({tally for tally, _ in counts}):
            stored = self._shelves.tallies.maybe(tally)
            before = dict(stored.value.counts) if stored else {}
            for (name, what), number in counts.items():
                if name == tally:
                    before[what] = before.get(what, 0) + number
            merged = Tally(tally, tuple(sorted(before.items())))
            changes.append(self._shelves.tallies.put(merged, stored.version if stored else 0))
        try:
            self._shelves.records.commit(changes)
        except VersionConflict:
            return 0  # changed meanwhile; it comes again
        return len(removals)

    def _delete(self, principal: Principal, account: Account) -> None:
        for belonging in account.belongings:
            if belonging.post is Post.OWNER:
                self._require_heir(belonging, account)

        def attempt() -> None:
            shelves = self._shelves
            stored = shelves.accounts.get(account.id)
            draft = Draft.of(principal if principal is SYSTEM else SYSTEM, self._clock())
            draft.add(shelves.accounts.remove(stored))
            for address in shelves.addresses.every("account", account.id):
                draft.add(shelves.addresses.remove(address))
            for key in shelves.api_keys.every("account", account.id):
                draft.add(shelves.api_keys.remove(key))
            for notice in shelves.notices.every("account", account.id):
                draft.add(shelves.notices.remove(notice))
            for invitation in shelves.invitations.every("email", stored.value.email):
                draft.add(shelves.invitations.remove(invitation))
            for message in shelves.messages.every():
                if message.value.author == account.id:
                    nameless = replace(message.value, author=LEFT)
                    draft.add(shelves.messages.put(nameless, message.version))
            # The log names people by an id that now means nobody.
            draft.log("account.deleted", account.subject)
            draft.commit(shelves.records)

        retried(attempt)

    def _require_heir(self, belonging: Belonging, account: Account) -> None:
        others = [
            one
            for one in self._accounts.of_organization(belonging.organization)
            if one.id != account.id
        ]
        if others and not any(
            Belonging(belonging.organization, Post.OWNER) in one.belongings for one in others
        ):
            raise WrongState(
                "You are the last owner of an organisation with other members.",
                mend="Make somebody else its owner first.",
            )


def _plain(shelf: Shelf[Any], value: object) -> dict[str, Any]:
    return cast(dict[str, Any], shelf.plain(value))


def _fields(value: Any) -> dict[str, Any]:
    return {name: _text(getattr(value, name)) for name in value.__dataclass_fields__}


def _text(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return value if not isinstance(value, str) else str(value)
    if isinstance(value, (list, tuple)):
        return [_text(one) for one in value]
    return str(value)


def _for_party(shelves: Shelves, one: Introduction, organization: str) -> dict[str, Any]:
    """An introduction without the other's name where it is still hidden, and without persons."""
    plain = _plain(shelves.introductions, one)
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
