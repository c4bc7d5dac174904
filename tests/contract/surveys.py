"""Tie surveys on any store: a cluster of four firms and a lab, asked in one round."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from matchmaker.access import Principal
from matchmaker.mail import Mailer
from matchmaker.services.auditing.survey_answers import SurveyAnswers
from matchmaker.services.auditing.survey_sync import SurveySync
from matchmaker.services.auditing.surveys import Surveys
from matchmaker.services.directory.reconciliation import Reconciliation
from matchmaker.services.people.links import Links
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.settings import Settings
from matchmaker.snapshot.load import SnapshotReader
from matchmaker.store.documents import new_id
from matchmaker.workflow.survey import ReportedTie, SurveyAnswer, SurveyQuestion, SurveyRound
from tests.contract.cooperation import FIRMS, LAB, START, Cooperation

Q = SurveyQuestion
MEMBERS = (*FIRMS, LAB)


@dataclass
class SurveyWorld:
    """A cluster of four firms and a lab, its coordinator, and one open round."""

    base: Cooperation
    surveys: Surveys
    answers: SurveyAnswers
    coordinator: Principal
    round: str
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def answer(self, organization: str, *ties: ReportedTie, **more: object) -> None:
        """By personal link, as somebody without an account does."""
        self.answers.answer_by_link(self.token(organization), SurveyAnswer(ties, **more))

    def token(self, organization: str, *, renew: bool = False) -> str:
        """Of the member's link, as it was handed on: no other is made of who has answered."""
        part = (self.round, organization)
        if renew or part not in self.tokens:
            link = self.surveys.link(self.coordinator, self.round, organization, renew=renew)
            self.tokens[part] = link.url.partition("token=")[2]
        return self.tokens[part]

    def ties(self, organization: str) -> list:
        """Of the graph, that the survey brought and that still hold."""
        around = self.base.store.neighborhood(organization, 1, 100)
        return [tie for tie in around.ties if tie.provenance.source == "survey" and not tie.ended]

    def another_round(
        self,
        days: int = 14,
        questions: tuple[SurveyQuestion, ...] = (Q.BUYS_FROM, Q.SELLS_TO),
        members: tuple[str, ...] = MEMBERS,
    ) -> str:
        """A second round, of the same members where none are named."""
        now = self.base.clock()
        made = SurveyRound(
            new_id(), "t:c", "Again", questions, members,
            now.date() + timedelta(days=days), "x", now,
        )  # fmt: skip
        return self.surveys.open(self.coordinator, made).survey.id


def survey_world(base: Cooperation, folder: Path) -> SurveyWorld:
    """The services of surveys on the store of `base`, and a round of all members."""
    world = surveys_again(base, folder, base.coordinator(), "")
    made = SurveyRound(
        new_id(), "t:c", "Who", (Q.BUYS_FROM, Q.SELLS_TO, Q.RESEARCHES_WITH), MEMBERS,
        START.date() + timedelta(days=14), world.coordinator.subject, START,
    )  # fmt: skip
    world.surveys.open(world.coordinator, made)
    world.round = made.id
    return world


def surveys_again(
    base: Cooperation, folder: Path, coordinator: Principal, survey: str
) -> SurveyWorld:
    """The same services on a store as it is, with a round that is there."""
    settings = Settings(data_dir=folder, store="", _env_file=None)
    links = Links(lambda: "a secret of the tests", lambda: "https://m.example", Mailer(settings))
    outbox = NotificationOutbox(base.repositories)
    surveys = Surveys(base.store, base.repositories, outbox, links, base.clock)
    sync = SurveySync(base.store, base.repositories, base.clock)
    reconciliation = Reconciliation(base.store, SnapshotReader(folder / "none"))
    answers = SurveyAnswers(surveys, sync, reconciliation)
    return SurveyWorld(base, surveys, answers, coordinator, survey)
