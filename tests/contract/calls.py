"""The services of calls on any store, with four firms that may be called."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from matchmaker.access import Principal
from matchmaker.domain import GoalName, GraphRows, Kind, Need
from matchmaker.recommend.model import Recommendation
from matchmaker.services.cooperation.call_answers import CallAnswers
from matchmaker.services.cooperation.call_decisions import Award, CallDecisions
from matchmaker.services.cooperation.call_figures import CallCounting
from matchmaker.services.cooperation.call_invitations import CallInvitations
from matchmaker.services.cooperation.call_notices import CallNotices
from matchmaker.services.cooperation.call_opening import CallOpening
from matchmaker.services.cooperation.call_views import CallViews
from matchmaker.services.cooperation.calls import Calls
from matchmaker.services.cooperation.exclusions import Exclusions
from matchmaker.services.matching.answer import Answer, Freshness
from matchmaker.services.people.notification_outbox import NotificationOutbox
from matchmaker.store.documents import Store
from matchmaker.workflow.call import CallContent
from matchmaker.workflow.call_answer import Bid
from matchmaker.workflow.notification import NotificationKind
from tests.contract.cooperation import START, Cooperation, cooperation_on, services_on

TEXT = "需要DN50球阀500件，材质316L，通过API 6D认证"
CALLER, FIRST, SECOND, THIRD = "t:f0", "t:f1", "t:f2", "t:f3"
BID = Bid(
    price=12.5, currency="CNY", unit="件", lead_time_days=20, minimum_quantity=100, capacity=900
)


class Ranked:
    """A matcher that always names the same: what is tested here is whom a call may invite."""

    def __init__(self, *ids: str) -> None:
        self.ids = ids

    def for_text(self, principal, text, question, organization, *, recorded):
        assert not recorded  # nobody is shown this list: nothing was seen
        candidates = tuple(
            Recommendation(row, id, id, "", Kind.FIRM, 0.9, (), (), (), ())
            for row, id in enumerate(self.ids[: question.limit])
        )
        return Answer(question.goal, organization, candidates, Freshness(1, START.date(), 1))


@dataclass
class CallWorld:
    """Services of calls, and a person of each firm."""

    base: Cooperation
    exclusions: Exclusions
    opening: CallOpening
    calls: Calls
    invitations: CallInvitations
    answers: CallAnswers
    decisions: CallDecisions
    counting: CallCounting
    people: dict[str, Principal] = field(default_factory=dict)

    def content(self, days: int = 10, organization: str = CALLER, **changes) -> CallContent:
        """A call of the first firm for ball valves."""
        deadline = self.base.clock().date() + timedelta(days=days)
        fields = {"cluster": "t:c", "currency": "CNY", "goal": GoalName.SUPPLIER} | changes
        return CallContent(organization, "球阀", TEXT, deadline=deadline, **fields)

    def open(self, *invited: str, days: int = 10, **changes) -> str:
        """The id of a new call."""
        content = self.content(days, **changes)
        return self.opening.open(self.people[CALLER], content, invited).brief.id

    def submit(self, call: str, firm: str, bid: Bid = BID) -> None:
        self.answers.submit(self.people[firm], call, firm, bid)

    def award(self, call: str, *winners: str, **more) -> None:
        self.decisions.award(self.people[CALLER], call, Award(winners, **more))

    def states(self, call: str) -> dict[str, str]:
        """By firm, as stored."""
        every = self.base.repositories.call_answers.values("call", call)
        return {answer.organization: answer.state.value for answer in every}

    def told(self, firm: str, call: str = "") -> list[NotificationKind]:
        """What a firm's person was told of calls, oldest first."""
        account = self.people[firm].account
        notices = self.base.repositories.notifications.values("account", account)
        of_calls = (
            each
            for each in notices
            if each.subject.startswith("call/") and (not call or each.subject == f"call/{call}")
        )
        return [each.kind for each in sorted(of_calls, key=lambda each: each.at)]


def calls_on(
    store: Store, capacities: dict[str, int] | None = None, ranked: tuple[str, ...] = ()
) -> CallWorld:
    """Four firms and a lab of one cluster, each with a person, and a need of the first firm."""
    base = cooperation_on(store, capacities)
    store.upsert(
        GraphRows(needs=(Need("t:need", CALLER, GoalName.SUPPLIER, TEXT, date=START.date()),))
    )
    world = call_services(base, ranked)
    for firm in (CALLER, FIRST, SECOND, THIRD):
        world.people[firm] = base.person(firm).principal()
    return world


def call_services(base: Cooperation, ranked: tuple[str, ...] = ()) -> CallWorld:
    """The services of calls over those of cooperation."""
    store, repositories, clock = base.store, base.repositories, base.clock
    exclusions = base.introductions.exclusions
    views = CallViews(store, repositories, exclusions, clock, lambda: "a secret of tests")
    notices = CallNotices(views, NotificationOutbox(repositories))
    invitations = CallInvitations(views, notices, base.capacity, lambda: Ranked(*ranked))
    return CallWorld(
        base,
        exclusions,
        CallOpening(views, invitations, clock),
        Calls(views, notices, clock),
        invitations,
        CallAnswers(views, notices, clock),
        CallDecisions(views, notices, base.introductions, clock),
        CallCounting(store, repositories),
    )


def calls_again(store: Store) -> CallWorld:
    """The services of calls on a store as it is."""
    return call_services(services_on(store))
