"""Matching: partners for an organisation, a need or a free text, one by one or in bulk."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import TypeVar

import numpy as np

from matchmaker.domain import MAX_TEXT, GoalName, Need, Organization
from matchmaker.embedding import Embedder, VectorCache
from matchmaker.errors import InvalidInput, MatchmakerError, StoreUnavailable
from matchmaker.recommend.exposure import TOGETHER, Prices, Shortlist, prices_together
from matchmaker.recommend.goals import GOALS
from matchmaker.recommend.learned import LearnedRanker
from matchmaker.recommend.model import MAX_LIMIT, Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import chosen, prepare_goal, recommend, shortlist
from matchmaker.recommend.profile_reach import Bars, ProfileReach, bars_of, needs_near, reach
from matchmaker.services.matching.parallel import Forked
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.services.matching.seekers import Seekers
from matchmaker.services.matching.snapshot_rows import FilterIds, SnapshotRows
from matchmaker.services.operations.refresher import Progress, no_progress
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import BoolArray, Snapshot
from matchmaker.store.ports import GraphStore, SeekerProfile

BATCH = 128
Item = TypeVar("Item")
Found = tuple[Recommendation, ...]
# Who asks in a bulk run, or why it cannot.
Asked = tuple[str, Seeker | MatchmakerError]
# The same with what was found, nothing for who cannot ask.
Ranked = tuple[str, Seeker | MatchmakerError, Found | Shortlist | None]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for, whoever asks."""

    goal: GoalName
    limit: int = 10
    only_new: bool = True
    filters: FilterIds = field(default_factory=FilterIds)
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
    """Recommendations for one seeker; `seeker` is its id, "" for a free text of nobody."""

    goal: GoalName
    seeker: str
    recommendations: tuple[Recommendation, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """One free text of a bulk run: its own id, and who asks ("" for nobody in the graph)."""

    id: str
    text: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class BulkAnswer:
    """One seeker of a bulk run; `error` says why there are no recommendations."""

    seeker: str
    recommendations: tuple[Recommendation, ...] = ()
    error: MatchmakerError | None = None


class Matching:
    """Use cases of recommending; who may ask is decided in `services.asking`.

    `full` names those who have no free slot, given the capacities that some said.
    """

    def __init__(
        self,
        store: GraphStore,
        reader: SnapshotReader,
        embedder: Callable[[], Embedder],
        cache: Callable[[], VectorCache],
        rankers: RankerFiles,
        full: Callable[[dict[str, int]], frozenset[str]] = lambda _: frozenset(),
    ) -> None:
        self._full = full
        self._rankers = rankers
        self._store = store
        self._reader = reader
        self._embedder = embedder
        self._cache = cache
        self._rows: SnapshotRows | None = None
        self._bars: tuple[SnapshotRows, Bars] | None = None
        self._lock = threading.Lock()

    def for_organization(self, organization_id: str, question: Question) -> Answer:
        """Partners for a known organisation. Raises NotFound."""
        rows = self._current_rows()
        voice = self._store.seeker_profile(organization_id)
        seekers = self._seekers(rows)
        seeker = _with_partners(seekers, seekers.organization(voice), voice, question)
        return self._answer(rows, voice, seeker, question)

    def for_need(self, need: Need, question: Question) -> Answer:
        """Partners for a posted need, asked by the organisation that posted it."""
        rows = self._current_rows()
        seekers = self._seekers(rows)
        voice = self._store.seeker_profile(need.organization)
        seeker = seekers.need(replace(need, goal=question.goal), voice)
        seeker = _with_partners(seekers, seeker, voice, question)
        return self._answer(rows, voice, seeker, question)

    def for_text(self, text: str, question: Question, organization_id: str = "") -> Answer:
        """Partners for a free text, asked by nobody known or by an organisation.

        Raises InvalidInput for an empty or too long text, NotFound for an unknown asker.
        """
        rows = self._current_rows()
        _check_text(text)
        seekers = self._seekers(rows)
        voice = self._store.seeker_profile(organization_id) if organization_id else None
        asker = _asker(seekers, voice, question)
        seeker = replace(asker, texts=tuple(seekers.free_texts([text], question.goal)))
        return self._answer(rows, voice, seeker, question)

    def reach(self, organization: Organization, about: str) -> ProfileReach:
        """Whom this profile would reach, saved or not. Raises NotFound, SnapshotUnavailable."""
        rows = self._current_rows()
        voice = replace(self._store.seeker_profile(organization.id), organization=organization)
        seekers = self._seekers(rows)
        texts = seekers.free_texts([about], GoalName.SUPPLIER) if about.strip() else []
        seeker = replace(seekers.profile(voice), texts=tuple(texts))
        return reach(rows.snapshot, self._current_bars(rows), seeker)

    def needs_near(self, organization_id: str) -> dict[str, tuple[str, ...]]:
        """By id of a statement of the organisation, ids of open needs that it is close to."""
        rows = self._current_rows()
        row = rows.organization(organization_id)
        if row is None:
            return {}
        ids = rows.snapshot.statements.table.column("id")
        found = needs_near(rows.snapshot, self._current_bars(rows), row)
        return {
            ids[statement].as_py(): tuple(ids[need].as_py() for need in needs.tolist())
            for statement, needs in found.items()
        }

    def _current_bars(self, rows: SnapshotRows) -> Bars:
        with self._lock:
            if self._bars is None or self._bars[0] is not rows:
                self._bars = (rows, bars_of(rows.snapshot))
            return self._bars[1]

    def outcomes(self, organization_id: str) -> int:
        """How many of its introductions came to an outcome that both sides confirmed."""
        return self._current_rows().outcomes.get(organization_id, 0)

    def for_organizations(
        self, ids: Iterable[str], question: Question, progress: Progress = no_progress
    ) -> Iterator[BulkAnswer]:
        """One answer for each id, in order; an unknown id gives its error, not an exception.

        Of many who ask together, where a ranker was learned, all are ranked for before the
        first is answered (`progress` tells how far that is): attention is shared out among
        just them.
        """
        rows, ranker = self._current_rows(), self._rankers.current()
        asking = list(ids)
        seekers = self._seekers(rows)

        def ask(identity: str) -> Asked:
            try:
                voice = self._store.seeker_profile(identity)
                seeker = seekers.organization(voice)
                return identity, _with_partners(seekers, seeker, voice, question)
            except StoreUnavailable:
                raise
            except MatchmakerError as error:
                return identity, error

        batches = (map(ask, batch) for batch in _batches(asking))
        usual = ranker.prices(GOALS[question.goal])
        if usual is None or not question.capped or len(asking) < TOGETHER:
            yield from self._bulk(rows, question, ranker, batches)
            return

        def watched() -> Iterator[Iterable[Asked]]:
            for number, batch in enumerate(batches):
                progress("Ranking for all", number * BATCH, len(asking))
                yield batch

        yield from self._bulk(rows, question, ranker, watched(), usual)
        progress("Ranking for all", len(asking), len(asking))

    def for_texts(
        self, questions: Iterable[TextQuestion], question: Question
    ) -> Iterator[BulkAnswer]:
        """One answer for each text, in order, embedded in batches."""
        rows = self._current_rows()
        seekers = self._seekers(rows)

        def ask(batch: list[TextQuestion]) -> Iterator[Asked]:
            # Bad texts are answered below; a placeholder keeps the batch aligned.
            usable = [item.text if _is_usable(item.text) else "-" for item in batch]
            texts = seekers.free_texts(usable, question.goal)
            for item, text in zip(batch, texts, strict=True):
                try:
                    _check_text(item.text)
                    voice = (
                        self._store.seeker_profile(item.organization) if item.organization else None
                    )
                    asker = _asker(seekers, voice, question)
                    yield item.id, replace(asker, texts=(text,))
                except StoreUnavailable:
                    raise
                except MatchmakerError as error:
                    yield item.id, error

        ranker = self._rankers.current()
        yield from self._bulk(rows, question, ranker, map(ask, _batches(questions)))

    def _bulk(
        self,
        rows: SnapshotRows,
        question: Question,
        ranker: LearnedRanker,
        batches: Iterable[Iterable[Asked]],
        usual: Prices | None = None,
    ) -> Iterator[BulkAnswer]:
        """With `usual` prices all are ranked for before the first is answered."""
        snapshot, goal = rows.snapshot, GOALS[question.goal]
        request = _request(rows, question)
        among = self._among(rows, question)

        def answer(seeker: Seeker) -> Found | Shortlist:
            """Those to show, or from whom to choose when all have been asked."""
            if usual is not None and ranker.serving(goal, seeker) is ranker:
                return shortlist(snapshot, seeker, request, ranker, among)
            return recommend(snapshot, seeker, request, ranker, explained=False, among=among)

        ranked = _ranked(rows, question.goal, answer, batches)
        if usual is not None:
            ranked = _shared_out(snapshot, request, usual, ranked)
        for identity, asker, found in ranked:
            if isinstance(asker, MatchmakerError):
                yield BulkAnswer(identity, error=asker)
            elif isinstance(found, tuple):
                yield BulkAnswer(identity, found)

    def _answer(
        self, rows: SnapshotRows, voice: SeekerProfile | None, seeker: Seeker, question: Question
    ) -> Answer:
        request = _request(rows, question)
        return Answer(
            goal=question.goal,
            seeker=voice.organization.id if voice else "",
            recommendations=recommend(
                rows.snapshot,
                seeker,
                request,
                self._rankers.current(),
                among=self._among(rows, question),
            ),
            freshness=self._freshness(rows, voice),
        )

    def _among(self, rows: SnapshotRows, question: Question) -> BoolArray | None:
        """Everybody but those with no free slot and those not wanted; None for everybody."""
        left_out = self._full(rows.capacities) | question.without
        places = [row for one in left_out if (row := rows.organization(one)) is not None]
        if not places:
            return None
        among = np.ones(len(rows.snapshot), dtype=np.bool_)
        among[places] = False
        return among

    def _freshness(self, rows: SnapshotRows, voice: SeekerProfile | None) -> Freshness:
        meta = rows.snapshot.meta
        if voice is not None:
            return Freshness(meta.version, meta.as_of, voice.version)
        try:
            store_version: int | None = self._store.version()
        except StoreUnavailable:
            store_version = None
        return Freshness(meta.version, meta.as_of, store_version)

    def _seekers(self, rows: SnapshotRows) -> Seekers:
        return Seekers(self._store, rows, self._embedder, self._cache)

    def _current_rows(self) -> SnapshotRows:
        """Row numbers of the newest snapshot, made once for each. Raises SnapshotUnavailable."""
        snapshot = self._reader.current()
        with self._lock:
            if self._rows is None or self._rows.snapshot is not snapshot:
                check_graph(snapshot, self._store.graph_id())
                self._rows = SnapshotRows(snapshot)
            return self._rows


def _ranked(
    rows: SnapshotRows,
    goal: GoalName,
    job: Callable[[Seeker], Found | Shortlist],
    batches: Iterable[Iterable[Asked]],
) -> Iterator[Ranked]:
    """Seekers are read here, one after the other, and the job is done on all cores."""
    prepare_goal(rows.snapshot, GOALS[goal])
    with Forked(job) as pool:
        under_way: Iterator[Ranked] = iter(())
        for batch in batches:
            asked = list(batch)
            found = pool.map([one for _, one in asked if isinstance(one, Seeker)])
            # The next seekers are read while these are ranked.
            yield from under_way
            under_way = _beside(asked, found)
        yield from under_way


def _beside(asked: Iterable[Asked], found: Iterator[Found | Shortlist]) -> Iterator[Ranked]:
    for identity, one in asked:
        yield identity, one, None if isinstance(one, MatchmakerError) else next(found)


def _shared_out(
    snapshot: Snapshot, request: Request, usual: Prices, ranked: Iterable[Ranked]
) -> Iterator[Ranked]:
    """Shortlists become choices under prices for just those who ask."""
    everyone = [
        (identity, _light(asker), _named(identity, asker, found))
        for identity, asker, found in ranked
    ]
    lists = [found for _, _, found in everyone if isinstance(found, Shortlist)]
    prices = prices_together(lists, snapshot.ids_of, len(snapshot), usual, request.limit)
    for identity, asker, found in everyone:
        if isinstance(asker, Seeker) and isinstance(found, Shortlist):
            yield identity, asker, chosen(snapshot, asker, request, prices, found)
        else:
            yield identity, asker, found


def _named(
    identity: str, asker: Seeker | MatchmakerError, found: Found | Shortlist | None
) -> Found | Shortlist | None:
    """By its id, who is newer than the snapshot: those without texts would share one name."""
    new = isinstance(asker, Seeker) and asker.row is None
    return replace(found, seeker=identity) if new and isinstance(found, Shortlist) else found


def _light(asker: Seeker | MatchmakerError) -> Seeker | MatchmakerError:
    """Without texts and their vectors, which a choice does not need."""
    return asker if isinstance(asker, MatchmakerError) else replace(asker, texts=())


def _request(rows: SnapshotRows, question: Question) -> Request:
    filters = rows.filters(question.filters)
    return Request(question.goal, question.limit, question.only_new, filters, question.capped)


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    remaining = iter(items)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _asker(seekers: Seekers, voice: SeekerProfile | None, question: Question) -> Seeker:
    """Who asks with a text of its own; nobody known when there is no voice."""
    if voice is None:
        return Seeker()
    return _with_partners(seekers, seekers.profile(voice), voice, question)


def _with_partners(
    seekers: Seekers, seeker: Seeker, voice: SeekerProfile, question: Question
) -> Seeker:
    if not question.only_new:
        return seeker
    return seekers.partners(seeker, voice, GOALS[question.goal])


def _is_usable(text: str) -> bool:
    return bool(text.strip()) and len(text) <= MAX_TEXT


def _check_text(text: str) -> None:
    if not text.strip():
        raise InvalidInput("must not be empty.", where="text")
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            "has %(count)s characters; at most %(max_text)s.",
            where="text",
            count=len(text),
            max_text=MAX_TEXT,
        )
