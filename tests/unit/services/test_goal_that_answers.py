"""Where nobody does what is asked for, the goal is named under which somebody does."""

import pytest

from matchmaker.access import ADMIN
from matchmaker.domain import GoalName, GraphRows, Kind, Offer, OfferKind
from matchmaker.recommend.model import Request
from tests.unit.recommend.small_graphs import organization

pytestmark = pytest.mark.slow  # the model reads the questions


@pytest.fixture
def asked(wired):
    """A platform that prints metal, a firm that casts, and a firm that makes socks."""
    wired.store.upsert(
        GraphRows(
            organizations=(
                organization("p", Kind.PLATFORM), organization("f"), organization("s"),
            ),
            offers=(
                Offer("t:1", "t:p", OfferKind.PLATFORM_ACCESS, "金属3D打印随形水路镶件", "zh"),
                Offer("t:2", "t:f", OfferKind.SERVICE, "树脂砂铸造阀体，单重100公斤", "zh"),
                Offer("t:3", "t:s", OfferKind.PRODUCT, "棉袜、船袜，来样加工", "zh"),
            ),
        )
    )  # fmt: skip
    wired.refresher.refresh(ADMIN)

    def ask(text, goal=GoalName.SUPPLIER):
        return wired.matching.for_text(ADMIN, text, Request(goal, 3))

    return ask


def test_what_only_a_platform_has_is_named_under_it(asked):
    answer = asked("找人做金属3D打印")
    assert answer.elsewhere is GoalName.PLATFORM
    notice = answer.notices[-1]
    assert "公共服务平台" in notice.text("zh")
    assert answer.advice is None  # nobody says that would not be so


def test_nothing_is_named_where_somebody_does_it_here(asked):
    assert asked("铸造阀体").elsewhere is None
    assert asked("金属3D打印", GoalName.PLATFORM).elsewhere is None


def test_nothing_is_named_where_nobody_does_it_at_all(asked):
    assert asked("飞机发动机大修").elsewhere is None


def test_a_greeting_is_asked_what_is_looked_for(asked):
    answer = asked("hi")
    assert (answer.recommendations, answer.closest, answer.elsewhere) == ((), (), None)
    assert "Say what you look for" in answer.advice.text("en")


def test_who_says_what_it_offers_is_not_asked_to_say_what_it_looks_for(asked):
    """Seen: 我们的上浆剂谁要 was answered as a greeting is."""
    answer = asked("我们的锂电池组谁要", GoalName.CUSTOMER)
    assert (answer.recommendations, answer.requirements) == ((), ())
    assert "Nobody in the graph says that" in answer.advice.text("en")
