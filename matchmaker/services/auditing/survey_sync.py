"""Ties that both sides confirmed become ties of the graph, and end there when denied.

The intention is committed with the answer and carried out afterwards; a tie has one id for all
rounds, so that writing it twice changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date

import structlog

from matchmaker.access import SYSTEM
from matchmaker.domain import DatePrecision, GraphRows, Provenance, SourceTier, Tie
from matchmaker.errors import MatchmakerError
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.survey import (
    SurveyResponse,
    SurveyTie,
    TieKey,
    TieStatus,
    key_of,
    response_id,
    survey_ties,
)

log = structlog.get_logger(__name__)
SOURCE = "survey"
_NEIGHBOURS = 1_000


@dataclass(frozen=True, slots=True)
class SurveySync:
    """Writes what answers confirm into the graph."""

    store: GraphStore
    repositories: Repositories
    clock: Clock

    def write(self, id: str) -> bool:
        """Write an answer's confirmed ties; what fails now is tried again by `write_pending`."""
        try:
            self._write(id)
        except MatchmakerError as error:
            log.warning("survey not in the graph yet", response=id, error=str(error.message))
            return False
        return True

    def write_pending(self) -> int:
        """Write all answers that a process ended before writing; how many were."""
        pending = list(self.repositories.survey_responses.values("pending", "yes"))
        return sum(self.write(response.id) for response in pending)

    def _write(self, id: str) -> None:
        repository = self.repositories.survey_responses
        response = repository.get(id).value
        if not response.pending:
            return
        # Until the graph says what is answered by then: who takes an answer back, or denies a tie,
        # as it is being written finds none there yet to end.
        while rows := self._rows(response):
            if not self.store.upsert(GraphRows(ties=tuple(rows))).any_written:
                break
            response = repository.get(id).value

        def mark(unit: UnitOfWork) -> None:
            stored = repository.get(id)
            # What was answered meanwhile is still to be written.
            if stored.value == response:
                unit.add(repository.put(replace(response, pending=False), stored.version))

        commit_changes(self.repositories.records, SYSTEM, self.clock, mark)

    def _rows(self, response: SurveyResponse) -> list[Tie]:
        """Own ties that are confirmed now, and those that were and are not any more, as ended.

        Those of others among each other are theirs: one that was denied since stays ended.
        """
        own, day = response.organization, self.clock().date()
        ties = survey_ties([response, *self._around(response)])
        confirmed = {
            tie.key: tie
            for tie in ties
            if tie.status is TieStatus.CONFIRMED and own in (tie.key.source, tie.key.target)
        }
        rows = [tie_of(tie, response.round, day) for tie in confirmed.values()]
        denied = {key_of(no.question, own, no.partner) for no in response.answer.denied}
        for before in self.store.neighborhood(own, 1, _NEIGHBOURS).ties:
            key = TieKey(before.layer, before.source, before.target)
            is_ours = before.provenance.source == SOURCE and own in (key.source, key.target)
            if not is_ours or before.ended or key in confirmed:
                continue
            if key in denied or before.provenance.record == response.round:
                source = Provenance(SOURCE, response.round, SourceTier.SELF, day)
                rows.append(replace(before, ended=True, provenance=source))
        return rows

    def _around(self, response: SurveyResponse) -> list[SurveyResponse]:
        """Answers of those whom a member names, and of those who name it."""
        own, repository = response.organization, self.repositories.survey_responses
        ids = [response_id(response.round, tie.partner) for tie in response.answer.ties]
        responses = {id: stored.value for id, stored in repository.many(ids).items()}
        naming = repository.values("named", response_id(response.round, own))
        responses |= {each.id: each for each in naming}
        return [each for each in responses.values() if each.id != response.id]


def tie_of(tie: SurveyTie, survey: str, day: date) -> Tie:
    """A confirmed tie as the graph has it, under one id for all rounds."""
    key = tie.key
    mark = hashlib.blake2b(f"{key.source} {key.target}".encode(), digest_size=12).hexdigest()
    return Tie(
        id=f"{SOURCE}:{key.layer.lower()}.{mark}",
        source=key.source,
        target=key.target,
        layer=key.layer,
        since=None if tie.since is None else date(tie.since, 1, 1),
        date_precision=DatePrecision.YEAR if tie.since else DatePrecision.DAY,
        provenance=Provenance(SOURCE, survey, SourceTier.SELF, day),
    )
