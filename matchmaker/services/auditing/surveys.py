"""Tie surveys as a coordinator holds them: opening, links, reminders, figures, the end."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.domain import Cluster, NamedOrganization, Organization, is_within
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.naming import check_title
from matchmaker.services.own_organizations import keep_organizations, own_people_id
from matchmaker.services.people.links import Links
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.services.repositories import Repositories, Versioned
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore, Page, iterate
from matchmaker.workflow import survey as survey_workflow
from matchmaker.workflow.notification import NotificationKind, name_parameters
from matchmaker.workflow.survey import (
    FEWEST,
    REMINDED,
    SurveyCount,
    SurveyResponse,
    SurveyRound,
    SurveyState,
    SurveyTie,
    response_id,
)

# A link lives as long as its round may, and a day for clocks that differ.
LINK_PURPOSE = "survey"
LINK_LIVES = survey_workflow.LONGEST + timedelta(days=2)
_REQUESTS = (NotificationKind.SURVEY_OPENED, NotificationKind.SURVEY_CLOSES)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SurveyMember:
    """A member of a round: when it answered (None: not yet), and whether somebody acts for it."""

    organization: NamedOrganization
    answered: datetime.datetime | None
    has_people: bool


@dataclass(frozen=True, slots=True)
class SurveyFigures:
    """Counts of a round so far.

    `counts` and `outside` (partners named who are not in the graph) are empty and None while
    fewer than `FEWEST` have answered: they could tell what one firm said. So could their change
    with the next answer: they are there once the round is over, and stay as they were then where
    an answer is taken back.
    """

    asked: int
    answered: int
    counts: tuple[SurveyCount, ...]
    outside: int | None

    @property
    def response_rate(self) -> float:
        """Answered over asked."""
        return self.answered / self.asked


@dataclass(frozen=True, slots=True)
class SurveyView:
    """A round as its coordinators see it: figures and who has answered, no row of anybody."""

    survey: SurveyRound
    figures: SurveyFigures
    members: tuple[SurveyMember, ...]
    is_open: bool


@dataclass(frozen=True, slots=True)
class SurveyLink:
    """The personal link of one member, to be given to it and to nobody else."""

    organization: NamedOrganization
    url: str


@dataclass(frozen=True, slots=True)
class SurveyTies:
    """Ties that coordinators may see one by one, with the names of their ends by id."""

    ties: tuple[SurveyTie, ...]
    names: dict[str, NamedOrganization]


@dataclass(frozen=True, slots=True)
class Surveys:
    """Use cases of a cluster's coordinators. Strangers to a round get NotFound."""

    store: GraphStore
    repositories: Repositories
    outbox: NotificationOutbox
    links: Links
    clock: Clock

    def open(self, principal: Principal, survey: SurveyRound) -> SurveyView:
        """Open a round; members with an account are told. All members where none are named.

        Raises NotAllowed, NotFound, InvalidInput.
        """
        principal.require_writing()
        principal.require_coordinator(survey.cluster)
        cluster = self.store.cluster(survey.cluster)
        survey_workflow.check_opening(survey, self.clock().date())
        check_title(survey.title)
        commit_changes(
            self.repositories.records,
            principal,
            self.clock,
            lambda unit: self._open(unit, survey, cluster),
        )
        return self.show(principal, survey.id)

    def _open(self, unit: UnitOfWork, survey: SurveyRound, cluster: Cluster) -> None:
        """Open it for those who are members by now, under their own ids, who stay there."""
        known = self.store.organizations_by_id(survey.members)
        own = (known[each].id if each in known else each for each in survey.members)
        opened = replace(survey, members=tuple(dict.fromkeys(own)))
        belonging = frozenset(self.member_ids(cluster.id))
        for id in opened.members:
            if id not in belonging:
                raise InvalidInput("'%(id)s' is no member of the cluster.", where="members", id=id)
        keep_organizations(unit, self.repositories, self.store, opened.members)
        unit.add(self.repositories.surveys.put(opened))
        unit.log("survey.opened", f"survey/{survey.id}", cluster=cluster.id)
        for id in opened.members:
            self._notify(unit, opened, id, NotificationKind.SURVEY_OPENED, cluster)

    def members(self, cluster_id: str) -> list[Organization]:
        """A cluster's members of today, in order: who has left is not asked."""
        every = list(iterate(lambda after: self.store.members(cluster_id, after, 500)))
        rows = self.store.memberships_in(cluster_id, [member.id for member in every])
        day = self.clock().date()
        there = {row.organization for row in rows if is_within(row.since, row.until, day)}
        return [member for member in every if member.id in there]

    def member_ids(self, cluster_id: str) -> list[str]:
        """Their ids."""
        return [member.id for member in self.members(cluster_id)]

    def listed(
        self, principal: Principal, cluster_id: str, after: str = "", limit: int = 50
    ) -> Page[SurveyRound]:
        """Rounds of a cluster, newest first. Raises NotAllowed, NotFound."""
        principal.require_coordinator(cluster_id)
        id = self.store.cluster(cluster_id).id
        page = self.repositories.surveys.page(
            "cluster", id, after=after, limit=limit, newest_first=True
        )
        return Page(tuple(stored.value for stored in page.rows), page.after)

    def show(self, principal: Principal, id: str) -> SurveyView:
        """A round with its figures so far. Raises NotFound."""
        survey = self._visible(principal, id).value
        responses = self.responses(survey.id)
        organizations = self.store.organizations_by_id(survey.members)
        times = {response.organization: response.answered for response in responses}
        reached = self._reached()
        members = tuple(
            SurveyMember(organizations[member].named, times.get(member), member in reached)
            for member in survey.members
            if member in organizations
        )
        is_open = survey.is_open_on(self.clock().date())
        figures = figures_of(survey, responses, is_open=is_open)
        return SurveyView(survey, figures, members, is_open)

    def ties(self, principal: Principal, id: str) -> SurveyTies:
        """Confirmed ties, and those of firms that agreed to show theirs. Raises NotFound."""
        survey = self._visible(principal, id).value
        responses = self.responses(survey.id)
        agreeing = {each.organization: each.answer.shows_rows for each in responses}
        ties = survey_workflow.visible_ties(survey_workflow.survey_ties(responses), agreeing)
        ends = {end for tie in ties for end in (tie.key.source, tie.key.target)}
        organizations = self.store.organizations_by_id(sorted(ends))
        return SurveyTies(ties, {id: row.named for id, row in organizations.items()})

    def link(
        self, principal: Principal, id: str, organization_id: str, *, renew: bool = False
    ) -> SurveyLink:
        """The personal link of one member; with `renew` a new one, and the old works no more.

        Raises NotFound, NotAllowed, WrongState for a round that is over, or that it has answered.
        """
        principal.require_writing()
        survey = self._visible(principal, id).value
        survey_workflow.require_open(survey, self.clock().date())
        organization = self.store.organizations_by_id([organization_id]).get(organization_id)
        if organization is None or organization.id not in survey.members:
            raise NotFound("'%(id)s' is not asked in this survey.", id=organization_id)

        def change(unit: UnitOfWork) -> int:
            stored = self.response(survey.id, organization.id)
            survey_workflow.require_unanswered(stored.value)
            number = stored.value.link + renew
            if renew:
                renewed = replace(stored.value, link=number)
                unit.add(self.repositories.survey_responses.put(renewed, stored.version))
            action = "survey.link_renewed" if renew else "survey.link_shown"
            unit.log(action, f"survey/{survey.id}", organization=organization.id)
            return number

        number = commit_changes(self.repositories.records, principal, self.clock, change)
        return self._link(survey, organization, number)

    def link_sheet(self, principal: Principal, id: str) -> tuple[SurveyLink, ...]:
        """The links of all members that have not answered, to be printed and handed out.

        Raises NotFound, NotAllowed, WrongState for a round that is over.
        """
        principal.require_writing()
        survey = self._visible(principal, id).value
        survey_workflow.require_open(survey, self.clock().date())
        given = {response.organization: response for response in self.responses(survey.id)}
        organizations = self.store.organizations_by_id(survey.members)
        unit = UnitOfWork.of(principal, self.clock())
        unit.log("survey.links_shown", f"survey/{survey.id}")
        unit.commit(self.repositories.records)
        return tuple(
            self._link(survey, organizations[member], response.link if response else 1)
            for member in survey.members
            if member in organizations
            and not ((response := given.get(member)) and response.answered)
        )

    def remind(self, principal: Principal, id: str) -> int:
        """Remind every member that has an account and has not answered; how many members.

        Raises NotFound, NotAllowed, WrongState for a round that is over.
        """
        principal.require_writing()
        survey = self._visible(principal, id).value
        survey_workflow.require_open(survey, self.clock().date())
        return self._remind(principal, survey.id)

    def close(self, principal: Principal, id: str) -> SurveyView:
        """Take no more answers; every link ends. Raises NotFound, NotAllowed."""
        principal.require_writing()
        self._visible(principal, id)
        self._change(principal, id, _closed)
        return self.show(principal, id)

    def work_due(self) -> int:
        """Close rounds whose last day has passed and remind before that day; of how many rounds.

        One of a cluster that is gone keeps no other one from it.
        """
        done = 0
        for survey in list(self.repositories.surveys.values("state", SurveyState.OPEN)):
            try:
                done += self._is_worked(survey)
            except NotFound as error:
                log.warning("survey not reminded of", id=survey.id, error=str(error.message))
        return done

    def _is_worked(self, survey: SurveyRound) -> bool:
        today = self.clock().date()
        if not survey.is_open_on(today):
            self._change(SYSTEM, survey.id, _closed)
            return True
        left = (survey.deadline - today).days
        due = {days for days in REMINDED if days >= left} - set(survey.reminded)
        if due:
            # Of reminders that were missed one is enough.
            self._remind(SYSTEM, survey.id, due)
        return bool(due)

    # -- for those who answer

    def waiting_for(self, principal: Principal, organization_id: str) -> list[SurveyRound]:
        """Open rounds that one's own organisation has not answered, the next to end first.

        Raises NotAllowed, NotFound.
        """
        own = own_people_id(self.store, principal, organization_id)
        today = self.clock().date()
        rounds = [
            survey
            for survey in self.repositories.surveys.values("member", own)
            if survey.is_open_on(today)
        ]
        parts = self.repositories.survey_responses.many(
            [response_id(survey.id, own) for survey in rounds]
        )
        answered = {each.value.round for each in parts.values() if each.value.answered}
        return sorted(
            (survey for survey in rounds if survey.id not in answered),
            key=lambda survey: (survey.deadline, survey.id),
        )

    def survey_of(self, id: str) -> Versioned[SurveyRound]:
        """A round. Raises NotFound."""
        stored = self.repositories.surveys.get_or_none(id)
        if stored is None:
            raise NotFound("You have no survey '%(id)s'.", id=id)
        return stored

    def response(self, survey: str, organization: str) -> Versioned[SurveyResponse]:
        """A member's part in a round; version 0 where it has none yet."""
        id = response_id(survey, organization)
        stored = self.repositories.survey_responses.get_or_none(id)
        return stored or Versioned(SurveyResponse(id, survey, organization), 0)

    def responses(self, survey: str) -> list[SurveyResponse]:
        """All parts of a round."""
        return list(self.repositories.survey_responses.values("round", survey))

    # -- the parts

    def _link(self, survey: SurveyRound, organization: Organization, number: int) -> SurveyLink:
        token = self.links.token(LINK_PURPOSE, [survey.id, organization.id, number])
        return SurveyLink(organization.named, self.links.url("survey", token))

    def _visible(self, principal: Principal, id: str) -> Versioned[SurveyRound]:
        principal.require_known()
        stored = self.survey_of(id)
        if not (principal.admin or stored.value.cluster in principal.clusters):
            raise NotFound("You have no survey '%(id)s'.", id=id)
        return stored

    def _change(
        self, principal: Principal, id: str, change: Callable[[SurveyRound], SurveyRound]
    ) -> None:
        def attempt(unit: UnitOfWork) -> None:
            stored = self.survey_of(id)
            after = change(stored.value)
            if after != stored.value:
                unit.add(self.repositories.surveys.put(after, stored.version))
                unit.log(f"survey.{after.state}", f"survey/{id}")
                if after.state is SurveyState.CLOSED:
                    self._take_back_requests(unit, id)

        commit_changes(self.repositories.records, principal, self.clock, attempt)

    def _take_back_requests(self, unit: UnitOfWork, id: str) -> None:
        """Of a round that is over nobody is asked for an answer any more, nor by a letter."""
        for stored in self.repositories.notifications.iterate("subject", f"survey/{id}"):
            asked = stored.value
            if asked.kind in _REQUESTS and not asked.read:
                read = replace(asked, read=True)
                unit.add(self.repositories.notifications.put(read, stored.version))

    def _remind(self, principal: Principal, id: str, marks: Iterable[int] = ()) -> int:
        def attempt(unit: UnitOfWork) -> int:
            stored = self.survey_of(id)
            survey = stored.value
            answered = {each.organization for each in self.responses(id) if each.answered}
            silent = [member for member in survey.members if member not in answered]
            has_people = self._reached()
            reached = [member for member in silent if member in has_people]
            cluster = self.store.cluster(survey.cluster)
            for member in reached:
                self._notify(unit, survey, member, NotificationKind.SURVEY_CLOSES, cluster)
            reminded = tuple(sorted({*survey.reminded, *marks}, reverse=True))
            if reminded != survey.reminded:
                marked = replace(survey, reminded=reminded)
                unit.add(self.repositories.surveys.put(marked, stored.version))
            unit.log("survey.reminded", f"survey/{id}", members=str(len(reached)))
            unit.tell(members=str(len(reached)))
            return len(reached)

        return commit_changes(self.repositories.records, principal, self.clock, attempt)

    def _notify(
        self,
        unit: UnitOfWork,
        survey: SurveyRound,
        organization: str,
        kind: NotificationKind,
        cluster: Cluster,
    ) -> None:
        facts = {**name_parameters(cluster), "time": survey.deadline.isoformat()}
        subject = f"survey/{survey.id}"
        once = kind is not NotificationKind.SURVEY_OPENED  # of a new round nobody knows yet
        self.outbox.notify(unit, "organization", organization, kind, subject, facts, once=once)

    def _reached(self) -> set[str]:
        """Organisations for which somebody acts."""
        return {
            membership.organization
            for account in self.repositories.accounts.values()
            if account.active
            for membership in account.memberships
        }


def _closed(survey: SurveyRound) -> SurveyRound:
    return replace(survey, state=SurveyState.CLOSED)


def figures_of(
    survey: SurveyRound, responses: Sequence[SurveyResponse], *, is_open: bool
) -> SurveyFigures:
    """Counts of a round's answers; none while it is open, or where too few answered."""
    given = [response for response in responses if response.answered]
    if survey.final is not None:
        final = survey.final
        return SurveyFigures(len(survey.members), len(given), final.counts, final.outside)
    if is_open or len(given) < FEWEST:
        return SurveyFigures(len(survey.members), len(given), (), None)
    layers = [question.layer for question in survey.questions]
    outside = {tie.name.casefold() for each in given for tie in each.answer.ties if tie.name}
    counts = survey_workflow.counts_of(survey_workflow.survey_ties(given), layers)
    return SurveyFigures(len(survey.members), len(given), counts, len(outside))
