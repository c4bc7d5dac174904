"""From exported rows to a snapshot: pure, and the same whatever store they came from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    Certificate,
    Engagement,
    GraphRows,
    Layer,
    NeedState,
    Observation,
    Organization,
    Place,
    Statement,
    StatementKind,
    Tie,
    key_of,
)
from matchmaker.embedding import LanguageMeans, comparable, language_means
from matchmaker.snapshot import model
from matchmaker.snapshot.geography import coordinate_at, coordinates_of
from matchmaker.snapshot.incidence import adjacency, transposed
from matchmaker.snapshot.lexical import build_lexical, earlier_postings, reading
from matchmaker.snapshot.model import (
    Engagements,
    FloatArray,
    Incidence,
    IntArray,
    Memberships,
    Organizations,
    Passages,
    Snapshot,
    SnapshotMeta,
    Statements,
    TieLayer,
    stage_bits,
    to_days,
)
from matchmaker.snapshot.stages import stages_named, statement_stages
from matchmaker.snapshot.verified import is_verified
from matchmaker.store.ports import Export
from matchmaker.store.schema import TABLES
from matchmaker.text import language_of
from matchmaker.text import passages as passages_of

Row = TypeVar("Row")
RowNumbers = Mapping[str, int]
# From which chance on that two of one name are one, what one of them refused holds for the
# other. A name that is only like it is somebody else's, however high the chance.
_RATHER_ONE = 0.5


@dataclass(frozen=True)
class StatementVectors:
    """Raw unit vectors (m, d) aligned with `statements(rows)`, and what made them.

    `means` say where the model puts each language; without them they are those of the vectors.
    `passages` (p, d) are those of `passage_texts(statements(rows))`, in this order; without them
    a long statement is as like a question as the whole of it.
    """

    model: str
    revision: str
    vectors: FloatArray
    means: LanguageMeans | None = None
    passages: FloatArray | None = None


def statements(rows: GraphRows) -> tuple[Statement, ...]:
    """Every description, offer, need and engagement that has a text, in order of id."""
    texts = (
        Statement(
            id=row.id,
            kind=table.statement,
            organizations=table.referred_ids(row, table.references[0]),
            text=text,
            language=row.language or language_of(text),
            date=row.date,
        )
        for table in TABLES.values()
        if table.statement is not None
        for row in getattr(rows, table.name)
        if (text := table.text(row))
    )
    return tuple(_in_order(texts))


def passage_texts(spoken: Sequence[Statement]) -> list[str]:
    """Sentences of long statements, in order of statement and place."""
    return [statement.text[start:end] for statement in spoken for start, end in _spans(statement)]


def _spans(statement: Statement) -> list[tuple[int, int]]:
    """Of what somebody says of itself; an undertaking's text is about one thing."""
    if statement.kind is StatementKind.ENGAGEMENT:
        return []
    return passages_of(statement.text)


def build(
    export: Export, as_of: date, vectors: StatementVectors | None, earlier: Snapshot | None = None
) -> Snapshot:
    """The snapshot of an export. Vectors must be those of `statements(export.rows)`.

    With an `earlier` one of whatever graph only texts that are not in it are read for their
    words; the snapshot is the same.
    """
    rows = export.rows
    spoken = statements(rows)
    if vectors is not None and len(vectors.vectors) != len(spoken):
        raise ValueError(f"{len(vectors.vectors)} vectors for {len(spoken)} statements")
    organizations, engagements = _in_order(rows.organizations), _in_order(rows.engagements)
    places, industries = _in_order(rows.places), _in_order(rows.industries)
    clusters, ties = _in_order(rows.clusters), _in_order(rows.ties)
    organization_rows = _numbered(organizations)
    place_rows, industry_rows = _numbered(places), _numbered(industries)
    cluster_rows, engagement_rows = _numbered(clusters), _numbered(engagements)
    passages = _passages(spoken)
    if vectors is not None and vectors.passages is not None:
        given, count = len(vectors.passages), len(passages.statement)
        if given != count:
            raise ValueError(f"{given} vectors for {count} passages")
    centered, of_passages, means = _centered(spoken, passages, vectors)
    all_statements = _statements(spoken, rows, engagement_rows)
    engaged = _participation(engagements, organization_rows)
    speakers = _speakers(spoken, engagements, engagement_rows, organization_rows)
    return Snapshot(
        meta=SnapshotMeta(
            version=export.version,
            graph=export.graph_id,
            as_of=as_of,
            model=vectors.model if vectors else "",
            revision=vectors.revision if vectors else "",
            dimension=int(centered.shape[1]),
            counts={**rows.counts(), "statements": len(spoken)},
            reading=reading(),
        ),
        organizations=_organizations(
            organizations,
            _may_have_opted_out(rows),
            places,
            place_rows,
            industry_rows,
            as_of,
            stages_named(all_statements, speakers, len(organizations)),
        ),
        statements=all_statements,
        passages=passages,
        engagements=_engagements(engagements, spoken),
        memberships=_memberships(rows, cluster_rows, organization_rows),
        places=_tree(
            places,
            place_rows,
            level=_codes(model.PLACE_LEVELS, (place.level for place in places)),
            country=_strings(place.country for place in places),
            latitude=pa.array([place.latitude for place in places], pa.float64()),
            longitude=pa.array([place.longitude for place in places], pa.float64()),
        ),
        industries=_tree(industries, industry_rows),
        clusters=_table(
            clusters,
            *("id", "name", "name_en"),
            place=_ints(place_rows.get(row.place or "", -1) for row in clusters),
            industry=_ints(industry_rows.get(row.industry or "", -1) for row in clusters),
        ),
        ties=_table(
            ties,
            *("id", "note"),
            source_name=_strings(row.provenance.source for row in ties),
            date_estimated=pa.array([row.date_estimated for row in ties], pa.bool_()),
        ),
        observations=_observations(rows.observations),
        certificates=_certificates(rows.certificates, organization_rows),
        layers={layer: _layer(layer, ties, organization_rows, as_of) for layer in model.LAYERS},
        engagement_organizations=engaged,
        organization_engagements=transposed(engaged, len(organizations)),
        statement_organizations=speakers,
        organization_statements=transposed(speakers, len(organizations)),
        lexical=build_lexical(
            [statement.text for statement in spoken], earlier=earlier_postings(earlier, spoken)
        ),
        vectors=centered,
        passage_vectors=of_passages,
        language_means=means.passages,
        query_means=means.queries,
    )


def _in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=key_of)


def _numbered(rows: Sequence[Any]) -> RowNumbers:
    return {row.id: number for number, row in enumerate(rows)}


def _table(rows: Sequence[Any], *names: str, **more: Any) -> pa.Table:
    """Fields that are strings, and further columns."""
    return pa.table({name: _strings(getattr(row, name) for row in rows) for name in names} | more)


def _strings(values: Iterable[str]) -> pa.Array:
    # Large offsets: the texts of a big graph pass 2 GiB together.
    return pa.array(list(values), pa.large_string())


def _ints(values: Iterable[int]) -> NDArray[np.int32]:
    return np.fromiter(values, dtype=np.int32)


def _flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, dtype=np.bool_)


def _codes(members: Sequence[StrEnum], values: Iterable[StrEnum | None]) -> NDArray[np.int8]:
    code: dict[StrEnum | None, int] = {member: number for number, member in enumerate(members)}
    code[None] = -1
    return np.fromiter((code[value] for value in values), dtype=np.int8)


def _may_have_opted_out(rows: GraphRows) -> frozenset[str]:
    """Ids of those who bear the name of one that opted out, until somebody decides.

    A list of another source names it again under an id of its own, which did not opt out.
    """
    opted_out = {row.id for row in rows.organizations if not row.listed}
    return frozenset(
        second
        for pair in rows.duplicates
        if pair.score >= _RATHER_ONE and pair.is_of_one_name
        for first, second in (pair.key, pair.key[::-1])
        if first in opted_out
    )


def _organizations(
    rows: Sequence[Organization],
    held_back: Collection[str],
    places: Sequence[Place],
    place_rows: RowNumbers,
    industry_rows: RowNumbers,
    as_of: date,
    named_stages: IntArray,
) -> Organizations:
    latitude, longitude = coordinates_of(places, place_rows)
    place = _ints(place_rows.get(row.place or "", -1) for row in rows)
    countries = sorted({row.country for row in rows})
    numbers = {country: number for number, country in enumerate(countries)}
    stated = _ints(stage_bits(row.stages) for row in rows)
    return Organizations(
        table=_table(
            rows,
            "id",
            "name",
            "name_en",
            "country",
            other_names=_strings("\n".join(row.other_names) for row in rows),
        ),
        kind=_codes(model.KINDS, (row.kind for row in rows)),
        size=_codes(model.SIZES, (row.size for row in rows)),
        tier=_codes(model.TIERS, (row.tier for row in rows)),
        place=place,
        industry=_ints(industry_rows.get(row.industry or "", -1) for row in rows),
        stages=np.where(stated, stated, named_stages),
        stages_read=(stated == 0) & (named_stages != 0),
        capacity=_ints(-1 if row.capacity is None else row.capacity for row in rows),
        listed=_flags(row.listed and row.id not in held_back for row in rows),
        active=_flags(row.is_active_on(as_of) for row in rows),
        ended=_ints(to_days(row.ended) for row in rows),
        verified=_flags(is_verified(row.credit_code, row.vat) for row in rows),
        latitude=coordinate_at(place, latitude),
        longitude=coordinate_at(place, longitude),
        country=_ints(numbers[row.country] if row.country else -1 for row in rows),
    )


def _statements(
    spoken: Sequence[Statement], rows: GraphRows, engagement_rows: RowNumbers
) -> Statements:
    offers: dict[str, Any] = {row.id: row for row in rows.offers}
    needs: dict[str, Any] = {row.id: row for row in rows.needs}

    def fields_of(rows_by_id: Mapping[str, Any], name: str) -> list[Any]:
        """The field of the row that each statement is, None where it is none of these."""
        return [getattr(rows_by_id.get(statement.id), name, None) for statement in spoken]

    active = {row.id: row.active for row in rows.offers}
    active |= {row.id: row.state is NeedState.OPEN for row in rows.needs}
    return Statements(
        table=_table(spoken, "id", "text", "language"),
        kind=_codes(model.STATEMENT_KINDS, (statement.kind for statement in spoken)),
        date=_ints(to_days(statement.date) for statement in spoken),
        goal=_codes(model.GOALS, fields_of(needs, "goal")),
        offer_kind=_codes(model.OFFER_KINDS, fields_of(offers, "kind")),
        terms=_codes(model.TERMS, fields_of(offers, "terms")),
        stages=statement_stages(spoken, fields_of(offers | needs, "stages")),
        active=_flags(active.get(statement.id, True) for statement in spoken),
        engagement=_ints(engagement_rows.get(statement.id, -1) for statement in spoken),
    )


def _engagements(rows: Sequence[Engagement], spoken: Sequence[Statement]) -> Engagements:
    numbers = _numbered(spoken)
    return Engagements(
        table=_table(rows, "id", "title", "programme", "topic"),
        kind=_codes(model.ENGAGEMENT_KINDS, (row.kind for row in rows)),
        date=_ints(to_days(row.date) for row in rows),
        date_estimated=_flags(row.date_estimated for row in rows),
        statement=_ints(numbers.get(row.id, -1) for row in rows),
    )


def _memberships(rows: GraphRows, clusters: RowNumbers, organizations: RowNumbers) -> Memberships:
    ordered = _in_order(rows.memberships)
    return Memberships(
        cluster=_ints(clusters[row.cluster] for row in ordered),
        organization=_ints(organizations[row.organization] for row in ordered),
        since=_ints(to_days(row.since) for row in ordered),
        until=_ints(to_days(row.until) for row in ordered),
    )


def _observations(observations: Sequence[Observation]) -> pa.Table:
    """In order, of one year the figure of the strongest source last: the last one counts."""
    weakest_first = sorted(observations, key=lambda row: row.id)
    weakest_first.sort(key=lambda row: row.provenance.precedence, reverse=True)
    ordered = sorted(weakest_first, key=lambda row: (row.subject, row.indicator, row.year))
    return _table(
        ordered,
        *("subject", "indicator"),
        year=_ints(row.year for row in ordered),
        value=pa.array([row.value for row in ordered], pa.float64()),
        unit=_strings(row.unit for row in ordered),
        source=_strings(row.provenance.source for row in ordered),
    )


def _certificates(certificates: Sequence[Certificate], organizations: RowNumbers) -> pa.Table:
    ordered = _in_order(certificates)
    return _table(
        ordered,
        "kind",
        organization=_ints(organizations[row.organization] for row in ordered),
        since=_ints(to_days(row.since) for row in ordered),
        until=_ints(to_days(row.until) for row in ordered),
        claim=_codes(model.CLAIM_TIERS, (row.claim for row in ordered)),
    )


def _tree(rows: Sequence[Any], numbers: RowNumbers, **more: Any) -> pa.Table:
    parent = _ints(numbers.get(row.parent or "", -1) for row in rows)
    return _table(rows, "id", "name", "name_en", parent=parent, **more)


def _layer(layer: Layer, ties: Sequence[Tie], organizations: RowNumbers, as_of: date) -> TieLayer:
    numbered = [(number, tie) for number, tie in enumerate(ties) if tie.layer is layer]
    source = _ints(organizations[tie.source] for _, tie in numbered)
    target = _ints(organizations[tie.target] for _, tie in numbered)
    since = _ints(to_days(tie.since) for _, tie in numbered)
    until = _ints(to_days(_last_day(tie, as_of)) for _, tie in numbered)
    number = _ints(number for number, _ in numbered)
    if layer in UNDIRECTED_LAYERS:
        source, target = np.concatenate([source, target]), np.concatenate([target, source])
        since, until = np.tile(since, 2), np.tile(until, 2)
        number = np.tile(number, 2)
    out = adjacency(source, target, since, until, number, len(organizations))
    if layer in UNDIRECTED_LAYERS:
        return TieLayer(out, out)
    into = adjacency(target, source, since, until, number, len(organizations))
    return TieLayer(out, into)


def _last_day(tie: Tie, as_of: date) -> date | None:
    """The last day on which a tie is known to hold; None: it still does.

    Of one that ended on a day unknown that is its first day, or, without one, a day
    before the snapshot's: at least it is not counted among those that hold.
    """
    if tie.until is not None or not tie.ended:
        return tie.until
    return tie.since or as_of - timedelta(days=1)


def _participation(engagements: Sequence[Engagement], organizations: RowNumbers) -> Incidence:
    parts = [engagement.participants for engagement in engagements]
    return Incidence(
        indptr=np.cumsum([0, *map(len, parts)], dtype=np.int64),
        indices=_ints(organizations[part.organization] for row in parts for part in row),
        code=_codes(model.ROLES, (part.role for row in parts for part in row)),
    )


def _speakers(
    spoken: Sequence[Statement],
    engagements: Sequence[Engagement],
    engagement_rows: RowNumbers,
    organizations: RowNumbers,
) -> Incidence:
    """Statements × organisations; an engagement's with the participants' roles."""
    roles: list[StrEnum | None] = []
    for statement in spoken:
        if statement.kind is StatementKind.ENGAGEMENT:
            parts = engagements[engagement_rows[statement.id]].participants
            roles.extend(part.role for part in parts)
        else:
            roles.extend(None for _ in statement.organizations)
    owners = [statement.organizations for statement in spoken]
    return Incidence(
        indptr=np.cumsum([0, *map(len, owners)], dtype=np.int64),
        indices=_ints(organizations[id] for ids in owners for id in ids),
        code=_codes(model.ROLES, roles),
    )


def _passages(spoken: Sequence[Statement]) -> Passages:
    spans = [
        (row, start, end)
        for row, statement in enumerate(spoken)
        for start, end in _spans(statement)
    ]
    columns = np.array(spans, dtype=np.int32).reshape(len(spans), 3).T
    return Passages(*(np.ascontiguousarray(column) for column in columns))


def _centered(
    spoken: Sequence[Statement], passages: Passages, vectors: StatementVectors | None
) -> tuple[FloatArray, FloatArray, LanguageMeans]:
    """Vectors (m, dimension) and (p, dimension), and what was taken off them."""
    if vectors is None:
        none = np.zeros((len(spoken), 0), dtype=np.float32)
        none_of_passages = np.zeros((len(passages.statement), 0), dtype=np.float32)
        return none, none_of_passages, LanguageMeans({}, {})
    languages = [statement.language for statement in spoken]
    means = vectors.means
    if means is None:
        own = language_means(vectors.vectors, languages)
        means = LanguageMeans(own, own)
    taken_off, model = means.passages, vectors.model
    centered = comparable(vectors.vectors, languages, taken_off, model)
    if vectors.passages is None:
        of_passages = centered[passages.statement]
    else:
        spoken_in = [languages[row] for row in passages.statement.tolist()]
        of_passages = comparable(vectors.passages, spoken_in, taken_off, model)
    return centered, of_passages, means
