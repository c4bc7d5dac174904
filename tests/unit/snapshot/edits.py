"""Random edits of a graph in a store, and whether patched snapshots are those of a rebuild."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.domain import (
    Certificate,
    Cluster,
    Description,
    DuplicateCandidate,
    Engagement,
    EngagementKind,
    GoalName,
    GraphRows,
    Industry,
    Kind,
    Layer,
    Membership,
    Need,
    NeedState,
    Observation,
    Offer,
    OfferKind,
    Organization,
    OrganizationStatus,
    Participant,
    Place,
    PlaceLevel,
    Provenance,
    Role,
    SourceTier,
    Stage,
    Statement,
    Tie,
)
from matchmaker.embedding import LanguageMeans
from matchmaker.ingest.merge import merged
from matchmaker.snapshot.build import StatementVectors, build, passage_texts, statements
from matchmaker.snapshot.changes import fresh_texts, further_keys
from matchmaker.snapshot.head import META
from matchmaker.snapshot.load import load, save, save_made
from matchmaker.snapshot.model import Snapshot
from matchmaker.snapshot.patch import patched
from matchmaker.snapshot.specified import TextReader
from matchmaker.store.graph_store import GraphStore
from tests.unit.snapshot.graphs import WORDS, random_rows

DIMENSION = 8
MEANS = LanguageMeans(
    {"": np.full(DIMENSION, 0.1, np.float32), "zh": np.full(DIMENSION, 0.2, np.float32)},
    {"": np.full(DIMENSION, 0.3, np.float32)},
)


# A text's own first word, and how long it is.
READER = TextReader("first words", lambda text: f"{text.partition(' ')[0]} {len(text)}")


def vectors_of(spoken: Sequence[Statement], drift: int = 0) -> StatementVectors:
    """A vector for each text, the same wherever it stands."""

    def raw(texts: list[str]) -> Any:
        drawn = [
            np.random.default_rng(list(text.encode())).normal(size=DIMENSION) for text in texts
        ]
        return np.array(drawn, dtype=np.float32).reshape(len(texts), DIMENSION)

    whole, parts = raw([each.text for each in spoken]), raw(passage_texts(spoken))
    if not spoken:  # as a cache gives them
        whole = parts = np.zeros((0, 0), dtype=np.float32)
    return StatementVectors("test", "1", whole, MEANS, parts, drift)


class EditedGraph:
    """A graph that is edited at random, and its snapshot, brought up to date by patches."""

    def __init__(self, store: GraphStore, folder: Path, seed: int) -> None:
        self.store, self.folder = store, folder
        self.random = random.Random(seed)
        self.as_of = datetime.date(2026, 1, 1)
        self.number = 0
        store.upsert(random_rows(seed))
        self.last = self._rebuilt(None)

    def _rebuilt(self, earlier: Snapshot | None, drift: int = 0) -> Snapshot:
        export = self.store.export()
        vectors = vectors_of(statements(export.rows), drift)
        snapshot = build(export, self.as_of, vectors, earlier, READER)
        return load(save(snapshot, self.folder / "rebuilt"))

    def patch(self) -> Path:
        """Bring the snapshot up to date; the folder that it is in."""
        last = self.last
        changes = self.store.changes_since(
            _state(last), lambda changed: further_keys(last, changed, self.as_of)
        )
        assert changes is not None
        texts = fresh_texts(last, changes)
        vectors = vectors_of(texts.spoken)
        folder = save_made(
            lambda beside: patched(last, changes, texts, vectors, self.as_of, beside, READER),
            self.folder / "patched",
            last,
        )
        self.last = load(folder)
        return folder

    def patch_and_rebuild(self) -> None:
        """Hold the snapshot brought up to date against a rebuild, byte for byte."""
        last = self.last
        folder = self.patch()
        rebuilt = self._rebuilt(last, self.last.meta.drift).folder
        assert rebuilt is not None
        assert sorted(file.name for file in folder.iterdir()) == sorted(
            file.name for file in rebuilt.iterdir()
        )
        for file in sorted(rebuilt.iterdir(), key=lambda file: file.name == META):
            assert (folder / file.name).read_bytes() == file.read_bytes(), file.name

    # -- edits

    def edit(self, name: str) -> None:
        """One of `EDITS`; where there is nothing to do it to, nothing."""
        edit: Callable[[EditedGraph], None] = EDITS[name]
        edit(self)

    def any_of(self, rows: Sequence[Any]) -> Any:
        return self.random.choice(rows) if rows else None

    @property
    def rows(self) -> GraphRows:
        return self.store.export().rows

    def put(self, **tables: Any) -> None:
        self.store.upsert(GraphRows(**{name: tuple(rows) for name, rows in tables.items()}))

    def drop(self, **tables: Any) -> None:
        rows = GraphRows(**{name: tuple(rows) for name, rows in tables.items()})
        self.store.replace_rows(GraphRows(), rows)

    def new_id(self, source: str) -> str:
        """An id that stands anywhere among those there are."""
        self.number += 1
        return f"{source}:{self.random.choice('0aZé中~')}{self.random.randrange(100)}{self.number}"

    def text(self) -> str:
        sentences = [
            " ".join(self.random.choices(WORDS, k=self.random.randint(1, 9))).capitalize()
            for _ in range(self.random.choice([1, 1, 2, 12]))
        ]
        return ". ".join(sentences)

    def day(self) -> datetime.date | None:
        if self.random.random() < 0.2:
            return None
        return self.as_of + datetime.timedelta(days=self.random.randint(-900, 9))


def _state(snapshot: Snapshot) -> Any:
    from matchmaker.store.answers import GraphState

    meta = snapshot.meta
    return GraphState(meta.version, meta.graph, meta.stamp)


def _new_organization(graph: EditedGraph) -> None:
    rows = graph.rows
    row = Organization(
        graph.new_id("t"),
        graph.text()[:80],
        graph.random.choice(list(Kind)),
        place=graph.any_of([None, *(place.id for place in rows.places)]),
        industry=graph.any_of([None, *(industry.id for industry in rows.industries)]),
        country=graph.random.choice(["CN", "DE", "FR", ""]),
        stages=tuple(graph.random.sample(list(Stage), graph.random.randint(0, 2))),
        capacity=graph.random.choice([None, 0, 3]),
        vat=graph.random.choice(["", "DE136695976"]),
    )
    graph.put(organizations=[row])


def _changed_organization(graph: EditedGraph) -> None:
    row = graph.any_of(graph.rows.organizations)
    status = graph.random.choice(list(OrganizationStatus))
    change = graph.random.choice(
        [
            {"name": graph.text()[:60]},
            {"listed": not row.listed},
            {"listed": False},
            {"country": graph.random.choice(["CN", "IT", ""])},
            {"place": graph.any_of(graph.rows.places).id},
            {"stages": (Stage.MAKING,)},
            {"stages": ()},
            {"status": status, "ended": graph.day()},
            {"other_names": ("甲", graph.text()[:20])},
        ]
    )
    graph.put(organizations=[replace(row, **change)])


def _duplicates(graph: EditedGraph) -> None:
    pairs = graph.rows.duplicates
    if pairs and graph.random.random() < 0.4:
        graph.drop(duplicates=[graph.any_of(pairs)])
        return
    first, second = sorted(row.id for row in graph.random.sample(graph.rows.organizations, 2))
    reason = graph.random.choice(["same name", "like names"])
    score = graph.random.choice([0.4, 0.5, 0.9])
    graph.put(duplicates=[DuplicateCandidate(first, second, score, reason)])


def _removed_organization(graph: EditedGraph) -> None:
    row = graph.any_of(graph.rows.organizations)
    if len(graph.rows.organizations) > 4:
        graph.store.replace_rows(GraphRows(), graph.store.rows_about(row.id))


def _merged_organizations(graph: EditedGraph) -> None:
    if len(graph.rows.organizations) < 5:
        return
    gone, kept = (row.id for row in graph.random.sample(graph.rows.organizations, 2))
    rows = graph.store.rows_about(gone) | graph.store.rows_about(kept)
    graph.store.replace_rows(*merged(rows, gone, kept, "merged"))


def _statement(graph: EditedGraph) -> None:
    owner = graph.any_of(graph.rows.organizations).id
    text, day = graph.text(), graph.day()
    kind = graph.random.randrange(3)
    if kind == 0:
        row = Description(graph.new_id("d"), owner, text, date=day)
        graph.put(descriptions=[row])
    elif kind == 1:
        stages = tuple(graph.random.sample(list(Stage), graph.random.randint(0, 1)))
        graph.put(offers=[Offer(graph.new_id("o"), owner, OfferKind.PRODUCT, text, stages=stages)])
    else:
        graph.put(needs=[Need(graph.new_id("n"), owner, GoalName.SUPPLIER, text, date=day)])


def _changed_statement(graph: EditedGraph) -> None:
    rows = graph.rows
    name = graph.random.choice(["descriptions", "offers", "needs"])
    row = graph.any_of(getattr(rows, name))
    if row is None:
        return
    change: dict[str, Any] = {"text": graph.text()}
    if name == "offers" and graph.random.random() < 0.5:
        change = {"active": not row.active}
    if name == "descriptions" and graph.random.random() < 0.3:
        change = {"text": " "}
    if name == "descriptions" and graph.random.random() < 0.3:
        change = {"organization": graph.any_of(rows.organizations).id}
    graph.put(**{name: [replace(row, **change)]})


def _removed_statement(graph: EditedGraph) -> None:
    name = graph.random.choice(["descriptions", "offers", "needs", "engagements"])
    row = graph.any_of(getattr(graph.rows, name))
    if row is not None:
        graph.drop(**{name: [row]})


def _closed_need(graph: EditedGraph) -> None:
    needs = [row for row in graph.rows.needs if row.state is NeedState.OPEN]
    if needs:
        graph.store.transition_need(graph.any_of(needs).id, NeedState.OPEN, NeedState.MATCHED)


def _engagement(graph: EditedGraph) -> None:
    rows = graph.rows
    members = graph.random.choices(rows.organizations, k=graph.random.randint(1, 4))
    parts = tuple(Participant(row.id, graph.random.choice(list(Role))) for row in members)
    row = Engagement(
        graph.new_id("e"),
        graph.random.choice(list(EngagementKind)),
        tuple(dict.fromkeys(parts)),
        title=graph.text() if graph.random.random() < 0.8 else "",
        date=graph.day(),
    )
    known = graph.any_of(rows.engagements)
    if known is not None and graph.random.random() < 0.5:
        change = graph.random.choice(
            [{"participants": row.participants}, {"title": row.title}, {"date": row.date}]
        )
        row = replace(known, **change)
    graph.put(engagements=[row])


def _tie(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.ties)
    if known is not None and graph.random.random() < 0.3:
        graph.drop(ties=[known])
        return
    source, target = (row.id for row in graph.random.sample(rows.organizations, 2))
    since = graph.day()
    row = Tie(
        graph.new_id("r"),
        source,
        target,
        graph.random.choice(list(Layer)),
        since=since,
        ended=graph.random.random() < 0.4,
        note=graph.text()[:20],
    )
    if known is not None and graph.random.random() < 0.3:
        row = replace(row, id=known.id)
    graph.put(ties=[row])


def _membership(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.memberships)
    if known is not None and graph.random.random() < 0.4:
        graph.drop(memberships=[known])
        return
    cluster = graph.any_of(rows.clusters)
    organization = graph.any_of(rows.organizations)
    if cluster is not None:
        graph.put(memberships=[Membership(cluster.id, organization.id, since=graph.day())])


def _cluster(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.clusters)
    if known is not None and graph.random.random() < 0.3:
        of = [row for row in rows.memberships if row.cluster == known.id]
        figures = [row for row in rows.observations if row.subject == known.id]
        graph.drop(clusters=[known], memberships=of, observations=figures)
        return
    place = graph.any_of([None, *(place.id for place in rows.places)])
    graph.put(clusters=[Cluster(graph.new_id("c"), graph.text()[:40], place=place)])


def _place(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.places)
    latitude = graph.random.choice([None, 30.25])
    if known is not None and graph.random.random() < 0.5:
        row = replace(known, latitude=latitude, longitude=latitude)
    else:
        parent = graph.any_of([None, *(place.id for place in rows.places)])
        row = Place(
            graph.new_id("p"), "丙", PlaceLevel.CITY, parent=parent,
            latitude=latitude, longitude=latitude,
        )  # fmt: skip
    graph.put(places=[row])


def _industry(graph: EditedGraph) -> None:
    parent = graph.any_of([None, *(row.id for row in graph.rows.industries)])
    graph.put(industries=[Industry(graph.new_id("i"), graph.text()[:30], parent=parent)])


def _observation(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.observations)
    if known is not None and graph.random.random() < 0.3:
        graph.drop(observations=[known])
        return
    subject = graph.any_of([*rows.organizations[:2], *rows.clusters]).id
    source = Provenance(
        "a list",
        "",
        graph.random.choice(list(SourceTier)),
        graph.random.choice([None, graph.as_of]),
    )
    row = Observation(
        graph.new_id("b"), subject, graph.random.choice(["x", "y"]), 2024,
        graph.random.random(), "%", source,
    )  # fmt: skip
    if known is not None and graph.random.random() < 0.3:
        row = replace(row, id=known.id)
    graph.put(observations=[row])


def _certificate(graph: EditedGraph) -> None:
    rows = graph.rows
    known = graph.any_of(rows.certificates)
    if known is not None and graph.random.random() < 0.3:
        graph.drop(certificates=[known])
        return
    owner = graph.any_of(rows.organizations).id
    graph.put(certificates=[Certificate(graph.new_id("x"), owner, "ISO 9001", since=graph.day())])


def _undone_import(graph: EditedGraph) -> None:
    """Some rows come and some change, and all is as it was before."""
    before = graph.rows
    for name in graph.random.sample(["organization", "statement", "tie", "engagement"], 2):
        graph.edit(name)
    after = graph.rows
    new, changed = {}, {}
    for name, rows in before.tables():
        known = {getattr(row, "key", None) or row.id: row for row in rows}
        now = {getattr(row, "key", None) or row.id: row for row in getattr(after, name)}
        new[name] = tuple(row for key, row in now.items() if key not in known)
        changed[name] = tuple(row for key, row in known.items() if now.get(key) != row)
    graph.store.replace_rows(GraphRows(**changed), GraphRows(**new))


def _later(graph: EditedGraph) -> None:
    """Some days pass."""
    graph.as_of += datetime.timedelta(days=graph.random.choice([1, 3, 400]))
    graph.edit("changed organization")


EDITS: dict[str, Callable[[EditedGraph], None]] = {
    "organization": _new_organization,
    "changed organization": _changed_organization,
    "removed organization": _removed_organization,
    "merged organizations": _merged_organizations,
    "duplicates": _duplicates,
    "statement": _statement,
    "changed statement": _changed_statement,
    "removed statement": _removed_statement,
    "closed need": _closed_need,
    "engagement": _engagement,
    "tie": _tie,
    "membership": _membership,
    "cluster": _cluster,
    "place": _place,
    "industry": _industry,
    "observation": _observation,
    "certificate": _certificate,
    "undone import": _undone_import,
    "later": _later,
}
