"""Needs that say what their author has, and questions that ask for those who need something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matchmaker.domain import (
    EngagementKind,
    GoalName,
    GraphRows,
    Kind,
    Need,
    OfferKind,
    Role,
    StatementKind,
)
from matchmaker.goals import GOALS
from matchmaker.recommend.asked_words import asked_words
from matchmaker.recommend.floor import Usual
from matchmaker.recommend.model import Request, Seeker
from matchmaker.recommend.pipeline import recommend
from tests.unit.recommend.small_graphs import TODAY, project, snapshot_of
from tests.unit.recommend.worded import CUSTOMER, SUPPLIER, asked, firm, ids, near, product


def test_who_looks_for_customers_sells_what_it_has() -> None:
    text = "库里压了四十五吨904L圆钢，寻阀杆厂"
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("stock"), firm("buyer"), firm("other")),
            needs=(
                Need("n:1", "t:stock", CUSTOMER, text),
                Need("n:2", "t:buyer", SUPPLIER, "求购904L圆钢"),  # has none itself
            ),
            offers=(product("other", "碳钢弹簧"),),
        )
    )
    assert ids(recommend(snapshot, asked("谁有904L圆钢"), Request(SUPPLIER))) == ["stock"]


def test_a_machine_that_stands_idle_may_be_shared_and_not_one_that_is_lacked() -> None:
    texts = {
        "platform": "高光谱相机怎么开放才有人用，想找五家先试",
        "idle": "高光谱相机晚上空着，欢迎来单",
        "lacks": "做虫害识别，差一家有高光谱相机的单位",
    }
    goals = {"idle": CUSTOMER}
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(
                firm(name, Kind.PLATFORM if name == "platform" else Kind.FIRM) for name in texts
            ),
            needs=tuple(
                Need(f"n:{name}", f"t:{name}", goals.get(name, GoalName.INDUSTRY_PARTNER), text)
                for name, text in texts.items()
            ),
        )
    )
    goal = GoalName.SHARED_RESOURCE
    found = ids(recommend(snapshot, asked("想借一台高光谱相机", goal), Request(goal)))
    assert sorted(found[:2]) == ["idle", "platform"]


def test_who_lends_a_machine_finds_who_looks_for_one_and_nobody_who_lends_the_same() -> None:
    goal = GoalName.SHARED_RESOURCE
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, ("lends", "seeks", "paints"))),
            offers=(
                product("lends", "三坐标测量机下午空着，按小时出租", OfferKind.EQUIPMENT),
                product("paints", "喷粉加工"),
            ),
            needs=(Need("n:1", "t:seeks", goal, "三坐标没有，想借一台三坐标测量机，每月两次"),),
        )
    )

    def answers(text: str) -> list[str]:
        words = asked_words(snapshot, text, GOALS[goal], frozenset())
        (question,) = asked(words.text, goal).texts
        seeker = Seeker(texts=(replace(question, kind=words.kind),))
        return ids(recommend(snapshot, seeker, Request(goal)))

    assert answers("我们有三坐标测量机空着，谁要用") == ["seeks"]
    assert answers("想借用三坐标测量机")[0] == "lends"


def test_makers_that_need_a_thing_are_asked_for_and_not_who_sells_it() -> None:
    goal = GoalName.CROSS_CLUSTER
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, ("sells", "needs", "heard"))),
            offers=(product("sells", "graphene film for batteries"),),
            needs=(Need("n:1", "t:needs", SUPPLIER, "graphene film between battery cells"),),
            engagements=(
                project(
                    "1",
                    "heard",
                    TODAY,
                    EngagementKind.EVENT,
                    {"heard": Role.ATTENDEE},
                    text="graphene film for batteries",
                ),
            ),
        )
    )
    (text,) = asked("graphene film", goal).texts
    by_need = Seeker(texts=(text,))
    by_offer = Seeker(texts=(replace(text, kind=StatementKind.OFFER),))
    assert ids(recommend(snapshot, by_need, Request(goal)))[0] == "sells"
    assert ids(recommend(snapshot, by_offer, Request(goal))) == ["needs"]


def test_who_names_the_thing_and_its_figure_is_a_match_whatever_else_the_text_says() -> None:
    rows = GraphRows(
        organizations=(firm("right"), firm("named")),
        offers=(
            product("right", "高压聚合物电池6S–14S"),
            product("named", "SiO₂气凝胶毡，电池隔热片用"),
        ),
    )
    snapshot = snapshot_of(rows, {"o:right": [1, 0, 0], "o:named": [0, 1, 0]})
    (text,) = asked("东北冬天飞，电池一上天就趴窝，十二串").texts
    vector = np.array([0.1, 0.1, 0.99], dtype=np.float32)  # like neither, and everyday words more
    unlike = Seeker(texts=(replace(text, vector=vector, usual=Usual(0.4)),))
    assert ids(recommend(snapshot, unlike, Request(SUPPLIER))) == ["right"]


def test_who_buys_the_same_in_another_cluster_comes_behind_who_does_it() -> None:
    """Whoever looked for the very same work stood first: the words are most alike."""
    goal = GoalName.CROSS_CLUSTER
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, ("a-buys", "does"))),
            offers=(product("does", "模具钢真空淬火，两天取"),),
            needs=(Need("n:1", "t:a-buys", SUPPLIER, "需真空淬火，H13模仁"),),
        )
    )
    assert (
        ids(recommend(snapshot, asked("模仁真空淬火，外地谁做", goal), Request(goal)))[0] == "does"
    )


def test_who_posted_a_need_of_just_what_is_offered_is_a_customer_in_whatever_words() -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=tuple(map(firm, ("needs", "other", "near"))),
            needs=(
                Need("n:1", "t:needs", SUPPLIER, "custom soft cases in small lots, 5,000 sets"),
                Need("n:2", "t:other", SUPPLIER, "custom demo-lens printing, 5,000 sets"),
            ),
            offers=(product("near", "眼镜云仓和一件代发"),),
        ),
        {f"n:{number}": [0.2, 0.98] for number in (1, 2)} | {"o:near": [0.3, 0.95]},
    )
    answer = recommend(snapshot, near("眼镜盒生产厂，找客户", CUSTOMER), Request(CUSTOMER))
    assert ids(answer)[0] == "needs"


def test_where_nobody_may_answer_a_question_for_customers_none_is_found() -> None:
    snapshot = snapshot_of(
        GraphRows(
            organizations=(firm("sells"), firm("needs")),
            needs=(Need("n:1", "t:needs", SUPPLIER, "graphene film between battery cells"),),
        )
    )
    (text,) = asked("graphene film", CUSTOMER).texts
    seeker = Seeker(texts=(replace(text, kind=StatementKind.OFFER),))
    nobody = np.zeros(len(snapshot), dtype=np.bool_)
    assert ids(recommend(snapshot, seeker, Request(CUSTOMER))) == ["needs"]
    assert ids(recommend(snapshot, seeker, Request(CUSTOMER), among=nobody)) == []
