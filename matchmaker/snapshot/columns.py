"""Rows of the graph as columns of a snapshot: of all of them, or of those that changed.

What depends on other rows is worked out from whole columns afterwards (`with_derived`,
`observations_in_order`, `layer_of`), so that it is the same however the columns came to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from matchmaker.domain import (
    Certificate,
    DuplicateCandidate,
    Engagement,
    GraphRows,
    Membership,
    NeedState,
    Observation,
    Offer,
    OfferKind,
    Organization,
    Place,
    Statement,
    StatementKind,
    key_of,
)
from matchmaker.embedding import LanguageMeans, comparable
from matchmaker.snapshot import model
from matchmaker.snapshot.geography import coordinate_at
from matchmaker.snapshot.model import (
    Engagements,
    FloatArray,
    Incidence,
    IntArray,
    Memberships,
    Namesakes,
    Organizations,
    Passages,
    Statements,
    stage_bits,
    to_days,
)
from matchmaker.snapshot.stages import statement_stages
from matchmaker.snapshot.verified import is_verified
from matchmaker.store.schema import TABLES
from matchmaker.text import language_of
from matchmaker.text import passages as passages_of

Row = TypeVar("Row")
RowNumbers = Mapping[str, int]
# Latitudes and longitudes of all places, in degrees.
Coordinates = tuple[FloatArray, FloatArray]
# From which chance on that two of one name are one, what one of them refused holds for the
# other. A name that is only like it is somebody else's, however high the chance.
_RATHER_ONE = 0.5


@dataclass(frozen=True)
class StatementVectors:
    """Raw unit vectors (m, d) aligned with `statements(rows)`, and what made them.

    `means` say where the model puts each language; without them they are those of the vectors.
    `passages` (p, d) are those of `passage_texts(statements(rows))`, in this order; without them
    a long statement is as like a question as the whole of it. `drift` counts the texts that
    are other than when the means were worked out.
    """

    model: str
    revision: str
    vectors: FloatArray
    means: LanguageMeans | None = None
    passages: FloatArray | None = None
    drift: int = 0


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
    return tuple(in_order(texts))


def passage_texts(spoken: Sequence[Statement]) -> list[str]:
    """Sentences of long statements, in order of statement and place."""
    return [statement.text[start:end] for statement in spoken for start, end in _spans(statement)]


def _spans(statement: Statement) -> list[tuple[int, int]]:
    """Of what somebody says of itself; an undertaking's text is about one thing."""
    if statement.kind is StatementKind.ENGAGEMENT:
        return []
    return passages_of(statement.text)


def in_order(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=key_of)


def numbered(rows: Sequence[Any]) -> RowNumbers:
    return {row.id: number for number, row in enumerate(rows)}


def table_of(rows: Sequence[Any], *names: str, **more: Any) -> pa.Table:
    """Fields that are strings, and further columns."""
    return pa.table({name: strings(getattr(row, name) for row in rows) for name in names} | more)


def strings(values: Iterable[str]) -> pa.Array:
    # Large offsets: the texts of a big graph pass 2 GiB together.
    return pa.array(list(values), pa.large_string())


def ints(values: Iterable[int]) -> NDArray[np.int32]:
    return np.fromiter(values, dtype=np.int32)


def flags(values: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(values, dtype=np.bool_)


def codes(members: Sequence[StrEnum], values: Iterable[StrEnum | None]) -> NDArray[np.int8]:
    code: dict[StrEnum | None, int] = {member: number for number, member in enumerate(members)}
    code[None] = -1
    return np.fromiter((code[value] for value in values), dtype=np.int8)


def namesakes_of(pairs: Iterable[DuplicateCandidate], organization_rows: RowNumbers) -> Namesakes:
    """Pairs that bear one name and are rather one than two, in order of key."""
    ordered = in_order(pair for pair in pairs if pair.score >= _RATHER_ONE and pair.is_of_one_name)
    return Namesakes(
        ints(organization_rows[pair.first] for pair in ordered),
        ints(organization_rows[pair.second] for pair in ordered),
    )


def organization_columns(
    rows: Sequence[Organization],
    place_rows: RowNumbers,
    industry_rows: RowNumbers,
    coordinates: Coordinates,
    as_of: date,
) -> Organizations:
    """Columns of what rows of organisations say themselves; `with_derived` puts in the rest."""
    latitude, longitude = coordinates
    place = ints(place_rows.get(row.place or "", -1) for row in rows)
    opted_out = flags(not row.listed for row in rows)
    return Organizations(
        table=table_of(
            rows,
            "id",
            "name",
            "name_en",
            "country",
            other_names=strings("\n".join(row.other_names) for row in rows),
        ),
        kind=codes(model.KINDS, (row.kind for row in rows)),
        size=codes(model.SIZES, (row.size for row in rows)),
        tier=codes(model.TIERS, (row.tier for row in rows)),
        place=place,
        industry=ints(industry_rows.get(row.industry or "", -1) for row in rows),
        stages=ints(stage_bits(row.stages) for row in rows),
        stages_read=np.zeros(len(rows), dtype=np.bool_),
        capacity=ints(-1 if row.capacity is None else row.capacity for row in rows),
        opted_out=opted_out,
        listed=~opted_out,
        active=flags(row.is_active_on(as_of) for row in rows),
        ended=ints(to_days(row.ended) for row in rows),
        verified=flags(is_verified(row.credit_code, row.vat) for row in rows),
        latitude=coordinate_at(place, latitude),
        longitude=coordinate_at(place, longitude),
        country=np.zeros(len(rows), dtype=np.int32),
    )


def as_said(organizations: Organizations) -> Organizations:
    """Without what `with_derived` put in."""
    read = organizations.stages_read
    return replace(organizations, stages=np.where(read, np.int32(0), organizations.stages))


def with_derived(
    organizations: Organizations, named_stages: IntArray, namesakes: Namesakes
) -> Organizations:
    """With what other rows say: stages that texts name, who is not listed because a namesake
    opted out, and the numbers of countries.

    A list of another source names who opted out again under an id of its own, which did not.
    """
    stated, opted_out = organizations.stages, organizations.opted_out
    held_back = np.zeros(len(stated), dtype=np.bool_)
    held_back[namesakes.second[opted_out[namesakes.first]]] = True
    held_back[namesakes.first[opted_out[namesakes.second]]] = True
    return replace(
        organizations,
        stages=np.where(stated, stated, named_stages),
        stages_read=(stated == 0) & (named_stages != 0),
        listed=~opted_out & ~held_back,
        country=_country_numbers(organizations.table.column("country")),
    )


def _country_numbers(column: pa.ChunkedArray) -> IntArray:
    """Numbers of countries in order of their codes, -1 where none is known."""
    encoded = pa.chunked_array(column.chunks, pa.large_string()).combine_chunks()
    encoded = encoded.dictionary_encode()
    words = encoded.dictionary.to_pylist()
    number = {word: place for place, word in enumerate(sorted(words))} | {"": -1}
    numbers = np.array([number[word] for word in words], dtype=np.int32)
    return numbers[np.asarray(encoded.indices)] if len(words) else numbers


def statement_columns(
    spoken: Sequence[Statement],
    rows: GraphRows,
    engagement_rows: RowNumbers,
    specified: Sequence[str],
) -> Statements:
    """Columns of statements, and what each specifies as it is kept."""
    offers: dict[str, Any] = {row.id: row for row in rows.offers}
    needs: dict[str, Any] = {row.id: row for row in rows.needs}

    def fields_of(rows_by_id: Mapping[str, Any], name: str) -> list[Any]:
        """The field of the row that each statement is, None where it is none of these."""
        return [getattr(rows_by_id.get(statement.id), name, None) for statement in spoken]

    active = {row.id: row.active for row in rows.offers}
    active |= {row.id: row.state is NeedState.OPEN for row in rows.needs}
    return Statements(
        table=table_of(spoken, "id", "text", "language", specification=strings(specified)),
        kind=codes(model.STATEMENT_KINDS, (statement.kind for statement in spoken)),
        date=ints(to_days(statement.date) for statement in spoken),
        goal=codes(model.GOALS, fields_of(needs, "goal")),
        offer_kind=codes(model.OFFER_KINDS, fields_of(offers, "kind")),
        terms=codes(model.TERMS, fields_of(offers, "terms")),
        stages=statement_stages(spoken, fields_of(offers | needs, "stages")),
        active=flags(active.get(statement.id, True) for statement in spoken),
        engagement=ints(engagement_rows.get(statement.id, -1) for statement in spoken),
    )


def engagement_columns(rows: Sequence[Engagement], statement_rows: RowNumbers) -> Engagements:
    """Columns of joint undertakings."""
    return Engagements(
        table=table_of(rows, "id", "title", "programme", "topic"),
        kind=codes(model.ENGAGEMENT_KINDS, (row.kind for row in rows)),
        date=ints(to_days(row.date) for row in rows),
        date_estimated=flags(row.date_estimated for row in rows),
        statement=ints(statement_rows.get(row.id, -1) for row in rows),
    )


def membership_columns(
    rows: Sequence[Membership], clusters: RowNumbers, organizations: RowNumbers
) -> Memberships:
    """Columns of memberships."""
    return Memberships(
        cluster=ints(clusters[row.cluster] for row in rows),
        organization=ints(organizations[row.organization] for row in rows),
        since=ints(to_days(row.since) for row in rows),
        until=ints(to_days(row.until) for row in rows),
        written=ints(to_days(row.provenance.date) for row in rows),
    )


# Terms of a programme that have several values.
SEVERAL_TERMS = (
    "for_tiers", "for_certificates", "for_sizes", "for_places", "for_industries",
    "further_conditions",
)  # fmt: skip
# Rank of a tier, then the day: days up to the year 9999 are below it.
_DAYS = 10_000_000


def certificate_columns(rows: Sequence[Certificate]) -> pa.Table:
    """Columns of certificates in any order; whose they are is told by id, as rows move."""
    return table_of(
        rows,
        *("id", "organization", "kind"),
        since=ints(to_days(row.since) for row in rows),
        until=ints(to_days(row.until) for row in rows),
        claim=codes(model.CLAIM_TIERS, (row.claim for row in rows)),
        taken_back=ints(to_days(row.taken_back_on) for row in rows),
    )


def programme_columns(offers: Iterable[Offer]) -> pa.Table:
    """Terms of the programmes among offers, in any order; several values are a line each."""
    rows = [row for row in offers if row.kind is OfferKind.PROGRAMME and row.active]
    return table_of(
        rows,
        *("id", "organization", "amount", "url"),
        **{name: strings("\n".join(getattr(row, name)) for row in rows) for name in SEVERAL_TERMS},
        **{
            name: ints(-1 if (years := getattr(row, name)) is None else years for row in rows)
            for name in ("min_years", "max_years")
        },
        **{
            name: ints(to_days(getattr(row, name)) for row in rows)
            for name in ("opens", "deadline", "date")
        },
    )


def in_order_of_id(columns: pa.Table) -> pa.Table:
    """In order of id."""
    return columns.take(pc.sort_indices(columns, sort_keys=[("id", "ascending")])).combine_chunks()


def observation_columns(rows: Sequence[Observation]) -> pa.Table:
    """Columns of observations in any order; a larger `precedence` is a weaker source."""
    ranks = [row.provenance.precedence for row in rows]
    return table_of(
        rows,
        *("id", "subject", "indicator"),
        year=ints(row.year for row in rows),
        value=pa.array([row.value for row in rows], pa.float64()),
        unit=strings(row.unit for row in rows),
        source=strings(row.provenance.source for row in rows),
        precedence=pa.array([rank * _DAYS + day for rank, day in ranks], pa.int64()),
    )


def observations_in_order(columns: pa.Table) -> pa.Table:
    """Of one year the figure of the strongest source last: the last one counts."""
    order = pc.sort_indices(
        columns,
        sort_keys=[
            *((name, "ascending") for name in ("subject", "indicator", "year")),
            ("precedence", "descending"),
            ("id", "ascending"),
        ],
    )
    return columns.take(order).combine_chunks()


def place_columns(places: Sequence[Place], place_rows: RowNumbers) -> pa.Table:
    """Columns of places in order of id."""
    return tree_columns(
        places,
        place_rows,
        level=codes(model.PLACE_LEVELS, (place.level for place in places)),
        country=strings(place.country for place in places),
        latitude=pa.array([place.latitude for place in places], pa.float64()),
        longitude=pa.array([place.longitude for place in places], pa.float64()),
    )


def tree_columns(rows: Sequence[Any], numbers: RowNumbers, **more: Any) -> pa.Table:
    """Columns of codes that lie in one another."""
    parent = ints(numbers.get(row.parent or "", -1) for row in rows)
    return table_of(rows, "id", "name", "name_en", parent=parent, **more)


def cluster_columns(
    clusters: Sequence[Any], place_rows: RowNumbers, industry_rows: RowNumbers
) -> pa.Table:
    """Columns of clusters."""
    return table_of(
        clusters,
        *("id", "name", "name_en"),
        place=ints(place_rows.get(row.place or "", -1) for row in clusters),
        industry=ints(industry_rows.get(row.industry or "", -1) for row in clusters),
    )


def participation(engagements: Sequence[Engagement], organizations: RowNumbers) -> Incidence:
    parts = [engagement.participants for engagement in engagements]
    return Incidence(
        indptr=np.cumsum([0, *map(len, parts)], dtype=np.int64),
        indices=ints(organizations[part.organization] for row in parts for part in row),
        code=codes(model.ROLES, (part.role for row in parts for part in row)),
    )


def speakers_of(
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
        indices=ints(organizations[id] for ids in owners for id in ids),
        code=codes(model.ROLES, roles),
    )


def passages_in(spoken: Sequence[Statement]) -> Passages:
    spans = [
        (row, start, end)
        for row, statement in enumerate(spoken)
        for start, end in _spans(statement)
    ]
    columns = np.array(spans, dtype=np.int32).reshape(len(spans), 3).T
    return Passages(*(np.ascontiguousarray(column) for column in columns))


def centred(
    spoken: Sequence[Statement],
    passages: Passages,
    vectors: StatementVectors | None,
    means: LanguageMeans,
) -> tuple[FloatArray, FloatArray]:
    """Vectors (m, dimension) and (p, dimension) after the means were taken off."""
    if vectors is None:
        none = np.zeros((len(spoken), 0), dtype=np.float32)
        return none, np.zeros((len(passages.statement), 0), dtype=np.float32)
    languages = [statement.language for statement in spoken]
    of_statements = comparable(vectors.vectors, languages, means.passages, vectors.model)
    if vectors.passages is None:
        return of_statements, of_statements[passages.statement]
    spoken_in = [languages[row] for row in passages.statement.tolist()]
    return of_statements, comparable(vectors.passages, spoken_in, means.passages, vectors.model)
