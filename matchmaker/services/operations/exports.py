"""Taking away what one may see: members, ties, recommendations, worklists and audits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from matchmaker.access import Principal
from matchmaker.audit.ties import CHANNELS, Channel
from matchmaker.domain import Description, GraphRows, Membership
from matchmaker.exports.tables import DataExport, ExportTable
from matchmaker.ingest.organization_parts import TEXTS
from matchmaker.recommend.model import Request
from matchmaker.services.directory.cluster_sources import ClusterSources
from matchmaker.services.directory.directory import Directory
from matchmaker.services.matching.matching import Matching
from matchmaker.services.operations.exported_clusters import (
    Members,
    certificates_table,
    graph_of,
    members_table,
    offers_table,
    ties_of,
    ties_table,
)
from matchmaker.services.operations.exported_results import (
    audit_export,
    recommendations_export,
    worklist_export,
)
from matchmaker.snapshot.load import SnapshotReader, check_graph
from matchmaker.snapshot.model import Snapshot
from matchmaker.store.ports import MAX_PAGE, GraphStore, iterate

if TYPE_CHECKING:  # SciPy's statistics take a second to import: only what needs them pays
    from matchmaker.services.auditing.auditing import Auditing


@dataclass(frozen=True)
class Exports:
    """Use cases of exporting. Each shows what the page of the same thing shows to the same
    principal, and nothing else: rights are those of the services that are asked."""

    store: GraphStore
    reader: SnapshotReader
    sources: ClusterSources
    directory: Directory
    matching: Matching
    auditing: Callable[[], Auditing]

    def members(self, principal: Principal, cluster_id: str) -> DataExport:
        """Everybody with a membership, past ones too, and as a graph with their ties.

        For the cluster's own people. Nobody's contact is in it. Raises NotAllowed, NotFound;
        SnapshotUnavailable where a graph is made of it.
        """
        members = self._members(principal, cluster_id)
        table = members_table(members)
        return DataExport(
            # As our own import knows a file of organisations.
            "organizations.members",
            (table,),
            lambda: graph_of(table, self._ties(principal, self._current(), members)),
            self._facts(cluster_id, members),
        )

    def ties(self, principal: Principal, cluster_id: str) -> DataExport:
        """Ties among the members, declared ones and those of contracts and joint undertakings.

        For the cluster's own people. Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        members = self._members(principal, cluster_id)
        snapshot = self._current()
        ties = self._ties(principal, snapshot, members)
        return DataExport(
            "network.ties",
            (ties,),
            lambda: graph_of(members_table(members), ties),
            (
                *self._facts(cluster_id, members),
                ("snapshot", snapshot.meta.version),
                ("as_of", snapshot.meta.as_of),
            ),
        )

    def certificates(self, principal: Principal, cluster_id: str) -> DataExport:
        """Certificates of the members, present and past; as a graph the members with their ties.

        For the cluster's own people. Raises NotAllowed, NotFound; SnapshotUnavailable where a
        graph is made of it.
        """
        members = self._members(principal, cluster_id)
        by_id = {row.id: row for row in members.organizations}
        held = self.store.certificates_by_owner(list(by_id))
        rows = self.sources.shown(principal, (row for id in by_id for row in held.get(id, ())))
        today = datetime.now(UTC).date()
        return DataExport(
            # As our own import knows a file of certificates.
            "certificates.members",
            (certificates_table(rows, by_id, today),),
            lambda: graph_of(
                members_table(members), self._ties(principal, self._current(), members)
            ),
            self._facts(cluster_id, members),
        )

    def offers(self, principal: Principal, cluster_id: str) -> DataExport:
        """Offers of the members, withdrawn ones too; as a graph the members with their ties.

        For the cluster's own people. Raises NotAllowed, NotFound; SnapshotUnavailable where a
        graph is made of it.
        """
        members = self._members(principal, cluster_id)
        by_id = {row.id: row for row in members.organizations}
        return DataExport(
            # As our own import knows a file of offers.
            "offers.members",
            (offers_table(self.store.offers_by_owner(list(by_id)), by_id),),
            lambda: graph_of(
                members_table(members), self._ties(principal, self._current(), members)
            ),
            self._facts(cluster_id, members),
        )

    def offers_of(self, principal: Principal, organization_id: str) -> DataExport:
        """Offers of one organisation, programmes with their terms, withdrawn ones too.

        For all who have signed in: its page shows the same. As a graph the organisation alone.
        Raises NotFound.
        """
        principal.require_known()
        owner = self.directory.profile(principal, organization_id).organization
        [owner] = self.sources.shown(principal, [replace(owner, contact="")])
        members = Members([owner], {}, {}, {}, {})
        return DataExport(
            "offers.own",
            (offers_table(self.store.offers_by_owner([owner.id]), {owner.id: owner}),),
            lambda: graph_of(members_table(members), ties_table(GraphRows(), {owner.id: owner})),
            (("organization", owner.id), ("name", owner.name), ("name_en", owner.name_en)),
        )

    def recommendations(
        self,
        principal: Principal,
        organization_id: str,
        request: Request[str],
        text: str = "",
        *,
        recorded: bool = True,
    ) -> DataExport:
        """Partners of an organisation by its profile, or by a text, as `Matching` gives them.

        With a text the organisation may be "": nobody asks.

        Raises NotAllowed, NotFound, SnapshotUnavailable.
        """
        matching = self.matching
        if text:
            answer = matching.for_text(principal, text, request, organization_id, recorded=recorded)
        else:
            answer = matching.for_organization(
                principal, organization_id, request, recorded=recorded
            )
        ids = [each.id for each in (*answer.recommendations, *answer.nearby)]
        candidates = matching.candidates(principal, [*ids, answer.seeker])
        return recommendations_export(answer, candidates.get(answer.seeker), candidates)

    def worklist(
        self, principal: Principal, cluster_id: str, limit: int = 10, year: int | None = None
    ) -> DataExport:
        """Next steps, as `Auditing.worklist` gives them, for the cluster's coordinators."""
        return worklist_export(self.auditing().worklist(principal, cluster_id, limit, year))

    def audit(
        self, principal: Principal, cluster_id: str, year: int | None, samples: int
    ) -> DataExport:
        """Every figure, as `Auditing.audit` gives them, for the cluster's coordinators."""
        auditing = self.auditing()
        audit = auditing.audit(principal, cluster_id, year, samples)
        view = auditing.view(principal, cluster_id, Channel.COOPERATION, audit.basis.year)
        layers = {channel: replace(view, channel=channel) for channel in CHANNELS}
        return audit_export(audit, view, layers)

    def _members(self, principal: Principal, cluster_id: str) -> Members:
        rows = list(
            iterate(lambda after: self.directory.members(principal, cluster_id, after, MAX_PAGE))
        )
        ids = [row.id for row in rows]
        keys = GraphRows(
            memberships=tuple(Membership(cluster_id, id) for id in ids),
            descriptions=tuple(
                Description(f"{id}#{part}", id, "") for id in ids for part in TEXTS.values()
            ),
        )
        stored = self.store.stored(keys)
        return Members(
            [replace(row, contact="") for row in self.sources.shown(principal, rows)],
            {row.organization: row for row in stored.memberships},
            {row.id: row for row in stored.descriptions},
            self.store.places(sorted({row.place for row in rows if row.place})),
            self.store.industries(sorted({row.industry for row in rows if row.industry})),
        )

    def _ties(self, principal: Principal, snapshot: Snapshot, members: Members) -> ExportTable:
        """Which ties there are is the snapshot's word, what they are the store's newest."""
        by_id = {row.id: row for row in members.organizations}
        stored = self.store.stored(ties_of(snapshot, by_id))
        shown = replace(
            stored,
            ties=self.sources.shown(principal, stored.ties),
            engagements=self.sources.shown(principal, stored.engagements),
        )
        return ties_table(shown, by_id)

    def _facts(self, cluster_id: str, members: Members) -> tuple[tuple[str, str | int], ...]:
        cluster = self.store.cluster(cluster_id)
        return (
            ("cluster", cluster.id),
            ("name", cluster.name),
            ("name_en", cluster.name_en),
            ("members", len(members.organizations)),
        )

    def _current(self) -> Snapshot:
        snapshot = self.reader.current()
        check_graph(snapshot, self.store.graph_id())
        return snapshot
