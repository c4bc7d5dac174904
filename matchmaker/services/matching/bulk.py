"""Many seekers at once: read one after the other, ranked for on all cores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeVar

from matchmaker.errors import MatchmakerError, StoreUnavailable
from matchmaker.goals import GOALS
from matchmaker.recommend.exposure import Prices, Shortlist, prices_together
from matchmaker.recommend.learned import LearnedRanker
from matchmaker.recommend.model import Recommendation, Recommendations, Request, Seeker
from matchmaker.recommend.pipeline import choose_from_shortlist, prepare_goal, recommend, shortlist
from matchmaker.recommend.reranking import Reranker
from matchmaker.services.matching.parallel import ForkedPool
from matchmaker.snapshot.model import BoolArray, Snapshot

CHUNK = 128
Element = TypeVar("Element")
# What is shown to a seeker, or from whom to choose when all have been ranked for.
BulkResult = Recommendations | Shortlist
# Who asks, by its own id, or why it cannot; and the same with its result.
Asker = tuple[str, Seeker | MatchmakerError]
AskerResult = tuple[str, Seeker | MatchmakerError, BulkResult | None]


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
    nearby: tuple[Recommendation, ...] = ()
    error: MatchmakerError | None = None
    known: tuple[Recommendation, ...] = ()


def asker_or_error(asker_id: str, make: Callable[[], Seeker]) -> Asker:
    """The seeker that is made, or why it cannot ask. Raises StoreUnavailable."""
    try:
        return asker_id, make()
    except StoreUnavailable:
        raise
    except MatchmakerError as error:
        return asker_id, error


def chunks(elements: Iterable[Element]) -> Iterator[list[Element]]:
    """Lists of at most `CHUNK`, in order."""
    remaining = iter(elements)
    while chunk := list(islice(remaining, CHUNK)):
        yield chunk


def bulk_answers(
    snapshot: Snapshot,
    request: Request[int],
    ranker: LearnedRanker,
    among: BoolArray | None,
    asking: Iterable[Iterable[Asker]],
    usual: Prices | None = None,
    reranker: Reranker | None = None,
) -> Iterator[BulkAnswer]:
    """One answer for each, in order.

    With `usual` prices all are ranked for before the first is answered: attention is
    shared out among just them. A `reranker` works in this process alone.
    """
    goal = GOALS[request.goal]

    def result(seeker: Seeker) -> BulkResult:
        if (
            usual is not None
            and not seeker.asks_in_words
            and (ranker.resolve_for(goal, seeker) is ranker)
        ):
            return shortlist(snapshot, seeker, request, ranker, among)
        return recommend(
            snapshot, seeker, request, ranker, explained=False, among=among, reranker=reranker
        )

    prepare_goal(snapshot, goal)
    in_turn = reranker is not None
    results = _in_turn(result, asking) if in_turn else _on_all_cores(result, asking)
    if usual is not None:
        results = _shared_out(snapshot, request, usual, results)
    for asker_id, asker, ranked in results:
        if isinstance(asker, MatchmakerError):
            yield BulkAnswer(asker_id, error=asker)
        elif isinstance(ranked, Recommendations):
            yield BulkAnswer(asker_id, ranked.matches, ranked.nearby, known=ranked.known)


def _on_all_cores(
    job: Callable[[Seeker], BulkResult], asking: Iterable[Iterable[Asker]]
) -> Iterator[AskerResult]:
    with ForkedPool(job) as pool:
        under_way: Iterator[AskerResult] = iter(())
        for chunk in asking:
            askers = list(chunk)
            results = pool.map([asker for _, asker in askers if isinstance(asker, Seeker)])
            # The next seekers are read while these are ranked.
            yield from under_way
            under_way = _beside(askers, results)
        yield from under_way


def _in_turn(
    job: Callable[[Seeker], BulkResult], asking: Iterable[Iterable[Asker]]
) -> Iterator[AskerResult]:
    """Without forks: a model's threads do not live through one."""
    for chunk in asking:
        askers = list(chunk)
        yield from _beside(askers, (job(asker) for _, asker in askers if isinstance(asker, Seeker)))


def _beside(askers: Iterable[Asker], results: Iterator[BulkResult]) -> Iterator[AskerResult]:
    for asker_id, asker in askers:
        yield asker_id, asker, None if isinstance(asker, MatchmakerError) else next(results)


def _shared_out(
    snapshot: Snapshot, request: Request[int], usual: Prices, results: Iterable[AskerResult]
) -> Iterator[AskerResult]:
    """Shortlists become choices under prices for just those who ask."""
    everyone = [_light(*result) for result in results]
    lists = [ranked for _, _, ranked in everyone if isinstance(ranked, Shortlist)]
    prices = prices_together(lists, snapshot.ids_of, len(snapshot), usual, request.limit)
    for asker_id, asker, ranked in everyone:
        if isinstance(asker, Seeker) and isinstance(ranked, Shortlist):
            yield asker_id, asker, choose_from_shortlist(snapshot, asker, request, prices, ranked)
        else:
            yield asker_id, asker, ranked


def _light(
    asker_id: str, asker: Seeker | MatchmakerError, ranked: BulkResult | None
) -> AskerResult:
    """Without texts and their vectors, which a choice does not need.

    Who is newer than the snapshot goes by its id: those without texts would share one name.
    """
    if isinstance(asker, MatchmakerError):
        return asker_id, asker, ranked
    if asker.row is None and isinstance(ranked, Shortlist):
        ranked = replace(ranked, seeker=asker_id)
    return asker_id, replace(asker, texts=()), ranked
