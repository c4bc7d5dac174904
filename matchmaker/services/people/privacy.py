"""Privacy: everything held on somebody, forgetting them, and how long things are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

from pydantic_core import to_jsonable_python

from matchmaker.access import Principal
from matchmaker.domain import Statement
from matchmaker.errors import VersionConflict, WrongState
from matchmaker.services.authors import keep_account, keep_author
from matchmaker.services.cooperation.gatherings import Gatherings, GatheringView
from matchmaker.services.cooperation.introduction_views import IntroductionViews
from matchmaker.services.directory.opted_out import OptedOut
from matchmaker.services.own_organizations import asked_id
from matchmaker.services.people.accounts import Accounts
from matchmaker.services.people.channel_pause import pause_left
from matchmaker.services.people.second_factors import (
    NO_ANSWER,
    NO_PROOF,
    FactorAnswer,
    OwnProof,
    SecondFactors,
)
from matchmaker.services.picked_organizations import PickedOrganizations, never_id, within_id
from matchmaker.services.repositories import Repositories, Repository, reference_id
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.changes import Change
from matchmaker.store.ports import GraphStore, Page, iterate
from matchmaker.workflow.account import Account, MembershipRole
from matchmaker.workflow.call import CallState
from matchmaker.workflow.interactions import Interaction, InteractionKind, MonthlyCounts
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.introduction_states import FINAL, Side
from matchmaker.workflow.notification import Notification
from matchmaker.workflow.saved_search import SavedSearch
from matchmaker.workflow.survey import SurveyState

T = TypeVar("T")

_COMMIT_SIZE = 200
# After they ended: so long somebody may ask why the link does not work.
INVITATIONS_KEPT = timedelta(days=30)
# Records to forget: how many, what is counted of them by month and name, and their removal.
_Old = tuple[int, Mapping[tuple[str, str], int], list[Change]]
# Who has left is written so that no person can be told from it.
DEPARTED = "left"


@dataclass(frozen=True, slots=True)
class Privacy:
    """Use cases of privacy.

    What somebody takes away names nobody whom its pages would not name: who opted out since.
    """

    store: GraphStore
    repositories: Repositories
    accounts: Accounts
    second_factors: SecondFactors
    gatherings: Gatherings
    opted_out: OptedOut
    named_now: Callable[[Notification, Principal], Notification]
    clock: Clock
    _: KW_ONLY
    keep_interactions: timedelta
    keep_over: timedelta

    def export_own(self, principal: Principal) -> dict[str, Any]:
        """All that is held on the person who asks, without the hashes of secrets."""
        account = self.accounts.own_account(principal)
        repositories, id = self.repositories, account.id
        keys = _all(repositories.api_keys, "account", id)
        return {
            "account": _without(
                repositories.accounts.plain(account),
                "password_hash",
                "second_factor",
                "recovery",
                "last_recovery",
            )
            | {"has_second_factor": account.has_second_factor},
            "api_keys": [_without(key, "digest") for key in keys],
            "sessions": [_without(own, "id") for own in _all(repositories.sessions, "account", id)],
            "notices": [
                repositories.notifications.plain(self.named_now(each, principal))
                for each in repositories.notifications.values("account", id)
            ],
            "long_questions": _all(repositories.long_questions, "account", id),
            "saved_searches": [
                repositories.saved_searches.plain(self._found_search(principal, each))
                for each in repositories.saved_searches.values("account", id)
            ],
            "channels": [
                _without(channel, "address")
                for channel in _all(repositories.channels, "owner", account.subject)
            ],
            "call_notes": _all(repositories.call_notes, "author", id),
            "recommendations_shown": [
                repositories.interactions.plain(self._found_candidates(principal, each))
                for each in self._mentioning(repositories.interactions, account.subject)
                if each.subject == account.subject
            ],
            "messages": [
                repositories.messages.plain(each)
                for each in self._mentioning(repositories.messages, id)
                if each.author == id
            ],
            "log": [
                {"at": line.entry.at, "action": line.entry.action, "subject": line.entry.subject}
                for line in repositories.records.last_log(10_000)
                if account.subject in (line.entry.actor, line.entry.subject)
            ],
        }

    def export_organization(self, principal: Principal, organization_id: str) -> dict[str, Any]:
        """All that is held on an organisation, for its owner. Raises NotAllowed.

        Of introductions and gatherings what its people see on their pages. Administrators get it
        without calls, answers of surveys and never-with lists, which are its people's alone;
        `left_out` names what is missing.
        """
        asked = asked_id(self.store, principal, organization_id)
        principal.require_owner(asked)
        organization = self.store.organization(asked)
        repositories, id = self.repositories, organization.id
        own = {
            "calls": _all(repositories.calls, "organization", id),
            "call_answers": _all(repositories.call_answers, "organization", id),
            "call_questions": _all(repositories.call_questions, "organization", id),
            "survey_answers": _all(repositories.survey_responses, "organization", id),
            "never_with": [
                repositories.lists.plain(self._found_picks(principal, stored.value))
                for stored in (repositories.lists.get_or_none(never_id(id)),)
                if stored
            ],
            "own_clusters_only": repositories.lists.get_or_none(within_id(id)) is not None,
        }
        return {
            "organization": to_jsonable_python(organization),
            "statements": to_jsonable_python(self._found_statements(principal, id)),
            "certificates": to_jsonable_python(self.store.certificates_of(id)),
            "references_given": _all(repositories.references, "organization", id),
            "certificate_files": _all(repositories.certificates, "organization", id),
            "members": [
                {"name": account.name, "email": account.email}
                for account in repositories.accounts.values("organization", id)
            ],
            "postings": _all(repositories.postings, "organization", id),
            "submitted_lists": _all(repositories.submitted_lists, "organization", id),
            "introductions": self._introductions(id),
            "gatherings": self._gatherings(principal, id),
            "programmes_told_of": [
                repositories.programme_alerts.plain(stored.value)
                for stored in (repositories.programme_alerts.get_or_none(id),)
                if stored
            ],
            "recommendations_shown": [
                repositories.interactions.plain(self._found_candidates(principal, each))
                for each in repositories.interactions.values("seeker", id)
            ],
            **(own if id in principal.owned else {"left_out": list(own)}),
        }

    def delete_own(
        self, principal: Principal, password: str, answer: FactorAnswer = NO_ANSWER
    ) -> None:
        """Delete one's account; what it did for an organisation stays, without the person.

        Raises InvalidInput for a wrong password or answer of the second factor, WrongState for the
        last owner of an organisation that has other members.
        """
        principal.require_writing()
        self._delete(principal, self.second_factors.require_own(principal, password, answer))

    def delete_account(
        self, principal: Principal, account_id: str, proof: OwnProof = NO_PROOF
    ) -> None:
        """The same for an admin who was asked to; one with a second factor gives a `proof`.

        Raises NotAllowed, NotFound, and as `SecondFactors.show` does.
        """
        principal.require_admin()
        self.repositories.accounts.get(account_id)  # an answer that counts once is not lost on it
        self.second_factors.show(principal, proof)
        self._delete(principal, self.repositories.accounts.get(account_id).value)

    def forget_old(self) -> int:
        """Turn what is older than the settings keep it into monthly counts; how many records.

        Counts and removals are one commit: a record is in the one or the other.
        """
        old = chain(
            self._old_interactions(),
            self._old_introductions(),
            self._old_surveys(),
            self._old_calls(),
            self._old_invitations(),
            self._left_slots(),
        )
        return sum(number for number, counts, removals in old if self._replace(counts, removals))

    # -- the parts

    def _found_statements(self, principal: Principal, organization: str) -> list[Statement]:
        """What speaks for an organisation; of undertakings with those the principal finds."""
        statements = self.store.statements_of(organization)
        ids = {id for each in statements for id in each.organizations}
        found = set(self.opted_out.those_found(principal, ids))
        return [
            replace(each, organizations=tuple(id for id in each.organizations if id in found))
            for each in statements
        ]

    def _found_search(self, principal: Principal, search: SavedSearch) -> SavedSearch:
        told, latest = (
            self.opted_out.those_found(principal, ids) for ids in (search.told, search.latest)
        )
        return replace(search, told=told, latest=latest)

    def _found_picks(self, principal: Principal, picks: PickedOrganizations) -> PickedOrganizations:
        found = set(self.opted_out.those_found(principal, (id for id, _ in picks.items)))
        return replace(picks, items=tuple(item for item in picks.items if item[0] in found))

    def _mentioning(self, repository: Repository[T], id: str) -> Iterator[T]:
        """Documents in which an id stands somewhere: the others, of everybody, are not read."""
        after: str | None = ""
        while after is not None:
            page = self.repositories.records.find(repository.kind, after=after, limit=200)
            yield from (repository.read(each).value for each in page.rows if id in each.body)
            after = page.after

    def _found_candidates(self, principal: Principal, interaction: Interaction) -> Interaction:
        ids = (each.candidate for each in interaction.shown)
        found = set(self.opted_out.those_found(principal, ids))
        shown = tuple(each for each in interaction.shown if each.candidate in found)
        return replace(interaction, shown=shown)

    def _introductions(self, organization: str) -> list[dict[str, Any]]:
        """Introductions as the organisation's own side sees them, without what may be done next."""
        views = IntroductionViews(self.store, self.repositories)
        return [
            _without(to_jsonable_python(views.view(stored, side)), "allowed", "awaited")
            for stored in self.repositories.introductions.iterate("organization", organization)
            for side in Side
            if stored.value.organization(side) == organization
        ]

    def _gatherings(self, principal: Principal, organization: str) -> list[dict[str, Any]]:
        """Gatherings with the parties that the principal is told of."""

        def read(after: str | None) -> Page[GatheringView]:
            return self.gatherings.listed(principal, organization=organization, after=after or "")

        return [
            _without(self.repositories.gatherings.plain(view.gathering), "convened_by")
            | {"parties": [[party, answer.value] for party, answer in view.parties]}
            for view in iterate(read)
        ]

    def _old_interactions(self) -> Iterator[_Old]:
        repository, before = self.repositories.interactions, self.clock() - self.keep_interactions
        old = [stored for stored in repository.iterate() if stored.value.at < before]
        for start in range(0, len(old), _COMMIT_SIZE):
            together = old[start : start + _COMMIT_SIZE]
            counts: Counter[tuple[str, str]] = Counter()
            for stored in together:
                interaction = stored.value
                name = f"{interaction.goal or 'unknown'} {interaction.kind}"
                is_list = interaction.kind is InteractionKind.IMPRESSION
                number = len(interaction.shown) if is_list else 1
                counts[f"interactions {interaction.at:%Y-%m}", name] += number
            yield len(together), counts, [repository.remove(stored) for stored in together]

    def _old_introductions(self) -> Iterator[_Old]:
        repository, before = self.repositories.introductions, self.clock() - self.keep_over
        for stored in list(repository.iterate("phase", "over")):
            introduction = stored.value
            if introduction.state not in FINAL or _ended(introduction) >= before:
                continue
            month = f"introductions {introduction.cluster} {introduction.created:%Y-%m}"
            counts = {(month, f"{introduction.goal} {introduction.state}"): 1}
            belonging: tuple[Repository[Any], ...] = (
                self.repositories.messages, self.repositories.appointments,
            )  # fmt: skip
            removals = [
                each.remove(document)
                for each in belonging
                for document in each.iterate("introduction", introduction.id)
            ]
            # Nobody could take a reference back of what nobody knows any more.
            references = self.repositories.references.many(
                [
                    reference_id(introduction.id, organization)
                    for organization in (introduction.seeker, introduction.candidate)
                ]
            )
            removals += map(self.repositories.references.remove, references.values())
            yield 1, counts, [repository.remove(stored), *removals]

    def _old_surveys(self) -> Iterator[_Old]:
        """Rounds that ended long ago, with their answers; confirmed ties stay in the graph."""
        repositories, before = self.repositories, (self.clock() - self.keep_over).date()
        for stored in list(repositories.surveys.iterate("state", SurveyState.CLOSED)):
            survey = stored.value
            if survey.deadline >= before:
                continue
            answers = list(repositories.survey_responses.iterate("round", survey.id))
            month = f"surveys {survey.cluster} {survey.created:%Y-%m}"
            given = sum(each.value.answered is not None for each in answers)
            counts = {(month, "asked"): len(survey.members), (month, "answered"): given}
            removals = [repositories.survey_responses.remove(each) for each in answers]
            yield 1, counts, [repositories.surveys.remove(stored), *removals]

    def _old_calls(self) -> Iterator[_Old]:
        """Calls that were decided long ago, with answers, questions and notes."""
        repositories, before = self.repositories, self.clock() - self.keep_over
        for state in (CallState.AWARDED, CallState.ENDED):
            for stored in list(repositories.calls.iterate("state", state)):
                call = stored.value
                if call.decided is None or call.decided >= before:
                    continue
                belonging: tuple[Repository[Any], ...] = (
                    repositories.call_answers, repositories.call_questions, repositories.call_notes,
                )  # fmt: skip
                parts = [
                    (each, part) for each in belonging for part in each.iterate("call", call.id)
                ]
                answers = sum(
                    each is repositories.call_answers and part.value.was_invited
                    for each, part in parts
                )
                month = f"calls {call.cluster} {call.created:%Y-%m}"
                counts = {(month, state.value): 1, (month, "invited"): answers}
                removals = [each.remove(part) for each, part in parts]
                yield 1, counts, [repositories.calls.remove(stored), *removals]

    def _old_invitations(self) -> Iterator[_Old]:
        """Invitations that nobody can take any more: an address of who may never have come."""
        repository, before = self.repositories.invitations, self.clock() - INVITATIONS_KEPT
        for stored in list(repository.iterate()):
            if stored.value.expires < before:
                yield 1, {}, [repository.remove(stored)]

    def _left_slots(self) -> Iterator[_Old]:
        """Slots that nobody takes, of organisations that are gone: an import taken back, a merge.

        They are there for who names one in that instant (`keep_organization`).
        """
        repository = self.repositories.slots
        free = [stored for stored in repository.iterate() if not stored.value.taken]
        for start in range(0, len(free), _COMMIT_SIZE):
            together = {stored.value.id: stored for stored in free[start : start + _COMMIT_SIZE]}
            known = self.store.organizations_by_id(tuple(together))
            left = [each for id, each in together.items() if id not in known or known[id].id != id]
            if left:
                yield len(left), {}, [repository.remove(stored) for stored in left]

    def _replace(self, counts: Mapping[tuple[str, str], int], changes: list[Change]) -> bool:
        for tally in sorted({tally for tally, _ in counts}):
            stored = self.repositories.monthly_counts.get_or_none(tally)
            total = Counter(dict(stored.value.counts) if stored else {})
            total.update({name: number for (of, name), number in counts.items() if of == tally})
            merged = MonthlyCounts(tally, tuple(sorted(total.items())))
            changes.append(
                self.repositories.monthly_counts.put(merged, stored.version if stored else 0)
            )
        try:
            self.repositories.records.commit(changes)
        except VersionConflict:
            return False  # changed meanwhile; it comes again
        return True

    def _delete(self, principal: Principal, account: Account) -> None:
        def remove(unit: UnitOfWork) -> None:
            repositories = self.repositories
            stored = repositories.accounts.get(account.id)
            keep_author(unit, repositories, principal, stored.value)
            self._keep_heirs(unit, stored.value)
            unit.add(repositories.accounts.remove(stored))
            owned: tuple[Repository[Any], ...] = (
                repositories.addresses, repositories.api_keys, repositories.notifications,
                repositories.sessions, repositories.long_questions,
                repositories.saved_searches,
            )  # fmt: skip
            for repository in owned:
                for belonging in repository.iterate("account", account.id):
                    unit.add(repository.remove(belonging))
            for channel in repositories.channels.iterate("owner", account.subject):
                unit.add(repositories.channels.remove(channel))
            pause_left(unit, repositories, account.id, None)
            for invitation in repositories.invitations.iterate("email", stored.value.email):
                unit.add(repositories.invitations.remove(invitation))
            for message in repositories.messages.iterate():
                if message.value.author == account.id:
                    nameless = replace(message.value, author=DEPARTED)
                    unit.add(repositories.messages.put(nameless, message.version))
            for note in repositories.call_notes.iterate("author", account.id):
                nameless_note = replace(note.value, author=DEPARTED)
                unit.add(repositories.call_notes.put(nameless_note, note.version))
            for call in repositories.calls.iterate("team", account.id):
                team = tuple(each for each in call.value.team if each.account != account.id)
                unit.add(repositories.calls.put(replace(call.value, team=team), call.version))
            # The log names people by an id that now means nobody.
            unit.log("account.deleted", account.subject)

        commit_changes(self.repositories.records, principal, self.clock, remove)

    def _keep_heirs(self, unit: UnitOfWork, account: Account) -> None:
        """An owner for each organisation that keeps members; not one who leaves meanwhile."""
        heirs: set[str] = set()
        for membership in account.memberships:
            if membership.role is not MembershipRole.OWNER:
                continue
            organization_id = membership.organization
            members = {member.id for member in self.accounts.of_organization(organization_id)}
            owners = set(self.accounts.owners(organization_id)) - {account.id}
            if members - {account.id} and not owners:
                raise WrongState(
                    "You are the last owner of an organisation with other members.",
                    mend="Make somebody else its owner first.",
                )
            if owners and not owners & heirs:
                heirs.add(min(owners))
        for heir in heirs:
            keep_account(unit, self.repositories, heir)


def _without(plain: dict[str, Any], *secrets: str) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if name not in secrets}


def _all(repository: Repository[Any], key: str = "", value: str = "") -> list[dict[str, Any]]:
    return [repository.plain(document) for document in repository.values(key, value)]


def _ended(introduction: Introduction) -> datetime:
    return introduction.steps[-1].at if introduction.steps else introduction.created
