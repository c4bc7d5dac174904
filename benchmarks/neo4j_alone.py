"""The question of `serving.py` put to Neo4j alone, as one would without a snapshot; how good it is.

The native vector index for each of the seeker's five latest statements, a two-hop Cypher query for
common partners, both merged in the client by reciprocal rank; with reasons, where they are asked
for: the shortest way to each of the ten, and what they did last.
"""

from __future__ import annotations

import contextlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from neo4j import GraphDatabase, Session
from neo4j.exceptions import TransientError

SEED = 20260101
SHOWN = 10
VECTOR_INDEX = "SHOW INDEXES YIELD name, type WHERE type = 'VECTOR' RETURN name"

# What happened later than a day is left out, where one is given; what has no date stays, as in
# `matchmaker.snapshot.cut`.
TWO_HOP = """
MATCH (o:Organization {{id: $id}})-[:TOOK_PART]->(first:Engagement)<-[:TOOK_PART]-(partner)
{first}
WITH o, collect(DISTINCT partner) AS partners
UNWIND partners AS shared
MATCH (shared)-[:TOOK_PART]->(second:Engagement)<-[:TOOK_PART]-(candidate:Organization)
WHERE candidate.kind IN ['university', 'research_institute'] {second}
WITH o, partners, candidate, count(DISTINCT shared) AS common
WHERE candidate <> o AND NOT candidate IN partners
RETURN candidate.id AS id, candidate.name AS name, common
ORDER BY common DESC, id LIMIT 100
"""
LATEST_VECTORS = """
MATCH (o:Organization {{id: $id}})-[:TOOK_PART]->(s:Statement)
WHERE s.embedding IS NOT NULL {later}
RETURN s.embedding AS vector ORDER BY s.date DESC, s.id LIMIT 5
"""
# Of a past day more are looked for, as many are later.
NEAREST = """
CALL db.index.vector.queryNodes($index, {depth}, $vector) YIELD node, score
MATCH (candidate:Organization)-[:TOOK_PART]->(node)
WHERE candidate.kind IN ['university', 'research_institute'] AND candidate.id <> $id {later}
RETURN candidate.id AS id, candidate.name AS name, max(score) AS score
ORDER BY score DESC, id LIMIT 100
"""
PARTNERS = """
MATCH (:Organization {id: $id})-[:TOOK_PART]->(e:Engagement)<-[:TOOK_PART]-(partner)
WHERE e.date IS NULL OR e.date <= date($until) RETURN DISTINCT partner.id AS id
"""
REASONS = """
MATCH (o:Organization {id: $id})
UNWIND $ids AS candidate
MATCH (c:Organization {id: candidate})
OPTIONAL MATCH way = shortestPath((o)-[:TOOK_PART*..8]-(c))
RETURN c.id AS id, [n IN nodes(way) | coalesce(n.name, n.title)] AS way, COLLECT {
  MATCH (c)-[:TOOK_PART]->(s:Statement) RETURN s.title ORDER BY s.date DESC, s.id LIMIT 3
} AS latest
"""


def _by(node: str) -> str:
    return f"({node}.date IS NULL OR {node}.date <= date($until))"


NOW = {
    "two_hop": TWO_HOP.format(first="", second=""),
    "latest": LATEST_VECTORS.format(later=""),
    "nearest": NEAREST.format(depth=100, later=""),
}
PAST = {
    "two_hop": TWO_HOP.format(first=f"WHERE {_by('first')}", second=f"AND {_by('second')}"),
    "latest": LATEST_VECTORS.format(later=f"AND {_by('s')}"),
    "nearest": NEAREST.format(depth=300, later=f"AND {_by('node')}"),
}


class Neo4jAlone:
    """A session of the driver, and the questions it is asked."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._index = session.run(VECTOR_INDEX).single(strict=True)["name"]

    def ask(self, organization: str, until: date | None = None) -> list[str]:
        """Ids, best first; of a past day without who was a partner by then."""
        queries = PAST if until else NOW
        asked = {"id": organization, "until": until and until.isoformat(), "index": self._index}
        score: dict[str, float] = defaultdict(float)
        rankings = [self._rows(queries["two_hop"], **asked)]
        rankings += [
            self._rows(queries["nearest"], **asked, vector=row["vector"])
            for row in self._rows(queries["latest"], **asked)
        ]
        for ranking in rankings:
            for rank, row in enumerate(ranking, start=1):
                score[row["id"]] += 1 / (60 + rank)
        if until:
            for row in self._rows(PARTNERS, **asked):
                score.pop(row["id"], None)
        return sorted(score, key=lambda key: (-score[key], key))[:SHOWN]

    def ask_with_reasons(self, organization: str) -> list[dict[str, object]]:
        """The same ten, each with the shortest way there and what it did last."""
        ids = self.ask(organization)
        told = {row["id"]: row for row in self._rows(REASONS, id=organization, ids=ids)}
        return [told[id] for id in ids]

    def _rows(self, query: str, **parameters: object) -> list[dict[str, object]]:
        return self._session.run(query, parameters).data()


@contextlib.contextmanager
def opened(url: str, password: str) -> Iterator[Neo4jAlone]:
    """The peer on a server."""
    with GraphDatabase.driver(url, auth=("neo4j", password)) as driver, driver.session() as session:
        yield Neo4jAlone(session)


def answered(ask: Callable[[str], object]) -> Callable[[str], None]:
    """The same question, of those too that the database refuses."""

    def asked(organization: str) -> None:
        # A hub's two hops may need more memory than the server has.
        with contextlib.suppress(TransientError):
            ask(organization)

    return asked


def print_quality(peer: Neo4jAlone, folder: Path, goal: str, cut_at: date, most: int) -> None:
    """hit@10 of the same trials, as of a past day: ours, and Neo4j alone."""
    from matchmaker.domain import GoalName
    from matchmaker.goals import GOALS
    from matchmaker.recommend.model import Request
    from matchmaker.recommend.pipeline import recommend
    from matchmaker.recommend.trials import Trial, trials
    from matchmaker.services.matching.ranker_files import RankerFiles
    from matchmaker.snapshot.cut import cut
    from matchmaker.snapshot.load import SnapshotReader
    from matchmaker.snapshot.model import to_days

    snapshot = SnapshotReader(folder / "snapshots").current()
    ranker, request = RankerFiles(folder / "rankers").current(), Request(GoalName(goal), SHOWN)
    past, until = cut(snapshot, cut_at), to_days(cut_at.replace(year=cut_at.year + 1))
    new = [
        trial
        for trial in trials(snapshot, past, GOALS[GoalName(goal)], until)
        if len(trial.new) and not trial.text
    ]
    drawn = random.Random(SEED).sample(new, min(most, len(new)))
    if not drawn:
        return

    def is_hit(trial: Trial, shown: Sequence[str]) -> bool:
        return not {snapshot.id_of(row) for row in trial.new.tolist()}.isdisjoint(shown)

    ours, alone = [], []
    for trial in drawn:
        matches = recommend(past, trial.seeker, request, ranker, explained=False).matches
        ours.append(is_hit(trial, [snapshot.id_of(match.row) for match in matches]))
        try:
            alone.append(is_hit(trial, peer.ask(snapshot.id_of(trial.seeker.row), cut_at)))
        except TransientError:
            alone.append(False)
    print(
        f"\n  a new partner of the year after {cut_at} among the first {SHOWN}, of {len(drawn)} "
        f"that had one: ours {np.mean(ours):.3f}, Neo4j alone {np.mean(alone):.3f}"
    )
