"""Response time and share of requests answered, on both stores, against a count by hand."""

from __future__ import annotations

from datetime import timedelta

from matchmaker.domain import GoalName
from matchmaker.services.cooperation.response_figures import Responsiveness
from matchmaker.store.documents import Store
from matchmaker.workflow.introduction import Proposal, Transition
from matchmaker.workflow.introduction_states import Action
from matchmaker.workflow.refusals import DeclineReason
from tests.contract.calls import CALLER, FIRST, SECOND, THIRD, calls_on


def test_a_share_is_told_from_five_requests_on(store: Store) -> None:
    """Asked six times: two answers after 2 and 30 hours, one call after 48 and one declined;
    one request expired, one call was let pass. 4 of 6, the median of 2, 30 and 48 is 30.
    """
    world = calls_on(store)
    figures = Responsiveness(world.base.repositories, world.base.clock)

    def ask(asker: str) -> str:
        proposal = Proposal(GoalName.SUPPLIER, asker, FIRST)
        return world.base.introductions.propose(world.people[asker], proposal).id

    def act(id: str, firm: str, action: Action) -> None:
        world.base.introductions.act(world.people[firm], id, Transition(action, "没空"))

    first = ask(CALLER)
    world.base.clock.forward(timedelta(hours=2))
    act(first, FIRST, Action.DECLINE)
    second = ask(SECOND)
    world.base.clock.forward(timedelta(hours=30))
    act(second, FIRST, Action.ACCEPT)
    taken_back = ask(THIRD)
    act(taken_back, THIRD, Action.CANCEL)  # no answer was due any more
    answered, declined, passed = (world.open(FIRST, days=5) for _ in range(3))
    world.answers.decline(world.people[FIRST], declined, FIRST, DeclineReason.NO_CAPACITY)
    world.base.clock.forward(timedelta(hours=48))
    world.submit(answered, FIRST)
    assert figures.read(FIRST) is None  # four are over: too few
    ask(CALLER)
    world.base.clock.forward(timedelta(days=15))
    world.base.introductions.expire_due()
    assert not world.calls.show(world.people[CALLER], passed).parties[0].submitted
    found = figures.read(FIRST)
    assert found is not None
    assert (found.asked, found.answered, found.hours) == (6, 4, 30)
    assert found.message.text("en") == "answers 67% of requests, half of them within 2 d"
    # Who only asks is not asked.
    assert figures.read(CALLER) is None
    assert figures.of([FIRST, CALLER]) == {FIRST: found}


def test_an_invitation_that_never_reached_a_firm_tells_nothing_by_its_figure(store: Store) -> None:
    """Two firms answered four calls of one caller and let two of another pass; the one never got
    the two. Both are asked five times by the figure, as calls let pass count once a caller.
    """
    world = calls_on(store)
    firms = (FIRST, SECOND)
    world.exclusions.exclude(world.people[FIRST], FIRST, THIRD)
    for _ in range(4):
        call = world.open(*firms, days=5)
        for firm in firms:
            world.submit(call, firm)
    for _ in range(2):
        content = world.content(days=5, organization=THIRD)
        world.opening.open(world.people[THIRD], content, firms)
    world.base.clock.forward(timedelta(days=6))
    figures = Responsiveness(world.base.repositories, world.base.clock)
    kept, passed = (figures.read(firm) for firm in firms)
    assert kept == passed
    assert kept is not None
    assert (kept.asked, kept.answered) == (5, 4)
