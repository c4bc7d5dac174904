"""One seeker against candidates, with everything that several features and sources share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from operator import or_
from typing import Any, Literal, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matchmaker.domain import StatementKind
from matchmaker.goals import Goal
from matchmaker.recommend.affinity import Affinity, affinity
from matchmaker.recommend.answers import Answers, answers
from matchmaker.recommend.certificates import with_certificates
from matchmaker.recommend.evidence import TextFit, text_fit
from matchmaker.recommend.graph import ITERATIONS, AffiliationNetwork, Pace, network
from matchmaker.recommend.model import Seeker, SeekerText
from matchmaker.recommend.named_clusters import asked_by_cluster, with_clusters
from matchmaker.recommend.named_trades import maybe_called_so
from matchmaker.recommend.near_fit import NearTextFit, reads_all
from matchmaker.recommend.neighbourhood import Neighbourhood
from matchmaker.recommend.profile_scores import Profile
from matchmaker.recommend.questions import own_questions
from matchmaker.recommend.scores import NearFigures, Scores, largest
from matchmaker.recommend.specification import Specification
from matchmaker.recommend.walks import Reached, restarted
from matchmaker.recommend.whereabouts import Whereabouts, whereabouts, with_whereabouts
from matchmaker.snapshot.distances import common_places, known_km
from matchmaker.snapshot.geography import great_circle_km
from matchmaker.snapshot.model import FloatArray, IntArray, Snapshot

Value = TypeVar("Value")


@dataclass(frozen=True)
class Pairs:
    """One seeker against candidates: what features are computed from.

    `rows` (n,) are rows of organisations in the snapshot. `ranks` are theirs
    in each source that found them, 1 for the first, see `retrieve`.
    """

    snapshot: Snapshot
    goal: Goal
    seeker: Seeker
    rows: IntArray
    ranks: dict[str, IntArray] = field(default_factory=dict)

    @cached_property
    def network(self) -> AffiliationNetwork:
        return network(self.snapshot, self.goal.walk)

    @cached_property
    def affinity(self) -> Affinity:
        return affinity(self.snapshot, self.network, self.goal.seekers)

    @cached_property
    def fit(self) -> TextFit:
        kind = TextFit if reads_all(self.snapshot) else NearTextFit
        return text_fit(self.snapshot, self.seeker, self.goal, kind)

    @cached_property
    def answers(self) -> Answers:
        """The candidates' answers to the words asked."""
        answered = answers(self.snapshot, self.fit, self.questions, self.rows, self.seeker.row)
        answered = with_whereabouts(answered, self.whereabouts, self.rows)
        answered = with_clusters(self.snapshot, answered, self.questions, self.rows)
        return with_certificates(self.snapshot, answered, self._need, self.rows)

    @property
    def maybe_called_so(self) -> IntArray:
        """Rows of organisations that only bear a name, or are of a cluster, that is asked for."""
        asked = self.questions
        if len(asked) != 1:
            return np.zeros(0, np.int32)
        by_cluster = asked_by_cluster(self.snapshot, asked)
        if by_cluster is not None:
            return np.flatnonzero(by_cluster).astype(np.int32)
        return maybe_called_so(self.snapshot, asked[0], self.goal.name)

    @cached_property
    def questions(self) -> tuple[SeekerText, ...]:
        return tuple(text for text in own_questions(self.seeker, self.goal) if text.is_question)

    @cached_property
    def whereabouts(self) -> Whereabouts:
        """Requirements of place, distance and kind of partner, judged for all organisations."""
        return whereabouts(self.snapshot, self.seeker, self._need, self.country)

    @cached_property
    def _need(self) -> Specification:
        """What the one question specifies; nothing where there are several."""
        asked = self.questions
        return asked[0].specification if len(asked) == 1 else Specification("")

    @cached_property
    def distance_km(self) -> FloatArray:
        """To each of `rows`, shape (n,), NaN where unknown (`snapshot/distances.py`)."""
        return known_km(self.snapshot, self.seeker.location, self.rows)

    @cached_property
    def common_places(self) -> tuple[int, ...]:
        """The smallest place that the seeker and each of `rows` both are or lie in (n,); -1: none.

        So where the distance between centres says nothing (`snapshot/distances.py`).
        """
        places = self.snapshot.organizations.place[self.rows].tolist()
        return common_places(self.snapshot, self.seeker.place, places)

    @cached_property
    def centre_km(self) -> FloatArray:
        """Between the centres of the smallest places known of both, (n,): never what is told.

        None between two of whom only the country is known: a hint for a ranker, no distance.
        """
        organizations = self.snapshot.organizations
        return great_circle_km(
            self.seeker.latitude,
            self.seeker.longitude,
            organizations.latitude[self.rows],
            organizations.longitude[self.rows],
        )

    @cached_property
    def held_stages(self) -> int:
        """Bit mask of the value-chain stages that the seeker holds: as stated, else as it says."""
        held = 0 if self.seeker.stages else _union(t.held_stages for t in self.seeker.texts)
        return self.seeker.stages | held | _union(t.held_stages for t in self._question_texts)

    @cached_property
    def sought_stages(self) -> int:
        """Bit mask of the stages that its question, or its needs of the goal, look for."""
        return _union(text.sought_stages for text in self._question_texts)

    @property
    def _question_texts(self) -> list[SeekerText]:
        return [
            text
            for text in self.seeker.texts
            if text.is_question
            or (text.kind is StatementKind.NEED and text.goal in (None, self.goal.name))
        ]

    @cached_property
    def country(self) -> int:
        """Code of the seeker's country in the snapshot, -1 when nobody else is there."""
        if self.seeker.row is not None:
            return int(self.snapshot.organizations.country[self.seeker.row])
        numbers: dict[str, int] = self.snapshot.cached(
            "countries", lambda: _countries(self.snapshot)
        )
        return numbers.get(self.seeker.country, -1)

    @cached_property
    def region(self) -> int:
        """Region of the seeker's place, -1 when it has none."""
        return self.affinity.region_of(self.seeker.place)

    @cached_property
    def profile(self) -> Profile:
        """Shares of programme parts in what the seeker does."""
        return self.affinity.profile(self.seeker.row, self.country)

    @property
    def has_history(self) -> bool:
        """Tell whether the seeker ever took part in anything with others."""
        row = self.seeker.row
        return row is not None and bool(self.network.joint_count[row] > 0)

    @cached_property
    def _hops(self) -> FloatArray:
        return self.network.hops(self._row, Pace.RECENT, ITERATIONS)

    @cached_property
    def _levels(self) -> tuple[Reached, ...]:
        return self.network.levels(self._row)

    @property
    def _row(self) -> int:
        row = self.seeker.row
        if row is None:
            raise ValueError("one who is not in the snapshot walks nowhere")
        return row

    def pagerank(self, restart: float) -> Scores | FloatArray:
        """Personalised PageRank by recency to everybody; zeros outside the network."""
        if self.seeker.row is None:
            return self._nobody
        return self.computed_once(("pagerank", restart), lambda: self._pagerank(restart))

    def _pagerank(self, restart: float) -> Scores | FloatArray:
        if self.network.is_pushed:
            return self.network.pushed_pagerank(self._levels, self._row, restart)
        return restarted(self._hops, self._row, restart)

    @property
    def _nobody(self) -> NearFigures:
        return NearFigures(np.zeros(0, np.int32), np.zeros(0, np.float32), len(self.snapshot))

    @cached_property
    def _results(self) -> dict[object, Any]:
        return {}

    def computed_once(self, key: object, make: Callable[[], Value]) -> Value:
        """What is the same whoever the candidates are: made once, and kept for fewer of them."""
        if key not in self._results:
            self._results[key] = make()
        return cast("Value", self._results[key])

    def walked(
        self, measure: Callable[[AffiliationNetwork, int], Scores | FloatArray]
    ) -> Scores | FloatArray:
        """A measure from the seeker over the network; zeros for one outside it."""
        row = self.seeker.row
        if row is None:
            return self._nobody
        return self.computed_once(measure, lambda: measure(self.network, row))

    def affine(
        self, name: str, measure: Callable[[Affinity], Scores | FloatArray]
    ) -> Scores | FloatArray:
        """A measure of what places and programmes prefer, to everybody, kept under a name."""
        return self.computed_once(("affinity", name), lambda: measure(self.affinity))

    @cached_property
    def around(self) -> Neighbourhood:
        """The seeker's partners and theirs. Raises ValueError for one outside the network."""
        return self.network.around(self._row)

    def shared(
        self,
        measure: Literal["shared_partners", "adamic_adar", "resource_allocation", "recent_shared"],
    ) -> NearFigures:
        """A measure over partners in common with the seeker; zeros for one outside the network."""
        return self._nobody if self.seeker.row is None else getattr(self.around, measure)

    def told_shared(self, row: int) -> IntArray:
        """Rows of the partners in common with a candidate of whom the reader may be told.

        Raises ValueError for a seeker outside the network.
        """
        shared = self.network.shared_around(self.around, row)
        return shared[~np.isin(shared, list(self.seeker.hidden))] if self.seeker.hidden else shared

    def hidden_ties(self) -> FloatArray:
        """Number of each candidate's ties with those of whom the reader may not be told, (n,).

        Undertakings that are no ties are told of all the same, without them.
        """
        if not self.seeker.hidden:
            return np.zeros(len(self.rows), dtype=np.float32)
        incidence, ties = self.network.incidence, self.network.undertakings.tie
        theirs = np.zeros(incidence.shape[1], dtype=np.float32)
        columns = incidence[sorted(self.seeker.hidden)].indices
        theirs[columns[ties[columns] >= 0]] = 1
        return np.asarray(incidence[self.rows] @ theirs, dtype=np.float32)

    def narrowed(self, rows: IntArray, ranks: dict[str, IntArray]) -> Pairs:
        """The same seeker against fewer candidates, with what was computed so far."""
        fewer = replace(self, rows=rows, ranks=ranks)
        fewer.__dict__.update(self._shared_with_all())
        if "answers" in self.__dict__:
            positions = {row: position for position, row in enumerate(self.rows.tolist())}
            places = [positions.get(row, -1) for row in rows.tolist()]
            if -1 not in places:
                fewer.__dict__["answers"] = self.answers.at(places)
        return fewer

    def _shared_with_all(self) -> dict[str, object]:
        """What was computed so far that is the same whoever the candidates are."""
        kept = (
            "network", "affinity", "fit", "country", "region", "profile", "whereabouts",
            "_hops", "_levels", "around", "_results",
        )  # fmt: skip
        return {name: self.__dict__[name] for name in kept if name in self.__dict__}

    def select(self, positions: NDArray[np.int64]) -> Pairs:
        """The same seeker against some of the candidates, with what they answer."""
        ranks = {source: ranks[positions] for source, ranks in self.ranks.items()}
        return self.narrowed(self.rows[positions], ranks)

    def beside(self, other: Pairs) -> Pairs:
        """The same seeker against the candidates of both, these first; without their answers."""
        ranks = {
            source: np.concatenate([ranks, other.ranks[source]])
            for source, ranks in self.ranks.items()
        }
        both = replace(self, rows=np.concatenate([self.rows, other.rows]), ranks=ranks)
        both.__dict__.update(self._shared_with_all())
        return both

    def over_best(self, values: Scores | FloatArray) -> FloatArray:
        """Square root of the values (N,) at `rows` over the largest of all but the seeker's."""
        chosen = np.maximum(values[self.rows], 0)
        top = largest(values, self.seeker.row)
        return np.asarray(np.sqrt(chosen / top) if top > 0 else chosen * 0, dtype=np.float32)


def _union(masks: Iterable[int]) -> int:
    return reduce(or_, masks, 0)


def _countries(snapshot: Snapshot) -> dict[str, int]:
    names = sorted(set(snapshot.organizations.table.column("country").to_pylist()))
    return {name: number for number, name in enumerate(names) if name}
