"""Members of a cluster and the ties among them, as tables and as a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np

from matchmaker.audit.ties import JOINT
from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    Certificate,
    DatePrecision,
    Description,
    Engagement,
    EngagementKind,
    GraphRows,
    Industry,
    Layer,
    Membership,
    Offer,
    Organization,
    OtherStatement,
    Participant,
    Place,
    Role,
    SourceTier,
    Tie,
    date_text,
)
from matchmaker.errors import NotFound
from matchmaker.exports.tables import ExportCell, ExportColumn, ExportGraph, ExportTable, columns
from matchmaker.ingest.columns import TABLES
from matchmaker.ingest.organization_parts import PARTS, TEXTS, UNSTATED_DEFAULTS, WORKED_OUT
from matchmaker.messages import message
from matchmaker.snapshot.model import ENGAGEMENT_KINDS, Snapshot
from matchmaker.workflow.posting import is_taken_down

# Undertakings that join those who take part.
COUNTED = (EngagementKind.CONTRACT, *JOINT)
# Private, or no field of an organisation.
_PRIVATE = frozenset({"contact", *PARTS}) - TEXTS.keys()
_TERMS = frozenset(
    {
        "kind",
        "size",
        "tier",
        "stages",
        "layer",
        "status",
        "claim",
        "terms",
        "for_tiers",
        "for_sizes",
    }
)
# Of a certificate the kind is what it is called.
_NO_TERMS = {"certificates": frozenset({"kind"})}
# Behind the columns that our own import reads.
MEMBER_EXTRAS = columns(
    "place_name place_name_en industry_name industry_name_en member_since member_until"
)
CERTIFICATE_EXTRAS = columns("organization_name is_valid")
OFFER_EXTRAS = columns("organization_name")
TIE_EXTRAS = columns(
    "source_name target_name directed weight undertaking undertaking_kind title programme"
    " date_estimated ended origin also_stated",
    "undertaking_kind",
)


def import_columns(table: str) -> tuple[ExportColumn, ...]:
    """The columns that our own import reads, under its titles, but what is private."""
    return tuple(
        ExportColumn(
            column.name, column.title, column.name in _TERMS - _NO_TERMS.get(table, frozenset())
        )
        for column in TABLES[table].columns
        if column.name not in _PRIVATE
    )


@dataclass(frozen=True)
class Members:
    """Organisations of a cluster in order of id, and what their rows refer to, by id."""

    organizations: Sequence[Organization]
    memberships: Mapping[str, Membership]
    descriptions: Mapping[str, Description]
    places: Mapping[str, Place]
    industries: Mapping[str, Industry]


def members_table(members: Members) -> ExportTable:
    """A row for each member, as our own import reads it, with names of codes and the time."""
    own = import_columns("organizations")
    return ExportTable(
        "members",
        message("Members"),
        (*own, *MEMBER_EXTRAS),
        [
            (
                *(_cell(members, organization, column.name) for column in own),
                *_names(members.places.get(organization.place or "")),
                *_names(members.industries.get(organization.industry or "")),
                *_period(members.memberships.get(organization.id)),
            )
            for organization in members.organizations
        ],
    )


def certificates_table(
    rows: Iterable[Certificate], members: Mapping[str, Organization], today: date
) -> ExportTable:
    """A row for each certificate of the members, as our own import reads it; whether it holds."""
    own = import_columns("certificates")
    names = [column.name for column in own]
    return ExportTable(
        "certificates",
        message("Certificates"),
        (*own, *CERTIFICATE_EXTRAS),
        [
            (
                *(_certificate_cell(row, name) for name in names),
                members[row.organization].name,
                row.is_valid_on(today),
            )
            for row in rows
        ],
    )


def offers_table(
    offers: Mapping[str, Sequence[Offer]], owners: Mapping[str, Organization]
) -> ExportTable:
    """A row for each offer, programmes with their terms, as our own import reads it.

    Without those of postings that were taken down: only their own people read these.
    """
    own = import_columns("offers")
    names = [column.name for column in own]
    return ExportTable(
        "offers",
        message("Offers"),
        (*own, *OFFER_EXTRAS),
        [
            (*(_offer_cell(row, name) for name in names), owners[id].name)
            for id, rows in offers.items()
            for row in rows
            if not is_taken_down(row)
        ],
    )


def _offer_cell(row: Offer, column: str) -> ExportCell:
    if column == "date":
        return partial_date(row.date, row.date_precision)
    cell: ExportCell = getattr(row, column)
    return cell


def _certificate_cell(row: Certificate, column: str) -> ExportCell:
    if column == "source":
        return row.provenance.source
    if column == "since":
        return partial_date(row.since, row.date_precision)
    cell: ExportCell = getattr(row, column)
    return cell


def _cell(members: Members, organization: Organization, column: str) -> ExportCell:
    if column == "source":
        return organization.provenance.source
    if column == WORKED_OUT:
        return "; ".join(_unstated(organization))
    if column in TEXTS:
        description = members.descriptions.get(f"{organization.id}#{TEXTS[column]}")
        return description.text if description else ""
    if column == "founded":
        return partial_date(organization.founded, organization.date_precision)
    cell: ExportCell = getattr(organization, column)
    return cell


def _unstated(organization: Organization) -> Iterator[str]:
    """The fields of which nobody said what they are, so that a re-import does not say it."""
    tiers = {origin.field: origin.tier for origin in organization.origins}
    yield from (name for name, tier in tiers.items() if tier is SourceTier.DERIVED)
    for name, default in UNSTATED_DEFAULTS.items():
        if name not in tiers and getattr(organization, name) == default:
            yield name


def _names(coded: Place | Industry | None) -> tuple[str, str]:
    return (coded.name, coded.name_en) if coded else ("", "")


def _period(membership: Membership | None) -> tuple[ExportCell, ExportCell]:
    if membership is None:
        return (None, None)
    since = partial_date(membership.since, membership.date_precision)
    return since, membership.until  # a last day is known to the day


def ties_of(snapshot: Snapshot, ids: Iterable[str]) -> GraphRows:
    """The keys of ties, and of contracts and joint undertakings, that the snapshot has of these.

    Only keys: the rows themselves are the store's.
    """
    rows = [row for id in ids if (row := _row(snapshot, id)) is not None]
    numbers = {
        int(number)
        for layer in snapshot.layers.values()
        for side in (layer.out, layer.into)
        for row in rows
        for number in side.tie[side.row(row)]
    }
    kinds = {ENGAGEMENT_KINDS.index(kind) for kind in COUNTED}
    undertakings = {
        int(number) for row in rows for number in snapshot.organization_engagements.row(row)
    }
    kind = snapshot.engagements.kind
    chosen = sorted(number for number in undertakings if int(kind[number]) in kinds)
    # As numbers: of an empty list Arrow would not know what it holds.
    ties = snapshot.ties["id"].take(np.array(sorted(numbers), np.int64)).to_pylist()
    engagements = snapshot.engagements.table["id"].take(np.array(chosen, np.int64)).to_pylist()
    anybody = (Participant("any:one", Role.PARTNER),)
    return GraphRows(
        ties=tuple(Tie(id, "any:one", "any:other", Layer.SUPPLIES) for id in ties),
        engagements=tuple(Engagement(id, COUNTED[0], anybody) for id in engagements),
    )


def ties_table(rows: GraphRows, members: Mapping[str, Organization]) -> ExportTable:
    """Every tie among members: declared ones, then those of contracts and joint undertakings.

    A declared tie and a contract count 1; of an undertaking with k participants each pair
    counts 1 / (k - 1), so that each participant has 1 of it (Newman, 2001).
    """
    own = import_columns("ties")
    listed = [
        *(_declared(tie) for tie in rows.ties),
        *(pair for engagement in rows.engagements for pair in _undertaken(engagement)),
    ]
    inside = [tie for tie in listed if tie["source"] in members and tie["target"] in members]
    names = [column.name for column in (*own, *TIE_EXTRAS)]
    return ExportTable(
        "ties",
        message("Ties"),
        (*own, *TIE_EXTRAS),
        [tuple(_tie_cell(tie, name, members) for name in names) for tie in inside],
    )


def graph_of(nodes: ExportTable, ties: ExportTable) -> ExportGraph:
    """Members as nodes and their ties as edges; an edge says whether it has a direction."""
    return ExportGraph(nodes, ties, directed=True)


_Cells = dict[str, Any]


def _tie_cell(tie: _Cells, name: str, members: Mapping[str, Organization]) -> ExportCell:
    if name in ("source_name", "target_name"):
        return members[tie[name.removesuffix("_name")]].name
    cell: ExportCell = tie.get(name)
    return cell


def _row(snapshot: Snapshot, organization_id: str) -> int | None:
    """Its row; None for who is newer than the snapshot."""
    try:
        return snapshot.row_of(organization_id)
    except NotFound:
        return None


def _declared(tie: Tie) -> _Cells:
    own = {field.name: getattr(tie, field.name) for field in fields(tie)}
    return own | {
        "since": partial_date(tie.since, tie.date_precision),
        "until": tie.until,
        "directed": tie.layer not in UNDIRECTED_LAYERS,
        "weight": 1.0,
        "origin": tie.provenance.source,
        "also_stated": _others(tie.also_stated),
    }


def _others(statements: Iterable[OtherStatement]) -> str:
    """Who else states it, and where: each source with its record, parted by semicolons."""
    return "; ".join(" ".join(filter(None, (each.source, each.record))) for each in statements)


def _undertaken(engagement: Engagement) -> Iterator[_Cells]:
    """The pairs of an undertaking: suppliers with buyers of a contract, else all with all."""
    common = {
        "since": partial_date(engagement.date, engagement.date_precision),
        "until": engagement.until,
        "undertaking": engagement.id,
        "undertaking_kind": engagement.kind,
        "title": engagement.title,
        "programme": engagement.programme,
        "date_estimated": engagement.date_estimated,
        "ended": False,
        "origin": engagement.provenance.source,
        "also_stated": _others(engagement.also_stated),
    }
    if engagement.kind is EngagementKind.CONTRACT:
        layer, weight = Layer.SUPPLIES, 1.0
        suppliers, buyers = (
            sorted({part.organization for part in engagement.participants if part.role is role})
            for role in (Role.SUPPLIER, Role.BUYER)
        )
        pairs = [(who, whom) for who in suppliers for whom in buyers if who != whom]
    else:
        everybody = sorted({part.organization for part in engagement.participants})
        layer, weight = Layer.COOPERATES_WITH, 1 / max(1, len(everybody) - 1)
        pairs = list(combinations(everybody, 2))
    for source, target in pairs:
        yield common | {
            "source": source,
            "target": target,
            "layer": layer,
            "directed": layer not in UNDIRECTED_LAYERS,
            "weight": weight,
        }


def partial_date(day: date | None, precision: DatePrecision) -> date | str | None:
    """A date as far as it is known: 2012, 2012-Q2, 2012-06, or the day."""
    return day if day is None or precision is DatePrecision.DAY else date_text(day, precision)
