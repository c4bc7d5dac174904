"""Documents that name an organisation, when it is merged into another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from matchmaker.errors import InvalidInput
from matchmaker.services.people.untold_notices import untold_notices
from matchmaker.services.picked_organizations import PickedOrganizations
from matchmaker.services.repositories import (
    Repositories,
    Repository,
    Versioned,
    pair_id,
    reference_id,
)
from matchmaker.store.changes import Change
from matchmaker.workflow.account import Account, AccountMembership, Invitation
from matchmaker.workflow.call import Call
from matchmaker.workflow.call_answer import CallAnswer, answer_id
from matchmaker.workflow.gathering import Gathering, InvitationAnswer
from matchmaker.workflow.interactions import Assignment, Interaction, Slots
from matchmaker.workflow.introduction import Introduction
from matchmaker.workflow.job import NotDuplicate
from matchmaker.workflow.survey import SurveyResponse, SurveyRound, response_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DocumentMerge:
    """All that has to change for documents to name `kept` where they name `gone`.

    What both organisations did with each other (introductions that are over, what chance
    answered) stays as it is: nobody has dealings with itself, and `gone` leads to `kept`.
    Impressions keep whom they showed. The people of `gone`, whom it invited and its webhooks come
    along where nobody acts for `kept` and an administrator says so (`brings_people`), else they
    have no place there: who brought a look-alike in would act for the real one.
    """

    repositories: Repositories
    gone: str
    kept: str
    brings_people: bool

    def changes(self) -> list[Change]:
        """For one commit."""
        repositories = self.repositories
        changes = [
            *self._named(repositories.accounts, self._account),
            *self._untold(),
            *self._invitations(),
            *self._named(repositories.introductions, self._introduction),
            *self._named(repositories.postings, self._of_organization),
            *self._named(repositories.gatherings, self._gathering),
            *self._named(repositories.surveys, self._survey, "member"),
            *self._named(repositories.survey_responses, self._survey_partners, "partner"),
            *self._survey_responses(),
            *self._calls(),
            *self._call_answers(),
            *self._named(repositories.call_questions, self._of_organization),
            *self._named(repositories.call_notes, self._of_organization),
            *self._named(repositories.certificates, self._of_organization),
            *self._named(repositories.imports, self._of_organization),
            *self._named(repositories.submitted_lists, self._of_organization),
            *self._references(),
            *self._hooks(),
            *self._saved_searches(),
            *self._named(repositories.assignments, self._assignment),
            *self._named(repositories.interactions, self._interaction, "seeker"),
            *self._not_duplicates(),
            *self._lists(),
            *self._programme_alerts(),
            *self._files_taken(),
        ]
        for introduction in repositories.introductions.values("organization", self.gone):
            messages = repositories.messages.iterate("introduction", introduction.id)
            for message in messages:
                changes += self._change(
                    repositories.messages, message, self._of_organization(message.value)
                )
        return changes

    def emptied_slots(self) -> Change:
        """Nobody is merged with introductions under way, so no slot is taken.

        To be read before the introductions are, and written even where there was nothing: who
        proposes meanwhile writes the slots too, and one of the two begins anew.
        """
        slots = self.repositories.slots
        stored = slots.get_or_none(self.gone)
        return slots.remove(stored) if stored else slots.put(Slots(self.gone))

    def _invitations(self) -> Iterator[Change]:
        repository = self.repositories.invitations
        if self.brings_people:
            yield from self._named(repository, self._moved_invitation)
            return
        for stored in repository.iterate("organization", self.gone):
            yield repository.remove(stored)

    def _untold(self) -> Iterator[Change]:
        """What the people of who is gone have not read goes with their place, or comes along."""
        notifications = self.repositories.notifications
        gone, kept = f"organization/{self.gone}", f"organization/{self.kept}"
        for account in self.repositories.accounts.values("organization", self.gone):
            if not (self.brings_people or account.principal().acts_for(self.kept)):
                yield from untold_notices(self.repositories, account.id, gone)
                continue
            for stored in notifications.iterate("unread", account.id):
                if stored.value.told_for == gone:
                    yield notifications.put(replace(stored.value, told_for=kept), stored.version)

    def _hooks(self) -> Iterator[Change]:
        repository = self.repositories.hooks
        if self.brings_people:
            yield from self._named(repository, self._of_organization)
            return
        for stored in repository.iterate("organization", self.gone):
            yield repository.remove(stored)

    def _saved_searches(self) -> Iterator[Change]:
        """Those of people who have a place at `kept` afterwards; the others' go.

        Whom any search told of was seen, under whichever id.
        """
        repository = self.repositories.saved_searches
        there = {row.id for row in self.repositories.accounts.values("organization", self.kept)}
        for stored in repository.iterate():
            search = stored.value
            if search.organization == self.gone and not (
                self.brings_people or search.account in there
            ):
                yield repository.remove(stored)
                continue
            told, latest = (
                tuple(dict.fromkeys(map(self._id, ids))) for ids in (search.told, search.latest)
            )
            moved = replace(self._of_organization(search), told=told, latest=latest)
            yield from self._change(repository, stored, moved)

    # -- finding them

    def _named(
        self, repository: Repository[T], moved: Callable[[T], T], key: str = "organization"
    ) -> Iterator[Change]:
        for stored in repository.iterate(key, self.gone):
            yield from self._change(repository, stored, moved(stored.value))

    def _change(
        self, repository: Repository[T], stored: Versioned[T], moved: T
    ) -> Iterator[Change]:
        """Written where it is, or under its new id; what is there already stays."""
        if moved == stored.value:
            return
        id = moved.id  # type: ignore[attr-defined]
        if id == stored.value.id:  # type: ignore[attr-defined]
            yield repository.put(moved, stored.version)
            return
        yield repository.remove(stored)
        if repository.get_or_none(id) is None:
            yield repository.put(moved)

    def _survey_responses(self) -> Iterator[Change]:
        """The answers of who is gone, where who is kept has not answered in the same round."""
        repository = self.repositories.survey_responses
        for stored in repository.iterate("organization", self.gone):
            response = stored.value
            yield repository.remove(stored)
            id = response_id(response.round, self.kept)
            kept = repository.get_or_none(id)
            if kept is None or (kept.value.answered is None and response.answered):
                moved = replace(
                    self._survey_partners(response), id=id, organization=self.kept, pending=True
                )
                yield repository.put(moved, kept.version if kept else 0)

    def _calls(self) -> Iterator[Change]:
        """Calls that who is gone made, or has a part in."""
        repositories = self.repositories
        parts = self._parts_of(self.gone)
        calls = repositories.calls.many([part.value.call for part in parts])
        for stored in repositories.calls.iterate("organization", self.gone):
            calls[stored.value.id] = stored
        for stored in calls.values():
            yield from self._change(repositories.calls, stored, self._call(stored.value))

    def _call_answers(self) -> Iterator[Change]:
        """The answers of who is gone; of two parts in the same call the one that went further.

        Nobody answers a call of its own.
        """
        repository = self.repositories.call_answers
        calls = self.repositories.calls
        for own in (self.gone, self.kept):
            for stored in self._parts_of(own):
                call = calls.get_or_none(stored.value.call)
                if call is not None and self.kept in self._call(call.value).callers:
                    yield repository.remove(stored)
                elif own == self.gone:
                    id = answer_id(stored.value.call, self.kept)
                    moved = replace(stored.value, id=id, organization=self.kept)
                    there = repository.get_or_none(id)
                    yield repository.remove(stored)
                    if there is None or moved.went_further_than(there.value):
                        yield repository.put(moved, there.version if there else 0)

    def _parts_of(self, organization: str) -> list[Versioned[CallAnswer]]:
        """Its parts in calls, invitations that were kept back from it among them."""
        repository = self.repositories.call_answers
        return [
            stored
            for key in ("organization", "kept_from")
            for stored in repository.iterate(key, organization)
        ]

    def _references(self) -> Iterator[Change]:
        """What others let who is gone count, and it them; nobody gives references of itself."""
        repository = self.repositories.references
        for key in ("organization", "about"):
            for stored in repository.iterate(key, self.gone):
                given, about = self._id(stored.value.organization), self._id(stored.value.about)
                if given == about:
                    yield repository.remove(stored)
                    continue
                id = reference_id(stored.value.introduction, given)
                moved = replace(stored.value, id=id, organization=given, about=about)
                yield from self._change(repository, stored, moved)

    def _programme_alerts(self) -> Iterator[Change]:
        """What who is gone was told of and chose counts where who is kept has nothing noted."""
        repository = self.repositories.programme_alerts
        gone = repository.get_or_none(self.gone)
        if gone is None:
            return
        kept = repository.get_or_none(self.kept)
        merged = replace(gone.value, id=self.kept)
        for mark in kept.value.marks if kept else ():
            merged = merged.with_mark(mark)
        if kept is not None:
            merged = replace(merged, told_at=kept.value.told_at or merged.told_at)
        yield repository.remove(gone)
        yield repository.put(merged, kept.version if kept else 0)

    def _files_taken(self) -> Iterator[Change]:
        """What the files of both take is counted anew when the next is sent."""
        repository = self.repositories.files_taken
        for stored in repository.many((self.gone, self.kept)).values():
            yield repository.remove(stored)

    def _not_duplicates(self) -> Iterator[Change]:
        repository = self.repositories.not_duplicates
        for stored in repository.iterate():
            pair = stored.value
            if self.gone not in (pair.first, pair.second):
                continue
            first, second = sorted((self._id(pair.first), self._id(pair.second)))
            if first == second:
                yield repository.remove(stored)
            else:
                moved = NotDuplicate(f"{first} {second}", first, second)
                yield from self._change(repository, stored, moved)

    def _lists(self) -> Iterator[Change]:
        """Whom others saved or dismissed, and the lists of the two, which become one."""
        repository = self.repositories.lists
        lists = {stored.value.id: stored for stored in repository.iterate()}
        for id, stored in lists.items():
            kind, _, owner = id.partition(" ")
            kept_id, gone_list = f"{kind} {self.kept}", lists.get(f"{kind} {self.gone}")
            items = self._items(stored.value)
            if owner == self.gone:
                yield repository.remove(stored)
                if kept_id not in lists:
                    yield repository.put(PickedOrganizations(kept_id, tuple(items.items())))
                continue
            if owner == self.kept and gone_list is not None:
                items = self._items(gone_list.value) | items
            moved = replace(stored.value, items=tuple(items.items()))
            yield from self._change(repository, stored, moved)

    # -- each kind

    def _id(self, id: str) -> str:
        return self.kept if id == self.gone else id

    def _of_organization(self, value: T) -> T:
        organization = value.organization  # type: ignore[attr-defined]
        return replace(value, organization=self._id(organization))  # type: ignore[type-var]

    def _account(self, account: Account) -> Account:
        """With its place changed, and so with its sessions and keys ended."""
        roles = {membership.organization: membership.role for membership in account.memberships}
        role = roles.pop(self.gone)
        comes_by_it = self.brings_people and self.kept not in roles
        if self.brings_people:
            roles.setdefault(self.kept, role)
        memberships = tuple(AccountMembership(id, role) for id, role in roles.items())
        given = tuple(
            self._of_organization(place)
            for place in account.given_by_key
            if comes_by_it or place.organization != self.gone
        )
        return replace(account.ended(), memberships=memberships, given_by_key=given)

    def _moved_invitation(self, invitation: Invitation) -> Invitation:
        if invitation.membership is None:
            return invitation
        return replace(invitation, membership=self._of_organization(invitation.membership))

    def _introduction(self, introduction: Introduction) -> Introduction:
        seeker, candidate = self._id(introduction.seeker), self._id(introduction.candidate)
        if seeker == candidate:
            return introduction
        return replace(introduction, seeker=seeker, candidate=candidate)

    def _gathering(self, gathering: Gathering) -> Gathering:
        """One that would then be too small stays as it is."""
        answers: dict[str, InvitationAnswer] = {}
        for id, answer in gathering.parties:
            before = answers.get(self._id(id))
            answers[self._id(id)] = before if before is InvitationAnswer.JOINED else answer
        meetings = tuple(
            replace(meeting, present=tuple(dict.fromkeys(map(self._id, meeting.present))))
            for meeting in gathering.meetings
        )
        try:
            return replace(
                gathering,
                parties=tuple(answers.items()),
                lead=self._id(gathering.lead),
                meetings=meetings,
            )
        except InvalidInput:
            return gathering

    def _call(self, call: Call) -> Call:
        """One that both make is made by one; who is on its shortlist stays on it."""
        own = self._id(call.organization)
        partners = dict.fromkeys(map(self._id, call.partners))
        partners.pop(own, None)
        shortlist = tuple(dict.fromkeys(map(self._id, call.shortlist)))
        return replace(call, organization=own, partners=tuple(partners), shortlist=shortlist)

    def _survey(self, survey: SurveyRound) -> SurveyRound:
        """One that would then ask too few stays as it is."""
        try:
            members = tuple(dict.fromkeys(map(self._id, survey.members)))
            return replace(survey, members=members)
        except InvalidInput:
            return survey

    def _survey_partners(self, response: SurveyResponse) -> SurveyResponse:
        """An answer that names `kept`, once for each question, and never itself."""
        own, answer = self._id(response.organization), response.answer
        ties = {
            (tie.question, self._id(tie.partner), tie.name): replace(
                tie, partner=self._id(tie.partner)
            )
            for tie in answer.ties
            if self._id(tie.partner) != own
        }
        denied = tuple(
            dict.fromkeys(replace(no, partner=self._id(no.partner)) for no in answer.denied)
        )
        return replace(response, answer=replace(answer, ties=tuple(ties.values()), denied=denied))

    def _interaction(self, interaction: Interaction) -> Interaction:
        return replace(interaction, seeker=self.kept)

    def _assignment(self, assignment: Assignment) -> Assignment:
        seeker, candidate = self._id(assignment.seeker), self._id(assignment.candidate)
        if seeker == candidate:
            return assignment
        id = f"{assignment.cluster} {pair_id(seeker, candidate, assignment.goal)}"
        return replace(assignment, id=id, seeker=seeker, candidate=candidate)

    def _items(self, picks: PickedOrganizations) -> dict[str, str]:
        """Whom a list names, with the reasons; nobody names itself."""
        items = {self._id(id): reason for id, reason in picks.items}
        items.pop(self._id(picks.id.partition(" ")[2]), None)
        return items
