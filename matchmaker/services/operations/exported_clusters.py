"""Members of a cluster and the ties among them, as tables and as a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from matchmaker.audit.ties import JOINT
from matchmaker.domain import (
    UNDIRECTED_LAYERS,
    Description,
    EngagementKind,
    Industry,
    Layer,
    Membership,
    Organization,
    Place,
    Role,
)
from matchmaker.errors import NotFound
from matchmaker.exports.tables import Cell, ExportColumn, ExportGraph, ExportTable, columns
from matchmaker.ingest.columns import TABLES
from matchmaker.messages import message
from matchmaker.snapshot.model import ENGAGEMENT_KINDS, ROLES, Snapshot, from_days

# Private, or an observation; no export has it.
_PRIVATE = frozenset({"contact", "headcount"})
_TERMS = frozenset({"kind", "size", "tier", "stages", "layer"})
ABOUT, ABOUT_ENGLISH = "about", "about-en"
# Behind the columns that our own import reads.
MEMBER_EXTRAS = columns(
    "place_name place_name_en industry_name industry_name_en member_since member_until"
)
TIE_EXTRAS = columns(
    "source_name target_name directed weight undertaking undertaking_kind title programme"
    " date_estimated origin",
    "undertaking_kind",
)


def import_columns(table: str) -> tuple[ExportColumn, ...]:
    """The columns that our own import reads, under its titles, but what is private."""
    return tuple(
        ExportColumn(column.name, column.title, column.name in _TERMS)
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


def _cell(members: Members, organization: Organization, column: str) -> Cell:
    if column == "source":
        return organization.provenance.source
    if column in ("description", "description_en"):
        part = ABOUT if column == "description" else ABOUT_ENGLISH
        description = members.descriptions.get(f"{organization.id}#{part}")
        return description.text if description else ""
    cell: Cell = getattr(organization, column)
    return cell


def _names(coded: Place | Industry | None) -> tuple[str, str]:
    return (coded.name, coded.name_en) if coded else ("", "")


def _period(membership: Membership | None) -> tuple[Cell, Cell]:
    return (membership.since, membership.until) if membership else (None, None)


def ties_table(snapshot: Snapshot, members: Mapping[str, Organization]) -> ExportTable:
    """Every tie among members: declared ones, then those of contracts and joint undertakings.

    A declared tie and a contract count 1; of an undertaking with k participants each pair
    counts 1 / (k - 1), so that each participant has 1 of it (Newman, 2001).
    """
    own = import_columns("ties")
    rows = {row: members[id] for id in members if (row := _row(snapshot, id)) is not None}
    listed = [*_declared(snapshot, rows), *_undertaken(snapshot, rows)]
    names = [column.name for column in (*own, *TIE_EXTRAS)]
    return ExportTable(
        "ties",
        message("Ties"),
        (*own, *TIE_EXTRAS),
        [tuple(_tie_cell(tie, name, members) for name in names) for tie in listed],
    )


def graph_of(nodes: ExportTable, ties: ExportTable) -> ExportGraph:
    """Members as nodes and their ties as edges; an edge says whether it has a direction."""
    return ExportGraph(nodes, ties, directed=True)


_Tie = dict[str, Any]


def _tie_cell(tie: _Tie, name: str, members: Mapping[str, Organization]) -> Cell:
    if name in ("source_name", "target_name"):
        return members[tie[name.removesuffix("_name")]].name
    cell: Cell = tie.get(name)
    return cell


def _row(snapshot: Snapshot, organization_id: str) -> int | None:
    """Its row; None for who is newer than the snapshot."""
    try:
        return snapshot.row_of(organization_id)
    except NotFound:
        return None


def _declared(snapshot: Snapshot, rows: Mapping[int, Organization]) -> Iterator[_Tie]:
    ids, notes, sources, estimated = (
        snapshot.ties[name] for name in ("id", "note", "source_name", "date_estimated")
    )
    for layer, ties in snapshot.layers.items():
        mutual = layer in UNDIRECTED_LAYERS
        for source in sorted(rows):
            places = ties.out.row(source)
            for place in range(places.start, places.stop):
                target = int(ties.out.indices[place])
                if target not in rows or (mutual and target < source):  # held under both ends
                    continue
                tie = int(ties.out.tie[place])
                yield {
                    "id": ids[tie].as_py(),
                    "source": rows[source].id,
                    "target": rows[target].id,
                    "layer": layer,
                    "since": from_days(int(ties.out.since[place])),
                    "until": from_days(int(ties.out.until[place])),
                    "note": notes[tie].as_py(),
                    "directed": not mutual,
                    "weight": 1.0,
                    "date_estimated": estimated[tie].as_py(),
                    "origin": sources[tie].as_py(),
                }


def _undertaken(snapshot: Snapshot, rows: Mapping[int, Organization]) -> Iterator[_Tie]:
    took_part, table = snapshot.engagement_organizations, snapshot.engagements.table
    for engagement in _engagements(snapshot, rows):
        kind = ENGAGEMENT_KINDS[snapshot.engagements.kind[engagement]]
        participants = took_part.row(engagement).tolist()
        roles = [ROLES[code] if code >= 0 else None for code in took_part.codes(engagement)]
        told = {
            "since": from_days(int(snapshot.engagements.date[engagement])),
            "undertaking": table["id"][engagement].as_py(),
            "undertaking_kind": kind,
            "title": table["title"][engagement].as_py(),
            "programme": table["programme"][engagement].as_py(),
            "date_estimated": bool(snapshot.engagements.date_estimated[engagement]),
        }
        if kind is EngagementKind.CONTRACT:
            layer, weight = Layer.SUPPLIES, 1.0
            pairs = _traded(participants, roles)
        else:
            everybody = sorted(set(participants))
            layer, weight = Layer.COOPERATES_WITH, 1 / max(1, len(everybody) - 1)
            pairs = combinations(everybody, 2)
        for source, target in pairs:
            if source in rows and target in rows:
                ends = {"source": rows[source].id, "target": rows[target].id}
                directed = layer not in UNDIRECTED_LAYERS
                yield told | ends | {"layer": layer, "directed": directed, "weight": weight}


def _engagements(snapshot: Snapshot, rows: Iterable[int]) -> list[int]:
    """Contracts and joint undertakings that any of these took part in."""
    taken = snapshot.organization_engagements
    wanted = {ENGAGEMENT_KINDS.index(kind) for kind in (*JOINT, EngagementKind.CONTRACT)}
    every = {int(engagement) for row in rows for engagement in taken.row(row)}
    return sorted(each for each in every if int(snapshot.engagements.kind[each]) in wanted)


def _traded(participants: list[int], roles: list[Role | None]) -> Iterator[tuple[int, int]]:
    """Each supplier of a contract with each of its buyers."""
    parts = list(zip(participants, roles, strict=True))
    suppliers = sorted({who for who, role in parts if role is Role.SUPPLIER})
    buyers = sorted({who for who, role in parts if role is Role.BUYER})
    return ((who, whom) for who in suppliers for whom in buyers if who != whom)
