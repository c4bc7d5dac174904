"""Who may ask what: the one way from a page or an API call to what is read of the graph.

The table of all rules is docs/access.md; a test walks every route with every role.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import (
    Cluster,
    Engagement,
    GoalName,
    Need,
    NeedState,
    Neighborhood,
    Offer,
    Organization,
    OrganizationFilter,
    Step,
)
from matchmaker.errors import NotAllowed
from matchmaker.recommend.profile_reach import ProfileReach
from matchmaker.services.directory.directory import Directory, Profile
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.matching import Answer, Matching, Question
from matchmaker.services.matching.ranker_files import RankerFiles
from matchmaker.store.ports import Page, SearchHit


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the id under which clicks and requests refer to it."""

    answer: Answer
    impression: str


class Asking:
    """Reading, with the rights of whoever asks."""

    def __init__(
        self,
        directory: Directory,
        matching: Callable[[], Matching],
        interaction_log: InteractionLog,
        rankers: RankerFiles,
    ) -> None:
        self._directory = directory
        self._matching = matching
        self._interaction_log = interaction_log
        self._rankers = rankers

    # -- the public directory

    def organizations(
        self, principal: Principal, where: OrganizationFilter, after: str | None, limit: int
    ) -> Page[Organization]:
        """Anybody; but who is in a cluster only its own people. Raises NotAllowed."""
        self._require_filter(principal, where)
        return self._directory.organizations(where, after, limit)

    def search(
        self, principal: Principal, text: str, where: OrganizationFilter, limit: int
    ) -> tuple[SearchHit, ...]:
        """The same rights as a list."""
        self._require_filter(principal, where)
        return self._directory.search(text, where, limit)

    def profile(self, principal: Principal, organization_id: str) -> Profile:
        """Anybody; the contact only members and admins, clusters only their own people.

        Raises NotFound.
        """
        profile = self._directory.profile(organization_id)
        if principal.admin or principal.acts_for(profile.organization.id):
            return profile
        return replace(
            profile,
            organization=replace(profile.organization, contact=""),
            clusters=tuple(one for one in profile.clusters if self._is_inside(principal, one.id)),
        )

    def clusters(self, principal: Principal, after: str | None, limit: int) -> Page[Cluster]:
        """Anybody: recognised clusters are published."""
        del principal
        return self._directory.clusters(after, limit)

    def cluster(self, principal: Principal, cluster_id: str) -> Cluster:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.cluster(cluster_id)

    def members(
        self, principal: Principal, cluster_id: str, after: str | None, limit: int
    ) -> Page[Organization]:
        """Coordinators and members of the cluster. Raises NotAllowed, NotFound."""
        self._require_cluster(principal, cluster_id)
        return self._directory.members(cluster_id, after, limit)

    def offers(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Offer]:
        """Anybody: only what is published is in the graph."""
        del principal
        return self._directory.offers(organization_id, after, limit)

    def offer(self, principal: Principal, offer_id: str) -> Offer:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.offer(offer_id)

    def needs(
        self,
        principal: Principal,
        organization_id: str | None,
        state: NeedState | None,
        after: str | None,
        limit: int,
    ) -> Page[Need]:
        """Anybody: only what is published is in the graph."""
        del principal
        return self._directory.needs(organization_id, state, after, limit)

    def need(self, principal: Principal, need_id: str) -> Need:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.need(need_id)

    def engagements(
        self, principal: Principal, organization_id: str | None, after: str | None, limit: int
    ) -> Page[Engagement]:
        """Anybody."""
        del principal
        return self._directory.engagements(organization_id, after, limit)

    def engagement(self, principal: Principal, engagement_id: str) -> Engagement:
        """Anybody. Raises NotFound."""
        del principal
        return self._directory.engagement(engagement_id)

    # -- the network

    def neighborhood(
        self, principal: Principal, organization_id: str, depth: int, limit: int
    ) -> Neighborhood:
        """Whoever has signed in. Raises SignInNeeded, NotFound."""
        principal.require_known()
        return self._directory.neighborhood(organization_id, depth, limit)

    def paths(
        self, principal: Principal, source: str, target: str, max_length: int
    ) -> tuple[tuple[Step, ...], ...]:
        """Whoever has signed in. Raises SignInNeeded, NotFound."""
        principal.require_known()
        return self._directory.paths(source, target, max_length)

    # -- recommendations

    def for_organization(
        self, principal: Principal, organization_id: str, question: Question
    ) -> Answered:
        """Members, coordinators of its clusters, admins. Raises NotAllowed, NotFound."""
        self._require_clusters(principal, question)
        identity = self._require_asker(principal, organization_id)
        answer = self._matching().for_organization(identity, self._without(question, identity))
        return self._traced(principal, answer)

    def for_need(self, principal: Principal, need_id: str, question: Question) -> Answered:
        """As for the organisation that posted it."""
        self._require_clusters(principal, question)
        need = self._directory.need(need_id)
        identity = self._require_asker(principal, need.organization)
        answer = self._matching().for_need(need, self._without(question, identity))
        return self._traced(principal, answer)

    def for_text(
        self, principal: Principal, text: str, question: Question, organization_id: str = ""
    ) -> Answered:
        """Whoever has signed in; in the name of an organisation as for that one."""
        self._require_clusters(principal, question)
        if organization_id:
            organization_id = self._require_asker(principal, organization_id)
            question = self._without(question, organization_id)
        answer = self._matching().for_text(text, question, organization_id)
        return self._traced(principal, answer)

    def outcomes(self, principal: Principal, organization_id: str) -> int:
        """Confirmed outcomes of introductions, for whoever has signed in: a mark of trust."""
        principal.require_known()
        return self._matching().outcomes(organization_id)

    def reach(self, principal: Principal, organization: Organization, about: str) -> ProfileReach:
        """Whom a profile would reach: its own members and admins. Raises NotAllowed."""
        principal.require_member(organization.id)
        return self._matching().reach(organization, about)

    def needs_near(self, principal: Principal, organization_id: str) -> dict[str, tuple[str, ...]]:
        """Open needs that each of its statements is close to: its members. Raises NotAllowed."""
        principal.require_member(organization_id)
        return self._matching().needs_near(organization_id)

    def goal_of_need(self, need_id: str) -> GoalName:
        """What a published need is for. Raises NotFound."""
        return self._directory.need(need_id).goal

    # -- the parts

    def _require_filter(self, principal: Principal, where: OrganizationFilter) -> None:
        if where.cluster is not None:
            self._require_cluster(principal, where.cluster)

    def _require_cluster(self, principal: Principal, cluster_id: str) -> None:
        """Its coordinators, people of its members, admins."""
        principal.require_known()
        if not self._is_inside(principal, cluster_id):
            raise NotAllowed("Only coordinators and members of the cluster may see who is in it.")

    def _is_inside(self, principal: Principal, cluster_id: str) -> bool:
        if principal.admin or cluster_id in principal.clusters:
            return True
        return any(
            cluster_id == one.id
            for own in principal.organizations
            for one in self._directory.clusters_of(own)
        )

    def _require_clusters(self, principal: Principal, question: Question) -> None:
        """A filter by cluster tells who is in it."""
        principal.require_known()
        for cluster in sorted(question.filters.clusters):
            self._require_cluster(principal, cluster)

    def _require_asker(self, principal: Principal, organization_id: str) -> str:
        """The organisation's own id, for those who may ask in its name."""
        principal.require_known()
        identity = self._directory.identity(organization_id)
        if principal.admin or principal.acts_for(identity):
            return identity
        theirs = {one.id for one in self._directory.clusters_of(identity)}
        if not theirs & principal.clusters:
            raise NotAllowed("Only its members and its cluster's coordinators may ask for it.")
        return identity

    def _without(self, question: Question, organization_id: str) -> Question:
        return replace(question, without=self._interaction_log.dismissed(organization_id))

    def _traced(self, principal: Principal, answer: Answer) -> Answered:
        shown = [(one.id, one.score) for one in answer.recommendations]
        impression = self._interaction_log.impression(
            principal,
            answer.goal,
            answer.seeker,
            shown,
            self._rankers.label(answer.goal),
            answer.freshness.version,
        )
        return Answered(answer, impression)
