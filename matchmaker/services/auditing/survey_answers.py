"""Tie surveys as a member answers them: by its personal link, or signed in for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import Cluster, Organization
from matchmaker.errors import InvalidInput, MatchmakerError, NotAllowed, NotFound, require_seen
from matchmaker.ingest.names import name_key
from matchmaker.services.auditing.survey_forms import SurveyForm, form_of, unknown_to
from matchmaker.services.auditing.survey_sync import SurveySync
from matchmaker.services.auditing.surveys import LINK_LIVES, LINK_PURPOSE, Surveys, figures_of
from matchmaker.services.directory.reconciliation import Reconciliation, ReconciliationQuery
from matchmaker.services.own_organizations import keep_organization
from matchmaker.services.unit_of_work import UnitOfWork, commit_changes
from matchmaker.workflow import survey as survey_workflow
from matchmaker.workflow.notification import NotificationKind, name_parameters
from matchmaker.workflow.survey import (
    FinalCounts,
    ReportedTie,
    SurveyAnswer,
    SurveyQuestion,
    SurveyResponse,
    SurveyRound,
    response_id,
)


@dataclass(frozen=True, slots=True)
class SurveyAnswers:
    """Use cases of those who answer: who acts for the member, or who has its link.

    Nobody else sees an answer: not coordinators, not administrators.
    """

    surveys: Surveys
    sync: SurveySync
    reconciliation: Reconciliation

    # -- by link, which ends with its round

    def form_of_link(self, token: str, sent: SurveyAnswer | None = None) -> SurveyForm:
        """The form behind a personal link, without any answer: who gave it has seen it, too.

        But with what was `sent` just now and is not kept.

        Raises InvalidInput for one that works no more, WrongState for a round that is over, or
        that an account has answered.
        """
        survey, response = self._of_link(token)
        return form_of(self.surveys, survey, response, hides_answers=True, by_link=True, sent=sent)

    def answer_by_link(
        self, token: str, answer: SurveyAnswer, seen: str | None = None
    ) -> SurveyForm:
        """Answer by a personal link; whoever acts for the member is told of it.

        The form shows what was sent now, and not who named the member. `seen` is as in `answer`.
        Raises InvalidInput, WrongState.
        """
        survey, response = self._of_link(token)
        actor = Principal(f"survey-link/{response.organization}")
        return self._answer(actor, survey, response.organization, answer, seen, response.link)

    def withdraw_by_link(self, token: str) -> SurveyForm:
        """Take the answer back that was given by a personal link, as `withdraw` does.

        Raises InvalidInput for a link that works no more, WrongState for a round that is over, or
        that an account has answered.
        """
        survey, response = self._of_link(token)
        actor = Principal(f"survey-link/{response.organization}")
        self._withdraw(actor, survey, response.organization, link=response.link)
        return self.form_of_link(token)

    # -- signed in

    def form(
        self, principal: Principal, id: str, organization_id: str, sent: SurveyAnswer | None = None
    ) -> SurveyForm:
        """The form of one's own organisation, also with what it `sent` and what is not kept.

        Raises NotAllowed, NotFound.
        """
        principal.require_known()
        survey = self._own(principal, id, organization_id)
        response = self.surveys.response(survey.id, organization_id).value
        return form_of(self.surveys, survey, response, sent=sent)

    def answer(
        self,
        principal: Principal,
        id: str,
        organization_id: str,
        answer: SurveyAnswer,
        seen: str | None = None,
    ) -> SurveyForm:
        """Answer for one's own organisation.

        `seen` is the mark of the response that was seen, None for whatever is there. Raises
        NotAllowed, NotFound, WrongState; also where a colleague answered since.
        """
        principal.require_writing()
        survey = self._own(principal, id, organization_id)
        return self._answer(principal, survey, organization_id, answer, seen)

    def withdraw(
        self, principal: Principal, id: str, organization_id: str, seen: str | None = None
    ) -> None:
        """Take one's answer back, after the end too; what it confirmed ends in the graph.

        Raises NotAllowed, NotFound; ChangedMeanwhile where another was `seen`.
        """
        principal.require_writing()
        self._withdraw(principal, self._own(principal, id, organization_id), organization_id, seen)

    # -- the parts

    def _withdraw(
        self,
        actor: Principal,
        survey: SurveyRound,
        organization_id: str,
        seen: str | None = None,
        link: int | None = None,
    ) -> None:
        repositories = self.surveys.repositories
        cluster = self.surveys.store.cluster(survey.cluster)

        def change(unit: UnitOfWork) -> None:
            stored = self.surveys.response(survey.id, organization_id)
            _require_link(stored.value, link)
            if stored.value.answered is None:
                return
            require_seen(seen, stored.value.mark)
            empty = survey_workflow.withdrawn(stored.value)
            self._keep_counts(unit, survey.id)
            unit.add(repositories.survey_responses.put(empty, stored.version))
            unit.log("survey.withdrawn", f"survey/{survey.id}", organization=organization_id)
            if link is not None:
                self._tell_own_people(unit, survey, organization_id, cluster)

        commit_changes(repositories.records, actor, self.surveys.clock, change)
        if repositories.survey_responses.get_or_none(response_id(survey.id, organization_id)):
            self.sync.write(response_id(survey.id, organization_id))

    def _keep_counts(self, unit: UnitOfWork, survey_id: str) -> None:
        """Keep the counts of a round that is over, before an answer goes."""
        stored = self.surveys.survey_of(survey_id)
        survey, today = stored.value, self.surveys.clock().date()
        if survey.final is not None or survey.is_open_on(today):
            return
        figures = figures_of(survey, self.surveys.responses(survey.id), is_open=False)
        if figures.outside is not None:
            kept = replace(survey, final=FinalCounts(figures.counts, figures.outside))
            unit.add(self.surveys.repositories.surveys.put(kept, stored.version))

    def _of_link(self, token: str) -> tuple[SurveyRound, SurveyResponse]:
        survey_id, organization_id, number = self.surveys.links.read(
            LINK_PURPOSE, token, LINK_LIVES
        )
        stored = self.surveys.repositories.surveys.get_or_none(str(survey_id))
        if stored is not None:
            survey_workflow.require_open(stored.value, self.surveys.clock().date())
            # The id may be an alias by now.
            known = self.surveys.store.organizations_by_id([str(organization_id)])
            for organization in known.values():
                response = self.surveys.response(stored.value.id, organization.id).value
                if response.link == number and organization.id in stored.value.members:
                    survey_workflow.require_of_link(response)
                    return stored.value, response
        raise _outdated()

    def _own(self, principal: Principal, id: str, organization_id: str) -> SurveyRound:
        survey = self.surveys.survey_of(id).value
        if organization_id in survey.members and principal.acts_for(organization_id):
            return survey
        is_leading = principal.admin or survey.cluster in principal.clusters
        if is_leading or any(principal.acts_for(member) for member in survey.members):
            raise NotAllowed("Only members of the organisation may answer for it.")
        raise NotFound("You have no survey '%(id)s'.", id=id)

    def _answer(
        self,
        actor: Principal,
        survey: SurveyRound,
        organization_id: str,
        sent: SurveyAnswer,
        seen: str | None = None,
        link: int | None = None,
    ) -> SurveyForm:
        answer = self._with_known_partners(survey, organization_id, sent)
        clock, repositories = self.surveys.clock, self.surveys.repositories
        survey_workflow.check_answer(survey, organization_id, answer, clock().year)
        cluster = self.surveys.store.cluster(survey.cluster)

        def change(unit: UnitOfWork) -> SurveyResponse:
            survey_workflow.require_open(self.surveys.survey_of(survey.id).value, unit.at.date())
            stored = self.surveys.response(survey.id, organization_id)
            _require_link(stored.value, link)
            by_link = link is not None
            # The same again, by a form that was sent twice; by a link that would tell who guesses.
            if by_link or not stored.value.says(answer):
                stored.value.require_seen(seen)
            after = survey_workflow.answered(stored.value, answer, unit.at, by_link=by_link)
            unit.add(repositories.survey_responses.put(after, stored.version))
            keep_organization(unit, repositories, self.surveys.store, organization_id)
            unit.log("survey.answered", f"survey/{survey.id}", organization=organization_id)
            self._ask_to_confirm(unit, survey, stored.value, after, cluster)
            if by_link:
                self._tell_own_people(unit, survey, organization_id, cluster)
            return after

        after = commit_changes(repositories.records, actor, clock, change)
        self.sync.write(after.id)
        return form_of(self.surveys, survey, after, by_link=link is not None)

    def _tell_own_people(
        self, unit: UnitOfWork, survey: SurveyRound, organization_id: str, cluster: Cluster
    ) -> None:
        """Tell who acts for a member that somebody did by its link."""
        self.surveys.outbox.notify(
            unit, "organization", organization_id, NotificationKind.SURVEY_ANSWERED_BY_LINK,
            f"survey/{survey.id}", name_parameters(cluster), once=True,
        )  # fmt: skip

    def _ask_to_confirm(
        self,
        unit: UnitOfWork,
        survey: SurveyRound,
        before: SurveyResponse,
        after: SurveyResponse,
        cluster: Cluster,
    ) -> None:
        """Tell those who answered already, and now are named for what they did not name."""
        named_before = {(tie.question, tie.partner) for tie in before.answer.ties}
        new = [
            tie
            for tie in after.answer.ties
            if tie.partner in survey.members and (tie.question, tie.partner) not in named_before
        ]
        others = self.surveys.repositories.survey_responses.many(
            [response_id(survey.id, tie.partner) for tie in new]
        )
        to_confirm = set[str]()
        for tie in new:
            other = others.get(response_id(survey.id, tie.partner))
            if other is None or other.value.answered is None:
                continue
            mentioned = other.value.answer.mentioned
            if after.organization in unknown_to(self.surveys, tie.partner):
                continue  # its form does not say who opted out, either
            if (tie.question.inverse, after.organization) not in mentioned:
                to_confirm.add(tie.partner)
        for id in sorted(to_confirm):
            self.surveys.outbox.notify(
                unit, "organization", id, NotificationKind.SURVEY_TIE_DECLARED,
                f"survey/{survey.id}", name_parameters(cluster), once=True,
            )  # fmt: skip

    def _with_known_partners(
        self, survey: SurveyRound, organization_id: str, answer: SurveyAnswer
    ) -> SurveyAnswer:
        """The answer with names of organisations that are known turned into their ids.

        Raises InvalidInput for an id that nobody has.
        """
        ids = [tie.partner for tie in answer.ties if tie.partner]
        ids += [denial.partner for denial in answer.denied]
        known = self.surveys.store.organizations_by_id([*ids, *survey.members])
        hidden = unknown_to(self.surveys, organization_id)
        for id in ids:
            if id not in known or known[id].id in hidden:
                raise InvalidInput("'%(id)s' is not known.", where="ties", id=id)
        asked = [known[id] for id in survey.members if id in known]
        ids_by_name = self._ids_of(
            {tie.name.strip() for tie in answer.ties} - {""},
            lambda: [
                row
                for row in (*asked, *self.surveys.members(survey.cluster))
                if row.id not in hidden
            ],
        )
        ties: dict[tuple[SurveyQuestion, str], ReportedTie] = {}
        for tie in answer.ties:
            name = tie.name.strip()
            id = known[tie.partner].id if tie.partner else ids_by_name.get(name, "")
            resolved = replace(tie, partner=id, name="" if id else name)
            if id == organization_id and name:
                continue  # who lists itself by name has not named a partner
            # Of a partner ticked and written as well the tick stays.
            ties.setdefault((resolved.question, id or name.casefold()), resolved)
        return replace(answer, ties=tuple(ties.values()))

    def _ids_of(
        self, names: set[str], roster: Callable[[], Sequence[Organization]]
    ) -> dict[str, str]:
        """Ids of those whom names mean: members by any name, else who is certain in the graph."""
        if not names:
            return {}
        members = _by_name(roster())
        ids_by_name = {name: members[name_key(name)] for name in names if name_key(name) in members}
        rest = sorted(names - set(ids_by_name))
        try:
            answers = self.reconciliation.candidates(
                [ReconciliationQuery(name, limit=2) for name in rest]
            )
        except MatchmakerError:  # no snapshot yet: they are kept as they are written
            return ids_by_name
        for name, candidates in zip(rest, answers, strict=True):
            sure = [
                candidate.described.organization.id
                for candidate in candidates
                if candidate.is_certain or candidate.fits_by_name
            ]
            if len(sure) == 1:
                ids_by_name[name] = sure[0]
        return ids_by_name


def _require_link(response: SurveyResponse, link: int | None) -> None:
    """Check that a link of this number, if any, may still change a member's part."""
    if link is None:
        return
    if link != response.link:
        raise _outdated()
    survey_workflow.require_of_link(response)


def _outdated() -> InvalidInput:
    return InvalidInput(
        "works no more: there is a newer one.", where="token", mend="Ask for a new link."
    )


def _by_name(rows: Iterable[Organization]) -> dict[str, str]:
    """Ids by the key of every name that only one of the rows has."""
    ids_by_name: dict[str, str] = {}
    twice = set[str]()
    for row in rows:
        for key in {name_key(name) for name in (row.name, row.name_en, *row.other_names) if name}:
            if ids_by_name.setdefault(key, row.id) != row.id:
                twice.add(key)
    return {key: id for key, id in ids_by_name.items() if key not in twice}
