"""Whether the coordinators of a cluster see first what its members post, and what ends with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import structlog

from matchmaker.access import SYSTEM, Principal
from matchmaker.errors import MatchmakerError
from matchmaker.services.cooperation.postings import Postings
from matchmaker.services.operations.submitted_lists import SubmittedLists
from matchmaker.services.repositories import Repositories
from matchmaker.services.reviewing import reviewing_clusters
from matchmaker.services.unit_of_work import Clock, UnitOfWork, commit_changes
from matchmaker.store.ports import GraphStore
from matchmaker.workflow.interactions import ClusterRules
from matchmaker.workflow.posting import PostingAction, PostingState

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClusterReviews:
    """Use cases of reviewing as such; what is reviewed has its own."""

    store: GraphStore
    repositories: Repositories
    postings: Postings
    lists: SubmittedLists
    clock: Clock

    def reviews(self, principal: Principal, cluster_id: str) -> bool:
        """Tell whether coordinators see needs and offers first. Raises NotAllowed."""
        principal.require_coordinator(cluster_id)
        stored = self.repositories.rules.get_or_none(cluster_id)
        return stored is not None and stored.value.reviews

    def set_review(self, principal: Principal, cluster_id: str, *, reviews: bool) -> ClusterRules:
        """Set whether coordinators see needs and offers of members first.

        Background work gives back what waits for nobody any more: of thousands that takes
        seconds. Raises NotAllowed.
        """
        principal.require_writing()
        principal.require_coordinator(cluster_id)
        cluster = self.store.cluster(cluster_id).id

        def change(unit: UnitOfWork) -> ClusterRules:
            stored = self.repositories.rules.get_or_none(cluster)
            rules = ClusterRules(cluster, reviews)
            unit.add(self.repositories.rules.put(rules, stored.version if stored else 0))
            unit.log("cluster.review", f"cluster/{cluster}", reviews=str(reviews).lower())
            return rules

        return commit_changes(self.repositories.records, principal, self.clock, change)

    def give_back(self) -> int:
        """Give what waits where no cluster of its organisation reviews back to its people, as a
        draft that they publish themselves; how many.

        Also an organisation that leaves a cluster, and the cluster itself, may end a review.
        """
        given = 0
        for give in self._unreviewed():
            try:
                give()
                given += 1
            except MatchmakerError as error:
                log.warning("not given back", error=str(error.message))
        return given

    def _unreviewed(self) -> Iterator[Callable[[], object]]:
        reviewed: dict[str, bool] = {}

        def is_reviewed(organization: str) -> bool:
            if organization not in reviewed:
                clusters = reviewing_clusters(self.store, self.repositories, organization)
                reviewed[organization] = bool(clusters)
            return reviewed[organization]

        waiting = "state", PostingState.IN_REVIEW
        for posting in list(self.repositories.postings.values(*waiting)):
            if not is_reviewed(posting.organization):
                yield partial(self.postings.act, SYSTEM, posting.id, PostingAction.RETURN)
        for listed in list(self.repositories.submitted_lists.values(*waiting)):
            if not is_reviewed(listed.organization):
                yield partial(self.lists.act, SYSTEM, listed.id, PostingAction.RETURN)
