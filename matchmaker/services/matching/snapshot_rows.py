"""From ids to rows of a snapshot's tables, as seekers and filters need them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from matchmaker.domain import Industry, Place
from matchmaker.errors import NotFound
from matchmaker.recommend.certificates import HeldCertificate, held_by
from matchmaker.recommend.model import Filters, Request, Seeker
from matchmaker.services.directory.coarser_industries import CoarserIndustry, coarser_industries
from matchmaker.services.directory.codes import CodeTable, code_named, rows_named, with_below
from matchmaker.services.directory.narrowing import certificate_kinds, country_codes, sizes_with_sme
from matchmaker.snapshot.model import PLACE_LEVELS, Snapshot
from matchmaker.workflow.meeting_bounds import MeetingBounds


@dataclass(frozen=True)
class SnapshotRows:
    """Row numbers of one snapshot's places, industries, clusters and statements."""

    snapshot: Snapshot

    @cached_property
    def places(self) -> dict[str, int]:
        return _rows(self.snapshot.places)

    @cached_property
    def industries(self) -> dict[str, int]:
        return _rows(self.snapshot.industries)

    @cached_property
    def clusters(self) -> dict[str, int]:
        return _rows(self.snapshot.clusters)

    @cached_property
    def capacities(self) -> dict[str, int]:
        """Slots of those who said how many they have, by id."""
        capacity = self.snapshot.organizations.capacity
        return {
            self.snapshot.id_of(int(row)): int(capacity[row])
            for row in np.flatnonzero(capacity >= 0)
        }

    @cached_property
    def outcomes(self) -> dict[str, int]:
        """Ties that came of an introduction, which both sides confirmed, by organisation."""
        counts: Counter[int] = Counter()
        source_names = self.snapshot.ties.column("source_name").to_pylist()
        for layer in self.snapshot.layers.values():
            for side in {id(layer.out): layer.out, id(layer.into): layer.into}.values():
                owners = np.repeat(np.arange(len(self.snapshot)), np.diff(side.indptr))
                counts.update(
                    int(owner)
                    for owner, tie in zip(owners.tolist(), side.tie.tolist(), strict=True)
                    if source_names[tie] == "introduction"
                )
        return {self.snapshot.id_of(row): count for row, count in counts.items()}

    def organization(self, organization_id: str) -> int | None:
        """Row of an organisation, None when it is newer than the snapshot."""
        try:
            return self.snapshot.row_of(organization_id)
        except NotFound:
            return None

    def organizations(self, ids: Iterable[str]) -> frozenset[int]:
        """Rows of those of them that are in the snapshot."""
        return frozenset(row for row in map(self.organization, ids) if row is not None)

    def held(
        self, seeker: Seeker, bounds: MeetingBounds, hidden: frozenset[str] = frozenset()
    ) -> Seeker:
        """The seeker, held to some bounds; of `hidden`, by id, its reader is told nothing."""
        within = None if bounds.only is None else self.organizations(bounds.only)
        hidden_rows = self.organizations(hidden)
        apart = self.organizations(bounds.left_out) | hidden_rows
        return replace(seeker, apart=apart, within=within, hidden=hidden_rows)

    def certificates(self, organization_id: str) -> tuple[HeldCertificate, ...]:
        """Those of an organisation that hold on the snapshot's day, confirmed ones first."""
        row, today = self.organization(organization_id), self.snapshot.meta.as_of
        held = () if row is None else held_by(self.snapshot).get(row, ())
        valid = (each for each in held if each.is_valid_on(today))
        return tuple(sorted(valid, key=lambda each: (-each.claim.rank, each.kind)))

    def known_places(self, ids: Iterable[str]) -> dict[str, Place]:
        """Those of the places that the snapshot has."""
        columns, places = self.snapshot.places, {}
        for place_id, row in _rows_of(self.places, ids):
            latitude, longitude = (columns[name][row].as_py() for name in ("latitude", "longitude"))
            places[place_id] = Place(
                place_id,
                columns["name"][row].as_py(),
                PLACE_LEVELS[columns["level"][row].as_py()],
                columns["name_en"][row].as_py(),
                country=columns["country"][row].as_py(),
                latitude=latitude if _known(latitude) else None,
                longitude=longitude if _known(longitude) else None,
            )
        return places

    def known_industries(self, ids: Iterable[str]) -> dict[str, Industry]:
        """Those of the industries that the snapshot has."""
        columns = self.snapshot.industries
        return {
            industry_id: Industry(
                industry_id, columns["name"][row].as_py(), columns["name_en"][row].as_py()
            )
            for industry_id, row in _rows_of(self.industries, ids)
        }

    def coordinates(self, place: int) -> tuple[float, float]:
        """Latitude and longitude of the place or its nearest ancestor that has them, else NaN."""
        table = self.snapshot.places
        while place >= 0:
            latitude = table.column("latitude")[place].as_py()
            longitude = table.column("longitude")[place].as_py()
            if _known(latitude) and _known(longitude):
                return (float(latitude), float(longitude))
            place = int(table.column("parent")[place].as_py())
        return (math.nan, math.nan)

    def request(self, request: Request[str]) -> Request[int]:
        """The same request by rows, with everything below its places and industries.

        Raises InvalidInput where a name or an id is unknown or may be several.
        """
        ids = request.filters
        by_rows: dict[str, Any] = {
            "sizes": sizes_with_sme(ids.sizes),
            "countries": country_codes(ids.countries),
            "places": self._with_below("places", ids.places),
            "industries": self._with_below("industries", ids.industries),
            "certificates": certificate_kinds(ids.certificates),
            "clusters": self._with_below("clusters", ids.clusters),
            "of_industries": frozenset[int]().union(
                *(each.organizations for each in self.coarser_industries(ids))
            ),
        }
        filters = Filters[int](**{**vars(ids), **by_rows})
        return Request(
            request.goal, request.limit, request.only_new, filters, request.capped, request.choices
        )

    def coarser_industries(self, filters: Filters[str]) -> tuple[CoarserIndustry, ...]:
        """Of the industries filtered by, those as which nobody is coded."""
        return coarser_industries(self.snapshot, filters.industries)

    def cluster_ids(self, names: Iterable[str]) -> tuple[str, ...]:
        """Ids of clusters by id or name. Raises InvalidInput as `request` does."""
        return tuple(code_named(self.snapshot, "clusters", name) for name in sorted(names))

    def _with_below(self, table: CodeTable, texts: Iterable[str]) -> frozenset[int]:
        rows = {row for text in sorted(texts) for row in rows_named(self.snapshot, table, text)}
        return with_below(self.snapshot, table, rows)


def _rows(table: pa.Table) -> dict[str, int]:
    return {row_id: row for row, row_id in enumerate(table.column("id").to_pylist())}


def _rows_of(rows: Mapping[str, int], ids: Iterable[str]) -> list[tuple[str, int]]:
    return [(code, rows[code]) for code in sorted(ids) if code in rows]


def _known(degrees: float | None) -> bool:
    return degrees is not None and not math.isnan(degrees)
