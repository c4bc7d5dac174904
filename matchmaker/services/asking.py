"""Who may ask what: the one way from a page or an API call to what is read of the graph.

The table of all rules is docs/access.md; a test walks every route with every role.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from matchmaker.access import Principal
from matchmaker.domain import (
    GoalName,
    Organization,
)
from matchmaker.errors import NotAllowed
from matchmaker.recommend.profile_reach import ProfileReach
from matchmaker.services.directory.directory import Directory, Published
from matchmaker.services.matching.interaction_log import InteractionLog
from matchmaker.services.matching.matching import Answer, Matching, Question
from matchmaker.services.matching.ranker_files import RankerFiles


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
        published: Published,
        matching: Callable[[], Matching],
        interaction_log: InteractionLog,
        rankers: RankerFiles,
    ) -> None:
        self._directory = directory
        self._published = published
        self._matching = matching
        self._interaction_log = interaction_log
        self._rankers = rankers

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
        need = self._published.need(need_id)
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
        return self._published.need(need_id).goal

    # -- the parts

    def _require_clusters(self, principal: Principal, question: Question) -> None:
        """A filter by cluster tells who is in it."""
        principal.require_known()
        for cluster in sorted(question.filters.clusters):
            self._directory.require_inside(principal, cluster)

    def _require_asker(self, principal: Principal, organization_id: str) -> str:
        """The organisation's own id, for those who may ask in its name."""
        principal.require_known()
        identity = self._directory.identity(organization_id)
        if principal.admin or principal.acts_for(identity):
            return identity
        if not self._directory.is_coordinated_by(principal, identity):
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
