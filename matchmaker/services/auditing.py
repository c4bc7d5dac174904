"""Auditing: is a cluster a network, against whom, and what to do next."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matchmaker.audit import gatherings
from matchmaker.audit import worklist as work
from matchmaker.audit.annual import Entry, annual_pack, deadline
from matchmaker.audit.benchmark import Standing, benchmark
from matchmaker.audit.coverage import Coverage, coverage
from matchmaker.audit.figures import Figure
from matchmaker.audit.indicators import measured
from matchmaker.audit.landscape import YEARS, Landscape
from matchmaker.audit.network import Network
from matchmaker.audit.nulls import SAMPLES
from matchmaker.audit.profile import Profile, course, observed
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.audit.view import View
from matchmaker.domain import GoalName, Kind
from matchmaker.errors import InvalidInput, NotFound
from matchmaker.recommend.goals import GOALS
from matchmaker.recommend.model import Reason, Recommendation, Request, Seeker
from matchmaker.recommend.pipeline import prepare_goal, rank, recommend
from matchmaker.recommend.rank import Ranker
from matchmaker.recommend.trials import seeker_of, seeker_text
from matchmaker.services.rankers import RankerFolder
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import KINDS, Snapshot
from matchmaker.store.ports import GraphStore

FIRST_YEAR = 1900
MAX_TIES = 200
MAX_ITEMS = 50
# Members that the recommender is asked for, the worst connected first, and how
# many of the best it names are looked at.
_ASKERS = 120
_NAMED = 12
# What is followed over five years for each layer, besides the profile.
FOLLOWED = (
    "members", "ties", "mean_degree", "density", "size_adjusted_density",
    "observed_over_expected", "isolate_share", "giant_component", "fragmentation",
    "compactness", "tie_birth", "tie_death",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation as an audit names it."""

    id: str
    name: str
    name_en: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Basis:
    """What every figure rests on: the cluster, the year, and the snapshot with its date."""

    cluster: str
    name: str
    name_en: str
    year: int
    members: int
    snapshot: int
    as_of: str


@dataclass(frozen=True, slots=True)
class Audit:
    """The whole audit of one cluster and year.

    `layers` are all indicators of the year, `series` the followed ones of five
    years, the oldest first, `course` the profiles of the same years. `annual` are
    the items of the yearly report of `annual_year`, due by `deadline`.
    """

    basis: Basis
    coverage: Coverage
    layers: dict[Channel, dict[str, Figure]]
    years: tuple[int, ...]
    series: dict[Channel, dict[str, tuple[Figure, ...]]]
    course: tuple[Profile, ...]
    annual: tuple[Entry, ...]
    annual_year: int
    deadline: str | None
    standing: Peers


@dataclass(frozen=True, slots=True)
class Peers:
    """One cluster among all, in all cooperation: `clusters` is how many were compared."""

    figures: dict[str, Figure]
    percentiles: dict[str, float | None]
    clusters: int
    nearest: tuple[tuple[str, str, str], ...]  # id, name, English name


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A tie of the worklist with those it joins, and the recommender's reasons."""

    asker: Party
    partner: Party
    goal: GoalName
    feasibility: float
    item: work.WorkItem
    relieves: tuple[Party, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Bringing:
    """An isolate and who could bring it in, for which goal and how feasibly."""

    isolate: Party
    options: tuple[tuple[Party, GoalName, float], ...]


@dataclass(frozen=True, slots=True)
class KeyParty:
    """A member whose leaving would part the network, see `audit.worklist.KeyMember`."""

    party: Party
    key: work.KeyMember


@dataclass(frozen=True, slots=True)
class LoadedParty:
    """A gatekeeper who carries much, see `audit.worklist.Gatekeeper`."""

    party: Party
    load: work.Gatekeeper


@dataclass(frozen=True, slots=True)
class CircleOfFirms:
    """Firms that could form a circle, see `audit.gatherings.Circle`."""

    members: tuple[Party, ...]
    circle: gatherings.Circle


@dataclass(frozen=True, slots=True)
class Brief:
    """Needs to pool: their texts with who posted them, and labs that could answer them all."""

    goal: GoalName
    needs: tuple[tuple[Party, str, str], ...]  # who, statement id, text
    labs: tuple[tuple[Party, float], ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class OpeningTo:
    """Another cluster to open to, with the industries of it that are nearest."""

    id: str
    name: str
    name_en: str
    opening: gatherings.Opening
    industries: tuple[tuple[str, str, float], ...]  # name, English name, density


@dataclass(frozen=True, slots=True)
class Worklist:
    """What a coordinator could do next."""

    basis: Basis
    items: tuple[Suggestion, ...]
    key_members: tuple[KeyParty, ...]
    isolates: tuple[Bringing, ...]
    gatekeepers: tuple[LoadedParty, ...]
    circles: tuple[CircleOfFirms, ...]
    briefs: tuple[Brief, ...]
    openings: tuple[OpeningTo, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A network before and after some ties."""

    basis: Basis
    ties: int
    before: work.Standing
    after: work.Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One cluster of the benchmark."""

    id: str
    name: str
    name_en: str
    standing: Standing
    peers: tuple[str, ...]

    def percentile_of(self, name: str) -> float | None:
        """Where it stands by one figure."""
        return self.standing.percentiles[name]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """All clusters of a year and layer side by side."""

    channel: Channel
    year: int
    snapshot: int
    as_of: str
    rows: tuple[Row, ...]


class Auditing:
    """Use cases of auditing. Reading only, so no principal. Everything is kept per snapshot."""

    def __init__(self, store: GraphStore, reader: SnapshotReader, rankers: RankerFolder) -> None:
        self._store = store
        self._reader = reader
        self._rankers = rankers
        self._lock = threading.Lock()
        self._landscape: Landscape | None = None

    def audit(self, cluster_id: str, year: int | None = None, samples: int = SAMPLES) -> Audit:
        """All indicators of all layers, five years of them, and the profile.

        `samples` random networks are drawn for comparison. Raises NotFound for an
        unknown cluster, InvalidInput for a year outside the data.
        """
        landscape, cluster, year = self._asked(cluster_id, year)
        return landscape.once(
            ("audit", cluster, year, samples),
            lambda: self._audit(landscape, cluster, year, samples),
        )

    def worklist(self, cluster_id: str, limit: int = 10, year: int | None = None) -> Worklist:
        """Ties to make first, and what else to do. Raises NotFound, InvalidInput."""
        if not 1 <= limit <= MAX_ITEMS:
            raise InvalidInput(f"must be from 1 to {MAX_ITEMS}.", where="limit")
        landscape, cluster, year = self._asked(cluster_id, year)
        return landscape.once(
            ("worklist", cluster, year, limit),
            lambda: self._worklist(landscape, cluster, year, limit),
        )

    def what_if(
        self,
        cluster_id: str,
        ties: Sequence[tuple[str, str]],
        channel: Channel = Channel.COOPERATION,
        year: int | None = None,
    ) -> WhatIf:
        """The figures before and after ties between members, given as pairs of ids.

        Raises NotFound for an unknown cluster, InvalidInput for a tie that cannot be.
        """
        landscape, cluster, year = self._asked(cluster_id, year)
        if len(ties) > MAX_TIES:
            raise InvalidInput(f"has {len(ties)} ties; at most {MAX_TIES}.", where="ties")
        view = View(landscape, cluster, channel, year)
        pairs = [
            [_member(view.network, landscape.snapshot, one, f"ties[{number}]") for one in tie]
            for number, tie in enumerate(ties)
        ]
        for number, (source, target) in enumerate(pairs):
            if source == target:
                raise InvalidInput("a tie needs two organisations.", where=f"ties[{number}]")
        after = view.network.joined(np.array(pairs, dtype=np.int64).reshape(-1, 2))
        return WhatIf(
            self._basis(view), len(ties), work.standing(view.network), work.standing(after)
        )

    def benchmark(
        self, channel: Channel = Channel.COOPERATION, year: int | None = None
    ) -> Benchmark:
        """Every cluster with members, with percentiles and nearest peers."""
        landscape = self._current()
        year = _checked_year(landscape, year)
        meta, names = landscape.snapshot.meta, landscape.snapshot.clusters
        ids = names["id"].to_pylist()
        return Benchmark(
            channel, year, meta.version, meta.as_of.isoformat(),
            tuple(
                Row(
                    ids[one.cluster],
                    names["name"][one.cluster].as_py(),
                    names["name_en"][one.cluster].as_py(),
                    one,
                    tuple(ids[peer] for peer in one.peers),
                )
                for one in benchmark(landscape, channel, year)
            ),
        )  # fmt: skip

    def view(self, cluster_id: str, channel: Channel, year: int | None = None) -> View:
        """One network, for a picture. Raises NotFound, InvalidInput."""
        landscape, cluster, year = self._asked(cluster_id, year)
        return View(landscape, cluster, channel, year)

    def landscape(self) -> Landscape:
        """All clusters of the current snapshot. Raises SnapshotUnavailable."""
        return self._current()

    # -- the parts

    def _audit(self, landscape: Landscape, cluster: int, year: int, samples: int) -> Audit:
        years = tuple(range(year - YEARS + 1, year + 1))
        views = {one: View(landscape, cluster, one, year, samples) for one in CHANNELS}
        everything = views[Channel.COOPERATION]
        # The year that is not over yet has nothing to report.
        over = min(year, landscape.snapshot.meta.as_of.year - 1)
        reported = View(landscape, cluster, Channel.COOPERATION, over)
        batch = self._store.cluster(_cluster_id(landscape, cluster)).batch
        return Audit(
            basis=self._basis(everything),
            coverage=coverage(everything),
            layers={one: measured(view) for one, view in views.items()},
            years=years,
            series={one: _series(landscape, cluster, one, years) for one in CHANNELS},
            course=course(landscape, cluster, year),
            annual=annual_pack(reported, observed(landscape, cluster, over)),
            annual_year=over,
            deadline=deadline(batch, over),
            standing=self._peers(cluster, year),
        )

    def _peers(self, cluster: int, year: int) -> Peers:
        rows = self.benchmark(Channel.COOPERATION, year).rows
        mine = next((row for row in rows if row.standing.cluster == cluster), None)
        if mine is None:
            return Peers({}, {}, len(rows), ())
        named = {row.id: (row.id, row.name, row.name_en) for row in rows}
        return Peers(
            mine.standing.figures,
            mine.standing.percentiles,
            len(rows),
            tuple(named[one] for one in mine.peers),
        )

    def _worklist(self, landscape: Landscape, cluster: int, year: int, limit: int) -> Worklist:
        view = View(landscape, cluster, Channel.COOPERATION, year)
        network, snapshot = view.network, landscape.snapshot
        ranker = self._rankers.current()
        proposals = proposed(snapshot, network, ranker)
        items = work.worklist(network, proposals, _capacities(snapshot, network), limit)
        bringing = work.bringers(network, proposals)
        return Worklist(
            basis=self._basis(view),
            items=tuple(_suggestion(snapshot, ranker, item) for item in items),
            key_members=tuple(
                KeyParty(party(snapshot, one.row), one) for one in work.key_members(network)
            ),
            isolates=tuple(_bringing(snapshot, row, bringing[row]) for row in bringing),
            gatekeepers=tuple(
                LoadedParty(party(snapshot, one.row), one) for one in work.gatekeepers(network)
            ),
            circles=tuple(
                CircleOfFirms(_parties(snapshot, one.members), one)
                for one in gatherings.circles(view)
            ),
            briefs=tuple(_brief(snapshot, ranker, one) for one in gatherings.pools(view)),
            openings=tuple(_opening(snapshot, one) for one in gatherings.openings(view)),
        )

    def _basis(self, view: View) -> Basis:
        names, meta = view.landscape.snapshot.clusters, view.landscape.snapshot.meta
        return Basis(
            cluster=names["id"][view.cluster].as_py(),
            name=names["name"][view.cluster].as_py(),
            name_en=names["name_en"][view.cluster].as_py(),
            year=view.year,
            members=len(view.network),
            snapshot=meta.version,
            as_of=meta.as_of.isoformat(),
        )

    def _asked(self, cluster_id: str, year: int | None) -> tuple[Landscape, int, int]:
        landscape = self._current()
        rows = landscape.once("ids", lambda: _rows_by_id(landscape.snapshot))
        if cluster_id not in rows:
            self._store.cluster(cluster_id)  # NotFound for one that nobody knows
            raise NotFound(
                f"{cluster_id} is newer than the snapshot.", mend="Run `matchmaker refresh`."
            )
        return landscape, rows[cluster_id], _checked_year(landscape, year)

    def _current(self) -> Landscape:
        snapshot = self._reader.current()
        with self._lock:
            if self._landscape is None or self._landscape.snapshot is not snapshot:
                check_graph(snapshot, self._store.identity())
                self._landscape = Landscape(snapshot)
            return self._landscape


def proposed(snapshot: Snapshot, network: Network, ranker: Ranker) -> list[work.Proposal]:
    """Feasible ties among members by the recommender, for every goal a member may ask for.

    At most 120 members ask, see `askers`; anybody may be the partner. Of what the
    recommender ranks the best are taken, and the best of those on the other side
    of the largest component's border.
    """
    inside = np.zeros(len(snapshot), dtype=np.bool_)
    inside[network.members] = True
    largest = np.zeros(len(snapshot), dtype=np.bool_)
    if len(network):
        in_largest = network.component == network.component_sizes.argmax()
        largest[network.members[in_largest]] = True
    found = []
    for place in askers(network):
        row = int(network.members[place])
        if not snapshot.organizations.listed[row] or snapshot.organizations.capacity[row] == 0:
            continue
        seeker = seeker_of(snapshot, row)
        for goal in GOALS.values():
            if goal.only_other_clusters or seeker.kind not in goal.seekers:
                continue
            if goal.name is GoalName.PLATFORM and seeker.kind is not Kind.FIRM:
                continue  # one platform is no customer of another
            prepare_goal(snapshot, goal)
            request = Request(goal.name, _NAMED, capped=False)
            ranked = rank(snapshot, seeker, request, ranker, inside)
            rows = ranked.pairs.rows
            best = np.lexsort((rows, -ranked.scores))
            across = best[(largest[rows] != largest[row])[best]]
            for one in dict.fromkeys([*best[:_NAMED].tolist(), *across[:_NAMED].tolist()]):
                feasible = float(np.clip(ranked.scores[one], 0, 1))
                found.append(work.Proposal(row, int(rows[one]), goal.name, feasible))
    return found


def askers(network: Network) -> list[int]:
    """Whom to ask for (numbers of members): some of each part that is cut off, and of the rest.

    Three in four come from outside the largest component, two of each part at a
    time, the larger parts first, for they join more when they are joined; the
    others are those within it who have the fewest partners.
    """
    if not len(network):
        return []
    sizes, component = network.component_sizes, network.component
    largest = component == sizes.argmax()
    outside = np.flatnonzero(~largest)
    ordered = outside[np.lexsort((-network.degree[outside], component[outside]))]
    begins = np.searchsorted(component[ordered], component[ordered])
    turn = (np.arange(len(ordered)) - begins) // 2
    ordered = ordered[np.lexsort((-sizes[component[ordered]], turn))]
    inner = np.flatnonzero(largest)
    inner = inner[np.lexsort((inner, network.degree[inner]))]
    first = ordered[: _ASKERS * 3 // 4].tolist()
    return [*first, *inner[: _ASKERS - len(first)].tolist()]


def party(snapshot: Snapshot, row: int) -> Party:
    """An organisation by its row."""
    table = snapshot.organizations.table
    return Party(
        snapshot.id_of(row),
        snapshot.name_of(row),
        table["name_en"][row].as_py(),
        KINDS[snapshot.organizations.kind[row]],
    )


def _parties(snapshot: Snapshot, rows: Iterable[int]) -> tuple[Party, ...]:
    return tuple(party(snapshot, row) for row in rows)


def _suggestion(snapshot: Snapshot, ranker: Ranker, item: work.WorkItem) -> Suggestion:
    one = item.proposal
    only = np.zeros(len(snapshot), dtype=np.bool_)
    only[one.partner] = True
    why = recommend(
        snapshot,
        seeker_of(snapshot, one.asker),
        Request(one.goal, 1, capped=False),
        ranker,
        among=only,
    )
    return Suggestion(
        asker=party(snapshot, one.asker),
        partner=party(snapshot, one.partner),
        goal=one.goal,
        feasibility=one.feasibility,
        item=item,
        relieves=_parties(snapshot, item.relieves),
        reasons=why[0].leading(3) if why else (),
    )


def _bringing(snapshot: Snapshot, row: int, options: Iterable[work.Proposal]) -> Bringing:
    return Bringing(
        party(snapshot, row),
        tuple(
            (
                party(snapshot, one.partner if one.asker == row else one.asker),
                one.goal,
                one.feasibility,
            )
            for one in options
        ),
    )


def _brief(snapshot: Snapshot, ranker: Ranker, pool: gatherings.Pool) -> Brief:
    texts = tuple(seeker_text(snapshot, one) for one in pool.statements)
    goal = texts[0].goal or GoalName.RESEARCH_PARTNER
    found: tuple[Recommendation, ...] = ()
    if goal is GoalName.RESEARCH_PARTNER:
        seeker = Seeker(texts=texts, kind=Kind.FIRM)
        found = recommend(snapshot, seeker, Request(goal, 3), ranker, explained=False)
    ids = snapshot.statements.table["id"]
    return Brief(
        goal=goal,
        needs=tuple(
            (party(snapshot, owner), ids[statement].as_py(), text.text)
            for owner, statement, text in zip(pool.owners, pool.statements, texts, strict=True)
        ),
        labs=tuple((party(snapshot, one.row), one.score) for one in found),
        likeness=pool.likeness,
    )


def _opening(snapshot: Snapshot, opening: gatherings.Opening) -> OpeningTo:
    names, industries = snapshot.clusters, snapshot.industries
    return OpeningTo(
        names["id"][opening.cluster].as_py(),
        names["name"][opening.cluster].as_py(),
        names["name_en"][opening.cluster].as_py(),
        opening,
        tuple(
            (industries["name"][row].as_py(), industries["name_en"][row].as_py(), density)
            for row, density in opening.nearest
        ),
    )


def _series(
    landscape: Landscape, cluster: int, channel: Channel, years: Sequence[int]
) -> dict[str, tuple[Figure, ...]]:
    found = [
        measured(View(landscape, cluster, channel, year, fitted=years[-1]), FOLLOWED)
        for year in years
    ]
    return {name: tuple(one[name] for one in found) for name in found[0]}


def _capacities(snapshot: Snapshot, network: Network) -> dict[int, int]:
    """Introductions that members can still take, for those who said so."""
    said = snapshot.organizations.capacity
    return {
        int(row): min(work.USUAL_CAPACITY, int(said[row]))
        for row in network.members
        if said[row] >= 0
    }


def _member(network: Network, snapshot: Snapshot, identity: str, where: str) -> int:
    try:
        place = network.place_of(snapshot.row_of(identity))
    except NotFound:
        place = -1
    if place < 0:
        raise InvalidInput(
            f"{identity!r} is not a member of the cluster in that year.",
            where=where,
            mend="Name two members by id.",
        )
    return place


def _checked_year(landscape: Landscape, year: int | None) -> int:
    if year is None:
        return landscape.year
    newest = landscape.snapshot.meta.as_of.year
    if not FIRST_YEAR <= year <= newest:
        raise InvalidInput(f"must be from {FIRST_YEAR} to {newest}.", where="year")
    return year


def _rows_by_id(snapshot: Snapshot) -> dict[str, int]:
    return {identity: row for row, identity in enumerate(snapshot.clusters["id"].to_pylist())}


def _cluster_id(landscape: Landscape, cluster: int) -> str:
    return str(landscape.snapshot.clusters["id"][cluster].as_py())
