"""From exported rows to a snapshot: pure, and the same whatever store they came from."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from matchmaker import domain, stage_words, stages, text, vocabulary
from matchmaker import embedding as embedding_package
from matchmaker.embedding import LanguageMeans, language_means
from matchmaker.marks import mark_of
from matchmaker.snapshot import model
from matchmaker.snapshot.columns import (
    StatementVectors,
    centred,
    certificate_columns,
    cluster_columns,
    engagement_columns,
    in_order,
    in_order_of_id,
    membership_columns,
    namesakes_of,
    numbered,
    observation_columns,
    observations_in_order,
    organization_columns,
    participation,
    passage_texts,
    passages_in,
    place_columns,
    programme_columns,
    speakers_of,
    statement_columns,
    statements,
    tree_columns,
    with_derived,
)
from matchmaker.snapshot.geography import coordinates_of
from matchmaker.snapshot.incidence import transposed
from matchmaker.snapshot.lexical import build_lexical, earlier_postings, reading
from matchmaker.snapshot.model import Snapshot, SnapshotMeta
from matchmaker.snapshot.specified import UNREAD, TextReader, specifications
from matchmaker.snapshot.stages import stages_named
from matchmaker.snapshot.tie_layers import layer_of, tie_columns, tie_ends
from matchmaker.snapshot.unchanged import EarlierTexts
from matchmaker.store.ports import Export

__all__ = ["StatementVectors", "build", "made_by", "passage_texts", "statements"]


@lru_cache(maxsize=1)
def made_by() -> str:
    """A mark of this program's way to make a snapshot, another for each version of it."""
    here, beside = Path(__file__).parent, Path(embedding_package.__file__).parent
    modules = (domain, vocabulary, text, stages, stage_words)
    files = [
        *here.glob("*.py"),
        *beside.glob("*.*"),
        *(Path(str(each.__file__)) for each in modules),
    ]
    packages = ("python-stdnum", "opencc", "numpy", "pyarrow")
    return mark_of(files, *map(version, packages))


def build(
    export: Export,
    as_of: date,
    vectors: StatementVectors | None,
    earlier: Snapshot | None = None,
    reader: TextReader = UNREAD,
) -> Snapshot:
    """The snapshot of an export. Vectors must be those of `statements(export.rows)`.

    With an `earlier` one of whatever graph only texts that are not in it are read for their
    words and, by the `reader`, for what they specify; the snapshot is the same.
    """
    rows = export.rows
    spoken = statements(rows)
    stood = EarlierTexts.of(earlier, spoken) if earlier is not None else None
    if vectors is not None and len(vectors.vectors) != len(spoken):
        raise ValueError(f"{len(vectors.vectors)} vectors for {len(spoken)} statements")
    organizations, engagements = in_order(rows.organizations), in_order(rows.engagements)
    places, industries = in_order(rows.places), in_order(rows.industries)
    clusters, ties = in_order(rows.clusters), in_order(rows.ties)
    organization_rows = numbered(organizations)
    place_rows, industry_rows = numbered(places), numbered(industries)
    cluster_rows, engagement_rows = numbered(clusters), numbered(engagements)
    passages = passages_in(spoken)
    if vectors is not None and vectors.passages is not None:
        given, count = len(vectors.passages), len(passages.statement)
        if given != count:
            raise ValueError(f"{given} vectors for {count} passages")
    means = _means(spoken, vectors)
    of_statements, of_passages = centred(spoken, passages, vectors, means)
    all_statements = statement_columns(
        spoken, rows, engagement_rows, specifications(spoken, reader, stood)
    )
    engaged = participation(engagements, organization_rows)
    speakers = speakers_of(spoken, engagements, engagement_rows, organization_rows)
    all_places = place_columns(places, place_rows)
    namesakes = namesakes_of(rows.duplicates, organization_rows)
    count = len(organizations)
    return Snapshot(
        meta=SnapshotMeta(
            version=export.version,
            graph=export.graph_id,
            as_of=as_of,
            model=vectors.model if vectors else "",
            revision=vectors.revision if vectors else "",
            dimension=int(of_statements.shape[1]),
            counts={**rows.counts(), "statements": len(spoken)},
            reading=reading(),
            stamp=export.stamp,
            made_by=made_by(),
            drift=vectors.drift if vectors else 0,
            specified_by=reader.mark,
        ),
        organizations=with_derived(
            organization_columns(
                organizations, place_rows, industry_rows, coordinates_of(all_places), as_of
            ),
            stages_named(all_statements, speakers, count),
            namesakes,
        ),
        namesakes=namesakes,
        statements=all_statements,
        passages=passages,
        engagements=engagement_columns(engagements, numbered(spoken)),
        memberships=membership_columns(in_order(rows.memberships), cluster_rows, organization_rows),
        places=all_places,
        industries=tree_columns(industries, industry_rows),
        clusters=cluster_columns(clusters, place_rows, industry_rows),
        ties=tie_columns(ties),
        observations=observations_in_order(observation_columns(rows.observations)),
        certificates=in_order_of_id(certificate_columns(rows.certificates)),
        programmes=in_order_of_id(programme_columns(rows.offers)),
        layers={
            layer: layer_of(
                layer, tie_ends(layer, enumerate(ties), organization_rows, as_of), count
            )
            for layer in model.LAYERS
        },
        engagement_organizations=engaged,
        organization_engagements=transposed(engaged, count),
        statement_organizations=speakers,
        organization_statements=transposed(speakers, count),
        lexical=build_lexical(
            [statement.text for statement in spoken], earlier=earlier_postings(stood)
        ),
        vectors=of_statements,
        passage_vectors=of_passages,
        language_means=means.passages,
        query_means=means.queries,
    )


def _means(spoken: tuple[domain.Statement, ...], vectors: StatementVectors | None) -> LanguageMeans:
    """The means that are taken off vectors: as given, else those of the vectors themselves."""
    if vectors is None:
        return LanguageMeans({}, {})
    if vectors.means is not None:
        return vectors.means
    own = language_means(vectors.vectors, [statement.language for statement in spoken])
    return LanguageMeans(own, own)
