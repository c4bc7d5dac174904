"""Pairs that may be one, as who imports a file decides on them before it is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from matchmaker.access import Principal
from matchmaker.domain import DuplicateCandidate
from matchmaker.errors import NotAllowed
from matchmaker.ingest.hidden_parties import pairs_found
from matchmaker.ingest.pair_decisions import DecidedPair, PairDecision
from matchmaker.messages import Message, message
from matchmaker.services.operations.import_report import ImportReport
from matchmaker.services.repositories import Repositories
from matchmaker.services.unit_of_work import UnitOfWork
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.job import NotDuplicate


@dataclass(frozen=True, slots=True)
class PairChoice:
    """A pair that may be one: who comes with the file, who is there, and what was said of it.

    `is_stored` tells whether the other one is on record, or stands in the file too. `is_same` is
    None until it is decided. `closed` is why it cannot be decided here.
    """

    pair: DuplicateCandidate
    name: str
    other: str
    other_name: str
    is_stored: bool
    is_same: bool | None = None
    closed: Message | None = None

    @property
    def first(self) -> str:
        return self.pair.first

    @property
    def second(self) -> str:
        return self.pair.second

    @property
    def score(self) -> float:
        return self.pair.score

    @property
    def reasons(self) -> list[Message]:
        return self.pair.reasons


@dataclass(frozen=True, slots=True)
class ImportDecisions:
    """Use cases of deciding on pairs of a file, and of remembering what was decided.

    Administrators decide on all, coordinators where who is on record is a member of a cluster of
    theirs. Of those who are `hidden_from` somebody nothing is told, as if nobody had their ids.
    """

    store: GraphStore
    repositories: Repositories
    hidden_from: Callable[[Principal], frozenset[str]] = lambda _: frozenset()

    def choices(self, principal: Principal, report: ImportReport) -> tuple[PairChoice, ...]:
        """The pairs of a report, those that were decided last."""
        alike = pairs_found(report.alike, self.hidden_from(principal))
        ids = sorted({id for pair in alike for id in pair.key})
        stored = {key: row.name for key, row in self.store.organizations_by_id(ids).items()}
        put = {row.id: row.name for row in report.put.organizations}
        of_file = {**put, **report.names}
        undecided = (self._choice(principal, pair, of_file, stored) for pair in alike)
        return (*undecided, *self._decided(report.decided))

    def _choice(
        self, principal: Principal, pair: DuplicateCandidate, of_file: Mapping[str, str],
        stored: Mapping[str, str],
    ) -> PairChoice:  # fmt: skip
        names = {**of_file, **stored}
        new, other = pair.key
        # Of two that are on record the one that the file speaks of stands as the file's.
        if new in stored and not (new in of_file and other in stored):
            new, other = other, new
        return PairChoice(
            pair, names.get(new, new), other, names.get(other, other), other in stored,
            closed=self._why_closed(principal, [id for id in pair.key if id in stored]),
        )  # fmt: skip

    def _decided(self, decided: Iterable[DecidedPair]) -> Iterator[PairChoice]:
        decided = tuple(decided)
        stored = self.store.organizations_by_id(sorted({each.kept for each in decided}))
        for each in decided:
            yield PairChoice(
                each.pair, each.gone_name, each.kept, each.kept_name, each.kept in stored,
                is_same=each.is_same,
            )  # fmt: skip

    def require(self, principal: Principal, decisions: Iterable[PairDecision]) -> None:
        """Raise NotAllowed where one decides on who is on record and none of theirs."""
        ids = sorted({id for decision in decisions for id in decision.key})
        hidden = self.hidden_from(principal)
        for row in self.store.organizations_by_id(ids).values():
            if row.id not in hidden and not self._is_theirs(principal, row.id):
                raise NotAllowed(
                    "'%(name)s' is no member of a cluster of yours: an administrator decides"
                    " whether it is the same.",
                    name=row.name,
                )

    def remember(
        self, unit: UnitOfWork, decided: Iterable[DecidedPair], known: Collection[tuple[str, str]]
    ) -> None:
        """Add to a unit of work what was decided, as `Duplicates` keeps it.

        `known` are the pairs on record as two. Who is another one is kept with the rows: it
        becomes another id of that.
        """
        for each in decided:
            if each.is_same:
                unit.log("organization.merged", f"organization/{each.gone}", into=each.kept)
                continue
            first, second = each.pair.key
            if each.pair.key not in known:
                id = f"{first} {second}"
                unit.add(self.repositories.not_duplicates.put(NotDuplicate(id, first, second)))
                unit.log("organizations.apart", f"organization/{first}", other=second)

    def _why_closed(self, principal: Principal, stored: list[str]) -> Message | None:
        if len(stored) > 1:
            return message(
                "Both are on record already: an administrator decides on them among the duplicates."
            )
        if not all(self._is_theirs(principal, id) for id in stored):
            return message(
                "On record and no member of a cluster of yours: an administrator decides."
            )
        return None

    def _is_theirs(self, principal: Principal, id: str) -> bool:
        if principal.admin:
            return True
        return any(cluster.id in principal.clusters for cluster in self.store.clusters_of(id))
