"""Matching: partners for an organisation, a need or a free text, one by one or in bulk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from matchmaker.access import Principal
from matchmaker.domain import GoalName, Industry, Need, Organization, Place
from matchmaker.embedding import Embedder, VectorCache
from matchmaker.errors import InvalidInput, MatchmakerError, NotAllowed, StoreUnavailable
from matchmaker.goals import GOALS
from matchmaker.messages import message
from matchmaker.recommend.exposure import TOGETHER
from matchmaker.recommend.model import MAX_LIMIT, Filters, Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import recommend
from matchmaker.recommend.profile_reach import (
    ProfileReach,
    SimilarityThresholds,
    needs_near,
    profile_reach,
    similarity_thresholds,
)
from matchmaker.services.directory.directory import Directory
from matchmaker.services.matching.bulk import (
    BATCH,
    Asker,
    BulkAnswer,
    TextQuestion,
    batches,
    bulk_answers,
)
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.matching.seekers import SeekerFactory, check_text, is_usable
from matchmaker.services.matching.snapshot_rows import SnapshotRows
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import BoolArray, Snapshot
from matchmaker.store.ports import GraphStore, SeekerProfile


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, whoever asks."""

    goal: GoalName
    limit: int = 10
    only_new: bool = True
    filters: Filters[str] = field(default_factory=Filters)
    capped: bool = True
    without: frozenset[str] = frozenset()  # ids of candidates that are not wanted

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidInput(
                "must be from 1 to %(max_limit)s.", where="limit", max_limit=MAX_LIMIT
            )


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the candidates' side is: the snapshot's version and date, and the store's version."""

    version: int
    as_of: date
    store_version: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Recommendations for one seeker; `seeker` is its id, "" for a free text of nobody.

    Clicks and requests refer to a recorded answer by `impression_id`.
    """

    goal: GoalName
    seeker: str
    recommendations: tuple[Recommendation, ...]
    freshness: Freshness
    impression_id: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What a list says of an organisation: itself, where and in which trade, its outcomes.

    `outcomes` counts those of introductions that both sides confirmed, a mark of trust.
    """

    organization: Organization
    place: Place | None
    industry: Industry | None
    outcomes: int


class Matching:
    """Use cases of recommending.

    Members ask for their organisation, coordinators for those of their clusters, admins for
    any. Answers are recorded as seen and leave out whom the organisation dismissed, unless
    `recorded` is False: those are for the program's own use. `full` names those who have no
    free slot, given the capacities that some said.
    """

    def __init__(
        self,
        store: GraphStore,
        reader: SnapshotReader,
        embedder: Callable[[], Embedder],
        cache: Callable[[], VectorCache],
        directory: Directory,
        rankers: RankerFiles,
        interaction_log: InteractionLog,
        full: Callable[[dict[str, int]], frozenset[str]] = lambda _: frozenset(),
    ) -> None:
        self._store = store
        self._reader = reader
        self._embedder = embedder
        self._cache = cache
        self._directory = directory
        self._rankers = rankers
        self._interaction_log = interaction_log
        self._full = full
        self._lock = threading.Lock()
        self._rows: SnapshotRows | None = None

    # -- recommendations

    def for_organization(
        self,
        principal: Principal,
        organization_id: str,
        question: Question,
        *,
        recorded: bool = True,
    ) -> Answer:
        """Partners for a known organisation. Raises NotAllowed, NotFound."""
        self._require_filter(principal, question)
        profile = self._asking_profile(principal, organization_id)
        rows = self._current_rows()
        seekers = self._seekers(rows)
        seeker = _with_partners(seekers, seekers.organization(profile), profile, question)
        return self._answer(principal, rows, profile, seeker, question, recorded=recorded)

    def for_need(
        self, principal: Principal, need: Need, question: Question, *, recorded: bool = True
    ) -> Answer:
        """Partners for a posted need, asked by the organisation that posted it.

        Raises NotAllowed, NotFound.
        """
        self._require_filter(principal, question)
        profile = self._asking_profile(principal, need.organization)
        rows = self._current_rows()
        seekers = self._seekers(rows)
        seeker = seekers.need(replace(need, goal=question.goal), profile)
        seeker = _with_partners(seekers, seeker, profile, question)
        return self._answer(principal, rows, profile, seeker, question, recorded=recorded)

    def for_text(
        self,
        principal: Principal,
        text: str,
        question: Question,
        organization_id: str = "",
        *,
        recorded: bool = True,
    ) -> Answer:
        """Partners for a free text, for whoever has signed in, or asked by an organisation.

        Raises InvalidInput for an empty or too long text, NotAllowed, NotFound for an
        unknown asker.
        """
        self._require_filter(principal, question)
        profile = self._asking_profile(principal, organization_id) if organization_id else None
        rows = self._current_rows()
        check_text(text)
        seekers = self._seekers(rows)
        asker = _asker(seekers, profile, question)
        seeker = replace(asker, texts=tuple(seekers.free_texts([text], question.goal)))
        return self._answer(principal, rows, profile, seeker, question, recorded=recorded)

    def goals(self, principal: Principal, organization_id: str) -> list[GoalName]:
        """What an organisation of its kind may look for. Raises SignInNeeded, NotFound."""
        principal.require_known()
        kind = self._store.organization(organization_id).kind
        return [goal.name for goal in GOALS.values() if kind in goal.seekers]

    def candidates(self, principal: Principal, ids: Sequence[str]) -> dict[str, Candidate]:
        """What lists say of organisations, by id, for whoever has signed in.

        One look-up for all of them: what their codes stand for is in the snapshot, and only
        what is newer is looked up too.
        """
        principal.require_known()
        rows = self._current_rows()
        organizations = self._store.organizations_by_id(ids)
        place_ids = {
            organization.place for organization in organizations.values() if organization.place
        }
        industry_ids = {
            organization.industry
            for organization in organizations.values()
            if organization.industry
        }
        places, industries = rows.known_places(place_ids), rows.known_industries(industry_ids)
        if newer := sorted(place_ids - set(places)):
            places |= self._store.places(newer)
        if newer := sorted(industry_ids - set(industries)):
            industries |= self._store.industries(newer)
        return {
            organization_id: Candidate(
                replace(organization, contact=""),
                places.get(organization.place or ""),
                industries.get(organization.industry or ""),
                rows.outcomes.get(organization.id, 0),
            )
            for organization_id, organization in organizations.items()
        }

    # -- what a profile brings

    def reach(self, principal: Principal, organization: Organization, about: str) -> ProfileReach:
        """Whom this profile would reach, saved or not, for its members and admins.

        Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        principal.require_member(organization.id)
        rows = self._current_rows()
        stored = self._store.seeker_profile(organization.id)
        seekers = self._seekers(rows)
        texts = seekers.free_texts([about], GoalName.SUPPLIER) if about.strip() else []
        profile = seekers.profile(replace(stored, organization=organization))
        thresholds = _thresholds(rows.snapshot)
        return profile_reach(rows.snapshot, thresholds, replace(profile, texts=tuple(texts)))

    def needs_near(self, principal: Principal, organization_id: str) -> dict[str, tuple[str, ...]]:
        """By id of a statement of the organisation, ids of open needs that it is close to.

        For its members and admins. Raises NotAllowed.
        """
        principal.require_member(organization_id)
        rows = self._current_rows()
        row = rows.organization(organization_id)
        if row is None:
            return {}
        ids = rows.snapshot.statements.table.column("id")
        needs_of = needs_near(rows.snapshot, _thresholds(rows.snapshot), row)
        return {
            ids[statement].as_py(): tuple(ids[need].as_py() for need in needs.tolist())
            for statement, needs in needs_of.items()
        }

    # -- bulk runs of the operator

    def for_organizations(
        self,
        principal: Principal,
        ids: Iterable[str],
        question: Question,
        progress: Progress = no_progress,
    ) -> Iterator[BulkAnswer]:
        """One answer for each id, in order; an unknown id gives its error, not an exception.

        Of many who ask together, where a ranker was learned, all are ranked for before the
        first is answered (`progress` tells how far that is): attention is shared out among
        just them. Raises NotAllowed for anyone but an admin.
        """
        principal.require_admin()
        rows, ranker = self._current_rows(), self._rankers.current()
        asking = list(ids)
        seekers = self._seekers(rows)

        def asker(organization_id: str) -> Asker:
            try:
                profile = self._store.seeker_profile(organization_id)
                seeker = seekers.organization(profile)
                return organization_id, _with_partners(seekers, seeker, profile, question)
            except StoreUnavailable:
                raise
            except MatchmakerError as error:
                return organization_id, error

        usual = ranker.prices(GOALS[question.goal])
        together = usual is not None and question.capped and len(asking) >= TOGETHER

        def read() -> Iterator[Iterable[Asker]]:
            for number, batch in enumerate(batches(asking)):
                if together:
                    progress(message("Ranking for all"), number * BATCH, len(asking))
                yield map(asker, batch)

        yield from bulk_answers(
            rows.snapshot,
            _request(rows, question),
            ranker,
            self._among(rows, question),
            read(),
            usual if together else None,
        )
        if together:
            progress(message("Ranking for all"), len(asking), len(asking))

    def for_texts(
        self, principal: Principal, questions: Iterable[TextQuestion], question: Question
    ) -> Iterator[BulkAnswer]:
        """One answer for each text, in order, embedded in batches.

        Raises NotAllowed for anyone but an admin.
        """
        principal.require_admin()
        rows = self._current_rows()
        seekers = self._seekers(rows)

        def askers(batch: list[TextQuestion]) -> Iterator[Asker]:
            # Bad texts are answered below; a placeholder keeps the batch aligned.
            usable = [item.text if is_usable(item.text) else "-" for item in batch]
            texts = seekers.free_texts(usable, question.goal)
            for item, text in zip(batch, texts, strict=True):
                try:
                    check_text(item.text)
                    profile = (
                        self._store.seeker_profile(item.organization) if item.organization else None
                    )
                    yield item.id, replace(_asker(seekers, profile, question), texts=(text,))
                except StoreUnavailable:
                    raise
                except MatchmakerError as error:
                    yield item.id, error

        yield from bulk_answers(
            rows.snapshot,
            _request(rows, question),
            self._rankers.current(),
            self._among(rows, question),
            map(askers, batches(questions)),
        )

    # -- the parts

    def _answer(
        self,
        principal: Principal,
        rows: SnapshotRows,
        profile: SeekerProfile | None,
        seeker: Seeker,
        question: Question,
        *,
        recorded: bool,
    ) -> Answer:
        seeker_id = profile.organization.id if profile else ""
        if recorded and seeker_id:
            question = replace(question, without=self._interaction_log.dismissed(seeker_id))
        answer = Answer(
            goal=question.goal,
            seeker=seeker_id,
            recommendations=recommend(
                rows.snapshot,
                seeker,
                _request(rows, question),
                self._rankers.current(),
                among=self._among(rows, question),
            ),
            freshness=self._freshness(rows, profile),
        )
        if not recorded:
            return answer
        impression_id = self._interaction_log.impression(
            principal,
            answer.goal,
            answer.seeker,
            [(candidate.id, candidate.score) for candidate in answer.recommendations],
            self._rankers.label(answer.goal),
            answer.freshness.version,
        )
        return replace(answer, impression_id=impression_id)

    def _require_filter(self, principal: Principal, question: Question) -> None:
        """A filter by cluster tells who is in it. Raises SignInNeeded, NotAllowed."""
        principal.require_known()
        for cluster_id in sorted(question.filters.clusters):
            self._directory.require_inside(principal, cluster_id)

    def _asking_profile(self, principal: Principal, organization_id: str) -> SeekerProfile:
        """What the organisation says, for those who may ask in its name."""
        profile = self._store.seeker_profile(organization_id)
        if not (principal.admin or principal.acts_for(profile.organization.id)):
            clusters = {cluster.id for cluster in profile.clusters}
            if not clusters & principal.clusters:
                raise NotAllowed("Only its members and its cluster's coordinators may ask for it.")
        return profile

    def _among(self, rows: SnapshotRows, question: Question) -> BoolArray | None:
        """Everybody but those with no free slot and those not wanted; None for everybody."""
        left_out = self._full(rows.capacities) | question.without
        row_numbers = [
            row
            for organization_id in left_out
            if (row := rows.organization(organization_id)) is not None
        ]
        if not row_numbers:
            return None
        among = np.ones(len(rows.snapshot), dtype=np.bool_)
        among[row_numbers] = False
        return among

    def _freshness(self, rows: SnapshotRows, profile: SeekerProfile | None) -> Freshness:
        meta = rows.snapshot.meta
        if profile is not None:
            return Freshness(meta.version, meta.as_of, profile.version)
        try:
            store_version: int | None = self._store.version()
        except StoreUnavailable:
            store_version = None
        return Freshness(meta.version, meta.as_of, store_version)

    def _seekers(self, rows: SnapshotRows) -> SeekerFactory:
        return SeekerFactory(self._store, rows, self._embedder, self._cache)

    def _current_rows(self) -> SnapshotRows:
        """Row numbers of the newest snapshot, made once for each. Raises SnapshotUnavailable."""
        snapshot = self._reader.current()
        with self._lock:
            if self._rows is None or self._rows.snapshot is not snapshot:
                check_graph(snapshot, self._store.graph_id())
                self._rows = SnapshotRows(snapshot)
            return self._rows


def _thresholds(snapshot: Snapshot) -> SimilarityThresholds:
    return snapshot.cached("similarity thresholds", lambda: similarity_thresholds(snapshot))


def _request(rows: SnapshotRows, question: Question) -> Request:
    filters = rows.filters(question.filters)
    return Request(question.goal, question.limit, question.only_new, filters, question.capped)


def _asker(seekers: SeekerFactory, profile: SeekerProfile | None, question: Question) -> Seeker:
    """Who asks with a text of its own; nobody known where there is no profile."""
    if profile is None:
        return Seeker()
    return _with_partners(seekers, seekers.profile(profile), profile, question)


def _with_partners(
    seekers: SeekerFactory, seeker: Seeker, profile: SeekerProfile, question: Question
) -> Seeker:
    if not question.only_new:
        return seeker
    return seekers.partners(seeker, profile, GOALS[question.goal])
